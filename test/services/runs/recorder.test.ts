/** Energy of runs that begin and end while the meter runs, on a machine that is moved by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { render } from '../../../src/base/text';
import { RunMachine } from '../../support/runMachine';

const near = (actual: number | undefined, expected: number, slack = 1e-6): void =>
  assert.ok(actual !== undefined && Math.abs(actual - expected) <= slack, `${actual} is not ${expected}`);

test('a run has its share by CPU time of what was drawn from its begin to its end', () => {
  const machine = new RunMachine();
  machine.meter();
  machine.pass(5, {}, 10);
  machine.add(10, 1);
  machine.begin('a', 10);
  for (let second = 0; second < 3; second++) {
    machine.pass(1, { 10: 1 }, 40, 1);
    machine.tick();
  }
  machine.pass(0.5, { 10: 0.5 }, 40, 0.5);
  machine.remove(10);
  const account = machine.recorder.end('a');
  near(account?.energy.attributedJ?.value, 70);
  near(account?.carbonG?.value, (70 / 3.6e6) * 400);
  near(account?.elapsedS, 3.5);
  assert.equal(account?.energy.status, 'resolved');
  assert.deepEqual(account.coverage, [{ domain: 'cpu-package', sensor: 'rapl', method: 'counter' }]);
  assert.equal(machine.recorder.size, 0);
  assert.equal(machine.recorder.end('a'), undefined);
});

test('overlapping runs never share a joule: they and the rest are the whole', () => {
  const machine = new RunMachine();
  machine.meter();
  machine.add(10, 1);
  machine.begin('outer', 10);
  machine.pass(1, { 10: 1 }, 30, 1);
  machine.tick();
  machine.add(11, 10);
  machine.begin('inner', 11);
  machine.pass(1, { 10: 1, 11: 2 }, 30, 1);
  machine.tick();
  const [outer, inner] = machine.recorder.live().map(({ energy }) => energy.attributedJ?.value);
  near(outer, 15 + 7.5);
  near(inner, 15);
});

test('what is above idle is known where the machine was seen idle', () => {
  const machine = new RunMachine();
  machine.meter();
  for (let second = 0; second < 10; second++) {
    machine.pass(1, {}, 8);
    machine.tick();
  }
  machine.add(10, 1);
  machine.begin('a', 10);
  machine.pass(2, { 10: 2 }, 40);
  machine.tick();
  const { energy } = machine.recorder.end('a') ?? {};
  near(energy?.attributedJ?.value, 80);
  near(energy?.marginalJ?.value, 64);
});

test('a short run is unresolved and not 0', () => {
  const machine = new RunMachine();
  machine.method = 'model';
  machine.meter();
  machine.pass(1, {}, 10);
  machine.add(10, 1);
  machine.begin('a', 10);
  machine.pass(0.3, { 10: 0.3 }, 40);
  const { energy } = machine.recorder.end('a') ?? {};
  assert.equal(energy?.status, 'unresolved');
  assert.equal(energy.attributedJ, null);
  near(energy.unattributed[0]?.atMostJ?.value, 12);
});

test('a run that is shorter than a battery’s gauge is renewed is unresolved', () => {
  const status = (time: number): string | undefined => {
    const machine = new RunMachine();
    Object.assign(machine, { method: 'sampled', sensor: 'battery' });
    machine.meter();
    machine.add(10, 1);
    machine.begin('a', 10);
    for (let second = 0; second < time; second++) {
      machine.pass(1, { 10: 1 }, 20);
      machine.tick();
    }
    return machine.recorder.end('a')?.energy.status;
  };
  assert.deepEqual([status(10), status(30)], ['unresolved', 'resolved']);
});

test('a run whose processes are not known has no energy, and says what it could be at most', () => {
  const machine = new RunMachine();
  machine.meter();
  machine.begin('a', null);
  machine.pass(2, {}, 40, 2);
  const { energy } = machine.recorder.end('a') ?? {};
  assert.equal(energy?.status, 'unknown');
  assert.equal(energy.attributedJ, null);
  near(energy.unattributed[0]?.atMostJ?.value, 80);
});

test('a process that becomes known later counts from then on, and what was before is said to be missing', () => {
  const machine = new RunMachine();
  machine.meter();
  machine.begin('a', null);
  machine.pass(1, {}, 40, 1);
  machine.add(10, 1);
  machine.recorder.follow('a', { pid: 10, kind: 'process' });
  machine.pass(1, { 10: 1 }, 40);
  const { energy } = machine.recorder.end('a') ?? {};
  assert.equal(energy?.status, 'partial');
  near(energy.attributedJ?.value, 40);
  near(energy.unattributed[0]?.seconds, 1);
});

test('time before the meter began, or after it broke, is missing and said to be', () => {
  const machine = new RunMachine();
  machine.add(10, 1);
  machine.begin('a', 10);
  machine.pass(2, { 10: 2 }, 40);
  machine.meter();
  machine.pass(1, { 10: 1 }, 40);
  machine.tick();
  machine.recorder.use(undefined);
  machine.pass(4, { 10: 4 }, 40);
  machine.meter();
  machine.pass(1, { 10: 1 }, 40);
  const { energy, elapsedS } = machine.recorder.end('a') ?? {};
  assert.equal(elapsedS, 8);
  assert.equal(energy?.status, 'partial');
  near(energy.attributedJ?.value, 80);
  assert.deepEqual(
    energy.unattributed.map(({ seconds, reason }) => [Math.round(seconds), render(reason)]),
    [[6, 'the meter had not begun, or had to begin again']],
  );
});

test('without a meter all that is known is the time', () => {
  const machine = new RunMachine();
  machine.add(10, 1);
  machine.begin('a', 10);
  machine.pass(3, { 10: 3 }, 40);
  const account = machine.recorder.end('a');
  near(account?.elapsedS, 3);
  assert.equal(account?.energy.status, 'unknown');
  assert.equal(account.energy.attributedJ, null);
});

test('energy of a GPU is not given to a run as long as nobody tells who uses it', () => {
  const machine = new RunMachine();
  machine.energies.set('gpu:0', 0);
  machine.meter();
  machine.add(10, 1);
  machine.begin('a', 10);
  machine.pass(2, { 10: 2 }, 50);
  const { energy } = machine.recorder.end('a') ?? {};
  assert.equal(energy?.status, 'partial');
  near(energy.attributedJ?.value, 100);
  assert.deepEqual(
    energy.unattributed.map(({ domain, atMostJ }) => [domain, atMostJ?.value]),
    [['gpu:0', 100]],
  );
});

/** Run 10 on a GPU that draws 100 W for four seconds. */
const onGpu: readonly [what: string, users: readonly number[], ownIds: boolean, expected: string][] = [
  ['alone', [10], false, 'gpu-alone 400 400 400'],
  ['beside a stranger', [10, 99], false, 'gpu-shared 200 0 400'],
  ['not at all', [99], false, 'none'],
  ['in a container that sees the host’s ids', [4_000_123], true, 'unknown'],
];
for (const [what, users, ownIds, expected] of onGpu) {
  test(`a run that is on a GPU ${what}: ${expected}`, () => {
    const some = (pids: readonly number[]) => new Map([...machine.processes].filter(([pid]) => pids.includes(pid)));
    const machine: RunMachine = new RunMachine({ some }, ownIds);
    machine.energies.set('gpu:0', 0);
    machine.users.set('gpu:0', users);
    machine.meter();
    machine.add(10, 1);
    machine.begin('a', 10);
    for (let second = 0; second < 4; second++) {
      machine.pass(1, { 10: 1 }, 100);
      machine.tick();
    }
    const { energy } = machine.recorder.end('a') ?? {};
    const share = energy?.shares.find(({ domain }) => domain === 'gpu:0');
    const missing = energy?.unattributed.some(({ domain }) => domain === 'gpu:0');
    const words = share && [share.rule, share.energyJ.value, share.energyJ.low, share.energyJ.high].join(' ');
    assert.equal(words ?? (missing ? 'unknown' : 'none'), expected);
  });
}

test('output gives progress, a forecast, and joules per epoch; forecasts are kept beside what came', () => {
  const machine = new RunMachine();
  machine.meter();
  machine.add(10, 1);
  machine.begin('a', 10);
  for (let epoch = 1; epoch <= 10; epoch++) {
    machine.recorder.output('a', `Epoch ${epoch}/10\n`);
    for (let second = 0; second < 4; second++) {
      machine.pass(1, { 10: 1 }, 25);
      machine.tick();
    }
    if (epoch !== 5) continue;
    const [live] = machine.recorder.live();
    near(live?.forecast?.energyJ?.value, 1000, 150);
    near(live?.forecast?.durationS?.value, 40, 6);
    assert.equal(live?.progress?.epochsTotal, 10);
  }
  const account = machine.recorder.end('a');
  near(account?.energy.attributedJ?.value, 1000);
  near(account?.recorded?.joulesPerEpoch?.value, 100, 1);
  assert.deepEqual(account?.recorded?.forecasts.length, 2);
  assert.ok(account.recorded.forecasts.every(({ carbonG }) => carbonG !== null));
});

test('a whole table of processes is made seldom where it takes long', () => {
  let [tables, wholes] = [0, 0];
  const machine: RunMachine = new RunMachine({
    all: () => {
      wholes++;
      machine.now += 0.02;
      return new Map(machine.processes);
    },
    some: () => {
      tables++;
      return new Map(machine.processes);
    },
  });
  machine.meter();
  machine.add(10, 1);
  machine.begin('a', 10);
  for (let second = 0; second < 60; second++) {
    machine.pass(1, { 10: 1 }, 40);
    machine.tick();
  }
  assert.ok(wholes <= 13, `${wholes} whole tables in a minute`);
  assert.ok(tables >= 45);
  near(machine.recorder.end('a')?.energy.attributedJ?.value, 2400, 60);
});
