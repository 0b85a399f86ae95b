/**
 * Order statistics for run times. Times are skewed and have outliers, so nothing here assumes a distribution:
 * medians, intervals from ranks, deviations from the median.
 */
export function quantile(values: readonly number[], q: number): number {
  const sorted = sort(values);
  const at = (sorted.length - 1) * q;
  const [below, above] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  if (below === undefined || above === undefined) throw new RangeError('no values');
  return below + (above - below) * (at - Math.floor(at));
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Median absolute deviation from the median, unscaled. */
export function medianDeviation(values: readonly number[]): number {
  const centre = median(values);
  return median(values.map(value => Math.abs(value - centre)));
}

/** A normal distribution's standard deviation is so many times its median deviation. */
const NORMAL_SCALE = 1.4826;

/** How many values lie further from the median than three standard deviations of a normal with the same spread. */
export function countOutliers(values: readonly number[]): number {
  const centre = median(values);
  const reach = 3 * NORMAL_SCALE * medianDeviation(values);
  return values.filter(value => Math.abs(value - centre) > reach).length;
}

export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** Probability that the interval covers the true median, from the ranks; below the wanted one for few values. */
  readonly confidence: number;
}

/**
 * Confidence interval of the median from order statistics (Hahn & Meeker, Statistical Intervals, 5.2): the k-th
 * smallest and k-th largest of n cover it with probability 1 − 2·P(B < k), B binomial (n, ½). Fewer than six values
 * cannot reach 95 %: their whole range is returned with the confidence that it has.
 */
export function medianInterval(values: readonly number[], confidence = 0.95): Interval {
  const sorted = sort(values);
  const n = sorted.length;
  const value = median(values);
  let [rank, covered] = [1, 1 - 2 * 0.5 ** n];
  // P(B = 0), then each next term from the one before; beyond 1000 values the terms would underflow.
  if (n > 1000) {
    rank = Math.max(1, Math.floor(n / 2 - (zOf(confidence) * Math.sqrt(n)) / 2));
    covered = confidence;
  } else {
    let term = 0.5 ** n;
    let tail = term;
    for (let k = 1; k < n / 2; k++) {
      term *= (n - k + 1) / k;
      tail += term;
      if (1 - 2 * tail < confidence) break;
      [rank, covered] = [k + 1, 1 - 2 * tail];
    }
  }
  return { value, low: sorted[rank - 1] ?? value, high: sorted[n - rank] ?? value, confidence: Math.max(0, covered) };
}

/**
 * The interval of a median over windows in time order. Where the first half and the second disagree by more than the
 * ranks allow for, the machine changed meanwhile: the interval then covers both.
 */
export function windowInterval(values: readonly number[], confidence = 0.95): Interval & { readonly drifted: boolean } {
  const interval = medianInterval(values, confidence);
  if (values.length < 4) return { ...interval, drifted: false };
  const half = Math.floor(values.length / 2);
  const halves = [median(values.slice(0, half)), median(values.slice(-half))];
  const [low, high] = [Math.min(interval.low, ...halves), Math.max(interval.high, ...halves)];
  return { ...interval, low, high, drifted: low < interval.low || high > interval.high };
}

/** Relative change between two stretches that still counts as none. */
const SETTLED = 0.02;

/**
 * Whether run times have settled: the last stretch and the one before it have the same median, give or take what
 * their own scatter explains.
 */
export function isSteady(times: readonly number[]): boolean {
  const length = Math.max(3, Math.floor(times.length / 3));
  if (times.length < 2 * length) return false;
  const last = times.slice(-length);
  const before = times.slice(-2 * length, -length);
  const scatter = (NORMAL_SCALE * Math.max(medianDeviation(last), medianDeviation(before))) / Math.sqrt(length);
  return Math.abs(median(last) - median(before)) <= Math.max(SETTLED * median(last), 2 * scatter);
}

const sort = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

/** Standard normal quantiles for the confidences in use. */
function zOf(confidence: number): number {
  if (confidence <= 0.9) return 1.645;
  return confidence <= 0.95 ? 1.96 : 2.576;
}
