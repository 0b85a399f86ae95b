/** A run while it is on, and its account at its end, as plain data: what a meter of runs tells whoever shows or keeps it. */
import type { Figure } from '../base/figure';
import type { Text } from '../base/text';
import type { CoverageReport } from './profile';
import type { RecordedEnergy, RecordedProgress } from './run';

/** What to follow: a process with all that it starts, or what a shell does from now on, its earlier jobs apart. */
export interface Root {
  readonly pid: number;
  readonly kind: 'process' | 'shell';
}

export interface LiveRun {
  readonly id: string;
  readonly elapsedS: number;
  readonly energy: RecordedEnergy;
  readonly coverage: readonly CoverageReport[];
  readonly progress: LiveProgress | null;
  readonly forecast: LiveForecast | null;
  /** ISO 3166-1 alpha-3 or `WORLD`. */
  readonly region: string | null;
  readonly intensityGPerKWh: Figure | null;
  readonly carbonG: Figure | null;
  /** As it goes into a record: forecasts that were made on the way are kept to be compared with what came. */
  readonly recorded: RecordedProgress | null;
}

export interface LiveProgress {
  /** 0 to 1; null while the end is not known. */
  readonly fraction: { readonly low: number; readonly high: number } | null;
  readonly epochs: number | null;
  readonly epochsTotal: number | null;
}

/** Of the whole run, from its start to its end. */
export interface LiveForecast {
  readonly durationS: Figure | null;
  readonly energyJ: Figure | null;
  readonly carbonG: Figure | null;
  readonly reason: Text | null;
}
