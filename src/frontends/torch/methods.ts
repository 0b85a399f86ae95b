/** What `tensor.name` is: sizes and types at once, methods as functions that lead to an op entry. */
import { isUnknown, product } from '../../base/known';
import { text } from '../../base/text';
import { isComplex, isFloat, storedBytes } from '../../ir/tensor';
import { torchOp } from '../../ops/registry';
import { indexOf } from '../python/items';
import { NativeFunction, PyFunction } from '../python/functions';
import type { Interpreter } from '../python/interpreter';
import type { Arguments, Value } from '../python/values';
import { PyList, PyMethod, PyFloat, PyTuple, Unknown } from '../python/values';
import { integer } from '../python/numbers';
import { methodOfLibrary } from './names';
import { flagFrom, Tensor } from './tensor';
import { CPU, dtypeOf, legacyName, legacyType, noShape, sizeOf, sizeValue } from './types';
import { TENSOR_NAMES } from './tensorNames';
import { torchOf } from './torch';

type Getter = (interp: Interpreter, tensor: Tensor) => Value;

const shapeOf: Getter = (interp, { type }) => (isUnknown(type.shape) ? noShape(interp) : sizeOf(type.shape));
const rankOf: Getter = (interp, { type }) => (isUnknown(type.shape) ? noShape(interp) : type.shape.length);
const countOf: Getter = (interp, { type }) =>
  isUnknown(type.shape) ? noShape(interp) : sizeValue(product(type.shape));
const typeOf: Getter = (interp, { type }) =>
  isUnknown(type.dtype)
    ? interp.unknown('unknown-value', text('the element type is not known'), undefined, true)
    : dtypeOf(type.dtype);

const transposed =
  (name: string): Getter =>
  (interp, tensor) => {
    const { shape } = tensor.type;
    if (isUnknown(shape)) return noShape(interp);
    if (name === 'mT' || shape.length === 2)
      return torchOf(interp).call(interp, 'torch.transpose', { positional: [tensor, -2, -1] });
    const order = shape.map((_, axis) => shape.length - 1 - axis);
    return torchOf(interp).call(interp, 'torch.permute', { positional: [tensor, new PyTuple(order)] });
  };

const PROPERTIES: Readonly<Record<string, Getter>> = {
  shape: shapeOf,
  dtype: typeOf,
  ndim: rankOf,
  device: () => CPU,
  layout: () => null,
  grad: () => null,
  grad_fn: () => null,
  names: () => null,
  is_cuda: () => false,
  is_sparse: () => false,
  is_quantized: () => false,
  is_mkldnn: () => false,
  is_meta: () => false,
  is_leaf: () => true,
  is_nested: () => false,
  requires_grad: (_, tensor) => tensor.requiresGrad,
  itemsize: (interp, tensor) => elementBytes(interp, tensor),
  nbytes: (interp, { type }) => {
    const bytes = storedBytes(type);
    return isUnknown(bytes) ? noShape(interp) : bytes;
  },
  data: (interp, tensor) => alias(interp, tensor),
  T: transposed('T'),
  mT: transposed('mT'),
  H: transposed('T'),
  real: (interp, tensor) =>
    isComplexType(tensor) ? torchOf(interp).call(interp, 'torch.real', { positional: [tensor] }) : tensor,
  imag: (interp, tensor) => torchOf(interp).call(interp, 'torch.imag', { positional: [tensor] }),
};

const isComplexType = ({ type }: Tensor): boolean => !isUnknown(type.dtype) && isComplex(type.dtype);

/** The same tensor, no longer a parameter. */
export function alias(interp: Interpreter, tensor: Tensor): Tensor {
  const made = new Tensor(tensor.type, tensor.data);
  if (torchOf(interp).isTracing) made.place = { ...torchOf(interp).placeOf(tensor) };
  return made;
}

function elementBytes(interp: Interpreter, tensor: Tensor): Value {
  const bytes = storedBytes({ dtype: tensor.type.dtype, shape: [] });
  return isUnknown(bytes) ? noShape(interp) : bytes;
}

type Method = (interp: Interpreter, tensor: Tensor, args: Arguments) => Value;

/** Methods whose answer follows from the type alone, and those that do nothing that is counted. */
const METHODS: Readonly<Record<string, Method>> = {
  size: (interp, tensor, { positional, keywords }) => {
    const { shape } = tensor.type;
    const axis = positional[0] ?? keywords?.get('dim') ?? null;
    if (isUnknown(shape)) return noShape(interp);
    if (axis === null) return sizeOf(shape);
    const place = indexOf(interp, axis, 'size');
    if (place instanceof Unknown) return place;
    const dim = shape[place < 0 ? place + shape.length : place];
    return dim === undefined ? interp.raise('IndexError', 'Dimension out of range') : sizeValue(dim);
  },
  dim: rankOf,
  ndimension: rankOf,
  numel: countOf,
  nelement: countOf,
  __len__: (interp, tensor) => tensor.length(interp),
  element_size: (interp, tensor) => elementBytes(interp, tensor),
  get_device: () => -1,
  is_floating_point: (_, { type }) => !isUnknown(type.dtype) && isFloat(type.dtype),
  is_complex: (_, tensor) => isComplexType(tensor),
  is_contiguous: () => true,
  stride: (interp, tensor, args) => stridesOf(interp, tensor, args),
  data_ptr: () => 0,
  storage_offset: () => 0,
  item: (interp, tensor) => scalarOf(interp, tensor),
  tolist: (interp, tensor) => listOf(interp, tensor),
  __int__: (interp, tensor) => truncated(scalarOf(interp, tensor)),
  __index__: (interp, tensor) => truncated(scalarOf(interp, tensor)),
  __float__: (interp, tensor) => floated(scalarOf(interp, tensor)),
  __bool__: (interp, tensor) => tensor.truth(interp),
  requires_grad_: (_, tensor, { positional: [flag = true] }) => {
    tensor.requiresGrad = flagFrom(flag);
    return tensor;
  },
  backward: () => null,
  register_hook: () => null,
  retain_grad: () => null,
  share_memory_: (_, tensor) => tensor,
  pin_memory: (_, tensor) => tensor,
  type: (interp, tensor, args) => typeName(interp, tensor, args),
  detach_: (_, tensor) => tensor,
  cpu: (_, tensor) => tensor,
  cuda: (_, tensor) => tensor,
  __deepcopy__: (interp, tensor) => tensor.copy(interp),
  numpy: interp => interp.unknown('data-dependent', text('the values of a tensor are not known'), undefined, true),
  __repr__: () => 'tensor(...)',
  __hash__: () => 0,
};

/** `type()` names the type; `type(dtype)`, also by the name of an old constructor, converts. */
function typeName(interp: Interpreter, tensor: Tensor, { positional, keywords }: Arguments): Value {
  const given = positional[0] ?? keywords?.get('dtype') ?? null;
  const { dtype } = tensor.type;
  if (given === null) return isUnknown(dtype) ? typeOf(interp, tensor) : `torch.${legacyName(dtype)}`;
  const name = typeof given === 'string' ? given.slice(given.lastIndexOf('.') + 1) : given instanceof NativeFunction ? given.name : undefined; // prettier-ignore
  const wanted = name === undefined ? undefined : legacyType(name);
  return torchOf(interp).call(interp, 'torch.Tensor.type', { positional: [tensor, wanted === undefined ? given : dtypeOf(wanted)] }); // prettier-ignore
}

function scalarOf(interp: Interpreter, tensor: Tensor): Value {
  const value = tensor.data?.length === 1 ? tensor.data[0] : undefined;
  if (value === undefined || isUnknown(value))
    return interp.unknown('data-dependent', text('the values of a tensor are not known'), undefined, true);
  return plainNumber(tensor, value);
}

const plainNumber = ({ type }: Tensor, value: number): Value =>
  type.dtype === 'bool' ? value !== 0 : !isUnknown(type.dtype) && isFloat(type.dtype) ? new PyFloat(value) : value;

const truncated = (value: Value): Value =>
  value instanceof PyFloat ? integer(BigInt(Math.trunc(value.value))) : typeof value === 'boolean' ? Number(value) : value; // prettier-ignore
const floated = (value: Value): Value =>
  typeof value === 'number' || typeof value === 'boolean' ? new PyFloat(Number(value)) : value;

function listOf(interp: Interpreter, tensor: Tensor): Value {
  const { shape } = tensor.type;
  if (tensor.data === undefined || isUnknown(shape) || shape.some(isUnknown)) return scalarOf(interp, tensor);
  const items = tensor.data.map(value => (isUnknown(value) ? scalarOf(interp, tensor) : plainNumber(tensor, value)));
  const build = (sizes: readonly number[], values: readonly Value[]): Value => {
    const [size, ...rest] = sizes;
    if (size === undefined) return values[0] ?? null;
    const step = rest.reduce((a, b) => a * b, 1);
    return new PyList(Array.from({ length: size }, (_, index) => build(rest, values.slice(index * step, (index + 1) * step)))); // prettier-ignore
  };
  return build(shape as readonly number[], items);
}

function stridesOf(interp: Interpreter, tensor: Tensor, { positional: [axis] }: Arguments): Value {
  const { shape } = tensor.type;
  if (isUnknown(shape)) return noShape(interp);
  const strides = shape.map((_, place) => sizeValue(product(shape.slice(place + 1))));
  if (typeof axis !== 'number') return new PyTuple(strides);
  return strides[axis < 0 ? axis + strides.length : axis] ?? null;
}

/** Operators by the names of their methods. */
const OPERATORS: Readonly<Record<string, readonly [op: string, reflected: boolean]>> = {
  __abs__: ['torch.abs', false], __neg__: ['torch.neg', false], __invert__: ['torch.bitwise_not', false],
  __add__: ['torch.add', false], __radd__: ['torch.add', true], __sub__: ['torch.sub', false],
  __rsub__: ['torch.sub', true], __mul__: ['torch.mul', false], __rmul__: ['torch.mul', true],
  __truediv__: ['torch.div', false], __rtruediv__: ['torch.div', true], __pow__: ['torch.pow', false],
  __matmul__: ['torch.matmul', false], __floordiv__: ['torch.floor_divide', false], __eq__: ['torch.eq', false],
  __ne__: ['torch.ne', false], __lt__: ['torch.lt', false], __le__: ['torch.le', false], __gt__: ['torch.gt', false],
  __ge__: ['torch.ge', false], __and__: ['torch.bitwise_and', false], __or__: ['torch.bitwise_or', false],
}; // prettier-ignore

export function tensorAttribute(interp: Interpreter, tensor: Tensor, name: string): Value | undefined {
  const property = PROPERTIES[name];
  if (property !== undefined && Object.hasOwn(PROPERTIES, name)) return property(interp, tensor);
  const method = METHODS[name];
  if (method !== undefined && Object.hasOwn(METHODS, name))
    return new NativeFunction(name, (inner, args) => method(inner, tensor, args), false);
  const own = tensor.dict?.values.get(name);
  if (own !== undefined) return own;
  const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
  if (operator !== undefined)
    return new NativeFunction(name, (inner, { positional }) => {
      const operands = operator[1] ? [...positional, tensor] : [tensor, ...positional];
      return torchOf(inner).call(inner, operator[0], { positional: operands });
    }, false); // prettier-ignore
  const plain = name.endsWith('_') && !name.endsWith('__') ? name.slice(0, -1) : name;
  if (torchOp(`torch.Tensor.${name}`) !== undefined || torchOp(`torch.Tensor.${plain}`) !== undefined)
    return new NativeFunction(name, (inner, args) => {
      const positional = [tensor, ...args.positional];
      return torchOf(inner).call(inner, `torch.Tensor.${name}`, { positional, keywords: args.keywords });
    }, false); // prettier-ignore
  const composite = methodOfLibrary(interp, name);
  if (composite instanceof PyFunction) return new PyMethod(tensor, composite);
  if (!TENSOR_NAMES.has(name)) return undefined;
  return torchOf(interp).unknownMethod(interp, tensor, name);
}
