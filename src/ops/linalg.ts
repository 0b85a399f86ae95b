/** Products and distances beyond the plain matrix product. Decompositions have no entry: their work is data. */
import { isUnknown } from '../base/known';
import { text } from '../base/text';
import { tensor } from '../ir/tensor';
import type { Cost } from './op';
import { defineOp, formula, Mismatch } from './op';
import { broadcast, normaliseAxis, promote, same } from './rules';
import { spell } from './spell';
import { known } from './view';

/** Whether PyTorch takes a way over a matrix product inside is its own affair: distances are counted by their definition. */
export const cdist = defineOp({
  name: 'cdist',
  doc: 'Distances of all pairs of rows: subtract, power and add per coordinate, a root per pair.',
  source: 'torch.cdist reference',
  infer: node => {
    same(node.dim(0, -1), node.dim(1, -1), 'cdist');
    const lead = known(broadcast(node.shape(0).slice(0, -2), node.shape(1).slice(0, -2)));
    return [tensor(promote([node.type(0), node.type(1)]), [...lead, node.dim(0, -2), node.dim(1, -2)])];
  },
  cost: node => formula(0, node.outputElements() * (3 * node.size(0, -1) + (node.flag('squared', false) ? 0 : 1))),
  onnx: {
    'com.microsoft:CDist': node => ({ attrs: { squared: node.text('metric', 'sqeuclidean') === 'sqeuclidean' } }),
  },
  torch: { 'torch.cdist': "x1: Tensor, x2: Tensor, p=2.0, compute_mode='use_mm_for_euclid_dist_if_necessary'" },
  emit: (node, to) => {
    const apart = to.node('Sub', [
      to.node('Unsqueeze', [to.in(0), to.ints([-2])]),
      to.node('Unsqueeze', [to.in(1), to.ints([-3])]),
    ]);
    const p = node.number('p', 2);
    if (p === 2 || p === 1) return [to.node(p === 2 ? 'ReduceL2' : 'ReduceL1', [apart], { axes: [-1], keepdims: 0 })];
    const powers = to.node('Pow', [to.node('Abs', [apart]), to.scalar(p, 'float32')]);
    return [
      to.node('Pow', [to.node('ReduceSum', [powers, to.ints([-1])], { keepdims: 0 }), to.scalar(1 / p, 'float32')]),
    ];
  },
  examples: [
    // 5·4 pairs × (3·3 + 1)
    { in: ['float32[5,3]', 'float32[4,3]'], out: ['float32[5,4]'], macs: 0, flops: 200, bytes: 188 },
    { in: ['float32[5,3]', 'float32[4,3]'], attrs: { squared: true }, out: ['float32[5,4]'], macs: 0, flops: 180 },
  ],
});

export const cross = defineOp({
  name: 'cross',
  doc: 'Vector product of triples: two multiplications and a subtraction per element.',
  source: 'torch.linalg.cross reference',
  infer: node => {
    const shape = broadcast(node.type(0).shape, node.type(1).shape);
    const dims = known(shape);
    const size = dims[normaliseAxis(node.number('dim', -1), dims.length)] ?? 1;
    if (!isUnknown(size) && size !== 3) throw new Mismatch(text('a vector product needs an axis of 3, not {0}', size));
    return [tensor(promote([node.type(0), node.type(1)]), shape)];
  },
  cost: node => formula(0, 3 * node.outputElements()),
  torch: {
    ...spell('torch Tensor', 'cross', 'input: Tensor, other: Tensor, dim: int = -1'),
    'torch.linalg.cross': 'input: Tensor, other: Tensor, *, dim: int = -1',
  },
  emit: (node, to) => {
    const axis = normaliseAxis(node.number('dim', -1), node.outputShape().length);
    const turned = (x: string, order: readonly number[]): string => to.node('Gather', [x, to.ints(order)], { axis });
    const product = (a: readonly number[], b: readonly number[]): string =>
      to.node('Mul', [turned(to.in(0), a), turned(to.in(1), b)]);
    return [to.node('Sub', [product([1, 2, 0], [2, 0, 1]), product([2, 0, 1], [1, 2, 0])])];
  },
  examples: [{ in: ['float32[4,3]', 'float32[4,3]'], out: ['float32[4,3]'], macs: 0, flops: 36, bytes: 144 }],
});

/** The sum over a batch of products; every product is computed. */
export const addbmm = defineOp({
  name: 'addbmm',
  doc: 'beta·input + alpha·(sum over a batch of matrix products).',
  source: 'torch.addbmm reference',
  infer: node => {
    same(node.dim(1, 2), node.dim(2, 1), 'addbmm');
    return [tensor(promote([node.type(0), node.type(1), node.type(2)]), [node.dim(1, 1), node.dim(2, 2)])];
  },
  cost: node => {
    const scaled = (name: string): number => (node.number(name, 1) === 1 ? 0 : 1);
    const macs = node.outputElements() * node.size(1, 0) * node.size(1, 2);
    return formula(macs, node.outputElements() * (1 + scaled('beta') + scaled('alpha')));
  },
  torch: spell('torch Tensor', 'addbmm', 'input: Tensor, batch1: Tensor, batch2: Tensor, *, beta=1, alpha=1'),
  examples: [
    // 2·4 outputs × 5·3, one add each
    { in: ['float32[2,4]', 'float32[5,2,3]', 'float32[5,3,4]'], out: ['float32[2,4]'], macs: 120, flops: 248 },
  ],
});

const NOT_COUNTED: Cost = { kind: 'unknown', because: text('the work of a decomposition is not counted') };

/** Where it only makes weights its work is no part of the model. */
export const qr = defineOp({
  name: 'qr',
  doc: 'Orthogonal columns and a triangle whose product is the matrix.',
  source: 'torch.linalg.qr reference',
  infer: node => {
    const shape = node.shape(0);
    const [rows, columns] = [node.size(0, -2), node.size(0, -1)];
    const inner = node.text('mode', 'reduced') === 'complete' ? rows : Math.min(rows, columns);
    const lead = shape.slice(0, -2);
    const first = node.text('mode', 'reduced') === 'r' ? [0] : [...lead, rows, inner];
    return [tensor(node.dtype(0), first), tensor(node.dtype(0), [...lead, inner, columns])];
  },
  cost: node => (node.elements(0) === 0 ? formula(0, 0) : NOT_COUNTED),
  torch: {
    'torch.linalg.qr': { signature: "A: Tensor, mode='reduced'", returns: ['Q', 'R'] },
    ...spell('torch Tensor', 'qr', {
      signature: 'input: Tensor, some=True',
      call: args => ({ inputs: [args.tensor('input')], attrs: { mode: args.flag('some') ? 'reduced' : 'complete' } }),
      returns: ['Q', 'R'],
    }),
  },
  examples: [{ in: ['float32[3,0]'], out: ['float32[3,0]', 'float32[0,0]'] }],
});

export const addr = defineOp({
  name: 'addr',
  doc: 'beta·input + alpha·(outer product): nothing is contracted.',
  source: 'torch.addr reference',
  infer: node => [tensor(promote([node.type(0), node.type(1), node.type(2)]), [node.dim(1, 0), node.dim(2, 0)])],
  cost: node => {
    const scaled = (name: string): number => (node.number(name, 1) === 1 ? 0 : 1);
    return formula(0, node.outputElements() * (2 + scaled('beta') + scaled('alpha')));
  },
  torch: spell('torch Tensor', 'addr', 'input: Tensor, vec1: Tensor, vec2: Tensor, *, beta=1, alpha=1'),
  examples: [{ in: ['float32[2,4]', 'float32[2]', 'float32[4]'], out: ['float32[2,4]'], macs: 0, flops: 16 }],
});

export const trace = defineOp({
  name: 'trace',
  doc: 'Sum of the diagonal.',
  source: 'torch.trace reference',
  infer: node => [tensor(node.dtype(0), [])],
  cost: node => formula(0, Math.min(node.size(0, 0), node.size(0, 1))),
  torch: spell('torch Tensor', 'trace', 'input: Tensor'),
  emit: (_, to) => [to.node('Einsum', [to.in(0)], { equation: 'ii->' })],
  examples: [{ in: ['float32[3,3]'], out: ['float32[]'], macs: 0, flops: 3 }],
});
