/** Layers as nested modules: paths in, indented names out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Block, blocksOf, depthOf, findBlock, place } from '../../webview/tree';

const of = (...paths: string[]): Block => blocksOf(paths.map(path => ({ path })), 'Net'); // prettier-ignore
const print = ({ name, first, end, children }: Block, indent = ''): string[] => [
  `${indent}${name} ${first}-${end}`,
  ...children.flatMap(child => print(child, `${indent}  `)),
];

test('modules nest', () =>
  assert.deepEqual(print(of('conv1', 'layer1.0.conv1', 'layer1.0.bn1', 'layer1.1.conv1', 'fc')), [
    'Net 0-5',
    '  conv1 0-1',
    '  layer1 1-4',
    '    0 1-3',
    '      conv1 1-2',
    '      bn1 2-3',
    '    1.conv1 3-4',
    '  fc 4-5',
  ]));

test('ONNX separates modules by slashes', () =>
  assert.deepEqual(print(of('/layer1/layer1.0/Conv', '/layer1/layer1.0/Relu', 'Gemm_2')), [
    'Net 0-3',
    '  layer1.layer1.0 0-2',
    '    Conv 0-1',
    '    Relu 1-2',
    '  Gemm_2 2-3',
  ]));

test('a chain of modules with one child each is one block', () =>
  assert.deepEqual(print(of('model.body.a', 'model.body.b')), ['Net 0-2', '  model.body 0-2', '    a 0-1', '    b 1-2'])); // prettier-ignore

test('functional ops stand in their module', () =>
  assert.deepEqual(print(of('block.conv', 'block#add[0]', '#flatten[0]')), [
    'Net 0-3',
    '  block 0-2',
    '    conv 0-1',
    '    #add[0] 1-2',
    '  #flatten[0] 2-3',
  ]));

test('a module entered again stands there again', () =>
  assert.deepEqual(print(of('a', 'b', 'a')), ['Net 0-3', '  a 0-1', '  b 1-2', '  a 2-3']));

test('the same layer twice in a row is two layers of one block', () =>
  assert.deepEqual(print(of('a', 'a')), ['Net 0-2', '  a 0-2', '    a 0-1', '    a 1-2']));

test('nothing to show', () => assert.deepEqual([print(of()), depthOf(of())], [['Net 0-0'], 1]));

test('a block is found again by path and first layer', () => {
  const root = of('a.x', 'a.y', 'b', 'a.x', 'a.y');
  assert.equal(findBlock(root, 'a', 3)?.first, 3);
  assert.equal(findBlock(root, 'a.y', 1)?.name, 'y');
  assert.equal(findBlock(root, 'c', 0), undefined);
});

test('heights follow costs, and nothing disappears', () => {
  const placed = place(of('a', 'b.x', 'b.y'), [900, 100, 0]);
  const heights = new Map(placed.map(({ block, height }) => [block.path, height]));
  const top = (path: string) => placed.find(({ block }) => block.path === path)?.top ?? NaN;
  assert.ok(Math.abs((heights.get('') ?? 0) - 1) < 1e-9);
  assert.ok((heights.get('a') ?? 0) > 8 * (heights.get('b.x') ?? 1) * 0.5);
  assert.ok((heights.get('b.y') ?? 0) > 0.03);
  assert.ok(Math.abs(top('b') - (heights.get('a') ?? 0)) < 1e-9);
  assert.ok(Math.abs(top('b.y') - top('b.x') - (heights.get('b.x') ?? 0)) < 1e-9);
});

test('without any cost all layers are alike', () => {
  const placed = place(of('a', 'b'), [null, 0]);
  assert.deepEqual(placed.map(({ height }) => height), [1, 0.5, 0.5]); // prettier-ignore
});
