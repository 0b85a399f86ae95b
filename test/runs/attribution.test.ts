import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Figure } from '../../src/base/figure';
import { figure } from '../../src/base/figure';
import { render, text } from '../../src/base/text';
import type { Span, SpanDomain } from '../../src/runs/attribution';
import { Attribution } from '../../src/runs/attribution';
import type { RunSpan } from '../../src/runs/shares';

const exact = (value: number, basis: Figure['basis'] = 'measured'): Figure =>
  figure(value, value, value, basis, 'a sensor');

const about = (value: number, error: number): Figure =>
  figure(value, value * (1 - error), value * (1 + error), 'measured', 'a sensor');

interface Drawn {
  readonly energy: Figure | null;
  readonly idle?: Figure | null;
  readonly others?: number | null;
  readonly resolution?: number;
}

const domainOf = (domain: string, { energy, idle = null, others = null, resolution = 0.1 }: Drawn): SpanDomain => ({
  domain,
  energyJ: energy,
  idleW: idle,
  others,
  resolutionS: resolution,
});

const run = (id: string, cpuS: number | null, more: Partial<RunSpan> = {}): RunSpan => ({
  id,
  cpuS,
  livedS: 1,
  gpus: [],
  ...more,
});

const span = (busyS: number | null, runs: readonly RunSpan[], ...domains: readonly SpanDomain[]): Span => ({
  seconds: 1,
  busyS,
  runs,
  domains,
});

const after = (...spans: readonly Span[]): Attribution => {
  const attribution = new Attribution();
  for (const one of spans) attribution.add(one);
  return attribution;
};

const near = (actual: number | undefined, expected: number, what = ''): void =>
  assert.ok(actual !== undefined && Math.abs(actual - expected) < 1e-9, `${what} ${actual} is not ${expected}`);

test('a run that did all the work has all the energy, idle included, measured; what is above idle is marginal', () => {
  const energy = after(span(2, [run('a', 2)], domainOf('cpu-package', { energy: exact(50), idle: exact(20) }))).of('a');
  assert.equal(energy.status, 'resolved');
  assert.deepEqual(energy.attributedJ, exact(50));
  near(energy.marginalJ?.value, 30);
  assert.deepEqual(energy.shares.map(({ domain, rule }) => [domain, rule]), [['cpu-package', 'cpu-time']]); // prettier-ignore
  near(energy.shares[0]?.share.value, 1);
});

test('half of the CPU time: half of the energy, modelled, between a third and two thirds of the work', () => {
  const domain = domainOf('cpu-package', { energy: exact(50), idle: exact(20) });
  const energy = after(span(4, [run('a', 2)], domain)).of('a');
  near(energy.attributedJ?.value, 25);
  near(energy.attributedJ?.low, 10 + 10);
  near(energy.attributedJ?.high, 20 + 10);
  assert.equal(energy.attributedJ?.basis, 'modelled');
  near(energy.marginalJ?.value, 15);
});

test('a run that lived for a part of the span has a part of the idle, and all of its own work', () => {
  const domain = domainOf('cpu-package', { energy: exact(50), idle: exact(20) });
  const energy = after(span(1, [run('a', 1, { livedS: 0.25 })], domain)).of('a');
  near(energy.attributedJ?.value, 30 + 5);
});

test('times the PUE, which only the total bears', () => {
  const attribution = after(span(1, [run('a', 1)], domainOf('cpu-package', { energy: exact(50) })));
  const { attributedJ, shares } = attribution.of('a', figure(1.2, 1.1, 1.5, 'assumed', 'a table'));
  assert.deepEqual([attributedJ?.value, attributedJ?.low, attributedJ?.high], [60, 55.00000000000001, 75]);
  assert.equal(attributedJ?.basis, 'assumed');
  near(shares[0]?.energyJ.value, 50);
});

test('no idle known: no marginal energy, and none of 0', () => {
  const energy = after(span(1, [run('a', 1)], domainOf('cpu-package', { energy: exact(50) }))).of('a');
  assert.equal(energy.marginalJ, null);
  assert.equal(energy.shares[0]?.idleW, null);
});

/** What others and the run do on a GPU that draws 100 J in a second and 40 W when idle; expected: value, low, high, rule. */
const gpuCases: readonly [what: string, runs: readonly string[], others: number | null, expected: string][] = [
  ['alone', ['a'], 0, '100 100 100 gpu-alone measured'],
  ['with another program', ['a'], 1, '50 20 80 gpu-shared modelled'],
  ['with another run', ['a', 'b'], 0, '50 20 80 gpu-shared modelled'],
  ['with another run and two programs', ['a', 'b'], 2, '25 10 70 gpu-shared modelled'],
  ['not there', ['b'], 0, 'nothing'],
  ['others not known', ['a'], null, 'unknown up to 100'],
];
for (const [what, on, others, expected] of gpuCases) {
  test(`a run on a GPU, ${what}: ${expected}`, () => {
    const runs = ['a', 'b'].map(id => run(id, 0, { gpus: on.includes(id) ? ['gpu:0'] : [] }));
    const domain = domainOf('gpu:0', { energy: exact(100), idle: exact(40), others });
    const { shares, unattributed } = after(span(0, runs, domain)).of('a');
    const [share] = shares;
    const words = share
      ? [share.energyJ.value, share.energyJ.low, share.energyJ.high, share.rule, share.energyJ.basis].join(' ')
      : unattributed[0]
        ? `unknown up to ${unattributed[0].atMostJ?.value}`
        : 'nothing';
    assert.equal(words, expected);
  });
}

test('a GPU whose list of processes cannot be matched is not attributed, with what it drew and why; the rest is', () => {
  const energy = after(
    span(1, [run('a', 1, { gpus: null })], domainOf('cpu-package', { energy: exact(10) }), domainOf('gpu:0', { energy: exact(100), others: 1 })), // prettier-ignore
  ).of('a');
  assert.equal(energy.status, 'partial');
  near(energy.attributedJ?.value, 10);
  assert.deepEqual(energy.unattributed.map(({ domain, atMostJ }) => [domain, atMostJ?.value]), [['gpu:0', 100]]); // prettier-ignore
  assert.match(render(energy.unattributed[0]!.reason), /container/);
});

test('nothing known is unknown, with the sensor’s reason, and no figure', () => {
  const energy = after(
    span(1, [run('a', 1)], { ...domainOf('cpu-package', { energy: null }), reason: text('asleep now') }),
  ).of('a');
  assert.deepEqual([energy.status, energy.attributedJ, energy.marginalJ], ['unknown', null, null]);
  assert.deepEqual(energy.unattributed.map(({ atMostJ, reason }) => [atMostJ, render(reason)]), [[null, 'asleep now']]); // prettier-ignore
});

const untold: readonly [what: string, busyS: number | null, cpuS: number | null][] = [
  ['of all programs', null, 1],
  ['of the run', 1, null],
];
for (const [what, busyS, cpuS] of untold) {
  test(`the CPU time ${what} is not told: unknown`, () => {
    const energy = after(span(busyS, [run('a', cpuS)], domainOf('cpu-package', { energy: exact(10) }))).of('a');
    assert.deepEqual([energy.status, energy.unattributed[0]?.atMostJ?.value], ['unknown', 10]);
  });
}

test('one run’s time is not told, the other’s is', () => {
  const attribution = after(
    span(2, [run('a', null), run('b', 1)], domainOf('cpu-package', { energy: exact(10), idle: exact(2) })),
  );
  assert.equal(attribution.of('a').status, 'unknown');
  near(attribution.of('b').attributedJ?.value, 5);
});

test('a run under a sensor’s resolution is unresolved and not 0, and what it can have been at most is said', () => {
  const runs = [run('a', 0.2, { livedS: 0.3, gpus: ['gpu:0'] })];
  const gpu = domainOf('gpu:0', { energy: exact(100), others: 0, resolution: 2 });
  const alone = after(span(1, runs, gpu)).of('a');
  assert.deepEqual([alone.status, alone.attributedJ], ['unresolved', null]);
  near(alone.unattributed[0]?.atMostJ?.value, 100);
  const beside = after(span(1, runs, gpu, domainOf('cpu-package', { energy: exact(10) }))).of('a');
  assert.equal(beside.status, 'partial');
  assert.deepEqual(beside.shares.map(({ domain }) => domain), ['cpu-package']); // prettier-ignore
});

test('a program that slept all the time used less than a tick: unresolved, not 0 J', () => {
  const spans = Array.from({ length: 60 }, () => span(0.5, [run('a', 0)], domainOf('dram', { energy: exact(3) })));
  const energy = after(...spans).of('a');
  assert.deepEqual([energy.status, energy.attributedJ, energy.seconds], ['unresolved', null, 60]);
});

test('a GPU that others left in between: two rules, told apart and added', () => {
  const shared = domainOf('gpu:0', { energy: exact(100), idle: exact(40), others: 1, resolution: 2 });
  const alone = { ...shared, others: 0 };
  const runs = [run('a', 1, { gpus: ['gpu:0'] })];
  const energy = after(span(1, runs, shared), span(1, runs, alone), span(1, runs, alone)).of('a');
  assert.deepEqual(
    energy.shares.map(({ rule, seconds, energyJ }) => [rule, seconds, energyJ.value]),
    [
      ['gpu-shared', 1, 50],
      ['gpu-alone', 2, 200],
    ],
  );
  near(energy.attributedJ?.value, 250);
});

test('a counter that holds processor and GPU leaves open whose the GPU’s work was', () => {
  const domain = domainOf('module', { energy: exact(30), idle: exact(10) });
  const { shares } = after(span(4, [run('a', 3)], domain)).of('a');
  assert.equal(shares[0]?.rule, 'module');
  const { value, low, high } = shares[0].energyJ;
  assert.deepEqual([value, low, high], [22.5, 7.5, 27.5]);
});

test('marginal energy of noise below the idle is 0 with room above, never negative', () => {
  const domain = domainOf('cpu-package', { energy: about(18, 0.1), idle: exact(19) });
  const { marginalJ } = after(span(1, [run('a', 1)], domain)).of('a');
  near(marginalJ?.value, 0);
  assert.ok(marginalJ!.high > 0.5 && marginalJ!.low === 0);
});

test('a run that is forgotten starts anew', () => {
  const attribution = after(span(1, [run('a', 1)], domainOf('cpu-package', { energy: exact(5) })));
  attribution.forget('a');
  assert.equal(attribution.of('a').status, 'unknown');
});

/** Reproducible noise (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** What really happened, which the attribution does not see: who drew how many joules above idle. */
interface Truth {
  readonly span: Span;
  readonly attributed: ReadonlyMap<string, number>;
}

function happening(next: () => number): Truth {
  const runs = ['a', 'b', 'c']
    .filter(() => next() < 0.7)
    .map(
      id =>
    run(id, next() < 0.1 ? 0 : 3 * next(), { livedS: next() < 0.5 ? 1 : next(), gpus: ['gpu:0', 'gpu:1'].filter(() => next() < 0.5) }), // prettier-ignore
    );
  const rest = next() < 0.2 ? 0 : 2 * next();
  const attributed = new Map<string, number>();
  const give = (id: string, energy: number): void => void attributed.set(id, (attributed.get(id) ?? 0) + energy);
  const busyS = runs.reduce((sum, { cpuS }) => sum + (cpuS ?? 0), rest);

  const work = (): { idle: number; above: number } => ({ idle: 5 + 20 * next(), above: 60 * next() });
  const told = (name: string, { idle, above }: ReturnType<typeof work>, others: number): SpanDomain => {
    const error = 0.1 * next();
    // The sensor errs within what it says.
    const value = (idle + above) / (1 + error * (2 * next() - 1));
    const energy = figure(value, value * (1 - error), value * (1 + error), 'measured', 'a sensor');
    const seen = figure(idle, idle * (1 - 0.1 * next()), idle * (1 + 0.1 * next()), 'measured', 'a sensor');
    return domainOf(name, { energy, idle: next() < 0.7 ? seen : null, others });
  };

  const cpu = work();
  const weights = new Map(runs.map(({ id, cpuS }) => [id, (cpuS ?? 0) * (1 + next())]));
  const all = [...weights.values()].reduce((sum, weight) => sum + weight, rest * (1 + next()));
  for (const { id, cpuS, livedS } of runs) {
    if (all > 0) give(id, (cpu.above * weights.get(id)!) / all);
    if (busyS > 0) give(id, (cpu.idle * livedS * (cpuS ?? 0)) / busyS);
  }
  const domains = [told('cpu-package', cpu, 0)];
  for (const gpu of ['gpu:0', 'gpu:1']) {
    const others = next() < 0.5 ? 0 : 1;
    const users = runs.filter(({ gpus }) => gpus?.includes(gpu));
    const board = work();
    const parts = users.map(() => next());
    const sum = parts.reduce((total, part) => total + part, others === 0 ? 0 : next());
    users.forEach(({ id, livedS }, index) => {
      give(id, (board.above * parts[index]!) / sum + (board.idle * livedS) / (users.length + others));
    });
    domains.push(told(gpu, board, others));
  }
  return { span: span(busyS, runs, ...domains), attributed };
}

test('over any mixture of runs the truth lies in every range, and no joule is given twice', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const next = random(seed);
    const attribution = new Attribution();
    const truth = new Map<string, number>();
    for (let second = 0; second < 20; second++) {
      const { span: seen, attributed } = happening(next);
      attribution.add(seen);
      for (const [id, energy] of attributed) truth.set(id, (truth.get(id) ?? 0) + energy);
    }
    const runs = [...truth.keys()].map(id => ({ id, ...attribution.of(id) }));
    for (const { id, attributedJ, status } of runs) {
      assert.equal(status, 'resolved', `seed ${seed}`);
      const really = truth.get(id)!;
      assert.ok(
        attributedJ!.low - 1e-6 <= really && really <= attributedJ!.high + 1e-6,
        `seed ${seed}, ${id}: ${really} is not in ${attributedJ!.low}–${attributedJ!.high}`,
      );
    }
    for (const { domain, deviceJ, restJ } of attribution.rest()) {
      const given = runs.flatMap(({ shares }) => shares).filter(share => share.domain === domain);
      const sum = given.reduce((total, { energyJ }) => total + energyJ.value, 0);
      near(sum + restJ.value, deviceJ.value, `seed ${seed}, ${domain}:`);
      assert.ok(restJ.low <= restJ.value && restJ.value <= restJ.high);
    }
  }
});
