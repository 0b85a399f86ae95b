/** SPECs from answers: what is complete is said, what another size decides is left out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { text } from '../../src/base/text';
import { openNeeds, specsFor } from '../../src/editor/specs';
import type { InputReport } from '../../src/report/view';
import { modelReport } from '../support/reports';

const input = (name: string, shape: InputReport['shape'], basis: InputReport['basis'] = 'declared'): InputReport => ({
  name,
  dtype: 'int64',
  shape,
  basis,
  source: '',
  text: text(''),
});

const cases: readonly (readonly [string, readonly InputReport[], Record<string, number>, readonly string[]])[] = [
  ['complete inputs need no words', [input('x', [1, 3])], {}, []],
  ['an answer completes its input', [input('x', [1, null])], { 'x.1': 128 }, ['x=int64[1,128]']],
  ['what is open elsewhere is left out', [input('x', [null, 8]), input('y', [null, 8])], { 'x.0': 2 }, ['x=int64[2,8]']],
  ['half an answer is none', [input('x', [null, null])], { 'x.0': 2 }, []],
  ['what was given stays given', [input('x', [4], 'given'), input('y', [null])], { 'y.0': 2 }, ['x=int64[4]', 'y=int64[2]']],
  ['a scalar', [input('sr', [], 'given')], {}, ['sr=int64[]']],
  ['a type that nobody knows', [{ ...input('x', null), dtype: null }], {}, []],
]; // prettier-ignore
for (const [name, inputs, answers, expected] of cases)
  test(name, () => assert.deepEqual(specsFor(inputs, new Map(Object.entries(answers))), expected));

test('needs that are answered are no longer open', () => {
  const model = modelReport({
    needs: [
      { of: 'dim', name: 'batch', input: 'x', axis: 0 },
      { of: 'dim', name: 'length', input: 'x', axis: 1 },
      { of: 'argument', name: 'y' },
    ],
  });
  assert.deepEqual(openNeeds(model, new Map([['x.0', 1]])).map(({ name }) => name), ['length']); // prettier-ignore
});
