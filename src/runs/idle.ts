/**
 * What a machine draws when it does nothing, from moments at which it did nothing: the only honest ground for what a run
 * drew above it. Where it is never seen idle, that stays unknown.
 */
import type { Figure } from '../base/figure';
import { figure } from '../base/figure';

/** Mean power of each domain over some time. */
export type Powers = ReadonlyMap<string, Figure>;

/** An editor and its helpers never rest entirely. */
const IDLE_SHARE = 0.03;
const IDLE_THREADS = 0.15;
/** After work, power falls for a while: fans, clocks, buffers that are written. */
const SETTLE_S = 3;
/** About so many spans are remembered; older ones were of another temperature. */
const MEMORY = 60;

interface Seen {
  mean: number;
  low: number;
  high: number;
  count: number;
  last: Figure;
}

export class IdleWatch {
  readonly #seen = new Map<string, Seen>();
  #idleS = 0;

  constructor(readonly threads: number) {}

  /** `busyS`: CPU seconds of all programs; null where they are not told, and then nothing is idle for sure. */
  note(seconds: number, busyS: number | null, powers: Powers): void {
    const rests = busyS !== null && busyS <= seconds * Math.max(IDLE_THREADS, IDLE_SHARE * this.threads);
    this.#idleS = rests ? this.#idleS + seconds : 0;
    if (this.#idleS <= SETTLE_S) return;
    for (const [domain, power] of powers) this.#add(domain, power);
  }

  of(domain: string): Figure | null {
    const seen = this.#seen.get(domain);
    if (seen === undefined) return null;
    const { mean, low, high, last } = seen;
    return figure(mean, Math.min(low, mean), Math.max(high, mean), last.basis, last.source);
  }

  #add(domain: string, power: Figure): void {
    const known = this.#seen.get(domain);
    if (known === undefined) {
      this.#seen.set(domain, { mean: power.value, low: power.low, high: power.high, count: 1, last: power });
      return;
    }
    known.count = Math.min(MEMORY, known.count + 1);
    const weight = 1 / known.count;
    known.mean += (power.value - known.mean) * weight;
    known.low += (power.low - known.low) * weight;
    known.high += (power.high - known.high) * weight;
    known.last = power;
  }
}
