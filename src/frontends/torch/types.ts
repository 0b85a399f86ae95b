/** Element types, sizes and devices as Python values. */
import { isUnknown } from '../../base/known';
import { text } from '../../base/text';
import type { Dim, DType } from '../../ir/tensor';
import { BITS, isComplex, isFloat } from '../../ir/tensor';
import { NativeFunction } from '../python/functions';
import { addMethods, addStaticMethods } from '../python/builtins/types';
import type { Interpreter } from '../python/interpreter';
import { itemsOf } from '../python/iteration';
import { binary } from '../python/operators';
import type { Value, PyClass } from '../python/values';
import { nativeClass, Native, objectClass, PyTuple, tupleClass, typeClass, Unknown } from '../python/values';

export function torchClass(name: string, base: PyClass = objectClass): PyClass {
  const cls = nativeClass(name, base, 'torch');
  cls.cls = typeClass;
  return cls;
}

export const dtypeClass = torchClass('dtype');
export const deviceClass = torchClass('device');
export const sizeClass = torchClass('Size', tupleClass);

export class TorchDType extends Native {
  constructor(readonly dtype: DType) {
    super(dtypeClass);
  }
  override attribute(_: Interpreter, name: string): Value | undefined {
    if (name === 'is_floating_point') return isFloat(this.dtype);
    if (name === 'is_complex') return isComplex(this.dtype);
    if (name === 'itemsize') return this.dtype === 'string' ? 0 : BITS[this.dtype] / 8;
    if (name === '__repr__') return new NativeFunction('__repr__', () => `torch.${this.dtype}`);
    return undefined;
  }
}

const names: readonly (readonly [string, DType])[] = [
  ['float32', 'float32'], ['float', 'float32'], ['float64', 'float64'], ['double', 'float64'], ['float16', 'float16'],
  ['half', 'float16'], ['bfloat16', 'bfloat16'], ['int64', 'int64'], ['long', 'int64'], ['int32', 'int32'],
  ['int', 'int32'], ['int16', 'int16'], ['short', 'int16'], ['int8', 'int8'], ['uint8', 'uint8'], ['bool', 'bool'],
  ['complex64', 'complex64'], ['cfloat', 'complex64'], ['complex128', 'complex128'], ['cdouble', 'complex128'],
  ['float8_e4m3fn', 'float8e4m3fn'], ['float8_e5m2', 'float8e5m2'], ['uint16', 'uint16'], ['uint32', 'uint32'],
  ['uint64', 'uint64'],
]; // prettier-ignore

const byDType = new Map<DType, TorchDType>();
/** By the name under `torch`. */
export const dtypes: ReadonlyMap<string, TorchDType> = new Map(names.map(([name, dtype]) => [name, dtypeOf(dtype)]));

export function dtypeOf(dtype: DType): TorchDType {
  let made = byDType.get(dtype);
  if (made === undefined) byDType.set(dtype, (made = new TorchDType(dtype)));
  return made;
}

/** Constructors from before there were element types, by which types are still named. */
export const LEGACY: readonly (readonly [string, DType])[] = [
  ['FloatTensor', 'float32'], ['DoubleTensor', 'float64'], ['HalfTensor', 'float16'], ['LongTensor', 'int64'],
  ['IntTensor', 'int32'], ['ShortTensor', 'int16'], ['CharTensor', 'int8'], ['BoolTensor', 'bool'],
  ['ByteTensor', 'uint8'], ['BFloat16Tensor', 'bfloat16'],
]; // prettier-ignore

export const legacyType = (name: string): DType | undefined => LEGACY.find(([own]) => own === name)?.[1];
export const legacyName = (dtype: DType): string => LEGACY.find(([, own]) => own === dtype)?.[0] ?? 'Tensor';

/** Where a tensor lies changes no count. */
export class TorchDevice extends Native {
  constructor(readonly kind: string) {
    super(deviceClass);
  }
  override attribute(_: Interpreter, name: string): Value | undefined {
    if (name === 'type') return this.kind;
    if (name === 'index') return null;
    if (name === '__repr__') return new NativeFunction('__repr__', () => this.kind);
    if (name === '__enter__' || name === '__exit__') return new NativeFunction(name, () => null);
    return undefined;
  }
  override compare(_: Interpreter, operator: string, other: Value): Value | undefined {
    const same = other instanceof TorchDevice ? other.kind === this.kind : other === this.kind;
    return operator === '==' ? same : operator === '!=' ? !same : undefined;
  }
}

export const CPU = new TorchDevice('cpu');

/** A size that is not known is an unknown value. */
export const sizeValue = (dim: Dim): Value =>
  isUnknown(dim) ? new Unknown(dim.unknown, 'unknown-shape', undefined, true) : dim;

/** `torch.Size`: its slices are sizes too. */
export class TorchSize extends PyTuple {
  constructor(items: readonly Value[]) {
    super(items, sizeClass);
  }
  override part(items: readonly Value[]): PyTuple {
    return new TorchSize(items);
  }
}

export const sizeOf = (shape: readonly Dim[]): PyTuple => new TorchSize(shape.map(sizeValue));

export function installSize(): void {
  addStaticMethods(sizeClass, {
    '__new__(cls, sizes=None)': (interp, [, sizes = null]) => {
      const items = sizes === null ? [] : itemsOf(interp, sizes);
      return items instanceof Unknown ? items : new TorchSize(items);
    },
  });
  addMethods(sizeClass, {
    'numel(self)': (interp, [self = null]) =>
      self instanceof PyTuple ? self.items.reduce((a, b) => binary(interp, '*', a, b), 1) : 0,
  });
}

export const noShape = (interp: Interpreter): Unknown =>
  interp.unknown('unknown-shape', text('the number of axes is not known'), undefined, true);
