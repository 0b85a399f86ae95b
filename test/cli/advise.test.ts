/** `modelwatt advise`: suggestions with what they save, and their edit made in the file. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Desk } from '../support/commandLine';
import { openDesk, runInside } from '../support/commandLine';

interface Suggestion {
  readonly id: string;
  readonly rule: string;
  readonly layers: readonly string[];
  readonly safety: string;
  readonly deltas: Readonly<Record<string, unknown>>;
  readonly evidence: readonly unknown[];
  readonly edit: string | null;
  readonly measured: unknown;
}

interface Report {
  readonly models: readonly { readonly name: string; readonly parameters: number; readonly suggestions: readonly Suggestion[] }[]; // prettier-ignore
}

let desk: Desk;
before(async () => (desk = await openDesk()));
after(() => desk.clear());

async function advise(...argv: string[]): Promise<{ readonly code: number | null; readonly report: Report }> {
  const { code, stdout } = await runInside(['advise', ...argv, '--format', 'json']);
  return { code, report: JSON.parse(stdout) as Report };
}

const samples: readonly [file: string, model: string, rules: readonly string[]][] = [
  ['air_quality/forecast.py', 'AirQualityLSTM', ['scaled-dot-product-attention']],
  ['land_cover/unet.py', 'LandCoverUNet', ['depthwise-separable-conv', 'conv-bias-before-norm']],
  ['satellite/resnet.py', 'SatelliteResNet', ['depthwise-separable-conv', 'conv-bias-before-norm']],
];

for (const [file, model, rules] of samples)
  test(`${model} can be made greener by ${rules.join(' and ')}`, async () => {
    const { code, report } = await advise(`test/sample/${file}`, '--model', model);
    assert.equal(code, 0);
    const found = report.models.flatMap(({ suggestions }) => suggestions);
    assert.deepEqual([...new Set(found.map(({ rule }) => rule))].sort(), [...rules].sort());
    for (const { id, layers, safety, deltas, evidence, edit, measured } of found) {
      assert.notEqual(id, '');
      assert.notEqual(layers.length, 0);
      assert.match(safety, /^(exact|approximate|fine-tune|retrain)$/);
      assert.deepEqual(Object.keys(deltas).sort(), ['bytes', 'carbonG', 'energyJ', 'macs', 'parameters']);
      assert.notEqual(evidence.length, 0);
      assert.match(edit ?? '', /^--- a\/[^/].*\n\+\+\+ b\/[^/].*\n@@ /);
      assert.equal(measured, null);
    }
  });

const written: readonly [name: string, rewrite: (source: string) => string][] = [
  ['as it is', source => source],
  ['CRLF line ends', source => source.replaceAll('\n', '\r\n')],
  ['a byte order mark', source => `\ufeff${source}`],
];

for (const [name, rewrite] of written)
  test(`the edit saves what was said, in a file with ${name}`, async () => {
    const source = rewrite(await readFile('test/sample/satellite/resnet.py', 'utf8'));
    const path = await desk.file('edited.py', source);
    const before = (await advise(path, '--model', 'SatelliteResNet')).report.models[0];
    const bias = before?.suggestions.find(({ rule }) => rule === 'conv-bias-before-norm');
    assert.ok(before && bias);
    const { code, stdout, messages } = await runInside([
      'advise',
      path,
      '--model',
      'SatelliteResNet',
      '--apply',
      bias.id,
    ]);
    assert.deepEqual([code, messages], [0, [`changed ${path}`]]);
    assert.notEqual(stdout, '');
    const after = (await advise(path, '--model', 'SatelliteResNet')).report.models[0];
    assert.equal(after?.parameters, before.parameters + Number(bias.deltas['parameters']));
    assert.ok(!after.suggestions.some(({ id }) => id === bias.id));
    const changed = await readFile(path, 'utf8');
    const lines = (text: string): string[] => text.split('\n');
    const [old, now] = [lines(source), lines(changed)];
    assert.equal(now.length, old.length);
    assert.equal(now.filter((line, index) => line !== old[index]).length, 1);
  });

test('a file that is not UTF-8 is not written back', async () => {
  const source = await readFile('test/sample/satellite/resnet.py');
  const path = await desk.file('latin.py', Buffer.concat([Buffer.from('# caf\xe9\n', 'latin1'), source]));
  const { report } = await advise(path, '--model', 'SatelliteResNet');
  const id = report.models[0]?.suggestions[0]?.id ?? '';
  const { code, messages } = await runInside(['advise', path, '--model', 'SatelliteResNet', '--apply', id]);
  assert.equal(code, 2);
  assert.match(messages.join('\n'), /is not UTF-8; save it as UTF-8/);
  assert.ok((await readFile(path)).subarray(7).equals(source));
});

test('an id is the same however the file is named', async () => {
  const path = 'test/sample/satellite/resnet.py';
  const idsOf = async (named: string): Promise<readonly string[]> =>
    (await advise(named)).report.models.flatMap(({ suggestions }) => suggestions.map(({ id }) => id));
  const ids = await idsOf(path);
  assert.ok(ids.length > 0);
  assert.deepEqual(await idsOf(resolve(path)), ids);
});
