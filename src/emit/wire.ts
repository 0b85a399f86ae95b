/** Writes protobuf (https://protobuf.dev/programming-guides/encoding): just what an ONNX model needs. */

export class Message {
  readonly #parts: Uint8Array[] = [];
  #size = 0;

  /** int64, int32, enum; negative numbers take ten bytes, as the format has it. */
  int(field: number, value: number): this {
    return this.#put(varint(field * 8)).#put(varint(value));
  }

  /** Packed, as proto3 readers expect of repeated numbers. */
  ints(field: number, values: readonly number[]): this {
    if (values.length === 0) return this;
    return this.bytes(field, concatenate(values.map(varint)));
  }

  float(field: number, value: number): this {
    return this.#put(varint(field * 8 + 5)).#put(floats([value]));
  }

  floats(field: number, values: readonly number[]): this {
    return values.length === 0 ? this : this.bytes(field, floats(values));
  }

  text(field: number, value: string): this {
    return this.bytes(field, encoder.encode(value));
  }

  bytes(field: number, value: Uint8Array): this {
    return this.#put(varint(field * 8 + 2))
      .#put(varint(value.length))
      .#put(value);
  }

  message(field: number, value: Message): this {
    return this.bytes(field, value.finish());
  }

  finish(): Uint8Array {
    return concatenate(this.#parts, this.#size);
  }

  #put(part: Uint8Array): this {
    this.#parts.push(part);
    this.#size += part.length;
    return this;
  }
}

const encoder = new TextEncoder();

/** Exact up to 2^63: sizes beyond 2^53 do not occur, bounds such as INT64_MAX do and are clamped to it. */
function varint(value: number): Uint8Array {
  let rest = BigInt.asUintN(64, clamp(value));
  const bytes: number[] = [];
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

const MAX = 2n ** 63n - 1n;

/** The nearest int64. */
export function clamp(value: number): bigint {
  if (Number.isNaN(value)) return 0n;
  if (value >= 2 ** 63) return MAX;
  return value <= -(2 ** 63) ? -MAX - 1n : BigInt(Math.trunc(value));
}

function floats(values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, index) => view.setFloat32(4 * index, value, true));
  return new Uint8Array(view.buffer);
}

function concatenate(
  parts: readonly Uint8Array[],
  size = parts.reduce((sum, part) => sum + part.length, 0),
): Uint8Array {
  const whole = new Uint8Array(size);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
