/** Convolutions over any number of spatial axes, channels first. */
import type { Dim } from '../ir/tensor';
import { tensor } from '../ir/tensor';
import { isUnknown } from '../base/known';
import { text } from '../base/text';
import { batched } from './batch';
import type { InferredView, NodeView, OnnxNode } from './op';
import { defineOp, formula, Mismatch } from './op';
import { perAxis, promote, windowSize } from './rules';
import { known } from './view';

const CONV = 'input: Tensor, weight: Tensor, bias: Tensor = None, stride=1, padding=0, dilation=1, groups=1';

/**
 * Attributes: stride, dilation (one per spatial axis or one for all), groups, padding: one per axis, one for all,
 * [before…, after…], or 'same' / 'valid'.
 */
export const conv = defineOp({
  name: 'conv',
  doc: 'Cross-correlation of [N, Ci, …] with weight [Co, Ci/groups, kernel…], plus an optional bias [Co].',
  source: 'torch.nn.Conv2d reference; ONNX Conv-22',
  infer: node => {
    const [batch, channels, ...space] = withBatch(node);
    const [out, perGroup, ...kernel] = node.shape(1);
    if (
      batch === undefined ||
      channels === undefined ||
      out === undefined ||
      perGroup === undefined ||
      kernel.length !== space.length
    )
      throw new Mismatch(
        text('a convolution of a weight with {0} axes got an input with {1}', node.rank(1), node.rank(0)),
      );
    const groups = node.number('groups', 1);
    if (!isUnknown(channels) && !isUnknown(perGroup) && channels !== perGroup * groups)
      throw new Mismatch(text('expected an input with {0} channels, got {1}', perGroup * groups, channels));
    const sizes = spatial(node, space, kernel.map(known));
    return [
      tensor(
        promote([node.type(0), node.type(1)]),
        node.rank(0) === node.rank(1) ? [batch, out, ...sizes] : [out, ...sizes],
      ),
    ];
  },
  cost: node => {
    // Every output element is a dot product over the window and the group's channels; padding taps count.
    const [, perGroup, ...kernel] = node.shape(1).map(known);
    const window = kernel.reduce((a, b) => a * b, perGroup ?? 1);
    return formula(node.outputElements() * window, node.has(2) ? node.outputElements() : 0);
  },
  torch: {
    'torch.conv1d': CONV,
    'torch.conv2d': CONV,
    'torch.conv3d': CONV,
    'torch.nn.functional.conv1d': CONV,
    'torch.nn.functional.conv2d': CONV,
    'torch.nn.functional.conv3d': CONV,
  },
  onnx: { Conv: readConv },
  emit: (node, to) => {
    const axes = node.rank(1) - 2;
    const attrs = {
      strides: perAxis(node.numbersOf('stride', [1]), axes),
      dilations: perAxis(node.numbersOf('dilation', [1]), axes),
      pads: padsOf(node),
      group: node.number('groups', 1),
    };
    const bias = to.has(2) ? to.in(2) : undefined;
    return batched(node, to, x => [to.node('Conv', [x, to.in(1), bias], attrs)], axes);
  },
  examples: [
    // 1·16·32·32 outputs × 3·3·3 taps; bias adds 16 384
    {
      in: ['float32[1,3,32,32]', 'float32[16,3,3,3]', 'float32[16]'],
      attrs: { padding: 1 },
      out: ['float32[1,16,32,32]'],
      macs: 442_368,
      flops: 901_120,
      bytes: 79_616, // 4 × (3 072 + 432 + 16 + 16 384)
    },
    // depthwise, stride 2: 1·8·16·16 outputs × 1·3·3 taps
    {
      in: ['float32[1,8,32,32]', 'float32[8,1,3,3]'],
      attrs: { padding: 1, stride: 2, groups: 8 },
      out: ['float32[1,8,16,16]'],
      macs: 18_432,
      flops: 36_864,
    },
    // 'same' keeps the size; 1·4·10 outputs × 2·3 taps
    {
      in: ['float32[1,2,10]', 'float32[4,2,3]'],
      attrs: { padding: 'same' },
      out: ['float32[1,4,10]'],
      macs: 240,
      flops: 480,
    },
  ],
});

/** PyTorch also takes an input without the batch axis. */
function withBatch(node: NodeView): readonly Dim[] {
  const shape = node.shape(0);
  return shape.length === node.rank(1) - 1 ? [1, ...shape] : shape;
}

/** Padding before and after each axis. */
export function paddings(node: NodeView, kernel: readonly number[]): readonly { before: number; after: number }[] {
  const padding = node.attr('padding') ?? 0;
  const dilation = perAxis(node.numbersOf('dilation', [1]), kernel.length);
  if (padding === 'valid') return kernel.map(() => ({ before: 0, after: 0 }));
  if (padding === 'same')
    return kernel.map((k, axis) => {
      const total = (dilation[axis] ?? 1) * (k - 1);
      return { before: Math.floor(total / 2), after: total - Math.floor(total / 2) };
    });
  const values = node.numbersOf('padding', [0]);
  if (values.length === 2 * kernel.length && kernel.length > 0)
    return kernel.map((_, axis) => ({ before: values[axis] ?? 0, after: values[axis + kernel.length] ?? 0 }));
  return perAxis(values, kernel.length).map(value => ({ before: value, after: value }));
}

function spatial(node: NodeView, space: readonly Dim[], kernel: readonly number[]): readonly Dim[] {
  const strides = perAxis(node.numbersOf('stride', [1]), kernel.length);
  const dilations = perAxis(node.numbersOf('dilation', [1]), kernel.length);
  const pads = paddings(node, kernel);
  return space.map((size, axis) => {
    const { before, after } = pads[axis] ?? { before: 0, after: 0 };
    return windowSize(size, {
      kernel: kernel[axis] ?? 1,
      stride: strides[axis] ?? 1,
      dilation: dilations[axis] ?? 1,
      padding: before + after,
    });
  });
}

function padsOf(node: InferredView): readonly number[] {
  const pads = paddings(node, node.shape(1).slice(2).map(known));
  return [...pads.map(pad => pad.before), ...pads.map(pad => pad.after)];
}

/** ONNX spells padding as `pads` or `auto_pad`; SAME_* makes ⌈in / stride⌉ outputs, the odd tap after (UPPER) or before. */
export function readConv(node: OnnxNode): { attrs: Record<string, number | readonly number[]> } {
  const kernel =
    node.attr('kernel_shape') === undefined ? node.shape(1).slice(2).map(known) : node.numbersOf('kernel_shape');
  const strides = perAxis(node.numbersOf('strides', [1]), kernel.length);
  const dilations = perAxis(node.numbersOf('dilations', [1]), kernel.length);
  return {
    attrs: {
      stride: strides,
      dilation: dilations,
      groups: node.number('group', 1),
      padding: onnxPads(node, kernel, strides, dilations),
    },
  };
}

export function onnxPads(
  node: OnnxNode,
  kernel: readonly number[],
  strides: readonly number[],
  dilations: readonly number[],
): readonly number[] {
  const auto = node.text('auto_pad', 'NOTSET');
  if (auto === 'VALID') return kernel.flatMap(() => [0, 0]);
  if (auto === 'NOTSET')
    return node.numbersOf(
      'pads',
      kernel.flatMap(() => [0, 0]),
    );
  const totals = kernel.map((k, axis) => {
    const size = node.size(0, axis + 2);
    const stride = strides[axis] ?? 1;
    return Math.max(0, (Math.ceil(size / stride) - 1) * stride + (dilations[axis] ?? 1) * (k - 1) + 1 - size);
  });
  const before = totals.map(total => (auto === 'SAME_UPPER' ? Math.floor(total / 2) : Math.ceil(total / 2)));
  return [...before, ...totals.map((total, axis) => total - (before[axis] ?? 0))];
}
