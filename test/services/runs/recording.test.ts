import assert from 'node:assert/strict';
import { test } from 'node:test';
import { figure } from '../../../src/base/figure';
import { gramsPerKWh } from '../../../src/base/units';
import type { MeterSnapshot } from '../../../src/report/meter';
import { Recording, type RecordingOptions } from '../../../src/services/runs/recording';

/** A processor that draws 10 W all the time, and a GPU of 100 W with these programs on it. */
function snapshot(seconds: number, users: readonly number[] | null = []): MeterSnapshot {
  const drawn = (watts: number) => figure(watts * seconds, watts * seconds, watts * seconds, 'measured', 'counter');
  const domain = { method: 'counter', counted: true, powerW: null, seconds } as const;
  return {
    seconds,
    powerW: null,
    energyJ: null,
    domains: [
      { ...domain, domain: 'cpu-package', sensor: 'rapl', energyJ: drawn(10) },
      { ...domain, domain: 'gpu:0', sensor: 'nvidia', energyJ: drawn(100), users },
    ],
    sensors: [],
    gaps: [],
  };
}

/** A run of ten seconds whose meter began after so long, with half of the CPU time. */
function record(options: Partial<RecordingOptions> = {}, users: readonly number[] | null = [], lateS = 0): Recording {
  const recording = new Recording({
    exclusive: false,
    visible: undefined,
    ownIds: false,
    exists: () => true,
    pue: null,
    intensity: figure(gramsPerKWh(360), gramsPerKWh(360), gramsPerKWh(360), 'modelled', 'grid'),
    idleOf: () => null,
    ...options,
  });
  for (let at = lateS; at <= 10; at++)
    recording.look({
      atS: at,
      snapshot: snapshot(at - lateS, users),
      usage: { cpuS: 0.5 * at, busyS: at, pids: new Set([7]) },
    });
  return recording;
}

const joulesOf = (recording: Recording, domain: string): number | undefined =>
  recording.energy().shares.find(share => share.domain === domain)?.energyJ.value;
const near = (value: number | undefined, expected: number): void =>
  assert.ok(value !== undefined && Math.abs(value - expected) < 1e-3, `${value} is not ${expected}`);

test('a run has its share of the processor by CPU time, and the GPU that it is alone on', () => {
  const recording = record({}, [7]);
  near(joulesOf(recording, 'cpu-package'), 50);
  near(joulesOf(recording, 'gpu:0'), 1000);
  near(recording.carbon()?.value, (1050 / 3.6e6) * 360);
});

test('a GPU that others use too is an equal part within all or nothing', () => {
  const share = record({}, [7, 8])
    .energy()
    .shares.find(({ domain }) => domain === 'gpu:0');
  assert.deepEqual([share?.rule, share?.energyJ.low, share?.energyJ.high], ['gpu-shared', 0, 1000]);
  near(share?.energyJ.value, 500);
});

test('a GPU whose programs are not told is in no sum, and said with what it drew', () => {
  const energy = record({}, null).energy();
  assert.equal(energy.status, 'partial');
  near(energy.unattributed.find(({ domain }) => domain === 'gpu:0')?.atMostJ?.value, 1000);
});

test('on an exclusive machine all of it is the run’s, of GPUs those that it may see', () => {
  near(joulesOf(record({ exclusive: true }, null), 'cpu-package'), 100);
  near(joulesOf(record({ exclusive: true }, null), 'gpu:0'), 1000);
  assert.equal(joulesOf(record({ exclusive: true, visible: ['gpu:1'] }, null), 'gpu:0'), undefined);
});

test('two runs beside each other, each with half of the CPU time, get no joule twice', () => {
  near((joulesOf(record(), 'cpu-package') ?? 0) + (joulesOf(record(), 'cpu-package') ?? 0), 100);
});

test('what was drawn before the meter had begun is told as missing', () => {
  const energy = record({}, [7], 3).energy();
  assert.equal(energy.status, 'partial');
  near(energy.unattributed.find(({ domain }) => domain === 'cpu-package')?.seconds, 3);
  near(energy.attributedJ?.value, 35 + 700);
});
