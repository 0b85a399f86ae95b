/**
 * A number never travels alone: it carries its range, its basis and its source.
 * Arithmetic here keeps all four; a result is as trustworthy as its weakest part.
 */
export type Basis = 'measured' | 'modelled' | 'assumed';

/** `low ≤ value ≤ high`, all in the same SI unit, which the field or type that holds the figure names. */
export interface Figure<Q extends number = number> {
  readonly value: Q;
  readonly low: Q;
  readonly high: Q;
  readonly basis: Basis;
  /** Where the number comes from, in words a reader can follow up. */
  readonly source: string;
}

export function figure<Q extends number>(value: Q, low: Q, high: Q, basis: Basis, source: string): Figure<Q> {
  if (!(low <= value && value <= high)) throw new RangeError(`not a range: ${low} ≤ ${value} ≤ ${high}`);
  return { value, low, high, basis, source };
}

const TRUST: Readonly<Record<Basis, number>> = { measured: 2, modelled: 1, assumed: 0 };

export const weaker = (a: Basis, b: Basis): Basis => (TRUST[a] <= TRUST[b] ? a : b);

/** Each source once: sums that go on for months would grow without end. */
const joinSources = (a: string, b: string): string =>
  a === b || b === '' || a.split('; ').includes(b) ? a : a === '' ? b : `${a}; ${b}`;

/** Sum of figures in one unit. The ranges add linearly: errors of estimates are rarely independent. */
export function addFigures<Q extends number>(figures: readonly Figure<Q>[]): Figure<Q> | undefined {
  const [first, ...rest] = figures;
  if (first === undefined) return undefined;
  return rest.reduce(
    (sum, next) => ({
      value: (sum.value + next.value) as Q,
      low: (sum.low + next.low) as Q,
      high: (sum.high + next.high) as Q,
      basis: weaker(sum.basis, next.basis),
      source: joinSources(sum.source, next.source),
    }),
    first,
  );
}

/** Product with a non-negative figure of another unit, e.g. energy × grid intensity. `convert` maps plain numbers. */
export function combine<A extends number, B extends number, R extends number>(
  a: Figure<A>,
  b: Figure<B>,
  convert: (a: A, b: B) => R,
): Figure<R> {
  return {
    value: convert(a.value, b.value),
    low: convert(a.low, b.low),
    high: convert(a.high, b.high),
    basis: weaker(a.basis, b.basis),
    source: joinSources(a.source, b.source),
  };
}

/** The same figure on another scale (a monotone rising map). */
export function mapFigure<A extends number, R extends number>(a: Figure<A>, map: (value: A) => R): Figure<R> {
  return { ...a, value: map(a.value), low: map(a.low), high: map(a.high) };
}
