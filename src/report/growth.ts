/** How costs grow with the sizes of the inputs, as plain data and as text. */
import type { Text } from '../base/text';
import { text } from '../base/text';
import type { Say } from './words';

/** Exactly so at four sizes at equal distances. `irregular` is none of the others. */
export type Trend = 'constant' | 'linear' | 'quadratic' | 'irregular';

export interface GrowthValue {
  /** Times the size that the report is for. */
  readonly factor: number;
  readonly macs: number;
  readonly peakActivationBytes: number;
}

export interface GrowthReport {
  /** Batch: the first axis. Length: the second axis of sequences. Resolution: the spatial axes of images and volumes. */
  readonly of: 'batch' | 'length' | 'resolution';
  readonly inputs: readonly { readonly name: string; readonly axes: readonly number[] }[];
  /** Null where the model was not read at all four sizes; `reason` says why. */
  readonly macs: Trend | null;
  readonly peakActivationBytes: Trend | null;
  readonly values: readonly GrowthValue[];
  readonly reason?: Text;
}

const OF = { batch: text('with the batch'), length: text('with the length'), resolution: text('with the resolution') };

const TRENDS = {
  constant: text('constant'),
  linear: text('linear'),
  quadratic: text('quadratic'),
  irregular: text('irregular'),
};

export function growthText({ of, macs, peakActivationBytes, reason }: GrowthReport, say: Say): string {
  if (macs === null || peakActivationBytes === null) {
    const why = reason === undefined ? '' : say(reason);
    return `${say(OF[of])}: ${say(text('unknown, since other sizes could not be read: {0}', why))}`;
  }
  const counts = text('MACs {0}, peak activations {1}', say(TRENDS[macs]), say(TRENDS[peakActivationBytes]));
  return `${say(OF[of])}: ${say(counts)}`;
}
