/** Products with sparse matrices: rows are looked up, scaled and put together. That is aggregation, not multiply-adds. */
import { storedBytes, tensor } from '../ir/tensor';
import { dtypeOf } from './elementwise';
import { sizesOf } from './evaluate';
import type { Emitter, InferredView } from './op';
import { defineOp, formula, Undetermined } from './op';
import { same } from './rules';
import { text } from '../base/text';
import { known } from './view';

/** Elements of one row of the dense matrix times the places of the sparse one. */
const picked = (node: InferredView): number =>
  node.elements(1) *
  node
    .shape(0)
    .slice(1)
    .reduce<number>((count, dim) => count * known(dim), 1);

export const sparseMm = defineOp({
  name: 'sparse_mm',
  doc: 'For each place (row, column) of a sparse matrix: its value (or values) times that row of a dense one, reduced per row.',
  source: 'torch.sparse.mm reference; https://docs.dgl.ai (message passing with copy_u and u_mul_e)',
  infer: node => {
    same(node.dim(1, 0), node.dim(2, 0), 'sparse product');
    return [tensor(node.dtype(0), [node.number('size'), ...node.shape(0).slice(1)])];
  },
  cost: node => {
    const steps = picked(node) * (node.has(3) ? 2 : 1);
    return formula(0, steps + (node.text('reduce', 'sum') === 'mean' ? node.outputElements() : 0));
  },
  // The rows that are touched, each place, and what comes out.
  bytes: node => {
    const all = known(storedBytes(node.type(0)));
    const touched = picked(node) * (all / Math.max(1, node.elements(0)));
    const places = [1, 2, 3].filter(input => node.has(input)).map(input => known(storedBytes(node.type(input))));
    const out = known(storedBytes(node.outputs[0] ?? node.type(0)));
    return places.reduce((sum, bytes) => sum + bytes, Math.min(all, touched) + out);
  },
  torch: {
    'torch._sparse_mm':
      "dense: Tensor, row: Tensor, col: Tensor, value: Tensor = None, size: int = 0, reduce: str = 'sum'",
  },
  emit: (node, to) => {
    if (node.text('reduce', 'sum') !== 'sum')
      throw new Undetermined(text('this reduction of a sparse product cannot be written as ONNX'));
    return [emitSum(node, to)];
  },
  examples: [
    // 3 places × 4 columns, multiplied and added; 4 × (16 of 20 read + 3 + 24 written) + 2 × 24
    {
      in: ['float32[5,4]', 'int64[3]', 'int64[3]', 'float32[3]'],
      attrs: { size: 6 },
      out: ['float32[6,4]'],
      flops: 24,
      bytes: 204,
    },
    { in: ['float32[5,4]', 'int64[3]', 'int64[3]'], attrs: { size: 6 }, out: ['float32[6,4]'], flops: 12 },
    {
      in: ['float32[5,2,4]', 'int64[3]', 'int64[3]', 'float32[3,2]'],
      attrs: { size: 6 },
      out: ['float32[6,2,4]'],
      flops: 48,
    },
    {
      in: ['float32[5,2,4]', 'int64[3]', 'int64[3]'],
      attrs: { size: 6, reduce: 'mean' },
      out: ['float32[6,2,4]'],
      flops: 72,
    },
  ],
});

function emitSum(node: InferredView, to: Emitter): string {
  const dtype = dtypeOf(node);
  const [, ...row] = sizesOf(node, 0);
  const wide = [node.elements(1), ...row];
  const column = to.ints([node.elements(1), ...row.map(() => 1)]);
  const values = node.has(3) ? sizesOf(node, 3) : [];
  const spread = to.ints([...values, ...row.slice(values.length - 1).map(() => 1)]);
  const gathered = to.node('Gather', [to.in(0), to.in(2)], { axis: 0 });
  const scaled = node.has(3) ? to.node('Mul', [gathered, to.node('Reshape', [to.in(3), spread])]) : gathered;
  const places = to.node('Expand', [to.node('Reshape', [to.in(1), column]), to.ints(wide)]);
  const zeros = to.filled(0, dtype, [node.number('size'), ...row]);
  return to.node('ScatterElements', [zeros, places, scaled], { axis: 0, reduction: 'add' });
}
