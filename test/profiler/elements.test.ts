/** Generated values and the bits they are stored as. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { InputError } from '../../src/base/findings';
import { Source, brainHalf, bytesOf, half, store } from '../../src/profiler/elements';
import { writeWeights } from '../../src/profiler/weights';
import type { PlannedTensor, WeightFill, WeightPlan } from '../../src/protocol/profiler';

// IEEE 754-2008, binary16: sign, five bits of exponent with bias 15, ten of fraction.
const halves: readonly [value: number, bits: number][] = [
  [0, 0x0000],
  [-0, 0x8000],
  [1, 0x3c00],
  [-2, 0xc000],
  [0.333251953125, 0x3555],
  [1 / 3, 0x3555],
  [65504, 0x7bff],
  [65519.99, 0x7bff],
  [65520, 0x7c00],
  [1e9, 0x7c00],
  [-Infinity, 0xfc00],
  [2 ** -14, 0x0400],
  [2 ** -24, 0x0001],
  [2 ** -25, 0x0000], // a tie, to even
  [3 * 2 ** -25, 0x0002], // another
  [1 + 2 ** -11, 0x3c00], // a tie, to even
  [1 + 3 * 2 ** -11, 0x3c02],
  [2047 + 0.5, 0x6800], // rounds up into the next power of two
];
for (const [value, bits] of halves)
  test(`half of ${value}`, () => assert.equal(half(value).toString(16), bits.toString(16)));
test('half of what is no number', () => assert.equal(half(NaN) & 0x7c00 && half(NaN) & 0x3ff, 0x200));

const brainHalves: readonly [value: number, bits: number][] = [
  [1, 0x3f80],
  [-1, 0xbf80],
  [3.140625, 0x4049],
  [1 + 2 ** -8, 0x3f80],
  [1 + 3 * 2 ** -8, 0x3f82],
  [Infinity, 0x7f80],
];
for (const [value, bits] of brainHalves)
  test(`brain half of ${value}`, () => assert.equal(brainHalf(value).toString(16), bits.toString(16)));

const stored: readonly [dtype: string, values: number[], bytes: number[]][] = [
  ['float32', [1], [0, 0, 0x80, 0x3f]],
  ['float64', [1], [0, 0, 0, 0, 0, 0, 0xf0, 0x3f]],
  ['int8', [-1, 2], [255, 2]],
  ['bool', [0, 1], [0, 1]],
  ['int16', [-2], [0xfe, 0xff]],
  ['int64', [-1, 3], [255, 255, 255, 255, 255, 255, 255, 255, 3, 0, 0, 0, 0, 0, 0, 0]],
  ['uint4', [1, 15, 7], [0xf1, 0x07]],
  ['int4', [-1, -8], [0x8f]],
];
for (const [dtype, values, bytes] of stored)
  test(`${dtype} ${values.join(' ')}`, () => assert.deepEqual([...bytesOf(store(dtype, values))], bytes));

test('a type that nobody can make is refused', () => assert.throws(() => store('complex64', [1]), InputError));

const moments = (values: Float32Array): [mean: number, std: number] => {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return [mean, Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)];
};

const distributions: readonly [fill: WeightFill, mean: number, std: number][] = [
  [{ kind: 'constant', value: 0.5 }, 0.5, 0],
  [{ kind: 'normal', mean: 1, std: 0.1 }, 1, 0.1],
  [{ kind: 'uniform', low: -1, high: 3 }, 1, 4 / Math.sqrt(12)],
  [{ kind: 'integers', low: 0, high: 2 }, 0.5, 0.5],
];
for (const [fill, mean, std] of distributions) {
  test(`${fill.kind} values have their moments and repeat with their seed`, () => {
    const values = new Source(7).take(fill, 300_000);
    const [m, s] = moments(values);
    assert.ok(Math.abs(m - mean) < 0.01 && Math.abs(s - std) < 0.01, `${m} ${s}`);
    assert.deepEqual(new Source(7).take(fill, 300_000), values);
    if (std > 0) assert.notDeepEqual(new Source(8).take(fill, 300_000), values);
  });
}

test('integers stay in their range', () => {
  const values = new Source(3).take({ kind: 'integers', low: 1, high: 4 }, 10_000);
  assert.deepEqual([...new Set(values)].sort(), [1, 2, 3]);
});

test('normal values neither vanish nor are they denormal', () => {
  const values = new Source(1).take({ kind: 'normal', mean: 0, std: 0.02 }, 1_000_000);
  assert.equal(values.filter(value => value !== 0 && Math.abs(value) < 1.2e-38).length, 0);
  assert.ok(values.every(Number.isFinite));
});

async function written(plan: WeightPlan): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'weights-'));
  try {
    return await readFile(await writeWeights(plan, folder));
  } finally {
    await rm(folder, { recursive: true });
  }
}

const planned = (dtype: string, elements: number, offset: number, bytes: number, fill: WeightFill): PlannedTensor => ({
  name: `w${offset}`,
  ...{ dtype, elements, offset, bytes, fill },
});
const ones: WeightFill = { kind: 'constant', value: 1 };

test('a plan is written at its offsets, gaps as zeros', async () => {
  const tensors = [planned('uint8', 2, 0, 2, ones), planned('int8', 1, 4, 1, { kind: 'constant', value: -1 })];
  assert.deepEqual([...(await written({ file: 'w.bin', seed: 1, bytes: 8, tensors }))], [1, 1, 0, 0, 255, 0, 0, 0]);
});

test('a tensor larger than a piece is whole', async () => {
  const elements = 2 ** 20 + 3;
  const tensors = [planned('float32', elements, 0, 4 * elements, { kind: 'normal', mean: 0, std: 1 })];
  const bytes = await written({ file: 'w.bin', seed: 1, bytes: 4 * elements, tensors });
  assert.equal(bytes.length, 4 * elements);
  const [mean, std] = moments(new Float32Array(bytes.buffer, bytes.byteOffset, elements));
  assert.ok(Math.abs(mean) < 0.01 && Math.abs(std - 1) < 0.01);
});

const badPlans: readonly [string, WeightPlan][] = [
  ['a path', { file: '../w.bin', seed: 1, bytes: 0, tensors: [] }],
  ['no name', { file: '', seed: 1, bytes: 0, tensors: [] }],
  ['bytes that do not fit', { file: 'w', seed: 1, bytes: 4, tensors: [planned('float32', 1, 0, 3, ones)] }],
];
for (const [name, plan] of badPlans)
  test(`a plan with ${name} is refused`, async () => assert.rejects(written(plan), RangeError));
