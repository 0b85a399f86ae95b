/** Tensors made from sizes and numbers. Filling memory computes nothing; a range computes its numbers. */
import type { Maybe } from '../base/known';
import { isUnknown, unknown } from '../base/known';
import { text } from '../base/text';
import type { DType } from '../ir/tensor';
import { isFloat, storedBytes, tensor } from '../ir/tensor';
import { dtypeAttr } from './convert';
import type { CoreCall, NodeView, OnnxCall, OnnxNode, TorchArguments, TorchCall, TorchSpelling } from './op';
import { defineOp, formula, free, Undetermined } from './op';
import { typeAttribute } from './onnxTypes';
import { wantedSizes } from './reshape';
import { normaliseAxis } from './rules';
import { spell } from './spell';
import { known } from './view';

const FILLS = free('fills memory');

const sizesAttr = <Input>(args: TorchArguments<Input>, name = 'size'): readonly number[] => {
  const value = args.attr(name);
  return typeof value === 'number' ? [value] : args.numbers(name);
};

type Call = NonNullable<TorchCall['call']>;

const filling =
  (value: number | undefined, fallback?: DType): Call =>
  <Input>(args: TorchArguments<Input>): CoreCall<Input> => ({
    inputs: [],
    attrs: { size: sizesAttr(args), value, dtype: args.attr('dtype') ?? fallback },
  });

const like =
  (value: number | undefined): Call =>
  <Input>(args: TorchArguments<Input>): CoreCall<Input> => {
    const type = args.type(args.tensor('input'));
    return {
      inputs: [],
      attrs: {
        size: args.has('size') ? sizesAttr(args) : known(type.shape).map(known),
        value,
        dtype: args.attr('dtype') ?? known(type.dtype),
      },
    };
  };

const OPTIONS = 'dtype: dtype = None, layout=None, device=None, requires_grad=False';
const LIKE = `${OPTIONS}, memory_format=None`;

/** Names that create a tensor: the value, or undefined where it is random or arbitrary. */
const CREATORS: readonly (readonly [name: string, value: number | undefined])[] = [
  ['zeros', 0],
  ['ones', 1],
  ['empty', undefined],
  ['rand', undefined],
  ['randn', undefined],
];

const creators: Record<string, TorchSpelling> = Object.fromEntries(
  CREATORS.flatMap(([name, value]): [string, TorchSpelling][] => [
    [
      `torch.${name}`,
      {
        signature: `*size, ${OPTIONS}, generator=None, out=None, pin_memory=False, memory_format=None`,
        call: filling(value),
      },
    ],
    [`torch.${name}_like`, { signature: `input: Tensor, ${LIKE}`, call: like(value) }],
    [
      `torch.Tensor.new_${name}`,
      { signature: `input: Tensor, *size, ${OPTIONS}, pin_memory=False`, call: like(value) },
    ],
  ]),
);

const withValue = <Input>(args: TorchArguments<Input>): CoreCall<Input> => {
  const value = args.attr('fill_value');
  const natural: DType = typeof value === 'boolean' ? 'bool' : Number.isInteger(value) ? 'int64' : 'float32';
  return filling(Number(value), natural)(args);
};

const likeValue = <Input>(args: TorchArguments<Input>): CoreCall<Input> => like(args.number('fill_value'))(args);

/** Attributes size (or input 0, as ONNX has it), dtype, value; without a value the elements are random or arbitrary. */
export const full = defineOp({
  name: 'full',
  doc: 'A tensor of given sizes, filled with one value or with whatever is there.',
  source: 'torch.full reference; ONNX ConstantOfShape-9',
  infer: node => [tensor(dtypeAttr(node, 'dtype', 'float32'), wantedSizes(node, 'size', 0))],
  cost: () => FILLS,
  bytes: node => known(storedBytes(node.outputs[0] ?? node.type(0))),
  evaluate: node => {
    if (node.attr('value') === undefined) return [undefined];
    return [Array<number>(node.outputElements()).fill(node.number('value'))];
  },
  torch: {
    ...creators,
    'torch.full': { signature: `size, fill_value, *, out=None, ${OPTIONS}`, call: withValue },
    'torch.full_like': { signature: `input: Tensor, fill_value, ${LIKE}`, call: likeValue },
    'torch.Tensor.new_full': { signature: `input: Tensor, size, fill_value, ${OPTIONS}`, call: likeValue },
    'torch.randint': [
      { signature: `high: int, size, *, generator=None, out=None, ${OPTIONS}`, call: filling(undefined, 'int64') },
      {
        signature: `low: int, high: int, size, *, generator=None, out=None, ${OPTIONS}`,
        call: filling(undefined, 'int64'),
      },
    ],
    'torch.randperm': {
      signature: `n: int, *, generator=None, out=None, ${OPTIONS}, pin_memory=False`,
      call: args => ({ inputs: [], attrs: { size: [args.number('n')], dtype: args.attr('dtype') ?? 'int64' } }),
    },
  },
  onnx: {
    ConstantOfShape: readConstantOfShape,
    RandomNormal: readRandom,
    RandomUniform: readRandom,
    RandomNormalLike: readLike,
    RandomUniformLike: readLike,
    Bernoulli: readLike,
  },
  emit: (node, to) => {
    const dtype = known(node.outputs[0]?.dtype ?? 'float32');
    return [to.filled(node.number('value', isFloat(dtype) ? 0.5 : 0), dtype, node.outputShape().map(known))];
  },
  examples: [
    { in: [], attrs: { size: [2, 3], value: 1 }, out: ['float32[2,3]'], bytes: 24 },
    {
      in: ['int64[2]'],
      data: { 0: [2, 2] },
      attrs: { value: 5, dtype: 'int64' },
      out: ['int64[2,2]'],
      outData: { 0: [5, 5, 5, 5] },
    },
    { in: [], attrs: { size: [4] }, out: ['float32[4]'] },
  ],
});

/** The value is a tensor of one element; its type stands beside it. */
function readConstantOfShape(node: OnnxNode): OnnxCall {
  const sizes = node.data(0);
  const attrs = { value: node.numbersOf('value', [0])[0] ?? 0, dtype: typeAttribute(node, 'value') ?? 'float32' };
  return sizes === undefined || sizes.some(isUnknown)
    ? { inputs: [0], attrs }
    : { inputs: [], attrs: { ...attrs, size: node.numbers(0) } };
}

function readLike(node: OnnxNode): OnnxCall {
  const dtype = typeAttribute(node, 'dtype') ?? known(node.dtype(0));
  return { inputs: [], attrs: { size: node.shape(0).map(known), dtype } };
}

function readRandom(node: OnnxNode): OnnxCall {
  return { inputs: [], attrs: { size: node.numbersOf('shape'), dtype: typeAttribute(node, 'dtype') } };
}

const ranging = <Input>(args: TorchArguments<Input>): CoreCall<Input> => {
  const start = args.has('start') ? (args.attr('start') ?? 0) : 0;
  const step = args.has('step') ? (args.attr('step') ?? 1) : 1;
  const natural = [start, args.attr('end'), step].every(value => Number.isInteger(value)) ? 'int64' : 'float32';
  return { inputs: [], attrs: { start, end: args.attr('end'), step, dtype: args.attr('dtype') ?? natural } };
};

/** Inputs: number of bands, length of the transform, and rate and band edges, which do not matter here. */
export const melWeightMatrix = defineOp({
  name: 'mel_weight_matrix',
  doc: 'Triangles that turn the bins of a spectrum into mel bands.',
  source: 'ONNX MelWeightMatrix-17',
  infer: node => {
    const [bands = 0, length = 0] = [...node.numbers(0), ...node.numbers(1)];
    return [tensor(typeAttribute(node, 'dtype') ?? 'float32', [Math.floor(length / 2) + 1, bands])];
  },
  cost: () => FILLS,
  onnx: { MelWeightMatrix: node => ({ attrs: { dtype: typeAttribute(node, 'output_datatype') } }) },
  examples: [{ in: ['int64[]', 'int64[]', 'int64[]'], data: { 0: [8], 1: [16], 2: [8192] }, out: ['float32[9,8]'] }],
});

/** Attributes start, end, step, or inputs 0 to 2. */
export const arange = defineOp({
  name: 'arange',
  doc: 'Numbers from start up to end in steps.',
  source: 'torch.arange reference; ONNX Range-11',
  infer: node => {
    const dtype = dtypeAttr(node, 'dtype', node.has(0) ? node.dtype(0) : 'int64');
    const lost = bounds(node).find(isUnknown);
    if (lost !== undefined) return [tensor(dtype, [lost])];
    const [start = 0, end = 0, step = 1] = bounds(node).map(known);
    return [tensor(dtype, [Math.max(0, Math.ceil((end - start) / step))])];
  },
  cost: () => FILLS,
  evaluate: node => {
    const [start, , step] = bounds(node).map(known);
    return [Array.from({ length: node.outputElements() }, (_, index) => (start ?? 0) + index * (step ?? 1))];
  },
  torch: {
    'torch.arange': [
      { signature: `end, *, out=None, ${OPTIONS}`, call: ranging },
      { signature: `start, end, step=1, *, out=None, ${OPTIONS}`, call: ranging },
    ],
  },
  onnx: { Range: {}, 'com.microsoft:Range': {} },
  emit: (node, to) => {
    const dtype = known(node.outputs[0]?.dtype ?? 'int64');
    const [start, end, step] = bounds(node).map(known);
    return [
      to.node(
        'Range',
        [start ?? 0, end ?? 0, step ?? 1].map(value => to.scalar(value, dtype)),
      ),
    ];
  },
  examples: [
    { in: [], attrs: { start: 0, end: 5, step: 2 }, out: ['int64[3]'], outData: { 0: [0, 2, 4] } },
    {
      in: ['int64[]', 'int64[]', 'int64[]'],
      data: { 0: [3], 1: [0], 2: [-1] },
      out: ['int64[3]'],
      outData: { 0: [3, 2, 1] },
    },
    { in: [], attrs: { start: 0, end: 1, step: 0.25, dtype: 'float32' }, out: ['float32[4]'], bytes: 16 },
  ],
});

function bounds(node: NodeView): readonly Maybe<number>[] {
  const lost = unknown(text('the range is computed from data'));
  return (['start', 'end', 'step'] as const).map((name, input) => {
    if (node.attr(name) !== undefined) return node.number(name);
    return node.has(input) ? (node.data(input)?.[0] ?? lost) : input === 1 ? lost : input / 2;
  });
}

export const linspace = defineOp({
  name: 'linspace',
  doc: 'Evenly spaced numbers, both ends included: one multiply and one add each.',
  source: 'torch.linspace reference',
  infer: node => [tensor(dtypeAttr(node, 'dtype', 'float32'), [node.number('steps')])],
  cost: node => formula(0, 2 * node.outputElements()),
  evaluate: node => {
    const [start, end, steps] = [node.number('start'), node.number('end'), node.number('steps')];
    const step = steps > 1 ? (end - start) / (steps - 1) : 0;
    return [Array.from({ length: steps }, (_, index): number => start + index * step)];
  },
  torch: { 'torch.linspace': `start, end, steps: int, *, out=None, ${OPTIONS}` },
  emit: (node, to) => {
    const [start, end, steps] = [node.number('start'), node.number('end'), node.number('steps')];
    const step = steps > 1 ? (end - start) / (steps - 1) : 0;
    const index = to.node(
      'Cast',
      [to.node('Range', [to.scalar(0, 'int64'), to.scalar(steps, 'int64'), to.scalar(1, 'int64')])],
      {
        to: { dtype: 'float32' },
      },
    );
    return [to.node('Add', [to.node('Mul', [index, to.scalar(step, 'float32')]), to.scalar(start, 'float32')])];
  },
  examples: [
    {
      in: [],
      attrs: { start: 0, end: 1, steps: 5 },
      out: ['float32[5]'],
      outData: { 0: [0, 0.25, 0.5, 0.75, 1] },
      flops: 10,
      macs: 0,
    },
  ],
});

export const eye = defineOp({
  name: 'eye',
  doc: 'Ones on a diagonal, zeros elsewhere.',
  source: 'torch.eye reference; ONNX EyeLike-9',
  infer: node => {
    const n = node.number('n');
    return [tensor(dtypeAttr(node, 'dtype', 'float32'), [n, node.number('m', n)])];
  },
  cost: () => FILLS,
  torch: { 'torch.eye': `n: int, m: int = None, *, out=None, ${OPTIONS}` },
  onnx: {
    EyeLike: node => ({
      inputs: [],
      attrs: { n: node.size(0, 0), m: node.size(0, 1), dtype: typeAttribute(node, 'dtype') ?? known(node.dtype(0)) },
    }),
  },
  emit: (node, to) => {
    const dtype = known(node.outputs[0]?.dtype ?? 'float32');
    return [to.node('EyeLike', [to.filled(0, dtype, node.outputShape().map(known))])];
  },
  examples: [{ in: [], attrs: { n: 3 }, out: ['float32[3,3]'], bytes: 36 }],
});

export const oneHot = defineOp({
  name: 'one_hot',
  doc: 'Ones at the classes, zeros elsewhere, along a new axis.',
  source: 'torch.nn.functional.one_hot reference; ONNX OneHot-11',
  infer: node => {
    const classes = node.number('num_classes');
    if (classes < 0) throw new Undetermined(text('the number of classes is the largest element plus 1'));
    const axis = normaliseAxis(node.number('dim', -1), node.rank(0) + 1);
    const sizes = [...node.shape(0).slice(0, axis), classes, ...node.shape(0).slice(axis)];
    return [tensor(dtypeAttr(node, 'dtype', 'int64'), sizes)];
  },
  cost: () => FILLS,
  torch: spell('F', 'one_hot', 'tensor: Tensor, num_classes: int = -1'),
  onnx: {
    OneHot: node => ({
      inputs: [0],
      attrs: { num_classes: node.numbers(1)[0], dim: node.number('axis', -1), dtype: known(node.dtype(2)) },
    }),
  },
  emit: (node, to) => {
    const dtype = known(node.outputs[0]?.dtype ?? 'int64');
    const values = to.node('Cast', [to.ints([0, 1])], { to: { dtype } });
    return [
      to.node('OneHot', [to.in(0), to.scalar(node.number('num_classes'), 'int64'), values], {
        axis: node.number('dim', -1),
      }),
    ];
  },
  examples: [{ in: ['int64[2,3]'], attrs: { num_classes: 5 }, out: ['int64[2,3,5]'], bytes: 288 }],
});
