/** Pooling over windows that follow from the wanted output size. FLOPs: every element of every window. */
import type { Dim } from '../ir/tensor';
import { tensor } from '../ir/tensor';
import { batched } from './batch';
import type { Emitter, InferredView, NodeView, OnnxCall, OnnxNode, TorchSpelling } from './op';
import { defineOp, formula, Mismatch } from './op';
import { text } from '../base/text';
import { perRank } from './pool';
import { perAxis } from './rules';
import { known } from './view';

/** Sizes of the outputs per spatial axis; 0 or less keeps the axis. */
function adaptiveSizes(node: NodeView): readonly { size: Dim; out: Dim }[] {
  const axes = node.number('axes');
  const space = node.shape(0).slice(-axes);
  return perAxis(node.numbersOf('output_size'), axes).map((out, axis) => {
    const size = space[axis] ?? 1;
    return { size, out: out > 0 ? out : size };
  });
}

/** Window i of n over a size: from ⌊i·size/n⌋ to ⌈(i + 1)·size/n⌉. */
const adaptiveWindows = (size: number, out: number): readonly [from: number, to: number][] =>
  Array.from({ length: out }, (_, i) => [Math.floor((i * size) / out), Math.ceil(((i + 1) * size) / out)]);

function adaptiveSteps(node: InferredView): number {
  const axes = adaptiveSizes(node).map(({ size, out }) => [known(size), known(out)] as const);
  const lead = node
    .shape(0)
    .slice(0, -axes.length)
    .map(known)
    .reduce((a, b) => a * b, 1);
  const reach = ([size, out]: readonly [number, number]): number =>
    adaptiveWindows(size, out).reduce((sum, [from, to]) => sum + to - from, 0);
  return axes.map(reach).reduce((a, b) => a * b, lead);
}

interface Adaptive {
  readonly name: string;
  readonly doc: string;
  readonly source: string;
  readonly global: 'GlobalAveragePool' | 'GlobalMaxPool';
  readonly uniform: 'AveragePool' | 'MaxPool';
  readonly reduce: 'ReduceMean' | 'ReduceMax';
  readonly torch: Record<string, TorchSpelling>;
}

function adaptive(op: Adaptive): ReturnType<typeof defineOp> {
  return defineOp({
    name: op.name,
    doc: op.doc,
    source: op.source,
    infer: node => {
      const sizes = adaptiveSizes(node).map(({ out }) => out);
      const shape = [...node.shape(0).slice(0, -sizes.length), ...sizes];
      return [tensor(node.dtype(0), shape), ...(node.flag('return_indices', false) ? [tensor('int64', shape)] : [])];
    },
    cost: node => formula(0, adaptiveSteps(node)),
    torch: op.torch,
    onnx: {
      [op.global]: wholePlane,
      [`com.microsoft.nchwc:${op.global}`]: wholePlane,
    },
    emit: (node, to) => batched(node, to, x => [emitAdaptive(op, node, to, x)], node.number('axes')),
    examples: [
      // every element once
      {
        in: ['float32[1,8,7,7]'],
        attrs: { axes: 2, output_size: [1, 1] },
        out: ['float32[1,8,1,1]'],
        macs: 0,
        flops: 392,
        bytes: 1600,
      },
      {
        in: ['float32[1,2,6,4]'],
        attrs: { axes: 2, output_size: [3, 2] },
        out: ['float32[1,2,3,2]'],
        macs: 0,
        flops: 48,
      },
      // windows 0–3, 2–5 of 5: 6 elements
      { in: ['float32[1,2,5]'], attrs: { axes: 1, output_size: 2 }, out: ['float32[1,2,2]'], macs: 0, flops: 12 },
    ],
  });
}

function emitAdaptive(op: Adaptive, node: InferredView, to: Emitter, x: string): string {
  const sizes = adaptiveSizes(node).map(({ size, out }) => [known(size), known(out)] as const);
  if (sizes.every(([, out]) => out === 1)) return to.node(op.global, [x]);
  if (sizes.every(([size, out]) => size % out === 0)) {
    const kernel = sizes.map(([size, out]) => size / out);
    return to.node(op.uniform, [x], { kernel_shape: kernel, strides: kernel });
  }
  // Windows of unequal size, one axis after the other: both the mean and the maximum are separable.
  return sizes.reduce((whole, [size, out], index) => {
    const axis = index + 2;
    const parts = adaptiveWindows(size, out).map(([from, end]) => {
      const part = to.node('Slice', [whole, to.ints([from]), to.ints([end]), to.ints([axis])]);
      return to.node(op.reduce, [part], { axes: [axis], keepdims: 1 });
    });
    return to.node('Concat', parts, { axis });
  }, x);
}

function wholePlane(node: OnnxNode): OnnxCall {
  const axes = node.rank(0) - 2;
  if (axes < 1) throw new Mismatch(text('pooling over {0} axes got an input with {1}', 1, node.rank(0)));
  return { attrs: { axes, output_size: Array<number>(axes).fill(1) } };
}

export const adaptiveAvgPool = adaptive({
  name: 'adaptive_avg_pool',
  doc: 'Mean of windows that divide each axis into output_size parts.',
  source: 'torch.nn.AdaptiveAvgPool2d reference; ONNX GlobalAveragePool-1',
  global: 'GlobalAveragePool',
  uniform: 'AveragePool',
  reduce: 'ReduceMean',
  torch: perRank(['torch.nn.functional.adaptive_avg_pool', 'torch.adaptive_avg_pool'], 'input: Tensor, output_size', [
    'output_size',
  ]),
});

export const adaptiveMaxPool = adaptive({
  name: 'adaptive_max_pool',
  doc: 'Largest element of windows that divide each axis into output_size parts.',
  source: 'torch.nn.AdaptiveMaxPool2d reference; ONNX GlobalMaxPool-1',
  global: 'GlobalMaxPool',
  uniform: 'MaxPool',
  reduce: 'ReduceMax',
  torch: perRank(['torch.nn.functional.adaptive_max_pool'], 'input: Tensor, output_size, return_indices=False', [
    'output_size',
    'return_indices',
  ]),
});

export const globalLpPool = defineOp({
  name: 'global_lp_pool',
  doc: 'p-norm of every channel.',
  source: 'ONNX GlobalLpPool-2',
  infer: node => [
    tensor(
      node.dtype(0),
      node.shape(0).map((dim, axis) => (axis < 2 ? dim : 1)),
    ),
  ],
  cost: node => formula(0, node.elements(0)),
  onnx: { GlobalLpPool: node => ({ attrs: { norm_type: node.number('p', 2) } }) },
  emit: (node, to) => [to.node('GlobalLpPool', [to.in(0)], { p: node.number('norm_type', 2) })],
  examples: [{ in: ['float32[1,2,3,3]'], out: ['float32[1,2,1,1]'], macs: 0, flops: 18 }],
});
