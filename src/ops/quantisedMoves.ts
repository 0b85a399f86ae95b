/** Quantised forms of ops that are no products: dequantised (2 per element), computed, quantised again (5 per element). */
import type { Dim } from '../ir/tensor';
import { tensor } from '../ir/tensor';
import { isUnknown } from '../base/known';
import type { NodeView, OnnxNode } from './op';
import { defineOp, formula } from './op';
import { avgPool, readPool } from './pool';
import { reduceShape, normaliseAxis, broadcast } from './rules';

const QUANTISE = 5;
const DEQUANTISE = 2;
const SOFTMAX = 5;

/** Inputs: scale and zero point of the output, then tensor, scale and zero point of each input. */
export const qlinearConcat = defineOp({
  name: 'qlinear_concat',
  doc: 'Quantised tensors joined along an axis, each brought to the scale of the result.',
  source: 'onnxruntime contrib operators: QLinearConcat',
  infer: node => {
    const axis = normaliseAxis(node.number('dim'), node.rank(2));
    const sizes = joined(node).map(input => node.dim(input, axis));
    const lost = sizes.find(isUnknown);
    const total: Dim = lost ?? (sizes as readonly number[]).reduce((a, b) => a + b, 0);
    return [
      tensor(
        node.dtype(2),
        node.shape(2).map((dim, at) => (at === axis ? total : dim)),
      ),
    ];
  },
  cost: node => formula(0, (DEQUANTISE + QUANTISE) * node.outputElements()),
  onnx: { 'com.microsoft:QLinearConcat': node => ({ attrs: { dim: node.number('axis') } }) },
  examples: [
    // 10 × 7
    {
      in: ['float32[]', 'uint8[]', 'uint8[2,3]', 'float32[]', 'uint8[]', 'uint8[2,2]', 'float32[]', 'uint8[]'],
      attrs: { dim: -1 },
      out: ['uint8[2,5]'],
      macs: 0,
      flops: 70,
    },
  ],
});

const joined = (node: NodeView): number[] =>
  Array.from({ length: Math.floor((node.arity - 2) / 3) }, (_, index) => 2 + 3 * index);

export const qlinearSoftmax = defineOp({
  name: 'qlinear_softmax',
  doc: 'Softmax of a quantised tensor.',
  source: 'onnxruntime contrib operators: QLinearSoftmax',
  infer: node => [node.type(0)],
  cost: node => formula(0, (DEQUANTISE + SOFTMAX + QUANTISE) * node.outputElements()),
  onnx: { 'com.microsoft:QLinearSoftmax': {} },
  examples: [
    { in: ['uint8[2,3]', 'float32[]', 'uint8[]', 'float32[]', 'uint8[]'], out: ['uint8[2,3]'], macs: 0, flops: 72 },
  ],
});

/** Attributes as of `avg_pool`. Inputs: x, its scale and zero point, those of the output. */
export const qlinearAvgPool = defineOp({
  name: 'qlinear_avg_pool',
  doc: 'Mean of each window of a quantised tensor.',
  source: 'onnxruntime contrib operators: QLinearAveragePool',
  infer: node => avgPool.infer(node),
  cost: node => {
    const mean = avgPool.cost(node);
    const steps = mean.kind === 'formula' ? mean.flops : 0;
    return formula(0, steps + DEQUANTISE * node.elements(0) + QUANTISE * node.outputElements());
  },
  onnx: {
    'com.microsoft:QLinearAveragePool': node =>
      readPool(node, { count_include_pad: node.flag('count_include_pad', false) }),
  },
  examples: [
    // 8 windows of 4; 2 × 32 + 5 × 8
    {
      in: ['uint8[1,2,4,4]', 'float32[]', 'uint8[]', 'float32[]', 'uint8[]'],
      attrs: { kernel_size: [2, 2] },
      out: ['uint8[1,2,2,2]'],
      macs: 0,
      flops: 136,
    },
  ],
});

export const qlinearReduceMean = defineOp({
  name: 'qlinear_reduce_mean',
  doc: 'Mean over axes of a quantised tensor.',
  source: 'onnxruntime contrib operators: QLinearReduceMean',
  infer: node => {
    const all = Array.from({ length: node.rank(0) }, (_, axis) => axis);
    const shape = reduceShape(node.shape(0), node.numbersOf('dims', all), node.flag('keepdim', true));
    return [tensor(node.dtype(0), shape)];
  },
  cost: node => formula(0, (DEQUANTISE + 1) * node.elements(0) + (1 + QUANTISE) * node.outputElements()),
  onnx: {
    'com.microsoft:QLinearReduceMean': (node: OnnxNode) => ({
      attrs: { dims: node.attr('axes'), keepdim: node.flag('keepdims', true) },
    }),
  },
  examples: [
    {
      in: ['uint8[2,3]', 'float32[]', 'uint8[]', 'float32[]', 'uint8[]'],
      attrs: { dims: [1], keepdim: false },
      out: ['uint8[2]'],
      macs: 0,
      flops: 30,
    },
  ],
});

/** Inputs: condition, x, its scale and zero point, y, its scale and zero point, those of the output. */
export const qlinearWhere = defineOp({
  name: 'qlinear_where',
  doc: 'One of two quantised tensors, element by element, brought to one scale.',
  source: 'onnxruntime contrib operators: QLinearWhere',
  infer: node => [tensor(node.dtype(1), broadcast(node.type(0).shape, node.type(1).shape, node.type(4).shape))],
  cost: node => formula(0, (DEQUANTISE + QUANTISE) * node.outputElements()),
  onnx: { 'com.microsoft:QLinearWhere': {} },
  examples: [
    {
      in: ['bool[2,1]', 'uint8[3]', 'float32[]', 'uint8[]', 'uint8[2,3]', 'float32[]', 'uint8[]'],
      out: ['uint8[2,3]'],
      macs: 0,
      flops: 42,
    },
  ],
});
