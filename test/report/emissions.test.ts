import assert from 'node:assert/strict';
import { test } from 'node:test';
import { figure } from '../../src/base/figure';
import { csvLine, csvRecords } from '../../src/report/csv';
import { emissionsFile } from '../../src/report/emissions';
import { aRun, someEnergy } from '../support/runRecords';

test('cells with separators, quotes and ends of line are read as they were', () => {
  const cells = ['a,b', 'say "x"', 'two\nlines', '', 'plain'];
  const [record] = csvRecords(csvLine(['1', '2', '3', '4', '5']) + csvLine(cells));
  assert.deepEqual(Object.values(record ?? {}), cells);
});

test('an empty last cell, Windows’ ends of line and a missing last one are read', () => {
  assert.deepEqual(csvRecords('\uFEFFa,b\r\n1,\r\n3,4'), [{ a: '1', b: '' }, { a: '3', b: '4' }]); // prettier-ignore
});

test('energy is in kWh, carbon in kg, and the rate in kg per second', () => {
  const run = aRun({
    id: 'x',
    durationS: 10,
    energy: someEnergy(7_200_000),
    carbonG: figure(500, 400, 600, 'modelled', 'grid'),
    region: 'DEU',
  });
  const [row] = csvRecords(emissionsFile([run]));
  const numbers = ['energy_consumed', 'cpu_energy', 'cpu_power', 'emissions', 'emissions_rate'].map(name => Number(row?.[name])); // prettier-ignore
  assert.deepEqual(numbers, [2, 2, 720_000, 0.5, 0.05]);
  assert.equal(row?.['gpu_energy'], '');
});

test('what is unknown is an empty cell and never 0', () => {
  const [row] = csvRecords(emissionsFile([aRun({ id: 'x', durationS: 3 })]));
  assert.deepEqual(['energy_consumed', 'cpu_energy', 'emissions', 'cpu_power'].map(name => row?.[name]), ['', '', '', '']); // prettier-ignore
});
