/** Sensors that live in files: what they read on known machines, when they rest, and when they give up. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { render } from '../../src/base/text';
import { seconds } from '../../src/base/units';
import { createAmdGpu } from '../../src/meters/amdgpu';
import { createBattery } from '../../src/meters/battery';
import { createBoard } from '../../src/meters/board';
import { createIntelGpu } from '../../src/meters/intelgpu';
import type { Running, Sensor } from '../../src/meters/meter';
import type { World } from '../../src/meters/world';
import { Machine } from '../support/machine';

const SENSORS: Readonly<Record<string, (world: World) => Sensor>> = {
  amdgpu: createAmdGpu,
  battery: createBattery,
  board: createBoard,
  'intel-gpu': createIntelGpu,
};

async function running(name: string, sensor: string): Promise<{ machine: Machine; running: Running }> {
  const machine = new Machine(name);
  const made = SENSORS[sensor]!(machine.world);
  const probe = await made.probe();
  assert.ok(probe.ok, `${name}: ${sensor}`);
  return { machine, running: made.start(seconds(1)) };
}

const powers = (machine: Machine, sensor: Running, time = 1): string => {
  machine.advance(time);
  return sensor
    .sample(seconds(time))
    .map(({ domain, energy }) => `${domain} ${Number((energy.value / time).toFixed(3))}`)
    .join(', ');
};

const cases: readonly [machine: string, sensor: string, watts: string][] = [
  ['amd-radeon', 'amdgpu', 'gpu:amd0 9.103'],
  ['amd-polaris', 'amdgpu', 'gpu:amd0 35.115, gpu:amd1 31.089'],
  ['amd-apu-mains', 'amdgpu', 'cpu-package 11.033'],
  ['amd-instinct', 'amdgpu', 'gpu:amd0 92, gpu:amd1 301'],
  ['intel-battlemage', 'intel-gpu', 'gpu:intel0 206.33'],
  ['intel-arc-package', 'intel-gpu', 'gpu:intel0 44'],
  ['jetson-agx-orin', 'board', 'module 9.936, gpu:0 4.752, cpu-package 1.584, dram 0.76'],
  ['jetson-orin-nano', 'board', 'module 5.756'],
  ['jetson-nano', 'board', 'module 2.482, gpu:0 0.163, cpu-package 0.489'],
  ['grace-hopper', 'board', 'module 284, psys 118, cpu-package 61'],
  ['battery-dell', 'battery', 'machine 9.526'],
  ['battery-two', 'battery', 'machine 27.758'],
];
for (const [name, sensor, watts] of cases) {
  test(`${name}: ${watts} W`, async () => {
    const { machine, running: reading } = await running(name, sensor);
    assert.equal(powers(machine, reading), watts);
    assert.equal(reading.trouble(), undefined);
    machine.advance(1);
    for (const { energy } of reading.sample(seconds(1)))
      assert.ok(energy.low < energy.value && energy.value < energy.high && energy.basis === 'measured');
  });
}

test('what a rail feeds that is not known is named and left out', async () => {
  const probe = await createBoard(new Machine('jetson-orin-nano').world).probe();
  assert.deepEqual(probe.ok && probe.remarks.map(({ args }) => args), [['VDD_CPU_GPU_CV'], ['VDD_SOC']]);
});

test('power between two readings is their mean', async () => {
  const { machine, running: reading } = await running('amd-radeon', 'amdgpu');
  machine.set('/sys/class/drm/card0/device/hwmon/hwmon4/power1_average', '29103000');
  assert.equal(powers(machine, reading), 'gpu:amd0 19.103');
  assert.equal(powers(machine, reading), 'gpu:amd0 29.103');
});

test('a value that makes no sense is left out, and said', async () => {
  const { machine, running: reading } = await running('amd-radeon', 'amdgpu');
  for (const value of ['garbage', '-5', '9999999999999', '0']) {
    machine.set('/sys/class/drm/card0/device/hwmon/hwmon4/power1_average', value);
    assert.equal(powers(machine, reading), '', value);
    assert.match(render(reading.trouble()!), /usable/);
  }
});

test('a counter that was reset or froze for a moment is not bridged', async () => {
  const { machine, running: reading } = await running('intel-battlemage', 'intel-gpu');
  const file = '/sys/class/drm/card0/device/hwmon/hwmon7/energy1_input';
  machine.set(file, 'N/A');
  assert.equal(powers(machine, reading), '');
  machine.setCounter(file, 0n, 100);
  assert.equal(powers(machine, reading), '');
  assert.equal(powers(machine, reading), 'gpu:intel0 100');
  machine.setCounter(file, 5n, 100);
  assert.equal(powers(machine, reading), '', 'the counter went back: it was reset');
  machine.set(file, '105000000');
  powers(machine, reading);
  assert.equal(powers(machine, reading), '', 'it stands still');
});

test('a card that may sleep and is idle is left alone, and read again once something has woken it', async () => {
  const machine = new Machine('amd-radeon');
  const device = '/sys/class/drm/card0/device';
  machine.set(`${device}/power/control`, 'auto');
  const sensor = createAmdGpu(machine.world);
  await sensor.probe();
  const reading = sensor.start(seconds(1));
  let told = 0;
  for (let second = 0; second < 60; second++) if (powers(machine, reading) !== '') told++;
  assert.ok(told >= 28 && told <= 31, String(told));
  assert.match(render(reading.trouble()!), /left alone/);
  machine.set(`${device}/power/runtime_status`, 'suspended');
  assert.equal(powers(machine, reading, 600), '');
  assert.match(render(reading.trouble()!), /sleeps/);
  machine.set(`${device}/power/runtime_status`, 'active');
  machine.set(`${device}/gpu_busy_percent`, '97');
  for (let second = 0; second < 100; second++) assert.equal(powers(machine, reading), 'gpu:amd0 9.103');
});

test('a card that does not sleep when left alone is left alone less and less', async () => {
  const machine = new Machine('amd-radeon');
  machine.set('/sys/class/drm/card0/device/power/control', 'auto');
  const sensor = createAmdGpu(machine.world);
  await sensor.probe();
  const reading = sensor.start(seconds(1));
  let told = 0;
  for (let second = 0; second < 3600; second++) if (powers(machine, reading) !== '') told++;
  assert.ok(told > 3600 * 0.8, String(told));
});

test('a battery tells nothing while its charger is there, and is asked again when it goes', async () => {
  const machine = new Machine('battery-dell');
  const battery = createBattery(machine.world);
  await battery.probe();
  const reading = battery.start(seconds(1));
  assert.equal(battery.stirred!(), false);
  machine.set('/sys/class/power_supply/BAT0/status', 'Charging');
  assert.equal(powers(machine, reading), '');
  assert.match(render(reading.trouble()!), /mains/);
  assert.equal(battery.stirred!(), true);
  const probe = await battery.probe();
  assert.ok(!probe.ok && probe.reason === 'absent');
  assert.equal(battery.stirred!(), false);
  machine.set('/sys/class/power_supply/BAT0/status', 'Discharging');
  assert.equal(battery.stirred!(), true);
  await battery.probe();
  assert.equal(powers(machine, reading), 'machine 9.526');
});

test('of two cards one may sleep: the other is read, and it joins when it has been woken', async () => {
  const machine = new Machine('amd-two');
  const status = '/sys/class/drm/card0/device/power/runtime_status';
  const sensor = createAmdGpu(machine.world);
  await sensor.probe();
  const reading = sensor.start(seconds(1));
  assert.equal(powers(machine, reading), 'cpu-package 8.021');
  assert.equal(sensor.stirred!(), false);
  machine.set(status, 'active');
  assert.equal(sensor.stirred!(), true);
  const probe = await sensor.probe();
  assert.deepEqual(probe.ok && probe.covers, ['gpu:amd0', 'cpu-package']);
  assert.equal(powers(machine, reading), 'gpu:amd0 19, cpu-package 8.021');
  machine.set(status, 'suspended');
  assert.equal(powers(machine, reading), 'cpu-package 8.021');
  assert.match(render(reading.trouble()!), /sleeps/);
});
