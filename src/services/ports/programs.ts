/** Other programs through Node, without a shell. */
import { execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { RunProgram } from '../../base/ports';
import type { StreamProgram } from '../../meters/world';

/** Kills the program at the end of its time; the output is cut at a megabyte. */
export const runProgram: RunProgram = (command, args, timeout) =>
  new Promise(resolve => {
    const options = {
      timeout: 1000 * timeout,
      killSignal: 'SIGKILL',
      maxBuffer: 1_000_000,
      windowsHide: true,
    } as const;
    execFile(command, [...args], { ...options, env: plainEnvironment() }, (error, stdout, stderr) => {
      const status = error === null ? 'ok' : error.code === 'ENOENT' ? 'missing' : error.killed ? 'timeout' : 'failed';
      resolve({ status, stdout, stderr });
    });
  });

export const streamProgram: StreamProgram = (command, args, { onLine, onEnd }) => {
  let over = false;
  const end = (problem: string): void => {
    if (over) return;
    over = true;
    onEnd(problem);
  };
  const child = spawn(command, [...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
    windowsHide: true,
    env: plainEnvironment(),
  });
  createInterface({ input: child.stdout }).on('line', line => {
    if (!over) onLine(line);
  });
  child.once('error', error => end(error.message));
  child.once('exit', (code, signal) => end(signal ?? `exit code ${code ?? 'unknown'}`));
  return {
    dispose: () => {
      over = true;
      child.kill();
    },
  };
};

/**
 * Tools write numbers and words as their parsers expect them whatever the user's language is. Where the program is the
 * editor's own, it is to act as Node.
 */
const plainEnvironment = (): NodeJS.ProcessEnv => ({ ...process.env, LC_ALL: 'C', ELECTRON_RUN_AS_NODE: '1' });
