/** Complex numbers and their parts. The ONNX runtime has none on a CPU, so nothing here can be written out. */
import { isUnknown } from '../base/known';
import type { Maybe } from '../base/known';
import { text } from '../base/text';
import type { DType } from '../ir/tensor';
import { isComplex, tensor } from '../ir/tensor';
import type { NodeView } from './op';
import { defineOp, formula, free, Mismatch } from './op';
import { broadcast } from './rules';
import { spell } from './spell';

const toComplex = (dtype: Maybe<DType>): Maybe<DType> =>
  isUnknown(dtype) || isComplex(dtype) ? dtype : dtype === 'float64' ? 'complex128' : 'complex64';
export const toReal = (dtype: Maybe<DType>): Maybe<DType> =>
  isUnknown(dtype) || !isComplex(dtype) ? dtype : dtype === 'complex128' ? 'float64' : 'float32';
export { toComplex };

const NO_MOVE = free('no data moves');

export const viewAsComplex = defineOp({
  name: 'view_as_complex',
  doc: 'Pairs along the last axis, seen as complex numbers.',
  source: 'torch.view_as_complex reference',
  view: true,
  infer: node => {
    const last = node.dim(0, -1);
    if (!isUnknown(last) && last !== 2)
      throw new Mismatch(text('complex numbers are pairs, but the last axis has {0}', last));
    return [tensor(toComplex(node.dtype(0)), node.shape(0).slice(0, -1))];
  },
  cost: () => NO_MOVE,
  torch: { 'torch.view_as_complex': 'input: Tensor' },
  examples: [{ in: ['float32[3,4,2]'], out: ['complex64[3,4]'], bytes: 0 }],
});

export const viewAsReal = defineOp({
  name: 'view_as_real',
  doc: 'Complex numbers seen as pairs along a new last axis.',
  source: 'torch.view_as_real reference',
  view: true,
  infer: node => [tensor(toReal(node.dtype(0)), [...node.shape(0), 2])],
  cost: () => NO_MOVE,
  torch: { 'torch.view_as_real': 'input: Tensor' },
  examples: [{ in: ['complex64[3,4]'], out: ['float32[3,4,2]'], bytes: 0 }],
});

export const part = defineOp({
  name: 'complex_part',
  doc: 'Real or imaginary parts, seen in place.',
  source: 'torch.real and torch.imag references',
  view: true,
  infer: node => [tensor(toReal(node.dtype(0)), node.type(0).shape)],
  cost: () => NO_MOVE,
  strides: (_, source) => source.map(stride => 2 * stride),
  torch: {
    'torch.real': {
      signature: 'input: Tensor',
      call: args => ({ inputs: [args.tensor('input')], attrs: { part: 'real' } }),
    },
    'torch.imag': {
      signature: 'input: Tensor',
      call: args => ({ inputs: [args.tensor('input')], attrs: { part: 'imag' } }),
    },
  },
  examples: [{ in: ['complex64[3,4]'], attrs: { part: 'real' }, out: ['float32[3,4]'], bytes: 0 }],
});

const paired = (node: NodeView): ReturnType<typeof broadcast> => broadcast(node.type(0).shape, node.type(1).shape);

export const complex = defineOp({
  name: 'complex',
  doc: 'Complex numbers from real and imaginary parts; moves data.',
  source: 'torch.complex reference',
  elementwise: true,
  infer: node => [tensor(toComplex(node.dtype(0)), paired(node))],
  cost: () => free('puts pairs together'),
  torch: { 'torch.complex': 'real: Tensor, imag: Tensor' },
  examples: [{ in: ['float32[3]', 'float32[3]'], out: ['complex64[3]'], bytes: 48 }],
});

export const polar = defineOp({
  name: 'polar',
  doc: 'Complex numbers from lengths and angles: sine, cosine, two multiplications.',
  source: 'torch.polar reference',
  elementwise: true,
  infer: node => [tensor(toComplex(node.dtype(0)), paired(node))],
  cost: node => formula(0, 4 * node.outputElements()),
  torch: { 'torch.polar': 'abs: Tensor, angle: Tensor' },
  examples: [{ in: ['float32[3]', 'float32[3]'], out: ['complex64[3]'], macs: 0, flops: 12, bytes: 48 }],
});

export const conj = defineOp({
  name: 'conj',
  doc: 'Complex conjugate, as a view that remembers the sign.',
  source: 'torch.conj reference',
  view: true,
  infer: node => [node.type(0)],
  cost: () => NO_MOVE,
  torch: { ...spell('torch Tensor', 'conj conj_physical resolve_conj', 'input: Tensor') },
  examples: [{ in: ['complex64[3]'], out: ['complex64[3]'], bytes: 0 }],
});

export const angle = defineOp({
  name: 'angle',
  doc: 'Angle of a complex number: divide, arc tangent.',
  source: 'torch.angle reference',
  elementwise: true,
  infer: node => [tensor(toReal(node.dtype(0)), node.type(0).shape)],
  cost: node => formula(0, 2 * node.outputElements()),
  torch: spell('torch Tensor', 'angle', 'input: Tensor'),
  examples: [{ in: ['complex64[3]'], out: ['float32[3]'], macs: 0, flops: 6, bytes: 36 }],
});
