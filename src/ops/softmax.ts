/** Softmax and its logarithm: compare for the maximum, subtract, exp, add, divide (or subtract the logarithm): 5 steps per element. */
import { tensor } from '../ir/tensor';
import type { DType } from '../ir/tensor';
import { isDType } from '../ir/tensor';
import { dtypeOf } from './elementwise';
import type { NodeView, OnnxCall, OnnxNode, OpEntry, TorchArguments } from './op';
import { defineOp, formula } from './op';
import { normaliseAxis } from './rules';
import { spell } from './spell';
import { known } from './view';

const STEPS = 5;

/** PyTorch's default axis: 0 for 0, 1 and 3 axes, else 1. */
const axisOf = (node: NodeView): number => {
  const rank = node.rank(0);
  return normaliseAxis(node.number('dim', [0, 1, 3].includes(rank) ? 0 : 1), rank);
};

const resultType = (node: NodeView): DType | undefined => {
  const name = node.attr('dtype');
  return typeof name === 'string' && isDType(name) ? name : undefined;
};

function softmaxLike(name: string, doc: string, onnx: string, places: string, names: string): OpEntry {
  return defineOp({
    name,
    doc,
    source: `torch.nn.functional.${name} reference; ONNX ${onnx}-13`,
    infer: node => {
      axisOf(node);
      return [tensor(resultType(node) ?? node.dtype(0), node.type(0).shape)];
    },
    cost: node => formula(0, STEPS * node.outputElements()),
    torch: {
      ...spell(places, names, 'input: Tensor, dim: int, dtype: dtype = None'),
      ...spell('F', name, 'input: Tensor, dim: int = None, _stacklevel=3, dtype: dtype = None'),
    },
    onnx: { [onnx]: read },
    emit: (node, to) => {
      const dtype = known(node.outputs[0]?.dtype ?? 'float32');
      const x = dtype === dtypeOf(node) ? to.in(0) : to.node('Cast', [to.in(0)], { to: { dtype } });
      return [to.node(onnx, [x], { axis: axisOf(node) })];
    },
    examples: [
      { in: ['float32[2,3,4]'], attrs: { dim: -1 }, out: ['float32[2,3,4]'], macs: 0, flops: 120, bytes: 192 },
      { in: ['float32[2,3]'], out: ['float32[2,3]'], macs: 0, flops: 30 },
    ],
  });
}

/** Up to opset 12 the axes from `axis` on were one; the work is the same. */
const read = (node: OnnxNode): OnnxCall => ({ attrs: { dim: node.number('axis', node.opset < 13 ? 1 : -1) } });

export const softmax = softmaxLike(
  'softmax',
  'exp(x) over its sum along an axis.',
  'Softmax',
  'torch Tensor special',
  'softmax',
);
export const logSoftmax = softmaxLike(
  'log_softmax',
  'Logarithm of the softmax.',
  'LogSoftmax',
  'torch Tensor special',
  'log_softmax',
);

export const softmin = defineOp({
  name: 'softmin',
  doc: 'Softmax of −x: one negation more per element.',
  source: 'torch.nn.Softmin reference',
  infer: node => [node.type(0)],
  cost: node => formula(0, (STEPS + 1) * node.outputElements()),
  torch: {
    'torch.nn.functional.softmin': {
      signature: 'input: Tensor, dim: int = None, _stacklevel=3, dtype: dtype = None',
      call: <Input>(args: TorchArguments<Input>) => ({
        inputs: [args.tensor('input')],
        attrs: { dim: args.attr('dim') },
      }),
    },
  },
  emit: (node, to) => [to.node('Softmax', [to.node('Neg', [to.in(0)])], { axis: axisOf(node) })],
  examples: [{ in: ['float32[2,3]'], attrs: { dim: 1 }, out: ['float32[2,3]'], macs: 0, flops: 36 }],
});
