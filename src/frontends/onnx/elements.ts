/** Elements of small tensors from their little-endian bytes. */
import type { DType } from '../../ir/tensor';
import { BITS } from '../../ir/tensor';

type Read = (view: DataView, index: number) => number;

/** Beyond 2^53 the nearest double: such numbers stand for "to the end" and are compared, not counted with. */
const wide = (signed: boolean): Read => {
  return (view, index) => {
    const low = view.getUint32(8 * index, true);
    const high = signed ? view.getInt32(8 * index + 4, true) : view.getUint32(8 * index + 4, true);
    return high * 0x1_0000_0000 + low;
  };
};

const nibble = (signed: boolean): Read => {
  return (view, index) => {
    const bits = (view.getUint8(index >> 1) >> (4 * (index & 1))) & 15;
    return signed && bits > 7 ? bits - 16 : bits;
  };
};

const READ: Partial<Record<DType, Read>> = {
  float64: (view, index) => view.getFloat64(8 * index, true),
  float32: (view, index) => view.getFloat32(4 * index, true),
  float16: (view, index) => halfFloat(view.getUint16(2 * index, true)),
  bfloat16: (view, index) => brainFloat(view.getUint16(2 * index, true)),
  int64: wide(true),
  uint64: wide(false),
  int32: (view, index) => view.getInt32(4 * index, true),
  uint32: (view, index) => view.getUint32(4 * index, true),
  int16: (view, index) => view.getInt16(2 * index, true),
  uint16: (view, index) => view.getUint16(2 * index, true),
  int8: (view, index) => view.getInt8(index),
  uint8: (view, index) => view.getUint8(index),
  bool: (view, index) => Number(view.getUint8(index) !== 0),
  int4: nibble(true),
  uint4: nibble(false),
};

/** Bytes that `count` elements take; undefined for strings. */
export const packedBytes = (dtype: DType, count: number): number | undefined =>
  dtype === 'string' ? undefined : Math.ceil((count * BITS[dtype]) / 8);

/** Undefined where the bytes are too few or the type has no numbers that shapes are computed with. */
export function decodeElements(dtype: DType, count: number, bytes: Uint8Array): number[] | undefined {
  const read = READ[dtype];
  if (read === undefined || bytes.length < (packedBytes(dtype, count) ?? Infinity)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: count }, (_, index) => read(view, index));
}

export const hasNumbers = (dtype: DType): boolean => READ[dtype] !== undefined;

/** Values of `int32_data`, which holds every type of at most 32 bits, floats as their bits. */
export function fromInt32(dtype: DType, value: number): number {
  if (dtype === 'float16') return halfFloat(value & 0xffff);
  if (dtype === 'bfloat16') return brainFloat(value & 0xffff);
  return dtype === 'bool' ? Number(value !== 0) : value;
}

/** IEEE 754 binary16. */
function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function brainFloat(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, bits * 65536);
  return view.getFloat32(0);
}
