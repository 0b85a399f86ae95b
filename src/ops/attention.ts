/**
 * Attention as one function: queries·keysᵀ and weights·values for all heads, counted in full where it is causal.
 * Beside the products, per score: scaling 1, softmax 5, a mask 1.
 */
import type { Dim } from '../ir/tensor';
import { tensor } from '../ir/tensor';
import { isUnknown } from '../base/known';
import { text } from '../base/text';
import { dtypeOf } from './elementwise';
import type { Emitter, InferredView, NodeView } from './op';
import { defineOp, formula, Mismatch, Undetermined } from './op';
import { broadcast, promote, same } from './rules';
import { spell } from './spell';
import { known } from './view';

const PER_SCORE = 6;

/** Inputs: queries […, L, E], keys […, S, E], values […, S, Ev], mask that broadcasts to […, L, S]. */
export const scaledDotProductAttention = defineOp({
  name: 'scaled_dot_product_attention',
  doc: 'softmax(scale · Q·Kᵀ + mask) · V, with 1/√E as the usual scale.',
  source: 'torch.nn.functional.scaled_dot_product_attention reference; Vaswani et al. 2017, arXiv:1706.03762',
  infer: node => {
    const [query, key, value] = [node.shape(0), node.shape(1), node.shape(2)];
    same(node.dim(0, -1), node.dim(1, -1), 'attention');
    same(node.dim(1, -2), node.dim(2, -2), 'attention');
    const heads = node.flag('enable_gqa', false)
      ? query.slice(0, -2)
      : broadcast(query.slice(0, -2), key.slice(0, -2), value.slice(0, -2));
    if (isUnknown(heads)) throw new Undetermined(heads.unknown);
    if (node.flag('enable_gqa', false)) groupsOf(node);
    return [tensor(promote([0, 1, 2].map(input => node.type(input))), [...heads, node.dim(0, -2), node.dim(2, -1)])];
  },
  cost: node => {
    const rows = node.outputElements() / Math.max(1, node.size(2, -1));
    const scores = rows * node.size(1, -2);
    const macs = scores * (node.size(0, -1) + node.size(2, -1));
    return formula(macs, scores * (PER_SCORE + (node.has(3) || node.flag('is_causal', false) ? 1 : 0)));
  },
  torch: spell(
    'F',
    'scaled_dot_product_attention',
    'query: Tensor, key: Tensor, value: Tensor, attn_mask: Tensor = None, dropout_p=0.0, is_causal=False, *, scale=None, enable_gqa=False',
  ),
  emit: (node, to) => {
    const dtype = dtypeOf(node);
    const [query, key, value] = [to.in(0), repeated(node, to, 1), repeated(node, to, 2)];
    const scale = node.attr('scale') === undefined ? 1 / Math.sqrt(node.size(0, -1)) : node.number('scale');
    const scaled = to.node('Mul', [query, to.scalar(scale, dtype)]);
    const scores = masked(node, to, to.node('MatMul', [scaled, transposed(to, key, node.rank(1))]));
    return [to.node('MatMul', [to.node('Softmax', [scores], { axis: -1 }), value])];
  },
  examples: [
    // 2 heads × 4 queries × 6 keys = 48 scores × (8 + 8); 48 × 6 beside
    {
      in: ['float32[1,2,4,8]', 'float32[1,2,6,8]', 'float32[1,2,6,8]'],
      out: ['float32[1,2,4,8]'],
      macs: 768,
      flops: 1824, // 1536 + 288
      bytes: 1280, // 4 × (64 + 96 + 96 + 64)
    },
    // causal, in full: 16 scores × (8 + 3); 16 × 7 beside
    {
      in: ['float32[4,8]', 'float32[4,8]', 'float32[4,3]'],
      attrs: { is_causal: true, scale: 0.5 },
      out: ['float32[4,3]'],
      macs: 176,
      flops: 464, // 352 + 112
    },
    // a boolean mask; batches broadcast: 2·3 × 4 × 4 scores
    {
      in: ['float32[2,1,4,8]', 'float32[1,3,4,8]', 'float32[1,3,4,8]', 'bool[4,4]'],
      out: ['float32[2,3,4,8]'],
      macs: 1536,
      flops: 3744, // 3072 + 96 × 7
    },
    // grouped queries: 4 heads of queries share 2 of keys; 4 × 3 × 3 scores
    {
      in: ['float32[1,4,3,8]', 'float32[1,2,3,8]', 'float32[1,2,3,8]'],
      attrs: { enable_gqa: true },
      out: ['float32[1,4,3,8]'],
      macs: 576,
      flops: 1368, // 1152 + 36 × 6
    },
  ],
});

/** Heads of queries per head of keys. */
function groupsOf(node: NodeView): Dim {
  const [queries, keys] = [node.dim(0, -3), node.dim(1, -3)];
  if (isUnknown(queries) || isUnknown(keys)) return isUnknown(queries) ? queries : keys;
  if (queries % keys !== 0)
    throw new Mismatch(text('{0} heads of queries cannot share {1} heads of keys', queries, keys));
  return queries / keys;
}

const transposed = (to: Emitter, name: string, rank: number): string => {
  const order = Array.from({ length: rank }, (_, axis) => axis);
  return to.node('Transpose', [name], { perm: [...order.slice(0, -2), rank - 1, rank - 2] });
};

/** Each head of keys or values as often as heads of queries share it. */
function repeated(node: InferredView, to: Emitter, input: 1 | 2): string {
  const groups = node.flag('enable_gqa', false) ? known(groupsOf(node)) : 1;
  if (groups === 1) return to.in(input);
  const sizes = node.shape(input).map(known);
  const [heads = 1, length = 1, width = 1] = sizes.slice(-3);
  const batch = sizes.slice(0, -3);
  const apart = to.node('Unsqueeze', [to.in(input), to.ints([-3])]);
  const expanded = to.node('Expand', [apart, to.ints([...batch, heads, groups, length, width])]);
  return to.node('Reshape', [expanded, to.ints([...batch, heads * groups, length, width])]);
}

/** Booleans say what may be looked at; numbers are added to the scores. */
function masked(node: InferredView, to: Emitter, scores: string): string {
  const dtype = dtypeOf(node);
  if (node.flag('is_causal', false)) {
    const never = to.filled(-Infinity, dtype, [node.size(0, -2), node.size(1, -2)]);
    return to.node('Add', [scores, to.node('Trilu', [never, to.scalar(1, 'int64')], { upper: 1 })]);
  }
  if (!node.has(3)) return scores;
  if (node.dtype(3) === 'bool') return to.node('Where', [to.in(3), scores, to.scalar(-Infinity, dtype)]);
  return to.node('Add', [scores, to.in(3)]);
}
