/** Elements of small constants as ONNX stores them: little-endian `raw_data`. */
import type { DType } from '../ir/tensor';
import { clamp } from './wire';

/** Numbers of `TensorProto.DataType`. */
export const DATA_TYPES: Readonly<Partial<Record<DType, number>>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  complex64: 14,
  complex128: 15,
  bfloat16: 16,
  float8e4m3fn: 17,
  float8e4m3fnuz: 18,
  float8e5m2: 19,
  float8e5m2fnuz: 20,
  uint4: 21,
  int4: 22,
};

type Writer = (view: DataView, offset: number, value: number) => void;

const WRITERS: Readonly<Partial<Record<DType, readonly [bytes: number, write: Writer]>>> = {
  float64: [8, (view, at, value) => view.setFloat64(at, value, true)],
  float32: [4, (view, at, value) => view.setFloat32(at, value, true)],
  float16: [2, (view, at, value) => view.setUint16(at, toHalf(value), true)],
  bfloat16: [2, (view, at, value) => view.setUint16(at, toBrain(value), true)],
  int64: [8, (view, at, value) => view.setBigInt64(at, clamp(value), true)],
  uint64: [8, (view, at, value) => view.setBigUint64(at, BigInt.asUintN(64, clamp(value)), true)],
  int32: [4, (view, at, value) => view.setInt32(at, value, true)],
  uint32: [4, (view, at, value) => view.setUint32(at, value, true)],
  int16: [2, (view, at, value) => view.setInt16(at, value, true)],
  uint16: [2, (view, at, value) => view.setUint16(at, value, true)],
  int8: [1, (view, at, value) => view.setInt8(at, value)],
  uint8: [1, (view, at, value) => view.setUint8(at, value)],
  bool: [1, (view, at, value) => view.setUint8(at, value === 0 ? 0 : 1)],
};

/** Undefined for types that no small constant has. */
export function encodeElements(dtype: DType, values: readonly number[]): Uint8Array | undefined {
  const writer = WRITERS[dtype];
  if (writer === undefined) return undefined;
  const [size, write] = writer;
  const view = new DataView(new ArrayBuffer(size * values.length));
  values.forEach((value, index) => write(view, index * size, value));
  return new Uint8Array(view.buffer);
}

const scratch = new DataView(new ArrayBuffer(4));

function bitsOf(value: number): number {
  scratch.setFloat32(0, value);
  return scratch.getUint32(0);
}

/** Upper half of a float32, rounded to nearest even. */
function toBrain(value: number): number {
  if (Number.isNaN(value)) return 0x7fc0;
  const bits = bitsOf(value);
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

/** IEEE 754 binary16, rounded to nearest even. */
function toHalf(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  if (size >= 65520) return sign | 0x7c00;
  const exponent = Math.max(-14, Math.floor(Math.log2(size)));
  const quantum = 2 ** (Math.max(exponent, -14) - 10);
  const steps = size / quantum;
  const floor = Math.floor(steps);
  const rest = steps - floor;
  const rounded = rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
  // A carry out of the mantissa runs into the exponent by itself.
  return sign | (size < 2 ** -14 ? rounded : ((exponent + 14) << 10) + rounded);
}
