import assert from 'node:assert/strict';
import { test } from 'node:test';
import { render } from '../../src/base/text';
import { seconds } from '../../src/base/units';
import type { Domain, Reason } from '../../src/meters/meter';
import { createRapl } from '../../src/meters/rapl';
import { Machine } from '../support/machine';

/** What is found on each machine: the domains, or the reason against. */
const machines: readonly [name: string, expected: readonly Domain[] | Reason][] = [
  ['desktop-intel', ['cpu-package', 'cpu-core', 'uncore']],
  ['laptop-psys', ['cpu-package', 'cpu-core', 'uncore', 'psys']],
  ['laptop-psys-uncalibrated', ['cpu-package']],
  ['server-two-sockets', ['cpu-package', 'dram']],
  ['server-one-dead-socket', 'unreliable'],
  ['server-dies', ['cpu-package']],
  ['amd-desktop', ['cpu-package', 'cpu-core']],
  ['mmio-twin', ['cpu-package', 'cpu-core']],
  ['frozen-memory', ['cpu-package']],
  ['denied', 'denied'],
  ['zero-counters', 'unreliable'],
  ['frozen-counters', 'unreliable'],
  ['leaping-counter', 'unreliable'],
  ['garbage-counter', 'unreliable'],
  ['container', 'absent'],
  ['virtual-machine', 'absent'],
  ['wsl', 'absent'],
];

for (const [name, expected] of machines) {
  test(`${name}: ${typeof expected === 'string' ? expected : expected.join(', ')}`, async () => {
    const probe = await createRapl(new Machine(name).world).probe();
    assert.deepEqual(probe.ok ? probe.covers : probe.reason, expected);
    if (probe.ok) assert.equal(probe.method, 'counter');
  });
}

/** Watts that each machine's file gives its counters, summed over sockets. */
const powers: readonly [name: string, watts: Readonly<Partial<Record<Domain, number>>>][] = [
  ['desktop-intel', { 'cpu-package': 41.5, 'cpu-core': 33, uncore: 0 }],
  ['laptop-psys', { 'cpu-package': 12, 'cpu-core': 6, uncore: 0.5, psys: 21 }],
  ['server-two-sockets', { 'cpu-package': 290, dram: 40 }],
  ['server-dies', { 'cpu-package': 170 }],
  ['mmio-twin', { 'cpu-package': 9, 'cpu-core': 4 }],
];

for (const [name, watts] of powers) {
  test(`${name}: counters become joules`, async () => {
    const machine = new Machine(name);
    const rapl = createRapl(machine.world);
    await rapl.probe();
    const running = rapl.start(seconds(1));
    machine.advance(2);
    const readings = running.sample(seconds(2));
    assert.equal(running.trouble(), undefined);
    for (const { domain, energy } of readings) {
      assert.ok(Math.abs(energy.value - 2 * (watts[domain] ?? NaN)) < 1e-5, `${domain} ${energy.value}`);
      assert.equal(energy.basis, 'measured');
    }
    assert.deepEqual(new Set(readings.map(({ domain }) => domain)), new Set(Object.keys(watts)));
  });
}

test('a counter that starts over loses nothing', async () => {
  const machine = new Machine('server-two-sockets');
  const rapl = createRapl(machine.world);
  await rapl.probe();
  const running = rapl.start(seconds(1));
  // The first package stands 43 J below its range and draws 150 W: it starts over within the first second.
  let total = 0;
  for (let second = 0; second < 5; second++) {
    machine.advance(1);
    total += running.sample(seconds(1)).find(({ domain }) => domain === 'cpu-package')?.energy.value ?? NaN;
  }
  assert.ok(Math.abs(total - 5 * 290) < 1e-4, String(total));
});

const PACKAGE = '/sys/class/powercap/intel-rapl:0/energy_uj';

test('a counter that dies on the way is told as trouble, never as 0 J', async () => {
  const machine = new Machine('frozen-memory');
  const rapl = createRapl(machine.world);
  await rapl.probe();
  const running = rapl.start(seconds(1));
  machine.advance(1);
  assert.equal(running.sample(seconds(1)).length, 1);
  machine.set(PACKAGE, '424242');
  machine.advance(1);
  running.sample(seconds(1));
  machine.advance(1);
  assert.deepEqual(running.sample(seconds(1)), []);
  assert.match(render(running.trouble()!), /cpu-package/);
});

test('a counter that was reset is left out once and goes on', async () => {
  const machine = new Machine('frozen-memory');
  const rapl = createRapl(machine.world);
  await rapl.probe();
  const running = rapl.start(seconds(1));
  machine.setCounter(PACKAGE, 200_000_000_000n, 20);
  machine.advance(1);
  assert.deepEqual(running.sample(seconds(1)), [], 'a leap of 200 kJ');
  machine.advance(1);
  assert.ok(Math.abs(running.sample(seconds(1))[0]!.energy.value - 20) < 1e-5);
});

test('access that is taken away is trouble, and what moved meanwhile belongs to no known span', async () => {
  const machine = new Machine('frozen-memory');
  const rapl = createRapl(machine.world);
  await rapl.probe();
  const running = rapl.start(seconds(1));
  const counter = machine.entries.get(PACKAGE)!;
  machine.entries.set(PACKAGE, { kind: 'error', why: 'denied' });
  machine.advance(1);
  assert.deepEqual(running.sample(seconds(1)), []);
  machine.entries.set(PACKAGE, counter);
  machine.advance(1);
  assert.deepEqual(running.sample(seconds(1)), []);
  machine.advance(1);
  assert.ok(Math.abs(running.sample(seconds(1))[0]!.energy.value - 20) < 1e-5);
});

test('a denied counter comes with commands that mend it', async () => {
  const probe = await createRapl(new Machine('denied').world).probe();
  assert.ok(!probe.ok);
  const remedy = render(probe.remedy!);
  assert.match(remedy, /sudo chmod a\+r \/sys\/class\/powercap\/\*\/energy_uj/);
  assert.match(remedy, /udev\/rules\.d/);
  assert.match(render(probe.explanation), /root/);
});

test('what is left out is said', async () => {
  const probe = await createRapl(new Machine('frozen-memory').world).probe();
  assert.ok(probe.ok);
  assert.deepEqual(
    probe.remarks.map(remark => remark.args),
    [['dram']],
  );
});

for (const [name, word] of [
  ['virtual-machine', /virtual machine/],
  ['container', /container/],
  ['wsl', /WSL/],
] as const) {
  test(`${name}: the reason names it`, async () => {
    const probe = await createRapl(new Machine(name).world).probe();
    assert.ok(!probe.ok);
    assert.match(render(probe.explanation), word);
  });
}

test('other systems are not searched', async () => {
  const machine = new Machine('desktop-intel');
  machine.platform = 'win32';
  const probe = await createRapl(machine.world).probe();
  assert.equal(probe.ok ? '' : probe.reason, 'absent');
});
