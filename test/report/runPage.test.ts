/** A run as a page, and two compared: unknown is said, unlike energies are not compared. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { figure } from '../../src/base/figure';
import { render, text } from '../../src/base/text';
import { createFormatter } from '../../src/report/format';
import { comparePage, runPage, runSummary, runTitle } from '../../src/report/runPage';
import { aRun, someEnergy } from '../support/runRecords';

const words = { say: render, format: createFormatter('en'), when: (iso: string) => iso };
const rowOf = (page: string, name: string): readonly string[] =>
  (page.split('\n').find(line => line.startsWith(`| ${name} |`)) ?? '').split(' | ').map(cell => cell.replace(/^\| | \|$/g, '')); // prettier-ignore

test('a run without energy says why and never 0', () => {
  const short = aRun({ id: 'a', energy: someEnergy(3, { status: 'unresolved', attributedJ: null, shares: [] }) });
  assert.equal(runSummary(short, words), 'too short for the sensors');
  assert.equal(runSummary(aRun({ id: 'a' }), words), 'unknown');
  assert.doesNotMatch(runPage(aRun({ id: 'a' }), words), /\b0 J/);
});

test('a run with energy shows value, range and basis, and what is missing of it', () => {
  const unattributed = [{ domain: 'gpu:0', seconds: 4, atMostJ: null, reason: text('nobody told') }];
  const run = aRun({ id: 'a', command: ['python', 'train.py'], durationS: 10, energy: someEnergy(500, { status: 'partial', unattributed }) }); // prettier-ignore
  const page = runPage(run, words);
  assert.equal(rowOf(page, 'Energy, attributed')[1], '500 J (450–550 J, measured)');
  assert.equal(rowOf(page, 'Mean power')[1], '50 W (45–55 W, measured)');
  assert.equal(rowOf(page, 'gpu:0')[3], 'nobody told');
  assert.equal(runSummary(run, words), '500 J · incomplete');
});

test('a title is the command, else what started it', () => {
  assert.equal(runTitle(aRun({ id: 'a', command: ['python  train.py\n--x'] }), render), 'python train.py --x');
  assert.equal(runTitle(aRun({ id: 'a', notes: [text('Task "{0}"', 'fit')] }), render), 'Task "fit"');
});

test('two runs are compared row by row', () => {
  const coverage = [{ domain: 'cpu-package', sensor: 'rapl', method: 'counter' }] as const;
  const first = aRun({ id: 'a', durationS: 10, energy: someEnergy(500), coverage });
  const second = aRun({ id: 'b', durationS: 8, energy: someEnergy(300), coverage });
  const page = comparePage(first, second, words);
  assert.equal(rowOf(page, 'Energy, attributed')[3], '−40 %');
  assert.equal(rowOf(page, 'Duration')[3], '−20 %');
  const unlike = comparePage(first, { ...second, coverage: [] }, words);
  assert.equal(rowOf(unlike, 'Energy, attributed')[3], '–');
  assert.match(unlike, /different parts/);
});

test('forecasts stand beside what came', () => {
  const forecast = { atS: 60, durationS: figure(600, 500, 700, 'modelled', ''), energyJ: figure(900, 800, 1000, 'modelled', ''), carbonG: null }; // prettier-ignore
  const progress = { epochs: 3, joulesPerEpoch: null, joulesPerStep: null, forecasts: [forecast] };
  const page = runPage(aRun({ id: 'a', durationS: 650, energy: someEnergy(850), progress }), words);
  assert.deepEqual(rowOf(page, '1 min').slice(2), ['10.8 min', '0.8–1 kJ', '850 J', 'yes']);
});

test('a command is text, whatever it holds', () => {
  const page = runPage(aRun({ id: 'a', command: ['echo "[x](command:evil) <img src=x> | `y`"'] }), words);
  assert.match(page, /\\\[x\\\]\\\(command:evil\\\) \\<img src=x\\> \\\| \\`y\\`/);
});
