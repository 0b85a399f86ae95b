/**
 * Walks a protobuf message in a file of any size. Fields are visited in place; what is not wanted is skipped without
 * being read. Written by hand because protobuf libraries want the whole message in memory (and stop at 2 GB), while
 * a model's weights must stay on disk. Knows nothing of ONNX.
 *
 * What may be larger than a window is decoded by generators: they yield `Wanted` when bytes are missing and go on once
 * these are loaded. Small messages are loaded whole and decoded by plain functions, which is several times faster.
 * `walk` drives both.
 */
import type { RangeReader } from '../../base/ports';

export interface Wanted {
  readonly offset: number;
  readonly length: number;
}

export type Steps<T> = Generator<Wanted, T, undefined>;

/** The bytes are no such message, the end of the file is missing, or there is more of it than is read. */
export class Malformed extends Error {
  constructor(
    message: string,
    readonly offset: number,
    readonly kind: 'wrong' | 'truncated' | 'too-large' = 'wrong',
  ) {
    super(message);
  }
}

export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
export const FIXED32 = 5;

/** Longest tag and value or length that precede a payload. */
const HEADER = 20;
/** Window after a jump, and when reading on: weights lie between small things, small things lie together. */
const SMALL_WINDOW = 16 * 1024;
const LARGE_WINDOW = 256 * 1024;
/** Longer payloads are never loaded whole. */
export const LARGEST_PAYLOAD = 256 * 1024;
/** Messages up to this size are loaded whole before they are decoded. */
const WHOLE = 16 * 1024;
/** The largest real models have a million fields; what is kept of each takes some hundred bytes of memory. */
export const MOST_FIELDS = 4_000_000;
/** Identifiers beyond this are told apart by their place in the file instead. */
const LONGEST_NAME = 16 * 1024;

/** Messages of one kind within each other (graphs, types). Real models stay below ten. */
export const DEEPEST = 40;

const utf8 = new TextDecoder();

export async function walk<T>(reader: RangeReader, decode: (cursor: Cursor) => Steps<T>): Promise<T> {
  const cursor = new Cursor(reader.size);
  const steps = decode(cursor);
  let step = steps.next();
  while (step.done !== true) {
    const { offset, length } = step.value;
    const bytes = await reader.read(offset, length);
    // The file shrank while it was read, or its size was not true.
    if (bytes.length < length) throw new Malformed('the file ends early', offset + bytes.length, 'truncated');
    cursor.load(offset, bytes);
    step = steps.next();
  }
  return step.value;
}

/** Runs a decoder whose bytes are all in the window. */
export function finish<T>(steps: Steps<T>): T {
  const step = steps.next();
  if (step.done === true) return step.value;
  throw new RangeError(`bytes are missing at ${step.value.offset}`);
}

/** A place in the file, the window of bytes around it, and the field that was read last. */
export class Cursor {
  position = 0;
  /** Number and wire type of the current field. */
  field = 0;
  wire = 0;
  /** End of the current field's payload (BYTES, FIXED64, FIXED32). */
  stop = 0;
  /** Value of a VARINT field as two unsigned 32-bit halves. */
  #low = 0;
  #high = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(this.#bytes.buffer);
  /** The window, as offsets in the file. */
  #start = 0;
  #end = 0;
  #fields = 0;
  /** Every name occurs at least twice, as a node's output and another's input; one string serves all. */
  readonly #names = new Map<number, string>();

  constructor(readonly size: number) {}

  /** Whether the next header within a message that ends at `end` can be read; otherwise yield `want(HEADER, end)`. */
  ready(end: number): boolean {
    return this.#holds(Math.min(HEADER, end - this.position));
  }

  request(end: number): Wanted {
    return this.want(Math.min(HEADER, end - this.position));
  }

  /** Whether the current field's payload is small enough for a plain decoder. Load it first: `holds` and `want`. */
  isSmall(limit = WHOLE): boolean {
    return this.wire !== BYTES || this.stop - this.position <= limit;
  }

  holds(): boolean {
    return this.wire === VARINT || this.#holds(this.stop - this.position);
  }

  want(length = this.stop - this.position): Wanted {
    const continues = this.position >= this.#start && this.position <= this.#end;
    const most = Math.max(length, continues ? LARGE_WINDOW : SMALL_WINDOW);
    return { offset: this.position, length: Math.min(most, this.size - this.position) };
  }

  load(offset: number, bytes: Uint8Array): void {
    this.#start = offset;
    this.#end = offset + bytes.length;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Reads tag and value or length of the next field of a message that ends at `end`. */
  next(end: number): void {
    const at = this.position;
    if (++this.#fields > MOST_FIELDS) throw new Malformed('it has too many fields', at, 'too-large');
    this.#varint(end);
    this.field = Math.floor(this.unsigned() / 8);
    this.wire = this.#low & 7;
    if (this.field === 0 || this.field > 0x1fffffff) throw new Malformed('no such field', at);
    if (this.wire === VARINT) this.#varint(end);
    else if (this.wire === BYTES) {
      this.#varint(end);
      this.#payload(this.unsigned(), end, at);
    } else if (this.wire === FIXED64) this.#payload(8, end, at);
    else if (this.wire === FIXED32) this.#payload(4, end, at);
    else throw new Malformed('no such wire type', at);
  }

  skip(): void {
    if (this.wire !== VARINT) this.position = this.stop;
  }

  /** Of a VARINT field. Beyond 2^53 the nearest double. */
  unsigned(): number {
    return this.#high * 0x1_0000_0000 + this.#low;
  }

  /** Of a VARINT field, two's complement. Beyond ±2^53 the nearest double. */
  signed(): number {
    return (this.#high | 0) * 0x1_0000_0000 + this.#low;
  }

  /** Of a FIXED32 field. */
  float32(): number {
    const value = this.#view.getFloat32(this.position - this.#start, true);
    this.position = this.stop;
    return value;
  }

  /** The next element of a packed payload of varints that ends at `end`. */
  packed(end: number): number {
    this.#varint(end);
    return this.signed();
  }

  /** A copy of the current payload. */
  bytes(): Uint8Array {
    const offset = this.position - this.#start;
    this.position = this.stop;
    return this.#bytes.slice(offset, this.stop - this.#start);
  }

  /** The current BYTES payload as UTF-8. Control characters become visible ones: names end up in tables and terminals. */
  text(): string {
    const start = this.position - this.#start;
    const end = this.stop - this.#start;
    this.position = this.stop;
    if (end - start > 200) return decodeName(this.#bytes.subarray(start, end));
    let hash = end - start;
    for (let i = start; i < end; i++) hash = (Math.imul(hash, 0x01000193) ^ (this.#bytes[i] ?? 0)) | 0;
    const known = this.#names.get(hash);
    if (known !== undefined && this.#spells(start, end, known)) return known;
    const name = decodeName(this.#bytes.subarray(start, end));
    if (known === undefined) this.#names.set(hash, name);
    return name;
  }

  /** The same where the payload may be of any size. */
  *anyText(): Steps<string> {
    const length = this.stop - this.position;
    if (length <= LONGEST_NAME) {
      if (!this.holds()) yield this.want();
      return this.text();
    }
    const at = this.position;
    const end = this.stop;
    if (!this.#holds(64)) yield this.want(64);
    const start = decodeName(this.#bytes.subarray(at - this.#start, at - this.#start + 48));
    this.position = end;
    return `${start}… (${length} bytes at ${at})`;
  }

  #spells(start: number, end: number, name: string): boolean {
    if (name.length !== end - start) return false;
    for (let i = start; i < end; i++) if (name.charCodeAt(i - start) !== this.#bytes[i]) return false;
    return true;
  }

  #holds(length: number): boolean {
    return this.position >= this.#start && this.position + length <= this.#end;
  }

  #payload(length: number, end: number, at: number): void {
    this.stop = this.position + length;
    if (this.stop > end)
      throw new Malformed('a field is longer than what contains it', at, this.stop > this.size ? 'truncated' : 'wrong');
  }

  #varint(end: number): void {
    let at = this.position - this.#start;
    const first = this.#bytes[at] ?? 0;
    if (first < 0x80 && this.position < end) {
      this.#low = first;
      this.#high = 0;
      this.position++;
      return;
    }
    const limit = Math.min(end - this.#start, at + 10);
    let low = 0;
    let high = 0;
    for (let index = 0; at < limit; index++) {
      const byte = this.#bytes[at++] ?? 0;
      const bits = byte & 0x7f;
      if (index < 4) low |= bits << (7 * index);
      else if (index === 4) {
        low |= bits << 28;
        high = bits >> 4;
      } else high |= bits << (7 * index - 32);
      if (byte < 0x80) {
        this.#low = low >>> 0;
        this.#high = high >>> 0;
        this.position = at + this.#start;
        return;
      }
    }
    throw new Malformed('a number does not end', this.position, at + this.#start >= this.size ? 'truncated' : 'wrong');
  }
}

function decodeName(bytes: Uint8Array): string {
  // Most names are short and plain; building them directly is several times faster than the decoder.
  let plain = bytes.length < 200;
  for (let i = 0; plain && i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    plain = byte >= 0x20 && byte < 0x7f;
  }
  if (plain) return String.fromCharCode.apply(undefined, bytes as unknown as number[]);
  return utf8.decode(bytes).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, visible); // eslint-disable-line no-control-regex
}

/** Unicode's pictures of control characters, one for each, so that different names stay different. */
function visible(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '\u2421' : `\\u${code.toString(16).padStart(4, '0')}`;
}
