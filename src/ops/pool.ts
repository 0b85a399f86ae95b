/** Pooling over windows, channels first. FLOPs: the window per output element, padding included. */
import { isUnknown } from '../base/known';
import { text } from '../base/text';
import type { Attr } from '../ir/graph';
import type { Dim } from '../ir/tensor';
import { tensor } from '../ir/tensor';
import { batched } from './batch';
import { onnxPads, paddings } from './conv';
import { dtypeOf } from './elementwise';
import type {
  CoreCall,
  Emitter,
  InferredView,
  NodeView,
  OnnxCall,
  OnnxNode,
  TorchArguments,
  TorchSpelling,
} from './op';
import { defineOp, formula, Mismatch } from './op';
import { perAxis, windowSize } from './rules';
import { known } from './view';

/** One spelling per number of spatial axes, which the arguments alone do not tell. */
export function perRank(
  names: readonly string[],
  signature: string,
  attrs: readonly string[],
  more: (axes: number) => { attrs?: Record<string, Attr>; returns?: 'tuple' } = () => ({}),
): Record<string, TorchSpelling> {
  return Object.fromEntries(
    [1, 2, 3].flatMap(axes =>
      names.map(name => {
        const { attrs: fixed = {}, returns } = more(axes);
        const call = <Input>(args: TorchArguments<Input>): CoreCall<Input> => ({
          inputs: [args.tensor('input')],
          attrs: { ...Object.fromEntries(attrs.map(attr => [attr, args.attr(attr)])), axes, ...fixed },
        });
        return [`${name}${axes}d`, { signature, call, ...(returns && { returns }) }];
      }),
    ),
  );
}

interface Windows {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly pads: readonly { before: number; after: number }[];
}

function windows(node: NodeView): Windows {
  const kernel = perAxis(node.numbersOf('kernel_size'), axesOf(node));
  const stride = node.numbersOf('stride', kernel);
  return {
    kernel,
    stride: stride.length === 0 ? kernel : perAxis(stride, kernel.length),
    dilation: perAxis(node.numbersOf('dilation', [1]), kernel.length),
    pads: paddings(node, kernel),
  };
}

const axesOf = (node: NodeView): number =>
  typeof node.attr('axes') === 'number' ? node.number('axes') : node.numbersOf('kernel_size').length;

function pooledShape(node: NodeView): readonly Dim[] {
  const { kernel, stride, dilation, pads } = windows(node);
  const shape = node.shape(0);
  const lead = shape.length - kernel.length;
  if (lead < 1) throw new Mismatch(text('pooling over {0} axes got an input with {1}', kernel.length, shape.length));
  const sizes = kernel.map((k, axis) => {
    const { before = 0, after = 0 } = pads[axis] ?? {};
    return windowSize(shape[lead + axis] ?? 1, {
      kernel: k,
      stride: stride[axis] ?? 1,
      dilation: dilation[axis] ?? 1,
      padding: before + after,
      before,
      ceil: node.flag('ceil_mode', false),
    });
  });
  return [...shape.slice(0, lead), ...sizes];
}

const windowOf = (node: NodeView): number => windows(node).kernel.reduce((a, b) => a * b, 1);

function windowAttrs(node: InferredView): Record<string, readonly number[] | number> {
  const { kernel, stride, pads } = windows(node);
  return {
    kernel_shape: kernel,
    strides: stride,
    pads: [...pads.map(pad => pad.before), ...pads.map(pad => pad.after)],
    ceil_mode: Number(node.flag('ceil_mode', false)),
  };
}

export function readPool(node: OnnxNode, attrs: Record<string, Attr>): OnnxCall {
  const kernel_size = node.numbersOf('kernel_shape');
  const stride = perAxis(node.numbersOf('strides', [1]), kernel_size.length);
  const dilation = perAxis(node.numbersOf('dilations', [1]), kernel_size.length);
  const padding = onnxPads(node, kernel_size, stride, dilation);
  return { attrs: { kernel_size, stride, dilation, padding, ceil_mode: node.flag('ceil_mode', false), ...attrs } };
}

const MAX = 'input: Tensor, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False';
const WINDOW = ['kernel_size', 'stride', 'padding', 'ceil_mode'];

/**
 * Attributes: kernel_size, stride (default: the kernel), padding, dilation, ceil_mode, return_indices; axes: spatial
 * axes; makes_indices: PyTorch's CPU kernel makes int64 indices for 2 and 3 axes even where nobody asked for them.
 */
export const maxPool = defineOp({
  name: 'max_pool',
  doc: 'Largest element of each window, and its index where asked for.',
  source: 'torch.nn.MaxPool2d reference; ONNX MaxPool-12',
  infer: node => {
    const shape = pooledShape(node);
    const indices = node.flag('return_indices', false) ? [tensor('int64', shape)] : [];
    return [tensor(node.dtype(0), shape), ...indices];
  },
  cost: node => formula(0, windowOf(node) * node.outputElements()),
  transient: node =>
    node.flag('makes_indices', false) && !node.flag('return_indices', false) ? 8 * node.outputElements() : 0,
  torch: {
    ...perRank(
      ['torch.nn.functional.max_pool'],
      `${MAX}, return_indices=False`,
      [...WINDOW, 'dilation', 'return_indices'],
      axes => ({
        attrs: { makes_indices: axes > 1 },
      }),
    ),
    ...perRank(['torch.max_pool'], MAX, [...WINDOW, 'dilation'], axes => ({ attrs: { makes_indices: axes > 1 } })),
  },
  onnx: {
    MaxPool: node => readPool(node, { return_indices: node.outputCount > 1 }),
    'com.microsoft.nchwc:MaxPool': node => readPool(node, {}),
  },
  emit: (node, to) =>
    batched(
      node,
      to,
      x => {
        const attrs = { ...windowAttrs(node), dilations: windows(node).dilation };
        if (!node.flag('return_indices', false)) return [to.node('MaxPool', [x], attrs)];
        const [values = '', flat] = to.nodes('MaxPool', [x], 2, attrs);
        // ONNX counts over the whole tensor, PyTorch within a channel.
        const plane = node
          .shape(0)
          .slice(-axesOf(node))
          .map(known)
          .reduce((a, b) => a * b, 1);
        return [values, to.node('Mod', [flat, to.scalar(plane, 'int64')])];
      },
      axesOf(node),
    ),
  examples: [
    // 1·64·56·56 × 9; 4 × (802 816 + 200 704)
    {
      in: ['float32[1,64,112,112]'],
      attrs: { axes: 2, kernel_size: 3, stride: 2, padding: 1 },
      out: ['float32[1,64,56,56]'],
      macs: 0,
      flops: 1_806_336,
      bytes: 4_014_080,
    },
    // (5 − 2) / 2 rounded up + 1 = 3
    {
      in: ['float32[1,2,5]'],
      attrs: { kernel_size: [2], ceil_mode: true, return_indices: true },
      out: ['float32[1,2,3]', 'int64[1,2,3]'],
      macs: 0,
      flops: 12,
      bytes: 112, // 40 + 24 + 48
    },
    { in: ['float32[3,4,4]'], attrs: { axes: 2, kernel_size: 2 }, out: ['float32[3,2,2]'], macs: 0, flops: 48 },
  ],
});

const AVG = 'input: Tensor, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True';

export const avgPool = defineOp({
  name: 'avg_pool',
  doc: 'Mean of each window, padding counted in unless count_include_pad is off.',
  source: 'torch.nn.AvgPool2d reference; ONNX AveragePool-11',
  infer: node => [tensor(node.dtype(0), pooledShape(node))],
  cost: node => formula(0, windowOf(node) * node.outputElements()),
  torch: perRank(['torch.nn.functional.avg_pool'], `${AVG}, divisor_override=None`, [
    ...WINDOW,
    'count_include_pad',
    'divisor_override',
  ]),
  onnx: {
    AveragePool: node => readPool(node, { count_include_pad: node.flag('count_include_pad', false) }),
    'com.microsoft.nchwc:AveragePool': node =>
      readPool(node, { count_include_pad: node.flag('count_include_pad', false) }),
  },
  emit: (node, to) =>
    batched(
      node,
      to,
      x => {
        const divisor = node.attr('divisor_override') === undefined ? undefined : node.number('divisor_override');
        const count_include_pad = Number(divisor !== undefined || node.flag('count_include_pad', true));
        const isCut = divisor !== undefined && node.flag('ceil_mode', false);
        const mean = isCut
          ? wholeWindows(node, to, x)
          : to.node('AveragePool', [x], { ...windowAttrs(node), count_include_pad });
        if (divisor === undefined) return [mean];
        return [to.node('Mul', [mean, to.scalar(windowOf(node) / divisor, dtypeOf(node))])];
      },
      axesOf(node),
    ),
  examples: [
    {
      in: ['float32[1,8,6,6]'],
      attrs: { axes: 2, kernel_size: 2 },
      out: ['float32[1,8,3,3]'],
      macs: 0,
      flops: 288,
      bytes: 1440,
    },
    {
      in: ['float32[1,2,7]'],
      attrs: { kernel_size: [3], stride: [2], padding: [1], count_include_pad: false },
      out: ['float32[1,2,4]'],
      macs: 0,
      flops: 24,
    },
    {
      in: ['float32[1,1,4,4]'],
      attrs: { axes: 2, kernel_size: 2, divisor_override: 3 },
      out: ['float32[1,1,2,2]'],
      macs: 0,
      flops: 16,
    },
  ],
});

/** Means over whole windows, zeros where one reaches over the edge: the runtime would divide by what lies inside. */
function wholeWindows(node: InferredView, to: Emitter, x: string): string {
  const { kernel, stride, pads } = windows(node);
  const sizes = node.shape(0).slice(-kernel.length).map(known);
  const outputs = node.outputShape().slice(-kernel.length).map(known);
  const before = pads.map(pad => pad.before);
  const after = kernel.map((k, axis) =>
    Math.max(0, ((outputs[axis] ?? 1) - 1) * (stride[axis] ?? 1) + k - (sizes[axis] ?? 0) - (before[axis] ?? 0)),
  );
  const padded = to.node('Pad', [x, to.ints([0, 0, ...before, 0, 0, ...after]), to.scalar(0, dtypeOf(node))]);
  return to.node('AveragePool', [padded], { kernel_shape: kernel, strides: stride });
}

/** `norm_type` p: the p-th root of the sum of p-th powers. */
export const lpPool = defineOp({
  name: 'lp_pool',
  doc: 'p-norm of each window.',
  source: 'torch.nn.LPPool2d reference; ONNX LpPool-11',
  infer: node => [tensor(node.dtype(0), pooledShape(node))],
  cost: node => formula(0, windowOf(node) * node.outputElements()),
  torch: perRank(
    ['torch.nn.functional.lp_pool'],
    'input: Tensor, norm_type, kernel_size, stride=None, ceil_mode=False',
    ['norm_type', 'kernel_size', 'stride', 'ceil_mode'],
  ),
  onnx: { LpPool: node => readPool(node, { norm_type: node.number('p', 2) }) },
  emit: (node, to) => {
    const { kernel_shape, strides, pads } = windowAttrs(node);
    const p = node.number('norm_type', 2);
    const constant = (value: number): string => to.scalar(value, dtypeOf(node));
    return batched(
      node,
      to,
      x => {
        if (!node.flag('ceil_mode', false)) return [to.node('LpPool', [x], { kernel_shape, strides, pads, p })];
        // PyTorch's windows over the edge: the mean of what lies inside, times the whole window.
        const powers = to.node('Pow', [x, constant(p)]);
        const mean = to.node('AveragePool', [powers], { kernel_shape, strides, pads, ceil_mode: 1 });
        return [to.node('Pow', [to.node('Mul', [mean, constant(windowOf(node))]), constant(1 / p)])];
      },
      axesOf(node),
    );
  },
  examples: [
    {
      in: ['float32[1,8,6,6]'],
      attrs: { axes: 2, kernel_size: 2, norm_type: 2 },
      out: ['float32[1,8,3,3]'],
      macs: 0,
      flops: 288,
    },
  ],
});

export const maxUnpool = defineOp({
  name: 'max_unpool',
  doc: 'Elements put back where a max pooling found them, zeros elsewhere; moves data.',
  source: 'torch.nn.MaxUnpool2d reference; ONNX MaxUnpool-11',
  infer: node => {
    const axes = node.number('axes');
    const lead = node.shape(0).slice(0, -axes);
    if (node.attr('output_size') !== undefined)
      return [tensor(node.dtype(0), [...lead, ...node.numbersOf('output_size').slice(-axes)])];
    const kernel = perAxis(node.numbersOf('kernel_size'), axes);
    const stride = perAxis(node.numbersOf('stride', kernel), axes);
    const padding = perAxis(node.numbersOf('padding', [0]), axes);
    const sizes = node
      .shape(0)
      .slice(-axes)
      .map((size, axis) =>
        isUnknown(size) ? size : (size - 1) * (stride[axis] ?? 1) - 2 * (padding[axis] ?? 0) + (kernel[axis] ?? 1),
      );
    return [tensor(node.dtype(0), [...lead, ...sizes])];
  },
  cost: () => formula(0, 0),
  onnx: { MaxUnpool: readUnpool },
  torch: Object.fromEntries(
    [1, 2, 3].map((axes): [string, TorchSpelling] => [
      `torch.nn.functional.max_unpool${axes}d`,
      {
        signature: 'input: Tensor, indices: Tensor, kernel_size, stride=None, padding=0, output_size=None',
        call: args => ({
          inputs: [args.tensor('input'), args.tensor('indices')],
          attrs: {
            axes,
            kernel_size: args.attr('kernel_size'),
            stride: args.attr('stride'),
            padding: args.attr('padding'),
            output_size: args.attr('output_size'),
          },
        }),
      },
    ]),
  ),
  emit: (node, to) => {
    const shape = node.outputShape().map(known);
    const axes = node.number('axes');
    const lead = shape.slice(0, -axes);
    const plane = shape.slice(-axes).reduce((a, b) => a * b, 1);
    const flat = (input: number): string => to.node('Reshape', [to.in(input), to.ints([...lead, -1])]);
    const empty = to.filled(0, dtypeOf(node), [...lead, plane]);
    const put = to.node('ScatterElements', [empty, flat(1), flat(0)], { axis: lead.length });
    return [to.node('Reshape', [put, to.ints(shape)])];
  },
  examples: [
    { in: ['float32[1,2,3,3]', 'int64[1,2,3,3]'], attrs: { axes: 2, kernel_size: 2 }, out: ['float32[1,2,6,6]'] },
  ],
});

function readUnpool(node: OnnxNode): OnnxCall {
  const kernel = node.numbersOf('kernel_shape');
  const strides = node.numbersOf(
    'strides',
    kernel.map(() => 1),
  );
  const pads = node.numbersOf(
    'pads',
    kernel.flatMap(() => [0, 0]),
  );
  const sizes = kernel.map((k, axis) => {
    const around = (pads[axis] ?? 0) + (pads[axis + kernel.length] ?? 0);
    return (node.size(0, axis + 2) - 1) * (strides[axis] ?? 1) - around + k;
  });
  return { inputs: [0, 1], attrs: { axes: kernel.length, output_size: node.has(2) ? node.numbers(2) : sizes } };
}
