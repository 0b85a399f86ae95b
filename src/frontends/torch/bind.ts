/** Binds a PyTorch call to the signature that an op entry spells, and offers the values as the entry wants them. */
import type { Maybe } from '../../base/known';
import { isUnknown, unknown } from '../../base/known';
import { text } from '../../base/text';
import type { Attr } from '../../ir/graph';
import type { DType, TensorType } from '../../ir/tensor';
import { isFloat } from '../../ir/tensor';
import type { TorchArguments } from '../../ops/op';
import { Undetermined } from '../../ops/op';
import type { Annotation, Parameter } from '../../ops/signature';
import { parseSignature } from '../../ops/signature';
import { isNumber, toDouble } from '../python/numbers';
import { unboxed } from '../python/truth';
import type { Arguments, Value } from '../python/values';
import { boolClass, floatClass, intClass, PyFloat, PyList, PyRange, PySlice, PyTuple, Unknown } from '../python/values'; // prettier-ignore
import { Tensor } from './tensor';
import { TorchDType } from './types';

export type Bound = ReadonlyMap<string, Value>;

const parsed = new Map<string, readonly Parameter[]>();

export function signatureOf(signature: string): readonly Parameter[] {
  let parameters = parsed.get(signature);
  if (parameters === undefined) parsed.set(signature, (parameters = parseSignature(signature) ?? []));
  return parameters;
}

/** Other names under which PyTorch takes the same argument. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  axis: ['dim', 'dims'], indices: ['indices_or_sections', 'index'], sections: ['indices_or_sections'], keepdims: ['keepdim'], self: ['input'], input: ['self'], x: ['input'], x1: ['input'],
  x2: ['other'], a: ['input'], shape: ['size'], dims: ['dim'], tensors: ['input'], min_value: ['min'], size: ['shape'],
}; // prettier-ignore

/** Keywords that change neither shape nor cost. */
const IGNORED = new Set(['inplace', 'out', 'device', 'memory_format', 'non_blocking', 'requires_grad', 'pin_memory', 'layout', 'generator']); // prettier-ignore

/** The first signature that the call fits: one in whose numbers no tensor without a known value stands comes first. */
export function bindOverload<T>(
  overloads: readonly T[],
  signature: (overload: T) => string,
  args: Arguments,
): { readonly overload: T; readonly parameters: readonly Parameter[]; readonly bound: Bound } | undefined {
  let open: { overload: T; parameters: readonly Parameter[]; bound: Bound } | undefined;
  for (const overload of overloads) {
    const parameters = signatureOf(signature(overload));
    const bound = bindCall(parameters, args);
    if (bound === undefined) continue;
    if (!parameters.some(one => isOpen(one, bound))) return { overload, parameters, bound };
    open ??= { overload, parameters, bound };
  }
  return open;
}

const isOpen = ({ name, annotation }: Parameter, bound: Bound): boolean => {
  const value = bound.get(name);
  return annotation === 'float' && value instanceof Tensor && value.data?.[0] === undefined;
};

/** Undefined where the call does not fit the signature. */
export function bindCall(parameters: readonly Parameter[], args: Arguments): Bound | undefined {
  const bound = new Map<string, Value>();
  let next = 0;
  for (const parameter of parameters) {
    const { name, kind } = parameter;
    if (kind === 'variadic') {
      bound.set(name, variadic(args.positional.slice(next)));
      next = args.positional.length;
    } else if (kind === 'plain' && next < args.positional.length) bound.set(name, args.positional[next++] ?? null);
  }
  if (next < args.positional.length) return undefined;
  for (const [keyword, value] of args.keywords ?? []) {
    const name = [keyword, ...(ALIASES[keyword] ?? [])].find(candidate => parameters.some(({ name: own }) => own === candidate)); // prettier-ignore
    if (name === undefined) {
      if (!IGNORED.has(keyword)) return undefined;
    } else if (bound.has(name) && !isEmpty(bound.get(name))) return undefined;
    else bound.set(name, value);
  }
  for (const parameter of parameters) {
    const { name, required, annotation } = parameter;
    const value = bound.get(name);
    if (value === undefined) {
      if (required) return undefined;
    } else if (!accepts(annotation, value, required, parameter.kind === 'variadic')) return undefined;
  }
  return bound;
}

const isEmpty = (value: Value | undefined): boolean => value instanceof PyTuple && value.items.length === 0;

/** One sequence, or several numbers. */
function variadic(values: readonly Value[]): Value {
  const [only] = values;
  return values.length === 1 && (only instanceof PyTuple || only instanceof PyList || only instanceof Unknown)
    ? only
    : new PyTuple(values);
}

function accepts(annotation: Annotation | undefined, given: Value, required: boolean, isVariadic: boolean): boolean {
  const value = unboxed(given);
  if (value instanceof Unknown) return true;
  if (value === null && !required) return true;
  switch (annotation) {
    case 'Tensor':
      return value instanceof Tensor || isNumber(value);
    case 'Tensor[]':
      return isSequence(value) || isVariadic;
    case undefined:
      return !(value instanceof Tensor) || isScalar(value);
    case 'int':
      return isWhole(value) || (isScalar(value) && !isFloating(value));
    case 'index':
      return isWhole(value);
    case 'float':
      return isNumber(value) || isScalar(value);
    case 'bool':
      return typeof value === 'boolean' || isScalar(value);
    case 'str':
      return typeof value === 'string';
    case 'dtype':
      return value instanceof TorchDType || pythonType(value) !== undefined;
    case 'int[]':
      return isSequence(value) && itemsOf(value).every(item => !(item instanceof PyFloat) && typeof item !== 'string');
  }
}

const isWhole = (value: Value): boolean => isNumber(value) && !(value instanceof PyFloat);
const isFloating = (value: Value): boolean =>
  value instanceof Tensor && !isUnknown(value.type.dtype) && isFloat(value.type.dtype);

/** A 0-d tensor stands for its number. */
const isScalar = (value: Value): boolean =>
  value instanceof Tensor && !isUnknown(value.type.shape) && value.type.shape.length === 0;

const isSequence = (value: Value): value is PyTuple | PyList => value instanceof PyTuple || value instanceof PyList;

const itemsOf = (value: Value): readonly Value[] =>
  isSequence(value) ? value.items : value instanceof PyRange ? Array.from({ length: value.length }, (_, index) => value.start + index * value.step) : []; // prettier-ignore

/** What an entry's `call` sees; `Input` is an operand: a tensor, or a number that becomes a constant. */
export function argumentsOf(
  parameters: readonly Parameter[],
  bound: Bound,
  operandType: (operand: Operand) => TensorType,
): TorchArguments<Operand> {
  const attr = (name: string): Attr | undefined => {
    const value = bound.get(name);
    if (value !== undefined) return attrOf(value);
    return parameters.find(parameter => parameter.name === name)?.fallback;
  };
  const number = (name: string): number => {
    const value = attr(name);
    if (typeof value === 'number') return value;
    if (typeof value === 'boolean') return Number(value);
    throw new Undetermined(text('the argument "{0}" is not known', name));
  };
  return {
    has: name => bound.has(name) && bound.get(name) !== null,
    tensor: name => operandOf(bound.get(name) ?? null, name),
    optionalTensor: name => {
      const value = bound.get(name);
      return value === undefined || value === null ? undefined : operandOf(value, name);
    },
    tensors: name => itemsOf(bound.get(name) ?? null).map(item => operandOf(item, name)),
    type: operandType,
    attr,
    number,
    numbers: name => {
      const value = attr(name);
      if (typeof value === 'number') return [value];
      if (Array.isArray(value)) return value.map(item => (typeof item === 'number' ? item : Number(item)));
      throw new Undetermined(text('the argument "{0}" is not known', name));
    },
    flag: name => {
      const value = attr(name);
      if (value === undefined) return false;
      return typeof value === 'boolean' ? value : value !== 0;
    },
  };
}

export type Operand = Tensor | number | boolean | PyFloat;

export function operandOf(value: Value, name: string): Operand {
  const plain = unboxed(value);
  if (plain instanceof Tensor || typeof plain === 'number' || typeof plain === 'boolean' || plain instanceof PyFloat)
    return plain;
  if (plain instanceof Unknown) throw new Undetermined(plain.reason);
  if (typeof plain === 'bigint') return Number(plain);
  throw new Undetermined(text('the argument "{0}" is no tensor', name));
}

/** `bool`, `int`, `float` and `complex` where a type of elements is wanted. */
const pythonType = (value: Value): DType | undefined => PYTHON_TYPES.find(([cls]) => cls === value)?.[1];

const PYTHON_TYPES: readonly (readonly [Value, DType])[] = [[boolClass, 'bool'], [intClass, 'int64'], [floatClass, 'float64']]; // prettier-ignore

/** Throws `Undetermined` for what is not known. */
export function attrOf(given: Value): Attr | undefined {
  const value = unboxed(given);
  if (value === null) return undefined;
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof PyFloat) return value.value;
  if (value instanceof TorchDType) return value.dtype;
  const plain = pythonType(value);
  if (plain !== undefined) return plain;
  if (value instanceof Unknown) throw new Undetermined(value.reason);
  if (value instanceof Tensor) return scalarOf(value);
  if (value instanceof PyTuple || value instanceof PyList || value instanceof PyRange) return listAttr(value);
  if (value instanceof PySlice) throw new Undetermined(text('a slice is given where a number is expected'));
  return undefined;
}

function listAttr(value: PyTuple | PyList | PyRange): Attr | undefined {
  if (value instanceof PyList && value.tainted !== undefined) throw new Undetermined(value.tainted.reason);
  const items = itemsOf(value).map(item => attrOf(item));
  if (items.every(item => typeof item === 'number')) return items;
  if (items.every(item => typeof item === 'string')) return items;
  if (items.every(item => typeof item === 'number' || typeof item === 'boolean')) return items.map(Number);
  // None among numbers leaves that size as it is.
  if (items.every(item => typeof item === 'number' || item === undefined)) return items.map(item => item ?? -1);
  return items.flatMap(item => (Array.isArray(item) ? (item as readonly number[]) : typeof item === 'number' ? [item] : [])); // prettier-ignore
}

function scalarOf(tensor: Tensor): Attr {
  const value: Maybe<number> = tensor.data?.[0] ?? unknown(text('the value of a tensor is not known'));
  if (isUnknown(value)) throw new Undetermined(value.unknown);
  return tensor.type.dtype === 'bool' ? value !== 0 : value;
}

export const doubleOf = (operand: number | boolean | PyFloat): number => toDouble(operand);
