/** Sorting, filtering and windowing the table of layers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Column, filterRows, rowsOf, sortRows, windowOf } from '../../webview/rows';
import { layerReport, modelReport } from '../support/reports';

const model = modelReport({
  layers: [
    layerReport({ path: 'stem', op: 'conv2d', macs: 300, parameters: 10, latencyS: 2 }),
    layerReport({ path: 'blocks.2', op: 'linear', macs: 100, parameters: null }),
    layerReport({ path: 'blocks.10', op: 'linear', macs: 600, parameters: 30, outputs: ['float32[1,7]'] }),
    layerReport({ path: 'blocks.10#relu[0]', op: 'relu', macs: 0, parameters: 0 }),
  ],
});
const rows = rowsOf(model, 'macs', undefined);
const order = (column: Column, descending: boolean): number[] =>
  sortRows(rows, { column, descending }).map(({ index }) => index);

test('shares are of the chosen measure', () => {
  assert.deepEqual(rows.map(({ share }) => share), [0.3, 0.1, 0.6, 0]); // prettier-ignore
  assert.deepEqual(rowsOf(model, 'measured', [1, null, 3, 0]).map(({ share }) => share), [0.25, null, 0.75, 0]); // prettier-ignore
});

test('without any known cost there are no shares', () =>
  assert.ok(rowsOf(model, 'measured', undefined).every(({ share }) => share === null)));

const sorts: readonly (readonly [Column, boolean, readonly number[]])[] = [
  ['order', false, [0, 1, 2, 3]],
  ['order', true, [3, 2, 1, 0]],
  ['macs', true, [2, 0, 1, 3]],
  // Unknown last, whichever way.
  ['parameters', false, [3, 0, 2, 1]],
  ['parameters', true, [2, 0, 3, 1]],
  // Numbers in names by their value; equal ones in the order of execution.
  ['path', false, [1, 2, 3, 0]],
  ['op', false, [0, 1, 2, 3]],
];
for (const [column, descending, expected] of sorts)
  test(`by ${column}, ${descending ? 'falling' : 'rising'}`, () =>
    assert.deepEqual(order(column, descending), expected));

const filters: readonly (readonly [string, readonly number[]])[] = [
  ['', [0, 1, 2, 3]],
  ['LINEAR', [1, 2]],
  ['blocks 10', [2, 3]],
  ['1,7', [2]],
  ['nothing', []],
];
for (const [filter, expected] of filters)
  test(`filter "${filter}"`, () => assert.deepEqual(filterRows(rows, filter).map(({ index }) => index), expected)); // prettier-ignore

test('only what is seen is drawn, and a little more', () => {
  assert.deepEqual(windowOf(10_000, 24, 0, 480), { first: 0, end: 28 });
  assert.deepEqual(windowOf(10_000, 24, 24_000, 480), { first: 992, end: 1028 });
  assert.deepEqual(windowOf(5, 24, 0, 480), { first: 0, end: 5 });
  assert.deepEqual(windowOf(0, 24, 900, 480), { first: 0, end: 0 });
});
