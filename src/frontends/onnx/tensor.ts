/** Decodes TensorProto and SparseTensorProto: name, type, dims, and the elements only where there are few. */
import type { DType } from '../../ir/tensor';
import { isFloat, isComplex } from '../../ir/tensor';
import { decodeElements, fromInt32, hasNumbers, packedBytes } from './elements';
import type { OnnxTensor } from './model';
import { dtypeOf } from './model';
import type { Cursor, Steps } from './wire';
import { BYTES, FIXED32, LARGEST_PAYLOAD, Malformed, VARINT } from './wire';

/** Shapes, axes, indices and index tables of that size are computed with; floats only where scales and bounds are. */
const MOST_INTEGERS = 4096;
const MOST_FLOATS = 64;
/** No tensor has more axes; a list that long is an attack. */
const MOST_AXES = 256;

/** A payload that was skipped and may be read once type and dims are known. */
interface Payload {
  readonly field: number;
  readonly start: number;
  readonly end: number;
}

interface Draft {
  name: string;
  code: number;
  dims: number[];
  location: string | undefined;
  external: boolean;
  payloads: Payload[];
  /** Elements that came one by one, unpacked. */
  loose: number[];
  looseCount: number;
}

const RAW = 9;
/** float_data, int32_data, string_data, int64_data, double_data, uint64_data. */
const TYPED: ReadonlySet<number> = new Set([4, 5, 6, 7, 10, 11]);

export function* decodeTensor(cursor: Cursor, end: number): Steps<OnnxTensor> {
  const draft: Draft = {
    name: '',
    code: 0,
    dims: [],
    location: undefined,
    external: false,
    payloads: [],
    loose: [],
    looseCount: 0,
  };
  while (cursor.position < end) {
    if (!cursor.ready(end)) yield cursor.request(end);
    cursor.next(end);
    if (cursor.wire === BYTES && (cursor.field === RAW || TYPED.has(cursor.field))) notePayload(cursor, draft);
    else if (cursor.isSmall()) {
      if (!cursor.holds()) yield cursor.want();
      decodeField(cursor, draft);
    } else if (cursor.field === 1) throw new Malformed('a tensor has too many axes', cursor.position);
    else if (cursor.field === 8) draft.name = yield* cursor.anyText();
    else cursor.skip();
  }
  const dtype = dtypeOf(draft.code);
  const count = draft.dims.reduce((product, dim) => product * dim, 1);
  const base = { name: draft.name, dtype, dims: draft.dims };
  if (draft.external) return { ...base, damaged: false, location: draft.location ?? '' };
  if (dtype === undefined || dtype === 'string') return { ...base, damaged: false };
  const damaged = !holds(draft, dtype, count);
  if (damaged || !hasNumbers(dtype) || count > (isFloat(dtype) || isComplex(dtype) ? MOST_FLOATS : MOST_INTEGERS))
    return { ...base, damaged };
  const data = yield* readSmall(cursor, draft, dtype, count, end);
  return { ...base, damaged: false, ...(data && { data }) };
}

/** SparseTensorProto: values, indices, dims. What is in the file is fewer elements than the dims say. */
export function* decodeSparse(cursor: Cursor, end: number): Steps<OnnxTensor> {
  let values: OnnxTensor | undefined;
  let indices: OnnxTensor | undefined;
  const dims: number[] = [];
  while (cursor.position < end) {
    if (!cursor.ready(end)) yield cursor.request(end);
    cursor.next(end);
    const { field, wire, stop } = cursor;
    if (field === 1 && wire === BYTES) values = yield* decodeTensor(cursor, stop);
    else if (field === 2 && wire === BYTES) indices = yield* decodeTensor(cursor, stop);
    else if (field === 3 && cursor.isSmall()) {
      if (!cursor.holds()) yield cursor.want();
      decodeInts(cursor, dims, MOST_AXES);
    } else cursor.skip();
  }
  const stored = values?.dims.reduce((product, dim) => product * dim, 1) ?? 0;
  const location = values?.location ?? indices?.location;
  const damaged = values?.damaged !== false || indices?.damaged !== false;
  return {
    name: values?.name ?? '',
    dtype: values?.dtype,
    dims,
    stored,
    damaged,
    ...(location !== undefined && { location }),
  };
}

/** Appends a repeated int64 field, packed or not. Returns false when there are more than `most`. */
export function decodeInts(cursor: Cursor, into: number[], most: number): boolean {
  const { wire, stop } = cursor;
  if (wire === VARINT) {
    into.push(cursor.signed());
    return into.length <= most;
  }
  if (wire === BYTES && stop - cursor.position <= 10 * most)
    while (cursor.position < stop) into.push(cursor.packed(stop));
  else into.length = most + 1;
  cursor.skip();
  return into.length <= most;
}

/** A packed or raw payload: its place is enough for now. */
function notePayload(cursor: Cursor, draft: Draft): void {
  const payload = { field: cursor.field, start: cursor.position, end: cursor.stop };
  if (cursor.field === RAW) draft.payloads = [payload];
  // Packed lists come in one piece, or in as many as the writer liked; more than a few cannot be small.
  else if (draft.payloads.length < 64) draft.payloads.push(payload);
  cursor.skip();
}

function decodeField(cursor: Cursor, draft: Draft): void {
  const { field, wire, position, stop } = cursor;
  if (field === 1) {
    if (!decodeInts(cursor, draft.dims, MOST_AXES)) throw new Malformed('a tensor has too many axes', position);
  } else if (field === 2 && wire === VARINT) draft.code = cursor.unsigned();
  else if (field === 14 && wire === VARINT) draft.external = cursor.unsigned() === 1;
  else if (field === 8 && wire === BYTES) draft.name = cursor.text();
  else if (field === 13 && wire === BYTES) decodeLocation(cursor, stop, draft);
  else if (TYPED.has(field)) {
    // Elements one by one, unpacked.
    draft.looseCount++;
    if (draft.looseCount > MOST_INTEGERS || (wire !== VARINT && wire !== FIXED32)) cursor.skip();
    else draft.loose.push(wire === VARINT ? cursor.signed() : cursor.float32());
  } else cursor.skip();
}

/** StringStringEntryProto; only the location matters. */
function decodeLocation(cursor: Cursor, end: number, draft: Draft): void {
  let key = '';
  let value = '';
  while (cursor.position < end) {
    cursor.next(end);
    if (cursor.field === 1 && cursor.wire === BYTES) key = cursor.text();
    else if (cursor.field === 2 && cursor.wire === BYTES) value = cursor.text();
    else cursor.skip();
  }
  if (key === 'location') draft.location = value;
}

/** Whether the payload has the size that type and dims ask for. Varint lists can only be bounded. */
function holds(draft: Draft, dtype: DType, count: number): boolean {
  if (draft.dims.some(dim => dim < 0)) return false;
  const bytes = draft.payloads.reduce((sum, { start, end }) => sum + end - start, 0);
  const [first] = draft.payloads;
  if (count === 0) return bytes === 0 && draft.looseCount === 0;
  if (first?.field === RAW) return bytes === packedBytes(dtype, count);
  if (first === undefined) return draft.looseCount === count;
  const parts = isComplex(dtype) ? 2 * count : count;
  if (first.field === 4) return bytes === 4 * parts;
  if (first.field === 10) return bytes === 8 * parts;
  return bytes >= 1 && bytes <= 10 * count;
}

function* readSmall(
  cursor: Cursor,
  draft: Draft,
  dtype: DType,
  count: number,
  end: number,
): Steps<number[] | undefined> {
  if (draft.looseCount > 0)
    return draft.looseCount === count ? draft.loose.map(value => fromInt32(dtype, value)) : undefined;
  const values: number[] = [];
  for (const { field, start, end: stop } of draft.payloads) {
    if (stop - start > LARGEST_PAYLOAD) return undefined;
    cursor.position = start;
    cursor.stop = stop;
    cursor.wire = BYTES;
    if (!cursor.holds()) yield cursor.want();
    if (field === RAW || field === 4 || field === 10) {
      const stored = field === 4 ? 'float32' : field === 10 ? 'float64' : dtype;
      const bytes = cursor.bytes();
      const length = field === RAW ? count : bytes.length / (field === 4 ? 4 : 8);
      values.push(...(decodeElements(stored, length, bytes) ?? []));
    } else while (cursor.position < stop) values.push(fromInt32(dtype, cursor.packed(stop)));
  }
  cursor.position = end;
  return values.length === count ? values : undefined;
}
