/** Weights are skipped, not read: what is read of a file, also beyond 2 GB; and numbers of 64 bits. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RangeReader } from '../../../src/base/ports';
import { decodeModel } from '../../../src/frontends/onnx/decode';
import { decodeElements, fromInt32 } from '../../../src/frontends/onnx/elements';
import { onnx } from '../../../src/frontends/onnx/read';
import { decodeTensor } from '../../../src/frontends/onnx/tensor';
import { walk, type Cursor, type Steps } from '../../../src/frontends/onnx/wire';
import type { DType } from '../../../src/ir/tensor';
import { bytesField, message, nested, number, onnxBytes, textField } from '../../support/onnxBytes';
import { memoryWorld } from '../../support/onnxModels';

/** Counts what is read of a file that may have holes: pieces are bytes, or a number of zeros. */
function counting(pieces: readonly (Uint8Array | number)[]): RangeReader & { reads: number; bytes: number } {
  const lengthOf = (piece: Uint8Array | number): number => (typeof piece === 'number' ? piece : piece.length);
  const reader = {
    size: pieces.reduce<number>((sum, piece) => sum + lengthOf(piece), 0),
    reads: 0,
    bytes: 0,
    read: (offset: number, length: number): Promise<Uint8Array> => {
      const found = new Uint8Array(Math.min(length, reader.size - offset));
      let start = 0;
      for (const piece of pieces) {
        const [from, to] = [Math.max(offset, start), Math.min(offset + found.length, start + lengthOf(piece))];
        if (typeof piece !== 'number' && from < to) found.set(piece.subarray(from - start, to - start), from - offset);
        start += lengthOf(piece);
      }
      reader.reads++;
      reader.bytes += found.length;
      return Promise.resolve(found);
    },
  };
  return reader;
}

/** A matrix product with a weight of `rows` × 1024 floats inline, every byte of it a zero that is nowhere. */
function inline(rows: number): readonly (Uint8Array | number)[] {
  const size = 4 * 1024 * rows;
  const head = message([number(1, rows), number(1, 1024), number(2, 1), textField(8, 'w')]);
  const rawTag = message([Uint8Array.of(9 * 8 + 2), number(1, size).subarray(1)]);
  const tensorSize = head.length + rawTag.length + size;
  const rest = message([
    bytesField(1, message([textField(1, 'x'), textField(1, 'w'), textField(2, 'y'), textField(4, 'MatMul')])),
    bytesField(11, valueInfo('x', 2, rows)),
    bytesField(12, message([textField(1, 'y')])),
  ]);
  const tensorTag = message([Uint8Array.of(5 * 8 + 2), number(1, tensorSize).subarray(1)]);
  const graphSize = tensorTag.length + tensorSize + rest.length;
  return [
    message([number(1, 8), nested(8, [number(2, 17)]), Uint8Array.of(7 * 8 + 2), number(1, graphSize).subarray(1)]),
    message([tensorTag, head, rawTag]),
    size,
    rest,
  ];
}

const valueInfo = (name: string, ...dims: number[]): Uint8Array =>
  message([
    textField(1, name),
    nested(2, [
      nested(1, [
        number(1, 1),
        nested(
          2,
          dims.map(dim => nested(1, [number(1, dim)])),
        ),
      ]),
    ]),
  ]);

for (const rows of [1000, 1_200_000])
  test(`of ${((4096 * rows) / 1e9).toFixed(3)} GB of inline weights some kilobytes are read`, async () => {
    const reader = counting(inline(rows));
    const world = { ...memoryWorld({}), openRange: () => Promise.resolve(reader) };
    const { models } = await onnx.read({ path: 'big.onnx', inputs: [] }, world);
    const graph = models[0]?.graph;
    assert.equal(models[0]?.status, 'ok');
    assert.deepEqual(graph?.values.find(({ stored }) => stored)?.type.shape, [rows, 1024]);
    assert.ok(reader.bytes < 300_000 && reader.reads < 10, `${reader.bytes} bytes in ${reader.reads} reads`);
  });

test('many small initialisers are read in few pieces', async () => {
  const initializers = Array.from({ length: 5000 }, (_, index) => ({
    name: `w${index}`,
    dtype: 'float32' as const,
    dims: [16],
    data: 1,
  }));
  const reader = counting([onnxBytes({ initializers })]);
  const model = await walk(reader, decodeModel);
  assert.equal(model.graph.initialisers.length, 5000);
  assert.deepEqual(model.graph.initialisers[4999]?.data, Array<number>(16).fill(1));
  assert.ok(reader.reads <= 4, `${reader.reads} reads of ${reader.size} bytes`);
});

test('fields that nobody knows are skipped', async () => {
  const known = onnxBytes({ inputs: [{ name: 'x', dtype: 'float32', dims: [1] }] });
  const unknown = message([
    number(500, 7),
    textField(501, 'future'),
    Uint8Array.of(0xa5, 0x1f, 1, 2, 3, 4), // field 500, four bytes
    Uint8Array.of(0xa1, 0x1f, 1, 2, 3, 4, 5, 6, 7, 8), // field 500, eight bytes
  ]);
  const model = await walk(counting([unknown, known, unknown]), decodeModel);
  assert.equal(model.graph.inputs[0]?.name, 'x');
});

/** Reads one varint field. */
function* readVarint(cursor: Cursor): Steps<readonly [number, number]> {
  if (!cursor.ready(cursor.size)) yield cursor.request(cursor.size);
  cursor.next(cursor.size);
  return [cursor.signed(), cursor.unsigned()];
}

const varints: readonly [bytes: readonly number[], signed: number, unsigned: number][] = [
  [[0x00], 0, 0],
  [[0x7f], 127, 127],
  [[0xac, 0x02], 300, 300],
  [[0xff, 0xff, 0xff, 0xff, 0x0f], 4_294_967_295, 4_294_967_295],
  [[0x80, 0x80, 0x80, 0x80, 0x10], 4_294_967_296, 4_294_967_296],
  [[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f], 2 ** 53 - 1, 2 ** 53 - 1],
  [[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], -1, 2 ** 64],
  [[0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], -2, 2 ** 64],
  [[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01], -(2 ** 63), 2 ** 63],
];
for (const [bytes, signed, unsigned] of varints)
  test(`varint ${bytes.map(byte => byte.toString(16)).join(' ')} is ${signed}`, async () =>
    assert.deepEqual(await walk(counting([Uint8Array.of(8, ...bytes)]), readVarint), [signed, unsigned]));

const elements: readonly [dtype: DType, bytes: readonly number[], values: readonly number[]][] = [
  ['int8', [0xff, 1], [-1, 1]],
  ['uint8', [0xff, 1], [255, 1]],
  ['int16', [0xfe, 0xff], [-2]],
  ['int32', [0, 0, 0, 0x80], [-(2 ** 31)]],
  ['int64', [0xfd, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], [-3]],
  ['uint64', [0, 0, 0, 0, 1, 0, 0, 0], [2 ** 32]],
  ['bool', [0, 2], [0, 1]],
  ['float16', [0x00, 0x3c, 0x01, 0x80, 0x00, 0xfc], [1, -(2 ** -24), -Infinity]],
  ['bfloat16', [0x80, 0x3f], [1]],
  ['float64', [0, 0, 0, 0, 0, 0, 0xf8, 0x3f], [1.5]],
  ['int4', [0xf1, 0x07], [1, -1, 7]],
  ['uint4', [0xf1], [1, 15]],
];
for (const [dtype, bytes, values] of elements)
  test(`elements of ${dtype}`, () => {
    assert.deepEqual(decodeElements(dtype, values.length, Uint8Array.from(bytes)), values);
    assert.equal(decodeElements(dtype, 100, Uint8Array.from(bytes)), undefined);
  });

test('types without numbers have no elements', () => {
  assert.equal(decodeElements('float8e4m3fn', 1, Uint8Array.of(1)), undefined);
  assert.equal(decodeElements('string', 1, Uint8Array.of(1)), undefined);
  assert.equal(fromInt32('float16', 0x3c00), 1);
});

/** All ways in which TensorProto can hold [1, 2, 300]. */
const ways: readonly [what: string, fields: readonly Uint8Array[]][] = [
  ['raw', [bytesField(9, new Uint8Array(BigInt64Array.of(1n, 2n, 300n).buffer))]],
  ['packed', [bytesField(7, Uint8Array.of(1, 2, 0xac, 2))]],
  ['unpacked', [number(7, 1), number(7, 2), number(7, 300)]],
  ['packed in two pieces', [bytesField(7, Uint8Array.of(1)), bytesField(7, Uint8Array.of(2, 0xac, 2))]],
];
for (const [what, fields] of ways)
  for (const dimsLast of [false, true])
    test(`a tensor with ${what} elements${dimsLast ? ' before its dims' : ''}`, async () => {
      const head = [number(1, 3), number(2, 7), textField(8, 't')];
      const bytes = message(dimsLast ? [...fields, ...head] : [...head, ...fields]);
      const tensor = await walk(counting([bytes]), cursor => decodeTensor(cursor, bytes.length));
      assert.deepEqual([tensor.name, tensor.dtype, tensor.dims, tensor.damaged], ['t', 'int64', [3], false]);
      assert.deepEqual(tensor.data, [1, 2, 300]);
    });

test('floats, packed and not', async () => {
  const floats = new Uint8Array(Float32Array.of(0.5, 2).buffer);
  const unpacked = message([Uint8Array.of(0x25), floats.subarray(0, 4), Uint8Array.of(0x25), floats.subarray(4)]);
  for (const fields of [bytesField(4, floats), unpacked]) {
    const bytes = message([number(1, 2), number(2, 1), fields]);
    const tensor = await walk(counting([bytes]), cursor => decodeTensor(cursor, bytes.length));
    assert.deepEqual(tensor.data, [0.5, 2]);
  }
});

test('large tensors have no elements', async () => {
  const { graph } = await walk(
    counting([onnxBytes({ initializers: [{ name: 'w', dtype: 'int64', dims: [5000], data: 1 }] })]),
    decodeModel,
  );
  assert.deepEqual([graph.initialisers[0]?.data, graph.initialisers[0]?.damaged], [undefined, false]);
});
