/** onnxruntime's fusions of core ops, as its optimiser writes them: counted as the ops that went into them. */
import type { Dim } from '../ir/tensor';
import { storedBytes, tensor } from '../ir/tensor';
import { conv, readConv } from './conv';
import { gemm, matmulShape } from './linear';
import type { Cost, InferredView, NodeView, OnnxCall, OnnxNode } from './op';
import { defineOp, formula } from './op';
import { known, replacing } from './view';

const LAYER_NORM = 8;
const RMS_NORM = 4;

/** The statistics that some of these offer as further outputs: sizes of x with the last axis 1. */
function normalised(node: NodeView, statistics: number): ReturnType<typeof tensor>[] {
  const shape = node.shape(0);
  const lead = [...shape.slice(0, -1), 1];
  return Array.from({ length: statistics }, () => tensor('float32', lead));
}

/** Inputs: x, skip, weight, bias of the norm, bias of x. Attribute simplified: root mean square instead of deviation. */
export const skipLayerNorm = defineOp({
  name: 'skip_layer_norm',
  doc: 'Norm of x + skip (+ bias) over the last axis: an add or two, then 8 steps per element (RMS norm 4).',
  source: 'onnxruntime contrib operators: SkipLayerNormalization, SkipSimplifiedLayerNormalization',
  infer: node => [node.type(0), ...normalised(node, 2), node.type(0)].slice(0, node.number('outputs', 1)),
  cost: node => {
    const norm = node.flag('simplified', false) ? RMS_NORM : LAYER_NORM;
    return formula(0, (norm + 1 + (node.has(4) ? 1 : 0)) * node.elements(0));
  },
  onnx: {
    'com.microsoft:SkipLayerNormalization': node => ({ attrs: { outputs: node.outputCount } }),
    'com.microsoft:SkipSimplifiedLayerNormalization': node => ({
      inputs: [0, 1, 2, undefined, 3],
      attrs: { simplified: true, outputs: node.outputCount },
    }),
  },
  examples: [
    // 2·5·16 × (1 + 8); 4 × (3 · 160 + 2 · 16)
    {
      in: ['float32[2,5,16]', 'float32[2,5,16]', 'float32[16]', 'float32[16]'],
      out: ['float32[2,5,16]'],
      macs: 0,
      flops: 1440,
      bytes: 2048,
    },
    // 160 × (2 + 4)
    {
      in: ['float32[2,5,16]', 'float32[2,5,16]', 'float32[16]', '_', 'float32[16]'],
      attrs: { simplified: true, outputs: 4 },
      out: ['float32[2,5,16]', 'float32[2,5,1]', 'float32[2,5,1]', 'float32[2,5,16]'],
      macs: 0,
      flops: 960,
    },
  ],
});

/** Inputs: ids [batch, length], segment ids, tables of words, positions and segments, weight and bias of the norm. */
export const embedLayerNorm = defineOp({
  name: 'embed_layer_norm',
  doc: 'Sum of the rows of two or three embedding tables, then layer norm: an add per further table and 8 steps.',
  source: 'onnxruntime contrib operators: EmbedLayerNormalization',
  infer: node => {
    const [batch = 1, length = 1] = node.shape(0);
    const out = tensor(node.dtype(2), [batch, length, node.dim(2, 1)]);
    return [out, tensor('int32', [batch]), out].slice(0, node.number('outputs', 2));
  },
  cost: node => formula(0, (LAYER_NORM + (node.has(4) ? 2 : 1)) * node.outputElements()),
  // Ids, one row of each table per token, the norm's weight and bias, and the output.
  bytes: node => {
    const out = known(storedBytes(tensor(node.dtype(2), node.outputShape())));
    const small = [0, 1, 5, 6].filter(input => node.has(input)).map(input => known(storedBytes(node.type(input))));
    return small.reduce((a, b) => a + b, 0) + (node.has(4) ? 4 : 3) * out;
  },
  onnx: { 'com.microsoft:EmbedLayerNormalization': node => ({ attrs: { outputs: node.outputCount } }) },
  examples: [
    // 1·4·8 × (2 + 8); 4 · 4 · 2 ids + 4 · 8 · 2 + 4 · 32 · 4
    {
      in: [
        'int32[1,4]', 'int32[1,4]', 'float32[100,8]', 'float32[16,8]', 'float32[2,8]', 'float32[8]', 'float32[8]',
      ], // prettier-ignore
      out: ['float32[1,4,8]', 'int32[1]'],
      macs: 0,
      flops: 320,
      bytes: 608,
    },
  ],
});

/** Attributes alpha, transA, transB (last two axes), transBatchA, transBatchB (the first axis of the batch moves next to last). */
export const fusedMatmul = defineOp({
  name: 'fused_matmul',
  doc: 'alpha·A·B with either operand transposed on the way.',
  source: 'onnxruntime contrib operators: FusedMatMul, TransposeMatMul',
  infer: node => [tensor(node.dtype(0), matmulShape(turned(node)))],
  cost: node =>
    formula(
      node.outputElements() * known(turned(node).shape(0).at(-1) ?? 1),
      node.number('alpha', 1) === 1 ? 0 : node.outputElements(),
    ),
  onnx: { 'com.microsoft:FusedMatMul': readFusedMatmul, 'com.microsoft:TransposeMatMul': readFusedMatmul },
  examples: [
    // 2·4·6 outputs × 5, each scaled
    {
      in: ['float32[2,5,4]', 'float32[2,6,5]'],
      attrs: { transA: true, transB: true, alpha: 0.125 },
      out: ['float32[2,4,6]'],
      macs: 240,
      flops: 528,
    },
    {
      in: ['float32[4,2,5]', 'float32[2,5,6]'],
      attrs: { transBatchA: true },
      out: ['float32[2,4,6]'],
      macs: 240,
      flops: 480,
    },
  ],
});

function readFusedMatmul(node: OnnxNode): OnnxCall {
  const flags = ['transA', 'transB', 'transBatchA', 'transBatchB'] as const;
  return {
    attrs: {
      alpha: node.number('alpha', 1),
      ...Object.fromEntries(flags.map(name => [name, node.flag(name, false)])),
    },
  };
}

/** The operands as they are multiplied. */
function turned(node: NodeView): NodeView {
  const shape = (input: number): readonly Dim[] => {
    const side = input === 0 ? 'A' : 'B';
    let dims = node.shape(input);
    // The batch was moved behind the rows: [rows, batch…, columns].
    if (node.flag(`transBatch${side}`, false)) dims = [...dims.slice(1, -1), dims[0] ?? 1, ...dims.slice(-1)];
    if (dims.length < 2 || !node.flag(`trans${side}`, false)) return dims;
    return [...dims.slice(0, -2), ...dims.slice(-1), ...dims.slice(-2, -1)];
  };
  return replacing(node, { shape });
}

/** Steps per element of the activations that are fused, as their own entries count them. */
const STEPS: Readonly<Record<string, number>> = {
  Relu: 1,
  LeakyRelu: 2,
  Tanh: 1,
  Sigmoid: 4,
  Clip: 2,
  HardSigmoid: 4,
  HardSwish: 5,
  Elu: 4,
};

function withActivation(cost: Cost, node: InferredView, added: number): Cost {
  const activation = STEPS[node.text('activation', '')] ?? 1;
  return cost.kind === 'formula'
    ? formula(cost.macs, cost.flops - 2 * cost.macs + (activation + added) * node.outputElements())
    : cost;
}

/** Inputs: x, weight, bias, a tensor to add. Attributes as of `conv`, and activation. */
export const fusedConv = defineOp({
  name: 'fused_conv',
  doc: 'Convolution, an optional sum with another tensor, and an activation.',
  source: 'onnxruntime contrib operators: FusedConv',
  infer: conv.infer,
  cost: node => withActivation(conv.cost(node), node, node.has(3) ? 1 : 0),
  onnx: {
    'com.microsoft:FusedConv': node => ({
      attrs: { ...readConv(node).attrs, activation: node.text('activation', 'Relu') },
    }),
  },
  examples: [
    // 442 368 MACs; 16 384 × (bias 1 + compare 1)
    {
      in: ['float32[1,3,32,32]', 'float32[16,3,3,3]', 'float32[16]'],
      attrs: { padding: 1, activation: 'Relu' },
      out: ['float32[1,16,32,32]'],
      macs: 442_368,
      flops: 917_504,
    },
  ],
});

/** Inputs and attributes as of `gemm`, and activation. */
export const fusedGemm = defineOp({
  name: 'fused_gemm',
  doc: 'alpha·A·B + beta·C and an activation.',
  source: 'onnxruntime contrib operators: FusedGemm',
  infer: gemm.infer,
  cost: node => withActivation(gemm.cost(node), node, 0),
  onnx: {
    'com.microsoft:FusedGemm': node => ({
      attrs: {
        alpha: node.number('alpha', 1),
        beta: node.number('beta', 1),
        transA: node.flag('transA', false),
        transB: node.flag('transB', false),
        activation: node.text('activation', 'Relu'),
      },
    }),
  },
  examples: [
    // 5 120 MACs; 10 × (C 1 + compare 1)
    {
      in: ['float32[1,512]', 'float32[10,512]', 'float32[10]'],
      attrs: { transB: true, activation: 'Relu' },
      out: ['float32[1,10]'],
      macs: 5120,
      flops: 10_260,
    },
  ],
});
