/**
 * Starts a command as if nobody stood between it and the terminal: its streams are ours, signals reach it once, its
 * exit code is told on. Only output that goes into a pipe is passed through by us, so that progress can be read in it.
 */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import type { Stats } from 'node:fs';
import { fstatSync, readlinkSync } from 'node:fs';
import os from 'node:os';
import { isatty } from 'node:tty';
import { isInForeground } from '../services/ports/foreground';

export interface Wrapped {
  readonly pid: number;
  readonly child: ChildProcess;
  readonly ended: Promise<number>;
}

export interface Watcher {
  /** Output that passes through us. */
  readonly output: (stream: number, chunk: string) => void;
  /** Output that the command writes into a file by itself, from this size on. */
  readonly file: (stream: number, path: string, size: number) => void;
}

type Way = 'inherit' | 'pipe';

/** Rejects with the system's error where the command cannot be started. */
export function startWrapped(
  [command = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
  watcher: Watcher | undefined,
): Promise<Wrapped> {
  const ways = watcher === undefined ? (['inherit', 'inherit'] as const) : waysOf(watcher);
  const child = spawn(command, args, { env, stdio: ['inherit', ...ways] });
  const release = forwardSignals(child);
  if (watcher !== undefined) {
    pass(child.stdout, process.stdout, chunk => watcher.output(1, chunk));
    pass(child.stderr, process.stderr, chunk => watcher.output(2, chunk));
  }
  const ended = new Promise<number>(done => {
    // Of a passed stream the rest comes after the process has ended.
    child.once('close', (code, signal) => {
      release();
      done(code ?? 128 + (signal === null ? 0 : os.constants.signals[signal]));
    });
  });
  return new Promise((done, fail) => {
    child.once('error', error => {
      release();
      fail(error);
    });
    child.once('spawn', () => done({ pid: child.pid ?? 0, child, ended }));
  });
}

/** A terminal stays one, a file is read beside the command, and two streams into one pipe keep their order. */
function waysOf(watcher: Watcher): readonly [Way, Way] {
  const [out, err] = [statOf(1), statOf(2)];
  const shared = out !== undefined && err !== undefined && out.dev === err.dev && out.ino === err.ino;
  const wayOf = (stream: 1 | 2): Way => {
    const stat = stream === 1 ? out : err;
    if (stat === undefined || isatty(stream)) return 'inherit';
    if (stat.isFile()) {
      const path = pathOf(stream);
      if (path !== undefined && !(stream === 2 && shared)) watcher.file(stream, path, stat.size);
      return 'inherit';
    }
    return (stat.isFIFO() || stat.isSocket()) && !shared ? 'pipe' : 'inherit';
  };
  return [wayOf(1), wayOf(2)];
}

function statOf(stream: number): Stats | undefined {
  try {
    return fstatSync(stream);
  } catch {
    return undefined;
  }
}

function pathOf(stream: number): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${stream}`);
  } catch {
    return undefined;
  }
}

function pass(from: NodeJS.ReadableStream | null, to: NodeJS.WritableStream, see: (chunk: string) => void): void {
  if (from === null) return;
  // Whoever read has stopped: the command is to learn of it as it would have without us.
  to.on('error', () => 'destroy' in from && typeof from.destroy === 'function' && (from.destroy as () => void)());
  from.on('data', (chunk: Buffer) => see(chunk.toString('utf8')));
  from.pipe(to, { end: false });
}

/** Those that ask a program to end or to do something, and are sent to it by number. */
const SIGNALS: readonly NodeJS.Signals[] = process.platform === 'win32' ? ['SIGINT', 'SIGBREAK'] : ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGCONT']; // prettier-ignore

/** What the keyboard sends, the terminal has sent to the command as well: twice would be another request. */
const FROM_KEYBOARD: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT'];

function forwardSignals(child: ChildProcess): () => void {
  const handlers = SIGNALS.map((name): [NodeJS.Signals, () => void] => [
    name,
    () => {
      const received = process.platform === 'win32' || (FROM_KEYBOARD.includes(name) && isInForeground());
      if (!received) child.kill(name);
    },
  ]);
  for (const [name, handler] of handlers) process.on(name, handler);
  return () => {
    for (const [name, handler] of handlers) process.off(name, handler);
  };
}
