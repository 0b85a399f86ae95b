/** From measurements to figures: intervals, energies per inference, shares by layer, notes on what to know. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { figure } from '../../src/base/figure';
import { render, text } from '../../src/base/text';
import type { Measured, Trace, TracedNode } from '../../src/protocol/profiler';
import { profiledModel } from '../../src/report/profile';
import type { ModelReport } from '../../src/report/view';
import type { PowerReading } from '../../src/services/power';
import type { MeasuredRun, ProfileContext } from '../../src/services/profileReport';
import { profileResult } from '../../src/services/profileReport';

const layer = (path: string, op: string) => ({
  ...{ path, op, call: 0, file: 'm.py', line: 3, callSite: null, outputs: [] },
  ...{ parameters: null, macs: 1, flops: null, bytes: null, latencyS: 9, energyJ: 9 },
});

const report = {
  name: 'Net',
  kind: 'onnx',
  inputs: [{ name: 'x', dtype: 'float32', shape: [1, 3], basis: 'comment', source: '' }],
  estimate: { gridGPerKWh: figure(400, 200, 600, 'assumed', 'grid') },
  layers: [layer('mm', 'MatMul'), layer('bn', 'BatchNormalization'), layer('relu', 'Relu')],
} as unknown as ModelReport;

const windows = (medians: readonly number[]): Measured['windows'] =>
  medians.map(medianS => ({ seconds: 1, runs: 10, medianS }));

const measured: Measured = {
  runs: 100,
  seconds: 10,
  windows: windows([0.1, 0.11, 0.1, 0.09, 0.1, 0.1, 0.11, 0.09, 0.1, 0.1]),
  ...{ fastestS: 0.08, slowestS: 0.5, p95S: 0.12, cpuS: 10, othersCpuS: 0, processors: 4, peakMemoryBytes: 1e8 },
};

const node = (name: string, op: string, selfS: number, provider = 'CPUExecutionProvider'): TracedNode => ({
  ...{ name, op, selfS, provider, index: -1 },
});
const trace: Trace = {
  ...{ runs: 5, level: 'basic', runS: 0.2, threads: 4 },
  nodes: [node('mm', 'MatMul', 0.03), node('relu', 'Relu', 0.01), node('Transpose', 'Transpose', 0.01)],
};

const run: MeasuredRun = {
  ...{ kind: 'measured', provider: 'cpu', runtime: 'onnxruntime 1.30.0', probes: [], loadS: 1, firstRunS: 1 },
  inputs: [{ name: 'x', dtype: 'float32', dims: [1, 3], basis: 'given', source: text('ones: nothing is masked') }],
  warmUp: { runs: 9, seconds: 1, steady: true },
  ...{ measured, trace, traceFault: null },
};

const power: PowerReading = {
  energyJ: figure(600, 540, 660, 'measured', 'counter'),
  idleW: figure(20, 18, 22, 'measured', 'counter'),
  coverage: [{ domain: 'cpu-package', sensor: 'rapl', method: 'counter' }],
  seconds: 10,
};

const context: ProfileContext = { report, power, device: 'Acme CPU' };
const near = (a: number | undefined, b: number): void =>
  assert.ok(Math.abs((a ?? NaN) - b) < 1e-12, `${a} is not ${b}`);

test('latency is the median of the windows with the interval of their ranks', () => {
  const { latencyS, runs, seconds, runTimes } = profileResult(run, context);
  // Ten windows: ranks 2 and 9 of 0.09 0.09 0.1 … 0.11 0.11.
  assert.deepEqual([latencyS.value, latencyS.low, latencyS.high, latencyS.basis], [0.1, 0.09, 0.11, 'measured']);
  assert.deepEqual([runs, seconds], [100, 10]);
  assert.deepEqual(runTimes, { fastestS: 0.08, meanS: 0.1, p95S: 0.12, slowestS: 0.5 });
});

test('energies are per inference: attributed with idle, marginal without', () => {
  const { energyJ, carbonG, marginalEnergyJ, idleW, coverage } = profileResult(run, context);
  assert.deepEqual([energyJ?.value, energyJ?.low, energyJ?.high, energyJ?.basis], [6, 5.4, 6.6, 'measured']);
  // 20 W × 0.1 s an inference, the ranges at their worst.
  near(marginalEnergyJ?.value, 4);
  near(marginalEnergyJ?.low, 5.4 - 2.2);
  near(marginalEnergyJ?.high, 6.6 - 1.8);
  // 6 J are 1/600,000 of a kWh.
  near(carbonG?.value, 400 / 600_000);
  assert.ok(carbonG);
  near(carbonG.low, (200 * 5.4) / 3.6e6);
  near(carbonG.high, (600 * 6.6) / 3.6e6);
  assert.equal(carbonG.basis, 'assumed');
  assert.equal(idleW?.value, 20);
  assert.equal(coverage.length, 1);
});

test('energy is power times the mean time, and says so where the median is another one', () => {
  // Twice the time for the same runs, the medians as before.
  const slow = { ...measured, windows: measured.windows.map(window => ({ ...window, seconds: 2 })) };
  const { energyJ, runTimes, latencyS, notes } = profileResult({ ...run, measured: slow }, context);
  near(energyJ?.value, 60 * runTimes.meanS);
  assert.deepEqual([runTimes.meanS, latencyS.value], [0.2, 0.1]);
  assert.ok(notes.some(note => /mean time of a run, 200 ms; .* median, 100 ms/.test(render(note))));
});

test('a sensor that tells the same once more is shown beside the sum', () => {
  const others = [{ domain: 'machine', sensor: 'battery', powerW: figure(75, 70, 80, 'measured', 'battery') }];
  const { notes } = profileResult(run, { ...context, power: { ...power, others } });
  assert.ok(notes.some(note => render(note).startsWith('Meanwhile battery told 75.0 W for machine; the sensors that were counted told 60.0 W'))); // prettier-ignore
});

test('modelled power makes modelled energy, and no power none', () => {
  const modelled = { ...power, energyJ: figure(600, 300, 900, 'modelled', 'load') };
  const result = profileResult(run, { ...context, power: modelled });
  assert.equal(result.energyJ?.basis, 'modelled');
  assert.equal(result.marginalEnergyJ?.basis, 'modelled');
  assert.ok(result.notes.some(note => /modelled, the latency is measured/.test(render(note))));
  const without = profileResult(run, { ...context, power: null });
  assert.deepEqual([without.energyJ, without.marginalEnergyJ, without.idleW, without.coverage], [null, null, null, []]);
  assert.ok(without.layers.every(({ energyJ }) => energyJ === null));
});

test('shares go to layers, are scaled to the latency, and what was fused away is not there', () => {
  const { layers, unattributedShare, providers } = profileResult(run, context);
  assert.deepEqual(
    layers.map(({ layer: index }) => index),
    [0, 2],
  );
  near(layers[0]?.share, 0.6);
  near(layers[1]?.share, 0.2);
  near(unattributedShare ?? NaN, 0.2);
  near(layers[0]?.latencyS.value, 0.06);
  near(layers[0]?.latencyS.high, 0.066);
  near(layers[0]?.energyJ?.value, 3.6);
  assert.equal(layers[0]?.energyJ?.basis, 'modelled');
  assert.deepEqual(providers, [{ provider: 'cpu', share: 1 }]);
});

test('in a report a layer shows what was measured, or null, never what was modelled', () => {
  const model = profiledModel(report, profileResult(run, context));
  assert.deepEqual(
    model.layers.map(({ path, share, latencyS, energyJ, line }) => [
      path,
      share !== null,
      latencyS?.basis,
      energyJ?.basis,
      line,
    ]),
    [
      ['mm', true, 'measured', 'modelled', 3],
      ['bn', false, undefined, undefined, 3],
      ['relu', true, 'measured', 'modelled', 3],
    ],
  );
  assert.equal(model.name, 'Net');
  assert.equal(model.provider, 'cpu');
  assert.equal(model.layers[1]?.latencyS, null);
});

test('an input keeps the reason that reading found', () => {
  assert.equal(profileResult(run, context).inputs[0]?.basis, 'comment');
});

test('generated weights on an accelerator widen the energy', () => {
  const emitted = { ...context, layerOf: { mm: 0 } };
  const onGpu = profileResult({ ...run, provider: 'cuda' }, emitted);
  assert.deepEqual(
    [onGpu.energyJ?.low, onGpu.energyJ?.high].map(value => value?.toFixed(3)),
    ['4.320', '7.920'],
  );
  assert.equal(onGpu.generatedWeights, true);
  assert.equal(profileResult(run, emitted).energyJ?.low, 5.4);
});

test('what was left out is said first, with its part of the modelled time', () => {
  const estimate = {
    ...report.estimate,
    latencyS: figure(36, 30, 40, 'modelled', 'roofline'),
  } as ModelReport['estimate'];
  const left = {
    ...context,
    report: { ...report, estimate },
    layerOf: { mm: 0 },
    without: [{ layer: 1, why: text('no') }],
  };
  const { leftOut, notes } = profileResult(run, left);
  assert.equal(leftOut, 1);
  assert.deepEqual(
    notes.slice(0, 2).map(note => render(note)),
    [
      '1 operations are not in it, bn (3): values of the same sizes stood in for what they compute.',
      'They are 25 % of the modelled time: time and energy are those of the rest.',
    ],
  );
});

test('a trace without times has no shares', () => {
  const timeless = { ...trace, nodes: [node('mm', 'MatMul', 0)] };
  const { layers, unattributedShare } = profileResult({ ...run, trace: timeless }, context);
  assert.deepEqual([layers, unattributedShare], [[], null]);
});

const notes: readonly [name: string, run: MeasuredRun, shown: RegExp][] = [
  ['the second session', run, /second, profiled session at the optimisation level "basic"/],
  [
    'no trace',
    { ...run, trace: null, traceFault: text('the measuring process ended while it was traced') },
    /ended while/,
  ],
  ['unsettled', { ...run, warmUp: { runs: 5, seconds: 3, steady: false } }, /had not settled after 5 runs/],
  ['few windows', { ...run, measured: { ...measured, windows: windows([1, 2, 3]) } }, /Only 3 windows/],
  ['drift', { ...run, measured: { ...measured, windows: windows(driftingMedians()) } }, /changed its speed/],
  ['a busy machine', { ...run, measured: { ...measured, othersCpuS: 15 } }, /kept 1\.5 processors busy/],
  [
    'nodes elsewhere',
    {
      ...run,
      provider: 'webgpu',
      trace: { ...trace, nodes: [node('mm', 'MatMul', 3, 'WebGpuExecutionProvider'), node('relu', 'Relu', 1)] },
    },
    /25 % of the time .* ran on "cpu"/,
  ],
];
for (const [name, noted, shown] of notes) {
  test(`note: ${name}`, () => {
    const all = profileResult(noted, context).notes.map(note => render(note));
    assert.ok(
      all.some(note => shown.test(note)),
      all.join('\n'),
    );
  });
}

test('a good run has one note', () => assert.equal(profileResult(run, context).notes.length, 1));

/** As in the test of windows: ranks within the plateau, halves outside. */
function driftingMedians(): number[] {
  return [...Array<number>(12).fill(1), ...Array<number>(17).fill(5), ...Array<number>(12).fill(9)];
}
