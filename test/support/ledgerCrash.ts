/** Two writers at once, killed at random moments, while somebody reads: what must hold of the ledger afterwards. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { ledgerFile, loadLedger } from '../../src/services/ports/ledger';

export interface CrashCount {
  readonly kills: number;
  readonly acknowledged: number;
  /** Acknowledged, and not to be read afterwards. */
  readonly lost: readonly string[];
  /** Pieces that a killed writer left. */
  readonly pieces: number;
  readonly reads: number;
}

export async function crash(kills: number, say: (line: string) => void = () => undefined): Promise<CrashCount> {
  const folder = await mkdtemp(join(tmpdir(), 'ledger-crash-'));
  try {
    const program = join(folder, 'writer.cjs');
    await build({
      entryPoints: ['test/support/ledgerWriter.ts'],
      outfile: program,
      bundle: true,
      platform: 'node',
      logLevel: 'warning',
    });
    const total = { kills: 0, acknowledged: 0, lost: [] as string[], pieces: 0, reads: 0 };
    while (total.kills < kills) {
      // Anew every few rounds: reading it all again and again would be most of the time.
      const data = join(folder, String(total.kills));
      const acknowledged: string[] = [];
      for (let round = 0; round < 5 && total.kills < kills; round++) {
        const file = ledgerFile(data, null);
        const killed = ['a', 'b'].map(name => killedWriter(program, file, `${name}${round}`));
        total.reads += await readMeanwhile(data, Promise.all(killed));
        for (const ids of await Promise.all(killed)) acknowledged.push(...ids);
        total.kills += killed.length;
      }
      const { runs, damage } = loadLedger(data);
      const there = new Set(runs.map(({ id }) => id));
      total.acknowledged += acknowledged.length;
      total.lost.push(...acknowledged.filter(id => !there.has(id)));
      total.pieces += damage.length;
      await rm(data, { recursive: true, force: true });
      say(`${total.kills} kills, ${total.acknowledged} records acknowledged, ${total.lost.length} lost`);
    }
    return total;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Waits for its first record, since starting up is most of its life, then kills it within a few hundredths. */
function killedWriter(program: string, file: string, name: string): Promise<readonly string[]> {
  const child = spawn(process.execPath, [program, file, name, '3000000'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (part: Buffer) => {
    if (said === '') setTimeout(() => child.kill('SIGKILL'), 60 * Math.random());
    said += part.toString();
  });
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('close', (code, signal) => {
      if (signal !== 'SIGKILL') fail(new Error(`the writer ended by itself with ${code}`));
      // What stands behind the last end of line was not said whole.
      else done(said.split('\n').slice(0, -1));
    });
  });
}

/** A reader that throws fails the test. */
async function readMeanwhile(data: string, until: Promise<unknown>): Promise<number> {
  const state = { over: false, reads: 0 };
  const end = (): void => void (state.over = true);
  until.then(end, end);
  while (!state.over) {
    loadLedger(data);
    state.reads++;
    await new Promise(done => setTimeout(done, 20));
  }
  return state.reads;
}
