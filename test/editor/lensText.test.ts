/** What stands above a model, before, during and after reading. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { render, text, type Text } from '../../src/base/text';
import { lensRows } from '../../src/editor/lensText';
import type { FileState } from '../../src/editor/reports';
import { createFormatter } from '../../src/report/format';
import type { ModelReport } from '../../src/report/view';
import { fileReport, gapReport, modelReport, suggestionReport } from '../support/reports';

const words = { say: render, format: createFormatter('en') };
const reading: FileState = {
  version: -1,
  report: null,
  advice: null,
  adviceVersion: -1,
  problem: null,
  stale: false,
  busy: true,
};
const read = (...models: ModelReport[]): FileState => ({
  ...reading,
  version: 1,
  report: fileReport(models),
  busy: false,
});
const since = (before: ModelReport): FileState => ({
  ...read(modelReport()),
  baseline: { commit: 'c0ffee00c0ffee00', models: new Map([['Net', before]]), reason: null },
});
const net = [{ name: 'Net', kind: 'class', line: 4 }] as const;
const titles = (state: FileState, version = 1): string[] =>
  lensRows(net, state, version, words).map(
    ({ line, lenses }) => `${line}: ${lenses.map(({ title }) => title).join(' | ')}`,
  );

const cases: readonly (readonly [name: string, state: FileState, expected: string])[] = [
  ['being read', reading, '4: reading the model…'],
  ['complete', read(modelReport()), '4: 25.6 M params · 4.09 GMACs · 102 MB · ≈ 0.9 J | Profile Model'],
  [
    'incomplete',
    read(modelReport({ status: 'incomplete', complete: false, gaps: [gapReport()] })),
    '4: ≥ 25.6 M params · ≥ 4.09 GMACs · ≥ 102 MB · ≥ 0.9 J · incomplete | Profile Model',
  ],
  [
    'waiting for arguments',
    read(
      modelReport({
        status: 'needs-arguments',
        complete: false,
        parameters: null,
        needs: ['in_channels', 'width'].map(name => ({ name, of: 'argument' as const })),
      }),
    ),
    '4: needs in_channels, width',
  ],
  ['without an estimate', read(modelReport({ estimate: null })), '4: 25.6 M params · 4.09 GMACs · 102 MB | Profile Model'],
  [
    'with nothing known',
    read(modelReport({ status: 'incomplete', complete: false, parameters: null, macs: null, weightBytes: null, estimate: null })),
    '4: incomplete | Profile Model',
  ],
  ['with a syntax error', { ...read(modelReport()), stale: true }, '4: 25.6 M params · 4.09 GMACs · 102 MB · ≈ 0.9 J · before the syntax error | Profile Model'],
  [
    'other than in the last commit',
    since(modelReport({ parameters: 22_457_032, macs: 4_444_765_496 })),
    '4: 25.6 M params · 4.09 GMACs · 102 MB · ≈ 0.9 J · +3.1 M params, −8 % MACs | Profile Model',
  ],
  ['as in the last commit', since(modelReport()), '4: 25.6 M params · 4.09 GMACs · 102 MB · ≈ 0.9 J | Profile Model'],
  [
    'not to be compared, for the last commit was not read completely',
    since(modelReport({ parameters: 1, status: 'incomplete', complete: false })),
    '4: 25.6 M params · 4.09 GMACs · 102 MB · ≈ 0.9 J | Profile Model',
  ],
  ['no model after all', read(), '4: no model'],
  ['read again', { ...read(modelReport()), busy: true }, '4: 25.6 M params · 4.09 GMACs · 102 MB · ≈ 0.9 J | Profile Model'],
  ['not to be read', { ...reading, busy: false, problem: { text: text('too large'), remedy: null } }, '4: could not be read'],
]; // prettier-ignore
for (const [name, state, expected] of cases)
  test(`a model that is ${name}`, () => assert.deepEqual(titles(state), [expected]));

test('greener options are counted', () => {
  const advised = (count: number): FileState => ({
    ...read(modelReport()),
    advice: {
      schemaVersion: 1,
      file: '/x.py',
      models: [{ name: 'Net', suggestions: Array.from({ length: count }, () => suggestionReport()) }],
    },
  });
  assert.match(titles(advised(1))[0] ?? '', / \| 1 greener option$/);
  assert.match(titles(advised(3))[0] ?? '', / \| 3 greener options$/);
  assert.match(titles(advised(0))[0] ?? '', / \| Profile Model$/);
});

test('rows keep their lines whatever is known', () => {
  for (const [, state] of cases)
    assert.deepEqual(
      lensRows(net, state, 1, words).map(({ line }) => line),
      [4],
    );
});

test('what only the reader recognises stands where it saw it, while that text is on the screen', () => {
  const state = read(modelReport(), modelReport({ name: 'make', kind: 'function', line: 9 }));
  assert.deepEqual(
    lensRows(net, state, 1, words).map(({ line }) => line),
    [4, 9],
  );
  assert.deepEqual(
    lensRows(net, state, 2, words).map(({ line }) => line),
    [4],
  );
});

test('the tooltip says which input and which device', () => {
  const [row] = lensRows(net, read(modelReport()), 1, words);
  assert.equal(
    row?.lenses[0]?.tooltip,
    [
      '25,557,032 parameters, 4,089,184,256 MACs, 8,210,000,000 FLOPs',
      'Input x: float32[1,3,32,32] (a test)',
      'Energy of one inference: 0.45–1.8 J, modelled, on a processor',
      'Click to see every layer.',
    ].join('\n'),
  );
});

test('the tooltip says against which commit, or why not', () => {
  const tooltip = (state: FileState): string => lensRows(net, state, 1, words)[0]?.lenses[0]?.tooltip ?? '';
  assert.match(
    tooltip(since(modelReport({ parameters: 22_457_032 }))),
    /against the last commit, c0ffee00: \+3.1 M params/,
  );
  const reason = text('git is not installed');
  const alone = { ...read(modelReport()), baseline: { commit: null, models: new Map(), reason } };
  assert.match(tooltip(alone), /not compared with the last commit: git is not installed/);
});

test('where an input comes from is said in the language of the user', () => {
  const say = (message: Text): string => render(message, template => (template === 'a test' ? 'ein Test' : template));
  const [row] = lensRows(net, read(modelReport()), 1, { ...words, say });
  assert.match(row?.lenses[0]?.tooltip ?? '', /Input x: float32\[1,3,32,32\] \(ein Test\)/);
});
