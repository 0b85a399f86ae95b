/** Element-wise activations of one input. FLOPs are the primitive steps per element: compare, add, multiply, exp, … 1 each. */
import { isUnknown } from '../base/known';
import type { DType } from '../ir/tensor';
import { isFloat, tensor } from '../ir/tensor';
import type { Emitter, InferredView, OpEntry } from './op';
import { defineOp, formula } from './op';

interface Unary {
  readonly name: string;
  readonly doc: string;
  readonly source: string;
  /** Primitive steps per element. */
  readonly steps: number;
  readonly torch?: OpEntry['torch'];
  readonly onnx?: OpEntry['onnx'];
  readonly emit: (node: InferredView, to: Emitter) => string;
  /** Integer inputs become float32 (`sqrt`, `exp`, …). */
  readonly floats?: boolean;
}

export function unary(op: Unary): OpEntry {
  return defineOp({
    name: op.name,
    doc: op.doc,
    source: op.source,
    infer: node => {
      const dtype = node.dtype(0);
      const raised: DType | undefined =
        op.floats === true && !isUnknown(dtype) && !isFloat(dtype) ? 'float32' : undefined;
      return [tensor(raised ?? dtype, node.type(0).shape)];
    },
    cost: node => formula(0, op.steps * node.outputElements()),
    ...(op.torch && { torch: op.torch }),
    ...(op.onnx && { onnx: op.onnx }),
    emit: (node, to) => [op.emit(node, to)],
    // 2 × 3 elements, `steps` each; 4 bytes read and 4 written per element
    examples: [{ in: ['float32[2,3]'], out: ['float32[2,3]'], macs: 0, flops: 6 * op.steps, bytes: 48 }],
  });
}

const floatOf = (node: InferredView): DType => {
  const dtype = node.dtype(0);
  return isUnknown(dtype) ? 'float32' : dtype;
};

export const relu = unary({
  name: 'relu',
  doc: 'max(x, 0).',
  source: 'torch.nn.ReLU reference; ONNX Relu-14',
  steps: 1,
  torch: {
    'torch.relu': 'input: Tensor',
    'torch.nn.functional.relu': 'input: Tensor, inplace=False',
    'torch.Tensor.relu': 'self: Tensor',
  },
  onnx: { Relu: {} },
  emit: (_, to) => to.node('Relu', [to.in(0)]),
});

export const relu6 = unary({
  name: 'relu6',
  doc: 'min(max(x, 0), 6).',
  source: 'torch.nn.ReLU6 reference',
  steps: 2,
  torch: { 'torch.nn.functional.relu6': 'input: Tensor, inplace=False' },
  emit: (node, to) => to.node('Clip', [to.in(0), to.scalar(0, floatOf(node)), to.scalar(6, floatOf(node))]),
});
