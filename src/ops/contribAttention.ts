/**
 * onnxruntime's attention ops: projections where they include them, then queries·keysᵀ and weights·values for all
 * heads, each heads × queries × keys × head size MACs, counted in full where they are causal. Beside the products:
 * scaling 1, softmax 5, a mask 1 per score.
 */
import type { Dim, TensorType } from '../ir/tensor';
import { tensor } from '../ir/tensor';
import { isUnknown } from '../base/known';
import { text } from '../base/text';
import type { Cost, InferredView, NodeView, OnnxNode } from './op';
import { defineOp, formula, Mismatch, Undetermined } from './op';
import { known } from './view';

const SOFTMAX = 5;

interface Scores {
  readonly batch: number;
  readonly heads: number;
  readonly queries: number;
  readonly keys: number;
  /** Elements of a query and of a value per head. */
  readonly size: number;
  readonly valueSize: number;
  readonly masked: boolean;
}

function attention(scores: Scores, projectionMacs: number, otherFlops: number): Cost {
  const { batch, heads, queries, keys, size, valueSize, masked } = scores;
  const count = batch * heads * queries * keys;
  return formula(projectionMacs + count * (size + valueSize), otherFlops + count * (1 + SOFTMAX + (masked ? 1 : 0)));
}

/** Keys there were before and keys that come. */
const addDims = (a: Dim, b: Dim): Dim => (isUnknown(a) ? a : isUnknown(b) ? b : a + b);

const divideDim = (size: Dim, heads: number): Dim => {
  if (isUnknown(size)) return size;
  if (size % heads !== 0) throw new Mismatch(text('{0} elements cannot be split over {1} heads', size, heads));
  return size / heads;
};

/**
 * What is known of keys and values of earlier steps beyond their sizes: where they lie in a buffer of full length, an
 * input says how many of them there are.
 */
function readPast(node: OnnxNode, length: number): { readonly before?: number } {
  if (!node.flag('past_present_share_buffer', false)) return {};
  const [before] = node.has(length) ? (node.data(length) ?? []) : [];
  if (typeof before !== 'number') throw new Undetermined(text('how many earlier keys there are is not known'));
  return { before };
}

/** Earlier keys: as many as the buffer holds, or as attribute before says. */
const earlier = (node: NodeView, held: Dim): Dim => (node.attr('before') === undefined ? held : node.number('before'));

/** A buffer of full length keeps its length. */
const presentKeys = (node: NodeView, held: Dim, keys: Dim): Dim => (node.attr('before') === undefined ? keys : held);

/**
 * Inputs: x [batch, length, in], weight [in, q + k + v], bias, mask, past [2, batch, heads, before, size], added bias.
 * Attribute before: so many keys of the past count.
 */
export const attentionWithProjection = defineOp({
  name: 'attention_with_projection',
  doc: 'Projection to queries, keys and values with one matrix, then attention over all heads.',
  source: 'onnxruntime contrib operators: Attention, QAttention',
  infer: node => {
    const [batch = 1, length = 1] = node.shape(0);
    const value = projectionSizes(node)[2];
    const heads = node.number('num_heads');
    const kept = node.has(4) ? presentKeys(node, node.dim(4, 3), keysOf(node)) : keysOf(node);
    const present = tensor(node.dtype(0), [2, batch, heads, kept, divideDim(value, heads)]);
    const dtype = node.flag('quantised', false) ? node.dtype(2) : node.dtype(0);
    return [tensor(dtype, [batch, length, value]), present].slice(0, node.number('outputs', 1));
  },
  cost: node => {
    const [query, key, value] = knownSizes(projectionSizes(node));
    const heads = node.number('num_heads');
    const projected = node.size(0, 0) * node.size(0, 1) * (query + key + value);
    const scores: Scores = {
      batch: node.size(0, 0),
      heads,
      queries: node.size(0, 1),
      keys: known(keysOf(node)),
      size: query / heads,
      valueSize: value / heads,
      masked: node.has(3) || node.has(5),
    };
    return attention(scores, projected * node.size(1, 0), node.has(2) ? projected : 0);
  },
  onnx: {
    'com.microsoft:Attention': node => ({
      inputs: [0, 1, 2, 3, 4, 5],
      attrs: { ...readProjection(node), ...readPast(node, 6) },
    }),
    'com.microsoft:DecoderMaskedSelfAttention': node => ({
      inputs: [0, 1, 2, 3, 4, 5],
      attrs: { ...readProjection(node), ...readPast(node, 6) },
    }),
    // Input, weight, bias, two scales, mask, two zero points, past.
    'com.microsoft:QAttention': node => ({
      inputs: [0, 1, 2, 5, 8, undefined, 3, 4, 6, 7],
      attrs: { ...readProjection(node), quantised: true },
    }),
  },
  examples: [
    // 1·4·8 × 24 projected; 2 heads × 4 × 4 × (4 + 4); bias 96; 32 scores × 6
    {
      in: ['float32[1,4,8]', 'float32[8,24]', 'float32[24]'],
      attrs: { num_heads: 2 },
      out: ['float32[1,4,8]'],
      macs: 1024, // 768 + 256
      flops: 2336, // 2048 + 96 + 192
    },
    // 3 past keys: 2 × 4 × 7 × 8
    {
      in: ['float32[1,4,8]', 'float32[8,24]', 'float32[24]', 'int32[1,7]', 'float32[2,1,2,3,4]'],
      attrs: { num_heads: 2, outputs: 2 },
      out: ['float32[1,4,8]', 'float32[2,1,2,7,4]'],
      macs: 1216,
      flops: 2920, // 2432 + 96 + 56 × 7
    },
    // the same where the past lies in a buffer of 10
    {
      in: ['float32[1,4,8]', 'float32[8,24]', 'float32[24]', 'int32[1,7]', 'float32[2,1,2,10,4]'],
      attrs: { num_heads: 2, outputs: 2, before: 3 },
      out: ['float32[1,4,8]', 'float32[2,1,2,10,4]'],
      macs: 1216,
      flops: 2920,
    },
  ],
});

function readProjection(node: OnnxNode): Record<string, number | readonly number[]> {
  return {
    num_heads: node.number('num_heads'),
    outputs: node.outputCount,
    ...(node.attr('qkv_hidden_sizes') !== undefined && { sizes: node.numbersOf('qkv_hidden_sizes') }),
  };
}

function projectionSizes(node: NodeView): readonly [Dim, Dim, Dim] {
  const [query, key, value] = node.numbersOf('sizes', []);
  if (query !== undefined && key !== undefined && value !== undefined) return [query, key, value];
  const third = divideDim(node.dim(1, 1), 3);
  return [third, third, third];
}

const knownSizes = (sizes: readonly [Dim, Dim, Dim]): readonly [number, number, number] => [
  known(sizes[0]),
  known(sizes[1]),
  known(sizes[2]),
];

const keysOf = (node: NodeView): Dim =>
  node.has(4) ? addDims(earlier(node, node.dim(4, 3)), node.dim(0, 1)) : node.dim(0, 1);

/** Sizes of queries, keys and values in any of the layouts that MultiHeadAttention and its kin take. */
interface Layout {
  readonly batch: Dim;
  readonly queries: Dim;
  readonly keys: Dim;
  readonly size: Dim;
  readonly valueSize: Dim;
}

/**
 * Inputs: queries [batch, length, heads·size] (or packed with keys and values [batch, length, heads, 3, size]), keys
 * and values [batch, length, …] or [batch, heads, length, size] (or packed [batch, length, heads, 2, size]), bias, key
 * mask, added bias, past keys and values [batch, heads, length, size]. Attributes before: so many of the past count;
 * packed: queries, keys and values lie side by side in input 0.
 */
export const multiHeadAttention = defineOp({
  name: 'contrib_multi_head_attention',
  doc: 'Attention over all heads of projected queries, keys and values, with keys and values of earlier steps.',
  source: 'onnxruntime contrib operators: MultiHeadAttention',
  infer: node => {
    const heads = node.number('num_heads');
    const { batch, queries, keys, size, valueSize } = layoutOf(node);
    const value = isUnknown(valueSize) ? valueSize : valueSize * heads;
    const kept = node.has(6) ? presentKeys(node, node.dim(6, 2), keys) : keys;
    const types: TensorType[] = [
      tensor(node.dtype(0), [batch, queries, value]),
      tensor(node.dtype(0), [batch, heads, kept, size]),
      tensor(node.dtype(0), [batch, heads, kept, valueSize]),
      tensor(node.dtype(0), [batch, heads, queries, keys]),
    ];
    return types.slice(0, node.number('outputs', 1));
  },
  cost: node => {
    const heads = node.number('num_heads');
    const layout = layoutOf(node);
    const scores: Scores = { ...knownLayout(layout), heads, masked: node.has(4) || node.has(5) };
    return attention(scores, 0, node.has(3) ? biased(node) : 0);
  },
  onnx: {
    'com.microsoft:MultiHeadAttention': node => ({
      inputs: [0, 1, 2, 3, 4, 5, 6, 7],
      attrs: { num_heads: node.number('num_heads'), outputs: node.outputCount, ...readPast(node, 8) },
    }),
    // Query, key, value, mask, added bias, past keys and values, their length, beams, the way through them, bias.
    'com.microsoft:DecoderMaskedMultiHeadAttention': node => ({
      inputs: [0, 1, 2, 10, 3, 4, 5, 6],
      attrs: {
        num_heads: node.number('num_heads'),
        outputs: node.outputCount,
        packed: !node.has(1),
        ...readPast(node, 7),
      },
    }),
  },
  examples: [
    // 2 heads × 3 × 5 × (4 + 4); 30 scores × 6
    {
      in: ['float32[1,3,8]', 'float32[1,5,8]', 'float32[1,5,8]'],
      attrs: { num_heads: 2 },
      out: ['float32[1,3,8]'],
      macs: 240,
      flops: 660,
    },
    // packed; 2 × 3 × 3 × 8
    {
      in: ['float32[1,3,2,3,4]'],
      attrs: { num_heads: 2, outputs: 3 },
      out: ['float32[1,3,8]', 'float32[1,2,3,4]', 'float32[1,2,3,4]'],
      macs: 144,
      flops: 396,
    },
    // 6 past keys and one new one: 2 × 1 × 7 × 8
    {
      in: ['float32[1,1,8]', 'float32[1,1,8]', 'float32[1,1,8]', '_', '_', '_', 'float32[1,2,6,4]', 'float32[1,2,6,4]'],
      attrs: { num_heads: 2, outputs: 3 },
      out: ['float32[1,1,8]', 'float32[1,2,7,4]', 'float32[1,2,7,4]'],
      macs: 112,
      flops: 308,
    },
  ],
});

/** One add for every element of queries, keys and values. */
const biased = (node: InferredView): number =>
  [0, 1, 2].filter(input => node.has(input)).reduce((sum, input) => sum + node.elements(input), 0);

const knownLayout = ({ batch, queries, keys, size, valueSize }: Layout): Omit<Scores, 'heads' | 'masked'> => ({
  batch: known(batch),
  queries: known(queries),
  keys: known(keys),
  size: known(size),
  valueSize: known(valueSize),
});

function layoutOf(node: NodeView): Layout {
  const heads = node.number('num_heads');
  const [batch = 1, queries = 1] = node.shape(0);
  const past: Dim = node.has(6) ? earlier(node, node.dim(6, 2)) : 0;
  const parts = node.flag('packed', false) ? 3 : 1;
  const size = node.rank(0) === 5 ? node.dim(0, 4) : divideDim(node.dim(0, 2), parts * heads);
  if (!node.has(1)) return { batch, queries, keys: addDims(past, queries), size, valueSize: size };
  if (node.rank(1) === 5) return { batch, queries, keys: addDims(past, node.dim(1, 1)), size, valueSize: size };
  // Keys of another sequence come once, already split into heads.
  const split = node.rank(1) === 4;
  const keys = addDims(past, node.dim(1, split ? 2 : 1));
  const valueSize = node.rank(2) === 4 ? node.dim(2, 3) : divideDim(node.dim(2, 2), heads);
  return { batch, queries, keys, size, valueSize };
}

/**
 * Inputs: queries [batch, length, heads·size] (packed with keys and values where these are absent), keys, values,
 * past keys and values [batch, kv heads, length, size], lengths, total length, and more that costs nothing here.
 */
export const groupQueryAttention = defineOp({
  name: 'group_query_attention',
  doc: 'Attention whose heads share keys and values in groups; the scores are those of all query heads.',
  source: 'onnxruntime contrib operators: GroupQueryAttention',
  infer: node => {
    const [heads, shared] = [node.number('num_heads'), node.number('kv_num_heads')];
    const { batch, queries, keys, size } = groupLayout(node);
    const value = isUnknown(size) ? size : size * heads;
    // A past that is a buffer of full length keeps that length.
    const past = node.has(3) ? node.dim(3, 2) : 0;
    const kept: Dim = isUnknown(past) || isUnknown(keys) ? keys : Math.max(past, keys);
    const present = tensor(node.dtype(0), [batch, shared, kept, size]);
    return [tensor(node.dtype(0), [batch, queries, value]), present, present].slice(0, node.number('outputs', 1));
  },
  cost: node => attention({ ...knownLayout(groupLayout(node)), heads: node.number('num_heads'), masked: false }, 0, 0),
  onnx: {
    'com.microsoft:GroupQueryAttention': node => ({
      attrs: {
        num_heads: node.number('num_heads'),
        kv_num_heads: node.number('kv_num_heads'),
        outputs: node.outputCount,
      },
    }),
  },
  examples: [
    // 4 heads × 2 × 5 × (8 + 8); 40 scores × 6
    {
      in: ['float32[1,2,32]', 'float32[1,2,16]', 'float32[1,2,16]', 'float32[1,2,3,8]', 'float32[1,2,3,8]'],
      attrs: { num_heads: 4, kv_num_heads: 2, outputs: 3 },
      out: ['float32[1,2,32]', 'float32[1,2,5,8]', 'float32[1,2,5,8]'],
      macs: 640,
      flops: 1520,
    },
  ],
});

function groupLayout(node: NodeView): Layout {
  const [batch = 1, queries = 1] = node.shape(0);
  const heads = node.number('num_heads') + (node.has(1) ? 0 : 2 * node.number('kv_num_heads'));
  const size = divideDim(node.dim(0, 2), heads);
  const [total] = node.has(6) ? (node.data(6) ?? []) : [];
  const before: Dim = node.has(3) ? node.dim(3, 2) : 0;
  const keys: Dim = typeof total === 'number' ? total : addDims(before, queries);
  return { batch, queries, keys, size, valueSize: size };
}

export const contribRotaryEmbedding = defineOp({
  name: 'contrib_rotary_embedding',
  doc: 'Pairs of elements rotated by angles from tables: two multiplications and an add per element.',
  source: 'onnxruntime contrib operators: RotaryEmbedding',
  infer: node => [node.type(0)],
  cost: node => formula(0, 3 * node.outputElements()),
  onnx: { RotaryEmbedding: {}, 'com.microsoft:RotaryEmbedding': {} },
  examples: [
    {
      in: ['float32[1,4,16]', 'int64[1,4]', 'float32[32,4]', 'float32[32,4]'],
      out: ['float32[1,4,16]'],
      macs: 0,
      flops: 192,
    },
  ],
});
