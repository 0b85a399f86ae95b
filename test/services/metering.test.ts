import assert from 'node:assert/strict';
import { test } from 'node:test';
import { render } from '../../src/base/text';
import { seconds } from '../../src/base/units';
import { createSensors } from '../../src/meters/index';
import type { Sensor } from '../../src/meters/meter';
import type { MeterSnapshot } from '../../src/report/meter';
import type { Metering } from '../../src/services/metering';
import { startMetering } from '../../src/services/metering';
import { Machine, toolOutput } from '../support/machine';

interface Manual {
  readonly metering: Metering;
  /** A second passes. */
  readonly tick: () => void;
  readonly stopped: () => boolean;
}

async function start(machine: Machine): Promise<Manual> {
  let call = (): void => undefined;
  let stopped = false;
  const metering = await startMetering(machine.world, {
    interval: seconds(1),
    every: (_, each) => {
      call = each;
      return { dispose: () => (stopped = true) };
    },
  });
  return {
    metering,
    tick: () => {
      machine.advance(1);
      call();
    },
    stopped: () => stopped,
  };
}

test('listeners hear each second until they leave or the meter ends', async () => {
  const { metering, tick, stopped } = await start(new Machine('desktop-intel'));
  const heard: MeterSnapshot[] = [];
  const first = metering.onSnapshot(snapshot => heard.push(snapshot));
  metering.onSnapshot(snapshot => heard.push(snapshot));
  tick();
  first.dispose();
  tick();
  metering.dispose();
  tick();
  assert.equal(heard.length, 3);
  assert.ok(stopped());
  assert.ok(Math.abs(heard[2]!.seconds - 2) < 1e-9);
  assert.equal(typeof structuredClone(heard[2]), 'object');
});

test('a sleeping GPU joins the meter once something else has woken it', async () => {
  const machine = new Machine('laptop-psys');
  machine.outcome = { status: 'ok', stdout: toolOutput('nvidia-one-busy'), stderr: '' };
  const { metering, tick } = await start(machine);
  for (let second = 0; second < 30; second++) tick();
  assert.deepEqual([machine.ran, machine.streams], [[], []]);

  machine.set('/sys/bus/pci/devices/0000:01:00.0/power/runtime_status', 'active\n');
  tick();
  await new Promise(resolve => setImmediate(resolve));
  machine.write(toolOutput('nvidia-one-busy'));
  tick();
  const snapshot = metering.read();
  assert.equal(machine.ran.length, 1);
  assert.equal(snapshot.sensors.find(({ id }) => id === 'nvidia')?.status, 'ok');
  assert.equal(snapshot.domains.find(({ domain }) => domain === 'gpu:0')?.powerW?.value, 78.2);
  metering.dispose();
  assert.ok(machine.streams.every(({ ended }) => ended));
});

test('a meter that is disposed of while a GPU is asked again starts nothing', async () => {
  const machine = new Machine('laptop-psys');
  machine.outcome = { status: 'ok', stdout: toolOutput('nvidia-one-busy'), stderr: '' };
  const { metering, tick } = await start(machine);
  machine.set('/sys/bus/pci/devices/0000:01:00.0/power/runtime_status', 'active\n');
  tick();
  metering.dispose();
  await new Promise(resolve => setImmediate(resolve));
  assert.deepEqual(machine.streams, []);
});

test('a charger that is unplugged and plugged in again: the battery takes over and hands back, and nothing is told twice', async () => {
  const machine = new Machine('battery-dell');
  const status = '/sys/class/power_supply/BAT0/status';
  machine.set(status, 'Charging');
  const { metering, tick } = await start(machine);
  const seconds = async (count: number): Promise<MeterSnapshot> => {
    for (let second = 0; second < count; second++) {
      tick();
      await new Promise(resolve => setImmediate(resolve));
    }
    return metering.read();
  };
  const told = (snapshot: MeterSnapshot): string =>
    snapshot.domains.map(({ domain, seconds: time }) => `${domain} ${Math.round(time)}`).join(', ');
  assert.equal(told(await seconds(10)), 'cpu-package 10, dram 10');
  machine.set(status, 'Discharging');
  const onBattery = await seconds(11);
  assert.ok(Math.abs(onBattery.powerW!.value - 9.5256) < 1e-9, 'nothing but the battery');
  machine.set(status, 'Charging');
  const last = await seconds(10);
  const time = last.domains.find(({ domain }) => domain === 'machine')!.seconds;
  const modelled = last.domains.find(({ domain }) => domain === 'cpu-package')!.seconds;
  // A second or so is lost at each change, and none is told by both.
  assert.ok(time >= 9 && modelled >= 18 && time + modelled <= 31.1, `${time} + ${modelled}`);
  assert.equal(last.powerW?.basis === 'measured', false);
  metering.dispose();
});

test('a sensor that fails where it should answer does not take the others with it', async () => {
  const machine = new Machine('virtual-machine');
  const broken: Sensor = {
    id: 'broken',
    probe: () => Promise.reject(new Error('no such register')),
    start: () => assert.fail('it found nothing'),
  };
  const metering = await startMetering(machine.world, {
    every: () => ({ dispose: () => undefined }),
    sensors: [broken, ...createSensors(machine.world)],
  });
  const sensors = new Map(metering.read().sensors.map(({ id, status, reasons }) => [id, { status, reasons }]));
  assert.equal(sensors.get('broken')?.status, 'unreliable');
  assert.match(
    sensors
      .get('broken')
      ?.reasons.map(reason => render(reason))
      .join() ?? '',
    /no such register/,
  );
  assert.equal(sensors.get('model')?.status, 'ok');
  metering.dispose();
});

test('the model says that it is modelled', async () => {
  const { metering, tick } = await start(new Machine('virtual-machine'));
  tick();
  const snapshot = metering.read();
  const model = snapshot.sensors.find(({ id }) => id === 'model');
  assert.equal(model?.method, 'model');
  assert.match(model.reasons.map(reason => render(reason)).join(), /modelled, not measured/);
  assert.notEqual(snapshot.energyJ?.basis, 'measured');
});
