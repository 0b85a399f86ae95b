/**
 * Adds up what the chosen sensors tell since a start. Time that nobody told, or that the machine slept through, is kept
 * as a gap with its reason and never bridged in silence.
 */
import type { Figure } from '../base/figure';
import { addFigures, mapFigure } from '../base/figure';
import type { Disposable } from '../base/store';
import { Store } from '../base/store';
import type { Text } from '../base/text';
import { text } from '../base/text';
import type { Joules, Seconds, Watts } from '../base/units';
import { seconds, watts } from '../base/units';
import type { Part } from './choose';
import type { Domain, Running, Sensor } from './meter';
import type { Clocks } from './world';

export interface PartState extends Part {
  /** Mean over the last interval. */
  readonly power: Figure<Watts> | undefined;
  /** Since the start. */
  readonly energy: Figure<Joules> | undefined;
  readonly seconds: Seconds;
  /** Process ids on a GPU; null where they are not told. */
  readonly users: readonly number[] | null;
}

export interface Gap {
  readonly domain: Domain;
  readonly seconds: Seconds;
  readonly reason: Text;
}

export interface SessionState {
  readonly seconds: Seconds;
  readonly power: Figure<Watts> | undefined;
  readonly energy: Figure<Joules> | undefined;
  readonly parts: readonly PartState[];
  readonly gaps: readonly Gap[];
}

interface Tally {
  part: Part;
  power: Figure<Watts> | undefined;
  energy: Figure<Joules> | undefined;
  seconds: number;
  retired: boolean;
}

export class Session implements Disposable {
  readonly #store = new Store();
  readonly #running = new Map<string, Running>();
  readonly #tallies = new Map<Domain, Tally>();
  readonly #gaps = new Map<string, { domain: Domain; seconds: number; reason: Text }>();
  readonly #began: Seconds;
  #at: Seconds;
  #wall: Seconds;

  constructor(
    readonly clocks: Clocks,
    readonly interval: Seconds,
  ) {
    this.#began = this.#at = clocks.now();
    this.#wall = clocks.wall();
  }

  /**
   * Takes the parts that were chosen; called again when a sensor has come to life. What a part has told so far stays.
   * A part that is no longer chosen keeps its energy, but tells no more.
   */
  adopt(parts: readonly Part[], sensors: readonly Sensor[]): void {
    if (this.#running.size > 0) this.sample();
    for (const part of parts) {
      const sensor = sensors.find(({ id }) => id === part.sensor);
      if (sensor !== undefined && !this.#running.has(sensor.id))
        this.#running.set(sensor.id, this.#store.add(sensor.start(this.interval)));
      const known = this.#tallies.get(part.domain);
      if (known === undefined)
        this.#tallies.set(part.domain, { part, power: undefined, energy: undefined, seconds: 0, retired: false });
      else Object.assign(known, { part, retired: false });
    }
    for (const [domain, tally] of this.#tallies) {
      if (!parts.some(part => part.domain === domain)) Object.assign(tally, { retired: true, power: undefined });
    }
  }

  /** Reads every sensor. Calls closer together than sensors can tell apart change nothing. */
  sample(): SessionState {
    const now = this.clocks.now();
    const wall = this.clocks.wall();
    const elapsed = seconds(now - this.#at);
    if (elapsed < SHORTEST) return this.state();
    const asleep = wall - this.#wall - elapsed;
    this.#at = now;
    this.#wall = wall;
    for (const [id, running] of this.#running) {
      const tallies = [...this.#tallies.values()].filter(({ part, retired }) => part.sensor === id && !retired);
      const readings = new Map(running.sample(elapsed).map(({ domain, energy }) => [domain, energy]));
      for (const tally of tallies) {
        const bridge = bridgeable(tally.part, elapsed, asleep, this.interval);
        const energy = bridge === undefined ? readings.get(tally.part.domain) : undefined;
        this.#book(tally, energy, elapsed, bridge ?? running.trouble() ?? text('the sensor told nothing'));
      }
    }
    return this.state();
  }

  state(): SessionState {
    const parts = [...this.#tallies.values()].map(({ part, power, energy, seconds: told }) => ({
      ...part,
      power,
      energy,
      seconds: seconds(told),
      users: this.#running.get(part.sensor)?.users?.(part.domain) ?? null,
    }));
    const counted = parts.filter(part => part.counted);
    return {
      seconds: seconds(this.#at - this.#began),
      power: addFigures(counted.flatMap(({ power }) => power ?? [])),
      energy: addFigures(counted.flatMap(({ energy }) => energy ?? [])),
      parts,
      gaps: [...this.#gaps.values()].map(gap => ({ ...gap, seconds: seconds(gap.seconds) })),
    };
  }

  dispose(): void {
    this.#store.dispose();
  }

  #book(tally: Tally, energy: Figure<Joules> | undefined, elapsed: Seconds, reason: Text): void {
    if (energy === undefined) {
      tally.power = undefined;
      this.#miss(tally.part.domain, elapsed, reason);
      return;
    }
    tally.power = mapFigure(energy, value => watts(value / elapsed));
    tally.energy = addFigures([...(tally.energy ? [tally.energy] : []), energy]);
    tally.seconds += elapsed;
  }

  /** One entry per reason, not per second: a meter may run for months. */
  #miss(domain: Domain, elapsed: Seconds, reason: Text): void {
    const key = JSON.stringify([reason, domain]);
    const gap = this.#gaps.get(key) ?? { domain, seconds: 0, reason };
    gap.seconds += elapsed;
    if (this.#gaps.has(key) || this.#gaps.size < MOST_GAPS) this.#gaps.set(key, gap);
  }
}

/** Counters are renewed every few milliseconds; ticks of the processor's time every ten. */
const SHORTEST = 0.02;

const MOST_GAPS = 50;

/** Why a span must not be filled from the readings at its ends; undefined where it may. */
function bridgeable(part: Part, elapsed: Seconds, asleep: number, interval: Seconds): Text | undefined {
  // A counter may have been reset while the machine slept, and power before says nothing of power during.
  if (asleep > Math.max(2, interval)) return text('the machine slept, or its clock was set');
  // Beyond this a counter may have started over more than once, and a sampled power is old.
  const longest = part.method === 'sampled' ? Math.max(3 * interval, 3) : Math.max(3 * interval, 60);
  return elapsed > longest ? text('too long between two readings') : undefined;
}
