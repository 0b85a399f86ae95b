/** Element types, shapes as tensors, triangles, and ops that in evaluation mode hand their input on. */
import type { Maybe } from '../base/known';
import { isUnknown, unknown } from '../base/known';
import { text } from '../base/text';
import type { ConstantData } from '../ir/graph';
import type { Dim, DType } from '../ir/tensor';
import { elements, isDType, isFloat, tensor } from '../ir/tensor';
import { dtypeOf } from './elementwise';
import type { CoreCall, NodeView, OnnxCall, OnnxNode, TorchArguments, TorchSpelling } from './op';
import { defineOp, free, Mismatch } from './op';
import { typeAttribute } from './onnxTypes';
import { spell } from './spell';
import { known } from './view';

export function dtypeAttr(node: NodeView, name: string, otherwise: Maybe<DType>): Maybe<DType> {
  const value = node.attr(name);
  if (value === undefined) return otherwise;
  if (typeof value === 'string' && isDType(value)) return value;
  throw new Mismatch(text('"{0}" is no element type', String(value)));
}

/** Attribute axes from start to end, as ONNX counts them. */
export const shape = defineOp({
  name: 'shape',
  doc: 'The sizes of a tensor, as a vector.',
  source: 'ONNX Shape-15',
  infer: node => [tensor('int64', [shapeRange(node).length])],
  cost: () => free('reads sizes, no elements'),
  bytes: node => 8 * node.outputElements(),
  evaluate: node => [shapeRange(node)],
  onnx: { Shape: node => ({ attrs: { start: node.number('start', 0), end: node.attr('end') } }) },
  emit: (node, to) => [to.ints(shapeRange(node).map(known))],
  examples: [
    { in: ['float32[2,3,4]'], out: ['int64[3]'], outData: { 0: [2, 3, 4] }, bytes: 24 },
    { in: ['float32[2,3,4]'], attrs: { start: -2 }, out: ['int64[2]'], outData: { 0: [3, 4] } },
  ],
});

const shapeRange = (node: NodeView): readonly Dim[] =>
  node.shape(0).slice(node.number('start', 0), node.attr('end') === undefined ? undefined : node.number('end'));

export const size = defineOp({
  name: 'size',
  doc: 'The number of elements.',
  source: 'ONNX Size-13',
  infer: () => [tensor('int64', [])],
  cost: () => free('reads sizes, no elements'),
  bytes: () => 8,
  evaluate: node => [[elements(node.type(0))]],
  onnx: { Size: {} },
  emit: (node, to) => [to.scalar(node.elements(0), 'int64')],
  examples: [{ in: ['float32[2,3]'], out: ['int64[]'], outData: { 0: [6] } }],
});

/** Keeps the type where attribute dtype is absent. */
export const cast = defineOp({
  name: 'cast',
  doc: 'Another element type; the input itself where it has that type already.',
  source: 'torch.Tensor.to reference; ONNX Cast-13',
  elementwise: true,
  view: node => node.attr('dtype') === undefined || node.attr('dtype') === known(node.dtype(0)),
  infer: node => [tensor(dtypeAttr(node, 'dtype', node.dtype(0)), node.type(0).shape)],
  cost: () => free('converts while moving'),
  evaluate: node => [castData(node.data(0), known(node.outputs[0]?.dtype ?? 'float32'))],
  torch: {
    'torch.Tensor.to': [
      'input: Tensor, dtype: dtype, non_blocking=False, copy=False, *, memory_format=None',
      {
        signature: 'input: Tensor, other: Tensor, non_blocking=False, copy=False, *, memory_format=None',
        call: castLike,
      },
      'input: Tensor, device=None, dtype: dtype = None, non_blocking=False, copy=False, *, memory_format=None',
    ],
    'torch.Tensor.type': 'input: Tensor, dtype: dtype, non_blocking=False',
    'torch.Tensor.type_as': { signature: 'input: Tensor, other: Tensor', call: castLike },
    ...casts(),
    ...spell('torch.Tensor', 'cpu', 'input: Tensor'),
    ...spell('torch.Tensor', 'cuda', 'input: Tensor, device=None, non_blocking=False'),
  },
  onnx: {
    Cast: node => ({ inputs: [0], attrs: { dtype: typeAttribute(node, 'to') } }),
    CastLike: node => ({ inputs: [0], attrs: { dtype: known(node.dtype(1)) } }),
  },
  emit: (node, to) => {
    const dtype = known(node.outputs[0]?.dtype ?? 'float32');
    return [dtype === dtypeOf(node) ? to.in(0) : to.node('Cast', [to.in(0)], { to: { dtype } })];
  },
  examples: [
    { in: ['float32[2,3]'], attrs: { dtype: 'float16' }, out: ['float16[2,3]'], bytes: 36 },
    { in: ['float32[2,3]'], attrs: { dtype: 'float32' }, out: ['float32[2,3]'], bytes: 0 },
    {
      in: ['float32[3]'],
      data: { 0: [1.7, -1.7, 0] },
      attrs: { dtype: 'int64' },
      out: ['int64[3]'],
      outData: { 0: [1, -1, 0] },
    },
    {
      in: ['int64[3]'],
      data: { 0: [2, 0, -1] },
      attrs: { dtype: 'bool' },
      out: ['bool[3]'],
      outData: { 0: [1, 0, 1] },
    },
  ],
});

function castLike<Input>(args: TorchArguments<Input>): CoreCall<Input> {
  return { inputs: [args.tensor('input')], attrs: { dtype: known(args.type(args.tensor('other')).dtype) } };
}

function casts(): Record<string, TorchSpelling> {
  const names: Readonly<Record<string, DType>> = {
    float: 'float32', double: 'float64', half: 'float16', bfloat16: 'bfloat16',
    long: 'int64', int: 'int32', short: 'int16', char: 'int8', byte: 'uint8', bool: 'bool',
  }; // prettier-ignore
  return Object.fromEntries(
    Object.entries(names).map(([name, dtype]): [string, TorchSpelling] => [
      `torch.Tensor.${name}`,
      {
        signature: 'input: Tensor, memory_format=None',
        call: args => ({ inputs: [args.tensor('input')], attrs: { dtype } }),
      },
    ]),
  );
}

function castData(data: ConstantData | undefined, dtype: DType): ConstantData | undefined {
  if (isFloat(dtype)) return data;
  return data?.map(value => (isUnknown(value) ? value : dtype === 'bool' ? Number(value !== 0) : truncate(value)));
}

function truncate(value: number): Maybe<number> {
  return Number.isFinite(value) ? Math.trunc(value) : unknown(text('{0} is no integer', value));
}

/** Evaluation-mode dropout, detaching and the like: the tensor itself. */
export const identity = defineOp({
  name: 'identity',
  doc: 'The input itself.',
  source: 'ONNX Identity-16; torch.nn.Dropout reference (evaluation mode)',
  view: true,
  infer: node => [node.type(0)],
  cost: () => free('the tensor itself'),
  evaluate: node => [node.data(0)],
  torch: {
    ...spell('torch Tensor', 'detach', 'input: Tensor'),
    ...spell('F', 'dropout', 'input: Tensor, p=0.5, training=True, inplace=False'),
    ...spell('torch', 'dropout', 'input: Tensor, p=0.5, train=True'),
    ...spell(
      'F',
      'dropout1d dropout2d dropout3d alpha_dropout feature_alpha_dropout',
      'input: Tensor, p=0.5, training=False, inplace=False',
    ),
    'torch.Tensor.requires_grad_': 'input: Tensor, requires_grad=True',
    'torch.Tensor.alias': 'input: Tensor',
  },
  onnx: {
    Identity: {},
    // In training mode elements are dropped at random.
    Dropout: node =>
      node.outputCount > 1 || (node.has(2) && node.data(2)?.[0] !== 0)
        ? { op: 'dropout_mask', inputs: [0] }
        : { inputs: [0] },
  },
  emit: (_, to) => [to.in(0)],
  examples: [{ in: ['float32[2,3]'], attrs: { p: 0.5, training: false }, out: ['float32[2,3]'], bytes: 0 }],
});

export const dropoutMask = defineOp({
  name: 'dropout_mask',
  doc: 'The input itself, and a mask of ones.',
  source: 'ONNX Dropout-13',
  infer: node => [node.type(0), tensor('bool', node.type(0).shape)],
  cost: () => free('fills memory'),
  bytes: node => node.outputElements(1),
  examples: [{ in: ['float32[2,3]'], out: ['float32[2,3]', 'bool[2,3]'], bytes: 6 }],
});

/** The part of a matrix on and below (or above) a diagonal. */
export const triangle = defineOp({
  name: 'triangle',
  doc: 'The lower or upper triangle of matrices, zeros elsewhere; moves data.',
  source: 'torch.tril and torch.triu references; ONNX Trilu-14',
  infer: node => [node.type(0)],
  cost: () => free('selects elements'),
  torch: {
    ...spell('torch Tensor', 'tril', triangleCall(false)),
    ...spell('torch Tensor', 'triu', triangleCall(true)),
  },
  onnx: {
    Trilu: readTriangle,
    'com.microsoft:Trilu': readTriangle,
  },
  emit: (node, to) => {
    const dtype = dtypeOf(node);
    // The runtime has no triangle of booleans.
    const x = dtype === 'bool' ? to.node('Cast', [to.in(0)], { to: { dtype: 'int64' } }) : to.in(0);
    const part = to.node('Trilu', [x, to.scalar(node.number('diagonal', 0), 'int64')], {
      upper: Number(node.flag('upper')),
    });
    return [dtype === 'bool' ? to.node('Cast', [part], { to: { dtype } }) : part];
  },
  examples: [
    { in: ['float32[2,3,3]'], attrs: { upper: false }, out: ['float32[2,3,3]'], bytes: 144 },
    { in: ['bool[3,3]'], attrs: { upper: true, diagonal: 1 }, out: ['bool[3,3]'] },
  ],
});

function triangleCall(upper: boolean): TorchSpelling {
  return {
    signature: 'input: Tensor, diagonal: int = 0',
    call: args => ({ inputs: [args.tensor('input')], attrs: { upper, diagonal: args.number('diagonal') } }),
  };
}

function readTriangle(node: OnnxNode): OnnxCall {
  const k = node.has(1) ? node.numbers(1)[0] : 0;
  return { inputs: [0], attrs: { upper: node.flag('upper', true), diagonal: k } };
}
