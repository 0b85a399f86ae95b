import assert from 'node:assert/strict';
import { test } from 'node:test';
import { render } from '../../src/base/text';
import { bytes, seconds } from '../../src/base/units';
import { parseProcStat } from '../../src/meters/load';
import { createModel, memoryModel, powerAt, processorModel } from '../../src/meters/model';
import type { Identity } from '../../src/meters/world';
import { Machine } from '../support/machine';

const machine = (identity: Partial<Identity>): Identity => ({ threads: 8, laptop: false, virtual: false, ...identity });

/** Watts at full load and what they rest on. */
const cases: readonly [what: string, identity: Identity, full: number, basis: string, source: RegExp][] = [
  ['a known part', machine({ processor: 'Intel(R) Core(TM) i7-8700 CPU @ 3.20GHz' }), 65, 'modelled', /i7-8700/],
  [
    'two sockets of one',
    machine({ processor: 'Intel(R) Xeon(R) Platinum 8380 CPU @ 2.30GHz', sockets: 2 }),
    540,
    'modelled',
    /2 × Intel Xeon Platinum 8380/,
  ],
  ['a known family', machine({ processor: 'Intel(R) Core(TM) i5-8250U CPU @ 1.60GHz' }), 15, 'modelled', /U and Y/],
  ['an unknown desktop', machine({ processor: 'Strange 9000', cores: 8 }), 96, 'assumed', /8 cores/],
  ['an unknown laptop', machine({ processor: 'Strange 9000', cores: 8, laptop: true }), 28, 'assumed', /laptop/],
  ['nothing but threads', machine({}), 48, 'assumed', /4 cores/],
  [
    'a slice of a known cloud processor', // 2 threads of 2 × 24, of 210 W
    machine({ processor: 'Intel(R) Xeon(R) Platinum 8259CL CPU @ 2.50GHz', virtual: true, threads: 2 }),
    8.75,
    'modelled',
    /8259CL/,
  ],
  [
    'a slice of an unnamed one', // 3.5 W per thread
    machine({ processor: 'Intel(R) Xeon(R) Processor @ 2.80GHz', virtual: true, threads: 2 }),
    7,
    'assumed',
    /2 hardware threads/,
  ],
];

for (const [what, identity, full, basis, source] of cases) {
  test(`${what}: ${full} W at full load, ${basis}`, () => {
    const model = processorModel(identity);
    const busy = powerAt(model, 1);
    assert.ok(Math.abs(busy.value - full) < 1e-9, String(busy.value));
    assert.equal(busy.basis, basis);
    assert.match(busy.source, source);
    assert.match(render(model.remark), /not measured/);
    const rest = powerAt(model, 0);
    assert.ok(rest.value > 0 && rest.value < busy.value / 3);
    assert.ok(rest.low < rest.value && rest.high > rest.value && busy.low < busy.value && busy.high > busy.value);
  });
}

test('power rises with load, and an unknown load spans all of it', () => {
  const model = processorModel(machine({ processor: 'i7-8700' }));
  const [rest, half, busy] = [0, 0.5, 1].map(load => powerAt(model, load));
  assert.ok(rest!.value < half!.value && half!.value < busy!.value);
  const unknown = powerAt(model, undefined);
  assert.deepEqual([unknown.low, unknown.high, unknown.basis], [rest!.low, busy!.high, 'assumed']);
});

test('memory: by modules where they are known, by size else, and unknown without either', () => {
  assert.equal(memoryModel(machine({ memory: bytes(64e9), modules: 4 }))?.value, 20);
  assert.equal(memoryModel(machine({ memory: bytes(100e9) }))?.value, 37.25);
  // Soldered laptop memory draws far less than a server's module.
  assert.ok(memoryModel(machine({ memory: bytes(16e9), modules: 2, laptop: true }))!.value < 10);
  assert.equal(memoryModel(machine({})), undefined);
});

const stats: readonly [content: string, expected: ReturnType<typeof parseProcStat>][] = [
  // user nice system idle iowait irq softirq steal guest guest_nice
  ['cpu  100 1 50 1000 10 2 3 999 40 0\ncpu0 1 2 3 4\n', { busy: 156, total: 1166 }],
  ['cpu  100 1 50 1000\n', { busy: 151, total: 1151 }],
  ['cpu0 100 1 50 1000\n', undefined],
  ['cpu  100 1\n', undefined],
  ['', undefined],
];
for (const [content, expected] of stats) {
  test(`/proc/stat ${JSON.stringify(content)}`, () => assert.deepEqual(parseProcStat(content), expected));
}

test('energy follows the load of the span, not of the moment', async () => {
  const fake = new Machine('desktop-intel');
  const model = createModel(fake.world);
  const probe = await model.probe();
  assert.deepEqual(probe.ok && [probe.covers, probe.method], [['cpu-package', 'dram'], 'model']);
  const running = model.start(seconds(1));
  const power = (load: number): number => powerAt(processorModel(fake.identity), load).value;
  const energyOf = (load: number, time: number): number => {
    fake.load = load;
    fake.advance(time);
    return running.sample(seconds(time))[0]!.energy.value;
  };
  assert.ok(Math.abs(energyOf(1, 2) - 2 * power(1)) < 0.01);
  assert.ok(Math.abs(energyOf(0, 1) - power(0)) < 0.01);
  assert.ok(Math.abs(energyOf(0.25, 4) - 4 * power(0.25)) < 0.01);
  // Too short for a tick of the clock: the last known load stands in.
  assert.ok(Math.abs(energyOf(0.25, 0.001) - 0.001 * power(0.25)) < 1e-6);
});

test('a system that tells no load: the whole span from rest to full load, assumed', async () => {
  const fake = new Machine('desktop-intel');
  fake.load = undefined;
  const model = createModel(fake.world);
  await model.probe();
  const running = model.start(seconds(1));
  fake.advance(1);
  const { energy } = running.sample(seconds(1))[0]!;
  assert.equal(energy.basis, 'assumed');
  assert.ok(energy.high / energy.low > 10);
});

test('WSL sees the whole processor although it is a virtual machine', async () => {
  const fake = new Machine('wsl');
  assert.ok(fake.identity.virtual);
  const probe = await createModel(fake.world).probe();
  assert.match(
    render((probe.ok && probe.remarks[0]) || { template: '', args: [] }),
    /1 × Intel Core i7-12700H, 45\.0 W/,
  );
});

test('an identity without the size of its memory covers the processor alone', async () => {
  const fake = new Machine('desktop-intel');
  const { memory: _, ...rest } = fake.identity;
  fake.identity = rest;
  const probe = await createModel(fake.world).probe();
  assert.deepEqual(probe.ok && probe.covers, ['cpu-package']);
});
