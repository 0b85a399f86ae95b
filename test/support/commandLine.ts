/** The command line for tests: inside this process, where its words are caught, and as the program that is shipped. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from '../../.ci/build.mjs';
import type { Text } from '../../src/base/text';
import { render } from '../../src/base/text';
import { runProgram } from '../../src/cli/program';
import type { TinyModel } from './onnxBytes';
import { onnxBytes } from './onnxBytes';

export interface Said {
  readonly code: number | null;
  readonly stdout: string;
  /** Without empty ones. */
  readonly messages: readonly string[];
}

/** Rejects where the program would report a fault of its own. */
export async function runInside(
  argv: readonly string[],
  say: (message: Text) => string = message => render(message),
): Promise<Said> {
  let stdout = '';
  const messages: string[] = [];
  const { signal } = new AbortController();
  const console = { out: (part: string) => void (stdout += part), message: (line: string) => void messages.push(line) };
  const code = await runProgram(argv, { ...console, say, signal, version: () => '1.2.3' });
  return { code, stdout, messages };
}

/** A folder for the files of a test. */
export interface Desk {
  readonly folder: string;
  file(name: string, content: string | Uint8Array | TinyModel): Promise<string>;
  clear(): Promise<void>;
}

export async function openDesk(): Promise<Desk> {
  const folder = await mkdtemp(join(tmpdir(), 'modelwatt-cli-'));
  return {
    folder,
    file: async (name, content) => {
      const path = join(folder, name);
      const plain = typeof content === 'string' || content instanceof Uint8Array;
      await writeFile(path, plain ? content : onnxBytes(content));
      return path;
    },
    clear: () => rm(folder, { recursive: true, force: true }),
  };
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Closes our end of its output at once, as `head` does when it has enough. */
  readonly closed?: boolean;
  /** A signal to send as soon as a message matches. */
  readonly interrupt?: { readonly afterS: number; readonly signal: NodeJS.Signals };
}

export interface Program {
  readonly path: string;
  run(argv: readonly string[], options?: RunOptions): Promise<Said & { readonly signal: NodeJS.Signals | null }>;
  close(): Promise<void>;
}

/** The bundles as they are shipped, built anew; below the repository, so that the runtime is found. */
export async function openProgram(): Promise<Program> {
  const home = join('out', 'cli-test', String(process.pid));
  await mkdir(home, { recursive: true });
  await build({ out: join(home, 'dist') });
  for (const name of ['package.json', 'media']) await symlink(join(process.cwd(), name), join(home, name));
  const path = join(process.cwd(), home, 'dist', 'cli.js');
  return {
    path,
    run: (argv, options) => runOutside(path, argv, options ?? {}),
    close: () => rm(home, { recursive: true, force: true }),
  };
}

function runOutside(
  program: string,
  argv: readonly string[],
  { env = {}, closed = false, interrupt }: RunOptions,
): ReturnType<Program['run']> {
  const child = spawn(process.execPath, [program, ...argv], {
    // What tests record is none of the history of whoever runs them.
    env: { ...process.env, LC_ALL: 'C', MODELWATT_DATA: join(tmpdir(), 'modelwatt-test-data'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  if (closed) child.stdout.destroy();
  else child.stdout.on('data', (part: Buffer) => void (stdout += part.toString()));
  child.stderr.on('data', (part: Buffer) => void (stderr += part.toString()));
  if (interrupt) setTimeout(() => child.kill(interrupt.signal), 1000 * interrupt.afterS);
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('close', (code, signal) => {
      done({ code, signal, stdout, messages: stderr.split('\n').filter(line => line !== '') });
    });
  });
}
