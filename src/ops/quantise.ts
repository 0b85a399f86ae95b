/**
 * Quantisation and the products of quantised tensors. MACs are those of the same product in floating point. FLOPs beside
 * them: quantising 5 per element (divide, round, add the zero point, two compares), dequantising 2 (subtract the zero
 * point, multiply), subtracting a zero point 1 per element of the operand that has one.
 */
import type { Maybe } from '../base/known';
import type { DType, TensorType } from '../ir/tensor';
import { isDType, tensor } from '../ir/tensor';
import { conv, readConv } from './conv';
import { matmulShape } from './linear';
import { typeAttribute } from './onnxTypes';
import type { InferredView, NodeView, OnnxCall, OnnxNode } from './op';
import { defineOp, formula } from './op';
import { broadcast } from './rules';
import { replacing } from './view';

const QUANTISE = 5;
const DEQUANTISE = 2;

/** Element type of an input if it is there. */
const dtypeOr = (node: NodeView, input: number, otherwise: Maybe<DType>): Maybe<DType> =>
  node.has(input) ? node.dtype(input) : otherwise;

const subtracted = (node: NodeView, zeroPoint: number, operand: number): number =>
  node.has(zeroPoint) ? node.elements(operand) : 0;

/** Attribute dtype: of the output, where no zero point says it. */
export const quantizeLinear = defineOp({
  name: 'quantize_linear',
  doc: 'round(x / scale) + zero point, limited to the integer type.',
  source: 'ONNX QuantizeLinear-23',
  elementwise: true,
  infer: node => {
    const named = node.text('dtype', 'uint8');
    return [tensor(dtypeOr(node, 2, isDType(named) ? named : 'uint8'), node.type(0).shape)];
  },
  cost: node => formula(0, QUANTISE * node.outputElements()),
  onnx: {
    QuantizeLinear: node => ({ attrs: { dtype: typeAttribute(node, 'output_dtype') } }),
    'com.microsoft:QuantizeLinear': {},
  },
  examples: [
    // 6 × 5; 4 × 6 + 4 + 1 + 6
    {
      in: ['float32[2,3]', 'float32[1]', 'uint8[1]'],
      out: ['uint8[2,3]'],
      macs: 0,
      flops: 30,
      bytes: 35,
    },
    { in: ['float32[2,3]', 'float32[3]', 'int8[3]'], out: ['int8[2,3]'], macs: 0, flops: 30 },
    { in: ['float32[2,3]', 'float32[3]'], out: ['uint8[2,3]'], macs: 0, flops: 30 },
  ],
});

export const dequantizeLinear = defineOp({
  name: 'dequantize_linear',
  doc: '(x − zero point)·scale.',
  source: 'ONNX DequantizeLinear-23',
  elementwise: true,
  infer: node => [tensor(node.dtype(1), node.type(0).shape)],
  cost: node => formula(0, (node.has(2) ? DEQUANTISE : 1) * node.outputElements()),
  onnx: { DequantizeLinear: {}, 'com.microsoft:DequantizeLinear': {} },
  examples: [
    { in: ['uint8[2,3]', 'float32[1]', 'uint8[1]'], out: ['float32[2,3]'], macs: 0, flops: 12, bytes: 35 },
    { in: ['int8[2,3]', 'float16[3]'], out: ['float16[2,3]'], macs: 0, flops: 6 },
  ],
});

export const dynamicQuantizeLinear = defineOp({
  name: 'dynamic_quantize_linear',
  doc: 'Scale and zero point from the smallest and largest element (a compare each), then quantised to 8 bits.',
  source: 'ONNX DynamicQuantizeLinear-11',
  infer: node => [tensor('uint8', node.type(0).shape), tensor('float32', []), tensor('uint8', [])],
  cost: node => formula(0, (2 + QUANTISE) * node.elements(0)),
  onnx: { DynamicQuantizeLinear: {} },
  examples: [
    // 6 × 7; 24 + 6 + 4 + 1
    { in: ['float32[2,3]'], out: ['uint8[2,3]', 'float32[]', 'uint8[]'], macs: 0, flops: 42, bytes: 35 },
  ],
});

/** Inputs: A, B, their zero points. */
export const matmulInteger = defineOp({
  name: 'matmul_integer',
  doc: 'Matrix product of 8-bit integers in 32 bits.',
  source: 'ONNX MatMulInteger-10',
  infer: node => [tensor('int32', matmulShape(node))],
  cost: node => formula(node.outputElements() * node.size(0, -1), subtracted(node, 2, 0) + subtracted(node, 3, 1)),
  onnx: { MatMulInteger: {} },
  examples: [
    // 2·4 outputs × 3; 6 zero points subtracted; 6 + 12 + 1 + 4·8
    {
      in: ['uint8[2,3]', 'int8[3,4]', 'uint8[1]'],
      out: ['int32[2,4]'],
      macs: 24,
      flops: 54,
      bytes: 51,
    },
    { in: ['uint8[5,2,3]', 'uint8[3,4]', 'uint8[1]', 'uint8[1]'], out: ['int32[5,2,4]'], macs: 120, flops: 282 },
  ],
});

/** Inputs: A, B, scales of A and B, their zero points, bias. */
export const matmulIntegerToFloat = defineOp({
  name: 'matmul_integer_to_float',
  doc: 'Matrix product of 8-bit integers, scaled to floating point (two multiplications), with an optional bias.',
  source: 'onnxruntime contrib operators: MatMulIntegerToFloat',
  infer: node => [tensor(node.dtype(2), matmulShape(node))],
  cost: node =>
    formula(
      node.outputElements() * node.size(0, -1),
      subtracted(node, 4, 0) + subtracted(node, 5, 1) + (node.has(6) ? 3 : 2) * node.outputElements(),
    ),
  onnx: { 'com.microsoft:MatMulIntegerToFloat': {} },
  examples: [
    // 2·4 outputs × 3; 6 zero points; 8 × (scale, scale, bias)
    {
      in: ['uint8[2,3]', 'int8[3,4]', 'float32[1]', 'float32[1]', 'uint8[1]', '_', 'float32[4]'],
      out: ['float32[2,4]'],
      macs: 24,
      flops: 78,
    },
  ],
});

/** Inputs: A in floating point, B, its scale and zero point, bias. */
export const dynamicQuantizeMatmul = defineOp({
  name: 'dynamic_quantize_matmul',
  doc: 'A quantised as it comes, multiplied with 8-bit B, scaled back (two multiplications), with an optional bias.',
  source: 'onnxruntime contrib operators: DynamicQuantizeMatMul',
  infer: node => [tensor(node.dtype(0), matmulShape(node))],
  cost: node =>
    formula(
      node.outputElements() * node.size(0, -1),
      (2 + QUANTISE) * node.elements(0) + subtracted(node, 3, 1) + (node.has(4) ? 3 : 2) * node.outputElements(),
    ),
  onnx: { 'com.microsoft:DynamicQuantizeMatMul': {} },
  examples: [
    // 2·4 outputs × 3; 6 × 7 to quantise; 12 zero points; 8 × 2
    {
      in: ['float32[2,3]', 'int8[3,4]', 'float32[1]', 'int8[1]'],
      out: ['float32[2,4]'],
      macs: 24,
      flops: 118,
    },
  ],
});

/** Type of a quantised result: that of the output's zero point. */
const quantised = (node: NodeView, zeroPoint: number, shape: TensorType['shape']): TensorType =>
  tensor(dtypeOr(node, zeroPoint, 'uint8'), shape);

/** Inputs: A, B, scale and zero point of A, of B, of the output. */
export const qlinearMatmul = defineOp({
  name: 'qlinear_matmul',
  doc: 'Matrix product of quantised tensors, quantised again.',
  source: 'ONNX QLinearMatMul-21',
  infer: node => [quantised(node, 7, matmulShape(node))],
  cost: node => formula(node.outputElements() * node.size(0, -1), QUANTISE * node.outputElements()),
  onnx: {
    QLinearMatMul: { inputs: [0, 3, 1, 2, 4, 5, 6, 7] },
    'com.microsoft:QLinearMatMul': { inputs: [0, 3, 1, 2, 4, 5, 6, 7] },
  },
  examples: [
    {
      in: ['uint8[2,3]', 'int8[3,4]', 'float32[]', 'uint8[]', 'float32[]', 'int8[]', 'float32[]', 'uint8[]'],
      out: ['uint8[2,4]'],
      macs: 24,
      flops: 88, // 48 + 8 × 5
    },
  ],
});

/** Inputs: A, B, C, scale and zero point of A, of B, of the output. Without the output's scale the result is float. */
export const qgemm = defineOp({
  name: 'qgemm',
  doc: 'alpha·A·B + C of quantised matrices, quantised again or scaled to floating point.',
  source: 'onnxruntime contrib operators: QGemm',
  infer: node => {
    const rows = node.dim(0, node.flag('transA', false) ? 1 : 0);
    const columns = node.dim(1, node.flag('transB', false) ? 0 : 1);
    return [node.has(7) ? quantised(node, 8, [rows, columns]) : tensor('float32', [rows, columns])];
  },
  cost: node => {
    const length = node.size(0, node.flag('transA', false) ? 0 : 1);
    const steps = (node.has(2) ? 1 : 0) + (node.has(7) ? QUANTISE : DEQUANTISE);
    return formula(node.outputElements() * length, steps * node.outputElements());
  },
  onnx: {
    'com.microsoft:QGemm': node => ({
      inputs: [0, 3, 6, 1, 2, 4, 5, 7, 8],
      attrs: { transA: node.flag('transA', false), transB: node.flag('transB', false) },
    }),
  },
  examples: [
    // 2·4 outputs × 3; 8 × (bias 1 + 5)
    {
      in: [
        'uint8[2,3]',
        'int8[4,3]',
        'int32[4]',
        'float32[]',
        'uint8[]',
        'float32[]',
        'int8[]',
        'float32[]',
        'uint8[]',
      ],
      attrs: { transB: true },
      out: ['uint8[2,4]'],
      macs: 24,
      flops: 96,
    },
  ],
});

/** Attributes as of `conv`. Inputs: x, weight, their zero points. */
export const convInteger = defineOp({
  name: 'conv_integer',
  doc: 'Convolution of 8-bit integers in 32 bits.',
  source: 'ONNX ConvInteger-10',
  infer: node => [tensor('int32', convShape(node))],
  cost: node => formula(convMacs(node), subtracted(node, 2, 0) + subtracted(node, 3, 1)),
  onnx: { ConvInteger: node => readConv(node) },
  examples: [
    // 1·16·32·32 outputs × 3·3·3; 3 072 zero points; 3 072 + 432 + 1 + 4 · 16 384
    {
      in: ['uint8[1,3,32,32]', 'int8[16,3,3,3]', 'uint8[]'],
      attrs: { padding: 1 },
      out: ['int32[1,16,32,32]'],
      macs: 442_368,
      flops: 887_808,
    },
  ],
});

/** Attributes as of `conv`. Inputs: x, weight, bias, scale and zero point of x, of the weight, of the output. */
export const qlinearConv = defineOp({
  name: 'qlinear_conv',
  doc: 'Convolution of quantised tensors with an optional 32-bit bias, quantised again.',
  source: 'ONNX QLinearConv-10',
  infer: node => [quantised(node, 8, convShape(node))],
  cost: node => formula(convMacs(node), (QUANTISE + (node.has(2) ? 1 : 0)) * node.outputElements()),
  onnx: { QLinearConv: readQLinearConv, 'com.microsoft:QLinearConv': readQLinearConv },
  examples: [
    // 1·8·16·16 outputs × 3·3; 2 048 × (bias 1 + 5)
    {
      in: [
        'uint8[1,8,32,32]', 'int8[8,1,3,3]', 'int32[8]',
        'float32[]', 'uint8[]', 'float32[8]', 'int8[8]', 'float32[]', 'uint8[]',
      ], // prettier-ignore
      attrs: { padding: 1, stride: 2, groups: 8 },
      out: ['uint8[1,8,16,16]'],
      macs: 18_432,
      flops: 49_152,
    },
  ],
});

const convShape = (node: NodeView): TensorType['shape'] => conv.infer(node)[0]?.shape ?? [];

function convMacs(node: InferredView): number {
  const cost = conv.cost(replacing(node, { has: input => input < 2 && node.has(input) }));
  return cost.kind === 'formula' ? cost.macs : 0;
}

function readQLinearConv(node: OnnxNode): OnnxCall {
  const { attrs } = readConv(replacing(node, { shape: input => node.shape(input === 1 ? 3 : input) }));
  return { inputs: [0, 3, 8, 1, 2, 4, 5, 6, 7], attrs };
}

/** Steps of the function itself; dequantising and quantising around it are added. Attribute steps says how many. */
export const qlinearElementwise = defineOp({
  name: 'qlinear_elementwise',
  doc: 'An element-wise function of quantised tensors: dequantised, computed, quantised again.',
  source: 'onnxruntime contrib operators: QLinearAdd, QLinearMul, QLinearSigmoid, QLinearLeakyRelu',
  elementwise: true,
  infer: node => {
    const [a, b] = [node.type(0), node.flag('binary', false) ? node.type(1) : undefined];
    const shape = b === undefined ? a.shape : broadcast(a.shape, b.shape);
    return [tensor(a.dtype, shape)];
  },
  cost: node => {
    const operands = node.flag('binary', false) ? node.elements(0) + node.elements(1) : node.elements(0);
    return formula(0, DEQUANTISE * operands + (node.number('steps') + QUANTISE) * node.outputElements());
  },
  onnx: {
    'com.microsoft:QLinearAdd': { inputs: [0, 3, 1, 2, 4, 5, 6, 7], attrs: { binary: true, steps: 1 } },
    'com.microsoft:QLinearMul': { inputs: [0, 3, 1, 2, 4, 5, 6, 7], attrs: { binary: true, steps: 1 } },
    'com.microsoft:QLinearSigmoid': { attrs: { steps: 4 } },
    'com.microsoft:QLinearLeakyRelu': { attrs: { steps: 2 } },
  },
  examples: [
    // 2 × (6 + 3) + 6 × (1 + 5)
    {
      in: ['uint8[2,3]', 'uint8[3]', 'float32[]', 'uint8[]', 'float32[]', 'uint8[]', 'float32[]', 'uint8[]'],
      attrs: { binary: true, steps: 1 },
      out: ['uint8[2,3]'],
      macs: 0,
      flops: 54,
    },
    // 6 × (2 + 4 + 5)
    {
      in: ['uint8[2,3]', 'float32[]', 'uint8[]', 'float32[]', 'uint8[]'],
      attrs: { steps: 4 },
      out: ['uint8[2,3]'],
      macs: 0,
      flops: 66,
    },
  ],
});

/** Attribute channels_last: positions lie between batch and channels. Inputs: x, its scale and zero point, the output's. */
export const qlinearGlobalAveragePool = defineOp({
  name: 'qlinear_global_average_pool',
  doc: 'Mean over all positions of a quantised tensor: dequantise and add each element; divide and quantise each mean.',
  source: 'onnxruntime contrib operators: QLinearGlobalAveragePool',
  infer: node => {
    const last = node.flag('channels_last', false);
    const shape = node.shape(0).map((dim, axis) => (axis === 0 || axis === (last ? node.rank(0) - 1 : 1) ? dim : 1));
    return [quantised(node, 4, shape)];
  },
  cost: node => formula(0, (DEQUANTISE + 1) * node.elements(0) + (1 + QUANTISE) * node.outputElements()),
  onnx: {
    'com.microsoft:QLinearGlobalAveragePool': node => ({ attrs: { channels_last: node.flag('channels_last', false) } }),
  },
  examples: [
    // 3 × 72 + 6 × 8
    {
      in: ['uint8[1,8,3,3]', 'float32[]', 'uint8[]', 'float32[]', 'uint8[]'],
      out: ['uint8[1,8,1,1]'],
      macs: 0,
      flops: 264,
    },
  ],
});

/** Attribute bits: of a packed weight. Inputs: A, packed B, scales, zero points, group indices, bias. */
export const matmulNBits = defineOp({
  name: 'matmul_nbits',
  doc: 'Matrix product with a weight [K, N] that is stored in few bits per element and dequantised block by block.',
  source: 'onnxruntime contrib operators: MatMulNBits, MatMulBnb4',
  infer: node => [tensor(node.dtype(0), [...node.shape(0).slice(0, -1), node.number('N')])],
  cost: node => {
    const weights = node.number('K') * node.number('N');
    return formula(
      node.outputElements() * node.number('K'),
      (node.has(3) ? DEQUANTISE : 1) * weights + (node.has(5) ? node.outputElements() : 0),
    );
  },
  onnx: {
    'com.microsoft:MatMulNBits': readNBits,
    'com.microsoft:MatMulBnb4': node => ({ inputs: [0, 1, 2], attrs: readNBits(node).attrs ?? {} }),
  },
  examples: [
    // 2·16 outputs × 64; 1 024 weights scaled; 4 × 128 + 512 + 4 × 32 + 4 × 32
    {
      in: ['float32[2,64]', 'uint8[16,2,16]', 'float32[32]'],
      attrs: { K: 64, N: 16 },
      out: ['float32[2,16]'],
      macs: 2048,
      flops: 5120,
      bytes: 1280,
    },
  ],
});

function readNBits(node: OnnxNode): OnnxCall {
  return { attrs: { K: node.number('K'), N: node.number('N') } };
}
