/** Mixtures of experts: each token runs through the experts that its router picks, k of them. */
import { text } from '../base/text';
import { storedBytes, tensor } from '../ir/tensor';
import type { InferredView, OnnxCall, OnnxNode } from './op';
import { defineOp, formula, Mismatch, Undetermined } from './op';
import { same } from './rules';
import { spell } from './spell';
import { known } from './view';

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

/** Groups that have a row: at most one for each. */
const groupsUsed = (node: InferredView): number => Math.min(node.size(1, 0), node.size(0, 0));

export const groupedMatmul = defineOp({
  name: 'grouped_matmul',
  doc: 'Rows in groups, each group times a matrix of its own: however the rows are dealt out, each meets one matrix.',
  source: 'torch.nn.functional.grouped_mm reference',
  infer: node => {
    if (node.rank(0) !== 2 || node.rank(1) !== 3)
      throw new Undetermined(text('only groups of rows and as many matrices are modelled'));
    same(node.shape(0)[1] ?? 1, node.shape(1)[1] ?? 1, 'columns');
    return [tensor(node.dtype(0), [node.shape(0)[0] ?? 1, node.shape(1)[2] ?? 1])];
  },
  cost: node => formula(node.elements(0) * node.size(1, 2), 0),
  bytes: node => {
    const matrices = known(storedBytes(node.type(1)));
    const [rows, ends, out] = [node.type(0), node.has(2) ? node.type(2) : undefined, node.outputs[0]];
    const whole = [rows, ends, out].reduce((sum, type) => sum + (type === undefined ? 0 : known(storedBytes(type))), 0);
    return whole + (matrices / node.size(1, 0)) * groupsUsed(node);
  },
  share: (node, input) => (input === 1 ? groupsUsed(node) / node.size(1, 0) : 1),
  torch: spell('torch.nn.functional torch', 'grouped_mm _grouped_mm', 'mat_a: Tensor, mat_b: Tensor, *, offs: Tensor = None'), // prettier-ignore
  examples: [
    // 6 rows × 8 × 16; all of 4 matrices: 4 · (48 + 512 + 96) + 4 · 4
    {
      in: ['float32[6,8]', 'float32[4,8,16]', 'int32[4]'],
      out: ['float32[6,16]'],
      macs: 768,
      flops: 1536,
      bytes: 2640,
    },
    // two of the 4 matrices: 4 · (16 + 256 + 32)
    { in: ['float32[2,8]', 'float32[4,8,16]'], out: ['float32[2,16]'], macs: 256, flops: 512, bytes: 1216 },
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
