/** Comparisons, logic and selection, broadcast. A comparison or a logical step is 1 FLOP; selecting elements moves data and is 0. */
import { TOO_LARGE } from '../base/known';
import { text } from '../base/text';
import type { InferredView, OpEntry } from './op';
import { defineOp, free, Undetermined } from './op';
import { dtypeOf, elementwise, mapData, operand } from './elementwise';
import { tensor } from '../ir/tensor';
import { broadcast, promote } from './rules';
import { spell } from './spell';
import { known } from './view';

const BINARY = 'input: Tensor, other: Tensor';

interface Comparison {
  readonly names: string;
  readonly doc: string;
  readonly onnx: string;
  readonly onnxFor: string;
  readonly evaluate: (a: number, b: number) => boolean;
}

const COMPARISONS: readonly Comparison[] = [
  { names: 'eq', doc: 'input = other.', onnx: 'Equal', onnxFor: 'Equal', evaluate: (a, b) => a === b },
  { names: 'ne not_equal', doc: 'input ≠ other.', onnx: '', onnxFor: 'Equal', evaluate: (a, b) => a !== b },
  { names: 'lt less', doc: 'input < other.', onnx: 'Less', onnxFor: 'Less', evaluate: (a, b) => a < b },
  { names: 'gt greater', doc: 'input > other.', onnx: 'Greater', onnxFor: 'Greater', evaluate: (a, b) => a > b },
  {
    names: 'le less_equal',
    doc: 'input ≤ other.',
    onnx: 'LessOrEqual',
    onnxFor: 'LessOrEqual',
    evaluate: (a, b) => a <= b,
  },
  {
    names: 'ge greater_equal',
    doc: 'input ≥ other.',
    onnx: 'GreaterOrEqual',
    onnxFor: 'GreaterOrEqual',
    evaluate: (a, b) => a >= b,
  },
];

export const comparisons: readonly OpEntry[] = COMPARISONS.map(({ names, doc, onnx, onnxFor, evaluate }) =>
  elementwise({
    name: names.split(' ')[0] ?? names,
    doc,
    source: `torch.${names.split(' ')[0] ?? names} reference; ONNX ${onnxFor}`,
    inputs: 2,
    steps: 1,
    result: 'bool',
    torch: spell('torch Tensor', names, BINARY),
    ...(onnx !== '' && { onnx: { [onnx]: {} } }),
    emit: (x, to, node) => {
      const ordered = onnx === 'Equal' || onnx === '' || promote([node.type(0), node.type(1)]) !== 'bool';
      const [a, b] = ordered ? x : x.map(name => to.node('Cast', [name], { to: { dtype: 'int32' } }));
      const result = to.node(onnxFor, [a, b]);
      return onnx === '' ? to.node('Not', [result]) : result;
    },
    evaluate: ([a = 0, b = 0]) => Number(evaluate(a, b)),
  }),
);

interface Logic {
  readonly name: 'and' | 'or' | 'xor';
  readonly onnx: 'And' | 'Or' | 'Xor';
  readonly evaluate: (a: number, b: number) => number;
}

const LOGIC: readonly Logic[] = [
  { name: 'and', onnx: 'And', evaluate: (a, b) => a & b },
  { name: 'or', onnx: 'Or', evaluate: (a, b) => a | b },
  { name: 'xor', onnx: 'Xor', evaluate: (a, b) => a ^ b },
];

const asBool = (node: InferredView, to: Parameters<typeof operand>[1], input: number): string =>
  operand(node, to, input, 'bool');

export const logic: readonly OpEntry[] = LOGIC.map(({ name, onnx, evaluate }) =>
  elementwise({
    name: `logical_${name}`,
    doc: `Logical ${name} of what is not 0.`,
    source: `torch.logical_${name} reference; ONNX ${onnx}-7`,
    inputs: 2,
    steps: 1,
    result: 'bool',
    torch: spell('torch Tensor', `logical_${name}`, BINARY),
    onnx: { [onnx]: {} },
    emit: (_, to, node) => to.node(onnx, [asBool(node, to, 0), asBool(node, to, 1)]),
    evaluate: ([a = 0, b = 0]) => evaluate(Number(a !== 0), Number(b !== 0)),
  }),
);

export const bitwise: readonly OpEntry[] = LOGIC.map(({ name, onnx, evaluate }) =>
  elementwise({
    name: `bitwise_${name}`,
    doc: `Bitwise ${name}; for booleans the logical one.`,
    source: `torch.bitwise_${name} reference; ONNX Bitwise${onnx}-18`,
    inputs: 2,
    steps: 1,
    torch: spell('torch Tensor', `bitwise_${name}`, BINARY),
    onnx: { [`Bitwise${onnx}`]: {} },
    emit: (x, to, node) => {
      if (promote([node.type(0), node.type(1)]) !== 'bool')
        throw new Undetermined(text('bits of integers cannot be combined before opset 18'));
      return to.node(onnx, x);
    },
    // JavaScript's operators take 32 bits.
    evaluate: ([a = 0, b = 0]) => ((a | 0) === a && (b | 0) === b ? evaluate(a, b) : TOO_LARGE),
    examples: [{ in: ['bool[2,3]', 'bool[3]'], out: ['bool[2,3]'], macs: 0, flops: 6, bytes: 15 }],
  }),
);

export const where = defineOp({
  name: 'where',
  doc: 'Elements of input where the condition holds, of other elsewhere; selecting is no arithmetic.',
  source: 'torch.where reference; ONNX Where-16',
  elementwise: true,
  infer: node => [
    tensor(
      promote([node.type(1), node.type(2)]),
      broadcast(node.type(0).shape, node.type(1).shape, node.type(2).shape),
    ),
  ],
  cost: () => free('selects elements'),
  evaluate: node => [mapData(node, (condition, a = 0, b = 0) => (condition === 0 ? b : a))],
  torch: {
    'torch.where': [
      'condition: Tensor, input: Tensor, other: Tensor',
      {
        signature: 'condition: Tensor',
        call: args => ({ op: 'nonzero', inputs: [args.tensor('condition')], attrs: { as_tuple: true } }),
        returns: 'tuple',
      },
    ],
    'torch.Tensor.where': {
      signature: 'self: Tensor, condition: Tensor, other: Tensor',
      call: args => ({ inputs: [args.tensor('condition'), args.tensor('self'), args.tensor('other')] }),
    },
  },
  onnx: { Where: {} },
  emit: (node, to) => {
    const dtype = known(node.outputs[0]?.dtype ?? 'float32');
    return [to.node('Where', [asBool(node, to, 0), operand(node, to, 1, dtype), operand(node, to, 2, dtype)])];
  },
  examples: [
    // 6 + 4 × (6 + 6)
    { in: ['bool[2,3]', 'float32[2,3]', 'float32[]'], data: { 2: [0] }, out: ['float32[2,3]'], bytes: 54 },
    {
      in: ['bool[3]', 'int64[3]', 'int64[3]'],
      data: { 0: [1, 0, 1], 1: [1, 2, 3], 2: [7, 8, 9] },
      out: ['int64[3]'],
      outData: { 0: [1, 8, 3] },
    },
  ],
});

export const maskedFill = defineOp({
  name: 'masked_fill',
  doc: 'The value where the mask holds, input elsewhere.',
  source: 'torch.Tensor.masked_fill reference',
  elementwise: true,
  infer: node => [tensor(node.dtype(0), broadcast(node.type(0).shape, node.type(1).shape))],
  cost: () => free('selects elements'),
  torch: spell('torch Tensor', 'masked_fill', 'input: Tensor, mask: Tensor, value: Tensor'),
  emit: (node, to) => [to.node('Where', [asBool(node, to, 1), operand(node, to, 2, dtypeOf(node)), to.in(0)])],
  examples: [
    {
      in: ['float32[2,3,4]', 'bool[3,4]', 'float32[]'],
      data: { 2: [-Infinity] },
      out: ['float32[2,3,4]'],
      bytes: 204, // 4 × 24 + 12 + 4 × 24
    },
  ],
});

export const isclose = elementwise({
  name: 'isclose',
  doc: '|input − other| ≤ atol + rtol·|other|: subtract, two absolute values, multiply, add, compare.',
  source: 'torch.isclose reference',
  inputs: 2,
  steps: 6,
  result: 'bool',
  torch: spell('torch Tensor', 'isclose', `${BINARY}, rtol=1e-05, atol=1e-08, equal_nan=False`),
  emit: ([a = '', b = ''], to, node) => {
    const number = (name: string, otherwise: number): string => to.scalar(node.number(name, otherwise), dtypeOf(node));
    const scaled = to.node('Mul', [number('rtol', 1e-5), to.node('Abs', [b])]);
    const distance = to.node('Abs', [to.node('Sub', [a, b])]);
    return to.node('LessOrEqual', [distance, to.node('Add', [number('atol', 1e-8), scaled])]);
  },
});
