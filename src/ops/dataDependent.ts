/** Ops whose output sizes are decided by elements. The rank is known; sizes only where the elements are. */
import type { Unknown } from '../base/known';
import { isUnknown, unknown } from '../base/known';
import { text } from '../base/text';
import type { Dim } from '../ir/tensor';
import { tensor } from '../ir/tensor';
import { places, sizesOf } from './evaluate';
import type { Cost, NodeView, OnnxCall, OnnxNode } from './op';
import { defineOp, formula, free, Undetermined } from './op';
import { broadcast, normaliseAxis } from './rules';
import { spell } from './spell';
import { known } from './view';

const DECIDED: Unknown = unknown(text('the elements decide how many there are'));

/** How many elements of an input are not 0. */
function countTrue(node: NodeView, input: number): Dim {
  const data = node.data(input);
  return data === undefined || data.some(isUnknown) ? DECIDED : data.filter(value => value !== 0).length;
}

/** PyTorch lists places as rows (or, with as_tuple, as one vector per axis), ONNX as columns. */
export const nonzero = defineOp({
  name: 'nonzero',
  doc: 'Places of the elements that are not 0: one compare per element.',
  source: 'torch.nonzero reference; ONNX NonZero-13',
  infer: node => {
    const [count, rank] = [countTrue(node, 0), node.rank(0)];
    if (node.flag('as_tuple', false)) return Array.from({ length: Math.max(1, rank) }, () => tensor('int64', [count]));
    return [tensor('int64', node.flag('columns', false) ? [rank, count] : [count, rank])];
  },
  cost: node => formula(0, node.elements(0)),
  evaluate: node => {
    const data = node.data(0);
    if (data === undefined || data.some(isUnknown)) return [];
    const found = places(sizesOf(node, 0)).filter((_, index) => data[index] !== 0);
    const columns = Array.from({ length: node.rank(0) }, (_, axis) => found.map(place => place[axis] ?? 0));
    if (node.flag('as_tuple', false)) return columns;
    return [node.flag('columns', false) ? columns.flat() : found.flat()];
  },
  torch: {
    ...spell('torch Tensor', 'nonzero', 'input: Tensor, *, as_tuple=False'),
    ...spell('torch Tensor', 'argwhere', 'input: Tensor'),
  },
  onnx: { NonZero: { attrs: { columns: true } } },
  emit: (node, to) => {
    const columns = to.node('NonZero', [to.in(0)]);
    if (node.flag('columns', false)) return [columns];
    if (!node.flag('as_tuple', false)) return [to.node('Transpose', [columns], { perm: [1, 0] })];
    const axes = node.outputs.map((_, axis) => axis);
    return axes.map(axis => to.node('Gather', [columns, to.scalar(axis, 'int64')], { axis: 0 }));
  },
  examples: [
    {
      in: ['int64[2,2]'],
      data: { 0: [0, 3, 4, 0] },
      attrs: { columns: true },
      out: ['int64[2,2]'],
      outData: { 0: [0, 1, 1, 0] },
      macs: 0,
      flops: 4,
    },
    { in: ['int64[3]'], data: { 0: [0, 3, 4] }, out: ['int64[2,1]'], outData: { 0: [1, 2] }, macs: 0, flops: 3 },
  ],
});

export const maskedSelect = defineOp({
  name: 'masked_select',
  doc: 'The elements where a mask holds, as a vector.',
  source: 'torch.masked_select reference',
  infer: node => {
    const whole = broadcast(node.type(0).shape, node.type(1).shape);
    const plain = JSON.stringify(whole) === JSON.stringify(node.type(1).shape);
    return [tensor(node.dtype(0), [plain ? countTrue(node, 1) : DECIDED])];
  },
  cost: () => free('selects elements'),
  torch: spell('torch Tensor', 'masked_select', 'input: Tensor, mask: Tensor'),
  examples: [{ in: ['float32[3]', 'bool[3]'], data: { 1: [1, 0, 1] }, out: ['float32[2]'], bytes: 23 }],
});

export const compress = defineOp({
  name: 'compress',
  doc: 'The slices along an axis (or the elements) where a condition holds.',
  source: 'ONNX Compress-11',
  infer: node => {
    const count = countTrue(node, 1);
    if (node.attr('dim') === undefined) return [tensor(node.dtype(0), [count])];
    const axis = normaliseAxis(node.number('dim'), node.rank(0));
    return [
      tensor(
        node.dtype(0),
        node.shape(0).map((dim, at) => (at === axis ? count : dim)),
      ),
    ];
  },
  cost: () => free('selects elements'),
  onnx: { Compress: node => ({ attrs: { dim: node.attr('axis') } }) },
  examples: [{ in: ['float32[2,3]', 'bool[3]'], data: { 1: [1, 0, 1] }, attrs: { dim: 1 }, out: ['float32[2,2]'] }],
});

const NOT_KNOWN: Cost = { kind: 'unknown', because: DECIDED.unknown };

export const unique = defineOp({
  name: 'unique',
  doc: 'The distinct elements of a vector, and where asked for the inverse and the counts.',
  source: 'torch.unique reference; ONNX Unique-11',
  infer: node => {
    const count = distinct(node)?.elements.length ?? lone(node);
    const inverse = node.flag('return_inverse', false) ? [tensor('int64', node.type(0).shape)] : [];
    const counts = node.flag('return_counts', false) ? [tensor('int64', [count])] : [];
    return [tensor(node.dtype(0), [count]), ...inverse, ...counts];
  },
  evaluate: node => {
    const found = distinct(node);
    if (found === undefined) return [];
    const inverse = node.flag('return_inverse', false) ? [found.inverse] : [];
    return [found.elements, ...inverse, ...(node.flag('return_counts', false) ? [found.counts] : [])];
  },
  // As sorting: one element is distinct, and what is known beforehand is not looked for.
  cost: node => (node.elements(0) <= 1 || distinct(node) !== undefined ? formula(0, 0) : NOT_KNOWN),
  torch: {
    ...spell(
      'torch Tensor',
      'unique',
      'input: Tensor, sorted=True, return_inverse=False, return_counts=False, dim=None',
    ),
    ...spell('torch Tensor', 'unique_consecutive', {
      signature: 'input: Tensor, return_inverse=False, return_counts=False, dim=None',
      call: args => ({
        inputs: [args.tensor('input')],
        attrs: {
          consecutive: true,
          return_inverse: args.flag('return_inverse'),
          return_counts: args.flag('return_counts'),
          ...(args.has('dim') && { dim: args.number('dim') }),
        },
      }),
    }),
  },
  onnx: { Unique: readUnique },
  examples: [
    { in: ['int64[1]'], attrs: { return_counts: true }, out: ['int64[1]', 'int64[1]'] },
    { in: ['int64[5]'], data: { 0: [7, 2, 7, 7, 2] }, out: ['int64[2]'], outData: { 0: [2, 7] } },
    {
      in: ['int64[5]'],
      data: { 0: [7, 2, 7, 7, 2] },
      attrs: { return_inverse: true, return_counts: true, consecutive: true },
      out: ['int64[4]', 'int64[5]', 'int64[4]'],
      outData: { 0: [7, 2, 7, 2], 1: [0, 1, 2, 2, 3], 2: [1, 1, 2, 1] },
    },
  ],
});

interface Distinct {
  readonly elements: readonly number[];
  readonly inverse: readonly number[];
  readonly counts: readonly number[];
}

/** Where all elements are known, and no axis is kept whole. PyTorch sorts them. */
function distinct(node: NodeView): Distinct | undefined {
  const data = node.data(0);
  if (data === undefined || node.attr('dim') !== undefined) return undefined;
  const numbers = data.filter((value): value is number => !isUnknown(value));
  if (numbers.length < data.length) return undefined;
  const consecutive = node.flag('consecutive', false);
  const elements = consecutive
    ? numbers.filter((value, at) => at === 0 || value !== numbers[at - 1])
    : [...new Set(numbers)].sort((a, b) => a - b);
  let run = -1;
  const inverse = numbers.map((value, at) => {
    if (!consecutive) return elements.indexOf(value);
    return at === 0 || value !== numbers[at - 1] ? ++run : run;
  });
  return { elements, inverse, counts: elements.map((_, place) => inverse.filter(at => at === place).length) };
}

/** Outputs: the elements, their first places, the inverse, the counts. */
function readUnique(node: OnnxNode): OnnxCall {
  return { op: 'onnx_unique', attrs: { outputs: node.outputCount, flat: node.attr('axis') === undefined } };
}

const lone = (node: NodeView): Dim => (known(node.elements(0)) <= 1 ? node.elements(0) : DECIDED);

/** Boxes [N, 4] and scores [N]. How many boxes remain is data; so is the work. */
export const nms = defineOp({
  name: 'nms',
  doc: 'Places of the boxes that overlap no better one.',
  source: 'torchvision.ops.nms reference',
  infer: node => [tensor('int64', [node.elements(1) === 0 ? 0 : DECIDED])],
  cost: node => (node.elements(1) === 0 ? formula(0, 0) : NOT_KNOWN),
  torch: spell('torchvision.ops torch.ops.torchvision', 'nms', 'boxes: Tensor, scores: Tensor, iou_threshold'),
  examples: [{ in: ['float32[0,4]', 'float32[0]'], out: ['int64[0]'] }],
});

export const nonMaxSuppression = defineOp({
  name: 'non_max_suppression',
  doc: 'Batch, class and box of those that overlap no better one.',
  source: 'ONNX NonMaxSuppression-11',
  infer: node => [tensor('int64', [node.elements(1) === 0 ? 0 : DECIDED, 3])],
  cost: node => (node.elements(1) === 0 ? formula(0, 0) : NOT_KNOWN),
  onnx: { NonMaxSuppression: { inputs: [0, 1] } },
  examples: [{ in: ['float32[1,0,4]', 'float32[1,2,0]'], out: ['int64[0,3]'] }],
});

export const onnxUnique = defineOp({
  name: 'onnx_unique',
  doc: 'The distinct elements, where each first stands, the inverse and the counts.',
  source: 'ONNX Unique-11',
  infer: node => {
    if (!node.flag('flat')) throw new Undetermined(DECIDED.unknown);
    const places = tensor('int64', [lone(node)]);
    const all = [tensor(node.dtype(0), [lone(node)]), places, tensor('int64', [node.elements(0)]), places];
    return all.slice(0, node.number('outputs'));
  },
  cost: node => (node.elements(0) <= 1 ? formula(0, 0) : NOT_KNOWN),
  examples: [{ in: ['int64[1]'], attrs: { outputs: 2, flat: true }, out: ['int64[1]', 'int64[1]'] }],
});
