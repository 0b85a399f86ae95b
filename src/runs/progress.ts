/**
 * How far a training run is, read from its own output as it comes. Believes only what the output says: an epoch that is
 * named without a total leaves the end open, and a print that may stand at the beginning or the end of an epoch leaves
 * an epoch between its bounds. Output that contradicts itself (folds, sweeps, a second training) loses its total.
 */
import type { BarSaid, EpochSaid, Format, Observation } from './outputLines';
import { observe } from './outputLines';

export interface Bounds {
  readonly low: number;
  readonly high: number;
}

export interface Progress {
  readonly format: Format;
  readonly epochs: {
    /** Since this run began, which may have gone on from a checkpoint. */
    readonly done: Bounds;
    readonly total: Bounds | null;
  } | null;
  /** Steps of the present epoch, or of the run where no epochs are told. */
  readonly step: { readonly of: 'epoch' | 'run'; readonly done: number; readonly total: number | null } | null;
  /** Of the whole run; null while the end is not known. */
  readonly fraction: Bounds | null;
}

export class ProgressReader {
  #rest = '';
  #state = new State();
  #progress: Progress | undefined;

  get progress(): Progress | undefined {
    return this.#progress;
  }

  /** Takes the next piece of output; true where it changed what is known. */
  feed(chunk: string): boolean {
    const pieces = `${this.#rest}${chunk}`.split(/[\r\n\b]+/);
    // A bar is redrawn without an end of line: what has come of it is read at the next piece.
    this.#rest = (pieces.pop() ?? '').slice(-LONGEST);
    const before = JSON.stringify(this.#progress);
    for (const piece of pieces) {
      for (const observation of observe(piece.replace(CONTROL, ''))) this.#state.take(observation);
    }
    this.#progress = this.#state.progress();
    return JSON.stringify(this.#progress) !== before;
  }

  /** The output has ended, so that its last piece is whole. */
  end(): boolean {
    return this.feed('\n');
  }
}

const LONGEST = 4000;

/** Colours, movements of the cursor, titles (ECMA-48). */
// eslint-disable-next-line no-control-regex -- these are what is looked for
const CONTROL = /\u001b\[[0-9;?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[@-_]/g;

interface Bar {
  readonly name: string;
  format: Format;
  done: number;
  total: number;
  rounded: boolean;
  /** How often it began again. */
  restarts: number;
  /** Names of bars that began again while this one was under way. */
  readonly holds: Set<string>;
  /** Two epochs were named while it went on without beginning again: it counts epochs, whatever its name. */
  around: boolean;
  /** In the order of first sight. */
  readonly order: number;
}

/** What was seen, in constant memory: bars are few, and the oldest are forgotten. */
class State {
  readonly #bars = new Map<string, Bar>();
  #epoch: { first: number; index: number; of: number | null; opens: boolean; format: Format } | undefined;
  /** Epochs of earlier trainings in the same run; then the run's end is unknown. */
  #before = 0;
  #repeats = false;
  #value: number | undefined;
  #over = false;
  /** The bar of the present epoch, and the furthest that it came: a bar is drawn as empty before the next epoch is named. */
  #stepBar: Bar | undefined;
  #stepDone = 0;
  #seen = 0;
  /** How many bars had been seen before the first epoch was named. */
  #seenBefore = 0;

  take(observation: Observation): void {
    switch (observation.kind) {
      case 'epoch':
        this.#takeEpoch(observation);
        return;
      case 'bar':
        this.#takeBar(observation);
        return;
      case 'epochs done':
        if (this.#value !== undefined && observation.done < this.#value - 1e-9) {
          this.#repeats = true;
          this.#before += this.#value;
        }
        this.#value = observation.done;
        this.#over = observation.over;
    }
  }

  progress(): Progress | undefined {
    return this.#fromTrainer() ?? this.#fromEpochs() ?? this.#fromBars();
  }

  #takeEpoch({ index, of, opens, format }: EpochSaid): void {
    const known = this.#epoch;
    if (known === undefined) {
      this.#epoch = { first: index, index, of, opens, format };
      this.#seenBefore = this.#seen;
      this.#stepBar = undefined;
      return;
    }
    if (index === known.index) {
      known.of ??= of;
      return;
    }
    if (index === known.index + 1) {
      Object.assign(known, { index, of: of ?? known.of, opens, format });
      // A total that is not kept is none.
      if (known.of !== null && index > known.of) known.of = null;
      for (const bar of this.#bars.values())
        bar.around = bar.order < this.#seenBefore && bar.restarts === 0 && bar.done < bar.total;
      this.#stepBar = undefined;
      return;
    }
    // Another training begins; any other leap is talk about some other epoch.
    if (index <= 1 && known.index > index) {
      this.#before += known.index - known.first + 1;
      this.#repeats = true;
      this.#epoch = { first: index, index, of, opens, format };
      this.#stepBar = undefined;
    }
  }

  #takeBar({ name, done, total, rounded, format }: BarSaid): void {
    if (total === null || total <= 0) return;
    const key = `${name} ${total}`;
    const known = this.#bars.get(key);
    if (known === undefined) {
      if (this.#bars.size >= MOST_BARS) this.#forgetOldest();
      const order = this.#seen++;
      this.#bars.set(key, {
        name: key,
        format,
        done,
        total,
        rounded,
        restarts: 0,
        holds: new Set(),
        order,
        around: false,
      });
    } else {
      if (done < known.done) this.#restarted(known);
      Object.assign(known, { done, rounded });
    }
    const bar = this.#bars.get(key);
    if (bar === undefined || ASIDE.test(name) || (bar.order < this.#seenBefore && bar.restarts === 0)) return;
    // The first bar of an epoch counts its training; validation follows.
    if (this.#stepBar === undefined) this.#stepDone = 0;
    this.#stepBar ??= bar;
    if (this.#stepBar === bar) this.#stepDone = Math.max(this.#stepDone, done);
  }

  #restarted(bar: Bar): void {
    bar.restarts++;
    for (const other of this.#bars.values()) {
      const underWay = other.order < bar.order && other.done < other.total;
      if (underWay) other.holds.add(bar.name);
    }
  }

  #forgetOldest(): void {
    const [oldest] = this.#bars.keys();
    if (oldest !== undefined) this.#bars.delete(oldest);
  }

  #fromTrainer(): Progress | undefined {
    if (this.#value === undefined) return undefined;
    const done = this.#before + this.#value;
    // The Trainer's own bar counts the steps of all epochs; it has no name.
    const nameless = [...this.#bars.values()].filter(({ name, restarts }) => name.startsWith(' ') && restarts === 0);
    const main = nameless.length > 1 ? nameless.find(({ done: steps, total }) => steps < total) : nameless[0];
    const fraction = this.#over ? 1 : main && !this.#repeats ? main.done / main.total : null;
    return {
      format: 'trainer',
      epochs: { done: { low: done, high: done }, total: null },
      step: main ? { of: 'run', done: main.done, total: main.total } : null,
      fraction: fraction === null ? null : { low: fraction, high: fraction },
    };
  }

  #fromEpochs(): Progress | undefined {
    const epoch = this.#epoch;
    if (epoch === undefined) return undefined;
    const begun = this.#before + epoch.index - epoch.first;
    const bar = this.#stepBar;
    const opens = epoch.opens || (bar !== undefined && this.#stepDone < bar.total);
    const done = { low: begun, high: opens ? begun : begun + 1 };
    const around = [...this.#bars.values()].find(other => other.around && Math.abs(other.done - begun) <= 1);
    const total = this.#repeats
      ? null
      : (totalOf(epoch) ?? (around ? { low: around.total, high: around.total } : null));
    const within = bar ? Math.min(1, this.#stepDone / bar.total) : 0;
    return {
      format: epoch.format === 'plain' && bar ? bar.format : epoch.format,
      epochs: { done, total },
      step: bar ? { of: 'epoch', done: this.#stepDone, total: bar.total } : null,
      fraction: total && {
        low: Math.min(1, done.low / total.high),
        high: Math.min(1, Math.max(done.high, done.low + within) / total.low),
      },
    };
  }

  #fromBars(): Progress | undefined {
    const bars = [...this.#bars.values()].filter(({ name }) => !ASIDE.test(name));
    // The outermost that holds others, or else one that is alone: it may be the whole run.
    const outer = bars.filter(({ holds }) => holds.size > 0).sort((a, b) => a.order - b.order)[0];
    const [only] = bars;
    if (outer !== undefined) return this.#nested(outer, bars);
    if (only === undefined) return undefined;
    const alone = bars.length === 1;
    if (/epoch/i.test(only.name)) return this.#nested(only, bars);
    const cycles = Math.max(...bars.map(({ restarts }) => restarts));
    if (cycles > 0) {
      const main = bars.find(({ restarts }) => restarts === cycles) ?? only;
      // Loops one after the other: epochs in all but name, and no end in sight.
      const done = { low: cycles, high: cycles };
      const step = { of: 'epoch', done: main.done, total: main.total } as const;
      return { format: main.format, epochs: { done, total: null }, step, fraction: null };
    }
    const latest = bars.at(-1) ?? only;
    const step = { of: 'run', done: latest.done, total: latest.total } as const;
    return { format: latest.format, epochs: null, step, fraction: alone ? fractionOf(latest, 0) : null };
  }

  /** A bar around bars: of epochs where each holds one round of another. */
  #nested(outer: Bar, bars: readonly Bar[]): Progress {
    const inner = bars.find(({ name }) => outer.holds.has(name)) ?? bars.find(bar => bar !== outer);
    const perRound = inner !== undefined && outer.done <= inner.restarts + 1;
    if (!perRound && !/epoch/i.test(outer.name)) {
      const step = { of: 'run', done: outer.done, total: outer.total } as const;
      return { format: outer.format, epochs: null, step, fraction: fractionOf(outer, 0) };
    }
    const over = inner === undefined || outer.done >= outer.total;
    const within = over ? 0 : Math.min(1, inner.done / inner.total);
    // The outer one may not have been drawn since the inner one began again.
    const rounds = over ? outer.done : Math.max(outer.done, Math.min(inner.restarts, outer.total - 1));
    return {
      format: outer.format,
      epochs: {
        done: { low: outer.done, high: rounds },
        total: outer.restarts > 0 ? null : { low: outer.total, high: outer.total },
      },
      step: inner ? { of: 'epoch', done: inner.done, total: inner.total } : null,
      fraction: outer.restarts > 0 ? null : fractionOf(outer, rounds - outer.done + within),
    };
  }
}

const MOST_BARS = 16;

/** Loops beside the training. */
const ASIDE =
  /valid|^val|\beval|\btest|sanity|predict|download|load|fetch|\bmap\b|tokeni|filter|generat|sav(e|ing)|extract|process|cach|prepar|scan|copy|check/i; // prettier-ignore

/**
 * From 1, `of` is the number of epochs. From 0 it is that or, as in `Epoch 24/24` of 25, one less; of a training that
 * went on from a checkpoint it is not known which.
 */
function totalOf({ first, of, format }: { first: number; of: number | null; format: Format }): Bounds | null {
  if (of === null) return null;
  if (first === 1) return { low: of, high: of };
  const low = of - first;
  if (low < 1) return null;
  return { low, high: format === 'lightning' ? low : low + 1 };
}

/** A rounded counter is off by half of its last digit, which is a hundredth of its thousands at most. */
function fractionOf({ done, total, rounded }: Bar, within: number): Bounds {
  const slack = rounded ? 0.01 : 0;
  return {
    low: Math.max(0, done / total - slack),
    high: Math.min(1, (done + within) / total + slack),
  };
}
