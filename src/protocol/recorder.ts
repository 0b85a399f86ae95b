/** What the program that starts a run and the run's recorder tell each other: a line of JSON each. */
import type { Text } from '../base/text';
import type { JobState, RunRecord } from '../report/run';

export interface RunStart {
  readonly id: string;
  /** The run that it was started in. */
  readonly parent: string | null;
  readonly data: string;
  readonly command: readonly string[];
  readonly folder: string;
  /** Process that waits for the run and for nothing else. */
  readonly starter: number;
  readonly region: string | null;
  readonly pue: number | null;
  readonly exclusive: boolean;
  /** CUDA's choice of GPUs, where there is one. */
  readonly visibleGpus: string | null;
  /** How long to look at the idle machine first. */
  readonly idleS: number;
  readonly job: JobState | null;
  /** Why nothing is to be measured here. */
  readonly elsewhere: Text | null;
  readonly tool: string;
  /** Where CodeCarbon's columns are written to. */
  readonly emissions: string;
  readonly notes: readonly Text[];
}

export type ToRecorder =
  | { readonly kind: 'begin'; readonly start: RunStart }
  | { readonly kind: 'root'; readonly pid: number; readonly atMs: number }
  /** Output that passes through the starter. */
  | { readonly kind: 'output'; readonly stream: number; readonly chunk: string }
  /** Output that the run writes into a file by itself, behind what is there. */
  | { readonly kind: 'file'; readonly stream: number; readonly path: string; readonly size: number }
  | { readonly kind: 'exit'; readonly exitCode: number; readonly atMs: number };

export type FromRecorder =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'done';
      readonly record: RunRecord;
      /** Processes of the run that go on; it is recorded until they end. */
      readonly going: number;
      /** What could not be written. */
      readonly refusals: readonly { readonly text: Text; readonly remedy: Text | null }[];
    };
