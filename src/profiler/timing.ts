/**
 * The measuring loop: warm up until run times have settled, then windows of runs without a pause. Between two runs
 * stands one reading of the clock and nothing else.
 */
import type { MeasureProgress, WarmUp, Window } from '../protocol/profiler';
import { isSteady, median, quantile } from './stats';

/** Seconds from an arbitrary start. */
export type Now = () => number;

/** Processors need a moment to reach the clock rate that they then keep. */
const WARM_SECONDS = 0.3;
const WARM_RUNS = 3;
/** Of which the steadiness is judged: more would make the judging slow. */
const REMEMBERED = 512;

export async function warmUp(run: () => Promise<unknown>, maxSeconds: number, now: Now): Promise<WarmUp> {
  const start = now();
  const times: number[] = [];
  let runs = 0;
  let last = start;
  let nextLook = 2 * WARM_RUNS;
  while (last - start < maxSeconds || runs < 1) {
    await run();
    const time = now();
    times.push(time - last);
    if (times.length > REMEMBERED) times.splice(0, REMEMBERED / 2);
    last = time;
    runs++;
    if (runs < nextLook || last - start < WARM_SECONDS) continue;
    if (isSteady(times)) return { runs, seconds: last - start, steady: true };
    nextLook = Math.ceil(runs * 1.2);
  }
  return { runs, seconds: last - start, steady: isSteady(times) };
}

export interface Timed {
  readonly windows: readonly Window[];
  readonly runs: number;
  readonly seconds: number;
  readonly fastestS: number;
  readonly slowestS: number;
  readonly p95S: number;
}

/** As many as a 95 % interval of a median needs, at least. */
export const MIN_WINDOWS = 6;
const WANTED_WINDOWS = 10;

/**
 * Windows for about `seconds`: of a second each, shorter where the time is short. A slow model gets its six windows
 * of a run each unless they would take more than twice the time.
 */
export async function timeRuns(
  run: () => Promise<unknown>,
  seconds: number,
  now: Now,
  onProgress: (progress: MeasureProgress) => void = () => undefined,
): Promise<Timed> {
  const windowS = Math.min(1, seconds / WANTED_WINDOWS);
  const windows: Window[] = [];
  const digest = new Digest();
  const start = now();
  const spent = (): number => now() - start;
  while (windows.length === 0 || spent() < seconds || (windows.length < MIN_WINDOWS && spent() < 2 * seconds)) {
    const times = await fillWindow(run, windowS, now);
    digest.add(times);
    windows.push({ seconds: times.reduce((a, b) => a + b, 0), runs: times.length, medianS: median(times) });
    onProgress({ seconds: spent(), runs: digest.runs, latencyS: median(windows.map(window => window.medianS)) });
  }
  return { windows, seconds: spent(), ...digest.summary() };
}

async function fillWindow(run: () => Promise<unknown>, seconds: number, now: Now): Promise<number[]> {
  const times: number[] = [];
  const start = now();
  let last = start;
  do {
    await run();
    const time = now();
    times.push(time - last);
    last = time;
  } while (last - start < seconds);
  return times;
}

/** The distribution of single runs in bounded memory: extremes exactly, the tail from each window's own. */
class Digest {
  runs = 0;
  #fastest = Infinity;
  #slowest = 0;
  readonly #tails: number[] = [];

  add(times: readonly number[]): void {
    this.runs += times.length;
    for (const time of times) {
      this.#fastest = Math.min(this.#fastest, time);
      this.#slowest = Math.max(this.#slowest, time);
    }
    this.#tails.push(quantile(times, 0.95));
  }

  summary(): { runs: number; fastestS: number; slowestS: number; p95S: number } {
    return { runs: this.runs, fastestS: this.#fastest, slowestS: this.#slowest, p95S: median(this.#tails) };
  }
}
