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
const BATCH = 8000;

/** One batch of seeds in a thread of its own that may be ended; what it did, or the seed at which it was ended. */
function runBatch(program, from, count) {
  const progress = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(program, {
    workerData: { from, count, progress },
    resourceLimits: { maxOldGenerationSizeMb: 384, maxYoungGenerationSizeMb: 64 },
  });
  return new Promise(done => {
    let said;
    let since = performance.now();
    let last = -1;
    const watch = setInterval(() => {
      const at = Atomics.load(progress, 0);
      if (at !== last) [last, since] = [at, performance.now()];
      // Starting the thread and reading the corpus is not the case's time.
      else if (at > 0 && performance.now() - since > 10 * MOST_MS) {
        said = `still running after ${elapsed(since)}`;
        void worker.terminate();
      }
    }, 250);
    worker.once('error', error => (said = String(error?.stack ?? error)));
    let result;
    worker.once('message', message => (result = message));
    worker.once('exit', () => {
      clearInterval(watch);
      done(result ?? { failures: [{ seed: from + Math.max(0, Atomics.load(progress, 0) - 1), said: said ?? 'the thread ended' }], ended: Atomics.load(progress, 0), counts: {}, slowest: { ms: 0, seed: from }, heap: 0 }); // prettier-ignore
    });
  });
}

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

function merge(state, batch, count) {
  state.done += count;
  for (const [kind, number] of Object.entries(batch.counts)) state.counts[kind] += number;
  if (batch.slowest.ms > state.slowest.ms) state.slowest = batch.slowest;
  state.memory = Math.max(state.memory, process.memoryUsage.rss());
  for (const failure of batch.failures) {
    state.failures.push(failure);
    console.log(`FAILED seed ${failure.seed}: ${failure.said.split('\n').slice(0, 4).join('\n  ')}`);
  }
}

/** Takes seeds from `state` until there are none, or the time is over. */
async function thread(program, state, wanted, isOver, save) {
  while (state.next < wanted.first + wanted.cases && !isOver()) {
    const from = state.next;
    const count = Math.min(BATCH, wanted.first + wanted.cases - from);
    state.next += count;
    let at = 0;
    while (at < count) {
      const batch = await runBatch(program, from + at, count - at);
      merge(state, batch, batch.ended);
      at += Math.max(1, batch.ended);
    }
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
  const state = kept?.code === code ? kept : { code, next: wanted.first, done: 0, counts: { refused: 0, incomplete: 0, read: 0 }, failures: [], slowest: { ms: 0, seed: 0 }, memory: 0 }; // prettier-ignore
  if (state.done > 0) console.log(`Going on after ${tallyOf(state)}`);
  const began = performance.now();
  const limit = options.minutes === undefined ? Infinity : 60_000 * Number(options.minutes);
  let told = began;
  const save = async () => {
    await writeFile(file, JSON.stringify(state));
    if (performance.now() - told < 30_000) return;
    told = performance.now();
    console.log(tallyOf(state));
  };
  console.log(`Mutants of ${models} models on ${options.threads} threads`);
  const isOver = () => performance.now() - began > limit;
  await Promise.all(
    Array.from({ length: Number(options.threads) }, () => thread(program, state, wanted, isOver, save)),
  );
  console.log(`${tallyOf(state)} (${elapsed(began)})`);
  if (state.done === 0) throw new Problem('No case was run.');
  const bounded = state.slowest.ms <= MOST_MS && state.memory <= MOST_BYTES;
  if (!bounded) console.log('NOT within 2 s and 512 MB.');
  return state.failures.length > 0 || !bounded ? 1 : 0;
});
