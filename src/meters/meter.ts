/**
 * The one interface of everything that can tell energy. A sensor says what it covers and how, or why it cannot and what
 * to do about it; nothing here chooses between sensors (choose.ts) or adds them up (session.ts).
 */
import type { Figure } from '../base/figure';
import type { Disposable } from '../base/store';
import type { Text } from '../base/text';
import type { Joules, Seconds } from '../base/units';

/**
 * A part of the machine whose energy is told as one number. Sockets of one machine are summed in a domain; GPUs are
 * told apart. `psys` is a laptop's whole platform without cards, `module` a board that holds processor, GPU and memory,
 * `machine` all that hangs on a battery or a power supply.
 */
export type Domain = 'cpu-package' | 'cpu-core' | 'uncore' | 'dram' | 'psys' | 'module' | 'machine' | `gpu:${string}`;

/** An energy counter; power read at intervals and integrated; or no sensor at all. */
export type Method = 'counter' | 'sampled' | 'model';

/** `asleep`: there is a device, and asking it would wake it. */
export type Reason = 'absent' | 'denied' | 'unreliable' | 'asleep';

export interface Found {
  readonly ok: true;
  readonly covers: readonly Domain[];
  readonly method: Method;
  /** What the user should know all the same: a domain left out, what a model rests on. */
  readonly remarks: readonly Text[];
}

export interface NotFound {
  readonly ok: false;
  readonly reason: Reason;
  readonly explanation: Text;
  /** What the user can do; absent where nothing helps. */
  readonly remedy?: Text;
}

export type Probe = Found | NotFound;

export interface Sensor {
  /** Public and stable: `rapl`, `nvidia`, `model`. */
  readonly id: string;
  /** Asks without waking or changing anything. Never throws. */
  probe(): Promise<Probe>;
  /** Cheap: whether something has changed since the last probe, so that another is worth its cost. */
  stirred?(): boolean;
  /** Begins to read; only after a probe that found something. */
  start(interval: Seconds): Running;
}

export interface Running extends Disposable {
  /**
   * Energy of each covered domain since the last call (the first: since the start), `elapsed` seconds ago.
   * A domain that cannot be told for this span is left out, never told as 0. Cheap enough for every second.
   */
  sample(elapsed: Seconds): readonly Reading[];
  /** Why domains were left out of the last sample. */
  trouble(): Text | undefined;
  /** Process ids on a GPU, as its driver tells them; null where it does not. */
  users?(domain: Domain): readonly number[] | null;
}

export interface Reading {
  readonly domain: Domain;
  readonly energy: Figure<Joules>;
}

export const found = (covers: readonly Domain[], method: Method, remarks: readonly Text[] = []): Found => ({
  ok: true,
  covers,
  method,
  remarks,
});

export const notFound = (reason: Reason, explanation: Text, remedy?: Text): NotFound => ({
  ok: false,
  reason,
  explanation,
  ...(remedy && { remedy }),
});
