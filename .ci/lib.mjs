// What the scripts share: the repository's root, running programs that always end with us, and telling the time.
// Node's own modules only: these scripts run before anything is installed.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
export const cacheFolder = join(root, 'node_modules', '.cache', 'modelwatt');

/** True in the script that the user started, false in those it imports. */
export const isMain = meta => process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(meta.url);

/** A failure that the user can mend: printed without a stack. */
export class Problem extends Error {}

/** Runs a script's body, prints problems calmly, sets the exit code. */
export async function main(meta, body) {
  if (!isMain(meta)) return;
  try {
    const code = await body(process.argv.slice(2));
    process.exitCode = code ?? 0;
  } catch (error) {
    console.error(error instanceof Problem ? error.message : error);
    process.exitCode = 1;
  }
}

const living = new Set();
const endings = new Set();

/** Runs `ending` (synchronously) when this process ends, however it ends short of a SIGKILL. Returns how to take it back. */
export function atEnd(ending) {
  watchEnd();
  endings.add(ending);
  return () => endings.delete(ending);
}
let watching = false;

/** Every group we started ends with us, however we end: our children have children of their own. */
function watchEnd() {
  if (watching) return;
  watching = true;
  const endAll = signal => {
    for (const child of living) killGroup(child, signal);
  };
  process.on('exit', () => {
    endAll('SIGKILL');
    for (const ending of endings) ending();
  });
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ]) {
    process.on(signal, () => {
      endAll('SIGTERM');
      // A moment to end in order; the exit handler then kills what is left.
      setTimeout(() => process.exit(code), 300);
    });
  }
  process.on('uncaughtException', error => {
    console.error(error);
    process.exit(1);
  });
}

export function killGroup(child, signal = 'SIGTERM') {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch {
    // It has already ended.
  }
}

// A shell that leads the group and holds our end of a pipe: when we are gone, even by SIGKILL, so is the group.
const GUARD = `exec 3<&0
(cat <&3 >/dev/null; trap "" TERM; kill -TERM 0; sleep 3; kill -KILL 0) &
"$@" 3<&- </dev/null; code=$?
trap "" TERM; kill -TERM 0; exit $code`;

/** Starts a program in a process group of its own, which ends with this process; `guarded` even if we are killed. */
export function start(command, args, { guarded = false, ...options } = {}) {
  watchEnd();
  const guard = guarded ? ['sh', '-c', GUARD, 'guard'] : [];
  const [program, ...rest] = [...guard, command, ...args];
  const stdio = [guarded ? 'pipe' : 'ignore', 'pipe', 'pipe'];
  const child = spawn(program, rest, { cwd: root, stdio, ...options, detached: true });
  living.add(child);
  // The group may outlive its leader: it stays on the list until its output is closed as well.
  child.once('close', () => living.delete(child));
  child.once('error', () => living.delete(child));
  return child;
}

/** Ends a started program and all that it started; resolves when its leader is gone. */
export async function stop(child, patienceMs = 3000) {
  if (child.exitCode === null && child.signalCode === null) {
    const gone = new Promise(done => child.once('exit', done));
    killGroup(child, 'SIGTERM');
    await Promise.race([gone, new Promise(done => setTimeout(done, patienceMs).unref())]);
  }
  killGroup(child, 'SIGKILL');
  living.delete(child);
}

/** Runs a program to its end. `echo` passes its output through as it comes. Never throws for a non-zero exit. */
export function run(command, args, { echo = false, timeoutMs, ...options } = {}) {
  return new Promise(done => {
    const child = start(command, args, options);
    let output = '';
    const take = (stream, sink) =>
      stream?.on('data', chunk => {
        output += chunk;
        if (echo) sink.write(chunk);
      });
    take(child.stdout, process.stdout);
    take(child.stderr, process.stderr);
    let timedOut = false;
    const timer = timeoutMs && setTimeout(() => ((timedOut = true), void stop(child)), timeoutMs);
    child.once('error', error => {
      clearTimeout(timer);
      done({ code: 127, output: output + error.message, timedOut });
    });
    child.once('close', code => {
      clearTimeout(timer);
      done({ code: code ?? 1, output, timedOut });
    });
  });
}

/** Runs a program that must succeed; otherwise its last lines are the message. */
export async function must(what, command, args, options = {}) {
  const { code, output } = await run(command, args, options);
  if (code === 0) return output;
  const tail = output.trim().split('\n').slice(-30).join('\n');
  throw new Problem(`${what} failed (${command} ${args.join(' ')}, exit ${code}):\n${options.echo ? '' : tail}`);
}

/** Seconds since `since` (from performance.now()), for people. */
export const elapsed = since => `${((performance.now() - since) / 1000).toFixed(1)} s`;

export const readJson = path => JSON.parse(readFileSync(path, 'utf8'));

export const hashOf = (...parts) =>
  parts
    .reduce((hash, part) => hash.update(part).update('\0'), createHash('sha256'))
    .digest('hex')
    .slice(0, 16);

/** Paths of all files below a folder, relative to the root, with forward slashes, sorted. */
export async function filesBelow(folder, keep = () => true) {
  const absolute = join(root, folder);
  if (!existsSync(absolute)) return [];
  const entries = await readdir(absolute, { recursive: true, withFileTypes: true });
  return entries
    .filter(entry => entry.isFile())
    .map(entry =>
      join(entry.parentPath ?? entry.path, entry.name)
        .slice(root.length + 1)
        .replaceAll('\\', '/'),
    )
    .filter(keep)
    .sort();
}

/** What a stage of the tests reports: its counts and, for each failure, a name and what was said. */
export const tally = (passed, failures = []) => ({ passed, failed: failures.length, failures });

/** Does `work` unless the stamp file already holds `value`; writes it afterwards. Returns whether work was done. */
export async function stamped(path, value, work) {
  if (existsSync(path) && readFileSync(path, 'utf8') === value) return false;
  await rm(path, { force: true });
  await work();
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, value);
  return true;
}
