import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Figure } from '../../src/base/figure';
import { figure } from '../../src/base/figure';
import { render } from '../../src/base/text';
import { gramsPerKWh } from '../../src/base/units';
import { Forecaster } from '../../src/runs/forecast';
import { ProgressReader } from '../../src/runs/progress';

const measured = (value: number, error = 0): Figure =>
  figure(value, value * (1 - error), value * (1 + error), 'measured', 'a counter');

/** A run whose output comes at moments, with a constant power. */
class Running {
  readonly reader = new ProgressReader();
  readonly forecaster = new Forecaster();
  now = 0;
  energy = 0;

  /** Time passes at a power, then the program writes. */
  go(seconds: number, watts: number, output: string): this {
    this.now += seconds;
    this.energy += seconds * watts;
    this.reader.feed(output);
    if (this.reader.progress) this.forecaster.note(this.now, measured(this.energy), this.reader.progress);
    return this;
  }

  forecast(error = 0): ReturnType<Forecaster['forecast']> {
    return this.forecaster.forecast(this.now, measured(this.energy, error));
  }
}

const near = (actual: number | undefined, expected: number): void =>
  assert.ok(actual !== undefined && Math.abs(actual - expected) < 1e-6 * Math.max(1, expected), `${actual} is not ${expected}`); // prettier-ignore

test('headings of epochs: the start-up once, then as many epochs as are to come; the slow first one does not count', () => {
  const run = new Running().go(30, 50, 'Epoch 1/10\n').go(90, 200, 'Epoch 2/10\n').go(60, 200, 'Epoch 3/10\n');
  const { durationS, energyJ, secondsPerEpoch, joulesPerEpoch, seen } = run.forecast();
  near(durationS?.value, 30 + 90 + 60 + 8 * 60);
  near(energyJ?.value, 1500 + 18_000 + 9 * 12_000);
  near(secondsPerEpoch?.value, 60);
  near(joulesPerEpoch?.value, 12_000);
  assert.equal(seen, 2);
  assert.deepEqual([durationS?.basis, energyJ?.basis, joulesPerEpoch?.basis], ['modelled', 'modelled', 'measured']);
});

test('in the middle of an epoch what has been spent of it is not counted twice', () => {
  const run = new Running().go(1, 100, 'Epoch 1/4\n').go(10, 100, 'Epoch 2/4\n').go(10, 100, 'Epoch 3/4\n');
  run.go(6, 100, 'a line\n');
  near(run.forecast().durationS?.value, 41);
  near(run.forecast().energyJ?.value, 4100);
});

test('output that comes late and then at once tells the same mean', () => {
  const run = new Running().go(1, 100, 'Epoch 1/9\n').go(10, 100, 'Epoch 2/9\n').go(19, 100, 'Epoch 3/9\n');
  run.go(41, 100, [4, 5, 6, 7, 8].map(epoch => `Epoch ${epoch}/9\n`).join(''));
  const { secondsPerEpoch, joulesPerEpoch } = run.forecast();
  near(secondsPerEpoch?.value, 10);
  near(joulesPerEpoch?.value, 1000);
});

test('an epoch that takes longer than the others moves the end, and what is past is never undone', () => {
  const run = new Running().go(1, 100, 'Epoch 1/3\n').go(10, 100, 'Epoch 2/3\n').go(10, 100, 'Epoch 3/3\n');
  run.go(50, 100, 'a line\n');
  const { durationS } = run.forecast();
  assert.ok(durationS!.low >= 71);
});

test('steps of one bar: the first epoch’s steps give a wide forecast, and joules per step', () => {
  const run = new Running().go(0, 0, '  0%|  | 0/1000 [00:00<?, ?it/s]\r');
  for (let step = 10; step <= 100; step += 10) run.go(10, 100, ` 1%|  | ${step}/1000 [00:00<?, 1.0it/s]\r`);
  const { durationS, joulesPerStep, joulesPerEpoch, seen } = run.forecast();
  near(durationS?.value, 1000);
  near(joulesPerStep?.value, 100);
  assert.equal(joulesPerEpoch, null);
  assert.equal(seen, 5);
});

test('joules per step of an epoch with validation hold the validation', () => {
  const bar = (epoch: number, step: number): string => `Epoch ${epoch}/5:  1%|  | ${step}/20 [00:00<?, 1.0it/s]\r`;
  const run = new Running().go(1, 100, bar(1, 0)).go(20, 100, bar(1, 20)).go(5, 100, bar(2, 0));
  run.go(20, 100, bar(2, 20)).go(5, 100, bar(3, 0));
  near(run.forecast().joulesPerStep?.value, 125);
  near(run.forecast().durationS?.value, 1 + 5 * 25);
});

test('the Trainer’s epochs beside the steps of its one bar', () => {
  const run = new Running().go(0, 0, '  0%|  | 0/300 [00:00<?, ?it/s]\r');
  for (let step = 3; step <= 150; step += 3)
    run.go(3, 10, `  1%|  | ${step}/300 [00:00<?, 1.0it/s]\r{'loss': 1.0, 'epoch': ${step / 100}}\n`);
  run.go(0, 0, '\r');
  near(run.forecast().joulesPerEpoch?.value, 1000);
  near(run.forecast().joulesPerStep?.value, 10);
});

const open: readonly [what: string, output: string, reason: RegExp][] = [
  ['no progress', 'hello\n', /no progress/],
  ['no end', 'epoch 1 loss 0.4\nepoch 2 loss 0.3\n', /how many epochs/],
  ['only begun', 'Epoch 1/10\n', /too little/],
];
for (const [what, output, reason] of open) {
  test(`${what}: nothing is foretold, with a reason`, () => {
    const { durationS, energyJ, carbonG, reason: why } = new Running().go(10, 100, output).forecast();
    assert.deepEqual([durationS, energyJ, carbonG], [null, null, null]);
    assert.match(render(why!), reason);
  });
}

test('without a meter the time is foretold all the same, and no energy', () => {
  const run = new Running().go(1, 0, 'Epoch 1/10\n').go(10, 0, 'Epoch 2/10\n');
  const { durationS, energyJ, joulesPerEpoch } = run.forecaster.forecast(run.now, null);
  near(durationS?.value, 101);
  assert.deepEqual([energyJ, joulesPerEpoch], [null, null]);
});

test('carbon by the grid’s intensity, and the sensor’s error goes on into the future', () => {
  const run = new Running().go(0, 0, 'Epoch 1/10\n');
  for (let epoch = 2; epoch <= 10; epoch++) run.go(3600, 1000, `Epoch ${epoch}/10\n`);
  const grid = figure(gramsPerKWh(400), gramsPerKWh(300), gramsPerKWh(500), 'assumed', 'a table');
  const { energyJ, carbonG } = run.forecaster.forecast(run.now, measured(run.energy, 0.1), grid);
  near(energyJ?.value, 36e6);
  assert.ok(energyJ!.low < 0.91 * 36e6 && energyJ!.high > 1.09 * 36e6);
  near(carbonG?.value, 4000);
  assert.equal(carbonG?.basis, 'assumed');
});

test('a total that may be one more leaves the forecast open by an epoch', () => {
  const run = new Running().go(0, 0, 'Epoch 0/9\n');
  for (let epoch = 1; epoch <= 8; epoch++) run.go(10, 100, `Epoch ${epoch}/9\n`);
  const { durationS } = run.forecast();
  assert.ok(durationS!.low <= 90 && durationS!.high >= 100);
});

/** Reproducible noise, nearly normal. */
function noise(seed: number): () => number {
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 0) / 4294967296;
  };
  return () => Array.from({ length: 12 }, next).reduce((sum, one) => sum + one, -6);
}

test('over many kinds of runs the end lies within the interval in 19 of 20 cases, and the interval narrows', () => {
  const widths = new Map<number, number[]>();
  let inside = 0;
  let all = 0;
  for (let seed = 1; seed <= 400; seed++) {
    const random = noise(seed);
    const spread = [0.005, 0.02, 0.05, 0.1][seed % 4]!;
    const first = 1 + 0.6 * ((seed % 7) / 7);
    const epochs = 20 + (seed % 3) * 20;
    const drift = 0.0005 * ((seed % 5) - 2);
    const run = new Running().go(20, 80, `Epoch 1/${epochs}\n`);
    const told: { epoch: number; low: number; high: number; energy: Figure }[] = [];
    for (let epoch = 1; epoch <= epochs; epoch++) {
      const time = 60 * (epoch === 1 ? first : 1) * Math.max(0.3, 1 + spread * random()) * (1 + drift * epoch);
      run.go(time, 200, epoch < epochs ? `Epoch ${epoch + 1}/${epochs}\n` : 'done\n');
      const { durationS, energyJ } = run.forecast();
      told.push({ epoch, low: durationS!.low, high: durationS!.high, energy: energyJ! });
    }
    for (const { epoch, low, high, energy } of told.slice(0, -1)) {
      all++;
      const timeInside = low <= run.now && run.now <= high;
      const energyInside = energy.low <= run.energy && run.energy <= energy.high;
      if (timeInside && energyInside) inside++;
      const known = widths.get(epoch) ?? [];
      known.push((high - low) / run.now);
      widths.set(epoch, known);
    }
  }
  assert.ok(inside / all >= 0.95, `${((100 * inside) / all).toFixed(1)} % inside`);
  const mean = (epoch: number): number => widths.get(epoch)!.reduce((sum, width) => sum + width, 0) / widths.get(epoch)!.length; // prettier-ignore
  const marks = [1, 2, 5, 10, 15, 19].map(mean);
  for (let index = 1; index < marks.length; index++)
    assert.ok(marks[index]! < marks[index - 1]!, marks.map(width => width.toFixed(3)).join(' '));
});
