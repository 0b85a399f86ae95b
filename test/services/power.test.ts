/** Energy of a stretch of work, and the idle around it, from a meter that is a table. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { figure } from '../../src/base/figure';
import type { MeterSnapshot } from '../../src/report/meter';
import { meterPower } from '../../src/services/power';

/** A machine's power over time, read by integrating: `watts` while idle, `more` while working. */
function machine(idle: number, work: number, drift = 0) {
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
      ],
      sensors: [],
      gaps: [],
    };
  };
  return {
    power: meterPower(
      () => Promise.resolve(snapshot()),
      seconds => {
        pass(seconds);
        return Promise.resolve();
      },
    ),
    work: (seconds: number) => () => {
      watts = work;
      pass(seconds);
      watts = idle + drift;
      return Promise.resolve();
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
  const power = meterPower(
    () => Promise.resolve(null),
    () => Promise.resolve(),
  );
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
