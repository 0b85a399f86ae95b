import assert from 'node:assert/strict';
import { test } from 'node:test';
import { render } from '../../src/base/text';
import { compareRuns, comparisonTable } from '../../src/report/comparison';
import { aRun, someEnergy } from '../support/runRecords';

const a = aRun({ id: 'a', durationS: 10, energy: someEnergy(100), host: 'h', commit: { id: 'aaaa', dirty: false } });

const of = (name: string, b: typeof a): { change: number | null; clear: boolean | null } | undefined =>
  compareRuns(a, b).quantities.find(quantity => quantity.name === name);

test('a change is clear where the ranges are apart, and else within what is not known', () => {
  const half = aRun({ ...a, id: 'b', energy: someEnergy(50) });
  const near = aRun({ ...a, id: 'c', energy: someEnergy(95) });
  assert.deepEqual([of('energyJ', half)?.change, of('energyJ', half)?.clear], [-0.5, true]);
  assert.equal(of('energyJ', near)?.clear, false);
  assert.match(
    comparisonTable(compareRuns(a, near), [a, near], message => render(message)),
    /within what is not known/,
  );
});

test('what is unknown has no change', () => {
  const blind = aRun({ ...a, id: 'b', energy: null });
  assert.deepEqual([of('energyJ', blind)?.change, of('energyJ', blind)?.clear], [null, null]);
});

test('what makes the comparison unfair is said', () => {
  const other = aRun({ ...a, id: 'b', host: 'other', commit: { id: 'bbbb', dirty: false }, exitCode: 2 });
  const said = compareRuns(a, other)
    .differences.map(difference => render(difference))
    .join('\n');
  assert.match(said, /different machines[^]*different commits: aaaa and bbbb[^]*b failed with exit code 2/);
  assert.deepEqual(compareRuns(a, aRun({ ...a, id: 'b' })).differences, []);
});
