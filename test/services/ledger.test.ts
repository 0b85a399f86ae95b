import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { InputError } from '../../src/base/findings';
import { appendEntry, ledgerFile, ledgerFolder, loadLedger } from '../../src/services/ports/ledger';
import { crash } from '../support/ledgerCrash';
import { aRun } from '../support/runRecords';

async function dataFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ledger-test-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test('no acknowledged record is lost and no reader fails when two writers are killed forty times', async () => {
  const { kills, acknowledged, lost, reads } = await crash(40);
  assert.deepEqual(lost, []);
  assert.ok(kills === 40 && acknowledged >= kills && reads > 0, JSON.stringify({ kills, acknowledged, reads }));
});

test('what is appended is read again; a ledger that is not there is empty', async t => {
  const data = await dataFolder(t);
  assert.deepEqual(loadLedger(data), { runs: [], damage: [], deleted: [] });
  const run = aRun({ id: 'a', command: ['python', 'träin.py', 'a\nb'] });
  appendEntry(ledgerFile(data, null), { run });
  assert.deepEqual(loadLedger(data), { runs: [run], damage: [], deleted: [] });
});

test('a piece without an end does not spoil what is appended after it', async t => {
  const data = await dataFolder(t);
  const file = ledgerFile(data, null);
  appendEntry(file, { run: aRun({ id: 'a' }) });
  await appendFile(file, '\n{"schema":2,"crc":"00');
  appendEntry(file, { run: aRun({ id: 'b' }) });
  const { runs, damage } = loadLedger(data);
  assert.deepEqual([runs.map(({ id }) => id), damage.length], [['a', 'b'], 1]);
});

test('every rank of a job has a file of its own, and all are one ledger', async t => {
  const data = await dataFolder(t);
  for (const rank of [0, 1]) {
    const job = { scheduler: 'slurm', id: '77', rank, node: 'n1' } as const;
    appendEntry(ledgerFile(data, job, 'n1'), { run: aRun({ id: `r${rank}`, job }) });
  }
  assert.notEqual(
    ledgerFile(data, { scheduler: 'slurm', id: '77', rank: 0, node: null }, 'n1'),
    ledgerFile(data, { scheduler: 'slurm', id: '77', rank: 1, node: null }, 'n1'),
  );
  assert.deepEqual(
    loadLedger(data).runs.map(({ id }) => id),
    ['r0', 'r1'],
  );
});

test('a full disk is a clear refusal', { skip: !existsSync('/dev/full') }, async t => {
  const data = await dataFolder(t);
  const file = ledgerFile(data, null);
  await mkdir(ledgerFolder(data));
  await symlink('/dev/full', file);
  const isFull = (error: unknown): boolean => error instanceof InputError && error.code === 'disk-full';
  assert.throws(() => appendEntry(file, { run: aRun({ id: 'a' }) }), isFull);
});
