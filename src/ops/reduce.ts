/**
 * Reductions along axes. FLOPs: as pooling counts its window, one step per element reduced, and what each formula adds.
 * Attributes of all: dim (one axis, several, or absent for all), keepdim.
 */
import type { Maybe } from '../base/known';
import { isUnknown } from '../base/known';
import type { ConstantData } from '../ir/graph';
import type { Dim, DType } from '../ir/tensor';
import { isFloat, tensor } from '../ir/tensor';
import { dtypeAttr } from './convert';
import { dtypeOf } from './elementwise';
import { flatIndices, LOST, sizesOf, steps } from './evaluate';
import type { Emitter, InferredView, NodeView, OnnxCall, OnnxNode, OpEntry, TorchSpelling } from './op';
import { defineOp, formula } from './op';
import { normaliseAxis, reduceShape } from './rules';
import { spell } from './spell';
import { rowMajor } from './strides';
import { known } from './view';

/** The reduced axes; none named means all. */
export function axesOf(node: NodeView): readonly number[] {
  const given = node.attr('dim') === undefined ? [] : node.numbersOf('dim');
  const rank = node.rank(0);
  return given.length === 0
    ? Array.from({ length: rank }, (_, axis) => axis)
    : given.map(axis => normaliseAxis(axis, rank));
}

export const reducedShape = (node: NodeView): readonly Dim[] =>
  reduceShape(node.shape(0), axesOf(node), node.flag('keepdim', false));

interface Reduction {
  readonly name: string;
  readonly doc: string;
  readonly source: string;
  /** Per element reduced. */
  readonly steps: number;
  /** Per output element besides. */
  readonly more?: number;
  /** 'wide': integers become int64, as in `sum`. */
  readonly result?: 'wide' | DType;
  readonly torch?: Readonly<Record<string, TorchSpelling>>;
  readonly onnx?: string;
  readonly emit?: (x: string, to: Emitter, node: InferredView) => string;
  readonly evaluate?: (values: readonly number[]) => number;
}

function reduction(op: Reduction): OpEntry {
  const { emit, evaluate } = op;
  const out = op.result === undefined || op.result === 'wide' ? 'float32' : op.result;
  const size = out === 'bool' ? 1 : out === 'int64' ? 8 : 4;
  const more = op.more ?? 0;
  return defineOp({
    name: op.name,
    doc: op.doc,
    source: op.source,
    infer: node => [tensor(resultType(node, op.result), reducedShape(node))],
    cost: node => formula(0, op.steps * node.elements(0) + more * node.outputElements()),
    ...(evaluate && { evaluate: node => [fold(node, evaluate)] }),
    ...(op.torch && { torch: op.torch }),
    ...(op.onnx !== undefined && { onnx: { [op.onnx]: readReduction } }),
    ...(emit && { emit: (node, to) => [emit(inputIn(node, to), to, node)] }),
    examples: [
      {
        in: ['float32[2,3,4]'],
        attrs: { dim: -1 },
        out: [`${out}[2,3]`],
        macs: 0,
        flops: 24 * op.steps + 6 * more,
        bytes: 96 + 6 * size,
      },
      {
        in: ['float32[2,3,4]'],
        attrs: { dim: [0, 2], keepdim: true },
        out: [`${out}[1,3,1]`],
        macs: 0,
        flops: 24 * op.steps + 3 * more,
      },
      { in: ['float32[2,3,4]'], out: [`${out}[]`], macs: 0, flops: 24 * op.steps + more },
    ],
  });
}

function resultType(node: NodeView, result: Reduction['result']): Maybe<DType> {
  const own = node.dtype(0);
  const named = dtypeAttr(node, 'dtype', own);
  if (node.attr('dtype') !== undefined || result === undefined) return named;
  if (result !== 'wide') return result;
  return isUnknown(own) || isFloat(own) || own.startsWith('complex') || node.flag('keeps_type', false) ? own : 'int64';
}

/** The input in the element type of the result, where that is a number's. */
function inputIn(node: InferredView, to: Emitter): string {
  const dtype = known(node.outputs[0]?.dtype ?? 'float32');
  const own = dtypeOf(node);
  return dtype === 'bool' || dtype === own || (dtype === 'int64' && isFloat(own))
    ? to.in(0)
    : to.node('Cast', [to.in(0)], { to: { dtype } });
}

/** Axes are an attribute, or input 1: since opset 13 for ReduceSum, since 18 for all. */
function readReduction(node: OnnxNode): OnnxCall {
  const listed = node.has(1) ? node.numbers(1) : node.attr('axes') === undefined ? [] : node.numbersOf('axes');
  if (listed.length === 0 && node.flag('noop_with_empty_axes', false)) return { op: 'identity', inputs: [0] };
  return { inputs: [0], attrs: { dim: listed, keepdim: node.flag('keepdims', true), keeps_type: true } };
}

/** Up to opset 17 the runtime takes axes as an attribute, but for ReduceSum. */
export const reduceBy =
  (op: string) =>
  (x: string, to: Emitter, node: InferredView): string => {
    const keepdims = Number(node.flag('keepdim', false));
    const axes = axesOf(node);
    if (axes.length === 0) return to.node('Identity', [x]);
    return op === 'ReduceSum' ? to.node(op, [x, to.ints(axes)], { keepdims }) : to.node(op, [x], { axes, keepdims });
  };

function fold(node: InferredView, combine: (values: readonly number[]) => number): ConstantData | undefined {
  const data = node.data(0);
  if (data === undefined) return undefined;
  const axes = new Set(axesOf(node));
  const shape = sizesOf(node, 0);
  const kept = shape.map((size, axis) => (axes.has(axis) ? 1 : size));
  const strides = rowMajor(kept);
  const count = kept.reduce((a, b) => a * b, 1);
  const groups = Array.from({ length: count }, (): Maybe<number>[] => []);
  flatIndices(shape.map((size, axis) => steps(size, axes.has(axis) ? 0 : (strides[axis] ?? 1)))).forEach(
    (group, index) => {
      const value = data[index];
      if (value !== undefined) groups[group]?.push(value);
    },
  );
  return groups.map(group => group.find(isUnknown) ?? overNone(group, combine(group.map(known))));
}

/** The largest of nothing is the least number that the element type has, which is not ours to say. */
const overNone = (group: readonly unknown[], value: number): Maybe<number> =>
  group.length > 0 || Number.isFinite(value) ? value : LOST;

const REDUCE = 'input: Tensor, dim=None, keepdim=False';
const both = (name: string, more = ''): Record<string, TorchSpelling> =>
  spell('torch Tensor', name, `${REDUCE}${more}`);
const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

export const emitNorm = (p: number) => reduceBy(p === 1 ? 'ReduceL1' : 'ReduceL2');

export const reductions: readonly OpEntry[] = [
  reduction({
    name: 'sum',
    doc: 'Sum; integers in 64 bits.',
    source: 'torch.sum reference; ONNX ReduceSum-13',
    steps: 1,
    result: 'wide',
    torch: { ...both('sum', ', *, dtype: dtype = None'), ...both('nansum', ', *, dtype: dtype = None') },
    onnx: 'ReduceSum',
    emit: reduceBy('ReduceSum'),
    evaluate: total,
  }),
  reduction({
    name: 'mean',
    doc: 'Mean, counted as average pooling counts its window.',
    source: 'torch.mean reference; ONNX ReduceMean-18',
    steps: 1,
    torch: { ...both('mean', ', *, dtype: dtype = None'), ...both('nanmean', ', *, dtype: dtype = None') },
    onnx: 'ReduceMean',
    emit: reduceBy('ReduceMean'),
    evaluate: values => total(values) / values.length,
  }),
  reduction({
    name: 'prod',
    doc: 'Product; integers in 64 bits.',
    source: 'torch.prod reference; ONNX ReduceProd-18',
    steps: 1,
    result: 'wide',
    torch: both('prod', ', *, dtype: dtype = None'),
    onnx: 'ReduceProd',
    emit: reduceBy('ReduceProd'),
    evaluate: values => values.reduce((a, b) => a * b, 1),
  }),
  reduction({
    name: 'amax',
    doc: 'Largest element.',
    source: 'torch.amax reference; ONNX ReduceMax-18',
    steps: 1,
    torch: { ...both('amax'), ...spell('torch Tensor', 'max', extremum('max', 'maximum')) },
    onnx: 'ReduceMax',
    emit: reduceBy('ReduceMax'),
    evaluate: values => Math.max(...values),
  }),
  reduction({
    name: 'amin',
    doc: 'Smallest element.',
    source: 'torch.amin reference; ONNX ReduceMin-18',
    steps: 1,
    torch: { ...both('amin'), ...spell('torch Tensor', 'min', extremum('min', 'minimum')) },
    onnx: 'ReduceMin',
    emit: reduceBy('ReduceMin'),
    evaluate: values => Math.min(...values),
  }),
  reduction({
    name: 'all',
    doc: 'Whether no element is 0.',
    source: 'torch.all reference',
    steps: 1,
    result: 'bool',
    torch: both('all'),
    emit: (x, to, node) => truth('ReduceMin', x, to, node),
    evaluate: values => Number(values.every(value => value !== 0)),
  }),
  reduction({
    name: 'any',
    doc: 'Whether an element is not 0.',
    source: 'torch.any reference',
    steps: 1,
    result: 'bool',
    torch: both('any'),
    emit: (x, to, node) => truth('ReduceMax', x, to, node),
    evaluate: values => Number(values.some(value => value !== 0)),
  }),
  reduction({
    name: 'count_nonzero',
    doc: 'Number of elements other than 0: compare, add.',
    source: 'torch.count_nonzero reference',
    steps: 2,
    result: 'int64',
    torch: spell('torch Tensor', 'count_nonzero', 'input: Tensor, dim=None'),
    emit: (x, to, node) => {
      const flags = to.node('Cast', [to.node('Cast', [x], { to: { dtype: 'bool' } })], { to: { dtype: 'int64' } });
      return reduceBy('ReduceSum')(flags, to, node);
    },
  }),
  reduction({
    name: 'l1_norm',
    doc: 'Sum of absolute values: absolute value, add.',
    source: 'ONNX ReduceL1-18',
    steps: 2,
    onnx: 'ReduceL1',
    emit: emitNorm(1),
  }),
  reduction({
    name: 'l2_norm',
    doc: 'Root of the sum of squares: multiply, add, and a root per result.',
    source: 'ONNX ReduceL2-18',
    steps: 2,
    more: 1,
    onnx: 'ReduceL2',
    emit: emitNorm(2),
  }),
  reduction({
    name: 'sum_square',
    doc: 'Sum of squares: multiply, add.',
    source: 'ONNX ReduceSumSquare-18',
    steps: 2,
    onnx: 'ReduceSumSquare',
    emit: reduceBy('ReduceSumSquare'),
  }),
  reduction({
    name: 'log_sum',
    doc: 'Logarithm of the sum.',
    source: 'ONNX ReduceLogSum-18',
    steps: 1,
    more: 1,
    onnx: 'ReduceLogSum',
    emit: reduceBy('ReduceLogSum'),
  }),
  reduction({
    name: 'logsumexp',
    doc: 'Logarithm of the sum of exponentials: compare, subtract, exp, add, and log and add per result.',
    source: 'torch.logsumexp reference; ONNX ReduceLogSumExp-18',
    steps: 4,
    more: 2,
    torch: both('logsumexp'),
    onnx: 'ReduceLogSumExp',
    emit: reduceBy('ReduceLogSumExp'),
  }),
];

function truth(op: string, x: string, to: Emitter, node: InferredView): string {
  const flags = to.node('Cast', [to.node('Cast', [x], { to: { dtype: 'bool' } })], { to: { dtype: 'int32' } });
  return to.node('Cast', [reduceBy(op)(flags, to, node)], { to: { dtype: 'bool' } });
}

/** One tensor; along an axis with the places; or of two tensors. */
function extremum(name: 'max' | 'min', pair: string): TorchSpelling {
  return [
    'input: Tensor',
    {
      signature: 'input: Tensor, dim: index, keepdim=False',
      call: args => ({
        op: `${name}_dim`,
        inputs: [args.tensor('input')],
        attrs: { dim: args.number('dim'), keepdim: args.flag('keepdim') },
      }),
      returns: ['values', 'indices'],
    },
    {
      signature: 'input: Tensor, other: Tensor',
      call: args => ({ op: pair, inputs: [args.tensor('input'), args.tensor('other')] }),
    },
  ];
}
