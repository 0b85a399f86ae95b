/** Calls between a host and the metering worker. Only plain data crosses. */
import type { MeterSnapshot } from '../report/meter';

export interface MeteringCalls {
  /** Begins, or goes on if it has begun; answers with the state at this moment. */
  start: { params: { readonly intervalS: number }; result: MeterSnapshot };
  /** Reads now; null before the start. Two answers give the energy between them. */
  read: { params: Record<string, never>; result: MeterSnapshot | null };
  stop: { params: Record<string, never>; result: null };
}

export interface MeteringEvents {
  /** Once per interval between `start` and `stop`. */
  snapshot: MeterSnapshot;
}
