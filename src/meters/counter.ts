/** Arithmetic on counters that start over: exact in 64 bits, where a number of microjoules would soon not be. */

/** What a counter that counts modulo `range` moved, if it started over at most once. */
export function counterDelta(before: bigint, after: bigint, range: bigint): bigint {
  return after >= before ? after - before : after + range - before;
}

/** A counter's value as a sysfs file holds it; undefined for anything but a natural number. */
export function parseCounter(content: string): bigint | undefined {
  const trimmed = content.trim();
  return /^\d{1,20}$/.test(trimmed) ? BigInt(trimmed) : undefined;
}

/** Remembers the last value. A failed reading forgets it: the movement up to the next good one belongs to no known span. */
export class Counter {
  #last: bigint | undefined;

  constructor(readonly range: bigint) {}

  /** The movement since the last value; undefined after none or a failed one. */
  advance(value: bigint | undefined): bigint | undefined {
    const before = this.#last;
    this.#last = value;
    return before === undefined || value === undefined ? undefined : counterDelta(before, value, this.range);
  }
}
