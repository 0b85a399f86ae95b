/**
 * What the profiler's child is asked and what it answers. Times are seconds, sizes bytes. A child serves one model:
 * probe or signature, or open → warmUp → measure → trace.
 */
import type { Text } from '../base/text';

/** Execution providers by the runtime's own names. */
export type Provider = 'cpu' | 'cuda' | 'webgpu' | 'dml' | 'coreml';

export interface ProfilerCalls {
  /** What this platform's runtime was built with, whether or not it works here. */
  runtime: { params: undefined; result: RuntimeInfo };
  /** Runs a small product on one provider and checks its values. A broken driver may crash the child. */
  probe: { params: { readonly provider: Provider }; result: ProviderProbe };
  /** Writes an emitted model for keeping: the model and its weights beside it, under the plan's own name for them. */
  write: { params: WriteRequest; result: null; progress: OpenProgress };
  signature: { params: { readonly model: ModelSource; readonly folder: string }; result: ModelSignature };
  open: { params: OpenRequest; result: OpenResult; progress: OpenProgress };
  warmUp: { params: { readonly maxSeconds: number }; result: WarmUp };
  measure: { params: { readonly seconds: number }; result: Measured; progress: MeasureProgress };
  /** Ends the measuring session: only the profiled one stays in memory. */
  trace: { params: { readonly seconds: number }; result: Trace };
}

export interface RuntimeInfo {
  readonly version: string;
  readonly providers: readonly Provider[];
}

export type ProviderProbe =
  | {
      readonly provider: Provider;
      readonly works: true;
      /** Best of a few runs of the probe's product, for choosing between providers. */
      readonly runS: number;
    }
  | {
      readonly provider: Provider;
      readonly works: false;
      readonly why: Text;
      /** The runtime's own words. */
      readonly detail: string;
    };

export type ModelSource =
  | { readonly kind: 'file'; readonly path: string }
  /** Written out from source: its large weights lie in the file `plan.file` beside it, which the child writes. */
  | { readonly kind: 'emitted'; readonly model: Uint8Array; readonly plan: WeightPlan };

/** Generated weights, as ONNX external data. */
export interface WeightPlan {
  /** The `location` that the model's tensors name: a plain file name. */
  readonly file: string;
  /** Equal seeds give equal weights. */
  readonly seed: number;
  /** Size of the file. */
  readonly bytes: number;
  /** In order of rising offset, without overlap. */
  readonly tensors: readonly PlannedTensor[];
}

export interface PlannedTensor {
  readonly name: string;
  /** As in ir/tensor.ts; packed types in bytes as ONNX packs them. */
  readonly dtype: string;
  readonly elements: number;
  readonly offset: number;
  readonly bytes: number;
  readonly fill: WeightFill;
}

export type WeightFill =
  | { readonly kind: 'constant'; readonly value: number }
  /** Fan-in scaling is the planner's: standard deviation √(1 / fan-in) and the like. */
  | { readonly kind: 'normal'; readonly mean: number; readonly std: number }
  | { readonly kind: 'uniform'; readonly low: number; readonly high: number }
  /** Whole numbers in [low, high). */
  | { readonly kind: 'integers'; readonly low: number; readonly high: number };

export interface ModelSignature {
  readonly inputs: readonly TensorSignature[];
  readonly outputs: readonly TensorSignature[];
}

export interface TensorSignature {
  readonly name: string;
  readonly dtype: string;
  /** A text is the name of a dim that the file leaves open; empty where it has none. */
  readonly dims: readonly (number | string)[];
}

/** An input as the user or the source gave it. Without a name, inputs are matched in order. */
export interface GivenInput {
  readonly name?: string;
  readonly dtype?: string;
  readonly dims: readonly number[];
  /** One number for all elements, or all elements. */
  readonly value?: number | readonly number[];
}

export interface WriteRequest {
  readonly model: Extract<ModelSource, { kind: 'emitted' }>;
  /** Absolute; what lies there is replaced once the new one is whole. */
  readonly path: string;
  /** In the same folder, for what is not whole yet; removed by the parent. */
  readonly workFolder: string;
}

export interface OpenRequest {
  readonly model: ModelSource;
  readonly provider: Provider;
  readonly inputs: readonly GivenInput[];
  /** Sizes of open dims by name, or by `input.axis` where they have none. */
  readonly dims: Readonly<Record<string, number>>;
  /** Threads inside an op; without it the runtime's own choice. */
  readonly threads?: number;
  /** Exists, is empty, and is removed by the parent. */
  readonly folder: string;
  /** Resident memory beyond which the child ends itself. */
  readonly memoryLimitBytes: number;
  /** Where generated weights are kept; without it they live as long as the child. */
  readonly cache?: WeightCache;
}

export interface WeightCache {
  readonly folder: string;
  readonly limitBytes: number;
}

export type OpenResult =
  | { readonly kind: 'needs'; readonly needs: readonly DimNeed[] }
  | {
      readonly kind: 'opened';
      readonly inputs: readonly FedInput[];
      readonly outputs: readonly TensorSignature[];
      /** Name and version. */
      readonly runtime: string;
      /** Writing weights, creating the session, the first run. */
      readonly weightsS: number;
      readonly loadS: number;
      readonly firstRunS: number;
    };

/** A size that nobody but the user can say. */
export interface DimNeed {
  readonly input: string;
  readonly axis: number;
  /** As the file has it, empty where it is anonymous. */
  readonly name: string;
  /** Key for `OpenRequest.dims`. */
  readonly key: string;
  readonly suggestion: number;
}

/** What an input was fed with, and why. */
export interface FedInput {
  readonly name: string;
  readonly dtype: string;
  readonly dims: readonly number[];
  readonly basis: 'given' | 'declared' | 'assumed';
  readonly source: Text;
}

export interface OpenProgress {
  readonly stage: 'weights' | 'loading' | 'firstRun';
  /** Of the stage, from 0 to 1, where it is known. */
  readonly fraction?: number;
}

export interface WarmUp {
  readonly runs: number;
  readonly seconds: number;
  /** False where the time was up before run times had settled. */
  readonly steady: boolean;
}

export interface MeasureProgress {
  readonly seconds: number;
  readonly runs: number;
  /** Median so far. */
  readonly latencyS: number;
}

/** Runs in a row, without a pause. */
export interface Window {
  readonly seconds: number;
  readonly runs: number;
  /** Of the single runs. */
  readonly medianS: number;
}

export interface Measured {
  readonly runs: number;
  readonly seconds: number;
  readonly windows: readonly Window[];
  /** Single runs, for the shape of the distribution. */
  readonly fastestS: number;
  readonly slowestS: number;
  readonly p95S: number;
  /** Processor time of the child during the windows, all its threads. */
  readonly cpuS: number;
  /** Processor time of everybody else meanwhile; null where the system does not tell. */
  readonly othersCpuS: number | null;
  /** Processors of this machine. */
  readonly processors: number;
  readonly peakMemoryBytes: number;
}

export interface TracedNode {
  /** As in the model; empty where the node has no name and the runtime gave none. */
  readonly name: string;
  readonly op: string;
  /** Position among the file's nodes without Constants, as long as the node was not made by an optimisation. */
  readonly index: number;
  readonly provider: string;
  /** Time of one model run in this node, without the nodes of its subgraphs. */
  readonly selfS: number;
}

export interface Trace {
  readonly runs: number;
  /** Optimisation level of the profiled session: names survive at it. */
  readonly level: string;
  /** One run of the profiled session. */
  readonly runS: number;
  readonly nodes: readonly TracedNode[];
  /** Of the processor that took part in the work, the calling one included; null where it had none. */
  readonly threads: number | null;
}
