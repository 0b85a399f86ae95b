/** Other batches and lengths of sequences. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { text } from '../../src/base/text';
import { sizesOf, specsAtSizes } from '../../src/report/sizes';
import type { InputReport } from '../../src/report/view';

const input = (name: string, dtype: string, shape: readonly (number | null)[] | null): InputReport => ({
  ...{ name, dtype, shape, basis: 'assumed', source: '', text: text('a test') },
});
const image = input('x', 'float32', [1, 3, 32, 32]);
const tokens = input('ids', 'int64', [2, 16]);

const rows: readonly [string, readonly InputReport[], object, object, readonly string[]][] = [
  ['the batch of an image', [image], { batch: 1 }, { batch: 8 }, ['x=float32[8,3,32,32]']],
  ['tokens', [tokens], { batch: 2, sequence: 16 }, { batch: 4, sequence: 64 }, ['ids=int64[4,64]']],
  [
    'a mask follows the tokens',
    [tokens, input('mask', 'bool', [2, 16, 16]), input('memory', 'float32', [2, 16, 16])],
    { batch: 2, sequence: 16 },
    { sequence: 5 },
    ['ids=int64[2,5]', 'mask=bool[2,5,5]', 'memory=float32[2,5,5]'],
  ],
  ['a scalar has no batch', [image, input('t', 'int64', [])], { batch: 1 }, { batch: 2 }, ['x=float32[2,3,32,32]', 't=int64[]']],
  ['batches that disagree are no batch', [image, tokens], { sequence: 16 }, { batch: 4 }, ['x=float32[1,3,32,32]', 'ids=int64[2,16]']],
  ['an open size is left to the reader', [input('x', 'float32', [null, 3])], {}, { batch: 4 }, []],
]; // prettier-ignore
for (const [what, inputs, now, wanted, specs] of rows)
  test(what, () => {
    assert.deepEqual(sizesOf(inputs), now);
    assert.deepEqual(specsAtSizes(inputs, wanted), specs);
  });
