/** Element-wise arithmetic, broadcast. FLOPs: the steps of the formula per output element. */
import type { DType } from '../ir/tensor';
import { isFloat } from '../ir/tensor';
import { dtypeOf, elementwise } from './elementwise';
import type { Emitter, NodeView, OpEntry } from './op';
import { elementwiseType } from './rules';
import { spell } from './spell';
import { known } from './view';

const BINARY = 'input: Tensor, other: Tensor';

/** The element type in which the inputs meet. */
const meeting = (node: NodeView): DType => known(elementwiseType(node).dtype);
const integral = (node: NodeView): boolean => !isFloat(meeting(node));

/** input ± alpha·other */
function sum(name: 'add' | 'sub', sign: 1 | -1, names: string, onnx: 'Add' | 'Sub'): OpEntry {
  return elementwise({
    name,
    doc: `input ${sign === 1 ? '+' : '−'} alpha·other: one step, an alpha other than 1 adds a multiplication.`,
    source: `torch.${name} reference; ONNX ${onnx}-14`,
    inputs: 2,
    steps: node => (node.number('alpha', 1) === 1 ? 1 : 2),
    torch: spell('torch Tensor', names, `${BINARY}, *, alpha=1`),
    onnx: { [onnx]: {} },
    emit: ([a = '', b = ''], to, node) => {
      const alpha = node.number('alpha', 1);
      // PyTorch's + of booleans is their "or".
      if (meeting(node) === 'bool') return to.node('Or', [a, b]);
      return to.node(onnx, [a, alpha === 1 ? b : to.node('Mul', [b, to.scalar(alpha, meeting(node))])]);
    },
    evaluate: ([a = 0, b = 0], node) => a + sign * node.number('alpha', 1) * b,
    examples: [
      // 4 × (6 + 3 + 6)
      { in: ['float32[2,3]', 'float32[3]'], out: ['float32[2,3]'], macs: 0, flops: 6, bytes: 60 },
      { in: ['float32[2,3]', 'float32[3]'], attrs: { alpha: 2 }, out: ['float32[2,3]'], macs: 0, flops: 12 },
      // a Python number is not read from memory
      { in: ['float32[2,3]', 'int64[]'], data: { 1: [1] }, out: ['float32[2,3]'], macs: 0, flops: 6, bytes: 48 },
      {
        in: ['int64[3]', 'int64[]'],
        data: { 0: [1, 2, 3], 1: [10] },
        out: ['int64[3]'],
        outData: { 0: [1 + sign * 10, 2 + sign * 10, 3 + sign * 10] },
        flops: 3,
      },
    ],
  });
}

export const add = sum('add', 1, 'add', 'Add');
export const sub = sum('sub', -1, 'sub subtract', 'Sub');

export const rsub = elementwise({
  name: 'rsub',
  doc: 'other − input.',
  source: 'torch.rsub reference',
  inputs: 2,
  steps: 1,
  torch: spell('torch', 'rsub', BINARY),
  emit: ([a, b], to) => to.node('Sub', [b, a]),
  evaluate: ([a = 0, b = 0]) => b - a,
});

export const mul = elementwise({
  name: 'mul',
  doc: 'input·other.',
  source: 'torch.mul reference; ONNX Mul-14',
  inputs: 2,
  steps: 1,
  torch: spell('torch Tensor', 'mul multiply', BINARY),
  onnx: { Mul: {} },
  emit: (x, to, node) => to.node(meeting(node) === 'bool' ? 'And' : 'Mul', x),
  evaluate: ([a = 0, b = 0]) => a * b,
});

/** ONNX divides integers towards zero. */
export const div = elementwise({
  name: 'div',
  doc: 'input / other; a rounding_mode (trunc, floor) adds one step to the division of floats.',
  source: 'torch.div reference; ONNX Div-14',
  inputs: 2,
  steps: node => (node.attr('rounding_mode') === undefined || integral(node) ? 1 : 2),
  result: node => (node.attr('rounding_mode') === undefined ? 'float' : undefined),
  torch: {
    ...spell('torch Tensor', 'div divide', `${BINARY}, *, rounding_mode=None`),
    ...spell('torch Tensor', 'true_divide', BINARY),
  },
  onnx: { Div: node => ({ attrs: { rounding_mode: integral(node) ? 'trunc' : undefined } }) },
  emit: (x, to, node) => divide(x, to, node, node.attr('rounding_mode')),
  evaluate: ([a = 0, b = 0], node) => round(a / b, node.attr('rounding_mode')),
  examples: [
    { in: ['float32[2,3]', 'float32[3]'], out: ['float32[2,3]'], macs: 0, flops: 6, bytes: 60 },
    { in: ['int64[2,3]', 'int64[3]'], out: ['float32[2,3]'], flops: 6 },
    { in: ['float32[6]', 'float32[6]'], attrs: { rounding_mode: 'floor' }, out: ['float32[6]'], flops: 12 },
    { in: ['float32[6]', 'float32[6]'], attrs: { rounding_mode: 'trunc' }, out: ['float32[6]'], flops: 12 },
    {
      in: ['int64[2]', 'int64[]'],
      data: { 0: [7, -7], 1: [2] },
      attrs: { rounding_mode: 'trunc' },
      out: ['int64[2]'],
      outData: { 0: [3, -3] },
      flops: 2,
    },
  ],
});

const round = (x: number, mode: unknown): number =>
  mode === 'floor' ? Math.floor(x) : mode === 'trunc' ? Math.trunc(x) : x;

function divide(x: readonly string[], to: Emitter, node: NodeView, mode: unknown): string {
  const [a = '', b = ''] = x;
  if (mode === 'floor') return floorDivide(a, b, to, node);
  const quotient = to.node('Div', x);
  if (mode === undefined || integral(node)) return quotient;
  return to.node('Mul', [to.node('Sign', [quotient]), to.node('Floor', [to.node('Abs', [quotient])])]);
}

/** ONNX's integer division truncates, so the remainder (with the divisor's sign) goes first. */
const floorDivide = (a: string, b: string, to: Emitter, node: NodeView): string =>
  integral(node)
    ? to.node('Div', [to.node('Sub', [a, to.node('Mod', [a, b])]), b])
    : to.node('Floor', [to.node('Div', [a, b])]);

export const floorDivideOp = elementwise({
  name: 'floor_divide',
  doc: '⌊input / other⌋: divide, floor.',
  source: 'torch.floor_divide reference',
  inputs: 2,
  steps: 2,
  torch: spell('torch Tensor', 'floor_divide', BINARY),
  emit: ([a = '', b = ''], to, node) => floorDivide(a, b, to, node),
  evaluate: ([a = 0, b = 0]) => Math.floor(a / b),
  examples: [
    { in: ['float32[2,3]', 'float32[3]'], out: ['float32[2,3]'], macs: 0, flops: 12 },
    {
      in: ['int64[2]', 'int64[]'],
      data: { 0: [7, -7], 1: [2] },
      out: ['int64[2]'],
      outData: { 0: [3, -4] },
      flops: 4,
    },
  ],
});

const floorModulo = (a: number, b: number): number => a - Math.floor(a / b) * b;

export const remainder = elementwise({
  name: 'remainder',
  doc: "Remainder with the divisor's sign: divide, floor, multiply, subtract.",
  source: 'torch.remainder reference; ONNX Mod-13',
  inputs: 2,
  steps: 4,
  torch: spell('torch Tensor', 'remainder', BINARY),
  onnx: { Mod: node => (node.flag('fmod', false) ? { op: 'fmod' } : {}) },
  emit: ([a = '', b = ''], to, node) =>
    integral(node)
      ? to.node('Mod', [a, b])
      : to.node('Sub', [a, to.node('Mul', [to.node('Floor', [to.node('Div', [a, b])]), b])]),
  evaluate: ([a = 0, b = 0]) => floorModulo(a, b),
  examples: [
    { in: ['float32[2,3]', 'float32[3]'], out: ['float32[2,3]'], macs: 0, flops: 24 },
    {
      in: ['int64[2]', 'int64[]'],
      data: { 0: [7, -7], 1: [3] },
      out: ['int64[2]'],
      outData: { 0: [1, 2] },
      flops: 8,
    },
  ],
});

export const fmod = elementwise({
  name: 'fmod',
  doc: "Remainder with the dividend's sign: divide, truncate, multiply, subtract.",
  source: 'torch.fmod reference; ONNX Mod-13 with fmod=1',
  inputs: 2,
  steps: 4,
  torch: spell('torch Tensor', 'fmod', BINARY),
  emit: (x, to) => to.node('Mod', x, { fmod: 1 }),
  evaluate: ([a = 0, b = 0]) => a % b,
});

/** ONNX lets the exponent have another type; the result has the base's (attribute as_base). */
export const pow = elementwise({
  name: 'pow',
  doc: 'input to the power of the exponent, one step.',
  source: 'torch.pow reference; ONNX Pow-15',
  inputs: 2,
  steps: 1,
  torch: spell('torch Tensor', 'pow float_power', 'input: Tensor, exponent: Tensor'),
  onnx: { Pow: { attrs: { as_base: true } } },
  result: node => (node.flag('as_base', false) ? dtypeOf(node) : undefined),
  emit: 'Pow',
  evaluate: ([a = 0, b = 0]) => a ** b,
});

export const maximum = elementwise({
  name: 'maximum',
  doc: 'The larger of two.',
  source: 'torch.maximum reference; ONNX Max-13',
  inputs: 2,
  steps: 1,
  torch: spell('torch Tensor', 'maximum fmax', BINARY),
  emit: 'Max',
  evaluate: ([a = 0, b = 0]) => Math.max(a, b),
});

export const minimum = elementwise({
  name: 'minimum',
  doc: 'The smaller of two.',
  source: 'torch.minimum reference; ONNX Min-13',
  inputs: 2,
  steps: 1,
  torch: spell('torch Tensor', 'minimum fmin', BINARY),
  emit: 'Min',
  evaluate: ([a = 0, b = 0]) => Math.min(a, b),
});

/** ONNX ops of one or more inputs: one step per input after the first. */
function variadic(name: string, onnx: string, doc: string, evaluate: (x: readonly number[]) => number): OpEntry {
  const extra = onnx === 'Mean' ? 1 : 0;
  return elementwise({
    name,
    doc,
    source: `ONNX ${onnx}-13`,
    steps: node => node.arity - 1 + extra,
    onnx: { [onnx]: {} },
    emit: onnx,
    evaluate,
    examples: [
      { in: ['float32[2,3]'], out: ['float32[2,3]'], macs: 0, flops: 6 * extra },
      { in: ['float32[2,3]', 'float32[3]', 'float32[2,1]'], out: ['float32[2,3]'], macs: 0, flops: 6 * (2 + extra) },
    ],
  });
}

const add2 = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0);

export const variadics: readonly OpEntry[] = [
  variadic('sum_of', 'Sum', 'Sum of all inputs.', add2),
  variadic('mean_of', 'Mean', 'Mean of all inputs: the sum, divided.', x => add2(x) / x.length),
  variadic('max_of', 'Max', 'Largest of all inputs.', x => Math.max(...x)),
  variadic('min_of', 'Min', 'Smallest of all inputs.', x => Math.min(...x)),
];

/** input + value·a·b, input + value·a/b */
function fused(name: 'addcmul' | 'addcdiv', onnx: 'Mul' | 'Div', word: string): OpEntry {
  return elementwise({
    name,
    doc: `input + value·tensor1 ${word} tensor2: two steps, a value other than 1 adds a multiplication.`,
    source: `torch.${name} reference`,
    inputs: 3,
    steps: node => (node.number('value', 1) === 1 ? 2 : 3),
    torch: spell('torch Tensor', name, 'input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value=1'),
    emit: ([x = '', a = '', b = ''], to, node) => {
      const value = node.number('value', 1);
      const both = to.node(onnx, [a, b]);
      return to.node('Add', [x, value === 1 ? both : to.node('Mul', [both, to.scalar(value, meeting(node))])]);
    },
    examples: [
      { in: ['float32[2,3]', 'float32[3]', 'float32[2,1]'], out: ['float32[2,3]'], macs: 0, flops: 12, bytes: 68 },
      {
        in: ['float32[2,3]', 'float32[3]', 'float32[2,1]'],
        attrs: { value: 0.5 },
        out: ['float32[2,3]'],
        macs: 0,
        flops: 18,
      },
    ],
  });
}

export const addcmul = fused('addcmul', 'Mul', 'times');
export const addcdiv = fused('addcdiv', 'Div', 'divided by');

export const lerp = elementwise({
  name: 'lerp',
  doc: 'start + weight·(end − start): subtract, multiply, add.',
  source: 'torch.lerp reference',
  inputs: 3,
  steps: 3,
  torch: spell('torch Tensor', 'lerp', 'input: Tensor, end: Tensor, weight: Tensor'),
  emit: ([start = '', end = '', weight = ''], to) =>
    to.node('Add', [start, to.node('Mul', [weight, to.node('Sub', [end, start])])]),
});

export const atan2 = elementwise({
  name: 'atan2',
  doc: 'Angle of the point (other, input): divide, arc tangent.',
  source: 'torch.atan2 reference',
  inputs: 2,
  steps: 2,
  result: 'float',
  torch: spell('torch Tensor', 'atan2 arctan2', BINARY),
  emit: ([y = '', x = ''], to, node) => {
    const number = (value: number): string => to.scalar(value, meeting(node));
    const zero = number(0);
    const plain = to.node('Atan', [to.node('Div', [y, x])]);
    const turned = to.node('Where', [to.node('Less', [y, zero]), number(-Math.PI), number(Math.PI)]);
    return to.node('Where', [to.node('Less', [x, zero]), to.node('Add', [plain, turned]), plain]);
  },
});

/** √(a² + b²): two multiplications, add, root */
export const hypot = elementwise({
  name: 'hypot',
  doc: 'Length of the hypotenuse: two multiplications, add, square root.',
  source: 'torch.hypot reference',
  inputs: 2,
  steps: 4,
  result: 'float',
  torch: spell('torch Tensor', 'hypot', BINARY),
  emit: ([a = '', b = ''], to) => to.node('Sqrt', [to.node('Add', [to.node('Mul', [a, a]), to.node('Mul', [b, b])])]),
});

export const bitShift = elementwise({
  name: 'bit_shift',
  doc: 'Bits shifted left or right.',
  source: 'ONNX BitShift-11',
  inputs: 2,
  steps: 1,
  onnx: { BitShift: node => ({ attrs: { direction: node.text('direction') } }) },
  emit: (x, to, node) => to.node('BitShift', x, { direction: node.text('direction') }),
  examples: [
    { in: ['uint8[3]', 'uint8[3]'], attrs: { direction: 'LEFT' }, out: ['uint8[3]'], macs: 0, flops: 3, bytes: 9 },
  ],
});
