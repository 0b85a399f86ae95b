/** Elements written to places that an index names. Writing moves data; adding or multiplying is one step per element written. */
import type { TensorType } from '../ir/tensor';
import { storedBytes, tensor } from '../ir/tensor';
import { dtypeOf, operand } from './elementwise';
import { sizesOf } from './evaluate';
import type { Cost, Emitter, InferredView, NodeView, OnnxCall, OnnxNode, TorchCall, TorchSpelling } from './op';
import { defineOp, formula, free, Undetermined } from './op';
import { text } from '../base/text';
import { broadcast, normaliseAxis } from './rules';
import { spell } from './spell';
import { known } from './view';

const WRITES = free('writes elements to their places');

const reductionOf = (node: NodeView): string => node.text('reduce', 'none');

/** Means add and divide. */
const stepsOf = (node: NodeView): number => ({ none: 0, mean: 2 })[reductionOf(node)] ?? 1;

const perWritten =
  (input: number) =>
  (node: InferredView): Cost => {
    const steps = stepsOf(node);
    return steps === 0 ? WRITES : formula(0, steps * node.elements(input));
  };

const same = (node: NodeView): readonly TensorType[] => [node.type(0)];

/** `scatter(dim, index, src or number, reduce)` */
const scatterCall = (signature: string, reduce?: string): TorchCall => ({
  signature,
  call: args => ({
    inputs: [args.tensor('input'), args.tensor('index'), args.tensor(signature.includes('value: ') ? 'value' : 'src')],
    attrs: { dim: args.number('dim'), reduce: reduce ?? args.attr('reduce') },
  }),
});

/** Inputs: data, index, source; attributes dim and reduce (none, add, multiply, sum, prod, mean, amax, amin). */
export const scatter = defineOp({
  name: 'scatter',
  doc: 'A copy of the data with elements replaced (or combined) at the places of an index along an axis.',
  source: 'torch.scatter reference; ONNX ScatterElements-18',
  infer: same,
  cost: perWritten(1),
  torch: {
    ...spell('torch Tensor', 'scatter', [
      scatterCall('input: Tensor, dim: int, index: Tensor, src: Tensor, *, reduce=None'),
      scatterCall('input: Tensor, dim: int, index: Tensor, value: Tensor, *, reduce=None'),
    ]),
    ...spell('torch Tensor', 'scatter_add', scatterCall('input: Tensor, dim: int, index: Tensor, src: Tensor', 'add')),
    ...spell(
      'torch Tensor',
      'scatter_reduce',
      scatterCall('input: Tensor, dim: int, index: Tensor, src: Tensor, reduce: str, *, include_self=True'),
    ),
  },
  onnx: { ScatterElements: readScatter, Scatter: readScatter },
  emit: (node, to) => {
    const reduction = ONNX_REDUCTIONS[reductionOf(node)];
    if (reduction === undefined)
      throw new Undetermined(text('scattering with "{0}" needs opset 18', reductionOf(node)));
    const dtype = dtypeOf(node);
    const source =
      node.rank(2) === 0
        ? to.node('Expand', [operand(node, to, 2, dtype), to.ints(sizesOf(node, 1))])
        : trimmed(node, to);
    return [
      to.node('ScatterElements', [to.in(0), to.in(1), source], {
        axis: normaliseAxis(node.number('dim', 0), node.rank(0)),
        reduction,
      }),
    ];
  },
  examples: [
    { in: ['float32[3,5]', 'int64[2,5]', 'float32[2,5]'], attrs: { dim: 0 }, out: ['float32[3,5]'], bytes: 240 },
    {
      in: ['float32[3,5]', 'int64[2,5]', 'float32[2,5]'],
      attrs: { dim: 0, reduce: 'add' },
      out: ['float32[3,5]'],
      macs: 0,
      flops: 10,
    },
    { in: ['float32[3,5]', 'int64[2,5]', 'float32[]'], data: { 2: [1] }, attrs: { dim: 1 }, out: ['float32[3,5]'] },
  ],
});

const ONNX_REDUCTIONS: Readonly<Record<string, string>> = {
  none: 'none',
  add: 'add',
  sum: 'add',
  multiply: 'mul',
  prod: 'mul',
};

function readScatter(node: OnnxNode): OnnxCall {
  const reduction = node.text('reduction', 'none');
  const reduce = { mul: 'multiply', max: 'amax', min: 'amin' }[reduction] ?? reduction;
  return { attrs: { dim: node.number('axis', 0), reduce: reduce === 'none' ? undefined : reduce } };
}

/** PyTorch lets the source be larger than the index. */
function trimmed(node: InferredView, to: Emitter): string {
  const [by, from] = [sizesOf(node, 1), sizesOf(node, 2)];
  if (by.every((size, axis) => size === from[axis])) return to.in(2);
  return to.node('Slice', [to.in(2), to.ints(by.map(() => 0)), to.ints(by), to.ints(by.map((_, axis) => axis))]);
}

export const scatterNd = defineOp({
  name: 'scatter_nd',
  doc: 'A copy of the data with slices replaced (or combined) at index vectors.',
  source: 'ONNX ScatterND-18',
  infer: same,
  cost: perWritten(2),
  onnx: { ScatterND: node => readScatter(node) },
  emit: (node, to) => [
    to.node('ScatterND', [to.in(0), to.in(1), to.in(2)], { reduction: ONNX_REDUCTIONS[reductionOf(node)] ?? 'none' }),
  ],
  examples: [
    { in: ['float32[4,6]', 'int64[3,1]', 'float32[3,6]'], attrs: { dim: 0 }, out: ['float32[4,6]'], bytes: 288 },
  ],
});

/** Whole slices along an axis by a vector of places. */
export const indexAdd = defineOp({
  name: 'index_add',
  doc: 'A copy of the data with slices added (or, with reduce none, put) at the places of an index along an axis.',
  source: 'torch.index_add reference',
  infer: same,
  cost: perWritten(2),
  torch: {
    ...spell(
      'torch Tensor',
      'index_add',
      slices('input: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha=1', 'source', 'add'),
    ),
    ...spell(
      'torch Tensor',
      'index_copy',
      slices('input: Tensor, dim: int, index: Tensor, source: Tensor', 'source', 'none'),
    ),
    ...spell(
      'torch Tensor',
      'index_fill',
      slices('input: Tensor, dim: int, index: Tensor, value: Tensor', 'value', 'none'),
    ),
  },
  emit: (node, to) => {
    const axis = normaliseAxis(node.number('dim', 0), node.rank(0));
    const sizes = sizesOf(node, 0).map((size, at) => (at === axis ? node.elements(1) : size));
    const along = to.node('Reshape', [to.in(1), to.ints(sizes.map((_, at) => (at === axis ? -1 : 1)))]);
    const wide = to.ints(sizes);
    const places = to.node('Expand', [along, wide]);
    const source = to.node('Expand', [operand(node, to, 2, dtypeOf(node)), wide]);
    const reduction = ONNX_REDUCTIONS[reductionOf(node)] ?? 'none';
    return [to.node('ScatterElements', [to.in(0), places, source], { axis, reduction })];
  },
  examples: [
    {
      in: ['float32[5,4]', 'int64[3]', 'float32[3,4]'],
      attrs: { dim: 0, reduce: 'add' },
      out: ['float32[5,4]'],
      macs: 0,
      flops: 12,
      bytes: 232,
    },
    { in: ['float32[5,4]', 'int64[3]', 'float32[]'], data: { 2: [0] }, attrs: { dim: 0 }, out: ['float32[5,4]'] },
  ],
});

function slices(signature: string, from: string, reduce: string): TorchSpelling {
  return {
    signature,
    call: args => ({
      inputs: [args.tensor('input'), args.tensor('index'), args.tensor(from)],
      attrs: { dim: args.number('dim'), reduce },
    }),
  };
}

/**
 * `x[index] = value` for index tensors: inputs data, value, one index per axis of attribute dims; or a mask. Attribute
 * accumulate adds instead of replacing.
 */
export const indexPut = defineOp({
  name: 'index_put',
  doc: 'The data with a value put (or added) at the places that index tensors name.',
  source: 'torch.Tensor.index_put reference',
  infer: same,
  cost: node => (node.flag('accumulate', false) ? formula(0, node.elements(1)) : WRITES),
  torch: spell('torch Tensor', 'index_put', {
    signature: 'input: Tensor, indices: Tensor[], values: Tensor, accumulate=False',
    call: args => ({
      inputs: [args.tensor('input'), args.tensor('values'), ...args.tensors('indices')],
      attrs: { dims: args.tensors('indices').map((_, axis) => axis), accumulate: args.flag('accumulate') },
    }),
  }),
  emit: emitPut,
  examples: [
    { in: ['float32[5,4]', 'float32[3,4]', 'int64[3]'], attrs: { dims: [0] }, out: ['float32[5,4]'], bytes: 232 },
    {
      in: ['float32[2,5,6]', 'float32[]', 'int64[3,1]', 'int64[4]'],
      data: { 1: [0] },
      attrs: { dims: [1, 2] },
      out: ['float32[2,5,6]'],
    },
    { in: ['float32[2,3]', 'float32[]', 'bool[2,3]'], data: { 1: [0] }, attrs: { dims: [0] }, out: ['float32[2,3]'] },
    {
      in: ['float32[5,4]', 'float32[3,4]', 'int64[3]'],
      attrs: { dims: [0], accumulate: true },
      out: ['float32[5,4]'],
      macs: 0,
      flops: 12,
    },
  ],
});

/** The indexed axes go to the front, index vectors name the places there, and the axes go back. */
function emitPut(node: InferredView, to: Emitter): readonly string[] {
  const dims = node.numbersOf('dims').map(axis => normaliseAxis(axis, node.rank(0)));
  const dtype = dtypeOf(node);
  if (node.dtype(2) === 'bool') {
    if (node.rank(2) !== node.rank(0) || node.rank(1) !== 0)
      throw new Undetermined(text('writing under a mask that leaves axes out cannot be written as ONNX'));
    return [to.node('Where', [to.in(2), operand(node, to, 1, dtype), to.in(0)])];
  }
  const others = sizesOf(node, 0)
    .map((_, axis) => axis)
    .filter(axis => !dims.includes(axis));
  const order = [...dims, ...others];
  const shape = known(broadcast(...dims.map((_, at) => node.type(at + 2).shape))).map(known);
  const vectors = dims.map((_, at) =>
    to.node('Unsqueeze', [to.node('Expand', [to.in(at + 2), to.ints(shape)]), to.ints([shape.length])]),
  );
  const places = to.node('Concat', vectors, { axis: shape.length });
  const rest = others.map(axis => node.size(0, axis));
  const value = to.node('Expand', [operand(node, to, 1, dtype), to.ints([...shape, ...rest])]);
  const reduction = node.flag('accumulate', false) ? 'add' : 'none';
  const front = to.node('Transpose', [to.in(0)], { perm: order });
  const put = to.node('ScatterND', [front, places, value], { reduction });
  return [to.node('Transpose', [put], { perm: order.map((_, axis) => order.indexOf(axis)) })];
}

export const maskedScatter = defineOp({
  name: 'masked_scatter',
  doc: 'The data with elements of a source, in order, where a mask holds.',
  source: 'torch.Tensor.masked_scatter reference',
  infer: node => [tensor(node.dtype(0), broadcast(node.type(0).shape, node.type(1).shape))],
  cost: () => WRITES,
  torch: spell('torch Tensor', 'masked_scatter', 'input: Tensor, mask: Tensor, source: Tensor'),
  examples: [{ in: ['float32[2,3]', 'bool[2,3]', 'float32[6]'], out: ['float32[2,3]'], bytes: 78 }],
});

/** `x.copy_(y)`, `x[…] = y` through a view: the front end marks the node as in place. */
export const copy = defineOp({
  name: 'copy',
  doc: 'The source, broadcast and converted, in place of the data.',
  source: 'torch.Tensor.copy_ reference',
  infer: node => {
    broadcast(node.type(0).shape, node.type(1).shape);
    return [node.type(0)];
  },
  cost: () => WRITES,
  // The old elements are not read.
  bytes: node => (node.rank(1) === 0 ? 0 : known(storedBytes(node.type(1)))) + known(storedBytes(node.type(0))),
  torch: {
    ...spell('Tensor', 'copy copy_', 'input: Tensor, src: Tensor, non_blocking=False'),
    ...spell('torch Tensor', 'fill fill_', 'input: Tensor, value: Tensor'),
  },
  emit: (node, to) => [to.node('Expand', [operand(node, to, 1, dtypeOf(node)), to.ints(sizesOf(node, 0))])],
  examples: [
    { in: ['float32[2,3]', 'float32[3]'], out: ['float32[2,3]'], bytes: 36 },
    { in: ['float32[2,3]', 'int64[]'], data: { 1: [0] }, out: ['float32[2,3]'], bytes: 24 },
  ],
});

/** `x.zero_()`, `x.normal_()` and the like: the old elements are not read. */
export const overwrite = defineOp({
  name: 'overwrite',
  doc: 'The data filled with a number or at random, in place.',
  source: 'torch.Tensor.zero_, normal_ and uniform_ references',
  infer: same,
  cost: () => free('fills memory'),
  bytes: node => known(storedBytes(node.type(0))),
  torch: {
    'torch.Tensor.zero': {
      signature: 'input: Tensor',
      call: args => ({ inputs: [args.tensor('input')], attrs: { value: 0 } }),
    },
    'torch.Tensor.normal': 'input: Tensor, mean=0, std=1, *, generator=None',
    'torch.Tensor.uniform': 'input: Tensor, from=0, to=1, *, generator=None',
    'torch.Tensor.bernoulli': 'input: Tensor, p=0.5, *, generator=None',
  },
  emit: (node, to) => [to.filled(node.number('value', 0.5), dtypeOf(node), sizesOf(node, 0))],
  examples: [{ in: ['float32[2,3]'], attrs: { value: 0 }, out: ['float32[2,3]'], bytes: 24 }],
});

/** Parts of the data were written through a view in a way that no op here says: its elements are not known any more. */
export const changed = defineOp({
  name: 'changed',
  doc: 'The data after something was written into a part of it.',
  source: 'https://pytorch.org/docs/stable/tensor_view.html',
  view: true,
  infer: same,
  cost: () => free('the writing itself is another op'),
  examples: [{ in: ['float32[2,3]'], out: ['float32[2,3]'], bytes: 0 }],
});
