/** Order statistics against hand-computed values. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  countOutliers,
  isSteady,
  median,
  medianDeviation,
  medianInterval,
  quantile,
  windowInterval,
} from '../../src/profiler/stats';

const medians: readonly [values: number[], median: number, deviation: number][] = [
  [[7], 7, 0],
  [[1, 9], 5, 4],
  [[3, 1, 2], 2, 1],
  [[10, 1, 2, 3], 2.5, 1], // deviations 7.5, 1.5, 0.5, 0.5
  [[5, 5, 5, 5, 500], 5, 0],
];
for (const [values, middle, deviation] of medians) {
  test(`median and deviation of ${values.join(' ')}`, () => {
    assert.equal(median(values), middle);
    assert.equal(medianDeviation(values), deviation);
  });
}

test('quantiles interpolate, and nothing has none', () => {
  assert.equal(quantile([0, 10], 0.95), 9.5);
  assert.equal(quantile([1, 2, 3, 4, 5], 0.25), 2);
  assert.throws(() => median([]), RangeError);
});

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

// Ranks and coverage from tables of the binomial: 1 − 2·P(B < k).
const intervals: readonly [n: number, low: number, high: number, confidence: number][] = [
  [1, 1, 1, 0],
  [2, 1, 2, 0.5],
  [5, 1, 5, 0.9375],
  [6, 1, 6, 0.96875],
  [8, 1, 8, 0.9921875],
  [9, 2, 8, 0.9609375], // 1 − 2·(1 + 9)/512
  [10, 2, 9, 0.978515625], // 1 − 2·(1 + 10)/1024
  [12, 3, 10, 0.96142578125], // 1 − 2·(1 + 12 + 66)/4096
  [25, 8, 18, 0.9567147493362427],
];
for (const [n, low, high, confidence] of intervals) {
  test(`95 % interval of the median of ${n}`, () => {
    const interval = medianInterval(upTo(n).reverse());
    assert.deepEqual([interval.low, interval.high], [low, high]);
    assert.ok(Math.abs(interval.confidence - confidence) < 1e-9, String(interval.confidence));
  });
}

test('many values: the normal approximation joins on', () => {
  const [exact, approximate] = [medianInterval(upTo(1000)), medianInterval(upTo(1002))];
  assert.ok(Math.abs(exact.low - approximate.low) <= 2 && Math.abs(exact.high - approximate.high) <= 4);
});

test('the interval covers the true median as often as it says', () => {
  let [seed, covered] = [1, 0];
  const random = (): number => (seed = (seed * 48271) % 2147483647) / 2147483647;
  for (let trial = 0; trial < 2000; trial++) {
    // Exponential times: median ln 2.
    const { low, high } = medianInterval(Array.from({ length: 12 }, () => -Math.log(random())));
    if (low <= Math.LN2 && Math.LN2 <= high) covered++;
  }
  assert.ok(covered / 2000 > 0.945 && covered / 2000 < 0.98, String(covered / 2000));
});

const windows: readonly [name: string, values: number[], low: number, high: number, drifted: boolean][] = [
  ['a quiet machine', [10, 11, 10, 11, 10, 11, 10, 11], 10, 11, false],
  ['one bad window hides nothing', [10, 10, 10, 90, 10, 10, 10, 10, 10], 10, 10, false],
  // Ranks 3 and 10 of 12 are 1 and 2 alone; both halves' medians are in them.
  ['a step in the middle', [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2], 1, 2, false],
  ['few values', [3, 9, 4], 3, 9, false],
];
for (const [name, values, low, high, drifted] of windows) {
  test(`windows: ${name}`, () => {
    const interval = windowInterval(values);
    assert.deepEqual([interval.low, interval.high, interval.drifted], [low, high, drifted]);
  });
}

test('windows that drift widen the interval beyond the ranks', () => {
  // 41 values: ranks 14 and 28 both fall in the middle plateau, the medians of the halves do not.
  const values = [...Array<number>(12).fill(1), ...Array<number>(17).fill(5), ...Array<number>(12).fill(9)];
  const { low: lowRank, high: highRank } = medianInterval(values);
  assert.deepEqual([lowRank, highRank], [5, 5]);
  const { low, high, drifted } = windowInterval(values);
  assert.deepEqual([low, high, drifted], [1, 9, true]);
});

const outliers: readonly [values: number[], count: number][] = [
  [[10, 11, 9, 10, 12, 10], 0],
  [[10, 11, 9, 10, 12, 100], 1],
  [[10, 11, 9, 10, 0.5, 100], 2],
];
for (const [values, count] of outliers)
  test(`${count} outliers in ${values.join(' ')}`, () => assert.equal(countOutliers(values), count));

const steadiness: readonly [name: string, times: number[], steady: boolean][] = [
  ['too few', [1, 1, 1, 1, 1], false],
  ['constant', [1, 1, 1, 1, 1, 1], true],
  ['still falling', [9, 8, 7, 6, 5, 4], false],
  ['a cold start long ago', [90, 9, 5, 5, 5, 5, 5, 5, 5], true],
  ['falling slowly', [2, 1.9, 1.8, 1.7, 1.6, 1.5, 1.4, 1.3, 1.2], false],
  ['within two per cent', [1.01, 1.01, 1.01, 1, 1, 1], true],
  ['three per cent apart', [1.031, 1.031, 1.031, 1, 1, 1], false],
  ['noisy but level', [1, 1.4, 0.8, 1.2, 0.9, 1.3, 1.1, 0.8, 1.2, 0.9, 1.3, 1], true],
];
for (const [name, times, steady] of steadiness) test(`steady: ${name}`, () => assert.equal(isSteady(times), steady));
