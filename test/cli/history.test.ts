/** The history on the command line: list, compare, export, delete, take over. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { figure } from '../../src/base/figure';
import { csvRecords } from '../../src/report/csv';
import { appendEntry, ledgerFile } from '../../src/services/ports/ledger';
import { runInside } from '../support/commandLine';
import { aRun, someEnergy } from '../support/runRecords';

let data: string;
before(async () => {
  data = await mkdtemp(join(tmpdir(), 'modelwatt-history-'));
  process.env['MODELWATT_DATA'] = data;
  const carbonG = figure(2, 1, 3, 'modelled', 'grid');
  const runs = [
    aRun({
      id: '20260101-aaa',
      command: ['python', 'train.py'],
      durationS: 5,
      exitCode: 0,
      energy: someEnergy(100),
      carbonG,
    }),
    aRun({
      id: '20260102-bbb',
      startedAt: '2026-01-03T00:00:00.000Z',
      durationS: 4,
      exitCode: 1,
      energy: someEnergy(50),
    }),
    aRun({ id: '20260103-ccc', startedAt: '2026-01-04T00:00:00.000Z', state: 'running', host: 'elsewhere' }),
  ];
  for (const run of runs) appendEntry(ledgerFile(data, null), { run });
});
after(async () => {
  delete process.env['MODELWATT_DATA'];
  await rm(data, { recursive: true, force: true });
});

test('the history is listed, with what is unknown as null', async () => {
  const { code, stdout } = await runInside(['history', '--format', 'json']);
  const { runs } = JSON.parse(stdout) as { runs: { id: string; command: string | null; energyJ: { value: number } | null }[] }; // prettier-ignore
  assert.equal(code, 0);
  assert.deepEqual(
    runs.map(({ id }) => id.slice(-3)),
    ['aaa', 'bbb', 'ccc'],
  );
  assert.deepEqual([runs[0]?.command, runs[0]?.energyJ?.value, runs[2]?.energyJ], ['python train.py', 100, null]);
  assert.match((await runInside(['history'])).stdout, /train\.py/);
});

test('runs are named by parts of their ids, and counted from the last', async () => {
  const { stdout } = await runInside(['compare', 'aaa', 'last~1', '--format', 'json']);
  const { a, b } = JSON.parse(stdout) as { a: string; b: string };
  assert.deepEqual([a, b], ['20260101-aaa', '20260102-bbb']);
  assert.equal((await runInside(['compare', 'zzz', 'last'])).code, 2);
  assert.match((await runInside(['compare', '2026', 'last'])).messages.join(), /names 3 runs/);
});

test('exports have a row per run, CodeCarbon’s none of a run that goes on', async () => {
  const csv = csvRecords((await runInside(['export'])).stdout);
  assert.deepEqual(csv.map(row => [row['energy_j'], row['energy_j_low']]), [['100', '90'], ['50', '45'], ['', '']]); // prettier-ignore
  const codecarbon = csvRecords((await runInside(['export', '--format', 'codecarbon'])).stdout);
  assert.equal(codecarbon.length, 2);
  assert.match((await runInside(['export', '--format', 'model-card', '--run', 'aaa'])).stdout, /emissions: 2\n/);
  assert.equal((await runInside(['export', '--format', 'model-card', '--run', 'bbb'])).code, 2);
});

test('other trackers’ files are taken over once, and other files refused', async () => {
  const first = await runInside(['history', '--import', 'test/fixtures/trackers/emissions.csv', '--import', 'test/fixtures/trackers']); // prettier-ignore
  assert.match(first.messages.join('\n'), /emissions\.csv: 2 runs[^]*trackers: 1 runs/);
  const again = await runInside(['history', '--import', 'test/fixtures/trackers/emissions.csv']);
  assert.match(again.messages.join('\n'), /0 runs taken over, 2 known/);
  const path = join(data, 'other.csv');
  await writeFile(path, 'a,b\n1,2\n');
  assert.equal((await runInside(['history', '--import', path])).code, 2);
});

test('a deleted run is gone', async () => {
  await runInside(['history', '--delete', 'bbb', '--delete', 'codecarbon-00000000-0000-4000-8000-000000000001']);
  assert.doesNotMatch((await runInside(['history'])).stdout, /bbb/);
  // It stays deleted, and is not said to be taken over.
  const again = await runInside(['history', '--import', 'test/fixtures/trackers/emissions.csv']);
  assert.match(again.messages.join('\n'), /0 runs taken over, 2 known/);
});

test('the ranks of a job are one list', async () => {
  for (const rank of [0, 1]) {
    const job = { scheduler: 'slurm', id: '7', rank, node: 'n1' } as const;
    appendEntry(ledgerFile(data, job), { run: aRun({ id: `rank-${rank}`, job, energy: someEnergy(10) }) });
  }
  const { stdout } = await runInside(['history', '--job', '7', '--format', 'json']);
  const { runs } = JSON.parse(stdout) as { runs: { id: string }[] };
  assert.deepEqual(
    runs.map(({ id }) => id),
    ['rank-0', 'rank-1'],
  );
});
