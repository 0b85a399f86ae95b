/** ONNX's loss functions as ops of their own; PyTorch's are made of others. FLOPs: the primitive steps per element. */
import type { Dim } from '../ir/tensor';
import { tensor } from '../ir/tensor';
import type { NodeView, OnnxNode } from './op';
import { defineOp, formula } from './op';
import { known } from './view';

/** Inputs: scores [N, C, d…], classes [N, d…], weights [C]. The loss of each target, or one number. */
const losses = (node: NodeView): readonly Dim[] => (node.text('reduction', 'mean') === 'none' ? node.shape(1) : []);

/** Negate and, where there are weights, multiply; then the sum and, of a mean, the sum of the weights and a division. */
function targetSteps(node: NodeView): number {
  const targets = node.elements(1);
  const reduction = node.text('reduction', 'mean');
  const each = targets * (1 + (node.has(2) ? 1 : 0));
  return each + (reduction === 'none' ? 0 : targets) + (reduction === 'mean' ? (node.has(2) ? targets : 0) + 1 : 0);
}

const readLoss = (node: OnnxNode): { attrs: Record<string, string | number> } => ({
  attrs: { reduction: node.text('reduction', 'mean'), outputs: node.outputCount },
});

export const onnxNllLoss = defineOp({
  name: 'onnx_nll_loss',
  doc: 'Minus the log-probability of each target class, weighted, summed or averaged.',
  source: 'ONNX NegativeLogLikelihoodLoss-22',
  infer: node => [tensor(node.dtype(0), losses(node))],
  cost: node => formula(0, targetSteps(node)),
  onnx: { NegativeLogLikelihoodLoss: readLoss },
  examples: [
    // 6 negated and summed, one division
    { in: ['float32[2,5,3]', 'int64[2,3]'], attrs: { reduction: 'mean' }, out: ['float32[]'], macs: 0, flops: 13 },
    {
      in: ['float32[2,5,3]', 'int64[2,3]', 'float32[5]'],
      attrs: { reduction: 'none' },
      out: ['float32[2,3]'],
      macs: 0,
      flops: 12,
    },
  ],
});

const LOG_SOFTMAX = 5;

export const onnxCrossEntropy = defineOp({
  name: 'onnx_cross_entropy',
  doc: 'Log-softmax over the classes, then the negative log-likelihood of the targets.',
  source: 'ONNX SoftmaxCrossEntropyLoss-13',
  infer: node => [tensor(node.dtype(0), losses(node)), node.type(0)].slice(0, node.number('outputs', 1)),
  cost: node =>
    formula(
      0,
      LOG_SOFTMAX *
        node
          .shape(0)
          .map(known)
          .reduce((a, b) => a * b, 1) +
        targetSteps(node),
    ),
  onnx: { SoftmaxCrossEntropyLoss: readLoss },
  examples: [
    // 5 × 30 + 13
    {
      in: ['float32[2,5,3]', 'int64[2,3]'],
      attrs: { reduction: 'mean', outputs: 2 },
      out: ['float32[]', 'float32[2,5,3]'],
      macs: 0,
      flops: 163,
    },
  ],
});
