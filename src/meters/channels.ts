/**
 * Files that tell the power or the energy of one part of the machine, read each second: what sensors that live in sysfs
 * have in common. A channel says its domain; channels of one domain (sockets, batteries) are added up.
 */
import type { Figure } from '../base/figure';
import { figure } from '../base/figure';
import type { Text } from '../base/text';
import { text } from '../base/text';
import type { Joules, Seconds, Watts } from '../base/units';
import { joules, seconds } from '../base/units';
import { Counter, counterDelta } from './counter';
import type { Domain, Method, Reading, Running } from './meter';

export interface PowerChannel {
  readonly kind: 'power';
  readonly domain: Domain;
  readonly power: () => Watts | undefined;
}

export interface CounterChannel {
  readonly kind: 'counter';
  readonly domain: Domain;
  readonly value: () => bigint | undefined;
  /** The counter starts over at this. */
  readonly range: bigint;
  readonly joulesEach: number;
}

export type Channel = (PowerChannel | CounterChannel) & {
  /** Why it may not be read now: the card that it is of sleeps. Others are read all the same. */
  readonly pause?: () => Text | undefined;
};

export interface ChannelNature {
  /** Of the reading, as a part of it. */
  readonly error: number;
  readonly source: string;
  /** More than any such part draws. */
  readonly mostWatts: number;
  /** Why nothing may be read now: a device that sleeps, a battery that is charged. */
  readonly pause?: () => Text | undefined;
}

export const methodOf = (channels: readonly Channel[]): Method =>
  channels.every(({ kind }) => kind === 'counter') ? 'counter' : 'sampled';

/** Counters are looked at twice: one that stands still or leaps is none. */
export async function living(
  channels: readonly Channel[],
  { mostWatts }: Pick<ChannelNature, 'mostWatts'>,
  wait: (time: Seconds) => Promise<void>,
): Promise<readonly Channel[]> {
  const before = channels.map(channel => (channel.kind === 'counter' ? channel.value() : undefined));
  if (channels.some(({ kind }) => kind === 'counter')) await wait(seconds(PROBE_S));
  return channels.filter((channel, index) => {
    if (channel.kind === 'power') return plausibleWatts(channel.power(), mostWatts) !== undefined;
    const [first, second] = [before[index], channel.value()];
    if (first === undefined || second === undefined || first === second) return false;
    return Number(counterDelta(first, second, channel.range)) * channel.joulesEach <= mostWatts * PROBE_S;
  });
}

const PROBE_S = 0.5;

const plausibleWatts = (power: Watts | undefined, most: number): Watts | undefined =>
  power !== undefined && power > 0 && power <= most ? power : undefined;

export class ChannelsRunning implements Running {
  #states: readonly State[] = [];
  #trouble: Text | undefined;

  /** `channels`: those of the last probe, which may be more than at the start. */
  constructor(
    readonly channels: () => readonly Channel[],
    readonly nature: ChannelNature,
  ) {
    if (nature.pause?.() !== undefined) return;
    for (const state of this.#follow()) if (state.channel.pause?.() === undefined) this.#energyOf(state, seconds(1));
  }

  sample(elapsed: Seconds): readonly Reading[] {
    this.#trouble = this.nature.pause?.();
    if (this.#trouble !== undefined) {
      // What a counter moved, and a power was, in between belongs to no known span.
      for (const state of this.#states) forget(state);
      return [];
    }
    const domains = new Map<Domain, number | undefined>();
    const paused = new Set<Domain>();
    for (const state of this.#follow()) {
      const { domain, pause } = state.channel;
      const why = pause?.();
      if (why !== undefined) {
        forget(state);
        paused.add(domain);
        this.#trouble = why;
      }
      const energy = why === undefined ? this.#energyOf(state, elapsed) : undefined;
      const sum = domains.has(domain) ? domains.get(domain) : 0;
      domains.set(domain, energy === undefined || sum === undefined ? undefined : sum + energy);
    }
    return [...domains].flatMap(([domain, energy]): Reading[] => {
      if (energy !== undefined) return [{ domain, energy: this.#figure(joules(energy)) }];
      if (!paused.has(domain)) this.#trouble = text('the reading of {0} gave no usable value', domain);
      return [];
    });
  }

  trouble(): Text | undefined {
    return this.#trouble;
  }

  dispose(): void {
    // Nothing is held.
  }

  #follow(): readonly State[] {
    const channels = this.channels();
    if (
      channels.length !== this.#states.length ||
      channels.some((channel, at) => this.#states[at]?.channel !== channel)
    )
      this.#states = channels.map(channel =>
        channel.kind === 'counter' ? { channel, counter: new Counter(channel.range) } : { channel, last: undefined },
      );
    return this.#states;
  }

  #energyOf(state: State, elapsed: Seconds): number | undefined {
    if ('counter' in state) {
      const delta = state.counter.advance(state.channel.value());
      if (delta === undefined) return undefined;
      const energy = Number(delta) * state.channel.joulesEach;
      // What these count never draws nothing: a counter that stands still has stopped.
      return energy > 0 && energy <= this.nature.mostWatts * Math.max(elapsed, 0.05) ? energy : undefined;
    }
    const now = plausibleWatts(state.channel.power(), this.nature.mostWatts);
    const before = state.last ?? now;
    state.last = now;
    return now === undefined || before === undefined ? undefined : ((before + now) / 2) * elapsed;
  }

  #figure(energy: Joules): Figure<Joules> {
    const { error, source } = this.nature;
    return figure(energy, joules(energy * (1 - error)), joules(energy * (1 + error)), 'measured', source);
  }
}

type State =
  | { readonly channel: Channel & CounterChannel; readonly counter: Counter }
  | { readonly channel: Channel & PowerChannel; last: Watts | undefined };

function forget(state: State): void {
  if ('counter' in state) state.counter.advance(undefined);
  else state.last = undefined;
}
