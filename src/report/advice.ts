/** Suggestions as plain data: the `advise --format json` contract. Deltas are replacement minus original: a saving is negative. */
import type { Figure } from '../base/figure';
import type { Text } from '../base/text';
import type { Place } from './view';

export interface AdviceReport {
  readonly schemaVersion: 1;
  readonly file: string;
  readonly models: readonly { readonly name: string; readonly suggestions: readonly SuggestionReport[] }[];
}

export type Safety = 'exact' | 'approximate' | 'fine-tune' | 'retrain';

export interface SuggestionReport {
  readonly id: string;
  readonly rule: string;
  readonly title: string;
  readonly titleText: Text;
  readonly why: Text;
  /** Paths of the layers it replaces. */
  readonly layers: readonly string[];
  /** Where the edit or the first layer stands. */
  readonly place: Place | null;
  readonly safety: Safety;
  readonly deltas: {
    readonly parameters: number | null;
    readonly macs: number | null;
    readonly bytes: number | null;
    readonly energyJ: Figure | null;
    readonly carbonG: Figure | null;
  };
  readonly evidence: readonly { readonly paper: string; readonly says: string }[];
  /** Unified diff for the command line; null where the source cannot be edited safely, with `editReason` saying why. */
  readonly edit: string | null;
  readonly edits: readonly TextEditReport[];
  readonly editReason: Text | null;
  readonly measured: MeasuredChange | null;
}

export interface MeasuredChange {
  readonly latencyS: Figure;
  readonly energyJ: Figure;
  readonly outputDifference: number | null;
}

/** Replace UTF-16 code units `start` to `end` of the file by `text`. */
export interface TextEditReport {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}
