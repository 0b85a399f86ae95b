/** Python as a process of its own group, which ends as a whole; and which interpreter there is without an editor. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import type { Disposable } from '../../base/store';
import type { StartPython } from '../pytorch/run';

const KEPT = 8000;
const PATIENCE_MS = 400;

export const nodePython: StartPython = (interpreter, args, { onLine, onEnd }) => {
  const child = spawn(interpreter, [...args], {
    cwd: tmpdir(),
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
    // A group of its own: what the user's code starts ends with it.
    detached: process.platform !== 'win32',
    env: { ...process.env, PYTHONIOENCODING: 'utf-8', PYTHONUTF8: '1' },
  });
  let said = '';
  let over = false;
  const end = (ending: { code: number | null; signal: string | null; problem?: string }): void => {
    if (over) return;
    over = true;
    onEnd({ ...ending, said: said.trim() });
  };
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (said = (said + chunk).slice(-KEPT)));
  createInterface({ input: child.stdout }).on('line', onLine);
  // A process that has ended takes no more input: its ending says why.
  child.stdin.on('error', () => undefined);
  child.once('error', error => end({ code: null, signal: null, problem: error.message }));
  // After its output is read to the end, so that its own words come first.
  child.once('close', (code, signal) => end({ code, signal }));
  return {
    send: text => void child.stdin.write(text),
    dispose: () => stop(child),
  };
};

function stop(child: ChildProcess): void {
  if (child.exitCode !== null || child.signalCode !== null) return;
  kill(child, 'SIGTERM');
  const timer = setTimeout(() => kill(child, 'SIGKILL'), PATIENCE_MS);
  child.once('exit', () => clearTimeout(timer));
}

function kill(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // It has ended already.
  }
}

export const nodeTimer = (seconds: number, run: () => void): Disposable => {
  const timer = setTimeout(run, 1000 * seconds);
  return { dispose: () => clearTimeout(timer) };
};

export { memoryLimit } from '../../profiler/memory';
