import assert from 'node:assert/strict';
import { test } from 'node:test';
import { figure } from '../../src/base/figure';
import { modelCard, statement, totalsOf } from '../../src/report/statement';
import { aRun, someEnergy } from '../support/runRecords';

const coverage = [{ domain: 'cpu-package', sensor: 'rapl', method: 'counter' }] as const;
const run = (id: string, fields: Parameters<typeof aRun>[0] | object = {}): ReturnType<typeof aRun> =>
  aRun({
    id,
    durationS: 100,
    command: ['python', 'a_b.py'],
    coverage,
    exitCode: 0,
    energy: someEnergy(3_600_000),
    carbonG: figure(400, 300, 500, 'modelled', 'grid'),
    region: 'DEU',
    device: 'CPU 1',
    ...fields,
  });
const runs = [
  run('good'),
  run('failed', { exitCode: 1, energy: someEnergy(1_800_000) }),
  run('blind', { energy: null, carbonG: null }),
  run('profile', { kind: 'profile' }),
];

test('failed runs count, profiles do not, and what is unknown is said', () => {
  const totals = totalsOf(runs);
  assert.deepEqual([totals.runs, totals.failed, totals.unknown], [3, 1, 1]);
  assert.deepEqual([totals.energyJ?.value, Math.round(totals.energyJ?.low ?? NaN)], [5_400_000, 4_860_000]);
  assert.equal(totals.carbonG?.value, 800);
});

test('a model card’s emissions are grams', () => {
  const card = modelCard(runs) ?? '';
  assert.match(card, /^---\nco2_eq_emissions:\n {2}emissions: 800\n/);
  assert.match(card, /lower bound/);
  assert.match(card, /geographical_location: "DEU"/);
  assert.equal(modelCard([run('blind', { energy: null, carbonG: null })]), undefined);
});

test('a statement has kWh, kg, range, boundary, PUE, region, and a row per run', () => {
  const words = statement(runs, 'markdown');
  for (const part of [
    'at least 1.5 kWh',
    '1.35 to 1.65 kWh',
    '0.8 kg',
    'cpu-package',
    'rapl (counter)',
    'effectiveness of 1',
    'DEU',
    '1 failed',
    'The energy of 1 runs is not known',
  ])
    // prettier-ignore
    assert.ok(words.includes(part), `${part} is not in: ${words}`);
  assert.equal(words.split('\n').filter(line => line.startsWith('| ')).length, 2 + 3);
});

test('runs of which nothing is known have no sums, not sums of zero', () => {
  const blind = [run('blind', { energy: null, carbonG: null, durationS: null })];
  const { energyJ, carbonG, durationS } = totalsOf(blind);
  assert.deepEqual([energyJ, carbonG, durationS], [null, null, null]);
  const words = statement(blind, 'markdown');
  assert.match(words, /took an unknown time and drew an amount of electricity that is not known\./);
  assert.match(words, /The carbon emissions of this are not known\./);
  assert.doesNotMatch(words, /\b0 k/);
});

test('carbon that one run does not tell makes the sum a lower bound, though its energy is known', () => {
  const words = statement([run('a'), run('b', { carbonG: null })], 'markdown');
  assert.match(words, /drew 2 kWh of electricity \(range/);
  assert.match(words, /this is at least 0\.4 kg CO2e \(what is known: range/);
  assert.match(modelCard([run('a'), run('b', { carbonG: null })]) ?? '', /lower bound/);
});

test('other tools’ figures are said to have no range', () => {
  assert.match(
    statement([run('a', { kind: 'import' })], 'markdown'),
    /Of 1 runs another tool gave the figures; it told no range/,
  );
  assert.doesNotMatch(statement(runs, 'markdown'), /another tool gave/);
});

test('what means something to LaTeX is escaped', () => {
  const words = statement([run('x', { command: ['a_b', '50%', 'c&d', '\\e', '{f}'] })], 'latex');
  assert.ok(words.includes(String.raw`a\_b 50\% `) || words.includes(String.raw`50\%`), words);
  assert.ok(words.includes(String.raw`c\&d`) && words.includes(String.raw`\textbackslash{}e`), words);
  assert.doesNotMatch(words, /[^\\$]_/);
});
