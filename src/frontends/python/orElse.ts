/** The one way to fall back from a Python value. */
import type { Value } from './values';

/** None is null, and a value like others: only undefined means that there is none, so `??` will not do. */
export const orElse = (value: Value | undefined, other: () => Value | undefined): Value | undefined =>
  value === undefined ? other() : value;
