/** Files that are broken, wrong or meant to hurt: a clear refusal or a gap, in bounded time, and never a crash. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InputError } from '../../../src/base/findings';
import { isUnknown } from '../../../src/base/known';
import { onnx } from '../../../src/frontends/onnx/read';
import { elements } from '../../../src/ir/tensor';
import { bytesField, message, nested, number, onnxBytes, textField } from '../../support/onnxBytes';
import type { TinyModel, TinyNode } from '../../support/onnxBytes';
import { memoryWorld } from '../../support/onnxModels';
import { readBytes, readModel, refuses } from '../../support/onnxReading';

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

const small: TinyModel = {
  inputs: [{ name: 'x', dtype: 'float32', dims: ['batch', 3, 8, 8] }],
  outputs: [{ name: 'y', dtype: 'float32', dims: ['batch', 10] }],
  declared: [{ name: 'a', dtype: 'float32', dims: ['batch', 4, 6, 6] }],
  initializers: [
    { name: 'w', dtype: 'float32', dims: [4, 3, 3, 3], data: 0.1 },
    { name: 'shape', dtype: 'int64', dims: [2], data: [0, -1] },
    { name: 'v', dtype: 'float32', dims: [144, 10], data: 0.1 },
  ],
  nodes: [
    { op: 'Conv', name: 'conv', inputs: ['x', 'w'], outputs: ['a'], attrs: { kernel_shape: { ints: [3, 3] } } },
    { op: 'Relu', inputs: ['a'], outputs: ['b'] },
    { op: 'Reshape', inputs: ['b', 'shape'], outputs: ['c'] },
    { op: 'Gemm', inputs: ['c', 'v'], outputs: ['y'], attrs: { alpha: { float: 1 } } },
  ],
};

test('the model that is mutilated below is sound', async () => {
  const read = await readModel(small);
  assert.deepEqual([read.status, read.parameters, read.macs], ['ok', 1548, 4 * 36 * 27 + 1440]);
});

const formats: readonly [what: string, bytes: Uint8Array, code: string][] = [
  ['an empty file', new Uint8Array(0), 'empty-file'],
  [
    'a Git LFS pointer',
    ascii('version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n'),
    'git-lfs-pointer',
  ],
  ['a PyTorch checkpoint', ascii('PK\u0003\u0004archive/data.pkl'), 'wrong-format'],
  ['a pickle', Uint8Array.of(0x80, 2, 0x7d, 0x71, 0), 'wrong-format'],
  ['an HDF5 file', Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a), 'wrong-format'],
  ['a TensorFlow Lite model', ascii('\u001c\u0000\u0000\u0000TFL3'), 'wrong-format'],
  ['a GGUF file', ascii('GGUF\u0003\u0000\u0000\u0000'), 'wrong-format'],
  ['a web page', ascii('<!DOCTYPE html><title>404</title>'), 'wrong-format'],
  ['JSON', ascii('{"error": "not found"}'), 'wrong-format'],
  ['a line of text', ascii('this is not a model\n'), 'invalid-model'],
  ['zeros', new Uint8Array(1000), 'invalid-model'],
  ['one byte', Uint8Array.of(8), 'truncated-file'],
  ['no graph', message([number(1, 8)]), 'invalid-model'],
  ['no operator set', message([bytesField(7, nested(1, [textField(4, 'Relu')]))]), 'invalid-model'],
];
for (const [what, bytes, code] of formats) test(`${what} is refused`, () => refuses(readBytes(bytes), code));

test('a missing file is refused', () =>
  refuses(onnx.read({ path: 'x.onnx', inputs: [] }, memoryWorld({})), 'missing-file'));

test('a file cut anywhere is refused', async () => {
  const bytes = onnxBytes(small);
  for (let length = 1; length < bytes.length; length++) {
    await assert.rejects(readBytes(bytes.subarray(0, length)), InputError, `cut at ${length} of ${bytes.length}`);
  }
});

test('a file that shrinks while it is read is refused', async () => {
  const bytes = onnxBytes(small);
  const reader = {
    size: bytes.length + 100_000,
    read: (offset: number, length: number) => Promise.resolve(bytes.subarray(offset, offset + length)),
  };
  const world = { ...memoryWorld({}), openRange: () => Promise.resolve(reader) };
  await refuses(onnx.read({ path: 'x.onnx', inputs: [] }, world), 'truncated-file');
});

/** A varint of any number of bytes, which no writer would make. */
const claims: readonly [what: string, length: readonly number[]][] = [
  ['4 GB', [0xff, 0xff, 0xff, 0xff, 0x0f]],
  ['2^53 + 1', [0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10]],
  ['2^63 - 1', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]],
  ['2^64 - 1', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]],
  ['without end', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
];
for (const [what, length] of claims)
  test(`a length of ${what} is refused, wherever it stands`, async () => {
    const head = onnxBytes({ ...small, nodes: [] });
    for (const tag of [0x3a, 0x42, 0x12, 0x62])
      await assert.rejects(readBytes(Uint8Array.from([...head, tag, ...length])), InputError);
    // Inside a graph that is itself whole.
    for (const tag of [0x0a, 0x2a, 0x5a])
      await assert.rejects(
        readBytes(message([number(1, 8), bytesField(7, Uint8Array.from([tag, ...length]))])),
        InputError,
      );
  });

/** `levels` messages within each other; each is the fields in `before`, then the next one. */
function matryoshka(
  levels: number,
  wrap: readonly { readonly tag: number; readonly before: Uint8Array }[],
): Uint8Array {
  let size = 0;
  const heads: Uint8Array[] = [];
  for (let level = 0; level < levels; level++)
    for (const { tag, before } of wrap) {
      const head = message([Uint8Array.of(tag), varint(size)]);
      heads.push(message([before, head]));
      size += before.length + head.length;
    }
  return message(heads.reverse());
}

const varint = (value: number): Uint8Array => number(1, value).subarray(1);

test('100 000 graphs within each other are refused', async () => {
  const none = new Uint8Array(0);
  const graphs = matryoshka(100_000, [
    { tag: 0x32, before: textField(1, 'body') },
    { tag: 0x2a, before: textField(4, 'Loop') },
    { tag: 0x0a, before: none },
  ]);
  await refuses(readBytes(message([number(1, 8), bytesField(7, graphs)])), 'invalid-model');
});

test('2 000 types within each other are refused', async () => {
  const none = new Uint8Array(0);
  const types = matryoshka(2000, [
    { tag: 0x0a, before: none },
    { tag: 0x22, before: none },
  ]);
  const input = bytesField(11, message([textField(1, 'x'), bytesField(2, types)]));
  const read = readBytes(message([number(1, 8), bytesField(7, input)]));
  await assert.rejects(read, InputError);
});

test('a model without a version of its operators is not complete', async () => {
  const read = await readModel({ ...small, opset: 0 });
  assert.deepEqual([read.status, read.gaps[0]], ['incomplete', 'invalid-model']);
});

test('sizes that cannot be are gaps, not negative counts', async () => {
  const read = await readModel({
    inputs: [{ name: 'x', dtype: 'float32', dims: [1, 3, 8, 8] }],
    outputs: [{ name: 'y', dtype: 'float32' }],
    initializers: [{ name: 'w', dtype: 'float32', dims: [4, 3, 3, 3], external: { location: 'w.bin' } }],
    nodes: [{ op: 'Conv', inputs: ['x', 'w'], outputs: ['y'], attrs: { strides: { ints: [-1, 1] } } }],
  });
  assert.equal(read.status, 'incomplete');
  assert.ok(read.macs >= 0);
});

test('lists as long as a number in the file says do not fill the memory', async () => {
  for (const node of [
    { op: 'Split', inputs: ['x'], attrs: { num_outputs: { int: 2 ** 31 } } },
    { op: 'Reshape', inputs: ['x', 'sizes'] },
    { op: 'Expand', inputs: ['x', 'sizes'] },
  ]) {
    const read = await readModel({
      opset: 18,
      inputs: [
        { name: 'x', dtype: 'float32', dims: [8] },
        { name: 'sizes', dtype: 'int64', dims: [2 ** 31] },
      ],
      outputs: [{ name: 'y', dtype: 'float32' }],
      nodes: [{ ...node, outputs: ['y'] }],
    });
    assert.equal(read.status, 'incomplete');
  }
});

test('a graph in two pieces is one', async () => {
  const bytes = onnxBytes(small);
  const more = nested(7, [
    bytesField(1, message([textField(1, 'y'), textField(2, 'z'), textField(4, 'Softmax')])),
    bytesField(12, message([textField(1, 'z')])),
  ]);
  const read = await readBytes(message([bytes, more]));
  assert.deepEqual([read.status, read.macs, read.outputs], ['ok', 4 * 36 * 27 + 1440, ['float32[1,10]', 'float32[1,10]']]); // prettier-ignore
});

test('a loop of millions of turns is not followed', async () => {
  const state = { name: 's', dtype: 'float32' } as const;
  const body: TinyModel = {
    inputs: [{ name: 'i', dtype: 'int64', dims: [] }, { name: 'go', dtype: 'bool', dims: [] }, state],
    nodes: Array.from({ length: 10 }, (_, index) => ({
      op: 'Relu',
      inputs: [index === 0 ? 's' : `r${index}`],
      outputs: [`r${index + 1}`],
    })),
    outputs: [
      { name: 'go', dtype: 'bool', dims: [] },
      { ...state, name: 'r10' },
    ],
  };
  const read = await readModel({
    inputs: [{ name: 'x', dtype: 'float32', dims: [2] }],
    outputs: [{ name: 'y', dtype: 'float32' }],
    initializers: [{ name: 'n', dtype: 'int64', dims: [], data: [9_000_000] }],
    nodes: [{ op: 'Loop', inputs: ['n', '', 'x'], outputs: ['y'], attrs: { body: { graph: body } } }],
  });
  assert.deepEqual([read.status, read.gaps], ['incomplete', ['unknown-trip-count']]);
});

test('sizes beyond 2^53 are unknown, never rounded', async () => {
  const huge = { name: 'w', dtype: 'float32', dims: [2 ** 40, 2 ** 40], external: { location: 'w.bin' } } as const;
  const read = await readModel({
    inputs: [{ name: 'x', dtype: 'float32', dims: [2, 2 ** 40] }],
    outputs: [{ name: 'y', dtype: 'float32' }],
    initializers: [huge],
    nodes: [{ op: 'MatMul', inputs: ['x', 'w'], outputs: ['y'] }],
  });
  assert.equal(read.status, 'incomplete');
  assert.ok(read.gaps.includes('too-large'));
  assert.ok(read.graph.values.some(({ type, stored }) => stored !== undefined && isUnknown(elements(type))));
});

for (const dims of [[-1, 4], [2 ** 62], [3, 3], [0]])
  test(`an initialiser of [${dims.join()}] with the elements of another size is a gap`, async () => {
    const read = await readModel({
      inputs: [{ name: 'x', dtype: 'float32', dims: [2, 2] }],
      outputs: [{ name: 'y', dtype: 'float32' }],
      initializers: [{ name: 'w', dtype: 'float32', dims, data: new Uint8Array(16) }],
      nodes: [{ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] }],
    });
    assert.equal(read.status, 'incomplete');
    assert.ok(read.gaps.includes('invalid-model') || read.gaps.includes('too-large'), read.gaps.join());
  });

for (const location of ['../weights.bin', '/etc/passwd', 'C:\\weights.bin', 'a/../../b', '\\\\server\\share', '..', ''])
  test(`external data at "${location}" is refused`, () =>
    refuses(
      readModel({
        ...small,
        initializers: [{ name: 'w', dtype: 'float32', dims: [4, 3, 3, 3], external: { location } }],
      }),
      'unsafe-path',
    ));

test('external data beside the model is sized, not read', async () => {
  const external = (name: string, ...dims: number[]) =>
    ({ name, dtype: 'float32', dims, external: { location: 'weights..v2/w.bin' } }) as const;
  const initializers = [external('w', 4, 3, 3, 3), small.initializers![1]!, external('v', 144, 10)];
  const read = await readModel({ ...small, initializers });
  assert.deepEqual([read.status, read.parameters], ['ok', 1548]);
});

test('control characters in names are shown, not sent to the terminal', async () => {
  const nodes: TinyNode[] = [{ op: 'Relu', name: 'a\u001b[31m\n\u0000b', inputs: ['x'], outputs: ['y'] }];
  const read = await readModel({ ...small, nodes, outputs: [{ name: 'y', dtype: 'float32' }] });
  assert.deepEqual(read.paths, ['a␛[31m␊␀b']);
});

test('names of a megabyte are cut', async () => {
  const name = 'n'.repeat(1_000_000);
  const nodes: TinyNode[] = [{ op: 'Relu', name, inputs: ['x'], outputs: ['y'] }];
  const read = await readModel({ ...small, nodes, outputs: [{ name: 'y', dtype: 'float32' }] });
  assert.ok(read.paths[0]!.length < 200);
});

const chain = (count: number): TinyModel => ({
  ...small,
  nodes: Array.from({ length: count }, (_, index) => ({
    op: 'Relu',
    inputs: [index === 0 ? 'x' : `v${index}`],
    outputs: [`v${index + 1}`],
  })),
  outputs: [{ name: `v${count}`, dtype: 'float32' }],
});

test('a chain of 110 000 nodes ends at the budget', async () => {
  const read = await readModel(chain(110_000));
  assert.equal(read.status, 'incomplete');
  assert.ok(read.gaps.includes('budget-exhausted'));
});

test('a million nodes are refused', async () => {
  const one = bytesField(1, message([textField(1, 'x'), textField(2, 'y'), textField(3, 'n'), textField(4, 'Relu')]));
  const graph = new Uint8Array(1_000_000 * one.length);
  for (let at = 0; at < graph.length; at += one.length) graph.set(one, at);
  await refuses(readBytes(message([number(1, 8), bytesField(7, graph)])), 'too-large');
});

test('constants that multiply do not fill the memory', async () => {
  const sized = Array.from({ length: 3000 }, (_, index): TinyNode[] => [
    { op: 'ConstantOfShape', inputs: ['size'], outputs: [`c${index}`] },
    { op: 'Shape', inputs: [`c${index}`], outputs: [`s${index}`] },
  ]);
  const before = process.memoryUsage().heapUsed;
  const read = await readModel({
    initializers: [{ name: 'size', dtype: 'int64', dims: [1], data: [4096] }],
    outputs: [{ name: 's2999', dtype: 'int64' }],
    nodes: sized.flat(),
  });
  assert.deepEqual(read.outputs, ['int64[1]']);
  assert.ok(process.memoryUsage().heapUsed - before < 200_000_000);
});

test('as many gaps as anybody reads', async () => {
  const nodes = Array.from({ length: 5000 }, (_, index) => ({
    op: 'Strange',
    domain: 'acme',
    inputs: ['x'],
    outputs: [`v${index}`],
  }));
  const read = await readModel({ ...small, nodes, outputs: [{ name: 'v0', dtype: 'float32' }] });
  assert.ok(read.gaps.length <= 501, String(read.gaps.length));
});

/** https://en.wikipedia.org/wiki/Xorshift */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** A few bytes changed, a piece taken out, doubled or moved. */
function mutate(bytes: Uint8Array, next: () => number): Uint8Array {
  const place = (): number => Math.floor(next() * bytes.length);
  const [from, to] = [place(), place()].sort((a, b) => a - b) as [number, number];
  const kind = Math.floor(next() * 8);
  if (kind === 0) return message([bytes.subarray(0, from), bytes.subarray(to)]);
  if (kind === 1) return message([bytes.subarray(0, to), bytes.subarray(from)]);
  const changed = Uint8Array.from(bytes);
  const count = 1 + Math.floor(next() * 2);
  for (let index = 0; index < count; index++) changed[place()] = kind < 5 ? next() * 256 : 2 ** Math.floor(next() * 8);
  return changed;
}

test('mutated models are refused or read, never a crash', async () => {
  const next = random(20_231_109);
  // Without weights, of which any bytes would do.
  const external = { location: 'weights.bin' };
  const initializers = small.initializers!.map(one => (one.name === 'shape' ? one : { ...one, external }));
  const bytes = onnxBytes({ ...small, initializers });
  const counts = { refused: 0, incomplete: 0, read: 0 };
  for (let round = 0; round < 300; round++) {
    const mutant = mutate(bytes, next);
    try {
      const { status } = await readBytes(mutant);
      counts[status === 'ok' ? 'read' : 'incomplete']++;
    } catch (error) {
      if (!(error instanceof InputError))
        throw new Error(`round ${round}: ${Buffer.from(mutant).toString('base64')}`, { cause: error });
      counts.refused++;
    }
  }
  assert.ok(counts.refused > 50 && counts.incomplete > 20 && counts.read > 20, JSON.stringify(counts));
});

test('random bytes are refused', async () => {
  const next = random(7);
  for (let round = 0; round < 200; round++) {
    const bytes = Uint8Array.from({ length: 1 + Math.floor(next() * 3000) }, () => next() * 256);
    await assert.rejects(readBytes(bytes), InputError);
  }
});
