/**
 * Mutants of ONNX files for fuzzing: the same seed always gives the same bytes. Half of them are changed as bytes, half
 * as messages, whose lengths stay right, so that the change reaches what is behind the decoder.
 */
import { message } from './onnxBytes';

export type Random = () => number;

/** https://en.wikipedia.org/wiki/Xorshift, seeded so that neighbouring seeds have nothing in common. */
export function randomOf(seed: number): Random {
  let state = Math.imul(seed + 1, 0x9e3779b1) ^ 0x5bd1e995;
  if (state === 0) state = 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  for (let warm = 0; warm < 4; warm++) next();
  return next;
}

const below = (next: Random, limit: number): number => Math.floor(next() * limit);
const pick = <T>(next: Random, from: readonly T[]): T => from[below(next, from.length)] as T;

export function mutant(corpus: readonly Skeleton[], seed: number): { readonly of: string; readonly bytes: Uint8Array } {
  const next = randomOf(seed);
  const { name, bytes, tree } = pickSmall(next, corpus);
  if (next() < 0.5) return { of: name, bytes: changeBytes(bytes, next) };
  let changed = tree;
  for (let count = 1 + below(next, 3); count > 0; count--) changed = changeMessage(changed, next);
  return { of: name, bytes: write(changed) };
}

/** Smaller ones more often: more cases in the same time, and a change hits more of what matters. */
function pickSmall(next: Random, corpus: readonly Skeleton[]): Skeleton {
  const weights = corpus.map(({ bytes }) => bytes.length ** -0.75);
  let left = next() * weights.reduce((sum, weight) => sum + weight, 0);
  return corpus.find((_, index) => (left -= weights[index] ?? 0) < 0) ?? pick(next, corpus);
}

const EXTREMES: readonly (readonly number[])[] = [
  [0], [1], [0x7f], [0xff], [0xff, 0xff, 0xff, 0xff, 0x0f], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40],
]; // prettier-ignore

function changeBytes(bytes: Uint8Array, next: Random): Uint8Array {
  const place = (): number => below(next, bytes.length);
  const [from, to] = [place(), place()].sort((a, b) => a - b) as [number, number];
  const near = Math.min(bytes.length, from + 1 + below(next, 64));
  switch (below(next, 8)) {
    case 0:
      return bytes.subarray(0, from);
    case 1:
      return message([bytes.subarray(0, from), bytes.subarray(near)]);
    case 2:
      return message([bytes.subarray(0, near), bytes.subarray(from)]);
    case 3:
      return message([
        bytes.subarray(0, from),
        bytes.subarray(to, Math.min(bytes.length, to + 64)),
        bytes.subarray(from),
      ]);
    case 4: {
      const extreme = Uint8Array.from(pick(next, EXTREMES));
      return message([bytes.subarray(0, from), extreme, bytes.subarray(from + extreme.length)]);
    }
    default: {
      const changed = Uint8Array.from(bytes);
      const flips = next() < 0.5;
      for (let count = 1 + below(next, 4); count > 0; count--) {
        const at = place();
        changed[at] = flips ? (changed[at] ?? 0) ^ (1 << below(next, 8)) : below(next, 256);
      }
      return changed;
    }
  }
}

/** A message taken apart as far as the format's structure goes; what is below stays bytes. */
interface Field {
  readonly tag: number;
  readonly value: bigint | Uint8Array | Tree;
}
type Tree = readonly Field[];

export interface Skeleton {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly tree: Tree;
}

type Kind = 'model' | 'graph' | 'node' | 'attribute' | 'tensor' | 'value' | 'type' | 'tensorType' | 'shape' | 'dim' | 'function' | 'other'; // prettier-ignore

/** Which fields hold which messages, by onnx.proto. */
const INSIDE: Readonly<Record<Kind, Readonly<Record<number, Kind>>>> = {
  model: { 7: 'graph', 8: 'other', 25: 'function' },
  graph: { 1: 'node', 5: 'tensor', 11: 'value', 12: 'value', 13: 'value' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph' },
  tensor: { 13: 'other' },
  value: { 2: 'type' },
  type: { 1: 'tensorType' },
  tensorType: { 2: 'shape' },
  shape: { 1: 'dim' },
  dim: {},
  function: { 7: 'node', 9: 'other', 11: 'attribute' },
  other: {},
};

const RAW = 9;
const MOST_RAW = 512;

/** The model without its weights, of which any bytes would do: tensors of more than a few elements lie in another file. */
export function skeletonOf(name: string, model: Uint8Array): Skeleton {
  const tree = parse(model, 'model');
  return { name, tree, bytes: write(tree) };
}

function parse(bytes: Uint8Array, kind: Kind): Tree {
  const fields: Field[] = [];
  const at = { at: 0 };
  while (at.at < bytes.length) {
    const tag = Number(readVarint(bytes, at));
    const wire = tag & 7;
    if (wire === 0) fields.push({ tag, value: readVarint(bytes, at) });
    else {
      const length = wire === 2 ? Number(readVarint(bytes, at)) : wire === 5 ? 4 : 8;
      const payload = bytes.subarray(at.at, (at.at += length));
      const inner = wire === 2 ? INSIDE[kind][tag >> 3] : undefined;
      fields.push({ tag, value: inner === undefined ? payload : parse(payload, inner) });
    }
  }
  return kind === 'tensor' ? withoutWeights(fields) : fields;
}

function withoutWeights(fields: Tree): Tree {
  const weights = ({ tag, value }: Field): boolean =>
    value instanceof Uint8Array && value.length > MOST_RAW && [4, 5, 6, 7, RAW, 10, 11].includes(tag >> 3);
  if (!fields.some(weights)) return fields;
  const text = (tag: number, value: string): Field => ({ tag, value: new TextEncoder().encode(value) });
  return [
    ...fields.filter(field => !weights(field)),
    { tag: 13 * 8 + 2, value: [text(10, 'location'), text(18, 'weights.bin')] },
    { tag: 14 * 8, value: 1n },
  ];
}

function readVarint(bytes: Uint8Array, place: { at: number }): bigint {
  let value = 0n;
  for (let shift = 0n; ; shift += 7n) {
    const byte = bytes[place.at++] ?? 0;
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) return value;
  }
}

function varint(value: bigint): number[] {
  const bytes: number[] = [];
  for (let rest = BigInt.asUintN(64, value); ; rest >>= 7n) {
    const low = Number(rest & 127n);
    if (rest < 128n) return [...bytes, low];
    bytes.push(low | 128);
  }
}

/** What did not change need not be written again. */
const written = new WeakMap<Tree, Uint8Array>();

function write(tree: Tree): Uint8Array {
  const known = written.get(tree);
  if (known !== undefined) return known;
  const bytes = message(
    tree.flatMap(({ tag, value }) => {
      const head = varint(BigInt(tag));
      if (typeof value === 'bigint') return [Uint8Array.from([...head, ...varint(value)])];
      const payload = value instanceof Uint8Array ? value : write(value);
      return [Uint8Array.from((tag & 7) === 2 ? [...head, ...varint(BigInt(payload.length))] : head), payload];
    }),
  );
  written.set(tree, bytes);
  return bytes;
}

const NUMBERS = [-1n, 0n, 1n, 2n, 3n, 7n, 127n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 53n, 2n ** 62n, 2n ** 63n - 1n, -(2n ** 63n)]; // prettier-ignore

/** One field, anywhere in the tree, taken out, doubled, moved, given another number, another's bytes, or nothing. */
function changeMessage(tree: Tree, next: Random): Tree {
  if (tree.length === 0) return tree;
  const index = below(next, tree.length);
  const field = tree[index] as Field;
  const { tag, value } = field;
  if (Array.isArray(value) && value.length > 0 && next() < 0.9)
    return tree.with(index, { tag, value: changeMessage(value as Tree, next) });
  const other = pick(next, tree);
  switch (below(next, 6)) {
    case 0:
      return tree.toSpliced(index, 1);
    case 1:
      return tree.toSpliced(below(next, tree.length), 0, field);
    case 2:
      return tree.with(index, other).with(tree.indexOf(other), field);
    case 3:
      // The kind of payload stays what the tag's wire type says.
      return (other.tag & 7) === (tag & 7) ? tree.with(index, { tag, value: other.value }) : tree;
    case 4:
      return tree.with(index, { tag: ((1 + below(next, 21)) << 3) | (tag & 7), value });
    default:
      if (typeof value === 'bigint') return tree.with(index, { tag, value: pick(next, NUMBERS) });
      if (value instanceof Uint8Array) return tree.with(index, { tag, value: changePayload(value, next) });
      return tree.with(index, { tag, value: [] });
  }
}

/** Texts, and packed or raw numbers. Wire types of fixed length keep theirs. */
function changePayload(bytes: Uint8Array, next: Random): Uint8Array {
  const changed = Uint8Array.from(bytes);
  if (changed.length > 0) changed[below(next, changed.length)] = below(next, 256);
  if (bytes.length === 8 && next() < 0.5) new DataView(changed.buffer).setBigInt64(0, pick(next, NUMBERS), true);
  return changed;
}
