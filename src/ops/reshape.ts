/**
 * Other shapes for the same elements in the same order. In PyTorch `view` never copies, `reshape` and `flatten` copy
 * where the input does not lie in row-major order; a runtime for ONNX reuses the memory.
 */
import type { Unknown } from '../base/known';
import { isUnknown, product, unknown } from '../base/known';
import { text } from '../base/text';
import type { Dim, Shape } from '../ir/tensor';
import { tensor } from '../ir/tensor';
import type { CoreCall, Emitter, InferredView, NodeView, OnnxCall, OnnxNode, TorchArguments } from './op';
import { defineOp, free, Mismatch } from './op';
import { normaliseAxis } from './rules';
import { spell } from './spell';
import { known, listOf, replacing } from './view';

const VIEW = 'the same elements under another shape';

const passData = (node: InferredView): readonly [ReturnType<NodeView['data']>] => [node.data(0)];
const emitReshape = (node: InferredView, to: Emitter): readonly [string] => [
  to.node('Reshape', [to.in(0), to.ints(node.outputShape().map(known))]),
];

/** Wanted sizes from an attribute, or from the elements of an input. */
export function wantedSizes(node: NodeView, attr: string, input: number): readonly Dim[] {
  if (node.attr(attr) !== undefined) return node.numbersOf(attr);
  const data = node.data(input);
  if (data !== undefined) return data;
  const reason = unknown(text('the sizes are computed from data'));
  return listOf(node.size(input, 0), (): Unknown => reason);
}

/** Attribute shape, or input 1; -1 takes what is left; with zero_copies a 0 keeps the input's size, as ONNX has it. */
function inferReshape(node: NodeView): ReturnType<Parameters<typeof defineOp>[0]['infer']> {
  return [tensor(node.dtype(0), reshaped(node, wantedSizes(node, 'shape', 1)))];
}

export function reshaped(node: NodeView, wanted: readonly Dim[]): Shape {
  const given = node.type(0).shape;
  if (isUnknown(given)) return wanted.map(dim => (dim === -1 || dim === 0 ? given : dim));
  const zeroCopies = node.flag('zero_copies', false);
  const kept = new Set(wanted.flatMap((dim, axis) => (zeroCopies && dim === 0 ? [axis] : [])));
  const sizes = wanted.map((dim, axis) => (kept.has(axis) ? (given[axis] ?? 1) : dim));
  // Sizes that are merely kept cancel out, known or not.
  const total = product(given.filter((_, axis) => !kept.has(axis)));
  const rest = product(sizes.filter((dim, axis) => dim !== -1 && !kept.has(axis)));
  if (!sizes.includes(-1)) {
    if (!isUnknown(total) && !isUnknown(rest) && total !== rest) throw misfit(given, wanted);
    return sizes;
  }
  return sizes.map(dim => (dim === -1 ? quotient(total, rest, given, wanted) : dim));
}

function quotient(total: Dim, rest: Dim, given: readonly Dim[], wanted: readonly Dim[]): Dim {
  if (isUnknown(total)) return total;
  if (isUnknown(rest)) return rest;
  if (rest === 0) return 0;
  if (total % rest !== 0) throw misfit(given, wanted);
  return total / rest;
}

function misfit(given: readonly Dim[], wanted: readonly Dim[]): Mismatch {
  const list = (dims: readonly Dim[]): string => dims.map(dim => (isUnknown(dim) ? '?' : String(dim))).join(', ');
  return new Mismatch(text('[{0}] cannot be reshaped to [{1}]', list(given), list(wanted)));
}

const shapeOf = <Input>(args: TorchArguments<Input>, name: string): readonly number[] =>
  known(args.type(args.tensor(name)).shape).map(known);

const likeOther = <Input>(args: TorchArguments<Input>): CoreCall<Input> => ({
  inputs: [args.tensor('input')],
  attrs: { shape: shapeOf(args, 'other') },
});

export const view = defineOp({
  name: 'view',
  doc: 'Another shape over the same memory.',
  source: 'torch.Tensor.view reference; ONNX Reshape-14',
  view: true,
  infer: inferReshape,
  cost: () => free(VIEW),
  evaluate: passData,
  torch: {
    'torch.Tensor.view': [
      {
        signature: 'input: Tensor, dtype: dtype',
        call: args => ({ op: 'bitcast', inputs: [args.tensor('input')], attrs: { dtype: args.attr('dtype') } }),
      },
      'input: Tensor, *shape',
    ],
    'torch.Tensor.view_as': { signature: 'input: Tensor, other: Tensor', call: likeOther },
  },
  onnx: { Reshape: readReshape },
  emit: emitReshape,
  examples: [
    { in: ['float32[2,3,4]'], attrs: { shape: [6, -1] }, out: ['float32[6,4]'], bytes: 0 },
    { in: ['float32[2,3,4]'], attrs: { shape: [0, -1], zero_copies: true }, out: ['float32[2,12]'] },
    { in: ['float32[2,3,4]', 'int64[3]'], data: { 1: [4, 3, 2] }, out: ['float32[4,3,2]'] },
    {
      in: ['int64[4]'],
      data: { 0: [1, 2, 3, 4] },
      attrs: { shape: [2, 2] },
      out: ['int64[2,2]'],
      outData: { 0: [1, 2, 3, 4] },
    },
  ],
});

function readReshape(node: OnnxNode): OnnxCall {
  if (node.opset < 5) return { inputs: [0], attrs: { shape: node.numbersOf('shape'), zero_copies: true } };
  const zero_copies = !node.flag('allowzero', false);
  const wanted = node.data(1);
  return wanted === undefined || wanted.some(isUnknown)
    ? { inputs: [0, 1], attrs: { zero_copies } }
    : { inputs: [0], attrs: { shape: node.numbers(1), zero_copies } };
}

export const reshape = defineOp({
  name: 'reshape',
  doc: 'Another shape: over the same memory where the input lies in row-major order, else a copy.',
  source: 'torch.reshape reference',
  view: 'dense',
  infer: inferReshape,
  cost: () => free(VIEW),
  evaluate: passData,
  torch: {
    'torch.reshape': 'input: Tensor, shape',
    'torch.Tensor.reshape': 'input: Tensor, *shape',
    'torch.Tensor.reshape_as': { signature: 'input: Tensor, other: Tensor', call: likeOther },
  },
  emit: emitReshape,
  examples: [{ in: ['float32[2,3,4]'], attrs: { shape: [-1] }, out: ['float32[24]'], bytes: 0 }],
});

export const flatten = defineOp({
  name: 'flatten',
  doc: 'Neighbouring axes joined into one.',
  source: 'torch.flatten reference',
  view: 'dense',
  infer: node => {
    const shape = node.shape(0);
    if (shape.length === 0) return [tensor(node.dtype(0), [1])];
    const start = normaliseAxis(node.number('start_dim', 0), shape.length);
    const end = normaliseAxis(node.number('end_dim', -1), shape.length);
    return [
      tensor(node.dtype(0), [...shape.slice(0, start), product(shape.slice(start, end + 1)), ...shape.slice(end + 1)]),
    ];
  },
  cost: () => free(VIEW),
  evaluate: passData,
  torch: {
    ...spell('torch Tensor', 'flatten', 'input: Tensor, start_dim=0, end_dim=-1'),
    ...spell('torch Tensor', 'ravel', 'input: Tensor'),
  },
  emit: emitReshape,
  examples: [
    { in: ['float32[2,3,4,5]'], attrs: { start_dim: 1 }, out: ['float32[2,60]'], bytes: 0 },
    { in: ['float32[2,3,4,5]'], attrs: { start_dim: 1, end_dim: 2 }, out: ['float32[2,12,5]'] },
  ],
});

export const flattenToMatrix = defineOp({
  name: 'flatten_to_matrix',
  doc: 'Axes before `axis` joined into rows, the others into columns.',
  source: 'ONNX Flatten-13',
  view: true,
  infer: node => {
    const shape = node.shape(0);
    const axis = node.number('axis', 1);
    const at = axis < 0 ? axis + shape.length : axis;
    return [tensor(node.dtype(0), [product(shape.slice(0, at)), product(shape.slice(at))])];
  },
  cost: () => free(VIEW),
  evaluate: passData,
  onnx: { Flatten: node => ({ attrs: { axis: node.number('axis', 1) } }) },
  emit: emitReshape,
  examples: [{ in: ['float32[2,3,4]'], attrs: { axis: 2 }, out: ['float32[6,4]'], bytes: 0 }],
});

export const unflatten = defineOp({
  name: 'unflatten',
  doc: 'One axis split into several.',
  source: 'torch.unflatten reference',
  view: true,
  infer: node => {
    const shape = node.shape(0);
    const axis = normaliseAxis(node.number('dim'), shape.length);
    const inner = reshaped(
      replacing(node, { type: () => tensor(node.dtype(0), [node.dim(0, axis)]) }),
      node.numbersOf('sizes'),
    );
    return [tensor(node.dtype(0), [...shape.slice(0, axis), ...known(inner), ...shape.slice(axis + 1)])];
  },
  cost: () => free(VIEW),
  evaluate: passData,
  torch: spell('torch Tensor', 'unflatten', 'input: Tensor, dim: int, sizes'),
  emit: emitReshape,
  examples: [{ in: ['float32[2,12,5]'], attrs: { dim: 1, sizes: [3, -1] }, out: ['float32[2,3,4,5]'], bytes: 0 }],
});

/** ONNX removes nothing but axes of size 1. */
function readSqueeze(node: OnnxNode): OnnxCall {
  const dim = axesArgument(node);
  for (const axis of dim ?? []) {
    const size = node.dim(0, axis);
    if (!isUnknown(size) && size !== 1)
      throw new Mismatch(text('axis {0} has size {1} and cannot be removed', axis, size));
  }
  return { inputs: [0], attrs: { dim } };
}

/** Attribute dim: the axes; without it all of size 1. PyTorch leaves an axis of another size as it is. */
export const squeeze = defineOp({
  name: 'squeeze',
  doc: 'Axes of size 1 removed.',
  source: 'torch.squeeze reference; ONNX Squeeze-13',
  view: true,
  infer: node => {
    const shape = node.shape(0);
    const axes =
      node.attr('dim') === undefined ? undefined : node.numbersOf('dim').map(axis => normaliseAxis(axis, shape.length));
    const kept = shape.filter((dim, axis) =>
      axes === undefined ? known(dim) !== 1 : !axes.includes(axis) || (!isUnknown(dim) && dim !== 1),
    );
    return [tensor(node.dtype(0), kept)];
  },
  cost: () => free(VIEW),
  evaluate: passData,
  torch: spell('torch Tensor', 'squeeze', 'input: Tensor, dim=None'),
  onnx: { Squeeze: readSqueeze },
  emit: emitReshape,
  examples: [
    { in: ['float32[2,1,3,1]'], out: ['float32[2,3]'], bytes: 0 },
    { in: ['float32[2,1,3,1]'], attrs: { dim: -1 }, out: ['float32[2,1,3]'] },
    { in: ['float32[2,1,3,1]'], attrs: { dim: 0 }, out: ['float32[2,1,3,1]'] },
    { in: ['int64[1]'], data: { 0: [7] }, out: ['int64[]'], outData: { 0: [7] } },
  ],
});

/** Axes are an attribute up to opset 12 and input 1 since. */
const axesArgument = (node: OnnxNode): readonly number[] | undefined => {
  if (node.attr('axes') !== undefined) return node.numbersOf('axes');
  return node.has(1) ? node.numbers(1) : undefined;
};

export const unsqueeze = defineOp({
  name: 'unsqueeze',
  doc: 'Axes of size 1 added; `dim` counts in the result.',
  source: 'torch.unsqueeze reference; ONNX Unsqueeze-13',
  view: true,
  infer: node => {
    const shape = node.shape(0);
    const dims = node.numbersOf('dim');
    const rank = shape.length + dims.length;
    const added = new Set(dims.map(axis => normaliseAxis(axis, rank)));
    const rest = [...shape];
    return [
      tensor(
        node.dtype(0),
        Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : (rest.shift() ?? 1))),
      ),
    ];
  },
  cost: () => free(VIEW),
  evaluate: passData,
  torch: spell('torch Tensor', 'unsqueeze', 'input: Tensor, dim: int'),
  onnx: { Unsqueeze: node => ({ inputs: [0], attrs: { dim: axesArgument(node) } }) },
  emit: emitReshape,
  examples: [
    { in: ['float32[2,3]'], attrs: { dim: -1 }, out: ['float32[2,3,1]'], bytes: 0 },
    { in: ['float32[2,3]'], attrs: { dim: [0, 3] }, out: ['float32[1,2,3,1]'] },
    { in: ['int64[]'], data: { 0: [7] }, attrs: { dim: 0 }, out: ['int64[1]'], outData: { 0: [7] } },
  ],
});
