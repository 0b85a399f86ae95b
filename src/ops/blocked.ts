/**
 * onnxruntime's layouts of its own: channels in blocks (nchwc) and channels last. The arithmetic is that of the plain
 * ops; only how the elements lie differs. Blocks are filled up, so channels may be more than the model's.
 */
import type { Dim } from '../ir/tensor';
import { tensor } from '../ir/tensor';
import { conv, readConv } from './conv';
import type { NodeView, OnnxCall, OnnxNode } from './op';
import { defineOp, formula, free } from './op';
import { known, replacing } from './view';

/** With channels last every shape is turned; in blocks the input has as many channels as the weight takes. */
function plain(node: NodeView): NodeView {
  const shape = (input: number): readonly Dim[] => {
    const dims = node.shape(input);
    if (input !== 0) return dims;
    if (node.flag('channels_last', false)) return [...dims.slice(0, 1), ...dims.slice(-1), ...dims.slice(1, -1)];
    const [batch = 1, , ...space] = dims;
    return [batch, known(node.dim(1, 1)) * node.number('groups', 1), ...space];
  };
  const type = (input: number): ReturnType<NodeView['type']> =>
    input === 0 ? tensor(node.dtype(0), shape(0)) : node.type(input);
  return replacing(node, {
    shape,
    type,
    dim: (input, axis) => shape(input).at(axis) ?? node.dim(input, axis),
    rank: input => shape(input).length,
  });
}

const turnedBack = (node: NodeView, dims: readonly Dim[]): readonly Dim[] =>
  node.flag('channels_last', false) ? [...dims.slice(0, 1), ...dims.slice(2), ...dims.slice(1, 2)] : dims;

const STEPS: Readonly<Record<string, number>> = {
  Relu: 1,
  LeakyRelu: 2,
  Tanh: 1,
  Sigmoid: 4,
  Clip: 2,
  HardSigmoid: 4,
  '': 0,
};

/** Attributes as of `conv`, channels_last, activation. Inputs: x, weight, bias, a tensor to add. */
export const blockedConv = defineOp({
  name: 'blocked_conv',
  doc: 'Convolution in one of onnxruntime’s own layouts, with an optional sum and activation.',
  source: 'onnxruntime: nchwc Conv, contrib NhwcConv and NhwcFusedConv',
  infer: node => [tensor(node.dtype(0), turnedBack(node, known(conv.infer(plain(node))[0]?.shape ?? [])))],
  cost: node => {
    const window = node
      .shape(1)
      .slice(1)
      .map(known)
      .reduce((a, b) => a * b, 1);
    const steps = (node.has(2) ? 1 : 0) + (node.has(3) ? 1 : 0) + (STEPS[node.text('activation', '')] ?? 1);
    return formula(node.outputElements() * window, node.outputElements() * steps);
  },
  onnx: {
    'com.microsoft.nchwc:Conv': node => ({
      attrs: { ...readConv(node).attrs, activation: node.text('activation', '') },
    }),
    'com.microsoft:NhwcConv': readLast,
    'com.microsoft:NhwcFusedConv': readLast,
  },
  examples: [
    // 16 · 36 outputs × 8 · 9; a compare each
    {
      in: ['float32[1,8,8,8]', 'float32[16,8,3,3]'],
      attrs: { groups: 1, activation: 'Relu' },
      out: ['float32[1,16,6,6]'],
      macs: 41_472,
      flops: 83_520,
    },
    {
      in: ['float32[1,8,8,3]', 'float32[4,3,3,3]'],
      attrs: { padding: 1, channels_last: true },
      out: ['float32[1,8,8,4]'],
      macs: 6912,
      flops: 13_824,
    },
  ],
});

function readLast(node: OnnxNode): OnnxCall {
  const { attrs } = readConv(plain(replacing(node, { flag: () => true })) as OnnxNode);
  return { attrs: { ...attrs, channels_last: true, activation: node.text('activation', '') } };
}

/** Attribute channels: as many as there are without the filling. */
export const reorderOutput = defineOp({
  name: 'reorder_output',
  doc: 'Out of blocks of channels into the plain layout.',
  source: 'onnxruntime: nchwc ReorderOutput',
  infer: node => {
    const [batch = 1, , ...space] = node.shape(0);
    const channels = node.number('channels');
    return [
      tensor(node.dtype(0), node.flag('last', false) ? [batch, ...space, channels] : [batch, channels, ...space]),
    ];
  },
  cost: () => free('moves elements'),
  onnx: {
    'com.microsoft.nchwc:ReorderOutput': node => ({
      attrs: { channels: node.number('channels'), last: node.flag('channels_last', false) },
    }),
  },
  examples: [{ in: ['float32[1,24,7,7]'], attrs: { channels: 20 }, out: ['float32[1,20,7,7]'] }],
});

export const reorderInput = defineOp({
  name: 'reorder_input',
  doc: 'Into blocks of channels.',
  source: 'onnxruntime: nchwc ReorderInput',
  infer: node => {
    const dims = node.shape(0);
    const turned = [...dims.slice(0, 1), ...dims.slice(-1), ...dims.slice(1, -1)];
    return [tensor(node.dtype(0), node.flag('last', false) ? turned : dims)];
  },
  cost: () => free('moves elements'),
  onnx: {
    'com.microsoft.nchwc:ReorderInput': node => ({ attrs: { last: node.flag('channels_last', false) } }),
  },
  examples: [{ in: ['float32[1,7,7,24]'], attrs: { last: true }, out: ['float32[1,24,7,7]'] }],
});
