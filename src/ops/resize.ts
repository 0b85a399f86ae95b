/**
 * Interpolation and sampling. Not MACs; FLOPs per output element: the multiplications and adds over its taps
 * (2 per axis for linear, 4 for cubic): 2·taps − 1, and 0 for the nearest neighbour, which only moves data.
 */
import { isUnknown } from '../base/known';
import { text } from '../base/text';
import type { Attrs } from '../ir/graph';
import type { Dim } from '../ir/tensor';
import { tensor } from '../ir/tensor';
import { sizesOf } from './evaluate';
import type { CoreCall, Emitter, InferredView, NodeView, OnnxCall, OnnxNode, TorchArguments } from './op';
import { defineOp, formula, Mismatch, Undetermined } from './op';
import { wantedSizes } from './reshape';
import { normaliseAxis, perAxis } from './rules';
import { spell } from './spell';
import { known } from './view';

const stepsPerOutput = (mode: string, axes: number): number =>
  mode.startsWith('nearest') ? 0 : 2 * (mode.includes('cubic') ? 4 : 2) ** axes - 1;

/**
 * Attributes: mode; size or scale_factor of the spatial axes, as PyTorch has them, or sizes of all axes (or input 1),
 * as ONNX has them; align_corners. ONNX's further ways to place the samples do not change the cost.
 */
export const interpolate = defineOp({
  name: 'interpolate',
  doc: 'Another resolution, by nearest neighbours or linear or cubic weights.',
  source: 'torch.nn.functional.interpolate reference; ONNX Resize-19',
  infer: node => [tensor(node.dtype(0), resizedShape(node))],
  cost: node => formula(0, stepsPerOutput(node.text('mode', 'nearest'), node.rank(0) - 2) * node.outputElements()),
  torch: {
    ...spell('F', 'interpolate', {
      signature:
        "input: Tensor, size=None, scale_factor=None, mode='nearest', align_corners=None, recompute_scale_factor=None, antialias=False",
      call: interpolateCall,
    }),
    ...spell('F', 'upsample', {
      signature: "input: Tensor, size=None, scale_factor=None, mode='nearest', align_corners=None",
      call: interpolateCall,
    }),
    ...spell('F', 'upsample_nearest', 'input: Tensor, size=None, scale_factor=None'),
    ...spell('F', 'upsample_bilinear', {
      signature: 'input: Tensor, size=None, scale_factor=None',
      call: args => ({
        inputs: [args.tensor('input')],
        attrs: {
          size: args.attr('size'),
          scale_factor: args.attr('scale_factor'),
          mode: 'bilinear',
          align_corners: true,
        },
      }),
    }),
  },
  onnx: { Resize: readResize, Upsample: readUpsample },
  emit: (node, to) => [emitResize(node, to)],
  examples: [
    { in: ['float32[1,3,8,8]'], attrs: { scale_factor: 2 }, out: ['float32[1,3,16,16]'], bytes: 3840 },
    // 1·3·12·10 × 7
    {
      in: ['float32[1,3,8,8]'],
      attrs: { size: [12, 10], mode: 'bilinear' },
      out: ['float32[1,3,12,10]'],
      macs: 0,
      flops: 2520,
    },
    {
      in: ['float32[1,3,8,8]'],
      attrs: { size: 16, mode: 'bicubic', align_corners: true },
      out: ['float32[1,3,16,16]'],
      macs: 0,
      flops: 23_808, // 768 × 31
    },
    {
      in: ['float32[1,3,5]'],
      attrs: { scale_factor: 1.5, mode: 'linear' },
      out: ['float32[1,3,7]'],
      macs: 0,
      flops: 63,
    },
    {
      in: ['float32[1,2,4,4,4]'],
      attrs: { size: 8, mode: 'trilinear' },
      out: ['float32[1,2,8,8,8]'],
      macs: 0,
      flops: 15_360,
    },
    { in: ['float32[1,2,4,4]'], attrs: { sizes: [1, 2, 8, 8] }, out: ['float32[1,2,8,8]'] },
  ],
});

function resizedShape(node: NodeView): readonly Dim[] {
  const shape = node.shape(0);
  if (node.attr('sizes') !== undefined || node.has(1)) return wantedSizes(node, 'sizes', 1);
  const axes = shape.length - 2;
  if (axes < 1) throw new Mismatch(text('interpolation needs at least 3 axes, got {0}', shape.length));
  if (node.attr('size') !== undefined) return [...shape.slice(0, 2), ...perAxis(node.numbersOf('size'), axes)];
  const scales = perAxis(node.numbersOf('scale_factor'), axes);
  return [
    ...shape.slice(0, 2),
    ...shape.slice(2).map((dim, axis): Dim => (isUnknown(dim) ? dim : Math.floor(dim * (scales[axis] ?? 1)))),
  ];
}

/** Area interpolation is adaptive average pooling. */
function interpolateCall<Input>(args: TorchArguments<Input>): CoreCall<Input> {
  const inputs = [args.tensor('input')];
  const names = ['size', 'scale_factor', 'mode', 'align_corners', 'recompute_scale_factor', 'antialias'];
  const attrs: Attrs = Object.fromEntries(names.filter(name => args.has(name)).map(name => [name, args.attr(name)]));
  if (attrs['mode'] !== 'area') return { inputs, attrs };
  const space = known(args.type(args.tensor('input')).shape)
    .slice(2)
    .map(known);
  const given = (name: string): readonly number[] => perAxis(listOf(args, name), space.length);
  const output_size =
    attrs['size'] === undefined
      ? given('scale_factor').map((scale, axis) => Math.floor((space[axis] ?? 1) * scale))
      : given('size');
  return { op: 'adaptive_avg_pool', inputs, attrs: { axes: space.length, output_size } };
}

const listOf = <Input>(args: TorchArguments<Input>, name: string): readonly number[] => {
  const value = args.attr(name);
  return typeof value === 'number' ? [value] : args.numbers(name);
};

/** Scales are input 1 in opset 10 and input 2 since; sizes, input 3, go first. Since opset 18 both may name only some axes. */
function readResize(node: OnnxNode): OnnxCall {
  const attrs = {
    mode: node.text('mode', 'nearest'),
    align_corners: node.text('coordinate_transformation_mode', 'half_pixel') === 'align_corners',
  };
  const axes = node.attr('axes') === undefined ? undefined : node.numbersOf('axes');
  const scales = node.opset < 11 ? 1 : 2;
  if (node.has(3) && node.size(3, 0) > 0) {
    if (axes !== undefined || node.text('keep_aspect_ratio_policy', 'stretch') !== 'stretch')
      return { inputs: [0], attrs: { ...attrs, sizes: someAxes(node, axes, node.numbers(3), keptAspect) } };
    const data = node.data(3);
    return data === undefined || data.some(isUnknown)
      ? { inputs: [0, 3], attrs }
      : { inputs: [0], attrs: { ...attrs, sizes: node.numbers(3) } };
  }
  return { inputs: [0], attrs: { ...attrs, sizes: someAxes(node, axes, node.numbers(scales), scaledSizes) } };
}

type Sizing = (node: OnnxNode, sizes: readonly number[], given: readonly number[]) => readonly number[];

function someAxes(
  node: OnnxNode,
  axes: readonly number[] | undefined,
  given: readonly number[],
  sizing: Sizing,
): readonly number[] {
  const shape = sizesOf(node, 0);
  if (axes === undefined) return sizing(node, shape, given);
  const at = axes.map(axis => normaliseAxis(axis, shape.length));
  const sizes = sizing(
    node,
    at.map(axis => shape[axis] ?? 1),
    given,
  );
  return shape.map((size, axis) => (at.includes(axis) ? (sizes[at.indexOf(axis)] ?? size) : size));
}

/** The runtime multiplies in single precision. */
const scaledSizes: Sizing = (_, sizes, scales) =>
  sizes.map((size, axis) => Math.floor(Math.fround(size * Math.fround(scales[axis] ?? 1))));

const keptAspect: Sizing = (node, sizes, wanted) => {
  const policy = node.text('keep_aspect_ratio_policy', 'stretch');
  if (policy === 'stretch') return wanted;
  const ratios = sizes.map((size, axis) => (wanted[axis] ?? size) / size);
  const scale = policy === 'not_larger' ? Math.min(...ratios) : Math.max(...ratios);
  return sizes.map(size => Math.round(size * scale));
};

function readUpsample(node: OnnxNode): OnnxCall {
  const scales = node.opset < 9 ? node.numbersOf('scales') : node.numbers(1);
  return {
    inputs: [0],
    attrs: { mode: node.text('mode', 'nearest'), sizes: scaledSizes(node, sizesOf(node, 0), scales) },
  };
}

function emitResize(node: InferredView, to: Emitter): string {
  if (node.attr('antialias') === true) throw new Undetermined(text('interpolation against aliasing needs opset 18'));
  const mode = node.text('mode', 'nearest');
  const shape = node.outputShape().map(known);
  const kind = mode.startsWith('nearest') ? 'nearest' : mode.includes('cubic') ? 'cubic' : 'linear';
  // The runtime interpolates planes and volumes: a line becomes a plane of one row.
  const line = shape.length === 3 && kind !== 'nearest';
  const x = line ? to.node('Unsqueeze', [to.in(0), to.ints([2])]) : to.in(0);
  const lift = (values: readonly number[]): readonly number[] =>
    line ? [...values.slice(0, 2), 1, ...values.slice(2)] : values;
  const scales = scalesOf(node);
  const where = scales === undefined ? [to.ints(lift(shape))] : [];
  const resized = to.node(
    'Resize',
    [x, undefined, scales === undefined ? undefined : to.floats(lift(scales)), ...where],
    {
      mode: kind,
      coordinate_transformation_mode: transformation(node, mode),
      ...(kind === 'nearest' && { nearest_mode: mode === 'nearest-exact' ? 'round_prefer_ceil' : 'floor' }),
      ...(kind === 'cubic' && { cubic_coeff_a: { float: -0.75 } }),
    },
  );
  return line ? to.node('Squeeze', [resized, to.ints([2])]) : resized;
}

/** PyTorch places its samples by the scale that was given unless it is told to compute it anew. */
function scalesOf(node: NodeView): readonly number[] | undefined {
  if (node.attr('scale_factor') === undefined || node.attr('recompute_scale_factor') === true) return undefined;
  return [1, 1, ...perAxis(node.numbersOf('scale_factor'), node.rank(0) - 2)];
}

function transformation(node: NodeView, mode: string): string {
  if (mode === 'nearest') return 'asymmetric';
  return node.attr('align_corners') === true ? 'align_corners' : 'half_pixel';
}

export const gridSample = defineOp({
  name: 'grid_sample',
  doc: 'Samples at the places that a grid names.',
  source: 'torch.nn.functional.grid_sample reference; ONNX GridSample-20',
  infer: node => {
    const [batch = 1, channels = 1] = node.shape(0);
    return [tensor(node.dtype(0), [batch, channels, ...node.shape(1).slice(1, -1)])];
  },
  cost: node => formula(0, stepsPerOutput(node.text('mode', 'bilinear'), node.rank(0) - 2) * node.outputElements()),
  torch: spell(
    'F',
    'grid_sample',
    "input: Tensor, grid: Tensor, mode='bilinear', padding_mode='zeros', align_corners=None",
  ),
  onnx: {
    GridSample: node => ({
      attrs: {
        mode: node.text('mode', 'bilinear'),
        padding_mode: node.text('padding_mode', 'zeros'),
        align_corners: node.flag('align_corners', false),
      },
    }),
  },
  emit: (node, to) => {
    if (node.rank(0) !== 4) throw new Undetermined(text('sampling volumes needs opset 20'));
    return [
      to.node('GridSample', [to.in(0), to.in(1)], {
        mode: node.text('mode', 'bilinear'),
        padding_mode: node.text('padding_mode', 'zeros'),
        align_corners: Number(node.flag('align_corners', false)),
      }),
    ];
  },
  examples: [
    // 1·3·5·6 × 7; 4 × (192 + 60 + 90)
    { in: ['float32[1,3,8,8]', 'float32[1,5,6,2]'], out: ['float32[1,3,5,6]'], macs: 0, flops: 630, bytes: 1368 },
    { in: ['float32[1,3,8,8]', 'float32[1,5,6,2]'], attrs: { mode: 'nearest' }, out: ['float32[1,3,5,6]'] },
  ],
});

/** PyTorch makes the grid in one op, as part of sampling: the products with d + 1 coordinates are steps, not MACs. */
export const affineGrid = defineOp({
  name: 'affine_grid',
  doc: 'Grid of sampling points from affine matrices [N, d, d + 1]: d + 1 multiplications and d adds per coordinate.',
  source: 'torch.nn.functional.affine_grid reference; ONNX AffineGrid-20',
  infer: node => {
    const [batch = 1, , ...space] = node.numbersOf('size');
    return [tensor(node.dtype(0), [batch, ...space, space.length])];
  },
  cost: node => formula(0, node.outputElements() * (2 * node.size(0, 2) - 1)),
  torch: spell('F', 'affine_grid', 'theta: Tensor, size, align_corners=None'),
  onnx: { AffineGrid: node => ({ inputs: [0], attrs: { size: node.numbers(1) } }) },
  examples: [
    // 1·4·5·2 × 5
    { in: ['float32[1,2,3]'], attrs: { size: [1, 3, 4, 5] }, out: ['float32[1,4,5,2]'], macs: 0, flops: 200 },
  ],
});
