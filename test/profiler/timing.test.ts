/** The measuring loop on a clock of its own: no test here waits. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timeRuns, warmUp } from '../../src/profiler/timing';

/** A machine on which the n-th run takes `durations(n)` seconds. */
function machine(durations: (run: number) => number) {
  let [time, runs] = [100, 0];
  return {
    now: () => time,
    run: () => {
      time += durations(runs++);
      return Promise.resolve();
    },
    runs: () => runs,
  };
}

const warmUps: readonly [
  name: string,
  durations: (n: number) => number,
  max: number,
  runs: [number, number],
  steady: boolean,
][] = [
  ['at once steady: for a third of a second', () => 0.01, 2, [30, 38], true],
  ['a slow first run', n => (n === 0 ? 1 : 0.1), 3, [6, 9], true],
  ['getting faster for long', n => 0.1 / (1 + n * 0.1), 1, [16, 19], false],
  ['one run longer than the time', () => 30, 2, [1, 1], false],
];
for (const [name, durations, max, [low, high], steady] of warmUps) {
  test(`warming up: ${name}`, async () => {
    const { now, run, runs } = machine(durations);
    const result = await warmUp(run, max, now);
    assert.equal(result.steady, steady);
    assert.equal(result.runs, runs());
    assert.ok(result.runs >= low && result.runs <= high, `${result.runs} runs`);
  });
}

const measures: readonly [name: string, runS: number, seconds: number, windows: number, runs: number][] = [
  ['fast runs, windows of a second', 0.125, 10, 10, 80],
  ['a short time, shorter windows', 0.0078125, 1, 10, 130], // windows of 0.1 s end after 13 runs = 0.1016 s
  ['runs longer than a window', 2, 10, 6, 6],
  ['six runs would take too long', 5, 10, 4, 4],
  ['one run takes longer than everything', 60, 10, 1, 1],
];
for (const [name, runS, seconds, windows, runs] of measures) {
  test(`measuring: ${name}`, async () => {
    const { now, run } = machine(() => runS);
    const timed = await timeRuns(run, seconds, now);
    assert.equal(timed.windows.length, windows);
    assert.equal(timed.runs, runs);
    assert.ok(timed.windows.every(window => Math.abs(window.medianS - runS) < 1e-9));
    assert.ok(Math.abs(timed.seconds - runs * runS) < 1e-6);
  });
}

test('the distribution of single runs', async () => {
  const { now, run } = machine(n => (n % 10 === 9 ? 0.5 : 0.125));
  const { fastestS, slowestS, p95S } = await timeRuns(run, 16, now);
  assert.deepEqual([fastestS, slowestS], [0.125, 0.5]);
  assert.ok(p95S > 0.125 && p95S <= 0.5);
});

test('progress tells the latency so far', async () => {
  const { now, run } = machine(() => 0.5);
  const seen: string[] = [];
  await timeRuns(run, 10, now, ({ seconds, runs, latencyS }) => seen.push(`${seconds} ${runs} ${latencyS}`));
  assert.equal(seen.length, 10);
  assert.deepEqual([seen[0], seen[9]], ['1 2 0.5', '10 20 0.5']);
});

test('a run that fails ends the loop', async () => {
  await assert.rejects(
    timeRuns(
      () => Promise.reject(new Error('no')),
      1,
      () => 0,
    ),
    /no/,
  );
});
