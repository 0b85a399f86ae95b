/** Norms, variances and standard deviations along axes. FLOPs: the steps of each formula per element reduced. */
import type { TensorType } from '../ir/tensor';
import { tensor } from '../ir/tensor';
import { dtypeOf } from './elementwise';
import type { Emitter, InferredView, NodeView, OpEntry, TorchCall, TorchSpelling } from './op';
import { defineOp, formula } from './op';
import { axesOf, emitNorm, reduceBy, reducedShape } from './reduce';
import { spell } from './spell';

/** Attribute p of `norm`: 1 and infinity take an absolute value and a step, others a power, a step and a root per result. */
export const norm = defineOp({
  name: 'norm',
  doc: 'p-norm: 2 steps per element, and a root per result unless p is 1, 0 or infinite.',
  source: 'torch.linalg.vector_norm reference',
  infer: node => [tensor(node.dtype(0), reducedShape(node))],
  cost: node => formula(0, 2 * node.elements(0) + (rooted(node) ? node.outputElements() : 0)),
  torch: {
    ...spell(
      'torch Tensor',
      'norm',
      normCall("input: Tensor, p='fro', dim=None, keepdim=False, dtype: dtype = None", 'p'),
    ),
    ...spell(
      'torch.linalg',
      'norm vector_norm',
      normCall('input: Tensor, ord=2, dim=None, keepdim=False, *, dtype: dtype = None', 'ord'),
    ),
  },
  emit: (node, to) => [emitNormOf(node.number('p', 2), to.in(0), to, node)],
  examples: [
    { in: ['float32[2,3,4]'], attrs: { dim: -1, p: 2 }, out: ['float32[2,3]'], macs: 0, flops: 54, bytes: 120 },
    { in: ['float32[2,3,4]'], attrs: { dim: -1, p: 1 }, out: ['float32[2,3]'], macs: 0, flops: 48 },
    { in: ['float32[2,3]'], out: ['float32[]'], macs: 0, flops: 13 },
  ],
});

const rooted = (node: NodeView): boolean => ![0, 1, Infinity, -Infinity].includes(node.number('p', 2));

function normCall(signature: string, name: string): TorchSpelling {
  return {
    signature,
    call: args => {
      const p = args.attr(name);
      return {
        inputs: [args.tensor('input')],
        attrs: {
          p: typeof p === 'number' ? p : 2,
          dim: args.attr('dim'),
          keepdim: args.flag('keepdim'),
          dtype: args.attr('dtype'),
        },
      };
    },
  };
}

function emitNormOf(p: number, x: string, to: Emitter, node: InferredView): string {
  if (p === 1 || p === 2) return emitNorm(p)(x, to, node);
  const size = to.node('Abs', [x]);
  if (p === Infinity) return reduceBy('ReduceMax')(size, to, node);
  const power = (base: string, exponent: number): string => to.node('Pow', [base, to.scalar(exponent, dtypeOf(node))]);
  return power(reduceBy('ReduceSum')(power(size, p), to, node), 1 / p);
}

/** Mean, subtract, square, sum: 4 steps per element; a root per result for the deviation. */
function spread(name: 'var' | 'std', pair: boolean): OpEntry {
  const more = name === 'std' ? 1 : 0;
  const shape = (node: NodeView): TensorType => tensor(node.dtype(0), reducedShape(node));
  const full = pair ? `${name}_mean` : name;
  const call = (signature: string): TorchCall => ({
    signature,
    call: args => ({
      inputs: [args.tensor('input')],
      attrs: {
        dim: args.has('dim') ? args.attr('dim') : undefined,
        keepdim: args.has('keepdim') && args.flag('keepdim'),
        correction: args.has('unbiased') ? Number(args.flag('unbiased')) : args.number('correction'),
      },
    }),
    ...(pair && { returns: 'tuple' as const }),
  });
  const overloads = [
    'input: Tensor, unbiased: bool',
    'input: Tensor, dim, unbiased: bool, keepdim=False',
    'input: Tensor, dim=None, *, correction=1, keepdim=False',
    'input: Tensor, dim=None, keepdim=False, *, unbiased: bool',
    'input: Tensor, dim=None, *, keepdim=False, correction=1',
  ].map(call);
  return defineOp({
    name: full,
    doc: `${name === 'var' ? 'Variance' : 'Standard deviation'}${pair ? ' and mean' : ''}: mean, subtract, square, sum${more === 1 ? ', and a root per result' : ''}.`,
    source: `torch.${full} reference`,
    infer: node => (pair ? [shape(node), shape(node)] : [shape(node)]),
    cost: node => formula(0, 4 * node.elements(0) + more * node.outputElements()),
    torch: spell(pair ? 'torch' : 'torch Tensor', full, overloads),
    emit: (node, to) => emitSpread(name, pair, node, to),
    examples: [
      {
        in: ['float32[2,3,4]'],
        attrs: { dim: -1 },
        out: Array<string>(pair ? 2 : 1).fill('float32[2,3]'),
        macs: 0,
        flops: 96 + 6 * more,
      },
      {
        in: ['float32[2,3]'],
        attrs: { correction: 0 },
        out: Array<string>(pair ? 2 : 1).fill('float32[]'),
        macs: 0,
        flops: 24 + more,
      },
    ],
  });
}

function emitSpread(name: 'var' | 'std', pair: boolean, node: InferredView, to: Emitter): readonly string[] {
  const axes = axesOf(node);
  const dtype = dtypeOf(node);
  const mean = to.node('ReduceMean', [to.in(0)], { axes, keepdims: 1 });
  const centred = to.node('Sub', [to.in(0), mean]);
  const squares = to.node('Mul', [centred, centred]);
  const keepdims = Number(node.flag('keepdim', false));
  const count = axes.reduce((product, axis) => product * node.size(0, axis), 1);
  const sum = to.node('ReduceSum', [squares, to.ints(axes)], { keepdims });
  const variance = to.node('Div', [sum, to.scalar(Math.max(0, count - node.number('correction', 1)), dtype)]);
  const result = name === 'std' ? to.node('Sqrt', [variance]) : variance;
  return pair ? [result, to.node('ReduceMean', [to.in(0)], { axes, keepdims })] : [result];
}

export const spreads: readonly OpEntry[] = [
  spread('var', false),
  spread('std', false),
  spread('var', true),
  spread('std', true),
];
