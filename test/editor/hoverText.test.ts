/** What a hover says of a line. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { render } from '../../src/base/text';
import { hoverText } from '../../src/editor/hoverText';
import { createFormatter } from '../../src/report/format';
import { fileReport, layerReport, measured, modelled, modelReport, profileReport } from '../support/reports';

const words = { say: render, format: createFormatter('en') };
const at = (line: number, ...models: Parameters<typeof modelReport>[0][]): string | undefined =>
  hoverText(fileReport(models.map(modelReport)), '/x.py', line, words);

const [wide, narrow] = [
  { macs: 3000, parameters: 75 },
  { macs: 1000, parameters: 25 },
];
const loop = [
  layerReport({ path: 'blocks.0', ...wide, outputs: ['float32[1,8]'] }),
  layerReport({ path: 'blocks.1', ...narrow, outputs: ['float32[1,4]'] }),
];

test('a layer at its call', () => {
  const layers = [layerReport({ parameters: 448, macs: 442_368 })];
  assert.equal(
    at(7, { layers, macs: 884_736, parameters: 896 }),
    [
      '**`conv`** `conv2d` · Net',
      '',
      '| | |',
      '|:--|:--|',
      '| Output | `float32[1,16,32,32]` |',
      '| Parameters | 448 · 50 % |',
      '| MACs | 442 kMACs · 50 % |',
      '| Bytes moved | 79.6 kB |',
      '| Time | ≈ 100 µs modelled |',
      '| Energy | ≈ 1 mJ modelled |',
    ].join('\n'),
  );
});

test('the line that constructs a layer speaks of it too', () => assert.match(at(3, {}) ?? '', /conv2d/));

test('the line that calls a module speaks of all that runs in it', () => {
  const layers = loop.map(layer => ({ ...layer, within: 0 }));
  const calls = [{ file: '/x.py', line: 30, column: 8 }];
  assert.match(at(30, { layers, calls, macs: 8000 }) ?? '', /\*\*2 layers\*\*[^]*MACs \| 4 kMACs · 50 %/);
});

test('a line without layers says nothing', () => assert.equal(at(8, {}), undefined));

test('the same line of another file is another line', () =>
  assert.equal(at(3, { layers: [layerReport({ file: '/y.py', callSite: null })] }), undefined));

test('a line that runs several layers sums them up', () => {
  const said = at(7, { layers: loop, macs: 8000, parameters: 100 }) ?? '';
  assert.match(said, /\*\*2 layers\*\*/);
  assert.match(said, /MACs \| 4 kMACs · 50 %/);
  assert.match(said, /`float32\[1,8\]` `float32\[1,4\]`/);
});

test('unknown stays unknown in a sum', () => {
  const said = at(7, { layers: [...loop, layerReport({ macs: null, latencyS: null })] }) ?? '';
  assert.match(said, /MACs \| unknown/);
  assert.doesNotMatch(said, /Time/);
});

test('models that share a line are told apart, and not all of many', () => {
  const said = at(7, ...['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(name => ({ name }))) ?? '';
  assert.equal(said.split('---').length, 5 + 1);
  assert.match(said, /… and 2 more models$/);
});

test('names are no markup', () => {
  const said = at(7, { name: '__init__*', layers: [layerReport({ path: 'a`|b', op: 'x' })] }) ?? '';
  assert.match(said, /\*\*`a {2}b`\*\*/);
  assert.match(said, /\\_\\_init\\_\\_\\\*/);
});

test('what was measured stands beside what was modelled, with the basis of each', () => {
  const part = { share: 0.25, latencyS: measured(0.002), energyJ: modelled(0.1) };
  const result = profileReport({ layers: [{ layer: 1, ...part }], energyJ: modelled(0.4) });
  const report = fileReport([modelReport({ layers: loop })]);
  const said = hoverText(report, '/x.py', 7, { ...words, measured: name => (name === 'Net' ? result : undefined) });
  assert.match(said ?? '', /Time of a run \| 2 ms measured · 25 % of the run on a processor/);
  assert.match(said ?? '', /Energy of a run \| ≈ 0.1 J by its share of the time, of a modelled total/);
  assert.doesNotMatch(hoverText(report, '/x.py', 7, words) ?? '', /of a run/);
});
