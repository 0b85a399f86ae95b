import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFileSync } from 'node:fs';
import { fromCarbontracker, fromEmissions } from '../../src/report/imports';
import { emissionsFile } from '../../src/report/emissions';

const sample = (name: string): string => readFileSync(`test/fixtures/trackers/${name}`, 'utf8');
const near = (value: number | undefined, expected: number): void =>
  assert.ok(value !== undefined && Math.abs(value / expected - 1) < 1e-6, `${value} is not ${expected}`);

test('a row of CodeCarbon’s becomes a run in joules, grams and UTC', () => {
  const [run, ...others] = fromEmissions(sample('emissions.csv'));
  assert.equal(others.length, 1);
  near(run?.energy?.attributedJ?.value, 4.5e-5 * 3.6e6);
  near(run?.carbonG?.value ?? 0, 0.018);
  near(run?.durationS ?? 0, 6);
  assert.deepEqual([run?.kind, run?.region, run?.tool], ['import', 'DEU', 'codecarbon 3.3.2']);
  assert.equal(Date.parse(run?.endedAt ?? '') - Date.parse(run?.startedAt ?? ''), 6000);
});

test('what CodeCarbon writes as 0 for a GPU that is not there is no share, and an empty cell is unknown', () => {
  const [run, broken] = fromEmissions(sample('emissions.csv'));
  assert.deepEqual(
    run?.energy?.shares.map(({ domain }) => domain),
    ['cpu-package', 'dram'],
  );
  assert.deepEqual([broken?.energy?.attributedJ, broken?.carbonG, broken?.energy?.status], [null, null, 'unknown']);
});

test('what is exported in CodeCarbon’s columns and taken over again has the same energy, carbon and time', () => {
  const [run] = fromEmissions(sample('emissions.csv'));
  assert.ok(run);
  const [again] = fromEmissions(emissionsFile([run]));
  near(again?.energy?.attributedJ?.value, run.energy?.attributedJ?.value ?? NaN);
  near(again?.carbonG?.value, run.carbonG?.value ?? NaN);
  near(again?.durationS ?? 0, run.durationS ?? NaN);
});

test('a log of Carbontracker’s tells what its output says, PUE included', () => {
  const run = fromCarbontracker(
    '1_x_carbontracker.log',
    sample('1_carbontracker.log'),
    sample('1_carbontracker_output.log'),
  );
  near(run?.energy?.attributedJ?.value, 0.00055 * 3.6e6);
  near(run?.carbonG?.value, 0.245);
  near(run?.energy?.pue?.value, 1.58);
  near(run?.intensityGPerKWh?.value, 445);
  assert.deepEqual([run?.progress?.epochs, run?.durationS, run?.device], [3, 9, 'Some CPU']);
});

test('a training that was broken off has the energy of the epochs that it did', () => {
  const run = fromCarbontracker('1_carbontracker.log', sample('1_carbontracker.log'), '');
  near(run?.energy?.attributedJ?.value, 9 * 140 * 1.58);
  near(run?.carbonG?.value, ((9 * 140 * 1.58) / 3.6e6) * 445);
});

test('other text is none of theirs', () => {
  assert.deepEqual(fromEmissions('a,b\n1,2\n'), []);
  assert.equal(fromCarbontracker('x', 'hello', ''), undefined);
});
