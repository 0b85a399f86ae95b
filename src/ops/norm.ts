/**
 * Normalisations. FLOPs per element: batch norm with stored statistics 2 (scale, shift); layer, group and instance norm
 * 8 (sum for the mean, subtract, square, sum for the variance, normalise, weight, bias, and their share of the root);
 * RMS norm 4 (square, sum, normalise, weight).
 */
import { tensor } from '../ir/tensor';
import { dtypeOf } from './elementwise';
import type { Emitter, InferredView, NodeView, OnnxCall, OnnxNode } from './op';
import { defineOp, formula, Mismatch } from './op';
import { normaliseAxis, same } from './rules';
import { spell } from './spell';
import { known } from './view';
import { text } from '../base/text';

const STORED = 2;
const MEASURED = 8;
const RMS = 4;

/** A vector along axis 1, shaped for broadcasting over the axes behind it. */
function along(to: Emitter, name: string, rank: number, size: number): string {
  return rank <= 2 ? name : to.node('Reshape', [name, to.ints([size, ...Array<number>(rank - 2).fill(1)])]);
}

/** Inputs: x, running mean, running variance, weight, bias. */
export const batchNorm = defineOp({
  name: 'batch_norm',
  doc: 'Normalisation per channel, with stored statistics 2 steps per element, with those of the batch 8.',
  source: 'torch.nn.BatchNorm2d reference; ONNX BatchNormalization-15',
  elementwise: true,
  infer: node => {
    if (node.has(1)) same(node.rank(0) < 2 ? 1 : node.dim(0, 1), node.dim(1, 0), 'batch_norm');
    return [node.type(0)];
  },
  cost: node => formula(0, node.outputElements() * (node.flag('training', false) || !node.has(1) ? MEASURED : STORED)),
  torch: {
    'torch.nn.functional.batch_norm':
      'input: Tensor, running_mean: Tensor = None, running_var: Tensor = None, weight: Tensor = None, bias: Tensor = None, training=False, momentum=0.1, eps=1e-05',
  },
  onnx: {
    BatchNormalization: node => ({
      inputs: [0, 3, 4, 1, 2],
      attrs: { eps: node.number('epsilon', 1e-5), training: node.flag('training_mode', false) },
    }),
  },
  emit: (node, to) => {
    const size = node.size(0, 1);
    const filled = (value: number): string => to.filled(value, dtypeOf(node), [size]);
    const weight = node.has(3) ? to.in(3) : filled(1);
    const bias = node.has(4) ? to.in(4) : filled(0);
    const epsilon = { float: node.number('eps', 1e-5) };
    if (node.has(1) && !node.flag('training', false))
      return [to.node('BatchNormalization', [to.in(0), weight, bias, to.in(1), to.in(2)], { epsilon })];
    return [batchStatistics(node, to, weight, bias)];
  },
  examples: [
    // 1·16·8·8 × 2; 4 × (2 · 1 024 + 4 · 16)
    {
      in: ['float32[1,16,8,8]', 'float32[16]', 'float32[16]', 'float32[16]', 'float32[16]'],
      out: ['float32[1,16,8,8]'],
      macs: 0,
      flops: 2048,
      bytes: 8448,
    },
    { in: ['float32[4,16]', '_', '_', 'float32[16]', 'float32[16]'], out: ['float32[4,16]'], macs: 0, flops: 512 },
    { in: ['float32[2,4,9]', 'float32[4]', 'float32[4]'], out: ['float32[2,4,9]'], macs: 0, flops: 144 },
  ],
});

/** Mean and variance over the batch and all positions. */
function batchStatistics(node: InferredView, to: Emitter, weight: string, bias: string): string {
  const rank = node.rank(0);
  const axes = Array.from({ length: rank }, (_, axis) => axis).filter(axis => axis !== 1);
  const mean = to.node('ReduceMean', [to.in(0)], { axes, keepdims: 1 });
  const centred = to.node('Sub', [to.in(0), mean]);
  const variance = to.node('ReduceMean', [to.node('Mul', [centred, centred])], { axes, keepdims: 1 });
  const size = node.size(0, 1);
  const scaled = to.node('Mul', [normalised(to, centred, variance, node), along(to, weight, rank, size)]);
  return to.node('Add', [scaled, along(to, bias, rank, size)]);
}

/** centred / √(variance + eps) */
function normalised(to: Emitter, centred: string, variance: string, node: InferredView): string {
  const shifted = to.node('Add', [variance, to.scalar(node.number('eps', 1e-5), dtypeOf(node))]);
  return to.node('Div', [centred, to.node('Sqrt', [shifted])]);
}

/** Inputs: x, weight, bias. Attribute normalized_shape: sizes of the last axes. ONNX may ask for mean and deviation too. */
export const layerNorm = defineOp({
  name: 'layer_norm',
  doc: 'Normalisation over the last axes, 8 steps per element.',
  source: 'torch.nn.LayerNorm reference; ONNX LayerNormalization-17',
  infer: node => {
    const shape = node.shape(0);
    const wanted = node.numbersOf('normalized_shape');
    if (wanted.length > shape.length)
      throw new Mismatch(text('normalisation over {0} axes got an input with {1}', wanted.length, shape.length));
    wanted.forEach((size, index) => same(shape[shape.length - wanted.length + index] ?? 1, size, 'layer_norm'));
    const lead = [...shape.slice(0, shape.length - wanted.length), ...wanted.map(() => 1)];
    const statistics = Array.from({ length: node.number('statistics', 0) }, () => tensor('float32', lead));
    return [node.type(0), ...statistics];
  },
  cost: node => formula(0, MEASURED * node.elements(0)),
  torch: {
    'torch.nn.functional.layer_norm':
      'input: Tensor, normalized_shape, weight: Tensor = None, bias: Tensor = None, eps=1e-05',
    'torch.layer_norm':
      'input: Tensor, normalized_shape, weight: Tensor = None, bias: Tensor = None, eps=1e-05, cudnn_enable=True',
  },
  onnx: { LayerNormalization: readLayerNorm },
  emit: (node, to) => {
    const axes = node.numbersOf('normalized_shape');
    const weight = node.has(1) ? to.in(1) : to.filled(1, dtypeOf(node), axes);
    return [
      to.node('LayerNormalization', [to.in(0), weight, node.has(2) ? to.in(2) : undefined], {
        axis: -axes.length,
        epsilon: { float: node.number('eps', 1e-5) },
      }),
    ];
  },
  examples: [
    // 2·5·16 × 8; 4 × (2 · 160 + 2 · 16)
    {
      in: ['float32[2,5,16]', 'float32[16]', 'float32[16]'],
      attrs: { normalized_shape: [16] },
      out: ['float32[2,5,16]'],
      macs: 0,
      flops: 1280,
      bytes: 1408,
    },
    { in: ['float32[2,3,4]'], attrs: { normalized_shape: [3, 4] }, out: ['float32[2,3,4]'], macs: 0, flops: 192 },
  ],
});

function readLayerNorm(node: OnnxNode): OnnxCall {
  const axis = normaliseAxis(node.number('axis', -1), node.rank(0));
  return {
    attrs: {
      normalized_shape: node.shape(0).slice(axis).map(known),
      eps: node.number('epsilon', 1e-5),
      statistics: Math.max(0, node.outputCount - 1),
    },
  };
}

export const groupNorm = defineOp({
  name: 'group_norm',
  doc: 'Normalisation over groups of channels and all positions, 8 steps per element.',
  source: 'torch.nn.GroupNorm reference; ONNX GroupNormalization-21',
  infer: node => {
    const channels = node.size(0, 1);
    if (channels % node.number('num_groups') !== 0)
      throw new Mismatch(text('{0} channels cannot be split into {1} groups', channels, node.number('num_groups')));
    return [node.type(0)];
  },
  cost: node => formula(0, MEASURED * node.outputElements()),
  torch: {
    'torch.nn.functional.group_norm':
      'input: Tensor, num_groups, weight: Tensor = None, bias: Tensor = None, eps=1e-05',
    'torch.group_norm':
      'input: Tensor, num_groups, weight: Tensor = None, bias: Tensor = None, eps=1e-05, cudnn_enabled=True',
  },
  onnx: {
    GroupNormalization: node => ({
      attrs: { num_groups: node.number('num_groups'), eps: node.number('epsilon', 1e-5) },
    }),
  },
  emit: (node, to) => {
    const groups = node.number('num_groups');
    const [shape, dtype] = [node.shape(0).map(known), dtypeOf(node)];
    const split = to.node('Reshape', [to.in(0), to.ints([shape[0] ?? 1, groups, -1])]);
    const ones = to.filled(1, dtype, [groups]);
    const epsilon = { float: node.number('eps', 1e-5) };
    const normal = to.node('InstanceNormalization', [split, ones, to.filled(0, dtype, [groups])], { epsilon });
    const back = to.node('Reshape', [normal, to.ints(shape)]);
    return [affine(to, back, node, node.rank(0))];
  },
  examples: [
    {
      in: ['float32[2,8,5,5]', 'float32[8]', 'float32[8]'],
      attrs: { num_groups: 4 },
      out: ['float32[2,8,5,5]'],
      macs: 0,
      flops: 3200,
      bytes: 3264, // 4 × (2 · 400 + 16)
    },
    { in: ['float32[2,8]'], attrs: { num_groups: 2 }, out: ['float32[2,8]'], macs: 0, flops: 128 },
  ],
});

/** Weight and bias of inputs 1 and 2, per channel. */
function affine(to: Emitter, x: string, node: InferredView, rank: number): string {
  const size = node.size(0, 1);
  const scaled = node.has(1) ? to.node('Mul', [x, along(to, to.in(1), rank, size)]) : x;
  return node.has(2) ? to.node('Add', [scaled, along(to, to.in(2), rank, size)]) : scaled;
}

/** Inputs: x, running mean, running variance, weight, bias, as PyTorch has them. */
export const instanceNorm = defineOp({
  name: 'instance_norm',
  doc: 'Normalisation of every channel of every sample, 8 steps per element; 2 with stored statistics.',
  source: 'torch.nn.InstanceNorm2d reference; ONNX InstanceNormalization-6',
  infer: node => [node.type(0)],
  cost: node => formula(0, node.outputElements() * (node.flag('use_input_stats', true) ? MEASURED : STORED)),
  torch: {
    'torch.nn.functional.instance_norm':
      'input: Tensor, running_mean: Tensor = None, running_var: Tensor = None, weight: Tensor = None, bias: Tensor = None, use_input_stats=True, momentum=0.1, eps=1e-05',
  },
  onnx: {
    InstanceNormalization: node => ({
      inputs: [0, undefined, undefined, 1, 2],
      attrs: { eps: node.number('epsilon', 1e-5) },
    }),
  },
  emit: (node, to) => {
    const size = node.size(0, 1);
    const filled = (value: number): string => to.filled(value, dtypeOf(node), [size]);
    const scale = node.has(3) ? to.in(3) : filled(1);
    const bias = node.has(4) ? to.in(4) : filled(0);
    const epsilon = { float: node.number('eps', 1e-5) };
    return [
      node.flag('use_input_stats', true)
        ? to.node('InstanceNormalization', [to.in(0), scale, bias], { epsilon })
        : to.node('BatchNormalization', [to.in(0), scale, bias, to.in(1), to.in(2)], { epsilon }),
    ];
  },
  examples: [
    { in: ['float32[2,4,5,5]'], out: ['float32[2,4,5,5]'], macs: 0, flops: 1600, bytes: 1600 },
    {
      in: ['float32[2,4,9]', 'float32[4]', 'float32[4]', 'float32[4]', 'float32[4]'],
      attrs: { use_input_stats: false },
      out: ['float32[2,4,9]'],
      macs: 0,
      flops: 144,
    },
  ],
});

export const rmsNorm = defineOp({
  name: 'rms_norm',
  doc: 'Division by the root mean square over the last axes, 4 steps per element.',
  source: 'torch.nn.RMSNorm reference; ONNX RMSNormalization-23',
  infer: node => [node.type(0)],
  cost: node => formula(0, RMS * node.outputElements()),
  torch: spell('torch F', 'rms_norm', 'input: Tensor, normalized_shape, weight: Tensor = None, eps=None'),
  onnx: {
    RMSNormalization: node => ({
      attrs: {
        normalized_shape: node
          .shape(0)
          .slice(normaliseAxis(node.number('axis', -1), node.rank(0)))
          .map(known),
        eps: node.number('epsilon', 1e-5),
      },
    }),
    'com.microsoft:SimplifiedLayerNormalization': readSimplified,
    SimplifiedLayerNormalization: readSimplified,
  },
  emit: (node, to) => {
    const count = node.numbersOf('normalized_shape').length;
    const axes = Array.from({ length: count }, (_, index) => index - count);
    const mean = to.node('ReduceMean', [to.node('Mul', [to.in(0), to.in(0)])], { axes, keepdims: 1 });
    const normal = normalised(to, to.in(0), mean, node);
    return [node.has(1) ? to.node('Mul', [normal, to.in(1)]) : normal];
  },
  examples: [
    {
      in: ['float32[2,5,16]', 'float32[16]'],
      attrs: { normalized_shape: [16] },
      out: ['float32[2,5,16]'],
      macs: 0,
      flops: 640,
      bytes: 1344,
    },
  ],
});

function readSimplified(node: OnnxNode): OnnxCall {
  const axis = normaliseAxis(node.number('axis', -1), node.rank(0));
  return {
    inputs: [0, 1],
    attrs: { normalized_shape: node.shape(0).slice(axis).map(known), eps: node.number('epsilon', 1e-5) },
  };
}

export const localResponseNorm = defineOp({
  name: 'local_response_norm',
  doc: 'Division by a power of the mean square over `size` neighbouring channels: square, size adds, scale, add, power, divide.',
  source: 'torch.nn.LocalResponseNorm reference; ONNX LRN-13',
  infer: node => [node.type(0)],
  cost: node => formula(0, (node.number('size') + 5) * node.outputElements()),
  torch: spell('F', 'local_response_norm', 'input: Tensor, size, alpha=0.0001, beta=0.75, k=1.0'),
  onnx: {
    LRN: node => ({
      attrs: {
        size: node.number('size'),
        alpha: node.number('alpha', 1e-4),
        beta: node.number('beta', 0.75),
        k: node.number('bias', 1),
      },
    }),
  },
  emit: (node, to) => [
    to.node('LRN', [to.in(0)], {
      size: node.number('size'),
      alpha: { float: node.number('alpha', 1e-4) },
      beta: { float: node.number('beta', 0.75) },
      bias: { float: node.number('k', 1) },
    }),
  ],
  examples: [
    { in: ['float32[1,8,4,4]'], attrs: { size: 5 }, out: ['float32[1,8,4,4]'], macs: 0, flops: 1280, bytes: 1024 },
  ],
});

/** Elements along the axis of attribute dim. */
const lineOf = (node: NodeView): number => node.size(0, node.number('dim', 1));

export const normalize = defineOp({
  name: 'normalize',
  doc: 'Division by the norm along an axis: power and sum per element, root and lower bound per norm, divide per element.',
  source: 'torch.nn.functional.normalize reference; ONNX LpNormalization-1',
  infer: node => [node.type(0)],
  cost: node => formula(0, 3 * node.outputElements() + (2 * node.outputElements()) / lineOf(node)),
  torch: spell('F', 'normalize', 'input: Tensor, p=2.0, dim: int = 1, eps=1e-12'),
  onnx: { LpNormalization: node => ({ attrs: { p: node.number('p', 2), dim: node.number('axis', -1) } }) },
  emit: (node, to) => {
    const p = node.number('p', 2);
    const axes = [node.number('dim', 1)];
    const norm = to.node(p === 1 ? 'ReduceL1' : 'ReduceL2', [to.in(0)], { axes, keepdims: 1 });
    const least = to.node('Max', [norm, to.scalar(node.number('eps', 1e-12), dtypeOf(node))]);
    return [to.node('Div', [to.in(0), least])];
  },
  examples: [
    // 3 × 24 + 2 × 6
    { in: ['float32[2,4,3]'], attrs: { dim: 1 }, out: ['float32[2,4,3]'], macs: 0, flops: 84, bytes: 192 },
  ],
});

export const weightNorm = defineOp({
  name: 'weight_norm',
  doc: 'g·v / ‖v‖ over all axes but dim: square and sum per element, root and divide per norm, multiply per element.',
  source: 'torch.nn.utils.weight_norm reference',
  infer: node => [node.type(0)],
  cost: node => formula(0, 3 * node.outputElements() + 2 * node.elements(1)),
  torch: { 'torch._weight_norm': 'v: Tensor, g: Tensor, dim: int = 0' },
  emit: (node, to) => {
    const dim = node.number('dim', 0);
    const axes = Array.from({ length: node.rank(0) }, (_, axis) => axis).filter(axis => axis !== dim);
    const norm = to.node('ReduceL2', [to.in(0)], { axes, keepdims: 1 });
    return [to.node('Mul', [to.in(0), to.node('Div', [to.in(1), norm])])];
  },
  examples: [{ in: ['float32[8,4,3]', 'float32[8,1,1]'], out: ['float32[8,4,3]'], macs: 0, flops: 304, bytes: 800 }],
});
