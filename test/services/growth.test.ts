/** How costs grow with the sizes of the inputs: by reading again, exactly, or not at all. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FileRead } from '../../src/frontends/frontend';
import { growthOf, trend } from '../../src/services/growth';
import type { Trend } from '../../src/report/growth';
import { readPython } from '../support/torchModels';

const TRENDS: readonly [values: readonly number[], expected: Trend][] = [
  [[5, 5, 5, 5], 'constant'],
  [[3, 5, 7, 9], 'linear'],
  [[1, 4, 9, 16], 'quadratic'],
  [[2, 7, 14, 23], 'quadratic'], // n² + 2n - 1
  [[1, 8, 27, 64], 'irregular'],
  [[1, 2, 4, 8], 'irregular'],
];
for (const [values, expected] of TRENDS)
  test(`${values.join(', ')} is ${expected}`, () => {
    assert.equal(trend(values), expected);
  });

async function growth(path: string, model: string, inputs: readonly string[]): Promise<readonly string[]> {
  const again = (name: string, specs: readonly string[]): Promise<FileRead> =>
    readPython({ path, model: name, inputs: specs });
  const [read] = (await again(model, inputs)).models;
  assert.ok(read !== undefined);
  const found = await growthOf(read, inputs, again);
  return found.map(({ of, macs, peakActivationBytes, values }) => `${of}: ${macs} ${peakActivationBytes} at ${values.map(({ factor }) => factor).join(' ')}`); // prettier-ignore
}

test('a convolutional network grows with the square of the side', async () => {
  assert.deepEqual(await growth('test/sample/land_cover/unet.py', 'LandCoverUNet', ['float32[1,10,64,64]']), [
    'batch: linear linear at 1 2 3 4',
    'resolution: quadratic quadratic at 1 2 3 4',
  ]);
});

test('where a model has a longest sequence, shorter ones are read', async () => {
  const [, length] = await growth('test/fixtures/torch/language_model.py', 'Net', ['int64[1,16]']);
  // The peak moves from the logits to the attention's scores on the way.
  assert.equal(length, 'length: quadratic irregular at 0.25 0.5 0.75 1');
});

test('a size that the model refuses is not known', async () => {
  const [batch, resolution] = await growth('test/fixtures/torch/numpy_sizes.py', 'Net', ['float32[4,2,4,5]']);
  assert.match(batch ?? '', /^batch: linear/);
  assert.equal(resolution, 'resolution: null null at ');
});
