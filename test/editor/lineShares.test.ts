/** What a profile says of single lines, and where they go when the text is edited. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heatOf, type MeasuredLine, measuredLines, moveLines } from '../../src/editor/lineShares';
import { layerReport, measured, modelReport, profileReport } from '../support/reports';

const call = (line: number, file = '/x.py') => ({ callSite: { file, line, column: 4 } });

test('the layers of a line are added up, those of other files are not its', () => {
  const model = modelReport({
    layers: [
      layerReport(call(7)),
      layerReport(call(9)),
      layerReport(call(7)),
      layerReport(call(7, '/y.py')),
      layerReport({ callSite: null, line: 3 }),
    ],
  });
  const result = profileReport({
    layers: [0.2, 0.3, 0.1, 0.25, 0.15].map((share, layer) => ({
      ...{ layer, share, latencyS: measured(share) },
      energyJ: layer === 1 ? null : { ...measured(2 * share), basis: 'modelled' as const },
    })),
  });
  const lines = measuredLines(model, result, '/x.py');
  assert.deepEqual(
    lines.map(({ line, share, latencyS, layers }) => [line, share.toFixed(2), latencyS.toFixed(2), layers]),
    [
      [3, '0.15', '0.15', 1],
      [7, '0.30', '0.30', 2],
      [9, '0.30', '0.30', 1],
    ],
  );
  assert.deepEqual(
    lines.map(({ energyJ, energyBasis }) => [energyJ === null ? null : energyJ.toFixed(1), energyBasis]),
    [
      ['0.3', 'modelled'],
      ['0.6', 'modelled'],
      [null, 'measured'],
    ],
  );
});

test('a line that calls a module has all that ran in it, each layer once', () => {
  const model = modelReport({
    layers: [
      layerReport({ ...call(7), within: 1 }),
      layerReport({ ...call(8), within: 1 }),
      layerReport({ ...call(8), within: 2 }),
      layerReport(call(20)),
    ],
    calls: [
      { file: '/x.py', line: 20, column: 8 },
      { file: '/y.py', line: 5, column: 8, within: 0 },
      { file: '/x.py', line: 8, column: 8, within: 0 },
    ],
  });
  const part = (layer: number) => ({ layer, share: 0.25, latencyS: measured(1), energyJ: null });
  assert.deepEqual(
    measuredLines(model, profileReport({ layers: [0, 1, 2, 3].map(part) }), '/x.py').map(({ line, layers }) => [
      line,
      layers,
    ]),
    [
      [7, 1],
      [8, 2],
      [20, 4],
    ],
  );
});

const lines = [3, 7, 9].map((line): MeasuredLine => ({
  line,
  share: 0.1,
  latencyS: 1,
  energyJ: 1,
  energyBasis: 'modelled',
  layers: 1,
}));
const edits: readonly [what: string, startLine: number, endLine: number, text: string, left: readonly number[]][] = [
  ['typing within a line', 6, 6, 'x', [3, 7, 9]],
  ['a line break above all', 0, 0, '\n', [4, 8, 10]],
  ['two lines between', 4, 4, 'a\nb\n', [3, 9, 11]],
  ['lines above are deleted', 3, 5, '', [3, 5, 7]],
  ['a measured line is deleted', 6, 7, '', [3, 8]],
  ['a measured line is broken in two', 6, 6, 'a\nb', [3, 10]],
  ['below all', 20, 21, 'x\ny\nz', [3, 7, 9]],
];
for (const [what, startLine, endLine, text, left] of edits)
  test(what, () =>
    assert.deepEqual(
      moveLines(lines, { startLine, endLine, text }).map(({ line }) => line),
      left,
    ),
  );

test('heat rises with the share', () => assert.deepEqual([0, 0.05, 0.2, 0.9].map(heatOf), [0, 1, 2, 3]));
