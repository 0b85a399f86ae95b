/** Elements in other places: flipped, rolled, shuffled between channels and space, cut into overlapping columns and put back. */
import { product } from '../base/known';
import { text } from '../base/text';
import type { Dim } from '../ir/tensor';
import { tensor } from '../ir/tensor';
import { dtypeOf } from './elementwise';
import { rearrange, sizesOf, steps } from './evaluate';
import type { Emitter, InferredView, NodeView, OpEntry } from './op';
import { defineOp, formula, free, Mismatch } from './op';
import { normaliseAxis, perAxis, windowSize } from './rules';
import { spell } from './spell';
import { known } from './view';

const MOVES = free('moves data');

export const flip = defineOp({
  name: 'flip',
  doc: 'Axes in reverse.',
  source: 'torch.flip reference',
  infer: node => [node.type(0)],
  cost: () => MOVES,
  evaluate: node => {
    const axes = flipped(node);
    return [
      rearrange(node, (sizes, strides) =>
        sizes.map((size, axis) =>
          steps(size, strides[axis] ?? 1, axes.includes(axis) ? place => size - 1 - place : undefined),
        ),
      ),
    ];
  },
  torch: {
    'torch.flip': 'input: Tensor, dims',
    'torch.Tensor.flip': 'input: Tensor, *dims',
    ...spell('torch Tensor', 'fliplr', {
      signature: 'input: Tensor',
      call: args => ({ inputs: [args.tensor('input')], attrs: { dims: [1] } }),
    }),
    ...spell('torch Tensor', 'flipud', {
      signature: 'input: Tensor',
      call: args => ({ inputs: [args.tensor('input')], attrs: { dims: [0] } }),
    }),
  },
  emit: (node, to) => {
    const axes = flipped(node);
    const each = (value: number): string => to.ints(axes.map(() => value));
    return [to.node('Slice', [to.in(0), each(-1), each(-9e18), to.ints(axes), each(-1)])];
  },
  examples: [
    { in: ['float32[2,3]'], attrs: { dims: [-1] }, out: ['float32[2,3]'], bytes: 48 },
    { in: ['int64[3]'], data: { 0: [1, 2, 3] }, attrs: { dims: [0] }, out: ['int64[3]'], outData: { 0: [3, 2, 1] } },
  ],
});

const flipped = (node: NodeView): readonly number[] =>
  node.numbersOf('dims').map(axis => normaliseAxis(axis, node.rank(0)));

/** Attributes shifts and dims, one each per axis; without dims the tensor is rolled as one vector. */
export const roll = defineOp({
  name: 'roll',
  doc: 'Axes shifted, what falls off one end put back at the other.',
  source: 'torch.roll reference',
  infer: node => {
    if (node.attr('dims') !== undefined && node.numbersOf('dims').length !== node.numbersOf('shifts').length)
      throw new Mismatch(
        text('{0} shifts for {1} axes', node.numbersOf('shifts').length, node.numbersOf('dims').length),
      );
    return [node.type(0)];
  },
  cost: () => MOVES,
  torch: spell('torch Tensor', 'roll', 'input: Tensor, shifts, dims=None'),
  emit: (node, to) => {
    if (node.attr('dims') === undefined) {
      const flat = to.node('Reshape', [to.in(0), to.ints([-1])]);
      return [
        to.node('Reshape', [
          rolled(to, flat, node.numbersOf('shifts')[0] ?? 0, 0, node.elements(0)),
          to.ints(sizesOf(node, 0)),
        ]),
      ];
    }
    const shifts = node.numbersOf('shifts');
    return [
      node.numbersOf('dims').reduce((x, dim, at) => {
        const axis = normaliseAxis(dim, node.rank(0));
        return rolled(to, x, shifts[at] ?? 0, axis, node.size(0, axis));
      }, to.in(0)),
    ];
  },
  examples: [
    { in: ['float32[2,8,8,3]'], attrs: { shifts: [-3, -3], dims: [1, 2] }, out: ['float32[2,8,8,3]'], bytes: 3072 },
    { in: ['float32[2,3]'], attrs: { shifts: [1] }, out: ['float32[2,3]'] },
  ],
});

function rolled(to: Emitter, x: string, shift: number, axis: number, size: number): string {
  const cut = size === 0 ? 0 : ((-shift % size) + size) % size;
  if (cut === 0) return x;
  const part = (from: number, end: number): string =>
    to.node('Slice', [x, to.ints([from]), to.ints([end]), to.ints([axis])]);
  return to.node('Concat', [part(cut, size), part(0, cut)], { axis });
}

/** Attribute upscale_factor; mode 'CRD' (PyTorch: the block lies innermost in the channels) or 'DCR'. */
export const pixelShuffle = defineOp({
  name: 'pixel_shuffle',
  doc: 'Channels spread into blocks of space.',
  source: 'torch.nn.PixelShuffle reference; ONNX DepthToSpace-13',
  infer: node => {
    const factor = node.number('upscale_factor');
    const shape = node.shape(0);
    const channels = known(shape.at(-3) ?? 1) / factor ** 2;
    if (!Number.isInteger(channels))
      throw new Mismatch(text('{0} channels cannot be spread into blocks of {1}', node.size(0, -3), factor ** 2));
    return [
      tensor(node.dtype(0), [...shape.slice(0, -3), channels, ...shape.slice(-2).map(dim => product([dim, factor]))]),
    ];
  },
  cost: () => MOVES,
  torch: spell('torch F', 'pixel_shuffle', 'input: Tensor, upscale_factor: int'),
  onnx: {
    DepthToSpace: node => ({ attrs: { upscale_factor: node.number('blocksize'), mode: node.text('mode', 'DCR') } }),
  },
  emit: (node, to) => [
    to.node('DepthToSpace', [to.in(0)], { blocksize: node.number('upscale_factor'), mode: node.text('mode', 'CRD') }),
  ],
  examples: [{ in: ['float32[1,12,4,5]'], attrs: { upscale_factor: 2 }, out: ['float32[1,3,8,10]'], bytes: 1920 }],
});

/** PyTorch puts the block innermost in the channels, ONNX (`mode` 'DCR') outermost. */
export const pixelUnshuffle = defineOp({
  name: 'pixel_unshuffle',
  doc: 'Blocks of space gathered into channels.',
  source: 'torch.nn.PixelUnshuffle reference; ONNX SpaceToDepth-13',
  infer: node => {
    const factor = node.number('downscale_factor');
    const shape = node.shape(0);
    const space = shape.slice(-2).map(dim => known(dim) / factor);
    if (!space.every(Number.isInteger))
      throw new Mismatch(text('[{0}] cannot be cut into blocks of {1}', sizesOf(node, 0).join(', '), factor));
    return [tensor(node.dtype(0), [...shape.slice(0, -3), product([shape.at(-3) ?? 1, factor ** 2]), ...space])];
  },
  cost: () => MOVES,
  torch: spell('torch F', 'pixel_unshuffle', 'input: Tensor, downscale_factor: int'),
  onnx: { SpaceToDepth: node => ({ attrs: { downscale_factor: node.number('blocksize'), mode: 'DCR' } }) },
  emit: (node, to) => {
    const factor = node.number('downscale_factor');
    if (node.text('mode', 'CRD') === 'DCR') return [to.node('SpaceToDepth', [to.in(0)], { blocksize: factor })];
    const shape = sizesOf(node, 0);
    const [channels = 1, height = 1, width = 1] = shape.slice(-3);
    const lead = shape.slice(0, -3).reduce((a, b) => a * b, 1);
    const blocks = to.node('Reshape', [
      to.in(0),
      to.ints([lead, channels, height / factor, factor, width / factor, factor]),
    ]);
    const sorted = to.node('Transpose', [blocks], { perm: [0, 1, 3, 5, 2, 4] });
    return [to.node('Reshape', [sorted, to.ints(node.outputShape().map(known))])];
  },
  examples: [{ in: ['float32[1,3,8,10]'], attrs: { downscale_factor: 2 }, out: ['float32[1,12,4,5]'], bytes: 1920 }],
});

export const channelShuffle = defineOp({
  name: 'channel_shuffle',
  doc: 'Channels of several groups interleaved.',
  source: 'torch.nn.ChannelShuffle reference',
  infer: node => [node.type(0)],
  cost: () => MOVES,
  torch: spell('torch F', 'channel_shuffle', 'input: Tensor, groups: int'),
  emit: (node, to) => {
    const [batch = 1, channels = 1, ...space] = sizesOf(node, 0);
    const groups = node.number('groups');
    const area = space.reduce((a, b) => a * b, 1);
    const split = to.node('Reshape', [to.in(0), to.ints([batch, groups, channels / groups, area])]);
    const mixed = to.node('Transpose', [split], { perm: [0, 2, 1, 3] });
    return [to.node('Reshape', [mixed, to.ints([batch, channels, ...space])])];
  },
  examples: [{ in: ['float32[1,6,2,2]'], attrs: { groups: 3 }, out: ['float32[1,6,2,2]'], bytes: 192 }],
});

/** Positions of a sliding window per axis, for sizes of the image. */
function positions(node: NodeView, space: readonly Dim[]): readonly Dim[] {
  const axes = space.length;
  const list = (name: string, otherwise: number): readonly number[] => perAxis(node.numbersOf(name, [otherwise]), axes);
  const [kernel, stride] = [list('kernel_size', 1), list('stride', 1)];
  const [dilation, padding] = [list('dilation', 1), list('padding', 0)];
  return space.map((size, axis) =>
    windowSize(size, {
      kernel: kernel[axis] ?? 1,
      stride: stride[axis] ?? 1,
      dilation: dilation[axis] ?? 1,
      padding: 2 * (padding[axis] ?? 0),
    }),
  );
}

const COLUMNS = 'input: Tensor, kernel_size, dilation=1, padding=0, stride=1';

export const unfold = defineOp({
  name: 'unfold',
  doc: 'Every window of an image as a column.',
  source: 'torch.nn.Unfold reference',
  infer: node => {
    const [batch = 1, channels = 1, ...space] = node.shape(0);
    const kernel = perAxis(node.numbersOf('kernel_size'), space.length);
    return [tensor(node.dtype(0), [batch, product([channels, ...kernel]), product(positions(node, space))])];
  },
  cost: () => MOVES,
  torch: spell('F', 'unfold', COLUMNS),
  emit: (node, to) => [emitUnfold(node, to)],
  examples: [
    // 3·2·2 rows, 3·4 windows
    { in: ['float32[1,3,4,5]'], attrs: { kernel_size: [2, 2] }, out: ['float32[1,12,12]'], bytes: 816 },
    { in: ['float32[1,2,6,6]'], attrs: { kernel_size: 3, stride: 2, padding: 1 }, out: ['float32[1,18,9]'] },
  ],
});

/** Rows and columns of every window by index: [N, C, kh, oh, kw, ow], then sorted. */
function emitUnfold(node: InferredView, to: Emitter): string {
  const [batch = 1, channels = 1, ...space] = sizesOf(node, 0);
  const list = (name: string, otherwise: number): readonly number[] =>
    perAxis(node.numbersOf(name, [otherwise]), space.length);
  const [kernel, stride] = [list('kernel_size', 1), list('stride', 1)];
  const [dilation, padding] = [list('dilation', 1), list('padding', 0)];
  const pads = [0, 0, ...padding];
  const padded = to.node('Pad', [to.in(0), to.ints([...pads, ...pads])], { mode: 'constant' });
  const counts = positions(node, space).map(known);
  const gathered = counts.reduce((x, count, axis) => {
    const taps = Array.from({ length: kernel[axis] ?? 1 }, (_, tap) => tap * (dilation[axis] ?? 1));
    const starts = Array.from({ length: count }, (_, at) => at * (stride[axis] ?? 1));
    const rows = to.node('Unsqueeze', [to.ints(taps), to.ints([1])]);
    return to.node('Gather', [x, to.node('Add', [rows, to.ints(starts)])], { axis: 2 + 2 * axis });
  }, padded);
  const axes = counts.map((_, axis) => 2 + 2 * axis);
  const sorted = to.node('Transpose', [gathered], { perm: [0, 1, ...axes, ...axes.map(axis => axis + 1)] });
  const rows = kernel.reduce((a, b) => a * b, channels);
  return to.node('Reshape', [sorted, to.ints([batch, rows, counts.reduce((a, b) => a * b, 1)])]);
}

/** Overlapping columns are summed. Written as a transposed convolution whose kernels hold a single 1; counted as additions. */
export const fold = defineOp({
  name: 'fold',
  doc: 'Columns put back as windows of an image, added where they overlap.',
  source: 'torch.nn.Fold reference; ONNX Col2Im-18',
  infer: node => {
    const space = node.numbersOf('output_size');
    const kernel = perAxis(node.numbersOf('kernel_size'), space.length);
    const channels = node.size(0, 1) / kernel.reduce((a, b) => a * b, 1);
    const columns = known(product(positions(node, space)));
    if (!Number.isInteger(channels) || columns !== node.size(0, 2))
      throw new Mismatch(text('[{0}] are not the columns of [{1}]', sizesOf(node, 0).join(', '), space.join(', ')));
    return [tensor(node.dtype(0), [node.dim(0, 0), channels, ...space])];
  },
  cost: node => formula(0, node.elements(0)),
  torch: spell('F', 'fold', 'input: Tensor, output_size, kernel_size, dilation=1, padding=0, stride=1'),
  onnx: {
    Col2Im: node => {
      const axes = node.elements(1);
      return {
        inputs: [0],
        attrs: {
          output_size: node.numbers(1),
          kernel_size: node.numbers(2),
          dilation: node.numbersOf('dilations', Array<number>(axes).fill(1)),
          padding: node.numbersOf('pads', [0]).slice(0, axes),
          stride: node.numbersOf('strides', Array<number>(axes).fill(1)),
        },
      };
    },
  },
  emit: (node, to) => [emitFold(node, to)],
  examples: [
    {
      in: ['float32[1,12,12]'],
      attrs: { output_size: [4, 5], kernel_size: [2, 2] },
      out: ['float32[1,3,4,5]'],
      macs: 0,
      flops: 144,
    },
  ],
});

function emitFold(node: InferredView, to: Emitter): string {
  const space = node.numbersOf('output_size');
  const list = (name: string, otherwise: number): readonly number[] =>
    perAxis(node.numbersOf(name, [otherwise]), space.length);
  const [kernel, strides, dilations, pads] = [list('kernel_size', 1), list('stride', 1), list('dilation', 1), list('padding', 0)]; // prettier-ignore
  const taps = kernel.reduce((a, b) => a * b, 1);
  const channels = node.size(0, 1) / taps;
  const counts = positions(node, space).map(known);
  const columns = to.node('Reshape', [to.in(0), to.ints([0, channels * taps, ...counts])]);
  const one = to.node('EyeLike', [to.filled(0, dtypeOf(node), [taps, taps])]);
  const kernels = to.node('Tile', [
    to.node('Reshape', [one, to.ints([taps, 1, ...kernel])]),
    to.ints([channels, 1, ...kernel.map(() => 1)]),
  ]);
  const reached = counts.map(
    (count, axis) =>
      (count - 1) * (strides[axis] ?? 1) -
      2 * (pads[axis] ?? 0) +
      (dilations[axis] ?? 1) * ((kernel[axis] ?? 1) - 1) +
      1,
  );
  return to.node('ConvTranspose', [columns, kernels], {
    group: channels,
    strides,
    dilations,
    pads: [...pads, ...pads],
    output_padding: space.map((size, axis) => size - (reached[axis] ?? size)),
  });
}

export const meshgrid = defineOp({
  name: 'meshgrid',
  doc: 'Coordinate tensors of a grid, one per vector, as views.',
  source: 'torch.meshgrid reference',
  view: true,
  strides: (node, _, output) => {
    const swapped = node.text('indexing', 'ij') === 'xy' && output < 2;
    return node.outputShape().map((_size, axis) => (axis === (swapped ? 1 - output : output) ? 1 : 0));
  },
  infer: node => {
    const sizes = Array.from({ length: node.arity }, (_, input) => (node.rank(input) === 0 ? 1 : node.dim(input, 0)));
    const swapped = node.text('indexing', 'ij') === 'xy' && sizes.length > 1;
    const [first = 1, second = 1, ...rest] = sizes;
    const shape = swapped ? [second, first, ...rest] : sizes;
    return sizes.map((_, input) => tensor(node.dtype(input), shape));
  },
  cost: () => free('views of the vectors'),
  torch: { 'torch.meshgrid': { signature: '*tensors: Tensor[], indexing=None', returns: 'tuple' } },
  emit: (node, to) => {
    const swapped = node.text('indexing', 'ij') === 'xy';
    const sizes = node.outputShape().map(known);
    return node.outputs.map((_, input) => {
      const axis = swapped && input < 2 ? 1 - input : input;
      const shape = sizes.map((_size, at) => (at === axis ? -1 : 1));
      return to.node('Expand', [to.node('Reshape', [to.in(input), to.ints(shape)]), to.ints(sizes)]);
    });
  },
  examples: [
    { in: ['float32[3]', 'float32[4]'], attrs: { indexing: 'ij' }, out: ['float32[3,4]', 'float32[3,4]'], bytes: 0 },
    { in: ['float32[3]', 'float32[4]'], attrs: { indexing: 'xy' }, out: ['float32[4,3]', 'float32[4,3]'] },
  ],
});

export const reverseSequence: OpEntry = defineOp({
  name: 'reverse_sequence',
  doc: 'The beginning of every sequence, up to its length, in reverse.',
  source: 'ONNX ReverseSequence-10',
  infer: node => [node.type(0)],
  cost: () => MOVES,
  onnx: { ReverseSequence: {} },
  emit: (_, to) => [to.node('ReverseSequence', [to.in(0), to.in(1)])],
  examples: [{ in: ['float32[5,2]', 'int64[2]'], out: ['float32[5,2]'], bytes: 96 }],
});
