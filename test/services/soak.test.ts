/**
 * A day of the meter at one reading a second, in seconds: a GPU that sleeps, wakes and whose tool dies, a battery that
 * comes and goes, counters that start over, a machine that sleeps. Nothing may grow.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { seconds } from '../../src/base/units';
import { Trace } from '../../src/meters/trace';
import type { MeterSnapshot } from '../../src/report/meter';
import { startMetering } from '../../src/services/metering';
import { Machine, toolOutput } from '../support/machine';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const heap = (): number => {
  collect();
  return process.memoryUsage().heapUsed;
};

const GPU = '/sys/bus/pci/devices/0000:01:00.0/power/runtime_status';
const BATTERY = '/sys/class/power_supply/BAT0';

const settled = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

async function day(machine: Machine, hours: number, tick: () => void): Promise<void> {
  const line = toolOutput('nvidia-one-busy').split('\n')[0]!;
  for (let second = 0; second < 3600 * hours; second++) {
    const minute = Math.floor(second / 60);
    if (second % 3600 === 0) machine.set(GPU, 'suspended\n');
    if (second % 3600 === 1800) {
      machine.set(GPU, 'active\n');
      machine.set(`${BATTERY}/status`, minute % 120 < 60 ? 'Discharging' : 'Charging');
    }
    // The tool dies now and then; programs that ended stay ended.
    for (const stream of machine.streams) {
      if (stream.ended) continue;
      if (second % 5000 === 4999) stream.handlers.onEnd('exit code 1');
      else stream.handlers.onLine(line);
    }
    machine.streams.splice(0, machine.streams.length, ...machine.streams.filter(({ ended }) => !ended));
    machine.ran.length = 0;
    machine.advance(1, second % 40_000 === 39_999 ? 3000 : 0);
    tick();
    if (second % 600 === 0) await settled();
  }
}

test('a day leaves nothing behind', async () => {
  const machine = new Machine('laptop-psys');
  machine.set(`${BATTERY}/status`, 'Discharging');
  machine.set(`${BATTERY}/power_now`, '15000000');
  let call = (): void => undefined;
  const metering = await startMetering(machine.world, {
    interval: seconds(1),
    every: (_, each) => {
      call = each;
      return { dispose: () => undefined };
    },
  });
  const trace = new Trace();
  let latest: MeterSnapshot | undefined;
  metering.onSnapshot(snapshot => {
    latest = snapshot;
    if (snapshot.powerW) trace.add(snapshot.seconds, 1, snapshot.powerW.value);
  });
  await day(machine, 2, call);
  const [before, size] = [heap(), JSON.stringify(latest).length];
  await day(machine, 22, call);
  const grown = heap() - before;
  assert.ok(grown < 300_000, `${grown} bytes more after 22 hours`);
  assert.ok(JSON.stringify(latest).length < size + 2000, 'the snapshot grows');
  assert.ok(latest!.energyJ!.value > 21 * 86_400 * 0.9);
  assert.ok(trace.points(0, latest!.seconds, 2000).length > 1000);
  metering.dispose();
});
