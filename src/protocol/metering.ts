/** Calls between a host and the metering worker. Only plain data crosses. */
import type { Figure } from '../base/figure';
import type { LiveRun, Root } from '../report/liveRun';
import type { MeterSnapshot } from '../report/meter';

export interface MeteringCalls {
  /** Begins, or goes on if it has begun; answers with the state at this moment. */
  start: { params: { readonly intervalS: number }; result: MeterSnapshot };
  /** Reads now; null before the start. Two answers give the energy between them. */
  read: { params: Record<string, never>; result: MeterSnapshot | null };
  /** `region`: ISO code; null where it is to be guessed. Time before the meter has begun is said to be missing. */
  beginRun: {
    params: { readonly id: string; readonly root: Root | null; readonly region: string | null };
    result: null;
  };
  /** Once it is known which process the run is. */
  followRun: { params: { readonly id: string; readonly root: Root }; result: null };
  runOutput: { params: { readonly id: string; readonly chunk: string }; result: null };
  /** The account at the end; null of a run that is not known. */
  endRun: { params: { readonly id: string }; result: LiveRun | null };
  /** Grams per kilowatt-hour of a region's grid; null: of the one that is guessed. */
  grid: { params: { readonly region: string | null }; result: { readonly region: string; readonly intensity: Figure } };
  stop: { params: Record<string, never>; result: null };
}

export interface MeteringEvents {
  /** Once per interval between `start` and `stop`. */
  snapshot: MeterSnapshot;
  /** After each snapshot while runs are on. */
  runs: readonly LiveRun[];
}
