// Mutants of real ONNX models, a million by default: each is refused with a remedy or read into a sound graph, within
// two seconds and 512 MB. Goes on where an earlier run of the same code ended.
//   npm run verify:fuzz -- [--cases N] [--seed S] [--threads N] [--minutes M] [--fresh]
//
//   --cases    how many in all (1,000,000)
//   --seed     of the first case (1); a failing case is repeated with --seed S --cases 1 --fresh
//   --threads  side by side (one less than the processors)
//   --minutes  stop after so long; the next run goes on
//   --fresh    forget what an earlier run did
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { Problem, cacheFolder, elapsed, hashOf, main, root } from '../lib.mjs';

const OPTIONS = {
  cases: { type: 'string', default: '1000000' },
  seed: { type: 'string', default: '1' },
  threads: { type: 'string', default: String(Math.max(1, availableParallelism() - 1)) },
  minutes: { type: 'string' },
  fresh: { type: 'boolean', default: false },
};
const MOST_MS = 2000;
const MOST_BYTES = 512 * 1024 * 1024;
/** Cases of one thread's life; its first ones are slow. */
const BATCH = 2000;

/**
 * Seeds in a thread of its own that may be ended: what it told last, and the seed at which it was ended or died. Each
 * case is timed by itself; only one that does not end at all is ended from outside, late, because a busy machine may
 * hold up any.
 */
function runSeeds(program, from, count) {
  const progress = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(program, {
    workerData: { from, count, progress },
    resourceLimits: { maxOldGenerationSizeMb: 384, maxYoungGenerationSizeMb: 64 },
  });
  return new Promise(done => {
    let result = nothing();
    let said = 'the thread ended';
    let since = performance.now();
    let last = 0;
    const watch = setInterval(() => {
      const at = Atomics.load(progress, 0);
      if (at !== last) [last, since] = [at, performance.now()];
      else if (at > 0 && performance.now() - since > 10 * MOST_MS) {
        said = `still running after ${elapsed(since)}`;
        clearInterval(watch);
        void worker.terminate();
      }
    }, 250);
    worker.once('error', error => (said = String(error?.stack ?? error)));
    worker.on('message', message => (result = message));
    worker.once('exit', () => {
      clearInterval(watch);
      const stuck = from + Math.max(1, Atomics.load(progress, 0)) - 1;
      done(result.done === count ? result : { ...result, stuck, said });
    });
  });
}

const nothing = () => ({ done: 0, counts: { refused: 0, incomplete: 0, read: 0 }, failures: [], slowest: { ms: 0, seed: 0 } }); // prettier-ignore

async function bundled() {
  const { build } = await import('esbuild');
  const out = join(cacheFolder, 'verify', 'onnxFuzzWorker.mjs');
  await mkdir(dirname(out), { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints: ['test/support/onnxFuzzWorker.ts'],
    outfile: out,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return out;
}

const tallyOf = state =>
  `${state.done} cases: ${state.counts.refused} refused, ${state.counts.incomplete} incomplete, ` +
  `${state.counts.read} read; ${state.failures.length} failed; slowest ${Math.round(state.slowest.ms)} ms ` +
  `(seed ${state.slowest.seed}), memory at most ${Math.round(state.memory / 2 ** 20)} MB`;

function add(into, part) {
  into.done += part.done;
  for (const [kind, number] of Object.entries(part.counts)) into.counts[kind] += number;
  if (part.slowest.ms > into.slowest.ms) into.slowest = part.slowest;
  into.failures.push(...part.failures);
}

/** All seeds of a batch. One that does not end is tried once more by itself. */
async function runBatch(program, from, count) {
  const total = nothing();
  let suspect;
  for (let at = from; at < from + count;) {
    const until = suspect === undefined ? from + count : at < suspect ? suspect : suspect + 1;
    const part = await runSeeds(program, at, until - at);
    add(total, part);
    at += part.done;
    if (part.stuck === undefined) {
      if (at > suspect) suspect = undefined;
    } else if (part.stuck !== suspect) suspect = part.stuck;
    else {
      add(total, { ...nothing(), done: 1, failures: [{ seed: suspect, said: part.said }] });
      at = suspect + 1;
      suspect = undefined;
    }
  }
  return total;
}

/** Takes batches until there are none, or the time is over. Those that an ended run left open come first. */
async function thread(program, state, left, wanted, isOver, save) {
  while (!isOver()) {
    const from = left.pop() ?? state.next;
    if (from >= wanted.first + wanted.cases) break;
    if (from === state.next) state.next += BATCH;
    state.open.push(from);
    const batch = await runBatch(program, from, Math.min(BATCH, wanted.first + wanted.cases - from));
    state.open.splice(state.open.indexOf(from), 1);
    add(state, batch);
    state.memory = Math.max(state.memory, process.memoryUsage.rss());
    for (const { seed, said } of batch.failures)
      console.log(`FAILED seed ${seed}: ${said.split('\n').slice(0, 4).join('\n  ')}`);
    await save();
  }
}

await main(import.meta, async args => {
  const { values: options } = parseArgs({ args, options: OPTIONS });
  const wanted = { cases: Number(options.cases), first: Number(options.seed) };
  const program = await bundled();
  const { prepare } = await import(pathToFileURL(program).href);
  const models = await prepare();
  const file = join(cacheFolder, 'verify', 'fuzz.json');
  const code = hashOf(await readFile(program, 'utf8'), String(wanted.first));
  if (options.fresh) await rm(file, { force: true });
  const kept = existsSync(file) ? JSON.parse(await readFile(file, 'utf8')) : undefined;
  const state = kept?.code === code ? kept : { ...nothing(), code, next: wanted.first, open: [], memory: 0 };
  if (state.done > 0) console.log(`Going on after ${tallyOf(state)}`);
  const began = performance.now();
  const limit = options.minutes === undefined ? Infinity : 60_000 * Number(options.minutes);
  let told = began;
  const save = async () => {
    await writeFile(file, JSON.stringify({ ...state, open: [...state.open, ...left] }));
    if (performance.now() - told < 30_000) return;
    told = performance.now();
    console.log(tallyOf(state));
  };
  console.log(`Mutants of ${models} models on ${options.threads} threads`);
  const left = state.open.splice(0);
  const isOver = () => performance.now() - began > limit;
  await Promise.all(
    Array.from({ length: Number(options.threads) }, () => thread(program, state, left, wanted, isOver, save)),
  );
  state.open.push(...left);
  console.log(`${tallyOf(state)} (${elapsed(began)})`);
  if (state.done === 0) throw new Problem('No case was run.');
  const bounded = state.slowest.ms <= MOST_MS && state.memory <= MOST_BYTES;
  if (!bounded) console.log('NOT within 2 s and 512 MB.');
  return state.failures.length > 0 || !bounded ? 1 : 0;
});
