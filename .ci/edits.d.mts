export interface EditStep {
  readonly kind: string;
  readonly text: string;
  /** Of the cursor, from 1. */
  readonly line: number;
}
export const CLASSES: readonly string[];
export function edits(original: string, options: { seed: number; count: number }): Generator<EditStep>;
