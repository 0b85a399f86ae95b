import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Counter, counterDelta, parseCounter } from '../../src/meters/counter';

const wraps: readonly [before: bigint, after: bigint, range: bigint, expected: bigint][] = [
  [10n, 30n, 100n, 20n],
  [90n, 5n, 100n, 15n], // started over once: 5 + 100 − 90
  [0n, 0n, 100n, 0n],
  [99n, 0n, 100n, 1n],
  [262_143_328_849n, 1n, 262_143_328_850n, 2n],
  // Beyond what a double holds exactly.
  [18_446_744_073_709_551_000n, 615n, 18_446_744_073_709_551_616n, 1231n],
];
for (const [before, after, range, expected] of wraps) {
  test(`counter ${before} → ${after} of ${range}`, () => assert.equal(counterDelta(before, after, range), expected));
}

const contents: readonly [content: string, expected: bigint | undefined][] = [
  ['0\n', 0n],
  ['93412345678\n', 93_412_345_678n],
  [' 7 ', 7n],
  ['', undefined],
  ['-3', undefined],
  ['1e6', undefined],
  ['12 34', undefined],
  ['<none>', undefined],
  ['9'.repeat(21), undefined],
];
for (const [content, expected] of contents) {
  test(`counter file ${JSON.stringify(content)}`, () => assert.equal(parseCounter(content), expected));
}

test('movement is known from the second value on, and not across a failed one', () => {
  const counter = new Counter(100n);
  const values: readonly [bigint | undefined, bigint | undefined][] = [
    [40n, undefined],
    [70n, 30n],
    [undefined, undefined],
    [90n, undefined],
    [10n, 20n],
  ];
  for (const [value, expected] of values) assert.equal(counter.advance(value), expected);
});
