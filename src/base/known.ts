/**
 * "Don't know" is a value with a reason. A size, a count or a small tensor's element is a number or an `Unknown`;
 * unknown is contagious through arithmetic and never turns into zero.
 */
import type { Text } from './text';
import { text } from './text';

export interface Unknown {
  readonly unknown: Text;
}

export const unknown = (because: Text): Unknown => ({ unknown: because });

export type Maybe<T> = T | Unknown;

export const isUnknown = <T>(value: Maybe<T>): value is Unknown =>
  typeof value === 'object' && value !== null && 'unknown' in value;

export const TOO_LARGE: Unknown = unknown(text('the number is too large to count exactly'));

/** Exact integer arithmetic: beyond 2^53 the answer is unknown rather than rounded. */
export function exact(value: number): Maybe<number> {
  return Number.isSafeInteger(value) ? value : TOO_LARGE;
}

export function sum(values: Iterable<Maybe<number>>): Maybe<number> {
  let total = 0;
  for (const value of values) {
    if (isUnknown(value)) return value;
    total += value;
    if (!Number.isSafeInteger(total)) return TOO_LARGE;
  }
  return total;
}

export function product(values: Iterable<Maybe<number>>): Maybe<number> {
  let total = 1;
  let missing: Unknown | undefined;
  for (const value of values) {
    if (isUnknown(value)) missing ??= value;
    else if (value === 0)
      return 0; // 0 × anything is 0, whatever the rest would be
    else total *= value;
  }
  if (missing !== undefined) return missing;
  return exact(total);
}
