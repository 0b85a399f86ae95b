/** onnxruntime's mixture of experts: each token runs through the experts that its router picks, k of them. */
import { text } from '../base/text';
import type { InferredView, OnnxCall, OnnxNode } from './op';
import { defineOp, formula, Mismatch } from './op';

const SOFTMAX = 5;
const ACTIVATION: Readonly<Record<string, number>> = { relu: 1, gelu: 5, silu: 5, identity: 0, swiglu: 6 };

/** Elements of one expert's matrix [experts, …], where each stored element holds `packed` of them. */
function perExpert(node: InferredView, input: number): number {
  if (!node.has(input)) return 0;
  const experts = node.size(input, 0);
  if (experts === 0) throw new Mismatch(text('there are no experts'));
  return (node.elements(input) / experts) * node.number('packed', 1);
}

/** Inputs: tokens, scores of the router, the first, second and third matrices. Attributes k, packed, activation. */
export const mixtureOfExperts = defineOp({
  name: 'mixture_of_experts',
  doc: 'Softmax over the scores, then per token the two or three matrix products of k experts.',
  source: 'onnxruntime contrib operators: MoE, QMoE',
  infer: node => [node.type(0)],
  cost: node => {
    const tokens = node.elements(1) / node.size(1, -1);
    const weights = perExpert(node, 2) + perExpert(node, 3) + perExpert(node, 4);
    const hidden = node.size(0, -1);
    const inner = hidden === 0 ? 0 : perExpert(node, 3) / hidden;
    const chosen = tokens * node.number('k', 1);
    const steps = inner * (ACTIVATION[node.text('activation', 'relu')] ?? 1) + 2 * hidden;
    return formula(chosen * weights, SOFTMAX * node.elements(1) + chosen * steps);
  },
  onnx: { 'com.microsoft:MoE': node => readExperts(node, [2, 4, 6], 1), 'com.microsoft:QMoE': readPacked },
  examples: [
    // 6 tokens × 2 experts × (8·16 + 16·8); 5 · 24 + 12 × (16 + 16)
    {
      in: ['float32[2,3,8]', 'float32[6,4]', 'float32[4,16,8]', 'float32[4,8,16]'],
      attrs: { k: 2, activation: 'relu' },
      out: ['float32[2,3,8]'],
      macs: 3072,
      flops: 6648,
    },
    // two elements in each byte
    {
      in: ['float32[6,8]', 'float32[6,4]', 'uint8[4,16,4]', 'uint8[4,8,8]'],
      attrs: { k: 1, packed: 2 },
      out: ['float32[6,8]'],
      macs: 1536,
      flops: 3384,
    },
  ],
});

function readExperts(node: OnnxNode, matrices: readonly number[], packed: number): OnnxCall {
  const attrs = { k: node.number('k', 1), packed, activation: node.text('activation_type', 'relu') };
  return { inputs: [0, 1, ...matrices], attrs };
}

function readPacked(node: OnnxNode): OnnxCall {
  // Stored matrices are read as what they hold, others as bytes.
  return readExperts(node, [2, 5, 8], node.dtype(2) === 'uint8' ? 8 / node.number('expert_weight_bits', 4) : 1);
}
