/** Joining, padding and repeating tensors: data moves, nothing is computed. */
import { isUnknown, product, sum } from '../base/known';
import type { Maybe } from '../base/known';
import { text } from '../base/text';
import type { ConstantData } from '../ir/graph';
import type { Dim, TensorType } from '../ir/tensor';
import { tensor } from '../ir/tensor';
import { castInputs } from './elementwise';
import { flatIndices, LOST, rearrange, sizesOf, steps } from './evaluate';
import type { InferredView, NodeView, TorchCall } from './op';
import { defineOp, free, Mismatch } from './op';
import { normaliseAxis, promote, same } from './rules';
import { spell } from './spell';
import { rowMajor } from './strides';
import { known, replacing } from './view';

const MOVES = free('moves data');

/** The axis follows from the number of axes; vectors may be stacked instead. */
function beside(how: (rank: number) => { op?: string; dim: number }): TorchCall {
  return {
    signature: 'tensors: Tensor[]',
    call: args => {
      const inputs = args.tensors('tensors');
      const { op = 'cat', dim } = how(Math.max(...inputs.map(input => known(args.type(input).shape).length)));
      return { op, inputs, attrs: { dim } };
    },
  };
}

const inputsOf = (node: NodeView): readonly number[] =>
  Array.from({ length: node.arity }, (_, input) => input).filter(input => node.has(input));

/** PyTorch lets empty vectors join anything. */
const isNothing = (type: TensorType): boolean =>
  !isUnknown(type.shape) && type.shape.length === 1 && type.shape[0] === 0;

const joined = (node: NodeView): readonly number[] => {
  const inputs = inputsOf(node);
  const real = inputs.filter(input => !isNothing(node.type(input)));
  return real.length === 0 ? inputs : real;
};

export const cat = defineOp({
  name: 'cat',
  doc: 'Tensors one after another along an axis.',
  source: 'torch.cat reference; ONNX Concat-13',
  infer: node => {
    const inputs = joined(node);
    const [first = 0] = inputs;
    const axis = normaliseAxis(node.number('dim', 0), node.rank(first));
    const shape = node.shape(first).map((_, at) => {
      const sizes = inputs.map(input => node.dim(input, at));
      return at === axis ? sum(sizes) : sizes.reduce((a, b) => same(a, b, 'cat'));
    });
    if (inputs.some(input => node.rank(input) !== shape.length))
      throw new Mismatch(
        text(
          'tensors of {0} and {1} axes cannot be joined',
          shape.length,
          Math.max(...inputs.map(input => node.rank(input))),
        ),
      );
    return [tensor(promote(inputs.map(input => node.type(input))), shape)];
  },
  cost: () => MOVES,
  evaluate: node => [joinData(node, node.number('dim', 0))],
  torch: {
    ...spell('torch', 'cat concat concatenate', 'tensors: Tensor[], dim: int = 0'),
    ...spell(
      'torch',
      'hstack',
      beside(rank => ({ dim: rank <= 1 ? 0 : 1 })),
    ),
    ...spell(
      'torch',
      'vstack row_stack',
      beside(rank => (rank <= 1 ? { op: 'stack', dim: 0 } : { dim: 0 })),
    ),
    ...spell(
      'torch',
      'column_stack',
      beside(rank => (rank <= 1 ? { op: 'stack', dim: 1 } : { dim: 1 })),
    ),
  },
  onnx: { Concat: node => ({ attrs: { dim: node.number('axis', 1) } }) },
  emit: (node, to) => {
    const names = castInputs(loose(node), to);
    const inputs = inputsOf(node);
    const real = joined(node).map(input => names[inputs.indexOf(input)]);
    return [to.node('Concat', real, { axis: normaliseAxis(node.number('dim', 0), node.rank(joined(node)[0] ?? 0)) })];
  },
  examples: [
    { in: ['float32[2,3]', 'float32[2,5]'], attrs: { dim: 1 }, out: ['float32[2,8]'], bytes: 128 },
    { in: ['float32[0]', 'float32[2,5]', 'float32[1,5]'], attrs: { dim: 0 }, out: ['float32[3,5]'] },
    {
      in: ['int64[2]', 'int64[1]'],
      data: { 0: [1, 2], 1: [3] },
      attrs: { dim: 0 },
      out: ['int64[3]'],
      outData: { 0: [1, 2, 3] },
    },
    {
      in: ['int64[2,1]', 'int64[2,2]'],
      data: { 0: [1, 2], 1: [3, 4, 5, 6] },
      attrs: { dim: -1 },
      out: ['int64[2,3]'],
      outData: { 0: [1, 3, 4, 2, 5, 6] },
    },
  ],
});

/** Shapes that need not broadcast, for `castInputs`. */
export const loose = (node: InferredView): InferredView =>
  replacing(node, {
    type: input => tensor(node.dtype(input), [1]),
    outputs: node.outputs.map(type => tensor(type.dtype, [1])),
  });

function joinData(node: InferredView, dim: number): ConstantData | undefined {
  const inputs = joined(node);
  if (inputs.every(input => node.data(input) === undefined)) return undefined;
  const axis = normaliseAxis(dim, node.rank(inputs[0] ?? 0));
  const strides = rowMajor(node.outputShape().map(known));
  const result = Array.from({ length: node.outputElements() }, (): Maybe<number> => LOST);
  let start = 0;
  for (const input of inputs) {
    const [sizes, data, before] = [sizesOf(node, input), node.data(input), start];
    const axes = sizes.map((size, at) =>
      steps(size, strides[at] ?? 1, at === axis ? place => before + place : undefined),
    );
    flatIndices(axes).forEach((target, index) => (result[target] = data?.[index] ?? LOST));
    start += sizes[axis] ?? 0;
  }
  return result;
}

export const stack = defineOp({
  name: 'stack',
  doc: 'Tensors of one shape along a new axis.',
  source: 'torch.stack reference',
  infer: node => {
    const inputs = inputsOf(node);
    const shape = node
      .shape(0)
      .map((_, axis) => inputs.map(input => node.dim(input, axis)).reduce((a, b) => same(a, b, 'stack')));
    const axis = normaliseAxis(node.number('dim', 0), shape.length + 1);
    const types = inputs.map(input => node.type(input));
    return [tensor(promote(types), [...shape.slice(0, axis), inputs.length, ...shape.slice(axis)])];
  },
  cost: () => MOVES,
  evaluate: node => {
    const axis = normaliseAxis(node.number('dim', 0), node.rank(0) + 1);
    if (inputsOf(node).every(input => node.data(input) === undefined)) return [undefined];
    const shape = node.outputShape().map(known);
    const strides = rowMajor(shape);
    const axes = shape.map((size, at) => steps(at === axis ? 1 : size, strides[at] ?? 1));
    const result = Array.from({ length: node.outputElements() }, (): Maybe<number> => LOST);
    for (const input of inputsOf(node)) {
      const data = node.data(input);
      const start = input * (strides[axis] ?? 1);
      flatIndices(axes).forEach((target, index) => (result[start + target] = data?.[index] ?? LOST));
    }
    return [result];
  },
  torch: spell('torch', 'stack', 'tensors: Tensor[], dim: int = 0'),
  emit: (node, to) => {
    const axis = normaliseAxis(node.number('dim', 0), node.rank(0) + 1);
    const parts = castInputs(loose(node), to).map(x => to.node('Unsqueeze', [x, to.ints([axis])]));
    return [to.node('Concat', parts, { axis })];
  },
  examples: [
    { in: ['float32[2,3]', 'float32[2,3]'], attrs: { dim: -1 }, out: ['float32[2,3,2]'], bytes: 96 },
    { in: ['int64[]', 'int64[]'], data: { 0: [4], 1: [5] }, out: ['int64[2]'], outData: { 0: [4, 5] } },
  ],
});

/** Attributes before and after: elements added per axis, negative ones removed; mode; value. */
export const repeat = defineOp({
  name: 'repeat',
  doc: 'The whole tensor repeated along each axis.',
  source: 'torch.Tensor.repeat reference; ONNX Tile-13',
  infer: node => {
    const repeats = node.numbersOf('repeats');
    const shape = node.shape(0);
    const rank = Math.max(repeats.length, shape.length);
    const at = <T>(list: readonly T[], axis: number, otherwise: T): T => list[axis - rank + list.length] ?? otherwise;
    return [
      tensor(
        node.dtype(0),
        Array.from({ length: rank }, (_, axis) => product([at<Dim>(shape, axis, 1), at(repeats, axis, 1)])),
      ),
    ];
  },
  cost: () => MOVES,
  evaluate: node => {
    const shape = node.outputShape().map(known);
    return [
      rearrange(node, (own, strides) =>
        shape.map((size, at) => {
          const axis = at - shape.length + own.length;
          return steps(size, strides[axis] ?? 0, place => place % (own[axis] ?? 1));
        }),
      ),
    ];
  },
  torch: {
    'torch.Tensor.repeat': 'input: Tensor, *repeats',
    'torch.Tensor.tile': 'input: Tensor, *repeats',
    'torch.tile': {
      signature: 'input: Tensor, dims',
      call: args => ({ inputs: [args.tensor('input')], attrs: { repeats: args.attr('dims') } }),
    },
  },
  onnx: { Tile: node => ({ inputs: [0], attrs: { repeats: node.numbers(1) } }) },
  emit: (node, to) => {
    const repeats = node.numbersOf('repeats');
    const shape = sizesOf(node, 0);
    const lead = repeats.length - shape.length;
    const x = lead > 0 ? to.node('Reshape', [to.in(0), to.ints([...Array<number>(lead).fill(1), ...shape])]) : to.in(0);
    return [to.node('Tile', [x, to.ints([...Array<number>(Math.max(0, -lead)).fill(1), ...repeats])])];
  },
  examples: [
    { in: ['float32[2,3]'], attrs: { repeats: [4, 1, 2] }, out: ['float32[4,2,6]'], bytes: 216 },
    { in: ['int64[2]'], data: { 0: [1, 2] }, attrs: { repeats: [2] }, out: ['int64[4]'], outData: { 0: [1, 2, 1, 2] } },
  ],
});

export const repeatInterleave = defineOp({
  name: 'repeat_interleave',
  doc: 'Every element (along an axis) repeated in place.',
  source: 'torch.repeat_interleave reference',
  infer: node => {
    const count = node.number('repeats');
    if (node.attr('dim') === undefined) return [tensor(node.dtype(0), [product([...node.shape(0), count])])];
    const axis = normaliseAxis(node.number('dim'), node.rank(0));
    return [
      tensor(
        node.dtype(0),
        node.shape(0).map((dim, at) => (at === axis ? product([dim, count]) : dim)),
      ),
    ];
  },
  cost: () => MOVES,
  torch: spell(
    'torch Tensor',
    'repeat_interleave',
    'input: Tensor, repeats: int, dim: int = None, *, output_size=None',
  ),
  emit: (node, to) => {
    const shape = sizesOf(node, 0);
    const axis = node.attr('dim') === undefined ? shape.length : normaliseAxis(node.number('dim'), shape.length) + 1;
    const wide = to.node('Unsqueeze', [to.in(0), to.ints([axis])]);
    const sizes = Array.from({ length: shape.length + 1 }, (_, at) => (at === axis ? node.number('repeats') : 1));
    return [to.node('Reshape', [to.node('Tile', [wide, to.ints(sizes)]), to.ints(node.outputShape().map(known))])];
  },
  examples: [
    { in: ['float32[2,3]'], attrs: { repeats: 2, dim: 1 }, out: ['float32[2,6]'], bytes: 72 },
    { in: ['float32[2,3]'], attrs: { repeats: 2 }, out: ['float32[12]'] },
  ],
});
