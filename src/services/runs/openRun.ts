/** One run that is on: its CPU time, its progress, and what was forecast on the way. */
import type { Figure } from '../../base/figure';
import { combine } from '../../base/figure';
import type { GramsPerKWh, Joules } from '../../base/units';
import { carbonOf } from '../../base/units';
import type { LiveForecast, LiveRun } from '../../report/liveRun';
import type { RecordedProgress } from '../../report/run';
import type { RunEnergy } from '../../runs/attribution';
import { Forecaster } from '../../runs/forecast';
import { ProgressReader } from '../../runs/progress';
import type { RunRequest } from './recorder';

/** Parts of the whole at which a forecast is kept, to be compared with what came. */
const KEPT_AT = [0.1, 0.5];

export class OpenRun {
  /** Up to when its time has been shared out. */
  since: number;
  #usedS = 0;
  readonly #began: number;
  readonly #reader = new ProgressReader();
  readonly #forecaster = new Forecaster();
  readonly #kept: RecordedProgress['forecasts'][number][] = [];

  constructor(
    readonly request: RunRequest,
    now: number,
    /** Its processes are known. */
    public followed: boolean,
  ) {
    this.#began = this.since = now;
  }

  /** CPU seconds since the last time, of those since its begin. */
  used(totalS: number): number {
    const since = Math.max(0, totalS - this.#usedS);
    this.#usedS = totalS;
    return since;
  }

  feed(chunk: string, now: number, energy: RunEnergy): void {
    if (this.#reader.feed(chunk)) this.#note(now, energy);
  }

  note(now: number, energy: RunEnergy): void {
    this.#note(now, energy);
  }

  /** Its output has ended. */
  close(): void {
    this.#reader.end();
  }

  account(now: number, energy: RunEnergy, coverage: LiveRun['coverage']): LiveRun {
    const { progress } = this.#reader;
    const { grid } = this.request;
    return {
      id: this.request.id,
      elapsedS: now - this.#began,
      energy,
      coverage,
      region: grid?.region ?? null,
      intensityGPerKWh: grid?.intensity ?? null,
      carbonG: carbonOfEnergy(energy.attributedJ, grid?.intensity ?? null),
      progress: progress
        ? {
            fraction: progress.fraction,
            epochs: progress.epochs?.done.low ?? null,
            epochsTotal: progress.epochs?.total?.high ?? null,
          }
        : null,
      forecast: progress ? this.#forecast(now, energy) : null,
      recorded: progress ? this.#recorded(now, energy) : null,
    };
  }

  #note(now: number, energy: RunEnergy): void {
    const { progress } = this.#reader;
    if (progress === undefined) return;
    const atS = now - this.#began;
    this.#forecaster.note(atS, energy.attributedJ, progress);
    const next = KEPT_AT[this.#kept.length];
    if (next === undefined || (progress.fraction?.low ?? 0) < next) return;
    const { durationS, energyJ, carbonG } = this.#forecast(now, energy);
    // A run that is first seen near its end keeps one forecast for all that it has passed.
    if (durationS !== null) this.#kept.push({ atS, durationS, energyJ, carbonG });
  }

  #forecast(now: number, energy: RunEnergy): LiveForecast {
    const intensity = this.request.grid?.intensity ?? null;
    const { durationS, energyJ, carbonG, reason } = this.#forecaster.forecast(now - this.#began, energy.attributedJ, intensity); // prettier-ignore
    return { durationS, energyJ, carbonG, reason };
  }

  #recorded(now: number, energy: RunEnergy): RecordedProgress {
    const { joulesPerEpoch, joulesPerStep } = this.#forecaster.forecast(now - this.#began, energy.attributedJ);
    const epochs = this.#reader.progress?.epochs?.done.high ?? null;
    return { epochs, joulesPerEpoch, joulesPerStep, forecasts: [...this.#kept] };
  }
}

const carbonOfEnergy = (energy: Figure | null, intensity: Figure<GramsPerKWh> | null): Figure | null =>
  energy && intensity && combine(energy, intensity, (joules, grid) => carbonOf(joules as Joules, grid));
