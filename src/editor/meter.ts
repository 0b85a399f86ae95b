/**
 * The energy meter as the window sees it: started once, begun again after a crash, its energy counted from the start of
 * the session that the user chose. Knows nothing of the editor.
 */
import { addFigures, combine, type Figure } from '../base/figure';
import type { Log } from '../base/ports';
import type { Disposable } from '../base/store';
import { carbonOf, gramsPerKWh, joules } from '../base/units';
import type { MeteringCalls, MeteringEvents } from '../protocol/metering';
import { type Client, isCancelled } from '../protocol/rpc';
import type { LiveRun } from '../report/liveRun';
import { energyBetween, type MeterSnapshot } from '../report/meter';

export interface MeterState {
  readonly snapshot: MeterSnapshot;
  /** Since the session began; null while nothing is known. */
  readonly sessionJ: Figure | null;
  readonly sessionS: number;
  /** Of the session's energy; null while that or the grid is not known. */
  readonly sessionG?: Figure | null;
  /** That are on. */
  readonly runs?: readonly LiveRun[];
}

export type MeteringClient = Pick<Client<MeteringCalls, MeteringEvents>, 'call' | 'on'>;

const INTERVAL_S = 1;
const RETRY_MS = 5000;

export class Meter implements Disposable {
  readonly #listeners = new Set<(state: MeterState | undefined) => void>();
  readonly #subscriptions: readonly Disposable[];
  #latest: MeterSnapshot | undefined;
  /** Where the session began, on the present run of the meter. */
  #base: MeterSnapshot | undefined;
  /** Of earlier runs, which ended by a crash. */
  #carried: { readonly energyJ: Figure | null; readonly seconds: number } = { energyJ: null, seconds: 0 };
  /** Somebody looks at it. */
  #shown = false;
  /** Measurements that need it meanwhile. */
  #holds = 0;
  #wanted = false;
  #run = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #intensity: Figure | undefined;
  /** Told after each snapshot while there are any: silence after one means that the last has ended. */
  #runs: { readonly list: readonly LiveRun[]; heard: boolean } = { list: [], heard: false };

  constructor(
    readonly client: MeteringClient,
    readonly log: Log,
  ) {
    this.#subscriptions = [
      client.on('snapshot', snapshot => this.#take(snapshot)),
      client.on('runs', runs => this.#hear(runs)),
    ];
  }

  get state(): MeterState | undefined {
    const latest = this.#latest;
    if (latest === undefined) return undefined;
    const base = this.#base ?? latest;
    const now = energyBetween(base, latest);
    const parts = [this.#carried.energyJ, now].filter(part => part !== null);
    const sessionJ = addFigures(parts) ?? null;
    return {
      snapshot: latest,
      sessionJ,
      sessionS: this.#carried.seconds + latest.seconds - base.seconds,
      sessionG: sessionJ && this.#intensity ? combine(sessionJ, this.#intensity, carbon) : null,
      runs: this.#runs.list,
    };
  }

  start(): void {
    this.#shown = true;
    this.#follow();
  }

  stop(): void {
    this.#shown = false;
    this.#follow();
  }

  /** Another run of the meter counts from zero: what was counted before is kept. */
  restart(): void {
    if (!this.#wanted) return;
    this.#carry();
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#begin(), RETRY_MS);
  }

  /** Keeps the meter running for a while, whether or not something shows it. */
  hold(): Disposable {
    this.#holds++;
    this.#follow();
    let held = true;
    return {
      dispose: () => {
        if (held) this.#holds--;
        held = false;
        this.#follow();
      },
    };
  }

  /** The grid that carbon is told of; undefined: the one that is guessed. */
  async useRegion(region: string | undefined): Promise<void> {
    try {
      this.#intensity = (await this.client.call('grid', { region: region ?? null })).intensity;
      if (this.#latest) this.#tell();
    } catch (error) {
      this.log.debug(`the meter: ${String(error)}`);
    }
  }

  /** Now; null where the meter does not run. */
  async read(): Promise<MeterSnapshot | null> {
    try {
      return await this.client.call('read', {});
    } catch (error) {
      this.log.debug(`the meter: ${String(error)}`);
      return null;
    }
  }

  /** Readings that can be compared: null from the moment when the meter had to begin again, and counts from zero. */
  reader(): () => Promise<MeterSnapshot | null> {
    let run: number | undefined;
    return async () => {
      const snapshot = await this.read();
      if (snapshot === null) return null;
      run ??= this.#run;
      return run === this.#run ? snapshot : null;
    };
  }

  resetSession(): void {
    this.#carried = { energyJ: null, seconds: 0 };
    this.#base = this.#latest;
    this.#tell();
  }

  /** Told undefined while nothing is known: watts of a meter that has ended are nobody's. */
  onChange(listener: (state: MeterState | undefined) => void): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  dispose(): void {
    this.#shown = false;
    this.#holds = 0;
    this.#wanted = false;
    clearTimeout(this.#retry);
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#listeners.clear();
  }

  #follow(): void {
    const wanted = this.#shown || this.#holds > 0;
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    if (wanted) void this.#begin();
    else this.#end();
  }

  #end(): void {
    clearTimeout(this.#retry);
    this.#carry();
    this.client.call('stop', {}).catch((error: unknown) => this.log.debug(`the meter: ${String(error)}`));
  }

  async #begin(): Promise<void> {
    try {
      const snapshot = await this.client.call('start', { intervalS: INTERVAL_S });
      if (!this.#wanted) return;
      this.#base = snapshot;
      this.#take(snapshot);
    } catch (error) {
      if (isCancelled(error) || !this.#wanted) return;
      this.log.warn(`the meter could not be started: ${error instanceof Error ? error.message : String(error)}`);
      this.restart();
    }
  }

  #take(snapshot: MeterSnapshot): void {
    if (!this.#wanted) return;
    this.#base ??= snapshot;
    this.#latest = snapshot;
    this.#runs = this.#runs.heard ? { ...this.#runs, heard: false } : { list: [], heard: false };
    this.#tell();
  }

  #hear(list: readonly LiveRun[]): void {
    if (!this.#wanted) return;
    this.#runs = { list, heard: true };
    if (this.#latest) this.#tell();
  }

  #carry(): void {
    const { sessionJ = null, sessionS = 0 } = this.state ?? {};
    this.#carried = { energyJ: sessionJ, seconds: sessionS };
    this.#run++;
    this.#base = undefined;
    this.#latest = undefined;
    this.#tell();
  }

  #tell(): void {
    const { state } = this;
    for (const listener of [...this.#listeners]) listener(state);
  }
}

const carbon = (energy: number, intensity: number): number => carbonOf(joules(energy), gramsPerKWh(intensity));
