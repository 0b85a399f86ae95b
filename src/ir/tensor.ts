/** The type of a tensor without data: element type and shape, each known or unknown with a reason. */
import type { Maybe } from '../base/known';
import { exact, isUnknown, product } from '../base/known';

/** Bits per stored element. Sub-byte types are packed; strings have no fixed size and are absent. */
export const BITS = {
  float64: 64,
  float32: 32,
  float16: 16,
  bfloat16: 16,
  float8e4m3fn: 8,
  float8e4m3fnuz: 8,
  float8e5m2: 8,
  float8e5m2fnuz: 8,
  float8e8m0: 8,
  float4e2m1: 4,
  int64: 64,
  int32: 32,
  int16: 16,
  int8: 8,
  int4: 4,
  int2: 2,
  uint64: 64,
  uint32: 32,
  uint16: 16,
  uint8: 8,
  uint4: 4,
  uint2: 2,
  bool: 8,
  complex64: 64,
  complex128: 128,
} as const;

export type DType = keyof typeof BITS | 'string';

export type Dim = Maybe<number>;
/** Sizes from the outermost axis inwards; rank is kept even when sizes are lost; `Unknown` when the rank is lost too. */
export type Shape = Maybe<readonly Dim[]>;

export interface TensorType {
  readonly dtype: Maybe<DType>;
  readonly shape: Shape;
}

export const tensor = (dtype: Maybe<DType>, shape: Shape): TensorType => ({ dtype, shape });

export const isFloat = (dtype: DType): boolean => dtype.startsWith('float') || dtype === 'bfloat16';
export const isComplex = (dtype: DType): boolean => dtype.startsWith('complex');

export function elements(type: TensorType): Maybe<number> {
  return isUnknown(type.shape) ? type.shape : product(type.shape);
}

/** Bytes that the elements take in memory, sub-byte types packed. Strings count 0: their bytes are not fixed by the type. */
export function storedBytes(type: TensorType): Maybe<number> {
  const count = elements(type);
  if (isUnknown(count)) return count;
  if (isUnknown(type.dtype)) return type.dtype;
  return type.dtype === 'string' ? 0 : exact(Math.ceil((count * BITS[type.dtype]) / 8));
}

/** `float32[1,3,224,224]`; `?` for what is unknown, `float32[*]` for an unknown rank. */
export function printType(type: TensorType): string {
  const dtype = isUnknown(type.dtype) ? '?' : type.dtype;
  if (isUnknown(type.shape)) return `${dtype}[*]`;
  return `${dtype}[${type.shape.map(dim => (isUnknown(dim) ? '?' : String(dim))).join(',')}]`;
}

/** Inverse of `printType` for fully known types; undefined when the text is no tensor type. */
export function parseType(text: string): TensorType | undefined {
  const match = /^([a-z][a-z0-9]*)\[((?:\d+(?:,\d+)*)?)\]$/.exec(text.replaceAll(' ', ''));
  const [, dtype, dims] = match ?? [];
  if (dtype === undefined || dims === undefined || !isDType(dtype)) return undefined;
  return tensor(dtype, dims === '' ? [] : dims.split(',').map(Number));
}

export const isDType = (name: string): name is DType => name === 'string' || Object.hasOwn(BITS, name);
