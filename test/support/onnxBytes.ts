/**
 * Writes small ONNX files by hand, so that tests can have any model, broken ones too. Field numbers are those of
 * onnx.proto. Not the product's emitter: a test of reading must not trust what writes.
 */
export interface TinyModel {
  readonly inputs?: readonly TinyTensor[];
  readonly outputs?: readonly TinyTensor[];
  readonly nodes?: readonly TinyNode[];
  readonly initializers?: readonly TinyInitializer[];
  readonly name?: string;
  readonly irVersion?: number;
  readonly opset?: number;
  readonly otherOpsets?: readonly { readonly domain: string; readonly version: number }[];
  /** Declared types of values inside the graph. */
  readonly declared?: readonly TinyTensor[];
  readonly functions?: readonly TinyFunction[];
}

export interface TinyFunction {
  readonly name: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly TinyNode[];
  /** Default values of attributes. */
  readonly attrs?: Readonly<Record<string, TinyAttr>>;
  readonly opset?: number;
}

export interface TinyTensor {
  readonly name: string;
  readonly dtype: TinyType;
  /** A text is a named open dim, null an anonymous one. Without dims the rank is open. */
  readonly dims?: readonly (number | string | null)[];
}

export interface TinyNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly name?: string;
  readonly domain?: string;
  readonly attrs?: Readonly<Record<string, TinyAttr>>;
}

export type TinyAttr =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly text: string }
  | { readonly ints: readonly number[] }
  | { readonly floats: readonly number[] }
  | { readonly tensor: TinyInitializer }
  | { readonly graph: TinyModel }
  /** Inside a function: the attribute of that name at the call, of AttributeProto type `type`. */
  | { readonly reference: string; readonly type: number };

export interface TinyInitializer {
  readonly name: string;
  readonly dtype: TinyType;
  readonly dims: readonly number[];
  /** Elements, one number for all of them, or raw bytes. */
  readonly data?: readonly number[] | number | Uint8Array;
  readonly external?: { readonly location: string; readonly offset?: number; readonly length?: number };
}

const TYPES = {
  /** What a damaged file may say. */
  none: 0,
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
  bfloat16: 16,
  uint4: 21,
  int4: 22,
} as const;
export type TinyType = keyof typeof TYPES;

export function onnxBytes(model: TinyModel): Uint8Array {
  const opsets = [{ domain: '', version: model.opset ?? 17 }, ...(model.otherOpsets ?? [])];
  return message([
    number(1, model.irVersion ?? 8),
    ...opsets.map(({ domain, version }) => nested(8, [textField(1, domain), number(2, version)])),
    bytesField(7, graph(model)),
    ...(model.functions ?? []).map(one => bytesField(25, fn(one))),
  ]);
}

const fn = ({ name, domain, inputs, outputs, nodes, attrs = {}, opset = 17 }: TinyFunction): Uint8Array =>
  message([
    textField(1, name),
    ...inputs.map(one => textField(4, one)),
    ...outputs.map(one => textField(5, one)),
    ...nodes.map(one => bytesField(7, node(one))),
    nested(9, [textField(1, ''), number(2, opset)]),
    textField(10, domain),
    ...Object.entries(attrs).map(([key, value]) => bytesField(11, attribute(key, value))),
  ]);

const graph = (model: TinyModel): Uint8Array =>
  message([
    ...(model.nodes ?? []).map(one => bytesField(1, node(one))),
    textField(2, model.name ?? 'tiny'),
    ...(model.initializers ?? []).map(one => bytesField(5, initializer(one))),
    ...(model.inputs ?? []).map(one => bytesField(11, valueInfo(one))),
    ...(model.outputs ?? []).map(one => bytesField(12, valueInfo(one))),
    ...(model.declared ?? []).map(one => bytesField(13, valueInfo(one))),
  ]);

const node = ({ op, inputs, outputs, name, domain, attrs = {} }: TinyNode): Uint8Array =>
  message([
    ...inputs.map(one => textField(1, one)),
    ...outputs.map(one => textField(2, one)),
    ...(name === undefined ? [] : [textField(3, name)]),
    textField(4, op),
    ...Object.entries(attrs).map(([key, value]) => bytesField(5, attribute(key, value))),
    ...(domain === undefined ? [] : [textField(7, domain)]),
  ]);

function attribute(name: string, value: TinyAttr): Uint8Array {
  const fields = (): [type: number, ...fields: Uint8Array[]] => {
    if ('int' in value) return [2, number(3, value.int)];
    if ('float' in value) return [1, float(2, value.float)];
    if ('text' in value) return [3, textField(4, value.text)];
    if ('ints' in value) return [7, ...value.ints.map(one => number(8, one))];
    if ('floats' in value) return [6, ...value.floats.map(one => float(7, one))];
    if ('reference' in value) return [value.type, textField(21, value.reference)];
    if ('tensor' in value) return [4, bytesField(5, initializer(value.tensor))];
    return [5, bytesField(6, graph(value.graph))];
  };
  const [type, ...rest] = fields();
  return message([textField(1, name), ...rest, number(20, type)]);
}

function initializer({ name, dtype, dims, data, external }: TinyInitializer): Uint8Array {
  const count = dims.reduce((a, b) => a * b, 1);
  return message([
    ...dims.map(dim => number(1, dim)),
    number(2, TYPES[dtype]),
    textField(8, name),
    ...(external === undefined ? [bytesField(9, rawData(dtype, count, data ?? 0))] : externalFields(external)),
  ]);
}

const externalFields = (external: NonNullable<TinyInitializer['external']>): Uint8Array[] => [
  ...Object.entries(external).map(([key, value]) => nested(13, [textField(1, key), textField(2, String(value))])),
  number(14, 1),
];

function rawData(dtype: TinyType, count: number, data: readonly number[] | number | Uint8Array): Uint8Array {
  if (data instanceof Uint8Array) return data;
  const values = typeof data === 'number' ? Array<number>(count).fill(data) : data;
  const array = ((): ArrayBufferView => {
    switch (dtype) {
      case 'float32':
        return Float32Array.from(values);
      case 'float64':
        return Float64Array.from(values);
      case 'int64':
      case 'uint64':
        return BigInt64Array.from(values.map(BigInt));
      case 'int32':
      case 'uint32':
        return Int32Array.from(values);
      case 'int16':
      case 'uint16':
        return Int16Array.from(values);
      case 'int8':
      case 'uint8':
      case 'bool':
        return Int8Array.from(values);
      default:
        throw new Error(`give the raw bytes of ${dtype}`);
    }
  })();
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

const valueInfo = ({ name, dtype, dims }: TinyTensor): Uint8Array =>
  message([
    textField(1, name),
    nested(2, [nested(1, [number(1, TYPES[dtype]), ...(dims === undefined ? [] : [nested(2, dims.map(dimension))])])]),
  ]);

const dimension = (dim: number | string | null): Uint8Array =>
  nested(1, dim === null ? [] : [typeof dim === 'number' ? number(1, dim) : textField(2, dim)]);

// The wire format, for messages that no writer would make: a field is a tag (number × 8 + type), then a varint (0), a length and bytes (2), or four bytes (5).

export const number = (field: number, value: number): Uint8Array =>
  Uint8Array.from([...varint(field * 8), ...varint(value)]);

export const textField = (field: number, value: string): Uint8Array =>
  bytesField(field, new TextEncoder().encode(value));

export const nested = (field: number, parts: readonly Uint8Array[]): Uint8Array => bytesField(field, message(parts));

export const bytesField = (field: number, bytes: Uint8Array): Uint8Array =>
  message([Uint8Array.from([...varint(field * 8 + 2), ...varint(bytes.length)]), bytes]);

const float = (field: number, value: number): Uint8Array =>
  message([Uint8Array.from(varint(field * 8 + 5)), new Uint8Array(Float32Array.of(value).buffer)]);

function varint(value: number): number[] {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    const low = Number(rest & 127n);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 128);
  } while (rest > 0n);
  return bytes;
}

export function message(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
