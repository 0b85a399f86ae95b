/** Element-wise mathematics of one input: one row per function. FLOPs are the primitive steps per element. */
import { isUnknown } from '../base/known';
import type { DType } from '../ir/tensor';
import { BITS, isFloat } from '../ir/tensor';
import type { Elementwise } from './elementwise';
import { dtypeOf, elementwise } from './elementwise';
import type { Emitter, InferredView, OnnxCall, OnnxNode, OpEntry } from './op';
import { spell } from './spell';

type Emit = NonNullable<Elementwise['emit']>;

interface Row {
  readonly steps?: number;
  readonly doc: string;
  /** The ONNX op that is this function; also its emission unless `emit` says otherwise. */
  readonly onnx?: string;
  readonly emit?: Emit;
  readonly result?: Elementwise['result'];
  readonly evaluate?: (x: number) => number;
  /** Further PyTorch names; the row's own name is a function and a method. */
  readonly also?: readonly string[];
}

const scaled =
  (op: string, factor: number): Emit =>
  (x, to, node) =>
    to.node('Mul', [to.node(op, x), to.scalar(factor, dtypeOf(node))]);

const power =
  (base: number): Emit =>
  (x, to, node) =>
    to.node('Pow', [to.scalar(base, dtypeOf(node)), ...x]);

const constantOf = (to: Emitter, node: InferredView, value: number): string => to.scalar(value, dtypeOf(node));

/** Half to even, as IEEE 754 and both frameworks round. */
function roundHalfEven(x: number): number {
  const rounded = Math.round(x);
  return Math.abs(x % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

const ROWS: Readonly<Record<string, Row>> = {
  sqrt: { doc: 'Square root.', onnx: 'Sqrt', result: 'float', evaluate: Math.sqrt },
  rsqrt: {
    doc: '1 / √x: square root, divide.',
    steps: 2,
    emit: (x, to) => to.node('Reciprocal', [to.node('Sqrt', x)]),
    result: 'float',
    evaluate: x => 1 / Math.sqrt(x),
  },
  reciprocal: { doc: '1 / x.', onnx: 'Reciprocal', result: 'float', evaluate: x => 1 / x },
  exp: { doc: 'eˣ.', onnx: 'Exp', result: 'float', evaluate: Math.exp },
  exp2: { doc: '2ˣ.', emit: power(2), result: 'float', also: ['torch.special.exp2'] },
  expm1: {
    doc: 'eˣ − 1: exp, subtract.',
    steps: 2,
    emit: (x, to, node) => to.node('Sub', [to.node('Exp', x), constantOf(to, node, 1)]),
    result: 'float',
  },
  log: { doc: 'Natural logarithm.', onnx: 'Log', result: 'float', evaluate: Math.log },
  log2: {
    doc: 'Logarithm to base 2: log, scale.',
    steps: 2,
    emit: scaled('Log', Math.LOG2E),
    result: 'float',
    evaluate: Math.log2,
  },
  log10: { doc: 'Logarithm to base 10: log, scale.', steps: 2, emit: scaled('Log', Math.LOG10E), result: 'float' },
  log1p: {
    doc: 'log(1 + x): add, log.',
    steps: 2,
    emit: (x, to, node) => to.node('Log', [to.node('Add', [...x, constantOf(to, node, 1)])]),
    result: 'float',
  },
  abs: { doc: 'Absolute value.', onnx: 'Abs', evaluate: Math.abs, also: ['torch.absolute', 'torch.Tensor.absolute'] },
  neg: { doc: '−x.', onnx: 'Neg', evaluate: x => -x, also: ['torch.negative', 'torch.Tensor.negative'] },
  sign: { doc: '−1, 0 or 1 by the sign.', onnx: 'Sign', evaluate: Math.sign, also: ['torch.sgn', 'torch.Tensor.sgn'] },
  square: { doc: 'x·x.', emit: (x, to) => to.node('Mul', [...x, ...x]), evaluate: x => x * x },
  erf: { doc: 'Gauss error function.', onnx: 'Erf', result: 'float', also: ['torch.special.erf'] },
  erfc: {
    doc: '1 − erf(x): erf, subtract.',
    steps: 2,
    emit: (x, to, node) => to.node('Sub', [constantOf(to, node, 1), to.node('Erf', x)]),
    result: 'float',
  },
  erfinv: { doc: 'Inverse of the error function.', result: 'float' },
  lgamma: { doc: 'Logarithm of the gamma function.', result: 'float' },
  digamma: { doc: 'Derivative of lgamma.', result: 'float' },
  sin: { doc: 'Sine.', onnx: 'Sin', result: 'float', evaluate: Math.sin },
  cos: { doc: 'Cosine.', onnx: 'Cos', result: 'float', evaluate: Math.cos },
  tan: { doc: 'Tangent.', onnx: 'Tan', result: 'float' },
  asin: { doc: 'Arc sine.', onnx: 'Asin', result: 'float', also: ['torch.arcsin'] },
  acos: { doc: 'Arc cosine.', onnx: 'Acos', result: 'float', also: ['torch.arccos'] },
  atan: { doc: 'Arc tangent.', onnx: 'Atan', result: 'float', also: ['torch.arctan'] },
  sinh: { doc: 'Hyperbolic sine.', onnx: 'Sinh', result: 'float' },
  cosh: { doc: 'Hyperbolic cosine.', onnx: 'Cosh', result: 'float' },
  asinh: { doc: 'Inverse hyperbolic sine.', onnx: 'Asinh', result: 'float' },
  acosh: { doc: 'Inverse hyperbolic cosine.', onnx: 'Acosh', result: 'float' },
  atanh: { doc: 'Inverse hyperbolic tangent.', onnx: 'Atanh', result: 'float' },
  deg2rad: { doc: 'x·π/180.', emit: (x, to, node) => to.node('Mul', [...x, constantOf(to, node, Math.PI / 180)]) },
  floor: { doc: 'Rounded down.', onnx: 'Floor', emit: floatsOnly('Floor'), evaluate: Math.floor },
  ceil: { doc: 'Rounded up.', onnx: 'Ceil', emit: floatsOnly('Ceil'), evaluate: Math.ceil },
  trunc: {
    doc: 'Rounded towards zero.',
    emit: (x, to) => to.node('Mul', [to.node('Sign', x), to.node('Floor', [to.node('Abs', x)])]),
    evaluate: Math.trunc,
    also: ['torch.fix', 'torch.Tensor.fix'],
  },
  frac: {
    doc: 'x − trunc(x): truncate, subtract.',
    steps: 2,
    emit: ([x = ''], to) =>
      to.node('Sub', [x, to.node('Mul', [to.node('Sign', [x]), to.node('Floor', [to.node('Abs', [x])])])]),
  },
  isnan: { doc: 'Whether x is NaN.', onnx: 'IsNaN', result: 'bool' },
  isinf: { doc: 'Whether x is infinite.', onnx: 'IsInf', result: 'bool' },
  isfinite: {
    doc: 'Whether x is neither infinite nor NaN: two compares.',
    steps: 2,
    emit: (x, to) => to.node('Not', [to.node('Or', [to.node('IsInf', x), to.node('IsNaN', x)])]),
    result: 'bool',
  },
};

/** ONNX rounds floats only; an integer is its own floor. */
function floatsOnly(op: string): Emit {
  return (x, to, node) => (isFloat(dtypeOf(node)) ? to.node(op, x) : to.node('Identity', x));
}

const SOURCE = 'torch reference, section Math operations; ONNX operators reference';

export const table: readonly OpEntry[] = Object.entries(ROWS).map(([name, row]) => {
  const emit = row.emit ?? row.onnx;
  const { evaluate } = row;
  return elementwise({
    name,
    doc: row.doc,
    source: SOURCE,
    steps: row.steps ?? 1,
    ...(row.result && { result: row.result }),
    torch: {
      ...spell('torch Tensor', name, 'input: Tensor'),
      ...Object.fromEntries((row.also ?? []).map(also => [also, 'input: Tensor'])),
    },
    ...(row.onnx !== undefined && { onnx: { [row.onnx]: {} } }),
    ...(emit !== undefined && { emit }),
    ...(evaluate && { evaluate: ([x = 0]) => evaluate(x) }),
  });
});

export const round = elementwise({
  name: 'round',
  doc: 'Rounded to `decimals` places, halves to even: one step, with decimals also multiply and divide.',
  source: 'torch.round reference; ONNX Round-11',
  steps: node => (node.number('decimals', 0) === 0 ? 1 : 3),
  torch: spell('torch Tensor', 'round', 'input: Tensor, *, decimals=0'),
  onnx: { Round: {} },
  emit: ([x = ''], to, node) => {
    const scale = 10 ** node.number('decimals', 0);
    if (scale === 1) return floatsOnlyRound(x, to, node);
    const wide = to.node('Mul', [x, constantOf(to, node, scale)]);
    return to.node('Div', [to.node('Round', [wide]), constantOf(to, node, scale)]);
  },
  evaluate: ([x = 0], node) => {
    const scale = 10 ** node.number('decimals', 0);
    return roundHalfEven(x * scale) / scale;
  },
  examples: [
    { in: ['float32[2,3]'], out: ['float32[2,3]'], macs: 0, flops: 6, bytes: 48 },
    {
      in: ['float32[4]'],
      data: { 0: [0.5, 1.5, -0.5, 2.4] },
      out: ['float32[4]'],
      outData: { 0: [0, 2, -0, 2] },
      flops: 4,
    },
  ],
});

const floatsOnlyRound = (x: string, to: Emitter, node: InferredView): string =>
  to.node(isFloat(dtypeOf(node)) ? 'Round' : 'Identity', [x]);

export const logicalNot = elementwise({
  name: 'logical_not',
  doc: 'Whether x is 0.',
  source: 'torch.logical_not reference; ONNX Not-1',
  steps: 1,
  result: 'bool',
  torch: spell('torch Tensor', 'logical_not', 'input: Tensor'),
  onnx: { Not: {} },
  emit: ([x = ''], to, node) =>
    to.node('Not', [dtypeOf(node) === 'bool' ? x : to.node('Cast', [x], { to: { dtype: 'bool' } })]),
  evaluate: ([x = 0]) => Number(x === 0),
});

export const bitwiseNot = elementwise({
  name: 'bitwise_not',
  doc: 'Every bit inverted; for booleans the logical not.',
  source: 'torch.bitwise_not reference; ONNX BitwiseNot-18',
  steps: 1,
  torch: spell('torch Tensor', 'bitwise_not', 'input: Tensor'),
  onnx: { BitwiseNot: {} },
  emit: ([x = ''], to, node) => {
    const dtype = dtypeOf(node);
    if (dtype === 'bool') return to.node('Not', [x]);
    const wide = to.node('Cast', [x], { to: { dtype: 'int64' } });
    const inverted = to.node('Sub', [to.scalar(invertBits(0, dtype), 'int64'), wide]);
    return to.node('Cast', [inverted], { to: { dtype } });
  },
  evaluate: ([x = 0], node) => invertBits(x, dtypeOf(node)),
  examples: [
    { in: ['int64[3]'], data: { 0: [0, 5, -1] }, out: ['int64[3]'], outData: { 0: [-1, -6, 0] }, flops: 3 },
    { in: ['uint8[2]'], data: { 0: [0, 5] }, out: ['uint8[2]'], outData: { 0: [255, 250] }, flops: 2 },
    { in: ['bool[3]'], out: ['bool[3]'], flops: 3 },
  ],
});

function invertBits(x: number, dtype: DType): number {
  if (dtype === 'bool') return 1 - x;
  // Two's complement; without a sign the largest number minus x.
  return dtype.startsWith('uint') ? 2 ** BITS[dtype as keyof typeof BITS] - 1 - x : -x - 1;
}

export const nanToNum = elementwise({
  name: 'nan_to_num',
  doc: 'NaN and infinities replaced by numbers: three compares.',
  source: 'torch.nan_to_num reference',
  steps: 3,
  torch: spell('torch Tensor', 'nan_to_num', 'input: Tensor, nan=None, posinf=None, neginf=None'),
  emit: ([x = ''], to, node) => {
    const most = 3.4028234e38;
    const number = (name: string, otherwise: number): string =>
      constantOf(to, node, node.attr(name) === undefined ? otherwise : node.number(name));
    const numbers = to.node('Where', [to.node('IsNaN', [x]), number('nan', 0), x]);
    const high = to.node('Where', [infinite(to, numbers, 1), number('posinf', most), numbers]);
    return to.node('Where', [infinite(to, high, -1), number('neginf', -most), high]);
  },
});

const infinite = (to: Emitter, x: string, sign: 1 | -1): string =>
  to.node('IsInf', [x], { detect_positive: Number(sign > 0), detect_negative: Number(sign < 0) });

/** Bounds are attributes or, where they are tensors, inputs 1 and 2. */
export const clamp = elementwise({
  name: 'clamp',
  doc: 'Limited to [min, max]: one compare per bound.',
  source: 'torch.clamp reference; ONNX Clip-13',
  steps: node => bound(node, 'min', 1) + bound(node, 'max', 2),
  torch: {
    ...spell('torch Tensor', 'clamp clip', [
      'input: Tensor, min: float = None, max: float = None',
      'input: Tensor, min: Tensor = None, max: Tensor = None',
    ]),
    ...spell('torch Tensor', 'clamp_min', ['input: Tensor, min: float', 'input: Tensor, min: Tensor']),
    ...spell('torch Tensor', 'clamp_max', {
      signature: 'input: Tensor, max: float',
      call: args => ({ inputs: [args.tensor('input')], attrs: { max: args.number('max') } }),
    }),
  },
  onnx: { Clip: readClip },
  emit: (x, to, node) => {
    const limit = (name: string, input: number): string | undefined =>
      node.has(input)
        ? x[node.has(1) ? input : 1]
        : node.attr(name) === undefined
          ? undefined
          : constantOf(to, node, node.number(name));
    const [low, high] = [limit('min', 1), limit('max', 2)];
    const dtype = dtypeOf(node);
    if (!isFloat(dtype) || node.has(1) || node.has(2)) {
      const raised = low === undefined ? (x[0] ?? '') : to.node('Max', [x[0], low]);
      return high === undefined ? raised : to.node('Min', [raised, high]);
    }
    return to.node('Clip', [x[0], low, high]);
  },
  evaluate: ([x = 0, ...limits], node) =>
    Math.min(
      Math.max(x, node.has(1) ? (limits[0] ?? x) : node.number('min', -Infinity)),
      node.has(2) ? (limits[node.has(1) ? 1 : 0] ?? x) : node.number('max', Infinity),
    ),
  examples: [
    { in: ['float32[2,3]'], attrs: { min: 0, max: 6 }, out: ['float32[2,3]'], macs: 0, flops: 12, bytes: 48 },
    { in: ['float32[2,3]'], attrs: { min: 0 }, out: ['float32[2,3]'], macs: 0, flops: 6 },
    { in: ['float32[2,3]', 'float32[3]', 'float32[2,3]'], out: ['float32[2,3]'], macs: 0, flops: 12 },
    {
      in: ['int64[3]'],
      data: { 0: [-3, 4, 9] },
      attrs: { min: 0, max: 5 },
      out: ['int64[3]'],
      outData: { 0: [0, 4, 5] },
      flops: 6,
    },
  ],
});

const bound = (node: InferredView, name: string, input: number): number =>
  node.has(input) || node.attr(name) !== undefined ? 1 : 0;

/** Bounds are attributes up to opset 10, optional inputs since. */
function readClip(node: OnnxNode): OnnxCall {
  if (node.opset < 11) return { inputs: [0], attrs: { min: node.attr('min'), max: node.attr('max') } };
  const limits = [1, 2].map(input => (node.has(input) ? node.data(input)?.[0] : undefined));
  const [min, max] = limits;
  if ((node.has(1) && (min === undefined || isUnknown(min))) || (node.has(2) && (max === undefined || isUnknown(max))))
    return {};
  return {
    inputs: [0],
    attrs: { min: isUnknown(min) ? undefined : min, max: isUnknown(max) ? undefined : max },
  };
}
