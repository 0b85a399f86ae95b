/** Rarer element-wise functions. FLOPs: the primitive steps per element. */
import type { Elementwise } from './elementwise';
import { dtypeOf, elementwise } from './elementwise';
import type { Emitter, InferredView, OpEntry } from './op';
import { spell } from './spell';

interface Row extends Pick<Elementwise, 'doc' | 'steps' | 'result' | 'emit' | 'evaluate'> {
  readonly inputs?: number;
  readonly signature?: string;
  /** Further names, with `torch` and `Tensor` as places. */
  readonly also?: string;
}

const scalar = (to: Emitter, node: InferredView, value: number): string => to.scalar(value, dtypeOf(node));
const TWO = 'input: Tensor, other: Tensor';

const ROWS: Readonly<Record<string, Row>> = {
  sinc: { doc: 'sin(πx)/(πx): compare, scale, sine, divide.', steps: 4, result: 'float' },
  logit: {
    doc: 'log(x/(1 − x)): subtract, divide, log.',
    steps: 3,
    result: 'float',
    signature: 'input: Tensor, eps=None',
    emit: ([x = ''], to, node) => to.node('Log', [to.node('Div', [x, to.node('Sub', [scalar(to, node, 1), x])])]),
  },
  rad2deg: {
    doc: 'x·180/π.',
    steps: 1,
    result: 'float',
    emit: (x, to, node) => to.node('Mul', [...x, scalar(to, node, 180 / Math.PI)]),
  },
  xlogy: {
    doc: 'input·log(other), 0 where input is 0: log, multiply.',
    steps: 2,
    inputs: 2,
    result: 'float',
    signature: TWO,
  },
  logaddexp: {
    doc: 'log(eˣ + eʸ): maximum, difference, exp, add, log, add.',
    steps: 6,
    inputs: 2,
    signature: TWO,
    emit: (x, to) =>
      to.node('Log', [
        to.node(
          'Add',
          x.map(each => to.node('Exp', [each])),
        ),
      ]),
  },
  heaviside: { doc: 'Step at 0, with a value there.', steps: 1, inputs: 2, signature: 'input: Tensor, values: Tensor' },
  copysign: { doc: 'Magnitude of the one, sign of the other.', steps: 1, inputs: 2, signature: TWO },
  ldexp: {
    doc: 'input·2^other: power, multiply.',
    steps: 2,
    inputs: 2,
    signature: TWO,
    emit: ([x = '', y = ''], to, node) => to.node('Mul', [x, to.node('Pow', [scalar(to, node, 2), y])]),
  },
  bitwise_left_shift: {
    doc: 'Bits shifted left.',
    steps: 1,
    inputs: 2,
    signature: TWO,
    evaluate: ([a = 0, b = 0]) => a * 2 ** b,
  },
  bitwise_right_shift: {
    doc: 'Bits shifted right.',
    steps: 1,
    inputs: 2,
    signature: TWO,
    evaluate: ([a = 0, b = 0]) => Math.floor(a / 2 ** b),
  },
  signbit: { doc: 'Whether x is negative.', steps: 1, result: 'bool' },
  isposinf: {
    doc: 'Whether x is +∞.',
    steps: 1,
    result: 'bool',
    emit: (x, to) => to.node('IsInf', x, { detect_negative: 0 }),
  },
  isneginf: {
    doc: 'Whether x is −∞.',
    steps: 1,
    result: 'bool',
    emit: (x, to) => to.node('IsInf', x, { detect_positive: 0 }),
  },
  i0: { doc: 'Modified Bessel function of order 0.', steps: 1, result: 'float' },
  polygamma: {
    doc: 'Derivative of the digamma function.',
    steps: 1,
    result: 'float',
    signature: 'input: Tensor, n=None',
  },
  gcd: { doc: 'Greatest common divisor.', steps: 1, inputs: 2, signature: TWO },
  lcm: { doc: 'Least common multiple.', steps: 1, inputs: 2, signature: TWO },
  nextafter: { doc: 'The next number towards another.', steps: 1, inputs: 2, signature: TWO },
};

export const table: readonly OpEntry[] = Object.entries(ROWS).map(([name, row]) => {
  const { signature = 'input: Tensor', also, inputs, ...rest } = row;
  return elementwise({
    name,
    source: `torch.${name} reference`,
    ...rest,
    ...(inputs !== undefined && { inputs }),
    torch: spell('torch Tensor', also === undefined ? name : `${name} ${also}`, signature),
  });
});

/** `Hardmax`: a compare per element; ones at the first largest. */
export const hardmax = elementwise({
  name: 'hardmax',
  doc: '1 at the first largest element along an axis, 0 elsewhere.',
  source: 'ONNX Hardmax-13',
  steps: 1,
  onnx: { Hardmax: node => ({ attrs: { dim: node.number('axis', node.opset < 13 ? 1 : -1) } }) },
  emit: (x, to, node) => to.node('Hardmax', x, { axis: node.number('dim', -1) }),
});

/** Mean and variance over axes without weight or bias: sum, subtract, square, sum, root's share, divide. */
export const meanVarianceNormalization = elementwise({
  name: 'mean_variance_normalization',
  doc: '(x − mean) / deviation over some axes, 8 steps as other normalisations that measure.',
  source: 'ONNX MeanVarianceNormalization-13',
  steps: 8,
  onnx: { MeanVarianceNormalization: node => ({ attrs: { dim: node.numbersOf('axes', [0, 2, 3]) } }) },
});
