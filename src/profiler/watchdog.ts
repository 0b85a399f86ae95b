/**
 * A thread beside the blocked main one: it ends the child when the parent is gone or memory runs away. Both would
 * otherwise wait for the end of a run that may take minutes.
 */
import { Worker } from 'node:worker_threads';

/** Left in the child's folder for the parent, since a killed process cannot say why. */
export const MEMORY_MARK = 'memory-limit';

export interface Watchdog {
  /** From now on the folder goes when the child is orphaned, and the limit holds. */
  guard(folder: string, memoryLimitBytes: number): void;
}

export function startWatchdog(parentPid: number): Watchdog {
  const thread = new Worker(PROGRAM, { eval: true, workerData: { parentPid, mark: MEMORY_MARK } });
  thread.unref();
  return { guard: (folder, limit) => thread.postMessage({ folder, limit }) };
}

// As text, because the child's own file would load everything again. Nothing of the runtime may be touched from here.
const PROGRAM = `
const { parentPort, workerData } = require('node:worker_threads');
const { rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { parentPid, mark } = workerData;
let folder, limit = Infinity;
parentPort.on('message', message => ({ folder, limit } = message));

const orphaned = () => {
  if (process.platform !== 'win32') return process.ppid !== parentPid;
  try {
    process.kill(parentPid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
};
const attempt = work => {
  try {
    work();
  } catch {}
};

setInterval(() => {
  if (orphaned()) {
    if (folder) attempt(() => rmSync(folder, { recursive: true, force: true }));
    process.kill(process.pid, 'SIGKILL');
  } else if (process.memoryUsage.rss() > limit) {
    attempt(() => writeFileSync(join(folder, mark), ''));
    process.kill(process.pid, 'SIGKILL');
  }
}, 200);
`;
