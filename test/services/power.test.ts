/** Energy of a stretch of work, and the idle around it, from a meter that is a table. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { figure, mapFigure } from '../../src/base/figure';
import type { MeterSnapshot } from '../../src/report/meter';
import { meterPower } from '../../src/services/power';

/** A machine's power over time, read by integrating: `watts` while idle, `more` while working. */
function machine(idle: number, work: number | ((since: number) => number), drift = 0) {
  let tick: (() => void) | undefined;
  let [time, energy, watts] = [0, 0, idle];
  const pass = (seconds: number): void => {
    time += seconds;
    energy += watts * seconds;
  };
  const snapshot = (): MeterSnapshot => {
    const energyJ = figure(energy, energy * 0.9, energy * 1.1, 'measured', 'counter');
    const domain = { domain: 'cpu-package', sensor: 'rapl', method: 'counter' as const, powerW: null, seconds: time };
    return {
      seconds: time,
      powerW: null,
      energyJ,
      domains: [
        { ...domain, counted: true, energyJ },
        { ...domain, domain: 'dram', counted: false, energyJ },
        {
          ...domain,
          domain: 'psys',
          sensor: 'board',
          counted: false,
          energyJ: mapFigure(energyJ, joules => 2 * joules),
        },
      ],
      sensors: [],
      gaps: [],
    };
  };
  return {
    power: meterPower({
      read: () => Promise.resolve(snapshot()),
      wait: seconds => {
        pass(seconds);
        return Promise.resolve();
      },
      every: (_, call) => {
        tick = call;
        return { dispose: () => (tick = undefined) };
      },
    }),
    work:
      (seconds: number, rise = 0) =>
      async () => {
        const start = time;
        while (time < start + seconds) {
          const step = Math.min(0.5, start + seconds - time);
          watts = time - start < rise ? idle : typeof work === 'number' ? work : work(time - start);
          pass(step);
          tick?.();
          // The reading is taken before time goes on.
          await Promise.resolve();
        }
        watts = idle + drift;
      },
  };
}

test('energy is of the work alone, idle of the seconds around it', async () => {
  const { power, work } = machine(10, 60);
  const reading = await power.measureDuring(work(4));
  assert.equal(reading.energyJ?.value, 240);
  assert.equal(reading.energyJ.basis, 'measured');
  assert.equal(reading.idleW?.value, 10);
  assert.equal(reading.seconds, 4);
  assert.equal(reading.windows, 0);
  // What holds the counted package is no part of the sum, but is told beside it; what lies beside it is not.
  assert.deepEqual(reading.others?.map(({ domain, sensor, powerW }) => [domain, sensor, powerW.value]), [['psys', 'board', 120]]); // prettier-ignore
  assert.deepEqual(reading.coverage, [{ domain: 'cpu-package', sensor: 'rapl', method: 'counter' }]);
});

test('idle that differs before and after widens its range', async () => {
  const { power, work } = machine(10, 60, 8);
  const { idleW } = await power.measureDuring(work(4));
  assert.equal(idleW?.value, 14);
  assert.ok(idleW.low <= 10 && idleW.high >= 18);
});

test('without a meter nothing is known, and the work is done all the same', async () => {
  let done = false;
  const power = meterPower({ read: () => Promise.resolve(null), wait: () => Promise.resolve() });
  const reading = await power.measureDuring(() => Promise.resolve(void (done = true)));
  assert.deepEqual([reading.energyJ, reading.idleW, done], [null, null, true]);
});

test('work that fails fails the reading', async () => {
  const { power } = machine(10, 60);
  await assert.rejects(
    power.measureDuring(() => Promise.reject(new Error('no'))),
    /no/,
  );
});

test('the rise of a long run is left out of its power, and windows begin at many phases', async () => {
  const { power, work } = machine(10, 60);
  const reading = await power.measureDuring(work(12, 1.4));
  // 60 W for all twelve seconds, though a second and a half drew less.
  assert.ok(Math.abs((reading.energyJ?.value ?? 0) - 720) < 1e-6, String(reading.energyJ?.value));
  assert.ok((reading.windows ?? 0) > 10);
});

test('windows that disagree widen the range', async () => {
  const { power, work } = machine(10, since => (since < 8 ? 40 : 80));
  const { energyJ } = await power.measureDuring(work(20));
  assert.ok(energyJ && energyJ.low < 20 * 40 && energyJ.high > 20 * 80);
});
