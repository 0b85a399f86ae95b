/** Element-wise activations. FLOPs are the primitive steps per element: compare, add, multiply, divide, exp, tanh, … 1 each. */
import { text } from '../base/text';
import { isUnknown } from '../base/known';
import { tensor } from '../ir/tensor';
import { dtypeOf, elementwise } from './elementwise';
import type { Emitter, InferredView } from './op';
import { defineOp, formula, Mismatch } from './op';
import { normaliseAxis } from './rules';
import { spell } from './spell';

/** A number of the input's element type. */
const scalar = (to: Emitter, node: InferredView, value: number): string => to.scalar(value, dtypeOf(node));

export const relu = elementwise({
  name: 'relu',
  doc: 'max(x, 0).',
  source: 'torch.nn.ReLU reference; ONNX Relu-14',
  steps: 1,
  torch: { ...spell('torch Tensor', 'relu', 'input: Tensor'), ...spell('F', 'relu', 'input: Tensor, inplace=False') },
  onnx: { Relu: {} },
  emit: 'Relu',
  evaluate: ([x = 0]) => Math.max(x, 0),
});

export const relu6 = elementwise({
  name: 'relu6',
  doc: 'min(max(x, 0), 6).',
  source: 'torch.nn.ReLU6 reference',
  steps: 2,
  torch: spell('F', 'relu6', 'input: Tensor, inplace=False'),
  emit: (x, to, node) => to.node('Clip', [...x, scalar(to, node, 0), scalar(to, node, 6)]),
});

export const leakyRelu = elementwise({
  name: 'leaky_relu',
  doc: 'x where x > 0, negative_slope·x elsewhere: compare, multiply.',
  source: 'torch.nn.LeakyReLU reference; ONNX LeakyRelu-16',
  steps: 2,
  torch: {
    ...spell('F', 'leaky_relu', 'input: Tensor, negative_slope=0.01, inplace=False'),
    // In eval mode the slope is fixed.
    ...spell('torch F', 'rrelu', {
      signature: 'input: Tensor, lower=0.125, upper=0.3333333333333333, training=False, inplace=False',
      call: args => ({
        inputs: [args.tensor('input')],
        attrs: { negative_slope: (args.number('lower') + args.number('upper')) / 2 },
      }),
    }),
  },
  onnx: { LeakyRelu: node => ({ attrs: { negative_slope: node.number('alpha', 0.01) } }) },
  emit: (x, to, node) => to.node('LeakyRelu', x, { alpha: { float: node.number('negative_slope', 0.01) } }),
});

export const elu = elementwise({
  name: 'elu',
  doc: 'x where x > 0, alpha·(exp(x) − 1) elsewhere: compare, exp, subtract, multiply.',
  source: 'torch.nn.ELU reference; ONNX Elu-6',
  steps: 4,
  torch: spell('F', 'elu', 'input: Tensor, alpha=1.0, inplace=False'),
  onnx: { Elu: node => ({ attrs: { alpha: node.number('alpha', 1) } }) },
  emit: (x, to, node) => to.node('Elu', x, { alpha: { float: node.number('alpha', 1) } }),
});

export const selu = elementwise({
  name: 'selu',
  doc: 'scale·(max(0, x) + min(0, alpha·(exp(x) − 1))): compare, exp, subtract, two multiplications.',
  source: 'torch.nn.SELU reference; ONNX Selu-6',
  steps: 5,
  torch: { ...spell('torch', 'selu', 'input: Tensor'), ...spell('F', 'selu', 'input: Tensor, inplace=False') },
  onnx: { Selu: {} },
  emit: 'Selu',
});

export const celu = elementwise({
  name: 'celu',
  doc: 'max(0, x) + min(0, alpha·(exp(x / alpha) − 1)): compare, divide, exp, subtract, multiply.',
  source: 'torch.nn.CELU reference; ONNX Celu-12',
  steps: 5,
  torch: spell('torch F', 'celu', 'input: Tensor, alpha=1.0, inplace=False'),
  onnx: { Celu: node => ({ attrs: { alpha: node.number('alpha', 1) } }) },
  emit: (x, to, node) => to.node('Celu', x, { alpha: { float: node.number('alpha', 1) } }),
});

/** Multiply, erf, add, two multiplications; with tanh: cube and scale 3, add, scale, tanh, add, two multiplications. */
const GELU_STEPS = { none: 5, tanh: 9 } as const;

export const gelu = elementwise({
  name: 'gelu',
  doc: 'x·Φ(x): by erf 5 steps (x·0.5·(1 + erf(x/√2))), by tanh 9 (0.5·x·(1 + tanh(√(2/π)·(x + 0.044715·x³)))).',
  source: 'torch.nn.GELU reference; ONNX Gelu-20',
  steps: node => GELU_STEPS[node.text('approximate', 'none') === 'tanh' ? 'tanh' : 'none'],
  torch: spell('F', 'gelu', "input: Tensor, *, approximate='none'"),
  onnx: {
    Gelu: node => ({ attrs: { approximate: node.text('approximate', 'none') } }),
    'com.microsoft:Gelu': {},
  },
  emit: ([x = ''], to, node) => {
    const half = to.node('Mul', [x, scalar(to, node, 0.5)]);
    const inner = node.text('approximate', 'none') === 'tanh' ? tanhGelu(x, to, node) : erfGelu(x, to, node);
    return to.node('Mul', [half, to.node('Add', [inner, scalar(to, node, 1)])]);
  },
  examples: [
    { in: ['float32[2,3]'], out: ['float32[2,3]'], macs: 0, flops: 30, bytes: 48 },
    { in: ['float32[2,3]'], attrs: { approximate: 'tanh' }, out: ['float32[2,3]'], macs: 0, flops: 54 },
  ],
});

const erfGelu = (x: string, to: Emitter, node: InferredView): string =>
  to.node('Erf', [to.node('Div', [x, scalar(to, node, Math.SQRT2)])]);

function tanhGelu(x: string, to: Emitter, node: InferredView): string {
  const cube = to.node('Mul', [x, to.node('Mul', [x, x])]);
  const sum = to.node('Add', [x, to.node('Mul', [cube, scalar(to, node, 0.044715)])]);
  return to.node('Tanh', [to.node('Mul', [sum, scalar(to, node, Math.sqrt(2 / Math.PI))])]);
}

export const biasGelu = elementwise({
  name: 'bias_gelu',
  doc: 'GELU of x + bias: one add more than GELU.',
  source: 'onnxruntime ContribOperators: BiasGelu, FastGelu',
  inputs: 2,
  steps: node => GELU_STEPS[node.text('approximate', 'none') === 'tanh' ? 'tanh' : 'none'] + (node.has(1) ? 1 : 0),
  onnx: {
    'com.microsoft:BiasGelu': {},
    'com.microsoft:FastGelu': { attrs: { approximate: 'tanh' } },
  },
  examples: [
    { in: ['float32[2,3]', 'float32[3]'], out: ['float32[2,3]'], macs: 0, flops: 36 },
    { in: ['float32[2,3]'], attrs: { approximate: 'tanh' }, out: ['float32[2,3]'], macs: 0, flops: 54 },
  ],
});

export const silu = elementwise({
  name: 'silu',
  doc: 'x·sigmoid(x): sigmoid 4, multiply.',
  source: 'torch.nn.SiLU reference; onnxruntime ContribOperators: QuickGelu',
  steps: node => (node.number('alpha', 1) === 1 ? 5 : 6),
  torch: spell('F', 'silu', 'input: Tensor, inplace=False'),
  onnx: {
    Swish: node => ({ attrs: { alpha: node.number('alpha', 1) } }),
    'com.microsoft:QuickGelu': node => ({ attrs: { alpha: node.number('alpha', 1.702) } }),
  },
  emit: ([x = ''], to, node) => {
    const alpha = node.number('alpha', 1);
    const scaled = alpha === 1 ? x : to.node('Mul', [x, scalar(to, node, alpha)]);
    return to.node('Mul', [x, to.node('Sigmoid', [scaled])]);
  },
  examples: [
    { in: ['float32[2,3]'], out: ['float32[2,3]'], macs: 0, flops: 30 },
    { in: ['float32[2,3]'], attrs: { alpha: 1.702 }, out: ['float32[2,3]'], macs: 0, flops: 36 },
  ],
});

export const mish = elementwise({
  name: 'mish',
  doc: 'x·tanh(softplus(x)): softplus 3, tanh, multiply.',
  source: 'torch.nn.Mish reference; ONNX Mish-18',
  steps: 5,
  torch: spell('F', 'mish', 'input: Tensor, inplace=False'),
  onnx: { Mish: {} },
  emit: ([x = ''], to) => to.node('Mul', [x, to.node('Tanh', [to.node('Softplus', [x])])]),
});

export const hardswish = elementwise({
  name: 'hardswish',
  doc: 'x·min(max(x + 3, 0), 6)/6: add, two compares, multiply, divide.',
  source: 'torch.nn.Hardswish reference; ONNX HardSwish-14',
  steps: 5,
  torch: spell('F', 'hardswish', 'input: Tensor, inplace=False'),
  onnx: { HardSwish: {} },
  emit: 'HardSwish',
});

export const hardsigmoid = elementwise({
  name: 'hardsigmoid',
  doc: 'min(max(alpha·x + beta, 0), 1): multiply, add, two compares.',
  source: 'torch.nn.Hardsigmoid reference; ONNX HardSigmoid-6',
  steps: 4,
  torch: spell('F', 'hardsigmoid', 'input: Tensor, inplace=False'),
  onnx: {
    HardSigmoid: node => ({ attrs: { alpha: node.number('alpha', 0.2), beta: node.number('beta', 0.5) } }),
  },
  emit: (x, to, node) =>
    to.node('HardSigmoid', x, {
      alpha: { float: node.number('alpha', 1 / 6) },
      beta: { float: node.number('beta', 0.5) },
    }),
});

export const hardtanh = elementwise({
  name: 'hardtanh',
  doc: 'min(max(x, min_val), max_val).',
  source: 'torch.nn.Hardtanh reference',
  steps: 2,
  torch: spell('F', 'hardtanh', 'input: Tensor, min_val=-1.0, max_val=1.0, inplace=False'),
  emit: (x, to, node) =>
    to.node('Clip', [...x, scalar(to, node, node.number('min_val', -1)), scalar(to, node, node.number('max_val', 1))]),
});

export const sigmoid = elementwise({
  name: 'sigmoid',
  doc: '1 / (1 + exp(−x)): negate, exp, add, divide.',
  source: 'torch.sigmoid reference; ONNX Sigmoid-13',
  steps: 4,
  result: 'float',
  torch: { ...spell('torch Tensor F', 'sigmoid', 'input: Tensor'), ...spell('special', 'expit', 'input: Tensor') },
  onnx: { Sigmoid: {} },
  emit: 'Sigmoid',
});

export const logsigmoid = elementwise({
  name: 'logsigmoid',
  doc: 'log(sigmoid(x)): sigmoid 4, log.',
  source: 'torch.nn.LogSigmoid reference',
  steps: 5,
  torch: spell('F', 'logsigmoid', 'input: Tensor'),
  emit: (x, to) => to.node('Neg', [to.node('Softplus', [to.node('Neg', x)])]),
});

export const tanh = elementwise({
  name: 'tanh',
  doc: 'Hyperbolic tangent.',
  source: 'torch.tanh reference; ONNX Tanh-13',
  steps: 1,
  result: 'float',
  torch: spell('torch Tensor F', 'tanh', 'input: Tensor'),
  onnx: { Tanh: {} },
  emit: 'Tanh',
});

export const softplus = elementwise({
  name: 'softplus',
  doc: 'log(1 + exp(beta·x)) / beta: exp, add, log; a beta other than 1 adds a multiplication and a division.',
  source: 'torch.nn.Softplus reference; ONNX Softplus-1',
  steps: node => (node.number('beta', 1) === 1 ? 3 : 5),
  torch: spell('F', 'softplus', 'input: Tensor, beta=1, threshold=20'),
  onnx: { Softplus: {} },
  emit: ([x = ''], to, node) => {
    const beta = node.number('beta', 1);
    if (beta === 1) return to.node('Softplus', [x]);
    const scaled = to.node('Mul', [x, scalar(to, node, beta)]);
    return to.node('Div', [to.node('Softplus', [scaled]), scalar(to, node, beta)]);
  },
  examples: [
    { in: ['float32[2,3]'], out: ['float32[2,3]'], macs: 0, flops: 18 },
    { in: ['float32[2,3]'], attrs: { beta: 2 }, out: ['float32[2,3]'], macs: 0, flops: 30 },
  ],
});

export const softsign = elementwise({
  name: 'softsign',
  doc: 'x / (1 + |x|): absolute value, add, divide.',
  source: 'torch.nn.Softsign reference; ONNX Softsign-1',
  steps: 3,
  torch: spell('F', 'softsign', 'input: Tensor'),
  onnx: { Softsign: {} },
  emit: 'Softsign',
});

export const threshold = elementwise({
  name: 'threshold',
  doc: 'x where x > threshold, value elsewhere.',
  source: 'torch.nn.Threshold reference; ONNX ThresholdedRelu-10',
  steps: 1,
  torch: spell('torch F', 'threshold', 'input: Tensor, threshold, value, inplace=False'),
  onnx: { ThresholdedRelu: node => ({ attrs: { threshold: node.number('alpha', 1), value: 0 } }) },
  emit: ([x = ''], to, node) =>
    to.node('Where', [
      to.node('Greater', [x, scalar(to, node, node.number('threshold'))]),
      x,
      scalar(to, node, node.number('value')),
    ]),
  examples: [{ in: ['float32[2,3]'], attrs: { threshold: 0.1, value: 0 }, out: ['float32[2,3]'], macs: 0, flops: 6 }],
});

export const tanhshrink = elementwise({
  name: 'tanhshrink',
  doc: 'x − tanh(x).',
  source: 'torch.nn.Tanhshrink reference',
  steps: 2,
  torch: spell('F', 'tanhshrink', 'input: Tensor'),
  emit: ([x = ''], to) => to.node('Sub', [x, to.node('Tanh', [x])]),
});

export const shrink = elementwise({
  name: 'shrink',
  doc: 'x − bias above lambd, x + bias below −lambd, 0 between: two compares, and one add where bias is not 0.',
  source: 'torch.nn.Softshrink and Hardshrink references; ONNX Shrink-9',
  steps: node => (node.number('bias', 0) === 0 ? 2 : 3),
  torch: {
    ...spell('F', 'softshrink', {
      signature: 'input: Tensor, lambd=0.5',
      call: args => ({
        inputs: [args.tensor('input')],
        attrs: { lambd: args.number('lambd'), bias: args.number('lambd') },
      }),
    }),
    ...spell('torch F', 'hardshrink', 'input: Tensor, lambd=0.5'),
  },
  onnx: { Shrink: node => ({ attrs: { lambd: node.number('lambd', 0.5), bias: node.number('bias', 0) } }) },
  emit: (x, to, node) =>
    to.node('Shrink', x, {
      lambd: { float: node.number('lambd', 0.5) },
      bias: { float: node.number('bias', 0) },
    }),
  examples: [
    { in: ['float32[2,3]'], attrs: { lambd: 0.5, bias: 0.5 }, out: ['float32[2,3]'], macs: 0, flops: 18 },
    { in: ['float32[2,3]'], attrs: { lambd: 0.5 }, out: ['float32[2,3]'], macs: 0, flops: 12 },
  ],
});

/** PyTorch's weight lies along axis 1; ONNX's slope is broadcast from the last axis. */
export const prelu = defineOp({
  name: 'prelu',
  doc: 'x where x > 0, weight·x elsewhere, with a weight per channel: compare, multiply.',
  source: 'torch.nn.PReLU reference; ONNX PRelu-16',
  elementwise: true,
  infer: node => [node.type(0)],
  cost: node => formula(0, 2 * node.outputElements()),
  torch: spell('torch Tensor F', 'prelu', 'input: Tensor, weight: Tensor'),
  onnx: { PRelu: {} },
  emit: (node, to) => {
    const rank = node.rank(0);
    const along = node.rank(1) === 1 && node.size(1, 0) > 1 && rank > 2;
    const shape = [node.elements(1), ...Array<number>(Math.max(0, rank - 2)).fill(1)];
    const slope = along ? to.node('Reshape', [to.in(1), to.ints(shape)]) : to.in(1);
    return [to.node('PRelu', [to.in(0), slope])];
  },
  examples: [
    { in: ['float32[1,4,2,2]', 'float32[4]'], out: ['float32[1,4,2,2]'], macs: 0, flops: 32, bytes: 144 },
    { in: ['float32[1,4,2,2]', 'float32[4,1,1]'], out: ['float32[1,4,2,2]'], macs: 0, flops: 32 },
  ],
});

export const glu = defineOp({
  name: 'glu',
  doc: 'First half of an axis times the sigmoid of the second: sigmoid 4, multiply.',
  source: 'torch.nn.GLU reference',
  infer: node => {
    const shape = node.shape(0);
    const axis = normaliseAxis(node.number('dim', -1), shape.length);
    const half = shape.map((dim, index) => (index !== axis || isUnknown(dim) ? dim : dim / 2));
    if (half.some(dim => !isUnknown(dim) && !Number.isInteger(dim)))
      throw new Mismatch(text('axis {0} has an odd size', axis));
    return [tensor(node.dtype(0), half)];
  },
  cost: node => formula(0, 5 * node.outputElements()),
  torch: spell('F', 'glu', 'input: Tensor, dim=-1'),
  emit: (node, to) => {
    const [a, b] = to.nodes('Split', [to.in(0)], 2, { axis: node.number('dim', -1) });
    return [to.node('Mul', [a, to.node('Sigmoid', [b])])];
  },
  examples: [{ in: ['float32[2,6]'], out: ['float32[2,3]'], macs: 0, flops: 30, bytes: 72 }],
});
