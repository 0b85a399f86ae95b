/**
 * The energy meter as the window sees it: started once, begun again after a crash, its energy counted from the start of
 * the session that the user chose. Knows nothing of the editor.
 */
import { addFigures, type Figure } from '../base/figure';
import type { Log } from '../base/ports';
import type { Disposable } from '../base/store';
import type { MeteringCalls, MeteringEvents } from '../protocol/metering';
import { type Client, isCancelled } from '../protocol/rpc';
import { energyBetween, type MeterSnapshot } from '../report/meter';

export interface MeterState {
  readonly snapshot: MeterSnapshot;
  /** Since the session began; null while nothing is known. */
  readonly sessionJ: Figure | null;
  readonly sessionS: number;
}

export type MeteringClient = Pick<Client<MeteringCalls, MeteringEvents>, 'call' | 'on'>;

const INTERVAL_S = 1;
const RETRY_MS = 5000;

export class Meter implements Disposable {
  readonly #listeners = new Set<(state: MeterState) => void>();
  readonly #subscription: Disposable;
  #latest: MeterSnapshot | undefined;
  /** Where the session began, on the present run of the meter. */
  #base: MeterSnapshot | undefined;
  /** Of earlier runs, which ended by a crash. */
  #carried: { readonly energyJ: Figure | null; readonly seconds: number } = { energyJ: null, seconds: 0 };
  #wanted = false;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly client: MeteringClient,
    readonly log: Log,
  ) {
    this.#subscription = client.on('snapshot', snapshot => this.#take(snapshot));
  }

  get state(): MeterState | undefined {
    const latest = this.#latest;
    if (latest === undefined) return undefined;
    const base = this.#base ?? latest;
    const now = energyBetween(base, latest);
    const parts = [this.#carried.energyJ, now].filter(part => part !== null);
    return {
      snapshot: latest,
      sessionJ: addFigures(parts) ?? null,
      sessionS: this.#carried.seconds + latest.seconds - base.seconds,
    };
  }

  start(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    void this.#begin();
  }

  stop(): void {
    if (!this.#wanted) return;
    this.#wanted = false;
    clearTimeout(this.#retry);
    this.#carry();
    this.client.call('stop', {}).catch((error: unknown) => this.log.debug(`the meter: ${String(error)}`));
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
    const shown = this.#wanted;
    this.start();
    return { dispose: () => (shown ? undefined : this.stop()) };
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

  resetSession(): void {
    this.#carried = { energyJ: null, seconds: 0 };
    this.#base = this.#latest;
    this.#tell();
  }

  onChange(listener: (state: MeterState) => void): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  dispose(): void {
    this.#wanted = false;
    clearTimeout(this.#retry);
    this.#subscription.dispose();
    this.#listeners.clear();
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
    this.#tell();
  }

  #carry(): void {
    const { sessionJ = null, sessionS = 0 } = this.state ?? {};
    this.#carried = { energyJ: sessionJ, seconds: sessionS };
    this.#base = undefined;
    this.#latest = undefined;
  }

  #tell(): void {
    const { state } = this;
    if (state) for (const listener of [...this.#listeners]) listener(state);
  }
}
