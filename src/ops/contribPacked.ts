/**
 * onnxruntime's attention over sequences without padding: tokens of all sequences stand in one list. The products are
 * counted as for padded sequences, as masked ones are counted in full; projections are those of the real tokens.
 */
import type { Dim } from '../ir/tensor';
import { tensor } from '../ir/tensor';
import { unknown } from '../base/known';
import { text } from '../base/text';
import type { Cost, InferredView, NodeView, OnnxNode } from './op';
import { defineOp, formula, free, Mismatch } from './op';
import { same } from './rules';
import { known } from './view';

const SCALE_AND_SOFTMAX = 6;
const SIGMOID = 4;
const DECIDED = unknown(text('the lengths of the sequences decide how many tokens there are'));

const headSize = (size: number, heads: number): number => {
  if (size % heads !== 0) throw new Mismatch(text('{0} elements cannot be split over {1} heads', size, heads));
  return size / heads;
};

/** `offsets`: the input [batch, length] that says where each token stood. */
function attention(node: InferredView, offsets: number, query: number, value: number, bias: boolean): Cost {
  const heads = node.number('num_heads');
  const scores = node.size(offsets, 0) * heads * node.size(offsets, 1) ** 2;
  const products = scores * (headSize(query, heads) + headSize(value, heads));
  return formula(products, scores * (SCALE_AND_SOFTMAX + (bias ? 1 : 0)));
}

function add(a: Cost, macs: number, steps: number): Cost {
  return a.kind === 'formula' ? { ...a, macs: a.macs + macs, flops: a.flops + 2 * macs + steps } : a;
}

/** Inputs: tokens [count, in], weight [in, q + k + v], bias, offsets [batch, length], lengths, added bias. */
export const packedAttention = defineOp({
  name: 'packed_attention',
  doc: 'Projection of tokens without padding to queries, keys and values, then attention over all heads.',
  source: 'onnxruntime contrib operators: PackedAttention',
  infer: node => [tensor(node.dtype(0), [node.dim(0, 0), sizes(node)[2]])],
  cost: node => {
    const [query, key, value] = sizes(node);
    const projected = node.size(0, 0) * (query + key + value);
    return add(attention(node, 3, query, value, node.has(5)), projected * node.size(0, 1), projected);
  },
  onnx: {
    'com.microsoft:PackedAttention': node => ({
      attrs: { num_heads: node.number('num_heads'), sizes: node.attr('qkv_hidden_sizes') },
    }),
  },
  examples: [
    // 5 tokens × 8 × 24 projected; 2 sequences × 2 heads × 3² scores × (4 + 4); bias 120; 36 × 6
    {
      in: ['float32[5,8]', 'float32[8,24]', 'float32[24]', 'int32[2,3]', 'int32[3]'],
      attrs: { num_heads: 2 },
      out: ['float32[5,8]'],
      macs: 1248,
      flops: 2832,
    },
  ],
});

function sizes(node: NodeView): readonly [number, number, number] {
  const [query, key, value] = node.numbersOf('sizes', []);
  if (query !== undefined && key !== undefined && value !== undefined) return [query, key, value];
  const third = headSize(node.size(1, 1), 3);
  return [third, third, third];
}

/** Inputs: queries [count, size] (or all three [count, heads, 3, size]), keys, values, bias, offsets, lengths, added bias. */
export const packedMultiHeadAttention = defineOp({
  name: 'packed_multi_head_attention',
  doc: 'Attention over all heads of projected tokens without padding.',
  source: 'onnxruntime contrib operators: PackedMultiHeadAttention',
  infer: node => [tensor(node.dtype(0), [node.dim(0, 0), valueSize(node)])],
  cost: node => {
    const query = node.rank(0) === 4 ? node.size(0, 1) * node.size(0, 3) : node.size(0, 1);
    const biased = node.has(3) ? node.size(0, 0) * node.size(3, 0) : 0;
    return add(attention(node, 4, query, known(valueSize(node)), node.has(6)), 0, biased);
  },
  onnx: { 'com.microsoft:PackedMultiHeadAttention': node => ({ attrs: { num_heads: node.number('num_heads') } }) },
  examples: [
    // 2 × 2 heads × 3² scores × 8; 36 × 6
    {
      in: ['float32[5,2,3,4]', '_', '_', '_', 'int32[2,3]', 'int32[3]'],
      attrs: { num_heads: 2 },
      out: ['float32[5,8]'],
      macs: 288,
      flops: 792,
    },
  ],
});

const valueSize = (node: NodeView): Dim => (node.rank(0) === 4 ? node.size(0, 1) * node.size(0, 3) : node.dim(2, 1));

export const removePadding = defineOp({
  name: 'remove_padding',
  doc: 'The real tokens of padded sequences, and where they stood.',
  source: 'onnxruntime contrib operators: RemovePadding',
  infer: node => {
    const batch = node.dim(0, 0);
    const counts = node.data(1);
    const real = counts === undefined ? DECIDED : counts.map(known).reduce((a, b) => a + b, 0);
    const starts = typeof batch === 'number' ? batch + 1 : batch;
    return [
      tensor(node.dtype(0), [real, node.dim(0, 2)]),
      tensor('int32', [batch, node.dim(0, 1)]),
      tensor('int32', [starts]),
      tensor('int32', [1]),
    ];
  },
  cost: () => free('moves elements'),
  onnx: { 'com.microsoft:RemovePadding': {} },
  examples: [
    {
      in: ['float32[2,3,8]', 'int32[2]'],
      data: { 1: [3, 1] },
      out: ['float32[4,8]', 'int32[2,3]', 'int32[3]', 'int32[1]'],
    },
  ],
});

export const restorePadding = defineOp({
  name: 'restore_padding',
  doc: 'Tokens put back among padding.',
  source: 'onnxruntime contrib operators: RestorePadding',
  infer: node => [tensor(node.dtype(0), [...node.shape(1), node.dim(0, 1)])],
  cost: () => free('moves elements'),
  onnx: { 'com.microsoft:RestorePadding': {} },
  examples: [{ in: ['float32[4,8]', 'int32[2,3]'], out: ['float32[2,3,8]'] }],
});

/** Inputs: table [buckets, heads], numbers of queries and keys. */
export const relativePositionBias = defineOp({
  name: 'relative_position_bias',
  doc: 'A bias per head, query and key, looked up by their distance.',
  source: 'onnxruntime contrib operators: RelativePositionBias',
  infer: node => {
    const [queries = 1, keys = 1] = [...node.numbers(1), ...node.numbers(2)];
    return [tensor(node.dtype(0), [1, node.dim(0, 1), queries, keys])];
  },
  cost: () => free('looks up elements'),
  onnx: { 'com.microsoft:RelativePositionBias': {} },
  examples: [{ in: ['float32[32,4]', 'int64[1]', 'int64[1]'], data: { 1: [6], 2: [6] }, out: ['float32[1,4,6,6]'] }],
});

/** Inputs: queries [batch, length, heads·size], their bias, positions, weight [size, D], bias, factors, offsets. */
export const gatedRelativePositionBias = defineOp({
  name: 'gated_relative_position_bias',
  doc: 'Biases by distance, scaled by gates that a small product makes of the queries.',
  source: 'onnxruntime contrib operators: GatedRelativePositionBias',
  infer: node => {
    const packed = node.has(6);
    const [batch, length] = packed ? [node.dim(6, 0), node.dim(6, 1)] : [node.dim(0, 0), node.dim(0, 1)];
    return [tensor(node.dtype(0), [batch, node.number('num_heads'), length, length])];
  },
  cost: node => {
    const rows = gates(node);
    const width = node.size(3, 1);
    // Bias of the queries, bias and sum of the gates, two sigmoids, three steps for the scale, one per output.
    const steps = node.elements(0) + rows * (2 * width + 2 * SIGMOID + 3) + node.outputElements();
    return formula(rows * node.size(3, 0) * width, steps);
  },
  onnx: {
    'com.microsoft:GatedRelativePositionBias': (node: OnnxNode) => ({ attrs: { num_heads: node.number('num_heads') } }),
  },
  examples: [
    // 2·3·2 rows × 4 × 8; 48 + 12 × (16 + 8 + 3) + 36
    {
      in: ['float32[2,3,8]', 'float32[8]', 'float32[1,2,3,3]', 'float32[4,8]', 'float32[8]', 'float32[1,2,1,1]'],
      attrs: { num_heads: 2 },
      out: ['float32[2,2,3,3]'],
      macs: 384,
      flops: 1176,
    },
  ],
});

function gates(node: InferredView): number {
  const heads = node.number('num_heads');
  same(headSize(node.size(0, -1), heads), node.dim(3, 0), 'gated_relative_position_bias');
  return (node.elements(0) / node.size(0, -1)) * heads;
}
