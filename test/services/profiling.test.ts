/** The use case, with a reader and a profiler that are tables, and once with the real ones. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createAnalysis } from '../../src/analysis/worker';
import { InputError } from '../../src/base/findings';
import { figure } from '../../src/base/figure';
import { text } from '../../src/base/text';
import type { ProfileJob, ProfileOptions, ProfileRun, Profiler } from '../../src/profiler/client';
import { createProfiler } from '../../src/profiler/client';
import type { Outcome } from '../../src/profiler/outcome';
import type { FileReport, InputReport, ModelReport } from '../../src/report/view';
import { nodeWorld } from '../../src/services/ports/world';
import type { ModelReader, ProfileRequest, ProfilingPorts } from '../../src/services/profiling';
import { profileModel } from '../../src/services/profiling';
import { onnxBytes } from '../support/onnxBytes';
import type { Workshop } from '../support/profilerChild';
import { openWorkshop, smallModel } from '../support/profilerChild';

const model = (name: string, more: Partial<ModelReport> = {}): ModelReport =>
  ({
    ...{
      name,
      kind: 'class',
      line: 1,
      status: 'ok',
      complete: true,
      needs: [],
      outputs: [],
      layers: [],
      gaps: [],
      estimate: null,
    },
    inputs: [
      { name: 'x', dtype: 'float32', shape: [1, 3], basis: 'declared', source: '' },
      { name: 'ids', dtype: 'int64', shape: [1, 5], basis: 'assumed', source: '' },
    ],
    ...more,
  }) as unknown as ModelReport;

const run: ProfileRun = {
  ...{ kind: 'measured', provider: 'cpu', runtime: 'r', probes: [], inputs: [], loadS: 0, firstRunS: 0 },
  warmUp: { runs: 3, seconds: 1, steady: true },
  measured: {
    ...{ runs: 6, seconds: 6, fastestS: 1, slowestS: 1, p95S: 1, cpuS: 6, othersCpuS: null, processors: 1 },
    ...{ windows: Array.from({ length: 6 }, () => ({ seconds: 1, runs: 1, medianS: 1 })), peakMemoryBytes: 1 },
  },
  ...{ trace: null, traceFault: null },
};

/** Answers every job alike and keeps what it was asked. */
function fakeProfiler(outcome: Outcome<ProfileRun>) {
  const jobs: ProfileJob[] = [];
  const profiler: Profiler = {
    probe: () => Promise.resolve({ kind: 'cancelled' }),
    signature: () => Promise.resolve({ kind: 'cancelled' }),
    write: () => Promise.resolve({ kind: 'cancelled' }),
    profile: async (job, options: ProfileOptions = {}) => {
      jobs.push(job);
      await options.around?.(() => Promise.resolve());
      return outcome;
    },
  };
  return { jobs, profiler };
}

const reader = (models: readonly ModelReport[]): ModelReader => ({
  analyze: ({ path }) =>
    Promise.resolve({ schemaVersion: 1, file: path, models, diagnostics: [] } satisfies FileReport),
  emit: request => {
    const found = models.find(({ name }) => name === request.model);
    if (found?.complete !== true)
      return Promise.reject(new InputError('incomplete-model', text('cancelled'), undefined));
    const plan = { file: 'w', seed: 1, bytes: 0, tensors: [] };
    return Promise.resolve({ model: new Uint8Array(3), plan, layerOf: { conv: 0 }, without: [], report: found });
  },
});

const request: ProfileRequest = { path: 'm.py', inputs: [], searchPath: [], target: 'cpu', seconds: 1 };

function ports(models: readonly ModelReport[], outcome: Outcome<ProfileRun> = { kind: 'finished', value: run }) {
  const { jobs, profiler } = fakeProfiler(outcome);
  const made: ProfilingPorts = {
    profiler,
    reader: reader(models),
    readText: path => Promise.resolve(path === 'ids.json' ? '[[4, 3, 2, 1, 0]]' : undefined),
    deviceName: provider => `the ${provider}`,
  };
  return { jobs, ports: made };
}

test('a file runs as it is, with the sizes that were counted', async () => {
  const { jobs, ports: made } = ports([model('net', { kind: 'onnx' })]);
  const outcome = await profileModel({ ...request, path: 'm.onnx' }, made);
  assert.ok(outcome.kind === 'finished');
  assert.equal(outcome.value.profile.device, 'the cpu');
  assert.equal(outcome.value.profile.generatedWeights, false);
  assert.deepEqual(jobs[0]?.model, { kind: 'file', path: 'm.onnx' });
  assert.deepEqual(jobs[0].inputs, [
    { name: 'x', dims: [1, 3] },
    { name: 'ids', dims: [1, 5] },
  ]);
});

test('a model from source is written out; its inputs go by order, since names may change', async () => {
  const { jobs, ports: made } = ports([model('Net')]);
  const outcome = await profileModel(request, made);
  assert.ok(outcome.kind === 'finished' && outcome.value.profile.generatedWeights);
  assert.equal(jobs[0]?.model.kind, 'emitted');
  assert.deepEqual(jobs[0].inputs, [{ dims: [1, 3] }, { dims: [1, 5] }]);
});

const values: readonly [spec: string, expected: object][] = [
  ['ids=int64[2,7]', { name: 'ids', dtype: 'int64', dims: [2, 7] }],
  ['ids=int64[1,5]=3', { name: 'ids', dtype: 'int64', dims: [1, 5], value: 3 }],
  ['ids=int64[1,5]=@ids.json', { name: 'ids', dtype: 'int64', dims: [1, 5], value: [4, 3, 2, 1, 0] }],
];
for (const [spec, expected] of values) {
  test(`${spec} is what is fed`, async () => {
    const { jobs, ports: made } = ports([model('net', { kind: 'onnx' })]);
    await profileModel({ ...request, path: 'm.onnx', inputs: [spec] }, made);
    assert.deepEqual(jobs[0]?.inputs, [{ name: 'x', dims: [1, 3] }, expected]);
  });
}

test('a size that the reader does not know is left to the profiler, and its question is passed on', async () => {
  const open = [{ name: 'x', dtype: 'float32', shape: [1, null], basis: 'declared', source: '' }] as unknown;
  const needs = [{ input: 'x', axis: 1, name: '', key: 'x.1', suggestion: 128 }];
  const { jobs, ports: made } = ports([model('net', { kind: 'onnx', inputs: open as InputReport[] })], {
    kind: 'finished',
    value: { kind: 'needs', needs },
  });
  const outcome = await profileModel({ ...request, path: 'm.onnx', dims: { other: 3 } }, made);
  assert.deepEqual(jobs[0]?.inputs, []);
  assert.deepEqual(jobs[0].dims, { other: 3 });
  assert.ok(outcome.kind === 'needs');
  assert.deepEqual(outcome.needs, [{ name: 'x.1', of: 'dim', input: 'x', axis: 1, suggestion: '128' }]);
});

test('missing arguments are asked for before anything runs', async () => {
  const needs = [{ name: 'width', of: 'argument' as const }];
  const { jobs, ports: made } = ports([model('Net', { status: 'needs-arguments', complete: false, needs })]);
  const outcome = await profileModel(request, made);
  assert.ok(outcome.kind === 'needs');
  assert.deepEqual(outcome.needs, needs);
  assert.deepEqual(jobs, []);
});

const refusals: readonly [name: string, models: ModelReport[], more: Partial<ProfileRequest>, code: string][] = [
  ['no model', [], {}, 'unknown-model'],
  ['another name', [model('A')], { model: 'B' }, 'unknown-model'],
  ['several models and no name', [model('A'), model('B')], {}, 'several-models'],
  ['a model that was not read completely', [model('A', { complete: false })], {}, 'incomplete-model'],
  ['an input that is none', [model('A')], { inputs: ['nonsense'] }, 'bad-input-spec'],
  ['a missing file of values', [model('A')], { inputs: ['x=float32[1,3]=@no.json'] }, 'missing-file'],
];
for (const [name, models, more, code] of refusals) {
  test(`refused: ${name}`, async () => {
    const outcome = await profileModel({ ...request, ...more }, ports(models).ports);
    assert.ok(outcome.kind === 'refused', JSON.stringify(outcome));
    assert.equal(outcome.code, code);
  });
}

const endings: readonly Outcome<ProfileRun>[] = [
  { kind: 'cancelled' },
  { kind: 'refused', code: 'x', text: text('cancelled') },
  { kind: 'crashed', exitCode: 1, signal: null, text: text('cancelled'), detail: '' },
];
for (const ending of endings)
  test(`${ending.kind} is passed on`, async () => {
    assert.deepEqual(await profileModel(request, ports([model('Net')], ending).ports), ending);
  });

test('cancelled while reading', async () => {
  const controller = new AbortController();
  const { ports: made } = ports([model('Net')]);
  const slow: ModelReader = {
    ...made.reader,
    analyze: () => {
      controller.abort();
      return Promise.reject(new Error('the worker was ended'));
    },
  };
  const outcome = await profileModel(request, { ...made, reader: slow }, { signal: controller.signal });
  assert.deepEqual(outcome, { kind: 'cancelled' });
});

test('the meter runs around the work', async () => {
  const { ports: made } = ports([model('Net')]);
  const energyJ = figure(12, 12, 12, 'measured', 'counter');
  const outcome = await profileModel(request, {
    ...made,
    power: {
      measureDuring: async work => {
        await work();
        return { energyJ, idleW: null, coverage: [], seconds: 6 };
      },
    },
  });
  assert.ok(outcome.kind === 'finished');
  assert.equal(outcome.value.profile.energyJ?.value, 2);
});

describe('with the real reader and the real child', () => {
  let workshop: Workshop;
  let real: ProfilingPorts;
  before(async () => {
    workshop = await openWorkshop();
    const analysis = createAnalysis();
    const callContext = { signal: new AbortController().signal, progress: () => undefined };
    real = {
      profiler: createProfiler(workshop),
      reader: {
        analyze: async asked => analysis.analyze(asked, callContext),
        emit: async asked => analysis.emit(asked, callContext),
      },
      readText: nodeWorld.readText,
      deviceName: provider => provider,
    };
  });
  after(() => workshop.close());

  test('an .onnx file: every node has its layer, named or not, Constants between them', async () => {
    const constant = { name: 'half', dtype: 'float32', dims: [3, 4], data: 0.5 } as const;
    const path = await workshop.file('unnamed.onnx', {
      ...smallModel,
      initializers: [],
      nodes: [
        { op: 'Neg', inputs: ['x'], outputs: ['n'] },
        { op: 'Constant', inputs: [], outputs: ['w'], attrs: { value: { tensor: constant } } },
        { op: 'MatMul', inputs: ['n', 'w'], outputs: ['h'] },
        { op: 'Neg', inputs: ['h'], outputs: ['m'] },
        { op: 'Relu', inputs: ['m'], outputs: ['y'], name: 'relu' },
      ],
    });
    const outcome = await profileModel({ ...request, path, seconds: 0.3 }, real);
    assert.ok(outcome.kind === 'finished', JSON.stringify(outcome));
    const { report, profile } = outcome.value;
    assert.deepEqual(
      profile.layers.map(({ layer }) => report.layers[layer]?.path),
      ['Neg_0', 'MatMul_2', 'Neg_3', 'relu'],
    );
    assert.equal(profile.unattributedShare, 0);
    assert.equal(profile.runtime.startsWith('onnxruntime '), true);
  });

  const samples: readonly [file: string, name: string, line: RegExp][] = [
    ['test/sample/air_quality/forecast.py', 'AirQualityLSTM', /lstm/i],
    ['test/sample/land_cover/unet.py', 'LandCoverUNet', /conv/i],
    ['test/sample/satellite/resnet.py', 'satellite_resnet18', /conv/i],
  ];
  for (const [path, name, dearest] of samples) {
    test(`${name} of the samples: time comes back to its lines`, async () => {
      const outcome = await profileModel({ ...request, path, model: name, seconds: 0.3 }, real);
      assert.ok(outcome.kind === 'finished', JSON.stringify(outcome));
      const { report, profile } = outcome.value;
      assert.ok(profile.latencyS.value > 0 && profile.latencyS.basis === 'measured');
      assert.ok(profile.generatedWeights);
      assert.ok((profile.unattributedShare ?? 1) < 0.02, String(profile.unattributedShare));
      const [first] = [...profile.layers].sort((a, b) => b.share - a.share);
      const top = report.layers[first?.layer ?? -1];
      assert.match(`${top?.op} ${top?.path}`, dearest);
      assert.ok(profile.layers.every(({ layer }) => report.layers[layer]?.line !== null));
    });
  }

  test('a file that is no model is refused in words', async () => {
    const path = await workshop.file('cut.onnx', onnxBytes(smallModel).subarray(0, 60));
    const outcome = await profileModel({ ...request, path }, real);
    assert.ok(outcome.kind === 'refused', JSON.stringify(outcome));
  });
});

test('whoever cancels does not wait for the idle that the meter waits for', async () => {
  const controller = new AbortController();
  const { ports: made } = ports([model('Net')]);
  const started = Date.now();
  const outcome = await profileModel(
    request,
    {
      ...made,
      power: {
        measureDuring: () => {
          controller.abort();
          return new Promise(() => undefined);
        },
      },
    },
    { signal: controller.signal },
  );
  assert.deepEqual(outcome, { kind: 'cancelled' });
  assert.ok(Date.now() - started < 1000);
});

test("the machine's state is told with the result", async () => {
  const { ports: made } = ports([model('Net')]);
  let throttled = 3;
  const condition = () => ({ throttled: throttled++, onBattery: false, savesPower: false });
  const outcome = await profileModel(request, { ...made, condition });
  assert.ok(outcome.kind === 'finished');
  assert.ok(outcome.value.profile.notes.some(({ template }) => template.includes('too hot')));
});
