/** How tensors lie in memory, against what PyTorch's `stride()` and `data_ptr()` say for the same chains. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GraphBuilder } from '../../src/ir/build';
import type { Attrs } from '../../src/ir/graph';
import { applyOp } from '../../src/ops/apply';
import { sharesStorage, stridesOf } from '../../src/ops/layout';
import { viewStrides } from '../../src/ops/strides';
import { typeOf } from '../support/graphs';

type Step = readonly [op: string, attrs: Attrs];

/** The last op of the chain is judged. */
const chains: readonly [name: string, input: string, steps: readonly Step[], shares: boolean, strides: readonly number[]][] = [
  ['reshape of what lies in order', 'float32[2,3,4]', [['reshape', { shape: [6, 4] }]], true, [4, 1]],
  ['reshape after transpose', 'float32[2,3,4]', [['permute', { dims: [0, 2, 1] }], ['reshape', { shape: [2, 12] }]], false, [12, 1]],
  ['heads put together', 'float32[2,8,5,4]', [['permute', { dims: [0, 2, 1, 3] }], ['reshape', { shape: [2, 5, 32] }]], false, [160, 32, 1]],
  ['an axis split after transpose', 'float32[2,6,4]', [['permute', { dims: [0, 2, 1] }], ['view', { shape: [2, 4, 2, 3] }]], true, [24, 1, 12, 4]],
  ['contiguous twice', 'float32[2,3]', [['permute', { dims: [1, 0] }], ['contiguous', {}], ['contiguous', {}]], true, [2, 1]],
  ['contiguous after transpose', 'float32[2,3]', [['permute', { dims: [1, 0] }], ['contiguous', {}]], false, [2, 1]],
  ['transposing an axis of 1', 'float32[1,5]', [['permute', { dims: [1, 0] }], ['reshape', { shape: [5] }]], true, [1]],
  ['a slice of the first axis', 'float32[4,3]', [['slice', { axes: [0], starts: [1], ends: [3], steps: [1] }], ['reshape', { shape: [6] }]], true, [1]],
  ['a slice of the last axis', 'float32[4,3]', [['slice', { axes: [1], starts: [1], ends: [3], steps: [1] }], ['reshape', { shape: [8] }]], false, [1]],
  ['every second row', 'float32[4,3]', [['slice', { axes: [0], starts: [0], ends: [4], steps: [2] }], ['view', { shape: [2, 1, 3] }]], true, [6, 3, 1]],
  ['a place of the middle axis', 'float32[2,3,4]', [['select', { dim: 1, index: 0 }], ['reshape', { shape: [8] }]], false, [1]],
  ['an expanded axis', 'float32[3,1]', [['expand', { sizes: [3, 4] }], ['reshape', { shape: [12] }]], false, [1]],
  ['element-wise work keeps the order', 'float32[2,3]', [['permute', { dims: [1, 0] }], ['relu', {}], ['contiguous', {}]], false, [2, 1]],
  ['the same, seen before', 'float32[2,3]', [['permute', { dims: [1, 0] }], ['relu', {}]], false, [1, 3]],
  ['softmax lays down anew', 'float32[2,3]', [['permute', { dims: [1, 0] }], ['softmax', { dim: 1 }], ['contiguous', {}]], true, [2, 1]],
  ['channels shuffled', 'float32[1,6,2,2]', [['view', { shape: [1, 2, 3, 2, 2] }], ['permute', { dims: [0, 2, 1, 3, 4] }], ['contiguous', {}]], false, [24, 8, 4, 2, 1]],
  ['flatten after pooling', 'float32[1,6,1,1]', [['flatten', { start_dim: 1 }]], true, [6, 1]],
]; // prettier-ignore

for (const [name, input, steps, shares, strides] of chains)
  test(name, () => {
    const builder = new GraphBuilder();
    const origin = { path: 'p', label: 'l', call: 0 };
    let value = builder.input('x', typeOf(input));
    for (const [op, attrs] of steps) value = applyOp(builder, { op, attrs, inputs: [value], origin })[0]!;
    const graph = builder.finish('g', [{ name: 'y', value }]);
    assert.deepEqual(graph.gaps, []);
    assert.equal(sharesStorage(graph, graph.nodes.at(-1)!), shares);
    const ones = (graph.values[value]!.type.shape as readonly number[]).map(size => size === 1);
    const blank = (list: readonly number[] | undefined): unknown =>
      list?.map((stride, axis) => (ones[axis] ? 0 : stride));
    assert.deepEqual(blank(stridesOf(graph, value)), blank(strides));
  });

test('a shape of another size over the same memory', () => {
  assert.deepEqual(viewStrides([2, 3, 4], [12, 1, 3], [2, 12]), undefined);
  assert.deepEqual(viewStrides([2, 3, 4], [12, 4, 1], [24]), [1]);
  assert.deepEqual(viewStrides([2, 0], [1, 1], [0, 7]), [7, 1]);
  assert.deepEqual(viewStrides([4, 4], [8, 2], [16]), [2]);
});
