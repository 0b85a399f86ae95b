/** Energy of a stretch of work from the meter's snapshots, with the idle of the same state before and after it. */
import type { Figure } from '../base/figure';
import { figure, mapFigure, weaker } from '../base/figure';
import type { Disposable } from '../base/store';
import type { Seconds } from '../base/units';
import { seconds } from '../base/units';
import type { MeterSnapshot } from '../report/meter';
import { energyBetween } from '../report/meter';
import type { CoverageReport } from '../report/profile';
import { READING_EVERY_S, windowedPower } from './energyWindows';

export interface PowerReading {
  /** Of the whole stretch: everything the covered hardware drew. */
  readonly energyJ: Figure | null;
  readonly idleW: Figure | null;
  readonly coverage: readonly CoverageReport[];
  /** What the energy belongs to. */
  readonly seconds: number;
  /** Overlapping stretches that the power is the median of; 0 where the work was too short for one. */
  readonly windows?: number;
}

export interface PowerPort {
  measureDuring(work: () => Promise<void>): Promise<PowerReading>;
}

export interface MeterPowerPorts {
  /** Answers null where no meter runs. */
  readonly read: () => Promise<MeterSnapshot | null>;
  readonly wait: (time: Seconds) => Promise<void>;
  /** Calls at an interval until it is disposed of; without it only the ends of the work are read. */
  readonly every?: (interval: Seconds, call: () => void) => Disposable;
}

export function meterPower({ read, wait, every }: MeterPowerPorts, idle: Seconds = seconds(1)): PowerPort {
  return {
    measureDuring: async work => {
      const first = await read();
      await wait(idle);
      const before = await read();
      const during = await readDuring(work, read, every);
      const after = await read();
      await wait(idle);
      const last = await read();
      if (before === null || after === null) return { energyJ: null, idleW: null, coverage: [], seconds: 0 };
      const time = after.seconds - before.seconds;
      const steady = windowedPower([before, ...during, after]);
      return {
        energyJ: steady ? mapFigure(steady.powerW, watts => watts * time) : energyBetween(before, after),
        idleW: meanOf([powerBetween(first, before), powerBetween(after, last)]),
        coverage: coverageOf(after),
        seconds: time,
        windows: steady?.windows ?? 0,
      };
    },
  };
}

async function readDuring(
  work: () => Promise<void>,
  read: MeterPowerPorts['read'],
  every: MeterPowerPorts['every'],
): Promise<readonly MeterSnapshot[]> {
  const readings: MeterSnapshot[] = [];
  const timer = every?.(seconds(READING_EVERY_S), () => {
    // A reading that fails is one reading less.
    read().then(
      reading => {
        if (reading !== null) readings.push(reading);
      },
      () => undefined,
    );
  });
  try {
    await work();
  } finally {
    timer?.dispose();
  }
  return readings;
}

function powerBetween(before: MeterSnapshot | null, after: MeterSnapshot | null): Figure | null {
  if (before === null || after === null) return null;
  const time = after.seconds - before.seconds;
  const energy = energyBetween(before, after);
  return energy === null || time <= 0 ? null : mapFigure(energy, joules => joules / time);
}

/** Of one of `runs`: what its energy is above the idle power over its time. */
export function marginalEnergy(energyJ: Figure | null, power: PowerReading | null, runs: number): Figure | null {
  if (energyJ === null || !power?.idleW || runs === 0) return null;
  const { idleW } = power;
  const time = power.seconds / runs;
  return figure(
    energyJ.value - idleW.value * time,
    energyJ.low - idleW.high * time,
    energyJ.high - idleW.low * time,
    weaker(energyJ.basis, idleW.basis),
    `${energyJ.source}, less the idle power with the model loaded`,
  );
}

/** Idle before and idle after differ where a machine cools down slowly: the range covers both. */
function meanOf(figures: readonly (Figure | null)[]): Figure | null {
  const known = figures.filter(one => one !== null);
  const [first] = known;
  if (first === undefined) return null;
  const value = known.reduce((sum, one) => sum + one.value, 0) / known.length;
  const low = Math.min(...known.map(one => one.low));
  const high = Math.max(...known.map(one => one.high));
  const basis = known.reduce((basis, one) => weaker(basis, one.basis), first.basis);
  return figure(value, low, high, basis, first.source);
}

const coverageOf = ({ domains }: MeterSnapshot): CoverageReport[] =>
  domains
    .filter(({ counted, energyJ }) => counted && energyJ !== null)
    .map(({ domain, sensor, method }) => ({ domain, sensor, method }));
