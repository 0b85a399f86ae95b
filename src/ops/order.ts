/**
 * Largest, smallest, sorted and accumulated elements along an axis. FLOPs: one compare per element scanned; sorting
 * n elements takes n·⌈log₂ n⌉ compares, keeping the best k of n takes n·⌈log₂(k + 1)⌉.
 */
import type { TensorType } from '../ir/tensor';
import { isDType, tensor } from '../ir/tensor';
import { dtypeOf } from './elementwise';
import type { Emitter, InferredView, NodeView, OnnxCall, OnnxNode, OpEntry, TorchSpelling } from './op';
import { defineOp, formula } from './op';
import { LOST, sizesOf } from './evaluate';
import { reducedShape } from './reduce';
import { normaliseAxis } from './rules';
import { spell } from './spell';
import type { Maybe } from '../base/known';
import { isUnknown } from '../base/known';
import { rowMajor } from './strides';
import { known } from './view';

const axisOf = (node: NodeView): number => normaliseAxis(node.number('dim', -1), node.rank(0));

/** Values and their places along one axis. */
function extremum(name: 'max' | 'min'): OpEntry {
  return defineOp({
    name: `${name}_dim`,
    doc: `${name === 'max' ? 'Largest' : 'Smallest'} element along an axis, and its place.`,
    source: `torch.${name} reference`,
    infer: node => {
      const shape = reducedShape(node);
      return [tensor(node.dtype(0), shape), tensor('int64', shape)];
    },
    cost: node => formula(0, node.elements(0)),
    emit: (node, to) => {
      const axis = axisOf(node);
      const keepdims = Number(node.flag('keepdim', false));
      return [
        to.node(name === 'max' ? 'ReduceMax' : 'ReduceMin', [to.in(0)], { axes: [axis], keepdims }),
        to.node(name === 'max' ? 'ArgMax' : 'ArgMin', [to.in(0)], { axis, keepdims }),
      ];
    },
    examples: [
      { in: ['float32[2,5]'], attrs: { dim: 1 }, out: ['float32[2]', 'int64[2]'], macs: 0, flops: 10, bytes: 64 },
    ],
  });
}

export const extrema: readonly OpEntry[] = [extremum('max'), extremum('min')];

/** Attribute dim: an axis, or absent for the place in the flattened tensor. */
function place(name: 'argmax' | 'argmin', onnx: 'ArgMax' | 'ArgMin'): OpEntry {
  const SIGNATURE = 'input: Tensor, dim=None, keepdim=False';
  return defineOp({
    name,
    doc: `Place of the ${name === 'argmax' ? 'largest' : 'smallest'} element.`,
    source: `torch.${name} reference; ONNX ${onnx}-13`,
    infer: node => [tensor('int64', reducedShape(node))],
    cost: node => formula(0, node.elements(0)),
    torch: spell('torch Tensor', name, SIGNATURE),
    onnx: {
      [onnx]: node => ({ attrs: { dim: node.number('axis', 0), keepdim: node.flag('keepdims', true) } }),
    },
    emit: (node, to) => {
      const keepdims = Number(node.flag('keepdim', false));
      if (node.attr('dim') !== undefined) return [to.node(onnx, [to.in(0)], { axis: axisOf(node), keepdims })];
      const flat = to.node(onnx, [to.node('Reshape', [to.in(0), to.ints([-1])])], { axis: 0, keepdims: 0 });
      return [to.node('Reshape', [flat, to.ints(node.outputShape().map(known))])];
    },
    examples: [
      { in: ['float32[2,5]'], attrs: { dim: 1, keepdim: true }, out: ['int64[2,1]'], macs: 0, flops: 10, bytes: 56 },
      { in: ['float32[2,5]'], out: ['int64[]'], macs: 0, flops: 10 },
    ],
  });
}

export const ranks: readonly OpEntry[] = [place('argmax', 'ArgMax'), place('argmin', 'ArgMin')];

export const topk = defineOp({
  name: 'topk',
  doc: 'The k largest (or smallest) elements along an axis, and their places.',
  source: 'torch.topk reference; ONNX TopK-11',
  infer: node => bestOf(node, node.number('k')),
  cost: node => formula(0, node.elements(0) * Math.ceil(Math.log2(node.number('k') + 1))),
  torch: spell('torch Tensor', 'topk', {
    signature: 'input: Tensor, k: int, dim: int = -1, largest=True, sorted=True',
    returns: ['values', 'indices'],
  }),
  onnx: { TopK: readTopK },
  emit: (node, to) => best(node, to, node.number('k'), node.flag('largest', true)),
  examples: [
    // 10 × ⌈log₂ 4⌉
    { in: ['float32[2,5]'], attrs: { k: 3 }, out: ['float32[2,3]', 'int64[2,3]'], macs: 0, flops: 20, bytes: 112 },
  ],
});

function bestOf(node: NodeView, count: number): readonly TensorType[] {
  const axis = axisOf(node);
  const shape = node.shape(0).map((dim, at) => (at === axis ? count : dim));
  return [tensor(node.dtype(0), shape), tensor('int64', shape)];
}

const best = (node: InferredView, to: Emitter, k: number, largest: boolean): readonly string[] =>
  to.nodes('TopK', [to.in(0), to.ints([k])], 2, { axis: axisOf(node), largest: Number(largest) });

/** k is an attribute up to opset 9. */
function readTopK(node: OnnxNode): OnnxCall {
  const k = node.opset < 10 ? node.number('k') : node.numbers(1)[0];
  return { inputs: [0], attrs: { k, dim: node.number('axis', -1), largest: node.flag('largest', true) } };
}

const sortSteps = (node: InferredView): number => {
  const size = node.rank(0) === 0 ? 1 : node.size(0, axisOf(node));
  return node.elements(0) * Math.ceil(Math.log2(Math.max(1, size)));
};

export const sort = defineOp({
  name: 'sort',
  doc: 'The elements along an axis in order, and their places.',
  source: 'torch.sort reference',
  infer: node => [node.type(0), tensor('int64', node.type(0).shape)],
  cost: node => formula(0, sortSteps(node)),
  torch: {
    ...spell('torch Tensor', 'msort', {
      signature: 'input: Tensor',
      call: args => ({ op: 'sort_rows', inputs: [args.tensor('input')], attrs: { dim: 0 } }),
    }),
    ...spell('torch Tensor', 'sort', {
      signature: 'input: Tensor, dim: int = -1, descending=False, stable=False',
      returns: ['values', 'indices'],
    }),
  },
  emit: (node, to) => best(node, to, node.size(0, axisOf(node)), node.flag('descending', false)),
  examples: [{ in: ['float32[2,5]'], out: ['float32[2,5]', 'int64[2,5]'], macs: 0, flops: 30, bytes: 160 }],
});

export const sortRows = defineOp({
  name: 'sort_rows',
  doc: 'The elements along an axis in order, without their places.',
  source: 'torch.msort reference',
  infer: node => [node.type(0)],
  cost: node => formula(0, sortSteps(node)),
  emit: (node, to) => [best(node, to, node.size(0, axisOf(node)), false)[0] ?? ''],
  examples: [{ in: ['float32[5,2]'], attrs: { dim: 0 }, out: ['float32[5,2]'], macs: 0, flops: 30 }],
});

export const argsort = defineOp({
  name: 'argsort',
  doc: 'The places of the elements along an axis in order.',
  source: 'torch.argsort reference',
  infer: node => [tensor('int64', node.type(0).shape)],
  cost: node => formula(0, sortSteps(node)),
  torch: spell('torch Tensor', 'argsort', 'input: Tensor, dim: int = -1, descending=False, stable=False'),
  emit: (node, to) => [best(node, to, node.size(0, axisOf(node)), node.flag('descending', false))[1] ?? ''],
  examples: [{ in: ['float32[2,5]'], out: ['int64[2,5]'], macs: 0, flops: 30, bytes: 120 }],
});

export const median = defineOp({
  name: 'median',
  doc: 'Middle element along an axis and its place, found by sorting.',
  source: 'torch.median reference',
  infer: node => {
    const shape = reducedShape(node);
    return node.attr('dim') === undefined
      ? [tensor(node.dtype(0), shape)]
      : [tensor(node.dtype(0), shape), tensor('int64', shape)];
  },
  cost: node => formula(0, sortSteps(node)),
  torch: spell('torch Tensor', 'median', [
    'input: Tensor',
    { signature: 'input: Tensor, dim: int, keepdim=False', returns: ['values', 'indices'] },
  ]),
  examples: [{ in: ['float32[2,5]'], attrs: { dim: 1 }, out: ['float32[2]', 'int64[2]'], macs: 0, flops: 30 }],
});

/** Integers are accumulated in 64 bits by PyTorch. */
function accumulation(name: 'cumsum' | 'cumprod', onnx: string | undefined): OpEntry {
  const spelling: TorchSpelling = 'input: Tensor, dim: int, *, dtype: dtype = None';
  return defineOp({
    name,
    doc: `Running ${name === 'cumsum' ? 'sum' : 'product'} along an axis.`,
    source: `torch.${name} reference${onnx === undefined ? '' : `; ONNX ${onnx}-14`}`,
    infer: node => {
      const named = node.attr('dtype');
      const own = node.dtype(0);
      const wide = !isUnknown(own) && /int|bool/.test(own) && !node.flag('keeps_type', false) ? 'int64' : own;
      return [tensor(typeof named === 'string' && isDType(named) ? named : wide, node.type(0).shape)];
    },
    cost: node => formula(0, node.outputElements()),
    torch: spell('torch Tensor', name, spelling),
    onnx: {
      [onnx ?? 'CumProd']: node => ({
        inputs: [0],
        attrs: { ...flags(node), dim: node.numbers(1)[0], keeps_type: true },
      }),
    },
    // CumProd came later than the operator set that is written.
    ...(onnx !== undefined && {
      emit: (node: InferredView, to: Emitter) => {
        const dtype = known(node.outputs[0]?.dtype ?? 'float32');
        const x = dtype === dtypeOf(node) ? to.in(0) : to.node('Cast', [to.in(0)], { to: { dtype } });
        const { exclusive, reverse } = flags(node);
        return [
          to.node(onnx, [x, to.scalar(axisOf(node), 'int64')], {
            exclusive: Number(exclusive),
            reverse: Number(reverse),
          }),
        ];
      },
      evaluate: node => [running(node)],
    }),
    examples: [
      { in: ['float32[2,5]'], attrs: { dim: 1 }, out: ['float32[2,5]'], macs: 0, flops: 10, bytes: 80 },
      { in: ['int32[2,5]'], attrs: { dim: 0 }, out: ['int64[2,5]'], macs: 0, flops: 10 },
      ...(onnx === undefined
        ? []
        : [
            {
              in: ['int64[3]'],
              data: { 0: [1, 2, 3] },
              attrs: { dim: 0 },
              out: ['int64[3]'],
              outData: { 0: [1, 3, 6] },
              flops: 3,
            },
          ]),
    ],
  });
}

const flags = (node: NodeView): { exclusive: boolean; reverse: boolean } => ({
  exclusive: node.flag('exclusive', false),
  reverse: node.flag('reverse', false),
});

function running(node: InferredView): ReturnType<NodeView['data']> {
  const data = node.data(0);
  const { exclusive, reverse } = flags(node);
  if (data === undefined || exclusive || reverse) return undefined;
  const axis = axisOf(node);
  const shape = sizesOf(node, 0);
  const [step, length] = [rowMajor(shape)[axis] ?? 1, shape[axis] ?? 1];
  const result: Maybe<number>[] = [];
  data.forEach((value, index) => {
    const before = Math.floor(index / step) % length === 0 ? 0 : (result[index - step] ?? LOST);
    result[index] = isUnknown(before) ? before : isUnknown(value) ? value : before + value;
  });
  return result;
}

export const accumulations: readonly OpEntry[] = [accumulation('cumsum', 'CumSum'), accumulation('cumprod', undefined)];
