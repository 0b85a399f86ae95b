/**
 * What a whole run will take in time, energy and carbon, from what its first epochs took. The first epoch is known to be
 * unlike the others (compilation, caches, downloads), so as soon as there are others it no longer counts. The interval
 * comes from how much epochs differ, from how few were seen, and from what the output leaves open; it narrows with each.
 */
import type { Basis, Figure } from '../base/figure';
import { combine, figure, mapFigure, weaker } from '../base/figure';
import type { Text } from '../base/text';
import { text } from '../base/text';
import type { GramsCO2e, GramsPerKWh, Joules } from '../base/units';
import { carbonOf, gramsCO2e } from '../base/units';
import type { Bounds, Progress } from './progress';

export interface Forecast {
  /** Of the whole run, from its start to its end; null with a reason. */
  readonly durationS: Figure | null;
  readonly energyJ: Figure | null;
  readonly carbonG: Figure<GramsCO2e> | null;
  readonly reason: Text | null;
  /** Of one epoch with all that belongs to it, from the epochs that were seen whole. */
  readonly secondsPerEpoch: Figure | null;
  readonly joulesPerEpoch: Figure | null;
  /** An epoch's energy by its steps, so validation is in it; of a run without epochs that of its steps. */
  readonly joulesPerStep: Figure | null;
  /** Whole epochs, or fiftieths of the run, that it rests on. */
  readonly seen: number;
}

export class Forecaster {
  readonly #seconds = new Periods();
  readonly #joules = new Periods();
  #unit: Unit | undefined;
  /** Where the last unit ended. */
  #last: { readonly at: number; readonly atS: number; readonly energyJ: Figure | null } | undefined;
  #progress: Progress | undefined;
  #stepsPerUnit: number | undefined;

  /** Takes what is known of the progress at a moment of the run, and what it has drawn up to then. */
  note(atS: number, energyJ: Figure | null, progress: Progress): void {
    this.#progress = progress;
    const unit = unitOf(progress);
    if (unit === undefined) return;
    if (this.#unit?.kind !== unit.kind) this.#startOver(unit);
    this.#unit = unit;
    const { step } = progress;
    if (step?.total) this.#stepsPerUnit = unit.kind === 'epoch' && step.of === 'epoch' ? step.total : unit.kind === 'part' ? step.total / PARTS : undefined; // prettier-ignore
    const at = Math.floor(unit.done.low + 1e-9);
    const last = this.#last;
    if (last !== undefined && at <= last.at) return;
    if (last !== undefined) {
      const units = at - last.at;
      this.#seconds.add((atS - last.atS) / units, units);
      if (energyJ !== null && last.energyJ !== null)
        this.#joules.add((energyJ.value - last.energyJ.value) / units, units);
    }
    this.#last = { at, atS, energyJ };
  }

  forecast(nowS: number, nowJ: Figure | null, intensity: Figure<GramsPerKWh> | null = null): Forecast {
    const seen = this.#seconds.count;
    const epoch = this.#unitsPerEpoch();
    const time = this.#seconds.figure('measured', 'epochs of this run');
    const per = {
      secondsPerEpoch: epoch && time ? mapFigure(time, value => value * epoch) : null,
      joulesPerEpoch: epoch ? this.#perUnit(nowJ, epoch) : null,
      joulesPerStep: this.#stepsPerUnit === undefined ? null : this.#perUnit(nowJ, 1 / this.#stepsPerUnit),
      seen,
    };
    const remaining = this.#remaining(nowS);
    if ('reason' in remaining)
      return { durationS: null, energyJ: null, carbonG: null, reason: remaining.reason, ...per };
    const durationS = whole(nowS, remaining.seconds, 'modelled', SOURCE);
    const energyJ = nowJ && this.#energy(nowS, nowJ, remaining);
    const carbonG = energyJ && intensity && combine(energyJ, intensity, (energy, grid) => gramsCO2e(carbonOf(energy as Joules, grid))); // prettier-ignore
    return { durationS, energyJ, carbonG, reason: null, ...per };
  }

  #startOver(unit: Unit): void {
    this.#seconds.clear();
    this.#joules.clear();
    this.#last = undefined;
    this.#stepsPerUnit = undefined;
    // A counter that is first seen in the middle of a unit says nothing of where the unit began.
    this.#unit = unit;
  }

  /** The Trainer tells epochs beside the steps of the whole run. */
  #unitsPerEpoch(): number | undefined {
    const unit = this.#unit;
    const epochs = this.#progress?.epochs?.done.low ?? 0;
    if (unit?.kind === 'epoch') return 1;
    return unit !== undefined && epochs >= 0.5 ? unit.done.low / epochs : undefined;
  }

  #perUnit(now: Figure | null, times: number): Figure | null {
    if (now === null) return null;
    const mean = this.#joules.figure(now.basis, now.source);
    return mean && scaled(mean, now, times);
  }

  /** Seconds from now to the end, and the time of the run that they rest on. */
  #remaining(nowS: number): { readonly seconds: Range; readonly units: Bounds } | { readonly reason: Text } {
    const unit = this.#unit;
    if (unit === undefined) return { reason: text('the output tells no progress yet') };
    if (unit.total === null) return { reason: text('the output does not tell how many epochs there will be') };
    const last = this.#last;
    if (last !== undefined && this.#seconds.count > 0) {
      const units = {
        low: Math.max(0, unit.total.low - Math.max(last.at, unit.done.high)),
        high: Math.max(0, unit.total.high - last.at),
      };
      return { seconds: this.#seconds.ahead(units, nowS - last.atS), units };
    }
    const fraction = this.#progress?.fraction;
    if (!fraction || fraction.high < LEAST_PART)
      return { reason: text('too little of the run is done for a forecast') };
    return { seconds: fromFirst(nowS, fraction.high), units: { low: 0, high: 0 } };
  }

  #energy(nowS: number, nowJ: Figure, remaining: { readonly seconds: Range; readonly units: Bounds }): Figure {
    const last = this.#last;
    const since = last?.energyJ ? nowJ.value - last.energyJ.value : undefined;
    const ahead =
      this.#joules.count > 0 && since !== undefined
        ? this.#joules.ahead(remaining.units, since)
        : timesPower(remaining.seconds, nowS > 0 ? nowJ.value / nowS : 0);
    const { value, low, high, source } = whole(nowJ.value, ahead, 'modelled', SOURCE);
    // What the sensor may be wrong by, it is wrong by in the future, too.
    const error = nowJ.value > 0 ? { low: nowJ.low / nowJ.value, high: nowJ.high / nowJ.value } : { low: 1, high: 1 };
    return figure(value, low * error.low, high * error.high, weaker('modelled', nowJ.basis), source);
  }
}

const SOURCE = 'forecast from the first epochs of this run';

/** A run without epochs is looked at in so many parts. */
const PARTS = 50;

/** Before so much of the whole is done, a forecast would say nothing. */
const LEAST_PART = 0.001;

interface Range {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

interface Unit {
  readonly kind: 'epoch' | 'part';
  readonly done: Bounds;
  readonly total: Bounds | null;
}

function unitOf({ epochs, fraction, step }: Progress): Unit | undefined {
  if (epochs !== null && (epochs.total !== null || fraction === null))
    return { kind: 'epoch', done: epochs.done, total: epochs.total };
  if (fraction === null || step?.of !== 'run') return undefined;
  const done = { low: PARTS * fraction.low, high: PARTS * fraction.high };
  return { kind: 'part', done, total: { low: PARTS, high: PARTS } };
}

/*
 * Assumed: within the first epoch nothing is known of another. It is mostly slower than those that follow, and what
 * comes after its steps, such as validation, has not been seen.
 */
function fromFirst(nowS: number, fraction: number): Range {
  const rest = (nowS * (1 - fraction)) / fraction;
  return { value: rest, low: 0.4 * rest, high: 2 * rest };
}

const timesPower = ({ value, low, high }: Range, power: number): Range => ({
  value: value * power,
  low: low * power,
  high: high * power,
});

const whole = (now: number, { value, low, high }: Range, basis: Basis, source: string): Figure =>
  figure(now + value, now + Math.min(low, value), now + Math.max(high, value), basis, source);

function scaled(mean: Figure, now: Figure, times: number): Figure {
  const error = now.value > 0 ? { low: now.low / now.value, high: now.high / now.value } : { low: 1, high: 1 };
  return {
    ...mean,
    value: mean.value * times,
    low: mean.low * times * error.low,
    high: mean.high * times * error.high,
  };
}

/** What one unit takes: mean and spread of those after the first, in constant memory (Welford). */
class Periods {
  #first: number | undefined;
  #count = 0;
  /** Of the units behind `#count` observations: output that comes late tells of several at once. */
  #units = 0;
  #mean = 0;
  #squares = 0;
  #least = Infinity;
  #most = -Infinity;

  get count(): number {
    return (this.#first === undefined ? 0 : 1) + this.#count;
  }

  clear(): void {
    this.#first = undefined;
    this.#count = this.#units = this.#mean = this.#squares = 0;
    this.#least = Infinity;
    this.#most = -Infinity;
  }

  /** Several units at once tell their mean only, which weighs as much as they do. */
  add(each: number, units: number): void {
    if (this.#first === undefined) {
      this.#first = each;
      return;
    }
    this.#count++;
    this.#units += units;
    const off = each - this.#mean;
    this.#mean += (off * units) / this.#units;
    this.#squares += off * (each - this.#mean) * units;
    this.#least = Math.min(this.#least, each);
    this.#most = Math.max(this.#most, each);
  }

  /** The mean of one unit with all that was seen of others. */
  figure(basis: Basis, source: string): Figure | null {
    const first = this.#first;
    if (first === undefined) return null;
    if (this.#count === 0) return figure(first, first, first, basis, source);
    return figure(this.#mean, Math.min(this.#least, this.#mean), Math.max(this.#most, this.#mean), basis, source);
  }

  /** What so many units from the last boundary will take, less what has been spent since. */
  ahead(units: Bounds, spent: number): Range {
    const mean = this.#count > 0 ? this.#mean : (this.#first ?? 0);
    const middle = (units.low + units.high) / 2;
    const off = (count: number, direction: 1 | -1): number => Math.max(0, count * mean + direction * this.#half(count, direction)); // prettier-ignore
    const left = (total: number): number => Math.max(0, total - spent);
    return { value: left(middle * mean), low: left(off(units.low, -1)), high: left(off(units.high, 1)) };
  }

  /** Half of the 95 % interval of a sum of so many further units. */
  #half(units: number, direction: 1 | -1): number {
    const first = this.#first ?? 0;
    // Assumed, too: after one epoch those to come are rather faster; of two or three the spread is hardly known.
    if (this.#count === 0) return units * first * (direction < 0 ? 0.6 : 0.3);
    const few = units * Math.max(0.15 * this.#mean, this.#most - this.#least, Math.abs(first - this.#mean) / 2);
    if (this.#count === 1) return few;
    const deviation = Math.sqrt(this.#squares / (this.#count - 1));
    const quantile = STUDENT[Math.min(this.#count - 1, STUDENT.length - 1)] ?? 2;
    const sampling = quantile * deviation * Math.sqrt(units + (units * units) / this.#count);
    return Math.min(sampling + DRIFT * units * this.#mean, this.#count < 4 ? few : Infinity);
  }
}

/** Two-sided 95 % quantiles of Student's distribution by degrees of freedom; from 20 on it is nearly normal. */
const STUDENT = [
  NaN, 12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.2, 2.18, 2.16, 2.14, 2.13, 2.12, 2.11, 2.1, 2.09, 2.05,
]; // prettier-ignore

/** Machines grow warm, neighbours come and go: what no spread of the past tells. */
const DRIFT = 0.03;
