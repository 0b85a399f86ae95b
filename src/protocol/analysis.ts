/** Calls between a host and the analysis worker. Only plain data crosses. */
import type { Text } from '../base/text';
import type { AdviceReport } from '../report/advice';
import type { BlameReport, ChangeReport } from '../report/change';
import type { FileReport, ModelReport } from '../report/view';
import type { WeightPlan } from './profiler';

export interface AnalyzeRequest {
  readonly path: string;
  /** Unsaved text of the file itself; else it is read from disk. */
  readonly text?: string;
  /** Texts by path that stand for files on disk, for what is only about to be written. */
  readonly texts?: Readonly<Record<string, string>>;
  readonly model?: string;
  /** What stands in the constructor call's parentheses. */
  readonly args?: string;
  /** SPECs as on the command line. */
  readonly inputs: readonly string[];
  readonly searchPath: readonly string[];
  /** Also how the costs grow with the sizes of the inputs, which reads each model up to twelve times more. */
  readonly growth?: boolean;
  /** Also what making text costs, as `prefill=N,decode=M`: reads each model a few times more. */
  readonly generate?: string;
  readonly device?: string;
  /** ISO 3166 country for the grid's intensity; else guessed from the time zone and said to be a guess. */
  readonly region?: string;
  /** The file is being edited: models come as progress, changed ones alone, and the report then names all of them. */
  readonly live?: {
    /** Where the cursor is, from 1. */
    readonly line?: number;
    /** Revision of the report that the caller has. */
    readonly known?: number;
  };
}

export interface EmitRequest extends AnalyzeRequest {
  readonly model: string;
  /** Plain name of the file with the weights, which stands in the model. */
  readonly weightsFile?: string;
  /** Leaves out ops that cannot be written: stand-ins with the same outputs take their place. */
  readonly without?: boolean;
}

/** A model written out as ONNX for the profiler. */
export interface EmittedModel {
  readonly model: Uint8Array;
  readonly plan: WeightPlan;
  /** Index into ModelReport.layers of each ONNX node, by name. */
  readonly layerOf: Readonly<Record<string, number>>;
  readonly report: ModelReport;
  /** What is not in it, by index of the layer. */
  readonly without: readonly LeftOut[];
}

export interface LeftOut {
  readonly layer: number;
  readonly why: Text;
}

/** What a user can choose from to have costs estimated for. */
export interface Choices {
  /** Names that `device` of a request takes. */
  readonly devices: readonly string[];
  /** ISO 3166 alpha-2 codes that `region` of a request takes: countries with a known grid. */
  readonly regions: readonly string[];
  /** What is used where the request names none, and is said to be a guess. */
  readonly guessedRegion: string | null;
}

export interface DiffRequest extends AnalyzeRequest {
  /** A revision, to be compared with the files on the disk, or `A..B`. */
  readonly revision: string;
}

export interface BaselineRequest extends AnalyzeRequest {
  /** The commit whose report the caller has already. */
  readonly known?: string;
}

/** A file as it is in the last commit. */
export interface Baseline {
  readonly commit: string | null;
  /** Null where the caller has it, or where there is a reason why there is none. */
  readonly report: FileReport | null;
  readonly reason: Text | null;
}

export interface AnalysisCalls {
  analyze: { params: AnalyzeRequest; result: FileReport; progress: ModelReport };
  advise: { params: AnalyzeRequest; result: AdviceReport };
  baseline: { params: BaselineRequest; result: Baseline };
  diff: { params: DiffRequest; result: ChangeReport };
  blame: { params: AnalyzeRequest & { readonly model: string }; result: BlameReport };
  choices: { params: Record<string, never>; result: Choices };
  emit: { params: EmitRequest; result: EmittedModel };
}
