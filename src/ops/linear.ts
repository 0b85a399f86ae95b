/** Affine maps and matrix products. Every output element is a dot product: outputs × contracted length MACs. */
import { text } from '../base/text';
import type { Dim, TensorType } from '../ir/tensor';
import { tensor } from '../ir/tensor';
import { castInputs } from './elementwise';
import type { Emitter, InferredView, NodeView } from './op';
import { defineOp, formula, Mismatch } from './op';
import { broadcast, promote, same } from './rules';
import { spell } from './spell';
import { known, replacing } from './view';

export const linear = defineOp({
  name: 'linear',
  doc: 'Affine map of the last axis: x·Wᵀ + b with W [out, in] (or [in] for one output without an axis).',
  source: 'torch.nn.functional.linear reference',
  infer: node => {
    const shape = node.shape(0);
    same(node.dim(0, -1), node.dim(1, -1), 'linear');
    const out = node.rank(1) === 1 ? [] : [node.dim(1, 0)];
    return [tensor(promote([node.type(0), node.type(1)]), [...shape.slice(0, -1), ...out])];
  },
  cost: node => formula(node.outputElements() * node.size(1, -1), node.has(2) ? node.outputElements() : 0),
  torch: spell('F', 'linear', 'input: Tensor, weight: Tensor, bias: Tensor = None'),
  emit: (node, to) => {
    const bias = node.has(2) ? to.in(2) : undefined;
    if (node.rank(0) === 2 && node.rank(1) === 2) return [to.node('Gemm', [to.in(0), to.in(1), bias], { transB: 1 })];
    const weight = node.rank(1) === 1 ? to.in(1) : to.node('Transpose', [to.in(1)], { perm: [1, 0] });
    const product = to.node('MatMul', [to.in(0), weight]);
    return [bias === undefined ? product : to.node('Add', [product, bias])];
  },
  examples: [
    // 32·128 outputs × 784; bias adds 4 096; 4 × (25 088 + 100 352 + 128 + 4 096)
    {
      in: ['float32[32,784]', 'float32[128,784]', 'float32[128]'],
      out: ['float32[32,128]'],
      macs: 3_211_264,
      flops: 6_426_624,
      bytes: 518_656,
    },
    { in: ['float32[2,5,8]', 'float32[3,8]'], out: ['float32[2,5,3]'], macs: 240, flops: 480 },
    { in: ['float32[8]', 'float32[3,8]', 'float32[3]'], out: ['float32[3]'], macs: 24, flops: 51 },
  ],
});

export const matmul = defineOp({
  name: 'matmul',
  doc: 'Matrix product over the last two axes, leading axes broadcast; vectors take part as rows and columns.',
  source: 'torch.matmul reference; ONNX MatMul-13 (numpy.matmul)',
  infer: node => [tensor(promote([node.type(0), node.type(1)]), matmulShape(node))],
  cost: node => formula(node.outputElements() * node.size(0, -1), 0),
  torch: {
    ...spell('torch Tensor', 'matmul', 'input: Tensor, other: Tensor'),
    ...spell('torch.linalg', 'matmul', 'input: Tensor, other: Tensor'),
    ...spell('torch Tensor', 'mm bmm', 'input: Tensor, mat2: Tensor'),
    ...spell('torch Tensor', 'mv', 'input: Tensor, vec: Tensor'),
    ...spell('torch Tensor', 'dot vdot', 'input: Tensor, other: Tensor'),
  },
  onnx: { MatMul: {} },
  emit: (node, to) => [to.node('MatMul', castInputs(view(node), to))],
  examples: [
    // 2·3·4·6 outputs × 5
    {
      in: ['float32[2,3,4,5]', 'float32[2,3,5,6]'],
      out: ['float32[2,3,4,6]'],
      macs: 720,
      flops: 1440,
      bytes: 1776, // 4 × (120 + 180 + 144)
    },
    { in: ['float32[4,5]', 'float32[7,5,6]'], out: ['float32[7,4,6]'], macs: 840, flops: 1680 },
    { in: ['float32[5]', 'float32[5,6]'], out: ['float32[6]'], macs: 30, flops: 60 },
    { in: ['float32[4,5]', 'float32[5]'], out: ['float32[4]'], macs: 20, flops: 40 },
    { in: ['float32[5]', 'float32[5]'], out: ['float32[]'], macs: 5, flops: 10 },
  ],
});

/** `castInputs` promotes as element-wise ops do; the operands' own shapes do not matter to it, and need not broadcast. */
function view(node: InferredView): InferredView {
  const flat = (input: number): TensorType => tensor(node.dtype(input), [1]);
  return replacing(node, { type: flat, outputs: [tensor(known(node.outputs[0]?.dtype ?? 'float32'), [1])] });
}

export function matmulShape(node: NodeView): readonly Dim[] {
  const [a, b] = [node.shape(0), node.shape(1)];
  if (a.length === 0 || b.length === 0)
    throw new Mismatch(text('a matrix product needs at least one axis on both sides'));
  same(a.at(-1) ?? 1, (b.length === 1 ? b[0] : b.at(-2)) ?? 1, 'matmul');
  const batch = known(broadcast(a.slice(0, -2), b.slice(0, -2)));
  const rows = a.length === 1 ? [] : [a.at(-2) ?? 1];
  const columns = b.length === 1 ? [] : [b.at(-1) ?? 1];
  return [...batch, ...rows, ...columns];
}

/** Steps beside the products: add the input, and scale by each of alpha and beta that is not 1. */
function addSteps(node: InferredView): number {
  const beta = node.number('beta', 1);
  return (beta === 0 ? 0 : 1) + (beta === 1 || beta === 0 ? 0 : 1) + (node.number('alpha', 1) === 1 ? 0 : 1);
}

const scale = (to: Emitter, x: string, factor: number): string =>
  factor === 1 ? x : to.node('Mul', [x, to.scalar(factor, 'float32')]);

export const addmm = defineOp({
  name: 'addmm',
  doc: 'beta·input + alpha·(a @ b) for matrices, batches of matrices and matrix times vector.',
  source: 'torch.addmm, torch.baddbmm and torch.addmv references',
  infer: node => {
    const product = matmulShape(shifted(node));
    return [tensor(promote([node.type(0), node.type(1), node.type(2)]), product)];
  },
  cost: node => formula(node.outputElements() * node.size(1, -1), node.outputElements() * addSteps(node)),
  torch: {
    ...spell('torch Tensor', 'addmm', 'input: Tensor, mat1: Tensor, mat2: Tensor, *, beta=1, alpha=1'),
    ...spell('torch Tensor', 'baddbmm', 'input: Tensor, batch1: Tensor, batch2: Tensor, *, beta=1, alpha=1'),
    ...spell('torch Tensor', 'addmv', 'input: Tensor, mat: Tensor, vec: Tensor, *, beta=1, alpha=1'),
  },
  emit: (node, to) => {
    const product = scale(to, to.node('MatMul', [to.in(1), to.in(2)]), node.number('alpha', 1));
    const beta = node.number('beta', 1);
    return [beta === 0 ? product : to.node('Add', [scale(to, to.in(0), beta), product])];
  },
  examples: [
    // 2·4 outputs × 3, one add each
    { in: ['float32[4]', 'float32[2,3]', 'float32[3,4]'], out: ['float32[2,4]'], macs: 24, flops: 56 },
    {
      in: ['float32[5,2,4]', 'float32[5,2,3]', 'float32[5,3,4]'],
      attrs: { beta: 0, alpha: 0.5 },
      out: ['float32[5,2,4]'],
      macs: 120,
      flops: 280, // 240 + 40 scaled
    },
  ],
});

/** Inputs from 1 on. */
function shifted(node: NodeView): NodeView {
  return replacing(node, { shape: input => node.shape(input + 1) });
}

export const gemm = defineOp({
  name: 'gemm',
  doc: 'alpha·A·B + beta·C of two matrices, each optionally transposed; C is broadcast.',
  source: 'ONNX Gemm-13',
  infer: node => {
    const [transA, transB] = [node.flag('transA', false), node.flag('transB', false)];
    same(node.dim(0, transA ? 0 : 1), node.dim(1, transB ? 1 : 0), 'Gemm');
    return [tensor(node.dtype(0), [node.dim(0, transA ? 1 : 0), node.dim(1, transB ? 0 : 1)])];
  },
  cost: node => {
    const scaled = node.number('alpha', 1) === 1 ? 0 : 1;
    const steps = node.has(2) ? addSteps(node) : scaled;
    const length = node.size(0, node.flag('transA', false) ? 0 : 1);
    return formula(node.outputElements() * length, node.outputElements() * steps);
  },
  onnx: {
    Gemm: node => ({
      attrs: {
        alpha: node.number('alpha', 1),
        beta: node.number('beta', 1),
        transA: node.flag('transA', false),
        transB: node.flag('transB', false),
      },
    }),
  },
  emit: (node, to) => [
    to.node('Gemm', [to.in(0), to.in(1), to.has(2) ? to.in(2) : undefined], {
      alpha: { float: node.number('alpha', 1) },
      beta: { float: node.number('beta', 1) },
      transA: Number(node.flag('transA', false)),
      transB: Number(node.flag('transB', false)),
    }),
  ],
  examples: [
    // 1·10 outputs × 512; C adds 10; 4 × (512 + 5 120 + 10 + 10)
    {
      in: ['float32[1,512]', 'float32[10,512]', 'float32[10]'],
      attrs: { transB: true },
      out: ['float32[1,10]'],
      macs: 5120,
      flops: 10_250,
      bytes: 22_608,
    },
    {
      in: ['float32[3,2]', 'float32[3,4]'],
      attrs: { transA: true, alpha: 0.5 },
      out: ['float32[2,4]'],
      macs: 24,
      flops: 56, // 48 + 8 scaled
    },
  ],
});

/** No label is contracted: an element-wise product. */
export const outer = defineOp({
  name: 'outer',
  doc: 'Every element of one vector times every element of another: nothing is summed, so no MACs.',
  source: 'torch.outer reference',
  infer: node => [tensor(promote([node.type(0), node.type(1)]), [node.dim(0, 0), node.dim(1, 0)])],
  cost: node => formula(0, node.outputElements()),
  torch: spell('torch Tensor', 'outer ger', 'input: Tensor, vec2: Tensor'),
  emit: (_, to) => [to.node('Mul', [to.node('Unsqueeze', [to.in(0), to.ints([1])]), to.in(1)])],
  examples: [{ in: ['float32[3]', 'float32[4]'], out: ['float32[3,4]'], macs: 0, flops: 12, bytes: 76 }],
});

export const inner = defineOp({
  name: 'inner',
  doc: 'Dot products of the last axes, for all pairs of the others.',
  source: 'torch.inner reference',
  infer: node => {
    same(node.dim(0, -1), node.dim(1, -1), 'inner');
    return [
      tensor(promote([node.type(0), node.type(1)]), [...node.shape(0).slice(0, -1), ...node.shape(1).slice(0, -1)]),
    ];
  },
  cost: node => formula(node.outputElements() * node.size(0, -1), 0),
  torch: spell('torch Tensor', 'inner', 'input: Tensor, other: Tensor'),
  emit: (node, to) => [contract(node, to, [node.rank(0) - 1], [node.rank(1) - 1])],
  examples: [{ in: ['float32[2,3,5]', 'float32[4,5]'], out: ['float32[2,3,4]'], macs: 120, flops: 240 }],
});

/**
 * PyTorch contracts the first input with the weight, then the result with the second:
 * batch·out·in1·in2 + batch·out·in2 MACs (aten/src/ATen/native/Linear.cpp, _trilinear).
 */
export const bilinear = defineOp({
  name: 'bilinear',
  doc: 'x1ᵀ·W·x2 + b with W [out, in1, in2], contracted with x1 first.',
  source: 'torch.nn.functional.bilinear reference',
  infer: node => {
    same(node.dim(0, -1), node.dim(2, 1), 'bilinear');
    same(node.dim(1, -1), node.dim(2, 2), 'bilinear');
    return [
      tensor(promote([node.type(0), node.type(1), node.type(2)]), [...node.shape(0).slice(0, -1), node.dim(2, 0)]),
    ];
  },
  cost: node =>
    formula(node.outputElements() * node.size(2, 2) * (node.size(2, 1) + 1), node.has(3) ? node.outputElements() : 0),
  torch: spell('torch F', 'bilinear', 'input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor = None'),
  emit: (node, to) => {
    const product = to.node('Einsum', [to.in(0), to.in(2), to.in(1)], { equation: '...i,oij,...j->...o' });
    return [node.has(3) ? to.node('Add', [product, to.in(3)]) : product];
  },
  examples: [
    // 2·4 outputs × (3·5 + 5); bias 8
    {
      in: ['float32[2,3]', 'float32[2,5]', 'float32[4,3,5]', 'float32[4]'],
      out: ['float32[2,4]'],
      macs: 160,
      flops: 328,
    },
  ],
});

/** Attributes dims_a and dims_b: the axes contracted, pair by pair. */
export const tensordot = defineOp({
  name: 'tensordot',
  doc: 'Contraction of some axes of one tensor with as many of another.',
  source: 'torch.tensordot reference',
  infer: node => {
    const [a, b] = [contracted(node, 0), contracted(node, 1)];
    a.forEach((axis, index) => same(node.dim(0, axis), node.dim(1, b[index] ?? 0), 'tensordot'));
    const rest = (input: number, axes: readonly number[]): readonly Dim[] =>
      node.shape(input).filter((_, axis) => !axes.includes(axis));
    return [tensor(promote([node.type(0), node.type(1)]), [...rest(0, a), ...rest(1, b)])];
  },
  cost: node =>
    formula(node.outputElements() * contracted(node, 0).reduce((product, axis) => product * node.size(0, axis), 1), 0),
  emit: (node, to) => [contract(node, to, contracted(node, 0), contracted(node, 1))],
  torch: {
    // Pairs of axis lists are not carried as attributes.
    'torch.tensordot': {
      signature: 'a: Tensor, b: Tensor, dims: int = 2',
      call: args => {
        const [a, b, count] = [args.tensor('a'), args.tensor('b'), args.number('dims')];
        const rank = known(args.type(a).shape).length;
        const axes = Array.from({ length: count }, (_, axis) => axis);
        return { inputs: [a, b], attrs: { dims_a: axes.map(axis => axis + rank - count), dims_b: axes } };
      },
    },
  },
  examples: [
    // 2·4 outputs × 3·5
    {
      in: ['float32[2,3,5]', 'float32[3,5,4]'],
      attrs: { dims_a: [1, 2], dims_b: [0, 1] },
      out: ['float32[2,4]'],
      macs: 120,
      flops: 240,
    },
  ],
});

const contracted = (node: NodeView, input: 0 | 1): readonly number[] =>
  node.numbersOf(input === 0 ? 'dims_a' : 'dims_b').map(axis => (axis < 0 ? axis + node.rank(input) : axis));

/** As an einsum: letters of contracted axes are shared. */
function contract(node: InferredView, to: Emitter, a: readonly number[], b: readonly number[]): string {
  const letter = (index: number): string => String.fromCharCode(97 + index);
  const left = Array.from({ length: node.rank(0) }, (_, axis) => letter(axis));
  const right = Array.from({ length: node.rank(1) }, (_, axis) => {
    const shared = b.indexOf(axis);
    return shared < 0 ? letter(left.length + axis) : (left[a[shared] ?? 0] ?? '');
  });
  const out = [...left.filter((_, axis) => !a.includes(axis)), ...right.filter((_, axis) => !b.includes(axis))];
  const equation = `${left.join('')},${right.join('')}->${out.join('')}`;
  return to.node('Einsum', [to.in(0), to.in(1)], { equation });
}
