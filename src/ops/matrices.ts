/** Matrices made of vectors, triangles and diagonals as places, and counts of values. */
import type { Unknown } from '../base/known';
import { isUnknown, unknown } from '../base/known';
import { text } from '../base/text';
import type { Dim } from '../ir/tensor';
import { tensor } from '../ir/tensor';
import { sizesOf } from './evaluate';
import type { NodeView, OpEntry, TorchSpelling } from './op';
import { defineOp, formula, free, Undetermined } from './op';
import { normaliseAxis } from './rules';
import { spell } from './spell';
import { known } from './view';

const DECIDED: Unknown = unknown(text('the elements decide how many there are'));

export const diagEmbed = defineOp({
  name: 'diag_embed',
  doc: 'Matrices with the last axis as a diagonal and zeros elsewhere.',
  source: 'torch.diag_embed reference',
  infer: node => {
    const shape = node.shape(0);
    const rank = shape.length + 1;
    const size = known(shape.at(-1) ?? 1) + Math.abs(node.number('offset', 0));
    const pair = [node.number('dim1', -2), node.number('dim2', -1)].map(axis => normaliseAxis(axis, rank));
    const rest = shape.slice(0, -1);
    let next = 0;
    return [
      tensor(
        node.dtype(0),
        Array.from({ length: rank }, (_, axis) => (pair.includes(axis) ? size : (rest[next++] ?? 1))),
      ),
    ];
  },
  cost: () => free('moves data'),
  torch: {
    ...spell('torch Tensor', 'diag_embed', 'input: Tensor, offset=0, dim1=-2, dim2=-1'),
    ...spell('torch Tensor', 'diagflat', {
      signature: 'input: Tensor, offset=0',
      call: args => {
        if (known(args.type(args.tensor('input')).shape).length !== 1)
          throw new Undetermined(text('only vectors are modelled here'));
        return { inputs: [args.tensor('input')], attrs: { offset: args.number('offset') } };
      },
    }),
    ...spell('torch Tensor', 'diag', {
      signature: 'input: Tensor, diagonal=0',
      call: args => {
        const vector = known(args.type(args.tensor('input')).shape).length === 1;
        return {
          ...(!vector && { op: 'diagonal' }),
          inputs: [args.tensor('input')],
          attrs: { offset: args.number('diagonal') },
        };
      },
    }),
  },
  emit: (node, to) => {
    const offset = node.number('offset', 0);
    const size = node.size(0, -1) + Math.abs(offset);
    const usual = node.number('dim1', -2) === -2 && node.number('dim2', -1) === -1;
    if (!usual || offset !== 0)
      throw new Undetermined(text('only main diagonals of the last axes can be written as ONNX'));
    const mask = to.node('EyeLike', [to.filled(0, known(node.dtype(0)), [size, size])]);
    return [to.node('Mul', [to.node('Unsqueeze', [to.in(0), to.ints([-1])]), mask])];
  },
  examples: [
    { in: ['float32[2,3]'], out: ['float32[2,3,3]'], bytes: 96 },
    { in: ['float32[3]'], attrs: { offset: 1 }, out: ['float32[4,4]'] },
  ],
});

/** Rows and columns of a triangle, as two rows of places. */
function triangleIndices(name: 'tril_indices' | 'triu_indices'): OpEntry {
  const lower = name === 'tril_indices';
  const places = (node: NodeView): readonly (readonly [number, number])[] => {
    const [rows, columns, offset] = [node.number('row'), node.number('col'), node.number('offset', 0)];
    const all = Array.from({ length: rows * columns }, (_, at) => [Math.floor(at / columns), at % columns] as const);
    return all.filter(([row, column]) => (lower ? column - row <= offset : column - row >= offset));
  };
  return defineOp({
    name,
    doc: `Places of the ${lower ? 'lower' : 'upper'} triangle of a matrix.`,
    source: `torch.${name} reference`,
    infer: node => [tensor('int64', [2, places(node).length])],
    cost: () => free('fills memory'),
    evaluate: node => [[...places(node).map(([row]) => row), ...places(node).map(([, column]) => column)]],
    torch: { [`torch.${name}`]: 'row: int, col: int, offset=0, *, dtype: dtype = None, device=None, layout=None' },
    emit: (node, to) => {
      const flat = [...places(node).map(([row]) => row), ...places(node).map(([, column]) => column)];
      return [to.node('Reshape', [to.ints(flat), to.ints([2, -1])])];
    },
    examples: [
      {
        in: [],
        attrs: { row: 2, col: 2 },
        out: ['int64[2,3]'],
        outData: { 0: lower ? [0, 1, 1, 0, 0, 1] : [0, 0, 1, 0, 1, 1] },
      },
    ],
  });
}

export const triangles: readonly OpEntry[] = [triangleIndices('tril_indices'), triangleIndices('triu_indices')];

export const bincount = defineOp({
  name: 'bincount',
  doc: 'How often each number occurs: one step per element; the largest decides how many there are.',
  source: 'torch.bincount reference',
  infer: node => {
    const data = node.data(0);
    const least = node.number('minlength', 0);
    const count: Dim =
      data === undefined || data.some(isUnknown) ? DECIDED : Math.max(least, ...data.map(value => known(value) + 1));
    return [tensor(node.has(1) ? node.dtype(1) : 'int64', [count])];
  },
  cost: node => formula(0, node.elements(0)),
  torch: spell('torch Tensor', 'bincount', 'input: Tensor, weights: Tensor = None, minlength: int = 0'),
  examples: [{ in: ['int64[3]'], data: { 0: [1, 1, 4] }, out: ['int64[5]'], macs: 0, flops: 3 }],
});

export const histc = defineOp({
  name: 'histc',
  doc: 'Histogram of given bins: subtract, scale and count per element.',
  source: 'torch.histc reference',
  infer: node => [tensor(node.dtype(0), [node.number('bins', 100)])],
  cost: node => formula(0, 3 * node.elements(0)),
  torch: spell('torch Tensor', 'histc', 'input: Tensor, bins: int = 100, min=0, max=0'),
  examples: [{ in: ['float32[6]'], attrs: { bins: 4 }, out: ['float32[4]'], macs: 0, flops: 18 }],
});

/** Binary search: ⌈log₂(n + 1)⌉ compares per value. */
export const searchsorted = defineOp({
  name: 'searchsorted',
  doc: 'Where values belong in a sorted sequence: ⌈log₂(n + 1)⌉ compares each.',
  source: 'torch.searchsorted reference',
  infer: node => [tensor('int64', node.type(1).shape)],
  cost: node => formula(0, node.elements(1) * Math.ceil(Math.log2(node.size(0, -1) + 1))),
  torch: {
    'torch.searchsorted':
      'sorted_sequence: Tensor, input: Tensor, *, out_int32=False, right=False, side=None, sorter=None',
    ...spell('torch Tensor', 'bucketize', {
      signature: 'input: Tensor, boundaries: Tensor, *, out_int32=False, right=False',
      call: args => ({ inputs: [args.tensor('boundaries'), args.tensor('input')] }),
    }),
  },
  examples: [{ in: ['float32[7]', 'float32[2,3]'], out: ['int64[2,3]'], macs: 0, flops: 18, bytes: 100 }],
});

const alongAxis: TorchSpelling = 'input: Tensor, dim: int';

/** Running extremes with their places, and the running logarithm of a sum. */
export const running: readonly OpEntry[] = (['cummax', 'cummin'] as const).map(name =>
  defineOp({
    name,
    doc: `Running ${name === 'cummax' ? 'maximum' : 'minimum'} along an axis and its place: one compare each.`,
    source: `torch.${name} reference`,
    infer: node => [node.type(0), tensor('int64', node.type(0).shape)],
    cost: node => formula(0, node.elements(0)),
    torch: spell('torch Tensor', name, { signature: 'input: Tensor, dim: int', returns: ['values', 'indices'] }),
    examples: [{ in: ['float32[2,3]'], attrs: { dim: 1 }, out: ['float32[2,3]', 'int64[2,3]'], macs: 0, flops: 6 }],
  }),
);

export const logcumsumexp = defineOp({
  name: 'logcumsumexp',
  doc: 'Running logarithm of the sum of exponentials: maximum, difference, exp, add, log, add.',
  source: 'torch.logcumsumexp reference',
  infer: node => [node.type(0)],
  cost: node => formula(0, 6 * node.elements(0)),
  torch: spell('torch Tensor', 'logcumsumexp', alongAxis),
  examples: [{ in: ['float32[2,3]'], attrs: { dim: 1 }, out: ['float32[2,3]'], macs: 0, flops: 36 }],
});

/** k-th smallest, quantiles and the most frequent element are found by sorting. */
export const kthvalue = defineOp({
  name: 'kthvalue',
  doc: 'k-th smallest (or most frequent) element along an axis and its place, found by sorting.',
  source: 'torch.kthvalue and torch.mode references',
  infer: node => {
    const axis = normaliseAxis(node.number('dim', -1), node.rank(0));
    const keep = node.flag('keepdim', false);
    const shape = node.shape(0).flatMap((dim, at) => (at === axis ? (keep ? [1] : []) : [dim]));
    return [tensor(node.dtype(0), shape), tensor('int64', shape)];
  },
  cost: node => formula(0, node.elements(0) * Math.ceil(Math.log2(Math.max(1, node.size(0, node.number('dim', -1)))))),
  torch: {
    ...spell('torch Tensor', 'kthvalue', {
      signature: 'input: Tensor, k: int, dim: int = -1, keepdim=False',
      returns: ['values', 'indices'],
    }),
    ...spell('torch Tensor', 'mode', {
      signature: 'input: Tensor, dim: int = -1, keepdim=False',
      returns: ['values', 'indices'],
    }),
  },
  examples: [{ in: ['float32[2,5]'], attrs: { k: 2 }, out: ['float32[2]', 'int64[2]'], macs: 0, flops: 30 }],
});

export const multinomial = defineOp({
  name: 'multinomial',
  doc: 'Samples drawn by weight: a running sum over the weights, and a search per sample.',
  source: 'torch.multinomial reference; ONNX Multinomial-7',
  infer: node => [tensor('int64', [...node.shape(0).slice(0, -1), node.number('num_samples')])],
  cost: node => formula(0, node.elements(0) + node.outputElements() * Math.ceil(Math.log2(node.size(0, -1) + 1))),
  torch: spell('torch Tensor', 'multinomial', 'input: Tensor, num_samples: int, replacement=False, *, generator=None'),
  onnx: { Multinomial: node => ({ attrs: { num_samples: node.number('sample_size', 1) } }) },
  examples: [{ in: ['float32[2,7]'], attrs: { num_samples: 1 }, out: ['int64[2,1]'], macs: 0, flops: 20 }],
});

export const centerCropPad = defineOp({
  name: 'center_crop_pad',
  doc: 'Axes cut or padded around their middle to given sizes; moves data.',
  source: 'ONNX CenterCropPad-18',
  infer: node => {
    const axes = node.numbersOf('axes').map(axis => normaliseAxis(axis, node.rank(0)));
    const sizes = node.numbersOf('sizes');
    return [
      tensor(
        node.dtype(0),
        node.shape(0).map((dim, axis) => (axes.includes(axis) ? (sizes[axes.indexOf(axis)] ?? dim) : dim)),
      ),
    ];
  },
  cost: () => free('moves data'),
  onnx: {
    CenterCropPad: node => ({
      inputs: [0],
      attrs: {
        sizes: node.numbers(1),
        axes: node.numbersOf(
          'axes',
          sizesOf(node, 0).map((_, axis) => axis),
        ),
      },
    }),
  },
  examples: [
    { in: ['float32[3,8,9]'], attrs: { axes: [1, 2], sizes: [4, 10] }, out: ['float32[3,4,10]'], bytes: 1344 },
  ],
});
