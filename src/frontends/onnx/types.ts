/** Decodes ValueInfoProto and TypeProto: names, element types and dims of inputs, outputs and values between. */
import type { OnnxDim, OnnxType, OnnxValue } from './model';
import { dtypeOf } from './model';
import type { Cursor } from './wire';
import { BYTES, DEEPEST, Malformed, VARINT } from './wire';

/** The message's bytes must be in the window. */
export function decodeValue(cursor: Cursor, end: number): OnnxValue {
  let name = '';
  let type: OnnxType | undefined;
  while (cursor.position < end) {
    cursor.next(end);
    if (cursor.field === 1 && cursor.wire === BYTES) name = cursor.text();
    else if (cursor.field === 2 && cursor.wire === BYTES) type = decodeType(cursor, cursor.stop, 0);
    else cursor.skip();
  }
  return { name, type };
}

function decodeType(cursor: Cursor, end: number, depth: number): OnnxType {
  if (depth > DEEPEST) throw new Malformed('its types are nested too deeply', cursor.position);
  let type: OnnxType = { kind: 'other' };
  while (cursor.position < end) {
    cursor.next(end);
    const { field, wire, stop } = cursor;
    if (wire !== BYTES) cursor.skip();
    else if (field === 1 || field === 8) type = decodeTensorType(cursor, stop);
    else if (field === 4 || field === 9)
      type = { kind: field === 4 ? 'sequence' : 'optional', element: decodeElementType(cursor, stop, depth + 1) };
    else cursor.skip();
  }
  return type;
}

function decodeElementType(cursor: Cursor, end: number, depth: number): OnnxType | undefined {
  let type: OnnxType | undefined;
  while (cursor.position < end) {
    cursor.next(end);
    if (cursor.field === 1 && cursor.wire === BYTES) type = decodeType(cursor, cursor.stop, depth);
    else cursor.skip();
  }
  return type;
}

function decodeTensorType(cursor: Cursor, end: number): OnnxType {
  let code = 0;
  let dims: OnnxDim[] | undefined;
  while (cursor.position < end) {
    cursor.next(end);
    if (cursor.field === 1 && cursor.wire === VARINT) code = cursor.unsigned();
    else if (cursor.field === 2 && cursor.wire === BYTES) dims = decodeShape(cursor, cursor.stop);
    else cursor.skip();
  }
  return { kind: 'tensor', dtype: dtypeOf(code), dims };
}

function decodeShape(cursor: Cursor, end: number): OnnxDim[] {
  const dims: OnnxDim[] = [];
  while (cursor.position < end) {
    cursor.next(end);
    if (cursor.field === 1 && cursor.wire === BYTES) dims.push(decodeDim(cursor, cursor.stop));
    else cursor.skip();
  }
  return dims;
}

function decodeDim(cursor: Cursor, end: number): OnnxDim {
  let dim: OnnxDim;
  while (cursor.position < end) {
    cursor.next(end);
    if (cursor.field === 1 && cursor.wire === VARINT) dim = cursor.signed();
    else if (cursor.field === 2 && cursor.wire === BYTES) dim = cursor.text();
    else cursor.skip();
  }
  // Some writers say "unknown" with -1, or with a name that is none: two such sizes have nothing in common.
  return typeof dim === 'number'
    ? dim < 0
      ? undefined
      : dim
    : /^(|\?|\*|-1|none|null|dynamic)$/i.test(dim ?? '')
      ? undefined
      : dim;
}
