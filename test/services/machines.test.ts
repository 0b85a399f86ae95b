/**
 * The machines that we know, with what is chosen on each. A domain and its sensor (`~` sampled, `?` modelled, nothing for
 * a counter), in brackets where it is shown and not added; then every sensor that is not simply absent, and why it tells
 * nothing.
 */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { seconds } from '../../src/base/units';
import type { MeterSnapshot } from '../../src/report/meter';
import { startMetering } from '../../src/services/metering';
import { Machine } from '../support/machine';

const machines: readonly [name: string, chosen: string, others: string][] = [
  ['amd-apu-battery', '(cpu-package=amdgpu~) machine=battery~', 'rapl denied'],
  ['amd-apu-mains', 'cpu-package=amdgpu~ dram=model?', 'rapl denied, battery absent'],
  ['amd-desktop', 'cpu-package=rapl (cpu-core=rapl) dram=model?', ''],
  ['amd-instinct', 'cpu-package=rapl gpu:amd0=amdgpu gpu:amd1=amdgpu dram=model?', ''],
  ['amd-polaris', 'cpu-package=rapl gpu:amd0=amdgpu~ gpu:amd1=amdgpu~ dram=model?', ''],
  ['amd-radeon', 'gpu:amd0=amdgpu~ cpu-package=model? dram=model?', 'rapl denied'],
  ['amd-two', 'cpu-package=amdgpu~ dram=model?', 'rapl denied'],
  ['amd-sleeping', 'cpu-package=rapl dram=model?', 'amdgpu asleep'],
  ['battery-dell', 'machine=battery~', 'rapl absent'],
  ['battery-resting', 'cpu-package=model? dram=model?', 'rapl denied, battery absent'],
  ['battery-silent', 'cpu-package=model? dram=model?', 'rapl absent, battery unreliable'],
  ['battery-two', 'machine=battery~', 'rapl denied'],
  ['battery-with-counters', 'cpu-package=rapl (machine=battery~) dram=model?', ''],
  ['container', 'cpu-package=model? dram=model?', 'rapl absent, nvidia absent'],
  ['denied', 'cpu-package=model? dram=model?', 'rapl denied'],
  ['desktop-intel', 'cpu-package=rapl (cpu-core=rapl) (uncore=rapl) dram=model?', ''],
  ['frozen-counters', 'cpu-package=model? dram=model?', 'rapl unreliable'],
  ['frozen-memory', 'cpu-package=rapl dram=model?', ''],
  ['garbage-counter', 'cpu-package=model? dram=model?', 'rapl unreliable'],
  ['gpu-hangs', 'cpu-package=rapl dram=model?', 'nvidia unreliable'],
  ['gpu-laptop-awake', 'gpu:0=nvidia~ cpu-package=model? dram=model?', 'rapl denied'],
  ['gpu-mig', 'cpu-package=rapl gpu:0=nvidia~ dram=model?', ''],
  ['gpu-server', 'cpu-package=rapl gpu:0=nvidia~ gpu:1=nvidia~ dram=model?', ''],
  ['grace-hopper', 'module=board~ (psys=board~) (cpu-package=board~) (gpu:0=nvidia~)', ''],
  ['intel-arc-leaping', 'cpu-package=rapl dram=model?', 'intel-gpu unreliable'],
  ['intel-arc-package', 'cpu-package=rapl gpu:intel0=intel-gpu dram=model?', ''],
  ['intel-battlemage', 'cpu-package=rapl gpu:intel0=intel-gpu dram=model?', ''],
  ['jetson-agx-orin', 'module=board~ (gpu:0=board~) (cpu-package=board~) (dram=board~)', ''],
  ['jetson-nano', 'module=board~ (gpu:0=board~) (cpu-package=board~)', ''],
  ['jetson-orin-nano', 'module=board~', ''],
  ['laptop-psys-uncalibrated', 'cpu-package=rapl dram=model?', ''],
  ['laptop-psys', '(cpu-package=rapl) (cpu-core=rapl) (uncore=rapl) psys=rapl', 'nvidia asleep, battery absent'],
  ['leaping-counter', 'cpu-package=model? dram=model?', 'rapl unreliable'],
  ['mac-battery', 'machine=apple-system~', 'macmon absent'],
  ['mac-macmon-no-memory', '(cpu-package=macmon~) (gpu:apple=macmon~) machine=macmon~', ''],
  ['mac-macmon', '(cpu-package=macmon~) (gpu:apple=macmon~) (dram=macmon~) machine=macmon~', ''],
  ['mac-mini', 'cpu-package=model? dram=model?', 'macmon absent, apple-system absent'],
  ['mac-portable', 'machine=apple-system~', 'macmon absent'],
  ['mmio-twin', 'cpu-package=rapl (cpu-core=rapl) dram=model?', ''],
  ['pod-gpu', 'gpu:0=nvidia~ cpu-package=model? dram=model?', 'rapl absent'],
  ['server-dies', 'cpu-package=rapl dram=model?', ''],
  ['server-one-dead-socket', 'cpu-package=model? dram=model?', 'rapl unreliable'],
  ['server-power-supply-denied', 'machine=board~', 'rapl denied'],
  ['server-power-supply', 'cpu-package=rapl (machine=board~) dram=model?', ''],
  ['server-two-sockets', 'cpu-package=rapl dram=rapl', ''],
  ['server-two-vendors', 'cpu-package=rapl gpu:0=nvidia~ gpu:amd0=amdgpu~ gpu:intel0=intel-gpu dram=model?', ''],
  ['virtual-machine', 'cpu-package=model? dram=model?', 'rapl absent'],
  ['windows-battery', 'machine=windows-battery~', 'energy-meter absent, nvidia absent'],
  ['windows-desktop', 'gpu:0=nvidia~ cpu-package=model? dram=model?', 'energy-meter absent, windows-battery absent'],
  [
    'windows-laptop',
    '(cpu-package=energy-meter~) (cpu-core=energy-meter~) (uncore=energy-meter~) machine=windows-battery~',
    'nvidia absent',
  ],
  ['wsl', 'gpu:0=nvidia~ cpu-package=model? dram=model?', ''],
  ['zero-counters', 'cpu-package=model? dram=model?', 'rapl unreliable'],
];

const MARK = { counter: '', sampled: '~', model: '?' } as const;

function words(snapshot: MeterSnapshot): { chosen: string; others: string } {
  const chosen = snapshot.domains.map(({ domain, sensor, method, counted }) => {
    const word = `${domain}=${sensor}${MARK[method]}`;
    return counted ? word : `(${word})`;
  });
  // A graphics card that is not there is no news.
  const telling = snapshot.sensors.filter(({ status, remedy }) => status !== 'ok' && !(status === 'absent' && !remedy));
  return { chosen: chosen.join(' '), others: telling.map(({ id, status }) => `${id} ${status}`).join(', ') };
}

async function measured(name: string): Promise<MeterSnapshot> {
  const machine = new Machine(name);
  let call = (): void => undefined;
  const every = (_: number, each: () => void): { dispose: () => void } => {
    call = each;
    return { dispose: () => undefined };
  };
  const metering = await startMetering(machine.world, { interval: seconds(1), every });
  for (let second = 0; second < 5; second++) {
    machine.writeTools();
    machine.advance(1);
    call();
  }
  const snapshot = metering.read();
  metering.dispose();
  assert.ok(machine.streams.every(({ ended }) => ended));
  return snapshot;
}

for (const [name, chosen, others] of machines) {
  test(`${name}: ${chosen}`, async () => {
    const snapshot = await measured(name);
    assert.deepEqual(words(snapshot), { chosen, others });

    // The sum is that of its parts, over the whole time, and none of it is nothing.
    const parts = snapshot.domains.filter(({ counted }) => counted).map(({ energyJ }) => energyJ?.value ?? NaN);
    assert.ok(Math.abs(snapshot.energyJ!.value - parts.reduce((sum, part) => sum + part, 0)) < 1e-9);
    assert.ok(parts.every(part => part > 0));
    assert.deepEqual(snapshot.gaps, []);
    for (const { reasons, status } of snapshot.sensors) if (status !== 'ok') assert.equal(reasons.length, 1);
  });
}

test('no recorded machine is left out', () => {
  const recorded = readdirSync('test/fixtures/sysfs').map(file => file.replace(/\.txt$/, ''));
  assert.deepEqual(machines.map(([name]) => name).sort(), recorded.sort());
});

test('every machine and every tool’s output says where it comes from', () => {
  for (const folder of ['test/fixtures/sysfs', 'test/fixtures/tools']) {
    for (const file of readdirSync(folder)) {
      const head = readFileSync(`${folder}/${file}`, 'utf8').split('\n').slice(0, 3).join('\n');
      assert.match(
        head,
        /^# .*(https:|Synthetic|synthetic|in our words|written|\.com|Something else)/m,
        `${folder}/${file}`,
      );
    }
  }
});

test('every sensor that is denied or absent for a reason that can be mended says what to do', async () => {
  for (const [name] of machines) {
    const { sensors } = await measured(name);
    const denied = sensors.filter(({ status }) => status === 'denied' || status === 'asleep');
    for (const { id, remedy } of denied) assert.ok(remedy !== null, `${name}: ${id}`);
  }
});
