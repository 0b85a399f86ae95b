/** `modelwatt run` as the program that is shipped: what passes through it, and what is recorded. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { csvRecords } from '../../src/report/csv';
import type { RunRecord } from '../../src/report/run';
import { announcementFolder, announcements } from '../../src/services/ports/announce';
import { loadHistory } from '../../src/services/ports/history';
import { loadLedger } from '../../src/services/ports/ledger';
import type { Program } from '../support/commandLine';
import { openProgram } from '../support/commandLine';

let program: Program;
let data: string;
before(async () => {
  program = await openProgram();
  data = await mkdtemp(join(tmpdir(), 'modelwatt-run-'));
});
after(async () => {
  await program.close();
  await rm(data, { recursive: true, force: true });
});

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
  options: readonly string[] = [],
) {
  const child = spawn(process.execPath, [program.path, 'run', ...options, '--', ...command], {
    env: { ...process.env, LC_ALL: 'C', MODELWATT_DATA: data, MODELWATT_RUN: '', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (part: Buffer) => void (stdout += part.toString()));
  child.stderr.on('data', (part: Buffer) => void (stderr += part.toString()));
  const ended = new Promise<Ran>(done => child.once('close', code => done({ code, stdout, stderr })));
  return { child, ended };
}

async function ran(command: readonly string[], input = '', env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const { child, ended } = start(command, env);
  child.stdin.end(input);
  return ended;
}

/** The last record of a command that has this word in it. */
const recordOf = (word: string): RunRecord | undefined =>
  loadLedger(data).runs.findLast(({ command }) => command?.some(part => part.includes(word)));

async function until(condition: () => boolean, seconds = 40): Promise<void> {
  for (let waited = 0; !condition(); waited += 0.1) {
    if (waited > seconds) throw new Error('waited in vain');
    await sleep(100);
  }
}

const node = (code: string): readonly string[] => [process.execPath, '-e', code];
const linux = { skip: process.platform !== 'linux' };

test('exit code, input and both outputs are the command’s', async () => {
  const { code, stdout, stderr } = await ran(
    node(
      'process.stdin.on("data", data => { process.stdout.write(data); console.error("err"); process.exitCode = 7; })',
    ),
    'in and out',
  );
  assert.deepEqual([code, stdout], [7, 'in and out']);
  assert.match(stderr, /^err\nmodelwatt: /);
});

test('a command that a signal ends has 128 and its number; one that is missing 127', async () => {
  assert.equal((await ran(['sh', '-c', 'kill -TERM $$'])).code, 143);
  assert.equal((await ran(['/no/such/program'])).code, 127);
});

test('a signal reaches the command, whose answer counts', async () => {
  const { child, ended } = start(node('process.on("SIGTERM", () => process.exit(9)); console.log("up"); setInterval(() => 0, 1000)')); // prettier-ignore
  child.stdout.once('data', () => child.kill('SIGTERM'));
  assert.equal((await ended).code, 9);
});

test('a short run is unresolved, and its energy unknown everywhere', async () => {
  const { stderr } = await ran(['true', 'short-one']);
  assert.match(stderr, /too short, or too little work/);
  const record = recordOf('short-one');
  assert.deepEqual([record?.state, record?.exitCode, record?.energy?.status], ['finished', 0, 'unresolved']);
  assert.deepEqual([record?.energy?.attributedJ, record?.carbonG], [null, null]);
  const row = csvRecords(await readFile(join(data, 'emissions.csv'), 'utf8')).find(
    ({ run_id }) => run_id === record?.id,
  );
  assert.deepEqual([row?.['energy_consumed'], row?.['emissions']], ['', '']);
});

test('work of a grandchild that its parent has left is the run’s', linux, async () => {
  const busy = `const end = Date.now() + 6000; while (Date.now() < end);`;
  // The shell in between ends at once.
  const { stderr } = await ran(['sh', '-c', `(sh -c '"$0" -e "$1" &' "${process.execPath}" "${busy}"); sleep 7; : left-one`]); // prettier-ignore
  const record = recordOf('left-one');
  assert.match(stderr, /J \(/);
  const share = record?.energy?.shares.find(({ domain }) => domain === 'cpu-package');
  assert.ok((record?.energy?.attributedJ?.value ?? 0) > 0 && (share?.share.value ?? 0) > 0.02, JSON.stringify(share));
  assert.equal(record?.energy?.shares[0]?.rule, 'cpu-time');
});

test('progress is read from output that passes through, and stands in the record', linux, async () => {
  const script = 'for i in 1 2 3 4; do echo "Epoch $i/4"; sleep 1.5; done; : epochs-one';
  const { stdout } = await ran(['sh', '-c', script]);
  assert.match(stdout, /Epoch 1\/4\nEpoch 2\/4/);
  assert.ok((recordOf('epochs-one')?.progress?.epochs ?? 0) >= 3, JSON.stringify(recordOf('epochs-one')?.progress));
});

test('a run whose starter is killed goes on being recorded to its end', linux, async () => {
  const { child } = start(['sh', '-c', 'sleep 5; : killed-one'], {}, ['--no-progress']);
  await until(() => recordOf('killed-one')?.state === 'running');
  child.kill('SIGKILL');
  const running = announcements(announcementFolder(data)).filter(({ ended }) => !ended);
  assert.equal(running.length, 1);
  await until(() => recordOf('killed-one')?.state === 'finished');
  const record = recordOf('killed-one');
  assert.ok((record?.durationS ?? 0) >= 4.5, String(record?.durationS));
  assert.equal(record?.exitCode, null);
});

test('a recorder that is killed leaves the command alone, and its run is told as lost', linux, async () => {
  const { ended } = start(['sh', '-c', 'sleep 4; exit 3; : orphan-one']);
  await until(() => recordOf('orphan-one')?.state === 'running');
  const [recorder] = announcements(announcementFolder(data)).filter(({ id }) => id === recordOf('orphan-one')?.id);
  process.kill(recorder?.pid ?? NaN, 'SIGKILL');
  const { code, stderr } = await ended;
  assert.equal(code, 3);
  assert.match(stderr, /recorder of this run has ended/);
  assert.equal(loadHistory(data).runs.find(({ id }) => id === recordOf('orphan-one')?.id)?.state, 'lost');
});

test('a run within a run keeps its own CPU time', linux, async () => {
  const busy = `"${process.execPath}" -e "const end = Date.now() + 7000; while (Date.now() < end);"; : inner-one`;
  await ran(['sh', '-c', `"${process.execPath}" "${program.path}" run -- sh -c '${busy}'; : outer-one`]);
  const energyOf = (end: string): number =>
    loadLedger(data).runs.find(({ command }) => command?.at(-1)?.endsWith(end))?.energy?.attributedJ?.value ?? NaN;
  // The outer one only waits.
  assert.ok(energyOf('outer-one') < energyOf('inner-one'), `${energyOf('outer-one')} < ${energyOf('inner-one')}`);
});

test('on a login node of a job nothing is measured, and the record says so', async () => {
  const { stderr } = await ran(['true', 'login-one'], '', { SLURM_JOB_ID: '42' });
  assert.match(stderr, /energy is not known/);
  const record = recordOf('login-one');
  assert.deepEqual([record?.job, record?.energy?.status], [{ scheduler: 'slurm', id: '42', rank: null, node: null }, 'unknown']); // prettier-ignore
  assert.match(record?.notes[0]?.template ?? '', /not one of the job/);
});
