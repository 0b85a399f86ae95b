/** The same inputs for another batch or another length of sequences, as SPECs. */
import type { InputReport } from './view';

export interface Sizes {
  readonly batch?: number;
  readonly sequence?: number;
}

/** What the inputs have now; undefined where they do not agree or have no such axis. */
export function sizesOf(inputs: readonly InputReport[]): Sizes {
  const batch = only(inputs.flatMap(input => (hasBatch(input) ? (input.shape?.[0] ?? []) : [])));
  const sequence = only(inputs.flatMap(input => (isTokens(input) ? (input.shape?.[1] ?? []) : [])));
  return { ...(batch !== undefined && { batch }), ...(sequence !== undefined && { sequence }) };
}

/**
 * The batch is the first axis of every input that has two, by PyTorch's convention; a sequence's length the second axis
 * of token indices, and of whatever is as long as they are. Inputs whose sizes are not known are left to the reader.
 */
export function specsAtSizes(inputs: readonly InputReport[], { batch, sequence }: Sizes): readonly string[] {
  const now = sizesOf(inputs);
  return inputs.flatMap(input => {
    const { name, dtype, shape } = input;
    if (shape === null || shape.includes(null)) return [];
    const sizes = shape.map((size, axis) => {
      if (axis === 0 && batch !== undefined && hasBatch(input) && size === now.batch) return batch;
      if (axis > 0 && axis <= 2 && sequence !== undefined && size === now.sequence && isSequence(input, axis)) return sequence; // prettier-ignore
      return size;
    });
    return [`${name}=${dtype ?? 'float32'}[${sizes.join(',')}]`];
  });
}

const hasBatch = ({ shape }: InputReport): boolean => shape !== null && shape.length > 1;
const isTokens = ({ dtype, shape }: InputReport): boolean => (dtype === 'int64' || dtype === 'int32') && shape?.length === 2; // prettier-ignore
/** Masks and the like are as long as the tokens on their second axis, square ones on the third as well. */
const isSequence = (input: InputReport, axis: number): boolean =>
  axis === 1 || (input.shape?.length === 3 && input.shape[1] === input.shape[2]);

const only = (values: readonly number[]): number | undefined =>
  values.length > 0 && values.every(value => value === values[0]) ? values[0] : undefined;
