/** Parts of tensors by position: slices, single places, pieces. Views in PyTorch, copies in ONNX runtimes. */
import { isUnknown, unknown } from '../base/known';
import type { Unknown } from '../base/known';
import { text } from '../base/text';
import type { Attr } from '../ir/graph';
import type { Dim } from '../ir/tensor';
import { storedBytes, tensor } from '../ir/tensor';
import { isView } from './axes';
import { rearrange } from './evaluate';
import type { CoreCall, NodeView, OnnxCall, OnnxNode, TorchArguments } from './op';
import { defineOp, free, Mismatch } from './op';
import { normaliseAxis } from './rules';
import { spell } from './spell';
import { known } from './view';

const PICKS = free('picks elements');

/** Part of one axis. */
interface Part {
  readonly axis: number;
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/**
 * Attributes axes, starts, ends, steps, one value per sliced axis, as Python counts them; or inputs 1 to 4 as ONNX has
 * them, where their elements are only partly known.
 */
export const slice = defineOp({
  name: 'slice',
  doc: 'From start up to end in steps, along some axes.',
  source: 'Python slices; ONNX Slice-13',
  view: isView,
  strides: (node, source) => {
    const parts = partsOf(node);
    return source.map((stride, axis) => stride * (parts.find(part => part.axis === axis)?.step ?? 1));
  },
  infer: node => [tensor(node.dtype(0), node.attr('axes') === undefined ? sliceLoosely(node) : sliceExactly(node))],
  cost: () => PICKS,
  // Only what is picked is read.
  bytes: node => 2 * known(storedBytes(node.outputs[0] ?? node.type(0))),
  evaluate: node => {
    const parts = partsOf(node);
    return [
      rearrange(node, place =>
        place.map((at, axis) => {
          const part = parts.find(candidate => candidate.axis === axis);
          return part === undefined ? at : part.start + at * part.step;
        }),
      ),
    ];
  },
  torch: {
    ...spell('torch Tensor', 'narrow', {
      signature: 'input: Tensor, dim: int, start: int, length: int',
      call: args => ({
        inputs: [args.tensor('input')],
        attrs: {
          axes: [args.number('dim')],
          starts: [args.number('start')],
          ends: [endAfter(args.number('start'), args.number('length'))],
          steps: [1],
        },
      }),
    }),
  },
  onnx: { Slice: readSlice },
  emit: (node, to) => [
    to.node('Slice', [
      to.in(0),
      ...['starts', 'ends', 'axes', 'steps'].map(name => to.ints(node.numbersOf(name).map(clampToInt))),
    ]),
  ],
  examples: [
    {
      in: ['float32[2,10,4]'],
      attrs: { axes: [1], starts: [2], ends: [-1], steps: [3] },
      out: ['float32[2,3,4]'],
      bytes: 0,
    },
    {
      in: ['float32[2,10,4]'],
      attrs: { axes: [0, -1], starts: [1, 0], ends: [1e18, 2], steps: [1, 1], copies: true },
      out: ['float32[1,10,2]'],
      bytes: 160, // 20 read, 20 written
    },
    {
      in: ['int64[4]'],
      data: { 0: [1, 2, 3, 4] },
      attrs: { axes: [0], starts: [-1], ends: [-1e18], steps: [-1], copies: true },
      out: ['int64[4]'],
      outData: { 0: [4, 3, 2, 1] },
    },
    {
      in: ['int64[4]'],
      data: { 0: [1, 2, 3, 4] },
      attrs: { axes: [0], starts: [1], ends: [3], steps: [1] },
      out: ['int64[2]'],
      outData: { 0: [2, 3] },
    },
  ],
});

const INT64_MAX = 9_223_372_036_854_774_784; // the largest double below 2^63
const clampToInt = (value: number): number => Math.max(-INT64_MAX, Math.min(INT64_MAX, value));

/** A negative start counts from the end, and its last element has no positive neighbour. */
const endAfter = (start: number, length: number): number =>
  start < 0 && start + length >= 0 ? INT64_MAX : start + length;

function partsOf(node: NodeView): readonly Part[] {
  const [starts, ends] = [node.numbersOf('starts'), node.numbersOf('ends')];
  const axes = node.numbersOf('axes');
  const steps = node.numbersOf(
    'steps',
    axes.map(() => 1),
  );
  return axes.map((at, index) => {
    const axis = normaliseAxis(at, node.rank(0));
    return part(axis, node.size(0, axis), starts[index] ?? 0, ends[index] ?? 0, steps[index] ?? 1);
  });
}

/** Python's slice semantics: negative positions count from the end, then everything is clamped. */
function part(axis: number, size: number, from: number, end: number, step: number): Part {
  if (step === 0) throw new Mismatch(text('a slice needs a step other than 0'));
  const clamp = (value: number): number => {
    const at = value < 0 ? value + size : value;
    return step > 0 ? Math.min(Math.max(at, 0), size) : Math.min(Math.max(at, -1), size - 1);
  };
  const [start, stop] = [clamp(from), clamp(end)];
  return { axis, start, step, count: Math.max(0, Math.ceil((stop - start) / step)) };
}

function sliceExactly(node: NodeView): readonly Dim[] {
  const shape = [...node.shape(0)];
  const [starts, ends, axes] = [node.numbersOf('starts'), node.numbersOf('ends'), node.numbersOf('axes')];
  const steps = node.numbersOf(
    'steps',
    axes.map(() => 1),
  );
  axes.forEach((at, index) => {
    const axis = normaliseAxis(at, shape.length);
    const size = shape[axis] ?? 1;
    const [from = 0, end = 0, step = 1] = [starts[index], ends[index], steps[index]];
    if (!isUnknown(size)) shape[axis] = part(axis, size, from, end, step).count;
    // Of an axis of unknown size only the whole stays that size.
    else if (!(from === 0 && end >= 2 ** 31 - 1 && step === 1)) shape[axis] = size;
  });
  return shape;
}

/** Which axes are cut is mostly known even where the places are not. */
function sliceLoosely(node: NodeView): readonly Dim[] {
  const reason: Unknown = unknown(text('where the slice begins or ends is computed from data'));
  const count = node.size(1, 0);
  const axes = node.has(3) ? node.numbers(3) : Array.from({ length: count }, (_, axis) => axis);
  const cut = new Set(axes.map(axis => normaliseAxis(axis, node.rank(0))));
  return node.shape(0).map((dim, axis) => {
    if (!cut.has(axis)) return dim;
    const index = axes.findIndex(candidate => normaliseAxis(candidate, node.rank(0)) === axis);
    const value = (input: number, otherwise: number): Dim =>
      node.has(input) ? (node.data(input)?.[index] ?? reason) : otherwise;
    const [from, end, step] = [value(1, 0), value(2, 0), value(4, 1)];
    if (isUnknown(dim) || isUnknown(from) || isUnknown(end) || isUnknown(step)) return isUnknown(dim) ? dim : reason;
    return part(axis, dim, from, end, step).count;
  });
}

function readSlice(node: OnnxNode): OnnxCall {
  if (node.opset < 10) {
    const starts = node.numbersOf('starts');
    const axes = node.numbersOf(
      'axes',
      starts.map((_, axis) => axis),
    );
    return {
      inputs: [0],
      attrs: { axes, starts, ends: node.numbersOf('ends'), steps: axes.map(() => 1), copies: true },
    };
  }
  const lists = [1, 2, 3, 4].filter(input => node.has(input)).map(input => node.data(input));
  if (lists.some(data => data === undefined || data.some(isUnknown))) return { attrs: { copies: true } };
  const starts = node.numbers(1);
  const axes = node.has(3) ? node.numbers(3) : starts.map((_, axis) => axis);
  const steps = node.has(4) ? node.numbers(4) : axes.map(() => 1);
  return { inputs: [0], attrs: { axes, starts, ends: node.numbers(2), steps, copies: true } };
}

export const select = defineOp({
  name: 'select',
  doc: 'One place of an axis, the axis removed.',
  source: 'torch.select reference',
  view: true,
  strides: (node, source) => without(source, node.number('dim')),
  infer: node => {
    const axis = normaliseAxis(node.number('dim'), node.rank(0));
    const size = node.dim(0, axis);
    const index = node.attr('index');
    if (typeof index === 'number' && !isUnknown(size) && (index >= size || index < -size))
      throw new Mismatch(text('index {0} is out of range for an axis of {1}', index, size));
    return [
      tensor(
        node.dtype(0),
        node.shape(0).filter((_, at) => at !== axis),
      ),
    ];
  },
  cost: () => PICKS,
  evaluate: node => {
    const axis = normaliseAxis(node.number('dim'), node.rank(0));
    const index = node.number('index');
    const at = index < 0 ? index + node.size(0, axis) : index;
    return [rearrange(node, place => [...place.slice(0, axis), at, ...place.slice(axis)])];
  },
  torch: spell('torch Tensor', 'select', 'input: Tensor, dim: int, index: int'),
  emit: (node, to) => [
    to.node('Gather', [to.in(0), to.scalar(node.number('index'), 'int64')], { axis: node.number('dim') }),
  ],
  examples: [
    { in: ['float32[2,10,4]'], attrs: { dim: 1, index: -1 }, out: ['float32[2,4]'], bytes: 0 },
    { in: ['int64[3]'], data: { 0: [7, 8, 9] }, attrs: { dim: 0, index: 1 }, out: ['int64[]'], outData: { 0: [8] } },
  ],
});

const without = (source: readonly number[], dim: number): readonly number[] =>
  source.filter((_, axis) => axis !== normaliseAxis(dim, source.length));

const axisSize = <Input>(args: TorchArguments<Input>): number => {
  const shape = known(args.type(args.tensor('input')).shape);
  return known(shape[normaliseAxis(args.number('dim'), shape.length)] ?? 1);
};

const pieces = <Input>(args: TorchArguments<Input>, sizes: readonly number[]): CoreCall<Input> => ({
  inputs: [args.tensor('input')],
  attrs: { sizes, dim: args.number('dim') },
});

/** Equal sizes, the last one smaller where it does not fit. */
const equal = (total: number, size: number): readonly number[] =>
  total === 0
    ? [0]
    : Array.from({ length: Math.ceil(total / size) }, (_, index) => Math.min(size, total - index * size));

function splitTorch<Input>(args: TorchArguments<Input>): CoreCall<Input> {
  const name = args.has('split_size') ? 'split_size' : 'split_size_or_sections';
  const size: Attr | undefined = args.attr(name);
  return pieces(args, typeof size === 'number' ? equal(axisSize(args), size) : args.numbers(name));
}

/** The first n mod parts pieces are one longer. */
const even = (total: number, parts: number): readonly number[] =>
  Array.from({ length: parts }, (_, index) => Math.floor(total / parts) + (index < total % parts ? 1 : 0));

function tensorSplit<Input>(args: TorchArguments<Input>): CoreCall<Input> {
  const where = args.attr('indices_or_sections');
  const total = axisSize(args);
  if (typeof where === 'number') return pieces(args, even(total, where));
  const cuts = [
    0,
    ...args.numbers('indices_or_sections').map(cut => Math.min(Math.max(cut < 0 ? cut + total : cut, 0), total)),
    total,
  ];
  return pieces(
    args,
    cuts.slice(1).map((cut, index) => Math.max(0, cut - (cuts[index] ?? 0))),
  );
}

export const split = defineOp({
  name: 'split',
  doc: 'Pieces of given sizes along an axis.',
  source: 'torch.split, torch.chunk and torch.tensor_split references; ONNX Split-18',
  view: isView,
  strides: (_, source) => source,
  infer: node => {
    const axis = normaliseAxis(node.number('dim', 0), node.rank(0));
    const sizes = node.numbersOf('sizes');
    const total = sizes.reduce((a, b) => a + b, 0);
    const size = node.dim(0, axis);
    if (!isUnknown(size) && size !== total)
      throw new Mismatch(text('pieces of {0} do not make up an axis of {1}', total, size));
    return sizes.map(part =>
      tensor(
        node.dtype(0),
        node.shape(0).map((dim, at) => (at === axis ? part : dim)),
      ),
    );
  },
  cost: () => PICKS,
  evaluate: node => {
    const axis = normaliseAxis(node.number('dim', 0), node.rank(0));
    let offset = 0;
    return node.numbersOf('sizes').map((size, output) => {
      const start = offset;
      offset += size;
      return rearrange(node, place => place.map((at, index) => (index === axis ? at + start : at)), output);
    });
  },
  torch: {
    'torch.split': {
      signature: 'input: Tensor, split_size_or_sections, dim: int = 0',
      call: splitTorch,
      returns: 'tuple',
    },
    'torch.Tensor.split': { signature: 'input: Tensor, split_size, dim: int = 0', call: splitTorch, returns: 'tuple' },
    'torch.split_with_sizes': {
      signature: 'input: Tensor, split_size, dim: int = 0',
      call: splitTorch,
      returns: 'tuple',
    },
    ...spell('torch Tensor', 'chunk', {
      signature: 'input: Tensor, chunks: int, dim: int = 0',
      call: args => pieces(args, equal(axisSize(args), Math.ceil(axisSize(args) / args.number('chunks')))),
      returns: 'tuple',
    }),
    ...spell('torch Tensor', 'tensor_split', {
      signature: 'input: Tensor, indices_or_sections, dim: int = 0',
      call: tensorSplit,
      returns: 'tuple',
    }),
  },
  onnx: { Split: readSplit },
  emit: (node, to) => {
    const sizes = node.numbersOf('sizes');
    return to.nodes('Split', [to.in(0), to.ints(sizes)], sizes.length, { axis: node.number('dim', 0) });
  },
  examples: [
    {
      in: ['float32[2,10]'],
      attrs: { sizes: [3, 3, 4], dim: 1 },
      out: ['float32[2,3]', 'float32[2,3]', 'float32[2,4]'],
      bytes: 0,
    },
    {
      in: ['float32[2,10]'],
      attrs: { sizes: [5, 5], dim: -1, copies: true },
      out: ['float32[2,5]', 'float32[2,5]'],
      bytes: 160,
    },
    {
      in: ['int64[3]'],
      data: { 0: [1, 2, 3] },
      attrs: { sizes: [1, 2] },
      out: ['int64[1]', 'int64[2]'],
      outData: { 0: [1], 1: [2, 3] },
    },
  ],
});

function readSplit(node: OnnxNode): OnnxCall {
  const dim = node.number('axis', 0);
  const given = node.attr('split') === undefined ? undefined : node.numbersOf('split');
  const sizes = given ?? (node.has(1) ? node.numbers(1) : undefined);
  const count = node.number('num_outputs', node.outputCount);
  const total = sizes === undefined ? node.size(0, dim) : 0;
  return {
    inputs: [0],
    attrs: { dim, sizes: sizes ?? pad(equal(total, Math.ceil(total / count)), count), copies: true },
  };
}

const pad = (sizes: readonly number[], count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => sizes[index] ?? 0);

export const unbind = defineOp({
  name: 'unbind',
  doc: 'All places of an axis, each without it.',
  source: 'torch.unbind reference',
  view: true,
  strides: (node, source) => without(source, node.number('dim', 0)),
  infer: node => {
    const axis = normaliseAxis(node.number('dim', 0), node.rank(0));
    const rest = node.shape(0).filter((_, at) => at !== axis);
    return Array.from({ length: node.size(0, axis) }, () => tensor(node.dtype(0), rest));
  },
  cost: () => PICKS,
  evaluate: node => {
    const axis = normaliseAxis(node.number('dim', 0), node.rank(0));
    return node.outputs.map((_, output) =>
      rearrange(node, place => [...place.slice(0, axis), output, ...place.slice(axis)], output),
    );
  },
  torch: spell('torch Tensor', 'unbind', { signature: 'input: Tensor, dim: int = 0', returns: 'tuple' }),
  emit: (node, to) => {
    const axis = normaliseAxis(node.number('dim', 0), node.rank(0));
    const parts = to.nodes('Split', [to.in(0)], node.outputs.length, { axis });
    return parts.map(part => to.node('Squeeze', [part, to.ints([axis])]));
  },
  examples: [
    { in: ['float32[3,2]'], out: ['float32[2]', 'float32[2]', 'float32[2]'], bytes: 0 },
    { in: ['int64[2]'], data: { 0: [4, 5] }, out: ['int64[]', 'int64[]'], outData: { 0: [4], 1: [5] } },
  ],
});
