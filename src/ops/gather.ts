/** Elements looked up by indices: data moves, and only the rows that are touched are read. */
import type { Maybe } from '../base/known';
import { isUnknown, unknown } from '../base/known';
import { text } from '../base/text';
import type { ConstantData } from '../ir/graph';
import type { Dim } from '../ir/tensor';
import { storedBytes, tensor } from '../ir/tensor';
import { flatIndex, flatIndices, LOST, places, sizesOf, steps } from './evaluate';
import type { Emitter, InferredView, NodeView } from './op';
import { defineOp, formula, free, Undetermined } from './op';
import { broadcast, normaliseAxis } from './rules';
import { spell } from './spell';
import { rowMajor } from './strides';
import { known } from './view';

const LOOKS_UP = free('looks elements up');

/** Indices read, as many elements of the table as are picked (at most all of them), and the output written. */
function touched(node: InferredView, table: number, indices: readonly number[]): number {
  const out = known(storedBytes(node.outputs[0] ?? node.type(table)));
  const read = Math.min(out, known(storedBytes(node.type(table))));
  return indices.reduce((sum, input) => sum + known(storedBytes(node.type(input))), out + read);
}

const gatherAxis = (node: NodeView): number => normaliseAxis(node.number('dim', 0), node.rank(0));

/** Slices of `data` along an axis, in the order of the indices. */
function picked(
  data: ConstantData,
  sizes: readonly number[],
  axis: number,
  indices: ConstantData,
): readonly Maybe<number>[] {
  const strides = rowMajor(sizes);
  const length = sizes[axis] ?? 1;
  const from = (index: Maybe<number>): number => {
    if (isUnknown(index) || index < -length || index >= length) return NaN;
    return (index < 0 ? index + length : index) * (strides[axis] ?? 1);
  };
  const axes = sizes.map((size, at) => (at === axis ? indices.map(from) : steps(size, strides[at] ?? 1)));
  const lost = indices.find(isUnknown) ?? LOST;
  return flatIndices(axes).map(index => (Number.isNaN(index) ? lost : (data[index] ?? LOST)));
}

export const gather = defineOp({
  name: 'gather',
  doc: 'Slices along an axis by an index tensor of any shape, whose axes take the place of that axis.',
  source: 'ONNX Gather-13; torch.index_select reference',
  infer: node => {
    const axis = gatherAxis(node);
    const shape = node.shape(0);
    return [tensor(node.dtype(0), [...shape.slice(0, axis), ...node.shape(1), ...shape.slice(axis + 1)])];
  },
  cost: () => LOOKS_UP,
  bytes: node => touched(node, 0, [1]),
  evaluate: node => {
    const [data, indices] = [node.data(0), node.data(1)];
    if (data === undefined || indices === undefined) return [undefined];
    return [picked(data, sizesOf(node, 0), gatherAxis(node), indices)];
  },
  torch: spell('torch Tensor', 'index_select', {
    signature: 'input: Tensor, dim: int, index: Tensor',
    call: args => ({ inputs: [args.tensor('input'), args.tensor('index')], attrs: { dim: args.number('dim') } }),
  }),
  onnx: { Gather: node => ({ attrs: { dim: node.number('axis', 0) } }) },
  emit: (node, to) => [to.node('Gather', [to.in(0), to.in(1)], { axis: gatherAxis(node) })],
  examples: [
    // indices 6 × 8; 6 rows of 16 read and written, 4 bytes each
    { in: ['float32[100,16]', 'int64[2,3]'], attrs: { dim: 0 }, out: ['float32[2,3,16]'], bytes: 816 },
    { in: ['float32[2,5,4]', 'int64[]'], attrs: { dim: 1 }, out: ['float32[2,4]'] },
    { in: ['int64[4]', 'int64[]'], data: { 0: [1, 3, 224, 225], 1: [-1] }, out: ['int64[]'], outData: { 0: [225] } },
    {
      in: ['int64[2,2]', 'int64[1]'],
      data: { 0: [1, 2, 3, 4], 1: [1] },
      attrs: { dim: 1 },
      out: ['int64[2,1]'],
      outData: { 0: [2, 4] },
    },
  ],
});

export const embedding = defineOp({
  name: 'embedding',
  doc: 'Rows of a table by index.',
  source: 'torch.nn.functional.embedding reference',
  infer: node => [tensor(node.dtype(1), [...node.shape(0), ...node.shape(1).slice(1)])],
  cost: () => LOOKS_UP,
  bytes: node => touched(node, 1, [0]),
  torch: {
    ...spell(
      'F',
      'embedding',
      'input: Tensor, weight: Tensor, padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, sparse=False',
    ),
    'torch.embedding': {
      signature: 'weight: Tensor, indices: Tensor, padding_idx=-1, scale_grad_by_freq=False, sparse=False',
      call: args => ({ inputs: [args.tensor('indices'), args.tensor('weight')] }),
    },
  },
  emit: (_, to) => [to.node('Gather', [to.in(1), to.in(0)], { axis: 0 })],
  examples: [
    { in: ['int64[2,3]', 'float32[100,16]'], out: ['float32[2,3,16]'], bytes: 816 },
    // more look-ups than rows: the table is read once; 8 × 10 + 4 × (2 × 4 + 10 × 4)
    { in: ['int64[10]', 'float32[2,4]'], out: ['float32[10,4]'], bytes: 272 },
  ],
});

/** Inputs: indices, table, offsets, per-sample weights. */
export const embeddingBag = defineOp({
  name: 'embedding_bag',
  doc: 'Sum, mean or maximum of rows of a table for each bag of indices: one step per element looked up, two with weights.',
  source: 'torch.nn.functional.embedding_bag reference',
  infer: node => {
    const bags =
      node.rank(0) === 2 ? node.dim(0, 0) : node.size(2, 0) - Number(node.flag('include_last_offset', false));
    return [tensor(node.dtype(1), [bags, node.dim(1, 1)])];
  },
  cost: node => formula(0, node.elements(0) * node.size(1, 1) * (node.has(3) ? 2 : 1)),
  bytes: node => {
    const row = known(storedBytes(node.type(1))) / node.size(1, 0);
    const rows = Math.min(node.elements(0), node.size(1, 0)) * row;
    const others = [0, 2, 3].filter(input => node.has(input)).map(input => known(storedBytes(node.type(input))));
    return others.reduce((a, b) => a + b, rows + known(storedBytes(node.outputs[0] ?? node.type(1))));
  },
  torch: {
    'torch.nn.functional.embedding_bag': {
      signature:
        "input: Tensor, weight: Tensor, offsets: Tensor = None, max_norm=None, norm_type=2, scale_grad_by_freq=False, mode='mean', sparse=False, per_sample_weights: Tensor = None, include_last_offset=False, padding_idx=None",
      call: args => ({
        inputs: [
          args.tensor('input'),
          args.tensor('weight'),
          args.optionalTensor('offsets'),
          args.optionalTensor('per_sample_weights'),
        ],
        attrs: { mode: args.attr('mode'), include_last_offset: args.flag('include_last_offset') },
      }),
    },
  },
  emit: (node, to) => {
    const mode = node.text('mode', 'mean');
    if (node.rank(0) !== 2 || node.has(3))
      throw new Undetermined(text('bags of unequal size cannot be written as ONNX'));
    const rows = to.node('Gather', [to.in(1), to.in(0)], { axis: 0 });
    if (mode === 'sum') return [to.node('ReduceSum', [rows, to.ints([1])], { keepdims: 0 })];
    return [to.node(mode === 'max' ? 'ReduceMax' : 'ReduceMean', [rows], { axes: [1], keepdims: 0 })];
  },
  examples: [
    // 6 rows of 4; 48 + 6·16 + 2·16
    { in: ['int64[2,3]', 'float32[10,4]'], out: ['float32[2,4]'], macs: 0, flops: 24, bytes: 176 },
    {
      in: ['int64[6]', 'float32[10,4]', 'int64[3]'],
      attrs: { mode: 'sum' },
      out: ['float32[3,4]'],
      macs: 0,
      flops: 24,
    },
  ],
});

export const gatherElements = defineOp({
  name: 'gather_elements',
  doc: 'For each place of the index, the element at that place with one coordinate replaced by the index.',
  source: 'torch.gather reference; ONNX GatherElements-13',
  infer: node => [tensor(node.dtype(0), node.shape(1))],
  cost: () => LOOKS_UP,
  bytes: node => touched(node, 0, [1]),
  torch: {
    ...spell('torch Tensor', 'gather', {
      signature: 'input: Tensor, dim: int, index: Tensor, *, sparse_grad=False',
      call: args => ({ inputs: [args.tensor('input'), args.tensor('index')], attrs: { dim: args.number('dim') } }),
    }),
    ...spell('torch Tensor', 'take_along_dim', 'input: Tensor, indices: Tensor, dim: int'),
  },
  onnx: { GatherElements: node => ({ attrs: { dim: node.number('axis', 0) } }) },
  emit: (node, to) => [to.node('GatherElements', [to.in(0), to.in(1)], { axis: gatherAxis(node) })],
  examples: [{ in: ['float32[2,5]', 'int64[2,3]'], attrs: { dim: 1 }, out: ['float32[2,3]'], bytes: 96 }],
});

export const gatherNd = defineOp({
  name: 'gather_nd',
  doc: 'Slices by index vectors along the last axis of the index.',
  source: 'ONNX GatherND-13',
  infer: node => {
    const batch = node.number('batch_dims', 0);
    const length = node.size(1, -1);
    return [tensor(node.dtype(0), [...node.shape(1).slice(0, -1), ...node.shape(0).slice(batch + length)])];
  },
  cost: () => LOOKS_UP,
  bytes: node => touched(node, 0, [1]),
  evaluate: node => [vectorData(node)],
  onnx: {
    GatherND: node => ({ attrs: { batch_dims: node.number('batch_dims', 0) } }),
    'com.microsoft:GatherND': { attrs: { batch_dims: 0 } },
  },
  emit: (node, to) => [to.node('GatherND', [to.in(0), to.in(1)], { batch_dims: node.number('batch_dims', 0) })],
  examples: [
    { in: ['float32[4,5,6]', 'int64[3,2]'], out: ['float32[3,6]'], bytes: 192 },
    { in: ['float32[4,5,6]', 'int64[4,3,1]'], attrs: { batch_dims: 1 }, out: ['float32[4,3,6]'] },
    {
      in: ['int64[2,2]', 'int64[2,2]'],
      data: { 0: [1, 2, 3, 4], 1: [0, 1, -1, 0] },
      out: ['int64[2]'],
      outData: { 0: [2, 3] },
    },
    {
      in: ['int64[2,2]', 'int64[2,1]'],
      data: { 0: [1, 2, 3, 4], 1: [1, 0] },
      attrs: { batch_dims: 1 },
      out: ['int64[2]'],
      outData: { 0: [2, 3] },
    },
  ],
});

function vectorData(node: InferredView): ReturnType<NodeView['data']> {
  const [data, by] = [node.data(0), node.data(1)];
  if (data === undefined || by === undefined) return undefined;
  const [from, index] = [sizesOf(node, 0), sizesOf(node, 1)];
  const [batch, length] = [node.number('batch_dims', 0), index.at(-1) ?? 0];
  return places(node.outputShape().map(known)).map(place => {
    const start = length * flatIndex(place.slice(0, index.length - 1), index);
    const vector = by.slice(start, start + length);
    const lost = vector.find(isUnknown);
    if (lost !== undefined) return lost;
    const wrapped = vector.map(known).map((at, axis) => (at < 0 ? at + (from[batch + axis] ?? 1) : at));
    return data[flatIndex([...place.slice(0, batch), ...wrapped, ...place.slice(index.length - 1)], from)] ?? LOST;
  });
}

/**
 * Attribute dims: the axis that each index input (1, 2, …) replaces. Where these axes are neighbours the indices' own
 * axes stand in their place, otherwise in front (NumPy's rule).
 */
export const index = defineOp({
  name: 'index',
  doc: 'Elements by index tensors for some axes, broadcast together.',
  source: 'https://numpy.org/doc/stable/user/basics.indexing.html#advanced-indexing',
  infer: node => {
    if (isMasked(node)) return [tensor(node.dtype(0), maskedShape(node))];
    const { dims, shape } = indexed(node);
    const rest = (from: number, to?: number): readonly Dim[] =>
      node
        .shape(0)
        .slice(from, to)
        .filter((_, axis) => !dims.includes(axis + from));
    const [first = 0] = dims;
    return [
      tensor(node.dtype(0), adjacent(dims) ? [...rest(0, first), ...shape, ...rest(first)] : [...shape, ...rest(0)]),
    ];
  },
  cost: () => LOOKS_UP,
  bytes: node =>
    touched(
      node,
      0,
      Array.from({ length: node.arity - 1 }, (_, input) => input + 1),
    ),
  evaluate: node => [indexData(node)],
  emit: emitIndex,
  examples: [
    { in: ['float32[10,4]', 'int64[3]'], attrs: { dims: [0] }, out: ['float32[3,4]'], bytes: 120 },
    { in: ['float32[2,5,6,7]', 'int64[3,1]', 'int64[4]'], attrs: { dims: [1, 2] }, out: ['float32[2,3,4,7]'] },
    { in: ['float32[2,5,6,7]', 'int64[3]', 'int64[3]'], attrs: { dims: [1, 3] }, out: ['float32[3,2,6]'] },
    {
      in: ['int64[3]', 'int64[2]'],
      data: { 0: [7, 8, 9], 1: [2, 0] },
      attrs: { dims: [0] },
      out: ['int64[2]'],
      outData: { 0: [9, 7] },
    },
  ],
});

const adjacent = (dims: readonly number[]): boolean =>
  dims.every((axis, at) => at === 0 || axis === (dims[at - 1] ?? 0) + 1);

function indexed(node: NodeView): { dims: readonly number[]; shape: readonly Dim[] } {
  const dims = node.numbersOf('dims').map(axis => normaliseAxis(axis, node.rank(0)));
  if (isMasked(node)) throw new Undetermined(DECIDED);
  return { dims, shape: known(broadcast(...dims.map((_, at) => node.type(at + 1).shape))) };
}

const DECIDED = text('the elements of a mask decide how many there are');

const isMasked = (node: NodeView): boolean => node.numbersOf('dims').some((_, at) => node.dtype(at + 1) === 'bool');

/** A mask stands for as many axes as it has; how many of its elements hold is data. */
function maskedShape(node: NodeView): readonly Dim[] {
  const [first = 0, ...others] = node.numbersOf('dims').map(axis => normaliseAxis(axis, node.rank(0)));
  if (others.length > 0) throw new Undetermined(DECIDED);
  return [...node.shape(0).slice(0, first), unknown(DECIDED), ...node.shape(0).slice(first + node.rank(1))];
}

function indexData(node: InferredView): ReturnType<NodeView['data']> {
  const { dims } = indexed(node);
  const [only] = dims;
  const [data, by] = [node.data(0), node.data(1)];
  if (dims.length !== 1 || only === undefined || data === undefined || by === undefined) return undefined;
  return picked(data, sizesOf(node, 0), only, by);
}

/** One index is a Gather; several are moved to the front, gathered by vectors, and moved back. */
function emitIndex(node: InferredView, to: Emitter): readonly string[] {
  const { dims, shape } = indexed(node);
  const [first = 0] = dims;
  if (dims.length === 1) return [to.node('Gather', [to.in(0), to.in(1)], { axis: first })];
  const rank = node.rank(0);
  const others = Array.from({ length: rank }, (_, axis) => axis).filter(axis => !dims.includes(axis));
  const front = to.node('Transpose', [to.in(0)], { perm: [...dims, ...others] });
  const sizes = shape.map(known);
  const vectors = dims.map((_, at) => {
    const wide = to.node('Expand', [to.in(at + 1), to.ints(sizes)]);
    return to.node('Unsqueeze', [wide, to.ints([sizes.length])]);
  });
  const gathered = to.node('GatherND', [front, to.node('Concat', vectors, { axis: sizes.length })]);
  if (!adjacent(dims) || first === 0) return [gathered];
  const axes = sizes.length + others.length;
  const lead = Array.from({ length: first }, (_, axis) => sizes.length + axis);
  const own = Array.from({ length: sizes.length }, (_, axis) => axis);
  const tail = Array.from({ length: axes - lead.length - own.length }, (_, axis) => sizes.length + first + axis);
  return [to.node('Transpose', [gathered], { perm: [...lead, ...own, ...tail] })];
}
