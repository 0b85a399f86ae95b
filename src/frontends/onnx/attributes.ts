/** Decodes AttributeProto: numbers, texts and their lists as values; tensors and graphs by their own decoders. */
import type { Attr } from '../../ir/graph';
import { decodeGraph } from './decode';
import type { OnnxAttribute } from './model';
import { decodeInts, decodeSparse, decodeTensor } from './tensor';
import type { Cursor, Steps } from './wire';
import { BYTES, finish, FIXED32, VARINT } from './wire';

/** Longer lists in attributes are data. Forests of decision trees lie in lists, and their depth is their cost. */
const LONGEST_LIST = 262_144;

/** The message's bytes must be in the window. */
export function decodeAttribute(cursor: Cursor, end: number, depth: number): OnnxAttribute {
  const draft = newDraft();
  while (cursor.position < end) {
    cursor.next(end);
    const { field, wire, stop } = cursor;
    if (field === 5 && wire === BYTES) draft.tensor = finish(decodeTensor(cursor, stop));
    else if (field === 22 && wire === BYTES) draft.tensor = finish(decodeSparse(cursor, stop));
    else if (field === 6 && wire === BYTES) draft.graph = finish(decodeGraph(cursor, stop, depth + 1));
    else decodeField(cursor, draft);
  }
  return attributeOf(draft);
}

/** Of any size: a large tensor, a subgraph. */
export function* decodeLargeAttribute(cursor: Cursor, end: number, depth: number): Steps<OnnxAttribute> {
  const draft = newDraft();
  while (cursor.position < end) {
    if (!cursor.ready(end)) yield cursor.request(end);
    cursor.next(end);
    const { field, wire, stop } = cursor;
    if (field === 5 && wire === BYTES) draft.tensor = yield* decodeTensor(cursor, stop);
    else if (field === 22 && wire === BYTES) draft.tensor = yield* decodeSparse(cursor, stop);
    else if (field === 6 && wire === BYTES) draft.graph = yield* decodeGraph(cursor, stop, depth + 1);
    else if (cursor.isSmall()) {
      if (!cursor.holds()) yield cursor.want();
      decodeField(cursor, draft);
    } else {
      draft.complete = false;
      cursor.skip();
    }
  }
  return attributeOf(draft);
}

interface Draft {
  name: string;
  type: number;
  reference: string;
  float: number | undefined;
  int: number | undefined;
  string: string | undefined;
  tensor: Extract<OnnxAttribute, { kind: 'tensor' }>['tensor'] | undefined;
  graph: Extract<OnnxAttribute, { kind: 'graph' }>['graph'] | undefined;
  floats: number[] | undefined;
  ints: number[] | undefined;
  strings: string[] | undefined;
  complete: boolean;
}

const newDraft = (): Draft => ({
  name: '',
  type: 0,
  reference: '',
  float: undefined,
  int: undefined,
  string: undefined,
  tensor: undefined,
  graph: undefined,
  floats: undefined,
  ints: undefined,
  strings: undefined,
  complete: true,
});

function decodeField(cursor: Cursor, draft: Draft): void {
  const { field, wire } = cursor;
  if (field === 1 && wire === BYTES) draft.name = cursor.text();
  else if (field === 20 && wire === VARINT) draft.type = cursor.unsigned();
  else if (field === 21 && wire === BYTES) draft.reference = cursor.text();
  else if (field === 2 && wire === FIXED32) draft.float = cursor.float32();
  else if (field === 3 && wire === VARINT) draft.int = cursor.signed();
  else if (field === 4 && wire === BYTES) draft.string = cursor.text();
  else if (field === 7) draft.complete = decodeFloats(cursor, (draft.floats ??= [])) && draft.complete;
  else if (field === 8) draft.complete = decodeInts(cursor, (draft.ints ??= []), LONGEST_LIST) && draft.complete;
  else if (field === 9 && wire === BYTES && (draft.strings ??= []).length < LONGEST_LIST)
    draft.strings.push(cursor.text());
  else {
    if (field === 9) draft.complete = false;
    cursor.skip();
  }
}

/** Packed or not; false when there are more than are kept. */
function decodeFloats(cursor: Cursor, into: number[]): boolean {
  const { wire, stop } = cursor;
  if ((wire !== FIXED32 && wire !== BYTES) || into.length >= LONGEST_LIST) {
    cursor.skip();
    return false;
  }
  if (wire === FIXED32) into.push(cursor.float32());
  else {
    const bytes = cursor.bytes();
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at + 4 <= bytes.length; at += 4) into.push(view.getFloat32(at, true));
    cursor.position = stop;
  }
  return into.length <= LONGEST_LIST;
}

function attributeOf(draft: Draft): OnnxAttribute {
  const { name, reference } = draft;
  const head = { name, type: draft.type };
  if (reference !== '') return { kind: 'reference', ...head, to: reference };
  // Files before IR version 2 leave the type out: then the one field that is there decides.
  const type = draft.type === 0 ? guessType(draft) : draft.type;
  if ((type === 4 || type === 11) && draft.tensor !== undefined)
    return { kind: 'tensor', ...head, tensor: draft.tensor };
  if (type === 5 && draft.graph !== undefined) return { kind: 'graph', ...head, graph: draft.graph };
  const value = draft.complete ? valueOf(draft, type) : undefined;
  return value === undefined ? { kind: 'other', ...head } : { kind: 'value', ...head, value };
}

/** By AttributeProto.AttributeType. Writers may leave out what has protobuf's default. */
function valueOf(draft: Draft, type: number): Attr | undefined {
  if (type === 1) return draft.float ?? 0;
  if (type === 2) return draft.int ?? 0;
  if (type === 3) return draft.string ?? '';
  if (type === 6) return draft.floats ?? [];
  if (type === 7) return draft.ints ?? [];
  return type === 8 ? (draft.strings ?? []) : undefined;
}

function guessType(draft: Draft): number {
  const values = [draft.float, draft.int, draft.string, draft.tensor, draft.graph, draft.floats, draft.ints];
  const index = values.findIndex(value => value !== undefined);
  return index < 0 ? 8 : index + 1;
}
