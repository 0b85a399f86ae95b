/** Sources of figures in the reader's language: every word stays, in whatever order the language wants it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAnalysis } from '../../src/analysis/worker';
import { render } from '../../src/base/text';
import { sourceText } from '../../src/report/sources';
import bundle from '../../media/l10n/bundle.l10n.zh-cn.json';

const chinese = (source: string): string =>
  render(sourceText(source), template => (bundle as Readonly<Record<string, string>>)[template] ?? template);

const MODEL =
  'model: 2 hardware threads, average watts; model: 25.3 GB of memory, 0.37 W/GB of Green Algorithms (2021)';

for (const source of [MODEL, `${MODEL}, less the idle power with the model loaded`, 'nvidia-smi', '', 'a; b; c'])
  test(`"${source}" is the same in English`, () => assert.equal(render(sourceText(source)), source));

for (const [source, expected] of [
  ['median of 7 windows of runs', /7/],
  [`${MODEL}; world average 2024, Ember`, /2 .*average watts.*25\.3.*Green Algorithms.*2024.*Ember/],
  ['yearly average 2024 of DEU, Ember', /DEU.*2024|2024.*DEU/],
] as const)
  test(`"${source}" is said in Chinese`, () => {
    assert.match(chinese(source), expected);
    assert.doesNotMatch(chinese(source), /windows of|hardware threads|average \d|GB of memory/);
    assert.match(chinese(source), /\p{Script=Han}/u);
  });

test('an estimate’s own sources are all known', async () => {
  const request = {
    path: 'test/sample/land_cover/unet.py',
    model: 'LandCoverUNet',
    inputs: [],
    searchPath: [],
    region: 'DE',
  };
  const context = { signal: new AbortController().signal, progress: () => undefined };
  const [model] = (await createAnalysis().analyze(request, context)).models;
  assert.ok(model?.estimate);
  const { latencyS, gridGPerKWh, assumptions } = model.estimate;
  for (const source of [
    latencyS.source,
    gridGPerKWh.source,
    ...assumptions.filter(({ name }) => name !== 'power' && name !== 'intensity').map(assumption => assumption.source),
  ])
    assert.match(chinese(source), /\p{Script=Han}/u, source);
});
