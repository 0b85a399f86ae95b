import assert from 'node:assert/strict';
import { test } from 'node:test';
import { figure } from '../../src/base/figure';
import { render, text } from '../../src/base/text';
import { joules, seconds } from '../../src/base/units';
import { choose } from '../../src/meters/choose';
import type { Domain, Method, Reading, Sensor } from '../../src/meters/meter';
import { found } from '../../src/meters/meter';
import { Session } from '../../src/meters/session';
import { Machine } from '../support/machine';

/** A sensor that tells constant watts per domain; undefined for one that tells nothing at present. */
class Steady implements Sensor {
  disposed = false;
  constructor(
    readonly id: string,
    readonly method: Method,
    readonly watts: Partial<Record<Domain, number | undefined>>,
  ) {}
  probe(): ReturnType<Sensor['probe']> {
    return Promise.resolve(found(Object.keys(this.watts) as Domain[], this.method));
  }
  start(): ReturnType<Sensor['start']> {
    const basis = this.method === 'model' ? 'modelled' : 'measured';
    return {
      sample: elapsed =>
        Object.entries(this.watts).flatMap(([domain, power]): Reading[] => {
          if (power === undefined) return [];
          const energy = power * elapsed;
          return [
            {
              domain: domain as Domain,
              energy: figure(joules(energy), joules(0.9 * energy), joules(1.2 * energy), basis, this.id),
            },
          ];
        }),
      trouble: () => text('asleep now'),
      dispose: () => (this.disposed = true),
    };
  }
}

async function session(...sensors: Steady[]): Promise<{ machine: Machine; session: Session }> {
  const machine = new Machine('desktop-intel');
  const started = new Session(machine.world.clocks, seconds(1));
  const answers = await Promise.all(sensors.map(async sensor => ({ id: sensor.id, probe: await sensor.probe() })));
  started.adopt(choose(answers), sensors);
  return { machine, session: started };
}

const near = (actual: number | undefined, expected: number): void =>
  assert.ok(actual !== undefined && Math.abs(actual - expected) < 1e-6, `${actual} is not ${expected}`);

test('counted parts are added, parts of parts are not; the range and the weakest basis are kept', async () => {
  const rapl = new Steady('rapl', 'counter', { 'cpu-package': 30, 'cpu-core': 20 });
  const model = new Steady('model', 'model', { 'cpu-package': 99, dram: 5 });
  const { machine, session: s } = await session(rapl, model);
  for (let second = 0; second < 4; second++) {
    machine.advance(1);
    s.sample();
  }
  const state = s.state();
  near(state.energy?.value, 4 * 35);
  near(state.energy?.low, 4 * 35 * 0.9);
  near(state.energy?.high, 4 * 35 * 1.2);
  near(state.power?.value, 35);
  assert.equal(state.energy?.basis, 'modelled');
  assert.equal(state.parts.find(({ domain }) => domain === 'cpu-package')?.energy?.basis, 'measured');
  near(state.parts.find(({ domain }) => domain === 'cpu-core')?.energy?.value, 80);
  assert.deepEqual(state.gaps, []);
  near(state.seconds, 4);
});

test('a machine that slept: nothing is integrated over the time, and the gap says so', async () => {
  const { machine, session: s } = await session(new Steady('rapl', 'counter', { 'cpu-package': 30 }));
  machine.advance(1);
  s.sample();
  machine.advance(1, 3600);
  s.sample();
  machine.advance(1);
  const state = s.sample();
  near(state.energy?.value, 60);
  near(state.parts[0]?.seconds, 2);
  assert.equal(state.gaps.length, 1);
  assert.match(render(state.gaps[0]!.reason), /slept/);
});

test('a process that was held up: a counter bridges a while, sampled power does not', async () => {
  const rapl = new Steady('rapl', 'counter', { 'cpu-package': 30 });
  const nvidia = new Steady('nvidia', 'sampled', { 'gpu:0': 100 });
  const { machine, session: s } = await session(rapl, nvidia);
  machine.advance(20);
  const state = s.sample();
  near(state.energy?.value, 600);
  assert.deepEqual(
    state.gaps.map(({ domain, seconds: time }) => [domain, time]),
    [['gpu:0', 20]],
  );
  machine.advance(100);
  near(s.sample().energy?.value, 600);
});

test('a domain that tells nothing is a gap with the sensor’s reason, and the others go on', async () => {
  const nvidia = new Steady('nvidia', 'sampled', { 'gpu:0': 100, 'gpu:1': 50 });
  const { machine, session: s } = await session(nvidia);
  machine.advance(1);
  s.sample();
  nvidia.watts['gpu:0'] = undefined;
  machine.advance(1);
  const state = s.sample();
  near(state.power?.value, 50);
  near(state.energy?.value, 200);
  assert.equal(state.parts.find(({ domain }) => domain === 'gpu:0')?.power, undefined);
  assert.deepEqual(
    state.gaps.map(gap => [gap.domain, gap.seconds, render(gap.reason)]),
    [['gpu:0', 1, 'asleep now']],
  );
});

test('nothing known is undefined, not 0', async () => {
  const { machine, session: s } = await session(new Steady('rapl', 'counter', { 'cpu-package': undefined }));
  assert.equal(s.state().energy, undefined);
  machine.advance(1);
  const state = s.sample();
  assert.deepEqual([state.energy, state.power], [undefined, undefined]);
});

test('two reads within a moment are one', async () => {
  const { machine, session: s } = await session(new Steady('rapl', 'counter', { 'cpu-package': 30 }));
  machine.advance(1);
  s.sample();
  machine.advance(0.001);
  near(s.sample().energy?.value, 30);
  machine.advance(0.999);
  near(s.sample().energy?.value, 60);
});

test('a sensor that comes to life joins; what was told before stays', async () => {
  const rapl = new Steady('rapl', 'counter', { 'cpu-package': 30 });
  const gpu = new Steady('nvidia', 'sampled', { 'gpu:0': 100 });
  const { machine, session: s } = await session(rapl);
  machine.advance(10);
  s.adopt(
    choose([
      { id: 'rapl', probe: await rapl.probe() },
      { id: 'nvidia', probe: await gpu.probe() },
    ]),
    [rapl, gpu],
  );
  machine.advance(2);
  const state = s.sample();
  near(state.energy?.value, 12 * 30 + 2 * 100);
  near(state.parts.find(({ domain }) => domain === 'gpu:0')?.seconds, 2);
});

test('a part that is no longer chosen keeps its energy and tells no more', async () => {
  const model = new Steady('model', 'model', { 'cpu-package': 10, dram: 5 });
  const { machine, session: s } = await session(model);
  machine.advance(1);
  s.adopt([{ domain: 'cpu-package', sensor: 'model', method: 'model', counted: true }], [model]);
  machine.advance(1);
  const state = s.sample();
  near(state.energy?.value, 10 + 5 + 10);
  near(state.power?.value, 10);
});

test('gaps do not grow with time', async () => {
  const { machine, session: s } = await session(new Steady('rapl', 'counter', { 'cpu-package': undefined }));
  for (let second = 0; second < 1000; second++) {
    machine.advance(1);
    s.sample();
  }
  assert.equal(s.state().gaps.length, 1);
  near(s.state().gaps[0]?.seconds, 1000);
});

test('disposing ends every sensor', async () => {
  const sensors = [
    new Steady('rapl', 'counter', { 'cpu-package': 1 }),
    new Steady('nvidia', 'sampled', { 'gpu:0': 1 }),
  ];
  const { session: s } = await session(...sensors);
  s.dispose();
  assert.deepEqual(
    sensors.map(({ disposed }) => disposed),
    [true, true],
  );
});
