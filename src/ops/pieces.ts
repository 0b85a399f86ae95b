/** One place of an axis, or the axis cut into pieces. Views in PyTorch, copies in ONNX runtimes. */
import { isUnknown } from '../base/known';
import { text } from '../base/text';
import type { Attr } from '../ir/graph';
import { tensor } from '../ir/tensor';
import { isView } from './axes';
import type { Steps } from './evaluate';
import { rearrange, steps } from './evaluate';
import type { CoreCall, OnnxCall, OnnxNode, TorchArguments, TorchSpelling } from './op';
import { defineOp, free, Mismatch } from './op';
import { normaliseAxis } from './rules';
import { spell } from './spell';
import { known, listOf } from './view';

const PICKS = free('picks elements');

/** Steps at one place of an axis, which is dropped. */
const picking =
  (axis: number, place: number) =>
  (sizes: readonly number[], strides: readonly number[]): readonly Steps[] =>
    sizes.map((size, at) => (at === axis ? [place * (strides[at] ?? 1)] : steps(size, strides[at] ?? 1)));

export const select = defineOp({
  name: 'select',
  doc: 'One place of an axis, the axis removed.',
  source: 'torch.select reference',
  view: true,
  strides: (node, source) => without(source, node.number('dim')),
  infer: node => {
    const axis = normaliseAxis(node.number('dim'), node.rank(0));
    const size = node.dim(0, axis);
    const index = node.attr('index');
    if (typeof index === 'number' && !isUnknown(size) && (index >= size || index < -size))
      throw new Mismatch(text('index {0} is out of range for an axis of {1}', index, size));
    return [
      tensor(
        node.dtype(0),
        node.shape(0).filter((_, at) => at !== axis),
      ),
    ];
  },
  cost: () => PICKS,
  evaluate: node => {
    const axis = normaliseAxis(node.number('dim'), node.rank(0));
    const index = node.number('index');
    const at = index < 0 ? index + node.size(0, axis) : index;
    return [rearrange(node, picking(axis, at))];
  },
  torch: spell('torch Tensor', 'select', 'input: Tensor, dim: int, index: int'),
  emit: (node, to) => [
    to.node('Gather', [to.in(0), to.scalar(node.number('index'), 'int64')], { axis: node.number('dim') }),
  ],
  examples: [
    { in: ['float32[2,10,4]'], attrs: { dim: 1, index: -1 }, out: ['float32[2,4]'], bytes: 0 },
    { in: ['int64[3]'], data: { 0: [7, 8, 9] }, attrs: { dim: 0, index: 1 }, out: ['int64[]'], outData: { 0: [8] } },
  ],
});

const without = (source: readonly number[], dim: number): readonly number[] =>
  source.filter((_, axis) => axis !== normaliseAxis(dim, source.length));

const axisSize = <Input>(args: TorchArguments<Input>): number => {
  const shape = known(args.type(args.tensor('input')).shape);
  return known(shape[normaliseAxis(args.number('dim'), shape.length)] ?? 1);
};

const pieces = <Input>(args: TorchArguments<Input>, dim: number, sizes: readonly number[]): CoreCall<Input> => ({
  inputs: [args.tensor('input')],
  attrs: { sizes, dim },
});

/** Equal sizes, the last one smaller where it does not fit. */
const equal = (total: number, size: number): readonly number[] =>
  total === 0 ? [0] : listOf(Math.ceil(total / size), index => Math.min(size, total - index * size));

function splitTorch<Input>(args: TorchArguments<Input>): CoreCall<Input> {
  const name = args.has('split_size') ? 'split_size' : 'split_size_or_sections';
  const size: Attr | undefined = args.attr(name);
  return pieces(args, args.number('dim'), typeof size === 'number' ? equal(axisSize(args), size) : args.numbers(name));
}

/** The first n mod parts pieces are one longer. */
const even = (total: number, parts: number): readonly number[] =>
  listOf(parts, index => Math.floor(total / parts) + (index < total % parts ? 1 : 0));

function splitAlong(dim: number): TorchSpelling {
  return {
    signature: 'input: Tensor, indices_or_sections',
    call: args => {
      const shape = known(args.type(args.tensor('input')).shape);
      return tensorSplit(args, dim, known(shape[dim] ?? 1));
    },
    returns: 'tuple',
  };
}

function tensorSplit<Input>(args: TorchArguments<Input>, dim: number, total: number): CoreCall<Input> {
  const where = args.attr('indices_or_sections');
  if (typeof where === 'number') return pieces(args, dim, even(total, where));
  const cuts = [
    0,
    ...args.numbers('indices_or_sections').map(cut => Math.min(Math.max(cut < 0 ? cut + total : cut, 0), total)),
    total,
  ];
  return pieces(
    args,
    dim,
    cuts.slice(1).map((cut, index) => Math.max(0, cut - (cuts[index] ?? 0))),
  );
}

export const split = defineOp({
  name: 'split',
  doc: 'Pieces of given sizes along an axis.',
  source: 'torch.split, torch.chunk and torch.tensor_split references; ONNX Split-18',
  view: isView,
  strides: (_, source) => source,
  infer: node => {
    const axis = normaliseAxis(node.number('dim', 0), node.rank(0));
    const sizes = node.numbersOf('sizes');
    const total = sizes.reduce((a, b) => a + b, 0);
    const size = node.dim(0, axis);
    if (!isUnknown(size) && size !== total)
      throw new Mismatch(text('pieces of {0} do not make up an axis of {1}', total, size));
    return sizes.map(part =>
      tensor(
        node.dtype(0),
        node.shape(0).map((dim, at) => (at === axis ? part : dim)),
      ),
    );
  },
  cost: () => PICKS,
  evaluate: node => {
    const axis = normaliseAxis(node.number('dim', 0), node.rank(0));
    let offset = 0;
    return node.numbersOf('sizes').map(size => {
      const start = offset;
      offset += size;
      return rearrange(node, (sizes, strides) =>
        sizes.map((count, at) =>
          at === axis ? steps(size, strides[at] ?? 1, place => start + place) : steps(count, strides[at] ?? 1),
        ),
      );
    });
  },
  torch: {
    'torch.split': {
      signature: 'input: Tensor, split_size_or_sections, dim: int = 0',
      call: splitTorch,
      returns: 'tuple',
    },
    'torch.Tensor.split': { signature: 'input: Tensor, split_size, dim: int = 0', call: splitTorch, returns: 'tuple' },
    'torch.split_with_sizes': {
      signature: 'input: Tensor, split_size, dim: int = 0',
      call: splitTorch,
      returns: 'tuple',
    },
    ...spell('torch Tensor', 'chunk', {
      signature: 'input: Tensor, chunks: int, dim: int = 0',
      call: args =>
        pieces(args, args.number('dim'), equal(axisSize(args), Math.ceil(axisSize(args) / args.number('chunks')))),
      returns: 'tuple',
    }),
    ...spell('torch Tensor', 'tensor_split', {
      signature: 'input: Tensor, indices_or_sections, dim: int = 0',
      call: args => tensorSplit(args, args.number('dim'), axisSize(args)),
      returns: 'tuple',
    }),
    ...spell('torch Tensor', 'hsplit', splitAlong(1)),
    ...spell('torch Tensor', 'vsplit', splitAlong(0)),
    ...spell('torch Tensor', 'dsplit', splitAlong(2)),
  },
  onnx: { Split: readSplit },
  emit: (node, to) => {
    const sizes = node.numbersOf('sizes');
    return to.nodes('Split', [to.in(0), to.ints(sizes)], sizes.length, { axis: node.number('dim', 0) });
  },
  examples: [
    {
      in: ['float32[2,10]'],
      attrs: { sizes: [3, 3, 4], dim: 1 },
      out: ['float32[2,3]', 'float32[2,3]', 'float32[2,4]'],
      bytes: 0,
    },
    {
      in: ['float32[2,10]'],
      attrs: { sizes: [5, 5], dim: -1, copies: true },
      out: ['float32[2,5]', 'float32[2,5]'],
      bytes: 160,
    },
    {
      in: ['int64[3]'],
      data: { 0: [1, 2, 3] },
      attrs: { sizes: [1, 2] },
      out: ['int64[1]', 'int64[2]'],
      outData: { 0: [1], 1: [2, 3] },
    },
  ],
});

function readSplit(node: OnnxNode): OnnxCall {
  const dim = node.number('axis', 0);
  const given = node.attr('split') === undefined ? undefined : node.numbersOf('split');
  const sizes = given ?? (node.has(1) ? node.numbers(1) : undefined);
  const count = node.number('num_outputs', node.outputCount);
  const total = sizes === undefined ? node.size(0, dim) : 0;
  return {
    inputs: [0],
    attrs: { dim, sizes: sizes ?? pad(equal(total, Math.ceil(total / count)), count), copies: true },
  };
}

const pad = (sizes: readonly number[], count: number): readonly number[] => listOf(count, index => sizes[index] ?? 0);

export const unbind = defineOp({
  name: 'unbind',
  doc: 'All places of an axis, each without it.',
  source: 'torch.unbind reference',
  view: true,
  strides: (node, source) => without(source, node.number('dim', 0)),
  infer: node => {
    const axis = normaliseAxis(node.number('dim', 0), node.rank(0));
    const rest = node.shape(0).filter((_, at) => at !== axis);
    return listOf(node.size(0, axis), () => tensor(node.dtype(0), rest));
  },
  cost: () => PICKS,
  evaluate: node => {
    const axis = normaliseAxis(node.number('dim', 0), node.rank(0));
    return node.outputs.map((_, output) => rearrange(node, picking(axis, output)));
  },
  torch: spell('torch Tensor', 'unbind', { signature: 'input: Tensor, dim: int = 0', returns: 'tuple' }),
  emit: (node, to) => {
    const axis = normaliseAxis(node.number('dim', 0), node.rank(0));
    const parts = to.nodes('Split', [to.in(0)], node.outputs.length, { axis });
    return parts.map(part => to.node('Squeeze', [part, to.ints([axis])]));
  },
  examples: [
    { in: ['float32[3,2]'], out: ['float32[2]', 'float32[2]', 'float32[2]'], bytes: 0 },
    { in: ['int64[2]'], data: { 0: [4, 5] }, out: ['int64[]', 'int64[]'], outData: { 0: [4], 1: [5] } },
  ],
});
