/** Energy of a stretch of work from the meter's snapshots, with the idle of the same state before and after it. */
import type { Figure } from '../base/figure';
import { figure, mapFigure, weaker } from '../base/figure';
import type { Seconds } from '../base/units';
import { seconds } from '../base/units';
import type { MeterSnapshot } from '../report/meter';
import { energyBetween } from '../report/meter';
import type { CoverageReport } from '../report/profile';

export interface PowerReading {
  /** Of the whole stretch: everything the covered hardware drew. */
  readonly energyJ: Figure | null;
  readonly idleW: Figure | null;
  readonly coverage: readonly CoverageReport[];
  /** What the energy belongs to. */
  readonly seconds: number;
}

export interface PowerPort {
  measureDuring(work: () => Promise<void>): Promise<PowerReading>;
}

/** `read` answers null where no meter runs. */
export function meterPower(
  read: () => Promise<MeterSnapshot | null>,
  wait: (time: Seconds) => Promise<void>,
  idle: Seconds = seconds(1),
): PowerPort {
  return {
    measureDuring: async work => {
      const first = await read();
      await wait(idle);
      const before = await read();
      await work();
      const after = await read();
      await wait(idle);
      const last = await read();
      if (before === null || after === null) return { energyJ: null, idleW: null, coverage: [], seconds: 0 };
      return {
        energyJ: energyBetween(before, after),
        idleW: meanOf([powerBetween(first, before), powerBetween(after, last)]),
        coverage: coverageOf(after),
        seconds: after.seconds - before.seconds,
      };
    },
  };
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
