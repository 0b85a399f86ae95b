/** Calls between a host and the analysis worker. Only plain data crosses. */
import type { AdviceReport } from '../report/advice';
import type { FileReport } from '../report/view';

export interface AnalyzeRequest {
  readonly path: string;
  /** Unsaved text of the file itself; else it is read from disk. */
  readonly text?: string;
  readonly model?: string;
  /** What stands in the constructor call's parentheses. */
  readonly args?: string;
  /** SPECs as on the command line. */
  readonly inputs: readonly string[];
  readonly searchPath: readonly string[];
  readonly device?: string;
  /** ISO 3166 country for the grid's intensity; else guessed from the time zone and said to be a guess. */
  readonly region?: string;
}

/** A model written out as ONNX for the profiler, or why it cannot be. */
export interface EmittedModel {
  readonly model: Uint8Array;
  /** A `WeightPlan` of protocol/profiler.ts, opaque here. */
  readonly plan: unknown;
  /** Graph layer (index into ModelReport.layers) of each ONNX node name. */
  readonly layerOf: Readonly<Record<string, number>>;
}

export interface AnalysisCalls {
  analyze: { params: AnalyzeRequest; result: FileReport };
  advise: { params: AnalyzeRequest; result: AdviceReport };
  emit: { params: AnalyzeRequest & { readonly model: string }; result: EmittedModel };
}
