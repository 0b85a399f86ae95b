/** torchvision's classifiers count as in PyTorch; the others are in files beside this one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builderRows } from '../../support/torchvision';
import { countBuilders } from '../../support/torchvisionCounts';

countBuilders(/models\/\w+\.py$/);

test('the table has every builder of this version', () => {
  assert.equal(
    new Set(builderRows.map(row => JSON.stringify([row.builder, row.args, row.inputs]))).size,
    builderRows.length,
  );
  assert.ok(builderRows.length >= 120);
});
