/**
 * One recorded run or profile, as plain data: what the ledger keeps, what history, comparison and exports are made
 * from. Unknown is null with a reason, never 0. Field names are kept for ever: a change of meaning is a new schema.
 */
import type { Figure } from '../base/figure';
import type { Text } from '../base/text';
import type { CoverageReport } from './profile';

export interface RunRecord {
  readonly id: string;
  /** `run`: a command or a task. `profile`: of a model, per inference. `import`: another tool's account. */
  readonly kind: 'run' | 'profile' | 'import';
  /** ISO 8601 in UTC. */
  readonly startedAt: string;
  /** Null where the run goes on, or its end was not seen. */
  readonly endedAt: string | null;
  readonly durationS: number | null;
  /** `lost`: what recorded it ended before it did. */
  readonly state: 'running' | 'finished' | 'lost';
  readonly command: readonly string[] | null;
  readonly folder: string | null;
  /** Of the command; of one that a signal ended 128 and its number. Null where nobody told. */
  readonly exitCode: number | null;
  readonly commit: CommitState | null;
  readonly model: StaticCost | null;
  readonly device: string | null;
  readonly host: string | null;
  readonly coverage: readonly CoverageReport[];
  readonly energy: RecordedEnergy | null;
  readonly latencyS: Figure | null;
  /** ISO 3166-1 alpha-3 or `WORLD`. */
  readonly region: string | null;
  readonly intensityGPerKWh: Figure | null;
  readonly carbonG: Figure | null;
  /** Of another tool, its own words. */
  readonly progress: RecordedProgress | null;
  readonly job: JobState | null;
  /** Name and version of what recorded it. */
  readonly tool: string;
  readonly notes: readonly Text[];
}

/** What nobody told of a run. */
export const UNTOLD: Omit<RunRecord, 'id' | 'startedAt'> = {
  kind: 'run',
  endedAt: null,
  durationS: null,
  state: 'finished',
  command: null,
  folder: null,
  exitCode: null,
  commit: null,
  model: null,
  device: null,
  host: null,
  coverage: [],
  energy: null,
  latencyS: null,
  region: null,
  intensityGPerKWh: null,
  carbonG: null,
  progress: null,
  job: null,
  tool: '',
  notes: [],
};

export interface CommitState {
  readonly id: string;
  /** Tracked files differed from it. Null where git did not tell. */
  readonly dirty: boolean | null;
}

/** What reading said of the model, if it was read. */
export interface StaticCost {
  readonly name: string;
  readonly file: string;
  readonly complete: boolean;
  readonly parameters: number | null;
  readonly macs: number | null;
  readonly flops: number | null;
}

/** Of a run the whole, of a profile one inference. */
export interface RecordedEnergy {
  /** `unresolved`: too short for the sensors. `unknown`: nothing could be attributed. `partial`: some was not. */
  readonly status: 'resolved' | 'partial' | 'unresolved' | 'unknown';
  readonly attributedJ: Figure | null;
  readonly marginalJ: Figure | null;
  readonly pue: Figure | null;
  readonly shares: readonly RecordedShare[];
  readonly unattributed: readonly {
    readonly domain: string;
    readonly seconds: number;
    readonly atMostJ: Figure | null;
    readonly reason: Text;
  }[];
}

export interface RecordedShare {
  readonly domain: string;
  readonly rule: string;
  readonly seconds: number;
  readonly deviceJ: Figure;
  readonly share: { readonly value: number; readonly low: number; readonly high: number };
  readonly energyJ: Figure;
  readonly marginalJ: Figure | null;
  readonly idleW: Figure | null;
}

/** What the output told at the end, and what was forecast when about a tenth and a half of it were done. */
export interface RecordedProgress {
  readonly epochs: number | null;
  readonly joulesPerEpoch: Figure | null;
  readonly joulesPerStep: Figure | null;
  readonly forecasts: readonly {
    readonly atS: number;
    readonly durationS: Figure | null;
    readonly energyJ: Figure | null;
    readonly carbonG: Figure | null;
  }[];
}

export interface JobState {
  readonly scheduler: 'slurm';
  readonly id: string;
  readonly rank: number | null;
  readonly node: string | null;
}
