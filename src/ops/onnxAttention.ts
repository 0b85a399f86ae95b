/**
 * ONNX's own attention ops. Products as of every attention: queries·keysᵀ and weights·values for all query heads, in
 * full where they are causal. Beside them, per score: scaling 1, softmax 5, a mask 1, a soft cap 3.
 */
import type { Dim } from '../ir/tensor';
import { tensor } from '../ir/tensor';
import { isUnknown } from '../base/known';
import { text } from '../base/text';
import type { NodeView, OnnxNode } from './op';
import { defineOp, formula, free, Mismatch } from './op';
import { same } from './rules';
import { known } from './view';

const PER_SCORE = 6;
const SOFT_CAP = 3;

interface Sizes {
  readonly batch: Dim;
  readonly heads: Dim;
  readonly shared: Dim;
  readonly queries: Dim;
  /** Earlier ones included. */
  readonly keys: Dim;
  readonly size: Dim;
  readonly valueSize: Dim;
}

const plus = (a: Dim, b: Dim): Dim => (isUnknown(a) ? a : isUnknown(b) ? b : a + b);
const times = (a: Dim, b: Dim): Dim => (isUnknown(a) ? a : isUnknown(b) ? b : a * b);

function perHead(size: Dim, heads: number): Dim {
  if (isUnknown(size)) return size;
  if (size % heads !== 0) throw new Mismatch(text('{0} elements cannot be split over {1} heads', size, heads));
  return size / heads;
}

/** Inputs: queries, keys, values (all [batch, heads, length, size] or [batch, length, heads·size]), mask, past keys and values. */
function sizesOf(node: NodeView): Sizes {
  const past: Dim = node.has(4) ? node.dim(4, 2) : 0;
  if (node.rank(0) === 4) {
    same(node.dim(0, 3), node.dim(1, 3), 'attention');
    return {
      batch: node.dim(0, 0),
      heads: node.dim(0, 1),
      shared: node.dim(1, 1),
      queries: node.dim(0, 2),
      keys: plus(past, node.dim(1, 2)),
      size: node.dim(0, 3),
      valueSize: node.dim(2, 3),
    };
  }
  const [heads, shared] = [node.number('heads'), node.number('shared')];
  return {
    batch: node.dim(0, 0),
    heads,
    shared,
    queries: node.dim(0, 1),
    keys: plus(past, node.dim(1, 1)),
    size: perHead(node.dim(0, 2), heads),
    valueSize: perHead(node.dim(2, 2), shared),
  };
}

/** Attributes heads and shared (query and key heads of inputs with 3 axes), soft_cap, causal, outputs. */
export const onnxAttention = defineOp({
  name: 'onnx_attention',
  doc: 'Attention over all heads, whose keys and values may be shared in groups and continued from earlier steps.',
  source: 'ONNX Attention-24',
  infer: node => {
    const { batch, heads, shared, queries, keys, size, valueSize } = sizesOf(node);
    const flat = node.rank(0) === 3;
    const out = flat ? [batch, queries, times(heads, valueSize)] : [batch, heads, queries, valueSize];
    const types = [
      tensor(node.dtype(0), out),
      tensor(node.dtype(1), [batch, shared, keys, size]),
      tensor(node.dtype(2), [batch, shared, keys, valueSize]),
      tensor(node.dtype(0), [batch, heads, queries, keys]),
    ];
    return types.slice(0, node.number('outputs', 1));
  },
  cost: node => {
    const sizes = sizesOf(node);
    const scores = known(times(times(sizes.batch, sizes.heads), times(sizes.queries, sizes.keys)));
    const masked = node.has(3) || node.flag('causal', false);
    const steps = PER_SCORE + (masked ? 1 : 0) + (node.flag('soft_cap', false) ? SOFT_CAP : 0);
    return formula(scores * (known(sizes.size) + known(sizes.valueSize)), scores * steps);
  },
  onnx: { Attention: readAttention },
  examples: [
    // 4 heads × 2 × 3 scores × (8 + 8); 24 × 6
    {
      in: ['float32[1,4,2,8]', 'float32[1,2,3,8]', 'float32[1,2,3,8]'],
      out: ['float32[1,4,2,8]'],
      macs: 384,
      flops: 912,
    },
    // 5 keys before: 2 heads × 2 × 8 × (4 + 3); 32 × 7
    {
      in: [
        'float32[1,2,8]',
        'float32[1,3,8]',
        'float32[1,3,6]',
        'float32[2,8]',
        'float32[1,2,5,4]',
        'float32[1,2,5,3]',
      ],
      attrs: { heads: 2, shared: 2, outputs: 4 },
      out: ['float32[1,2,6]', 'float32[1,2,8,4]', 'float32[1,2,8,3]', 'float32[1,2,2,8]'],
      macs: 224,
      flops: 672,
    },
  ],
});

function readAttention(node: OnnxNode): { attrs: Record<string, number | boolean> } {
  const heads = node.number('q_num_heads', 0);
  return {
    attrs: {
      ...(heads > 0 && { heads, shared: node.number('kv_num_heads', heads) }),
      soft_cap: node.number('softcap', 0) !== 0,
      causal: node.flag('is_causal', false),
      outputs: node.outputCount,
    },
  };
}

/** Inputs: input [batch, channels, length], weight [channels, 1, kernel], bias, state [batch, channels, kernel − 1]. */
export const causalConvWithState = defineOp({
  name: 'causal_conv_with_state',
  doc: 'Convolution of each channel with its past alone, and the last inputs for the next call.',
  source: 'ONNX CausalConvWithState-26; onnxruntime contrib operators: CausalConvWithState',
  infer: node => {
    const kernel = node.dim(1, -1);
    const state = tensor(node.dtype(0), [node.dim(0, 0), node.dim(0, 1), isUnknown(kernel) ? kernel : kernel - 1]);
    return [node.type(0), state].slice(0, node.number('outputs', 1));
  },
  cost: node => {
    const activation = node.text('activation', 'none') === 'none' ? 0 : SILU;
    return formula(
      node.outputElements() * node.size(1, -1),
      node.outputElements() * ((node.has(2) ? 1 : 0) + activation),
    );
  },
  onnx: { CausalConvWithState: readCausalConv, 'com.microsoft:CausalConvWithState': readCausalConv },
  examples: [
    // 1·4·6 outputs × 3; bias 24
    {
      in: ['float32[1,4,6]', 'float32[4,1,3]', 'float32[4]'],
      attrs: { outputs: 2 },
      out: ['float32[1,4,6]', 'float32[1,4,2]'],
      macs: 72,
      flops: 168,
    },
  ],
});

const SILU = 5;

function readCausalConv(node: OnnxNode): { attrs: Record<string, string | number> } {
  return { attrs: { activation: node.text('activation', 'none'), outputs: node.outputCount } };
}

/** Inputs: queries, keys, values [batch, length, heads·size], state, decay, rate. Attributes heads, shared, delta, window, outputs. */
export const linearAttention = defineOp({
  name: 'linear_attention',
  doc: 'Per token a state of outer products is updated and multiplied by the query; the delta rule multiplies it by the key before. Outer products count as the matrix products that they are without the op.',
  source: 'ONNX LinearAttention-27; onnxruntime contrib operators: LinearAttention',
  infer: node => {
    const { batch, length, heads, shared, size, valueSize } = linearSizes(node);
    const state = [batch, shared, size, valueSize];
    const window = node.number('window', 0);
    return [
      tensor(node.dtype(0), [batch, length, times(heads, valueSize)]),
      tensor(node.has(3) ? node.dtype(3) : node.dtype(0), window > 0 ? [window, ...state] : state),
    ].slice(0, node.number('outputs', 1));
  },
  cost: node => {
    const { batch, length, heads, shared, size, valueSize } = linearSizes(node);
    const tokens = known(times(batch, length));
    const read = tokens * heads * known(times(size, valueSize));
    const updated = tokens * shared * known(times(size, valueSize));
    const delta = node.flag('delta', false);
    const decays = node.has(4) ? updated + node.elements(4) : 0;
    const corrected = delta ? 2 * tokens * shared * known(valueSize) : 0;
    return formula(read + (delta ? 2 : 1) * updated, decays + corrected + node.outputElements());
  },
  onnx: { LinearAttention: readLinear, 'com.microsoft:LinearAttention': readLinear },
  examples: [
    // 2·3 tokens × 4 heads × 8·5, 6 × 2 heads × 40 updated; 120 scaled
    {
      in: ['float32[2,3,32]', 'float32[2,3,16]', 'float32[2,3,10]'],
      attrs: { heads: 4, shared: 2, outputs: 2 },
      out: ['float32[2,3,20]', 'float32[2,2,8,5]'],
      macs: 1440,
      flops: 3000,
    },
    // and 480 for the keys; decay 480 + 12, correction 120
    {
      in: ['float32[2,3,32]', 'float32[2,3,16]', 'float32[2,3,10]', '_', 'float32[2,3,2]', 'float32[2,3,2]'],
      attrs: { heads: 4, shared: 2, delta: true },
      out: ['float32[2,3,20]'],
      macs: 1920,
      flops: 4572,
    },
  ],
});

interface LinearSizes {
  readonly batch: Dim;
  readonly length: Dim;
  readonly heads: number;
  readonly shared: number;
  readonly size: Dim;
  readonly valueSize: Dim;
}

function linearSizes(node: NodeView): LinearSizes {
  const [queries, shared] = [node.number('heads'), node.number('shared')];
  return {
    batch: node.dim(0, 0),
    length: node.dim(0, 1),
    heads: Math.max(queries, shared),
    shared,
    size: same(perHead(node.dim(0, 2), queries), perHead(node.dim(1, 2), shared), 'attention'),
    valueSize: perHead(node.dim(2, 2), shared),
  };
}

function readLinear(node: OnnxNode): { attrs: Record<string, number | boolean> } {
  return {
    attrs: {
      heads: node.number('q_num_heads'),
      shared: node.number('kv_num_heads'),
      delta: node.text('update_rule', 'gated_delta').includes('delta'),
      window: node.number('state_window', 0),
      outputs: node.outputCount,
    },
  };
}

/** Inputs: cache, update, where it goes. */
export const tensorScatter = defineOp({
  name: 'tensor_scatter',
  doc: 'A cache with newer keys or values written into it.',
  source: 'ONNX TensorScatter-24',
  infer: node => [node.type(0)],
  cost: () => free('moves elements'),
  onnx: { TensorScatter: {} },
  examples: [{ in: ['float32[1,2,8,4]', 'float32[1,2,3,4]', 'int64[1]'], out: ['float32[1,2,8,4]'] }],
});
