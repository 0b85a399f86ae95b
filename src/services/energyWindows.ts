/**
 * Power of steady work from readings of a meter: the rise is left out, and overlapping windows of some seconds begin
 * at many phases of the sensor's own period. A GPU's power is a mean over a second that it samples a part of the time,
 * so a single difference of two readings may be off by what a window catches or misses.
 */
import type { Figure } from '../base/figure';
import { figure, mapFigure } from '../base/figure';
import type { MeterSnapshot } from '../report/meter';
import { energyBetween } from '../report/meter';

/** A window of energy lasts at least this long, in seconds. */
export const ENERGY_WINDOW_S = 5;
/** Longer than the second over which sensors average. */
const RISE_S = 1.5;

/** Between two readings: no part or multiple of a second, so that the phases differ. */
export const READING_EVERY_S = 0.37;

export interface WindowedPower {
  readonly powerW: Figure;
  readonly windows: number;
}

/** Undefined where the work was too short for a window after its rise. */
export function windowedPower(readings: readonly MeterSnapshot[]): WindowedPower | undefined {
  const start = readings[0]?.seconds ?? 0;
  const steady = readings.filter(({ seconds }) => seconds >= start + RISE_S);
  const powers = steady.flatMap((first, index) => {
    const last = steady.slice(index + 1).find(({ seconds }) => seconds - first.seconds >= ENERGY_WINDOW_S);
    const energy = last && energyBetween(first, last);
    return last && energy ? [mapFigure(energy, joules => joules / (last.seconds - first.seconds))] : [];
  });
  const [one] = powers;
  if (one === undefined) return undefined;
  const sorted = powers.map(({ value }) => value).sort((a, b) => a - b);
  const value =
    ((sorted[Math.floor((sorted.length - 1) / 2)] ?? 0) + (sorted[Math.ceil((sorted.length - 1) / 2)] ?? 0)) / 2;
  // Windows that disagree widen the range beyond what the sensor itself leaves open.
  const low = Math.min(...powers.map(power => power.low));
  const high = Math.max(...powers.map(power => power.high));
  return { powerW: figure(value, low, high, one.basis, one.source), windows: powers.length };
}
