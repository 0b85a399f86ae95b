/** Borders around tensors: constant, reflected, replicated or wrapped around. */
import { isUnknown } from '../base/known';
import { text } from '../base/text';
import type { ConstantData } from '../ir/graph';
import type { Dim } from '../ir/tensor';
import { tensor } from '../ir/tensor';
import { flatIndices, LOST, sizesOf, steps } from './evaluate';
import type { Emitter, InferredView, OnnxCall, OnnxNode } from './op';
import { defineOp, free, Mismatch } from './op';
import { normaliseAxis } from './rules';
import { spell } from './spell';
import { rowMajor } from './strides';
import { known, replacing } from './view';

const MOVES = free('moves data');

export const pad = defineOp({
  name: 'pad',
  doc: 'Borders added to axes: constant, reflected, replicated or wrapped around.',
  source: 'torch.nn.functional.pad reference; ONNX Pad-18',
  infer: node => {
    const [before, after] = [node.numbersOf('before'), node.numbersOf('after')];
    const shape = node.shape(0).map((dim, axis): Dim => {
      if (isUnknown(dim)) return dim;
      const size = dim + (before[axis] ?? 0) + (after[axis] ?? 0);
      if (size < 0) throw new Mismatch(text('padding leaves an axis with {0} elements', size));
      return size;
    });
    return [tensor(node.dtype(0), shape)];
  },
  cost: () => MOVES,
  evaluate: node => [padData(node)],
  torch: {
    ...spell('F', 'pad', {
      signature: "input: Tensor, pad, mode='constant', value=None",
      call: args => {
        const rank = known(args.type(args.tensor('input')).shape).length;
        const { before, after } = fromLast(args.numbers('pad'), rank);
        const value = args.attr('value') === undefined ? 0 : args.number('value');
        return { inputs: [args.tensor('input')], attrs: { before, after, mode: args.attr('mode'), value } };
      },
    }),
    'torch.constant_pad_nd': {
      signature: 'input: Tensor, pad, value=0',
      call: args => ({
        inputs: [args.tensor('input')],
        attrs: {
          ...fromLast(args.numbers('pad'), known(args.type(args.tensor('input')).shape).length),
          mode: 'constant',
          value: args.number('value'),
        },
      }),
    },
  },
  // The contrib op takes its sizes as an input from its first version on.
  onnx: { Pad: readPad, 'com.microsoft:Pad': node => readPad(replacing(node, { opset: 13 })) },
  emit: emitPad,
  examples: [
    { in: ['float32[1,2,5]'], attrs: { before: [0, 0, 4], after: [0, 0, 0] }, out: ['float32[1,2,9]'], bytes: 112 },
    {
      in: ['float32[1,2,5]'],
      attrs: { before: [0, 0, 2], after: [0, 0, 1], mode: 'reflect' },
      out: ['float32[1,2,8]'],
    },
    {
      in: ['float32[1,2,5]'],
      attrs: { before: [0, 0, 2], after: [0, 0, 1], mode: 'replicate' },
      out: ['float32[1,2,8]'],
    },
    {
      in: ['float32[1,2,5]'],
      attrs: { before: [0, 0, 2], after: [0, 0, 1], mode: 'circular' },
      out: ['float32[1,2,8]'],
    },
    { in: ['float32[1,2,5]'], attrs: { before: [0, 0, -1], after: [0, 0, 3], value: 1 }, out: ['float32[1,2,7]'] },
    {
      in: ['float32[1,3]'],
      data: { 0: [7, 8, 9] },
      attrs: { before: [0, 1], after: [0, 2], value: 5 },
      out: ['float32[1,6]'],
      outData: { 0: [5, 7, 8, 9, 5, 5] },
    },
    {
      in: ['float32[3]'],
      data: { 0: [7, 8, 9] },
      attrs: { before: [2], after: [1], mode: 'reflect' },
      out: ['float32[6]'],
      outData: { 0: [9, 8, 7, 8, 9, 8] },
    },
    {
      in: ['float32[3]'],
      data: { 0: [7, 8, 9] },
      attrs: { before: [2], after: [1], mode: 'replicate' },
      out: ['float32[6]'],
      outData: { 0: [7, 7, 7, 8, 9, 9] },
    },
  ],
});

/** Where a place beside an axis of `size` takes its element from; undefined for the constant. */
function paddedFrom(at: number, size: number, mode: string): number | undefined {
  if (at >= 0 && at < size) return at;
  if (mode === 'replicate') return at < 0 ? 0 : size - 1;
  if (mode === 'circular') return ((at % size) + size) % size;
  if (mode === 'reflect') return at < 0 ? -at : 2 * (size - 1) - at;
  return undefined;
}

function padData(node: InferredView): ConstantData | undefined {
  const data = node.data(0);
  if (data === undefined) return undefined;
  const [shape, before] = [sizesOf(node, 0), node.numbersOf('before')];
  const mode = node.text('mode', 'constant');
  const value = node.attr('value') === undefined ? LOST : node.number('value');
  const strides = rowMajor(shape);
  const axes = node
    .outputShape()
    .map((size, axis) =>
      steps(known(size), strides[axis] ?? 1, at => paddedFrom(at - (before[axis] ?? 0), shape[axis] ?? 1, mode) ?? NaN),
    );
  return flatIndices(axes).map(index => (Number.isNaN(index) ? value : (data[index] ?? LOST)));
}

/** PyTorch lists [before, after] pairs from the last axis on. */
function fromLast(pairs: readonly number[], rank: number): { before: readonly number[]; after: readonly number[] } {
  if (pairs.length % 2 !== 0 || pairs.length > 2 * rank)
    throw new Mismatch(text('{0} values cannot pad {1} axes', pairs.length, rank));
  const side = (offset: number): readonly number[] =>
    Array.from({ length: rank }, (_, axis) => pairs[2 * (rank - 1 - axis) + offset] ?? 0);
  return { before: side(0), after: side(1) };
}

const MODES: Readonly<Record<string, string>> = { replicate: 'edge', circular: 'wrap' };

function readPad(node: OnnxNode): OnnxCall {
  const mode = node.text('mode', 'constant');
  const rank = node.rank(0);
  const pads = node.opset < 11 ? node.numbersOf(node.opset < 2 ? 'paddings' : 'pads') : node.numbers(1);
  const axes = node.has(3)
    ? node.numbers(3).map(axis => normaliseAxis(axis, rank))
    : Array.from({ length: rank }, (_, axis) => axis);
  if (pads.length !== 2 * axes.length)
    throw new Mismatch(text('{0} values cannot pad {1} axes', pads.length, axes.length));
  const side = (offset: number): readonly number[] =>
    Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? (pads[axes.indexOf(axis) + offset] ?? 0) : 0));
  const value = node.opset < 11 ? node.number('value', 0) : node.has(2) ? node.data(2)?.[0] : 0;
  const torchMode = Object.entries(MODES).find(([, onnx]) => onnx === mode)?.[0] ?? mode;
  return {
    inputs: [0],
    // Without a value nobody knows it.
    attrs: {
      before: side(0),
      after: side(axes.length),
      mode: torchMode,
      ...(typeof value === 'number' && { value }),
    },
  };
}

function emitPad(node: InferredView, to: Emitter): readonly string[] {
  const mode = node.text('mode', 'constant');
  const [before, after] = [node.numbersOf('before'), node.numbersOf('after')];
  if (mode === 'circular') return [wrapAround(node, to, before, after)];
  const dtype = known(node.dtype(0));
  const pads = to.ints([...before, ...after]);
  const value = mode === 'constant' ? to.scalar(node.number('value', 0), dtype) : undefined;
  return [to.node('Pad', [to.in(0), pads, value], { mode: MODES[mode] ?? mode })];
}

/** ONNX wraps around only from opset 19 on. */
function wrapAround(node: InferredView, to: Emitter, before: readonly number[], after: readonly number[]): string {
  return sizesOf(node, 0).reduce((x, size, axis) => {
    const [lead = 0, tail = 0] = [before[axis], after[axis]];
    if (lead === 0 && tail === 0) return x;
    const part = (from: number, end: number): string =>
      to.node('Slice', [x, to.ints([from]), to.ints([end]), to.ints([axis])]);
    const parts = [...(lead > 0 ? [part(size - lead, size)] : []), x, ...(tail > 0 ? [part(0, tail)] : [])];
    return to.node('Concat', parts, { axis });
  }, to.in(0));
}
