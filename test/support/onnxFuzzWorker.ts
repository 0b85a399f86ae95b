/** A thread of `npm run verify:fuzz`: runs the seeds it is given and tells what came of them. */
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { fuzzCorpus, fuzzOnce, type Outcome } from './onnxFuzz';

interface Work {
  readonly from: number;
  readonly count: number;
  /** Cases begun, for whoever watches that none runs for ever. */
  readonly progress: Int32Array;
}

const SLOW_MS = 1000;
const TELL = 100;

/** Fetches the models, so that threads find them; how many there are. */
export const prepare = async (): Promise<number> => (await fuzzCorpus()).length;

async function work({ from, count, progress }: Work): Promise<void> {
  const corpus = await fuzzCorpus();
  const counts: Record<Outcome, number> = { refused: 0, incomplete: 0, read: 0 };
  const failures: { seed: number; said: string }[] = [];
  let slowest = { ms: 0, seed: from };
  for (let index = 0; index < count; index++) {
    const seed = from + index;
    Atomics.store(progress, 0, index + 1);
    let ms = Infinity;
    // On a busy machine any case may wait; what is slow by itself is slow again.
    for (let tries = 0; tries < 3 && ms > SLOW_MS; tries++) {
      const began = performance.now();
      try {
        const outcome = await fuzzOnce(corpus, seed);
        if (tries === 0) counts[outcome]++;
      } catch (error) {
        if (tries === 0)
          failures.push({ seed, said: error instanceof Error ? (error.stack ?? error.message) : String(error) });
      }
      ms = Math.min(ms, performance.now() - began);
    }
    if (ms > slowest.ms) slowest = { ms, seed };
    const done = index + 1;
    if (done === count || done % TELL === 0) parentPort?.postMessage({ done, counts, failures, slowest });
  }
}

if (!isMainThread) await work(workerData as Work);
