/** Slices along some axes, read and written. A slice is a view in PyTorch and a copy in ONNX runtimes. */
import { isUnknown, unknown } from '../base/known';
import type { Unknown } from '../base/known';
import { text } from '../base/text';
import type { Dim } from '../ir/tensor';
import { storedBytes, tensor } from '../ir/tensor';
import { isView } from './axes';
import { dtypeOf, operand } from './elementwise';
import type { Steps } from './evaluate';
import { broadcastSteps, flatIndices, LOST, rearrange, sizesOf, steps } from './evaluate';
import type { Emitter, InferredView, NodeView, OnnxCall, OnnxNode } from './op';
import { defineOp, free, Mismatch, Undetermined } from './op';
import { broadcast, normaliseAxis } from './rules';
import { spell } from './spell';
import { rowMajor } from './strides';
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
    return [rearrange(node, (sizes, strides) => partSteps(parts, sizes, strides))];
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
  const [ends, steps] = [node.numbers(2), node.has(4) ? node.numbers(4) : axes.map(() => 1)];
  const counts = [starts, ends, axes, steps].map(list => list.length);
  if (new Set(counts).size > 1) throw new Mismatch(text('a slice by lists of {0} numbers', counts.join(', ')));
  return { inputs: [0], attrs: { axes, starts, ends, steps, copies: true } };
}

/**
 * `data[slices] = value`, in place: attributes as of `slice`, and `dropped`, the axes that were indexed by a number
 * and that the value therefore lacks.
 */
export const slicePut = defineOp({
  name: 'slice_put',
  doc: 'The data with a value, broadcast and converted, in place of a slice; moves data.',
  source: 'torch.slice_scatter and torch.select_scatter references',
  // Attribute alias: the value was written through a view of the data, so that nothing moves any more.
  view: node => node.flag('alias', false),
  infer: node => {
    const target = targetOf(node).filter((_, axis) => !dropped(node).includes(axis));
    const wide = known(broadcast(node.type(1).shape, target));
    // Leading axes of 1 in the value are let pass.
    if (wide.length > target.length && wide.slice(0, wide.length - target.length).some(dim => dim !== 1))
      throw new Mismatch(text('a value of {0} axes does not fit a slice of {1}', node.rank(1), target.length));
    return [node.type(0)];
  },
  cost: () => free('moves data'),
  bytes: node => {
    const item = known(storedBytes(node.type(0))) / Math.max(1, node.elements(0));
    const value = node.rank(1) === 0 ? 0 : known(storedBytes(node.type(1)));
    return value + targetOf(node).reduce((a, b) => a * b, item);
  },
  evaluate: node => [putData(node)],
  torch: {
    ...spell('torch Tensor', 'slice_scatter', {
      signature: 'input: Tensor, src: Tensor, dim: int = 0, start=None, end=None, step=1',
      call: args => ({
        inputs: [args.tensor('input'), args.tensor('src')],
        attrs: {
          axes: [args.number('dim')],
          starts: [args.attr('start') === undefined ? 0 : args.number('start')],
          ends: [args.attr('end') === undefined ? INT64_MAX : args.number('end')],
          steps: [args.number('step')],
        },
      }),
    }),
    ...spell('torch Tensor', 'select_scatter', {
      signature: 'input: Tensor, src: Tensor, dim: int, index: int',
      call: args => ({
        inputs: [args.tensor('input'), args.tensor('src')],
        attrs: {
          axes: [args.number('dim')],
          starts: [args.number('index')],
          ends: [endAfter(args.number('index'), 1)],
          steps: [1],
          dropped: [args.number('dim')],
        },
      }),
    }),
  },
  emit: (node, to) => {
    const target = targetOf(node);
    const axes = dropped(node);
    const value = operand(node, to, 1, dtypeOf(node));
    const flat = to.node('Expand', [value, to.ints(target.filter((_, axis) => !axes.includes(axis)))]);
    return [put(node, to, to.in(0), to.node('Reshape', [flat, to.ints(target)]), partsOf(node))];
  },
  examples: [
    // 4 × (2 + 4): the value and what it covers
    {
      in: ['float32[2,5]', 'float32[2]'],
      attrs: { axes: [1], starts: [1], ends: [3], steps: [1] },
      out: ['float32[2,5]'],
      bytes: 24,
    },
    {
      in: ['float32[2,5,3]', 'float32[]'],
      data: { 1: [1] },
      attrs: { axes: [0, 1], starts: [1, -2], ends: [2, 1e18], steps: [1, 1], dropped: [0] },
      out: ['float32[2,5,3]'],
    },
    {
      in: ['float32[2,5]', 'float32[2]'],
      attrs: { axes: [1], starts: [1], ends: [3], steps: [1], alias: true },
      out: ['float32[2,5]'],
      bytes: 0,
    },
    {
      in: ['int64[2,3]', 'int64[2]'],
      data: { 0: [1, 2, 3, 4, 5, 6], 1: [8, 9] },
      attrs: { axes: [1], starts: [-1], ends: [1e18], steps: [1], dropped: [1] },
      out: ['int64[2,3]'],
      outData: { 0: [1, 2, 8, 4, 5, 9] },
    },
    {
      in: ['float32[6]', 'float32[3]'],
      attrs: { axes: [0], starts: [0], ends: [6], steps: [2] },
      out: ['float32[6]'],
    },
  ],
});

const dropped = (node: NodeView): readonly number[] =>
  node.numbersOf('dropped', []).map(axis => normaliseAxis(axis, node.rank(0)));

/** Sizes of the slice, the dropped axes among them. */
function targetOf(node: NodeView): readonly number[] {
  const parts = partsOf(node);
  return sizesOf(node, 0).map((size, axis) => parts.find(part => part.axis === axis)?.count ?? size);
}

function putData(node: InferredView): ReturnType<NodeView['data']> {
  const [data, value] = [node.data(0), node.data(1)];
  if (data === undefined || value === undefined) return undefined;
  const result = [...data];
  const [sizes, own] = [sizesOf(node, 0), sizesOf(node, 1)];
  const kept = targetOf(node).filter((_, axis) => !dropped(node).includes(axis));
  const from = flatIndices(broadcastSteps(kept, own));
  flatIndices(partSteps(partsOf(node), sizes, rowMajor(sizes))).forEach((at, index) => {
    result[at] = value[from[index] ?? 0] ?? LOST;
  });
  return result;
}

/** Of all axes, what each place of the slice steps over the whole. */
const partSteps = (parts: readonly Part[], sizes: readonly number[], strides: readonly number[]): readonly Steps[] =>
  sizes.map((size, axis) => {
    const part = parts.find(candidate => candidate.axis === axis);
    if (part === undefined) return steps(size, strides[axis] ?? 1);
    return steps(part.count, strides[axis] ?? 1, place => part.start + place * part.step);
  });

/** What lies before and after along one axis is kept, what lies between is put together from the next axis. */
function put(node: InferredView, to: Emitter, data: string, value: string, parts: readonly Part[]): string {
  const [part, ...rest] = parts;
  if (part === undefined) return value;
  const { axis, start, count, step } = part;
  const size = node.size(0, axis);
  if (step !== 1) {
    if (rest.length > 0 || node.rank(0) !== 1)
      throw new Undetermined(text('writing every n-th place of several axes cannot be written as ONNX'));
    const places = Array.from({ length: count }, (_, at) => start + at * step);
    return to.node('ScatterElements', [data, to.ints(places), value], { axis: 0 });
  }
  const cut = (from: number, end: number): string[] =>
    from === end ? [] : [to.node('Slice', [data, to.ints([from]), to.ints([end]), to.ints([axis])])];
  const inner = rest.length === 0 ? value : put(node, to, cut(start, start + count)[0] ?? data, value, rest);
  const pieces = [...cut(0, start), inner, ...cut(start + count, size)];
  return pieces.length === 1 ? inner : to.node('Concat', pieces, { axis });
}
