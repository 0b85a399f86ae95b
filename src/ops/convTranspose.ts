/** Convolutions that scatter: transposed over any number of spatial axes, and deformable ones that gather at learned offsets. */
import { isUnknown } from '../base/known';
import { text } from '../base/text';
import type { Dim } from '../ir/tensor';
import { tensor } from '../ir/tensor';
import { batched } from './batch';
import { onnxPads, paddings } from './conv';
import type { NodeView, OnnxCall, OnnxNode } from './op';
import { defineOp, formula, Mismatch } from './op';
import { perAxis, promote, windowSize } from './rules';
import { spell } from './spell';
import { known } from './view';

const SIGNATURE =
  'input: Tensor, weight: Tensor, bias: Tensor = None, stride=1, padding=0, output_padding=0, groups=1, dilation=1';

/** Attributes as of `conv`, and output_padding per axis or one for all. */
export const convTranspose = defineOp({
  name: 'conv_transpose',
  doc: 'Transposed convolution of [N, Ci, …] with weight [Ci, Co/groups, kernel…]: every input element is spread over a window.',
  source: 'torch.nn.ConvTranspose2d reference; ONNX ConvTranspose-11',
  infer: node => {
    const unbatched = node.rank(0) === node.rank(1) - 1;
    const [batch, channels, ...space] = unbatched ? [1, ...node.shape(0)] : node.shape(0);
    const [inputs, perGroup, ...kernel] = node.shape(1);
    if (batch === undefined || channels === undefined || inputs === undefined || perGroup === undefined)
      throw new Mismatch(
        text('a convolution of a weight with {0} axes got an input with {1}', node.rank(1), node.rank(0)),
      );
    if (kernel.length !== space.length)
      throw new Mismatch(
        text('a convolution of a weight with {0} axes got an input with {1}', node.rank(1), node.rank(0)),
      );
    if (!isUnknown(channels) && !isUnknown(inputs) && channels !== inputs)
      throw new Mismatch(text('expected an input with {0} channels, got {1}', inputs, channels));
    const out = isUnknown(perGroup) ? perGroup : perGroup * node.number('groups', 1);
    const sizes = spread(node, space, kernel.map(known));
    return [tensor(promote([node.type(0), node.type(1)]), unbatched ? [out, ...sizes] : [batch, out, ...sizes])];
  },
  cost: node => {
    const window = node
      .shape(1)
      .slice(1)
      .map(known)
      .reduce((a, b) => a * b, 1);
    return formula(node.elements(0) * window, node.has(2) ? node.outputElements() : 0);
  },
  torch: spell('torch F', 'conv_transpose1d conv_transpose2d conv_transpose3d', SIGNATURE),
  onnx: { ConvTranspose: readConvTranspose },
  emit: (node, to) => {
    const axes = node.rank(1) - 2;
    const pads = paddings(node, node.shape(1).slice(2).map(known));
    const attrs = {
      strides: perAxis(node.numbersOf('stride', [1]), axes),
      dilations: perAxis(node.numbersOf('dilation', [1]), axes),
      output_padding: perAxis(node.numbersOf('output_padding', [0]), axes),
      pads: [...pads.map(pad => pad.before), ...pads.map(pad => pad.after)],
      group: node.number('groups', 1),
    };
    const bias = to.has(2) ? to.in(2) : undefined;
    return batched(node, to, x => [to.node('ConvTranspose', [x, to.in(1), bias], attrs)], axes);
  },
  examples: [
    // 1·64·16·16 input elements × 32·2·2; bias adds 32·32·32; 4 × (16 384 + 8 192 + 32 + 32 768)
    {
      in: ['float32[1,64,16,16]', 'float32[64,32,2,2]', 'float32[32]'],
      attrs: { stride: 2 },
      out: ['float32[1,32,32,32]'],
      macs: 2_097_152,
      flops: 4_227_072,
      bytes: 229_504,
    },
    // (5 − 1)·2 − 2 + (3 − 1) + 1 + 1 = 10; 8·5 input elements × 4·3
    {
      in: ['float32[1,8,5]', 'float32[8,4,3]'],
      attrs: { stride: 2, padding: 1, output_padding: 1, groups: 2 },
      out: ['float32[1,8,10]'],
      macs: 480,
      flops: 960,
    },
  ],
});

/** (in − 1)·stride − padding + dilation·(kernel − 1) + output_padding + 1 */
function spread(node: NodeView, space: readonly Dim[], kernel: readonly number[]): readonly Dim[] {
  const strides = perAxis(node.numbersOf('stride', [1]), kernel.length);
  const dilations = perAxis(node.numbersOf('dilation', [1]), kernel.length);
  const extra = perAxis(node.numbersOf('output_padding', [0]), kernel.length);
  const pads = paddings(node, kernel);
  return space.map((size, axis) => {
    if (isUnknown(size)) return size;
    const { before = 0, after = 0 } = pads[axis] ?? {};
    const reach = (dilations[axis] ?? 1) * ((kernel[axis] ?? 1) - 1);
    return (size - 1) * (strides[axis] ?? 1) - before - after + reach + (extra[axis] ?? 0) + 1;
  });
}

/** Padding follows from `output_shape` or `auto_pad` where they are given; the odd element goes after for SAME_UPPER. */
function readConvTranspose(node: OnnxNode): OnnxCall {
  const kernel =
    node.attr('kernel_shape') === undefined ? node.shape(1).slice(2).map(known) : node.numbersOf('kernel_shape');
  const stride = perAxis(node.numbersOf('strides', [1]), kernel.length);
  const dilation = perAxis(node.numbersOf('dilations', [1]), kernel.length);
  const output_padding = perAxis(node.numbersOf('output_padding', [0]), kernel.length);
  const auto = node.text('auto_pad', 'NOTSET');
  const wanted =
    node.attr('output_shape') === undefined ? undefined : node.numbersOf('output_shape').slice(-kernel.length);
  const attrs = { stride, dilation, output_padding, groups: node.number('group', 1) };
  if (wanted === undefined && !auto.startsWith('SAME'))
    return { attrs: { ...attrs, padding: onnxPads(node, kernel, stride, dilation) } };
  const totals = kernel.map((k, axis) => {
    const size = node.size(0, axis + 2);
    const step = stride[axis] ?? 1;
    const full = (size - 1) * step + (dilation[axis] ?? 1) * (k - 1) + 1 + (output_padding[axis] ?? 0);
    return full - (wanted?.[axis] ?? size * step);
  });
  // Wanted sizes beyond the full one are reached by more output padding; onnxruntime takes "the same" as at most that.
  const beyond = (total: number): number => (wanted === undefined ? 0 : Math.max(0, -total));
  const pads = totals.map(total => Math.max(0, total));
  const before = pads.map(total => (auto === 'SAME_UPPER' ? Math.floor(total / 2) : Math.ceil(total / 2)));
  return {
    attrs: {
      ...attrs,
      output_padding: totals.map((total, axis) => (output_padding[axis] ?? 0) + beyond(total)),
      padding: [...before, ...pads.map((total, axis) => total - (before[axis] ?? 0))],
    },
  };
}

/** Steps of a bilinear sample: four multiplications and three adds. */
const SAMPLE = 7;

export const deformConv = defineOp({
  name: 'deform_conv',
  doc: 'Convolution whose taps are read at learned offsets: bilinear samples (7 steps each, 8 with a mask), then a dense product.',
  source: 'torchvision.ops.deform_conv2d reference; ONNX DeformConv-19',
  infer: node => {
    const [, , ...kernel] = node.shape(2).map(known);
    const pads = paddings(node, kernel);
    const sizes = kernel.map((k, axis) =>
      windowSize(node.dim(0, axis + 2), {
        kernel: k,
        stride: perAxis(node.numbersOf('stride', [1]), kernel.length)[axis] ?? 1,
        dilation: perAxis(node.numbersOf('dilation', [1]), kernel.length)[axis] ?? 1,
        padding: (pads[axis]?.before ?? 0) + (pads[axis]?.after ?? 0),
      }),
    );
    return [tensor(promote([node.type(0), node.type(2)]), [node.dim(0, 0), node.dim(2, 0), ...sizes])];
  },
  cost: node => {
    const [out = 1, perGroup = 1, ...kernel] = node.shape(2).map(known);
    const taps = kernel.reduce((a, b) => a * b, 1);
    const samples = (node.outputElements() / out) * node.size(0, 1) * taps;
    const bias = node.has(3) ? node.outputElements() : 0;
    return formula(node.outputElements() * perGroup * taps, samples * (node.has(4) ? SAMPLE + 1 : SAMPLE) + bias);
  },
  torch: {
    'torchvision.ops.deform_conv2d': {
      signature:
        'input: Tensor, offset: Tensor, weight: Tensor, bias: Tensor = None, stride=(1, 1), padding=(0, 0), dilation=(1, 1), mask: Tensor = None',
      call: args => ({
        inputs: [
          args.tensor('input'),
          args.tensor('offset'),
          args.tensor('weight'),
          args.optionalTensor('bias'),
          args.optionalTensor('mask'),
        ],
        attrs: { stride: args.attr('stride'), padding: args.attr('padding'), dilation: args.attr('dilation') },
      }),
    },
    // The compiled operator that torchvision's own function calls, which always has a mask and a bias.
    'torch.ops.torchvision.deform_conv2d': {
      signature:
        'input: Tensor, weight: Tensor, offset: Tensor, mask: Tensor, bias: Tensor, stride_h, stride_w, pad_h, pad_w, dilation_h, dilation_w, groups, offset_groups, use_mask',
      call: args => ({
        inputs: [
          ...['input', 'offset', 'weight', 'bias'].map(name => args.tensor(name)),
          args.flag('use_mask') ? args.tensor('mask') : undefined,
        ],
        attrs: {
          stride: [args.number('stride_h'), args.number('stride_w')],
          padding: [args.number('pad_h'), args.number('pad_w')],
          dilation: [args.number('dilation_h'), args.number('dilation_w')],
        },
      }),
    },
  },
  onnx: { DeformConv: readDeform },
  examples: [
    // 1·8·4·4 outputs × 3·3·3; samples 4·4·3·9 × 7
    {
      in: ['float32[1,3,6,6]', 'float32[1,18,4,4]', 'float32[8,3,3,3]'],
      out: ['float32[1,8,4,4]'],
      macs: 3456,
      flops: 9936,
    },
  ],
});

function readDeform(node: OnnxNode): OnnxCall {
  const kernel = node.shape(1).slice(2).map(known);
  const stride = perAxis(node.numbersOf('strides', [1]), kernel.length);
  const dilation = perAxis(node.numbersOf('dilations', [1]), kernel.length);
  const pick = (input: number): number | undefined => (node.has(input) ? input : undefined);
  return {
    inputs: [0, 2, 1, pick(3), pick(4)],
    attrs: { stride, dilation, padding: onnxPads(node, kernel, stride, dilation), groups: node.number('group', 1) },
  };
}
