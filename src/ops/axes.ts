/** Axes in another order, repeated without being stored, or the same elements laid down anew. */
import { isUnknown } from '../base/known';
import { text } from '../base/text';
import type { Dim } from '../ir/tensor';
import { isDType, tensor } from '../ir/tensor';
import { broadcastSteps, rearrange, sizesOf, steps } from './evaluate';
import type { CoreCall, InferredView, NodeView, TorchArguments, TorchCall } from './op';
import { defineOp, free, Mismatch } from './op';
import { typeAttribute } from './onnxTypes';
import { wantedSizes } from './reshape';
import { broadcast, normaliseAxis } from './rules';
import { spell } from './spell';
import { known } from './view';

/** ONNX runtimes copy where PyTorch makes a view; their spellings set `copies`. */
export const isView = (node: NodeView): boolean => !node.flag('copies', false);

const rankOf = <Input>(args: TorchArguments<Input>): number => known(args.type(args.tensor('input')).shape).length;

/** A call that reorders axes: `order` changes the list 0, 1, 2, … */
const reordering = (
  signature: string,
  order: (axes: number[], args: TorchArguments) => readonly number[],
): TorchCall => ({
  signature,
  call: <Input>(args: TorchArguments<Input>): CoreCall<Input> => {
    const axes = Array.from({ length: rankOf(args) }, (_, axis) => axis);
    return { inputs: [args.tensor('input')], attrs: { dims: order(axes, args) } };
  },
});

function swap(axes: number[], first: number, second: number): readonly number[] {
  const [a, b] = [normaliseAxis(first, axes.length), normaliseAxis(second, axes.length)];
  return axes.map(axis => (axis === a ? b : axis === b ? a : axis));
}

function move(axes: number[], args: TorchArguments): readonly number[] {
  const list = (name: string): number[] => {
    const value = args.attr(name);
    const numbers = typeof value === 'number' ? [value] : args.numbers(name);
    return numbers.map(axis => normaliseAxis(axis, axes.length));
  };
  const [from, to] = [list('source'), list('destination')];
  const result: (number | undefined)[] = axes.map(() => undefined);
  from.forEach((axis, index) => (result[to[index] ?? 0] = axis));
  const rest = axes.filter(axis => !from.includes(axis));
  return result.map(axis => axis ?? rest.shift() ?? 0);
}

export const permute = defineOp({
  name: 'permute',
  doc: 'Axes in another order: a view in PyTorch, a copy in ONNX runtimes.',
  source: 'torch.permute reference; ONNX Transpose-13',
  view: isView,
  strides: (node, source) => orderOf(node).map(axis => source[axis] ?? 1),
  infer: node => {
    const shape = node.shape(0);
    const dims = orderOf(node);
    if (dims.length !== shape.length || new Set(dims).size !== shape.length)
      throw new Mismatch(text('{0} axes cannot be put in the order [{1}]', shape.length, dims.join(', ')));
    return [
      tensor(
        node.dtype(0),
        dims.map(axis => shape[axis] ?? 1),
      ),
    ];
  },
  cost: () => free('the same elements with the axes in another order'),
  evaluate: node => {
    const dims = orderOf(node);
    return [rearrange(node, (sizes, strides) => dims.map(axis => steps(sizes[axis] ?? 1, strides[axis] ?? 1)))];
  },
  torch: {
    'torch.permute': 'input: Tensor, dims',
    'torch.Tensor.permute': 'input: Tensor, *dims',
    ...spell(
      'torch Tensor',
      'transpose',
      reordering('input: Tensor, dim0: int, dim1: int', (axes, args) =>
        swap(axes, args.number('dim0'), args.number('dim1')),
      ),
    ),
    ...spell(
      'torch Tensor',
      'swapdims',
      reordering('input: Tensor, dim0: int, dim1: int', (axes, args) =>
        swap(axes, args.number('dim0'), args.number('dim1')),
      ),
    ),
    ...spell(
      'torch Tensor',
      'swapaxes',
      reordering('input: Tensor, axis0: int, axis1: int', (axes, args) =>
        swap(axes, args.number('axis0'), args.number('axis1')),
      ),
    ),
    ...spell(
      'torch Tensor',
      't',
      reordering('input: Tensor', axes => axes.reverse()),
    ),
    ...spell(
      'torch Tensor',
      'adjoint',
      reordering('input: Tensor', axes => swap(axes, -2, -1)),
    ),
    ...spell('torch Tensor', 'movedim moveaxis', reordering('input: Tensor, source, destination', move)),
  },
  onnx: {
    Transpose: node => ({
      attrs: { dims: node.attr('perm') === undefined ? reversed(node) : node.numbersOf('perm'), copies: true },
    }),
  },
  emit: (node, to) => [to.node('Transpose', [to.in(0)], { perm: orderOf(node) })],
  examples: [
    { in: ['float32[2,3,4]'], attrs: { dims: [0, -1, 1] }, out: ['float32[2,4,3]'], bytes: 0 },
    { in: ['float32[2,3,4]'], attrs: { dims: [2, 1, 0], copies: true }, out: ['float32[4,3,2]'], bytes: 192 },
    {
      in: ['int64[2,2]'],
      data: { 0: [1, 2, 3, 4] },
      attrs: { dims: [1, 0] },
      out: ['int64[2,2]'],
      outData: { 0: [1, 3, 2, 4] },
    },
    {
      in: ['int64[1,2,3]'],
      data: { 0: [1, 2, 3, 4, 5, 6] },
      attrs: { dims: [2, 0, 1] },
      out: ['int64[3,1,2]'],
      outData: { 0: [1, 4, 2, 5, 3, 6] },
    },
  ],
});

const reversed = (node: NodeView): readonly number[] =>
  Array.from({ length: node.rank(0) }, (_, axis) => node.rank(0) - 1 - axis);

const orderOf = (node: NodeView): readonly number[] =>
  node.numbersOf('dims').map(axis => normaliseAxis(axis, node.rank(0)));

const sizesLike = <Input>(args: TorchArguments<Input>): CoreCall<Input> => ({
  inputs: [args.tensor('input')],
  attrs: { sizes: known(args.type(args.tensor('other')).shape).map(known) },
});

/** Attribute sizes, or input 1; -1 keeps an axis. ONNX also lets the input be the larger one. */
export const expand = defineOp({
  name: 'expand',
  doc: 'Axes of size 1 repeated: a view in PyTorch, a copy in ONNX runtimes.',
  source: 'torch.Tensor.expand reference; ONNX Expand-13',
  view: isView,
  strides: (node, source) => {
    const [own, wide] = [sizesOf(node, 0), node.outputShape().map(known)];
    const lead = wide.length - own.length;
    return wide.map((size, axis) => (own[axis - lead] === size ? (source[axis - lead] ?? 0) : 0));
  },
  infer: node => {
    const wanted = wantedSizes(node, 'sizes', 1).map((dim): Dim => (dim === -1 ? 1 : dim));
    return [tensor(node.dtype(0), broadcast(node.type(0).shape, wanted))];
  },
  cost: () => free('repeats without computing'),
  evaluate: node => [rearrange(node, sizes => broadcastSteps(node.outputShape().map(known), sizes))],
  torch: {
    'torch.Tensor.expand': 'input: Tensor, *sizes',
    'torch.Tensor.expand_as': { signature: 'input: Tensor, other: Tensor', call: sizesLike },
    ...spell('torch Tensor', 'broadcast_to', {
      signature: 'input: Tensor, size',
      call: args => ({ inputs: [args.tensor('input')], attrs: { sizes: args.attr('size') } }),
    }),
  },
  onnx: {
    Expand: node => {
      const wanted = node.data(1);
      return wanted === undefined || wanted.some(isUnknown)
        ? { attrs: { copies: true } }
        : { inputs: [0], attrs: { sizes: node.numbers(1), copies: true } };
    },
  },
  emit: (node, to) => [to.node('Expand', [to.in(0), to.ints(node.outputShape().map(known))])],
  examples: [
    { in: ['float32[1,3,1]'], attrs: { sizes: [2, -1, 4] }, out: ['float32[2,3,4]'], bytes: 0 },
    { in: ['float32[3,1]'], attrs: { sizes: [2, 1, 4], copies: true }, out: ['float32[2,3,4]'], bytes: 108 },
    { in: ['int64[1]'], data: { 0: [5] }, attrs: { sizes: [3] }, out: ['int64[3]'], outData: { 0: [5, 5, 5] } },
  ],
});

export const contiguous = defineOp({
  name: 'contiguous',
  doc: 'The elements in row-major order: the input itself where they are already, else a copy.',
  source: 'torch.Tensor.contiguous reference',
  view: 'dense',
  infer: node => [node.type(0)],
  cost: () => free('moves data'),
  evaluate: (node: InferredView) => [node.data(0)],
  torch: { 'torch.Tensor.contiguous': 'input: Tensor, memory_format=None' },
  emit: (_, to) => [to.in(0)],
  examples: [{ in: ['float32[2,3]'], out: ['float32[2,3]'], bytes: 0 }],
});

export const clone = defineOp({
  name: 'clone',
  doc: 'A copy.',
  source: 'torch.clone reference',
  infer: node => [node.type(0)],
  cost: () => free('moves data'),
  evaluate: node => [node.data(0)],
  torch: spell('torch Tensor', 'clone', 'input: Tensor, *, memory_format=None'),
  emit: (_, to) => [to.node('Identity', [to.in(0)])],
  examples: [{ in: ['float32[2,3]'], out: ['float32[2,3]'], bytes: 48 }],
});

/** `x.view(dtype)`: the last axis changes with the size of the elements. */
export const bitcast = defineOp({
  name: 'bitcast',
  doc: 'The same memory read as another element type of the same size.',
  source: 'torch.Tensor.view reference; ONNX BitCast-26',
  view: true,
  infer: node => {
    const dtype = node.text('dtype');
    if (!isDType(dtype)) throw new Mismatch(text('"{0}" is no element type', dtype));
    return [tensor(dtype, node.type(0).shape)];
  },
  cost: () => free('no data moves'),
  onnx: { BitCast: node => ({ attrs: { dtype: typeAttribute(node, 'to') } }) },
  examples: [{ in: ['float32[2,3]'], attrs: { dtype: 'int32' }, out: ['int32[2,3]'], bytes: 0 }],
});

export const diagonal = defineOp({
  name: 'diagonal',
  doc: 'The diagonal of two axes, as the last axis.',
  source: 'torch.diagonal reference',
  view: true,
  strides: (node, source) => {
    const rank = source.length;
    const pair = [normaliseAxis(node.number('dim1', 0), rank), normaliseAxis(node.number('dim2', 1), rank)];
    const both = pair.reduce((sum, axis) => sum + (source[axis] ?? 0), 0);
    return [...source.filter((_, axis) => !pair.includes(axis)), both];
  },
  infer: node => {
    const shape = node.shape(0);
    const [a, b] = [
      normaliseAxis(node.number('dim1', 0), shape.length),
      normaliseAxis(node.number('dim2', 1), shape.length),
    ];
    const offset = node.number('offset', 0);
    const [rows, columns] = [node.size(0, a), node.size(0, b)];
    const length = Math.max(0, offset >= 0 ? Math.min(rows, columns - offset) : Math.min(rows + offset, columns));
    return [tensor(node.dtype(0), [...shape.filter((_, axis) => axis !== a && axis !== b), length])];
  },
  cost: () => free('no data moves'),
  torch: {
    ...spell('torch Tensor', 'diagonal', 'input: Tensor, offset=0, dim1=0, dim2=1'),
    ...spell('torch.linalg', 'diagonal', 'A: Tensor, *, offset=0, dim1=-2, dim2=-1'),
  },
  emit: (node, to) => {
    const shape = sizesOf(node, 0);
    const pair = [node.number('dim1', 0), node.number('dim2', 1)].map(axis => normaliseAxis(axis, shape.length));
    const others = shape.map((_, axis) => axis).filter(axis => !pair.includes(axis));
    const [, columns = 1] = pair.map(axis => shape[axis] ?? 1);
    const offset = node.number('offset', 0);
    const start = offset >= 0 ? offset : -offset * columns;
    const length = known(node.outputShape().at(-1) ?? 0);
    const last = to.node('Transpose', [to.in(0)], { perm: [...others, ...pair] });
    const flat = to.node('Reshape', [last, to.ints([...others.map(axis => shape[axis] ?? 1), -1])]);
    const places = Array.from({ length }, (_, at) => start + at * (columns + 1));
    return [to.node('Gather', [flat, to.ints(places)], { axis: others.length })];
  },
  examples: [{ in: ['float32[2,3,4]'], attrs: { dim1: 1, dim2: 2, offset: 1 }, out: ['float32[2,3]'], bytes: 0 }],
});

/** Windows along an axis, as a new last axis. */
export const unfoldView = defineOp({
  name: 'unfold_view',
  doc: 'Overlapping windows along an axis, as a new last axis.',
  source: 'torch.Tensor.unfold reference',
  view: true,
  strides: (node, source) => {
    const axis = normaliseAxis(node.number('dimension'), source.length);
    const step = source[axis] ?? 1;
    return [...source.map((stride, at) => (at === axis ? step * node.number('step') : stride)), step];
  },
  infer: node => {
    const shape = node.shape(0);
    const axis = normaliseAxis(node.number('dimension'), shape.length);
    const [size, step] = [node.number('size'), node.number('step')];
    const windows = Math.floor((node.size(0, axis) - size) / step) + 1;
    if (windows < 1) throw new Mismatch(text('a window of {0} does not fit into {1}', size, node.size(0, axis)));
    return [tensor(node.dtype(0), [...shape.map((dim, at) => (at === axis ? windows : dim)), size])];
  },
  cost: () => free('no data moves'),
  torch: { 'torch.Tensor.unfold': 'input: Tensor, dimension: int, size: int, step: int' },
  emit: (node, to) => {
    const axis = normaliseAxis(node.number('dimension'), node.rank(0));
    const [size, step] = [node.number('size'), node.number('step')];
    const starts = Array.from({ length: known(node.outputShape()[axis] ?? 1) }, (_, index) => index * step);
    const indices = to.node('Add', [
      to.node('Unsqueeze', [to.ints(starts), to.ints([1])]),
      to.ints(Array.from({ length: size }, (_, index) => index)),
    ]);
    const gathered = to.node('Gather', [to.in(0), indices], { axis });
    const rank = node.rank(0) + 1;
    const perm = Array.from({ length: rank }, (_, at) => at).filter(at => at !== axis + 1);
    return [to.node('Transpose', [gathered], { perm: [...perm, axis + 1] })];
  },
  examples: [
    { in: ['float32[2,9,3]'], attrs: { dimension: 1, size: 4, step: 2 }, out: ['float32[2,3,3,4]'], bytes: 0 },
  ],
});
