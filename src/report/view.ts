/**
 * What the product says about a file, as plain data: the `analyze --format json` contract, and what lens, hover, panel
 * and command line draw from. Field names are public. Unknown is `null` beside a gap or a reason, never 0.
 */
import type { Figure } from '../base/figure';
import type { GapCode } from '../base/findings';
import type { Text } from '../base/text';
import type { GenerationReport } from './generation';
import type { GrowthReport } from './growth';

export const SCHEMA_VERSION = 1;

export interface FileReport {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly file: string;
  readonly models: readonly ModelReport[];
  readonly diagnostics: readonly DiagnosticReport[];
  /** Of a file that is being edited, where `models` holds only what the receiver does not have yet. */
  readonly live?: { readonly revision: number; readonly names: readonly string[] };
}

export type ModelStatus = 'ok' | 'incomplete' | 'needs-arguments';

export interface Place {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 0. */
  readonly column: number;
}

export interface ModelReport {
  readonly name: string;
  readonly kind: 'class' | 'function' | 'onnx';
  readonly line: number;
  readonly status: ModelStatus;
  readonly complete: boolean;
  /** What `needs-arguments` waits for, or dims that the user should give. */
  readonly needs: readonly NeedReport[];
  /** What it was made with, where that was found rather than given. */
  readonly arguments?: ArgumentsReport;
  readonly inputs: readonly InputReport[];
  readonly outputs: readonly TensorReport[];
  readonly parameters: number | null;
  readonly trainableParameters: number | null;
  readonly bufferElements: number | null;
  readonly bufferBytes: number | null;
  readonly macs: number | null;
  readonly flops: number | null;
  readonly weightBytes: number | null;
  readonly peakActivationBytes: number | null;
  readonly trafficBytes: number | null;
  readonly layers: readonly LayerReport[];
  /** Calls that the layers ran in, each after the one that it was made in. */
  readonly calls?: readonly CallReport[];
  readonly gaps: readonly GapReport[];
  readonly estimate: EstimateReport | null;
  /** Where it was asked for. */
  readonly growth?: readonly GrowthReport[];
  readonly generation?: GenerationReport;
}

export interface ArgumentsReport {
  /** As they stand between the parentheses. */
  readonly written: string;
  readonly basis: 'comment' | 'call' | 'configuration';
  /** In English; `text` is for the user's language. */
  readonly source: string;
  readonly text: Text;
}

export interface NeedReport {
  readonly name: string;
  readonly of: 'argument' | 'dim';
  /** The graph input whose dim is asked for. */
  readonly input?: string;
  /** Which size of that input, from 0. */
  readonly axis?: number;
  readonly suggestion?: string;
}

/** A size that is not known is null. */
export interface TensorReport {
  readonly name: string;
  readonly dtype: string | null;
  readonly shape: readonly (number | null)[] | null;
}

export type InputBasis = 'given' | 'declared' | 'comment' | 'call' | 'assumed';

export interface InputReport extends TensorReport {
  readonly basis: InputBasis;
  /** Where it was found or why it was assumed, in English; `text` is for the user's language. */
  readonly source: string;
  readonly text: Text;
}

/** One executed op. */
export interface LayerReport {
  readonly path: string;
  readonly call: number;
  readonly op: string;
  readonly file: string;
  /** Where the module is constructed, or the functional op called; null in `.onnx` files, which have no lines. */
  readonly line: number | null;
  readonly callSite: Place | null;
  /** The call that the code around the call site ran in, an index into `calls`. */
  readonly within?: number;
  /** Elements of parameters that this layer is the first owner of. */
  readonly parameters: number | null;
  readonly macs: number | null;
  readonly flops: number | null;
  readonly bytes: number | null;
  /** `float32[1,64,56,56]` */
  readonly outputs: readonly string[];
  /** Modelled cost of this layer alone, where an estimate was made. */
  readonly latencyS: number | null;
  readonly energyJ: number | null;
}

export interface CallReport extends Place {
  readonly within?: number;
}

export interface GapReport {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly code: GapCode;
  /** In English; the editor renders `text` in the user's language. */
  readonly message: string;
  readonly text: Text;
}

export interface DiagnosticReport {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly code: string;
  readonly message: string;
  readonly text: Text;
}

export interface EstimateReport {
  readonly device: string;
  readonly latencyS: Figure;
  readonly energyJ: Figure;
  readonly carbonG: Figure;
  /** What the carbon of any energy here follows from. */
  readonly gridGPerKWh: Figure;
  readonly assumptions: readonly AssumptionReport[];
}

/** Every default that went into an estimate, each of which the user can change. */
export interface AssumptionReport {
  readonly name: string;
  readonly value: string | number;
  readonly unit: string;
  readonly basis: 'measured' | 'modelled' | 'assumed';
  readonly source: string;
}
