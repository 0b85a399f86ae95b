/**
 * What was measured of a model, as plain data: what `profile --format json` adds to a model's report, and what lens,
 * hover and panel show of it. Unknown is null with a note, never 0.
 */
import type { Figure } from '../base/figure';
import type { Text } from '../base/text';
import type { InputBasis, LayerReport, ModelReport, TensorReport } from './view';

export interface ProfileResult {
  /** The hardware, in words. */
  readonly device: string;
  /** The execution provider that was asked of the runtime; `providers` says what really ran. */
  readonly provider: string;
  /** Name and version. */
  readonly runtime: string;
  /** Of the processor that took part; null where none did. */
  readonly threads: number | null;
  /** True where the weights were made up: then it is this architecture that was measured, not the user's model. */
  readonly generatedWeights: boolean;
  /** Operations that could not be run, so that the figures are those of the rest. */
  readonly leftOut: number;
  /** Inferences that were timed, and how long that took. */
  readonly runs: number;
  readonly seconds: number;
  /** One inference. Measured; the range is the 95 % interval of the median. */
  readonly latencyS: Figure;
  /** Single inferences. Energy is of the mean, which slow runs pull above the median. */
  readonly runTimes: {
    readonly fastestS: number;
    readonly meanS: number;
    readonly p95S: number;
    readonly slowestS: number;
  };
  /** One inference: everything the covered hardware drew meanwhile, idle included. */
  readonly energyJ: Figure | null;
  /** One inference: what was drawn above the same machine's idle with the model loaded. */
  readonly marginalEnergyJ: Figure | null;
  /** Of that energy, idle included, on the grid that the estimate assumes. */
  readonly carbonG: Figure | null;
  readonly idleW: Figure | null;
  readonly coverage: readonly CoverageReport[];
  /** Of the process, or of the device's memory in PyTorch; null where nobody tells. */
  readonly peakMemoryBytes: number | null;
  readonly inputs: readonly FedInputReport[];
  /** By index into `ModelReport.layers`; layers that were fused away or never ran are missing. */
  readonly layers: readonly LayerProfile[];
  /** Time in nodes that belong to no layer, such as changes of layout; null where nothing was traced. */
  readonly unattributedShare: number | null;
  /** Which provider's kernels really ran, by time. */
  readonly providers: readonly { readonly provider: string; readonly share: number }[];
  /** How it was measured, and what to know of the result. */
  readonly notes: readonly Text[];
}

/** Which sensor covered what. */
export interface CoverageReport {
  readonly domain: string;
  readonly sensor: string;
  readonly method: 'counter' | 'sampled' | 'model';
}

export interface FedInputReport {
  readonly name: string;
  readonly dtype: string;
  readonly dims: readonly number[];
  readonly basis: InputBasis;
  /** What it was filled with. */
  readonly source: Text;
}

export interface LayerProfile {
  readonly layer: number;
  /** Of one inference's time in nodes, from 0 to 1. */
  readonly share: number;
  readonly latencyS: Figure;
  readonly energyJ: Figure | null;
}

/** A layer with what was measured in place of what was modelled. */
export type ProfiledLayer = Omit<LayerReport, 'latencyS' | 'energyJ'> & {
  readonly share: number | null;
  readonly latencyS: Figure | null;
  readonly energyJ: Figure | null;
};

/** One entry of `models` in `profile --format json`. */
export type ProfiledModel = Omit<ModelReport, 'layers'> &
  Omit<ProfileResult, 'layers' | 'inputs'> & {
    readonly fedInputs: readonly FedInputReport[];
    readonly layers: readonly ProfiledLayer[];
  };

export function profiledModel(model: ModelReport, profile: ProfileResult): ProfiledModel {
  const { inputs: fedInputs, layers: measured, ...rest } = profile;
  const byLayer = new Map(measured.map(layer => [layer.layer, layer]));
  return {
    ...model,
    ...rest,
    fedInputs,
    layers: model.layers.map((layer, index) => {
      const { share = null, latencyS = null, energyJ = null } = byLayer.get(index) ?? {};
      return { ...layer, share, latencyS, energyJ };
    }),
  };
}

interface Sized {
  readonly name: string;
  readonly dtype: string | null;
}
type Sizes = readonly (Sized & ({ readonly shape: TensorReport['shape'] } | { readonly dims: readonly number[] }))[];

/** Whether two readings or runs were of the same inputs, whatever was in them. */
export const sameSizes = (one: Sizes, other: Sizes): boolean => sizesText(one) === sizesText(other);

const sizesText = (inputs: Sizes): string =>
  JSON.stringify(inputs.map(input => [input.name, input.dtype, 'dims' in input ? input.dims : input.shape]));
