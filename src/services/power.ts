/** Energy of a stretch of work from the meter's snapshots, with the idle of the same state before and after it. */
import type { Figure } from '../base/figure';
import { figure, mapFigure, weaker } from '../base/figure';
import type { Disposable } from '../base/store';
import type { Text } from '../base/text';
import { text } from '../base/text';
import type { Seconds } from '../base/units';
import { seconds } from '../base/units';
import type { MeterSnapshot } from '../report/meter';
import { contains } from '../meters/choose';
import type { Domain } from '../meters/meter';
import { energyBetween, energyMoved } from '../report/meter';
import type { CoverageReport } from '../report/profile';
import { ENERGY_WINDOW_S, READING_EVERY_S, windowedPower } from './energyWindows';

export interface PowerReading {
  /** Of the whole stretch: everything the covered hardware drew. */
  readonly energyJ: Figure | null;
  readonly idleW: Figure | null;
  readonly coverage: readonly CoverageReport[];
  /** What the energy belongs to. */
  readonly seconds: number;
  /** Overlapping stretches that the power is the median of; 0 where the work was too short for one. */
  readonly windows?: number;
  /** What other sensors told of more than was counted, such as a battery of the whole machine beside counters. */
  readonly others?: readonly OtherReading[];
}

export interface OtherReading {
  readonly domain: string;
  readonly sensor: string;
  /** Mean of the same stretch. */
  readonly powerW: Figure;
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
        others: othersOf(before, after),
      };
    },
  };
}

/** Mean power times the mean time of a run, which is also the energy of the stretch over its runs. */
export function energyOfRun(power: PowerReading | null, meanS: number): Figure | null {
  if (power === null || power.energyJ === null || power.seconds <= 0 || !(meanS > 0)) return null;
  return mapFigure(power.energyJ, joules => (joules * meanS) / power.seconds);
}

/** What a run drew above the idle of the same state. */
export function marginalOf(energyJ: Figure | null, power: PowerReading | null, meanS: number): Figure | null {
  if (energyJ === null || !power?.idleW) return null;
  const { idleW } = power;
  return figure(
    energyJ.value - idleW.value * meanS,
    energyJ.low - idleW.high * meanS,
    energyJ.high - idleW.low * meanS,
    weaker(energyJ.basis, idleW.basis),
    `${energyJ.source}, less the idle power with the model loaded`,
  );
}

/** Mean and median apart by more than this are two numbers to a reader. */
const APART = 0.05;

/** What to know of the energy of a run whose time is shown as a median. */
export function energyNotes(power: PowerReading | null, medianS: number, meanS: number): readonly Text[] {
  const energy = power?.energyJ ?? null;
  if (energy === null) return [text('No meter told the energy.')];
  const notes: Text[] = [];
  if (energy.basis !== 'measured')
    notes.push(text('No sensor covers all of the energy: it is modelled, the latency is measured.'));
  else if (power?.windows === 0)
    notes.push(
      text(
        'The run was shorter than an energy window of {0} s after its rise: the energy includes the rise.',
        ENERGY_WINDOW_S,
      ),
    );
  if (Math.abs(meanS / medianS - 1) > APART)
    notes.push(
      text(
        'Energy is power times the mean time of a run, {0} ms; the time that is shown is the median, {1} ms.',
        (1000 * meanS).toPrecision(3),
        (1000 * medianS).toPrecision(3),
      ),
    );
  const counted = energy.value / Math.max(power?.seconds ?? 0, 1e-9);
  for (const { domain, sensor, powerW } of power?.others ?? [])
    notes.push(
      text(
        'Meanwhile {0} told {1} W for {2}; the sensors that were counted told {3} W together.',
        sensor,
        powerW.value.toPrecision(3),
        domain,
        counted.toPrecision(3),
      ),
    );
  return notes;
}

/** Measured domains that hold a counted one: they are no part of the sum, and tell it once more. */
function othersOf(before: MeterSnapshot, after: MeterSnapshot): readonly OtherReading[] {
  const counted = after.domains.filter(domain => domain.counted);
  return after.domains.flatMap(({ domain, sensor, method, counted: isCounted, energyJ, seconds: told }) => {
    const start = before.domains.find(one => one.domain === domain && one.sensor === sensor);
    const time = told - (start?.seconds ?? 0);
    if (isCounted || method === 'model' || energyJ === null || time <= 0) return [];
    if (!counted.some(part => contains(domain as Domain, part.domain as Domain))) return [];
    const energy = energyMoved(start?.energyJ ?? null, energyJ);
    return [{ domain, sensor, powerW: mapFigure(energy, joules => joules / time) }];
  });
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
