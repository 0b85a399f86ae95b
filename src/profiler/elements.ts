/**
 * Tensors' elements: made deterministically, quickly and in pieces, then stored as the element type wants them.
 * Values are ordinary ones: a model of zeros or of denormal numbers does not take a real model's time or power.
 */
import { InputError } from '../base/findings';
import { text } from '../base/text';
import type { WeightFill } from '../protocol/profiler';

/** xorshift128 (Marsaglia 2003): equal seeds give equal numbers on every machine. */
export class Random {
  /** In a typed array, where whole words are no heap objects. */
  readonly #state: Uint32Array;

  constructor(seed: number) {
    this.#state = Uint32Array.of((seed ^ 0x9e3779b9) | 1, 362436069, 521288629, 88675123);
    for (let i = 0; i < 16; i++) this.word();
  }

  /** 32 bits. */
  word(): number {
    const state = this.#state;
    let t = state[0] ?? 0;
    const last = state[3] ?? 0;
    t ^= t << 11;
    t ^= t >>> 8;
    state[0] = state[1] ?? 0;
    state[1] = state[2] ?? 0;
    state[2] = last;
    state[3] = last ^ (last >>> 19) ^ t;
    return state[3];
  }

  /** In [0, 1). */
  uniform(): number {
    return this.word() / 2 ** 32;
  }
}

const POOL = 1 << 18;
const STRETCH = 1 << 16;

/** An endless supply of numbers for one seed. */
export class Source {
  readonly #random: Random;
  #normals: Float32Array | undefined;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  /**
   * `count` new values. Normal values come from a pool in stretches that begin at random places: a gigabyte of them
   * in a second or two, and no two rows of a matrix alike.
   */
  take(fill: WeightFill, count: number): Float32Array {
    const values = new Float32Array(count);
    switch (fill.kind) {
      case 'constant':
        return values.fill(fill.value);
      case 'uniform':
        for (let i = 0; i < count; i++) values[i] = fill.low + (fill.high - fill.low) * this.#random.uniform();
        return values;
      case 'integers':
        for (let i = 0; i < count; i++)
          values[i] = fill.low + Math.floor((fill.high - fill.low) * this.#random.uniform());
        return values;
      case 'normal':
        this.#copyNormals(values, fill.mean, fill.std);
        return values;
    }
  }

  #copyNormals(values: Float32Array, mean: number, std: number): void {
    const pool = (this.#normals ??= normalPool(this.#random));
    for (let at = 0; at < values.length;) {
      let from = this.#random.word() % (POOL - 1);
      const end = Math.min(values.length, at + STRETCH, at + POOL - from);
      for (; at < end; at++, from++) values[at] = mean + std * (pool[from] ?? 0);
    }
  }
}

/** Box and Muller (1958). */
function normalPool(random: Random): Float32Array {
  const pool = new Float32Array(POOL);
  for (let i = 0; i < POOL; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - random.uniform()));
    const angle = 2 * Math.PI * random.uniform();
    pool[i] = radius * Math.cos(angle);
    pool[i + 1] = radius * Math.sin(angle);
  }
  return pool;
}

export type Elements =
  | Float32Array
  | Float64Array
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigInt64Array
  | BigUint64Array;

/** In the layout of ONNX's raw data: little-endian, half-width floats as their bits, 4-bit types two to a byte. */
export function store(dtype: string, values: Float32Array | readonly number[]): Elements {
  switch (dtype) {
    case 'float32':
      return values instanceof Float32Array ? values : new Float32Array(values);
    case 'float64':
      return new Float64Array(values);
    case 'float16':
      return halfBits(values, half);
    case 'bfloat16':
      return halfBits(values, brainHalf);
    case 'int8':
      return new Int8Array(values);
    case 'uint8':
    case 'bool':
      return new Uint8Array(values);
    case 'int16':
      return new Int16Array(values);
    case 'uint16':
      return new Uint16Array(values);
    case 'int32':
      return new Int32Array(values);
    case 'uint32':
      return new Uint32Array(values);
    case 'int64':
      return bigElements(new BigInt64Array(values.length), values);
    case 'uint64':
      return bigElements(new BigUint64Array(values.length), values);
    case 'int4':
    case 'uint4':
      return packNibbles(values);
    default:
      throw new InputError(
        'unsupported-dtype',
        text('tensors of {0} cannot be made here', dtype),
        text('profile a variant of the model in another element type, such as float32'),
      );
  }
}

export const bytesOf = (elements: Elements): Uint8Array =>
  new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);

function packNibbles(values: Float32Array | readonly number[]): Uint8Array {
  const packed = new Uint8Array(Math.ceil(values.length / 2));
  for (let i = 0; i < values.length; i++)
    packed[i >> 1] = (packed[i >> 1] ?? 0) | (((values[i] ?? 0) & 15) << (4 * (i & 1)));
  return packed;
}

// Loops, because `from` with a mapping walks an iterator: ten times slower.

function halfBits(values: Float32Array | readonly number[], bitsOf: (value: number) => number): Uint16Array {
  const bits = new Uint16Array(values.length);
  for (let i = 0; i < bits.length; i++) bits[i] = bitsOf(values[i] ?? 0);
  return bits;
}

function bigElements<T extends BigInt64Array | BigUint64Array>(to: T, values: Float32Array | readonly number[]): T {
  for (let i = 0; i < to.length; i++) to[i] = BigInt(values[i] ?? 0);
  return to;
}

const floats = new Float32Array(1);
const words = new Uint32Array(floats.buffer);

/** Bits of the nearest IEEE 754 binary16, ties to even. */
export function half(value: number): number {
  floats[0] = value;
  const word = words[0] ?? 0;
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // not a number
  if (magnitude >= 0x47800000) return sign | 0x7c00; // 2^16 and beyond: infinity
  if (magnitude < 0x38800000) {
    // Below 2^-14 the result is a multiple of 2^-24; adding 2^-1 makes the float unit round to just that.
    floats[0] = Math.abs(value) + 0.5;
    return sign | ((words[0] ?? 0) - 0x3f000000);
  }
  const odd = (magnitude >>> 13) & 1;
  return sign | ((magnitude - 0x38000000 + 0xfff + odd) >>> 13);
}

/** Bits of the nearest bfloat16, ties to even. */
export function brainHalf(value: number): number {
  floats[0] = value;
  const word = words[0] ?? 0;
  if ((word & 0x7fffffff) > 0x7f800000) return (word >>> 16) | 0x40;
  return ((word + 0x7fff + ((word >>> 16) & 1)) >>> 16) & 0xffff;
}
