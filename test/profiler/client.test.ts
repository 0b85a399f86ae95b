/** The profiler with its real child process, on tiny models: what it measures, and every way it may end. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { render } from '../../src/base/text';
import type { ProfileJob, ProfileProgress, ProfileRun, Profiler } from '../../src/profiler/client';
import { createProfiler } from '../../src/profiler/client';
import type { Outcome } from '../../src/profiler/outcome';
import type { WriteRequest } from '../../src/protocol/profiler';
import type { TinyModel } from '../support/onnxBytes';
import { onnxBytes } from '../support/onnxBytes';
import type { Workshop } from '../support/profilerChild';
import { openWorkshop, slowModel, smallModel } from '../support/profilerChild';

let workshop: Workshop;
let profiler: Profiler;
before(async () => {
  workshop = await openWorkshop();
  profiler = createProfiler(workshop);
});
after(() => workshop.close());

const job = (path: string, more: Partial<ProfileJob> = {}): ProfileJob => ({
  model: { kind: 'file', path },
  device: 'cpu',
  inputs: [],
  dims: {},
  seconds: 0.3,
  ...more,
});

function finished<T>(outcome: Outcome<T>): T {
  assert.ok(outcome.kind === 'finished', JSON.stringify(outcome));
  return outcome.value;
}

function measured(outcome: Outcome<ProfileRun>): ProfileRun & { kind: 'measured' } {
  const run = finished(outcome);
  assert.ok(run.kind === 'measured', JSON.stringify(run));
  return run;
}

/** Nothing may be left: no child, no folder. */
function assertClean(): void {
  assert.deepEqual(readdirSync(workshop.temporaryFolder), []);
  assert.deepEqual(children(), []);
}

/** Process ids of living children that run the profiler's program. */
function children(): number[] {
  const table = execFileSync('ps', ['-eo', 'pid,ppid,args'], { encoding: 'utf8' });
  return table
    .split('\n')
    .filter(line => line.includes(workshop.childPath))
    .map(line => Number(line.trim().split(/\s+/)[0]));
}

async function waitFor<T>(what: () => T | undefined, timeoutMs = 20_000): Promise<T> {
  for (const start = Date.now(); Date.now() - start < timeoutMs;) {
    const found = what();
    if (found !== undefined) return found;
    await new Promise(done => setTimeout(done, 5));
  }
  throw new Error('waited in vain');
}

describe('measuring', () => {
  test('a small model: latency, shares by node name, inputs and their reasons, nothing left behind', async () => {
    const path = await workshop.file('small.onnx', smallModel);
    const stages = new Set<string>();
    const run = measured(
      await profiler.profile(job(path), { onProgress: ({ stage }: ProfileProgress) => stages.add(stage) }),
    );
    assert.equal(run.provider, 'cpu');
    assert.ok(run.measured.windows.length >= 6);
    assert.ok(run.measured.runs >= run.measured.windows.length);
    assert.ok(run.measured.windows.every(({ medianS }) => medianS > 0 && medianS < 0.1));
    assert.ok(run.measured.cpuS > 0 && run.measured.peakMemoryBytes > 1e7);
    assert.deepEqual(
      run.inputs.map(({ name, dtype, dims, basis }) => [name, dtype, dims, basis]),
      [['x', 'float32', [1, 3], 'assumed']],
    );
    assert.equal(run.traceFault, null);
    assert.deepEqual(run.trace?.nodes.map(node => [node.name, node.op, node.provider]).sort(), [
      ['mm', 'MatMul', 'CPUExecutionProvider'],
      ['relu', 'Relu', 'CPUExecutionProvider'],
    ]);
    assert.deepEqual([...stages], ['waiting', 'loading', 'firstRun', 'warmingUp', 'measuring', 'tracing']);
    assertClean();
  });

  test('an emitted model: its weights are written beside it', async () => {
    const model = onnxBytes({
      ...smallModel,
      initializers: [
        { name: 'w', dtype: 'float32', dims: [3, 4], external: { location: 'w.bin', offset: 64, length: 48 } },
      ],
    });
    const fill = { kind: 'normal', mean: 0, std: 0.5 } as const;
    const tensors = [{ name: 'w', dtype: 'float32', elements: 12, offset: 64, bytes: 48, fill }];
    const plan = { file: 'w.bin', seed: 1, bytes: 112, tensors };
    const run = measured(await profiler.profile(job('', { model: { kind: 'emitted', model, plan } })));
    assert.equal(run.trace?.nodes.length, 2);
    assertClean();
  });

  test('open sizes are asked for, then used', async () => {
    const path = await workshop.file('open.onnx', {
      ...smallModel,
      inputs: [{ name: 'x', dtype: 'float32', dims: ['batch', 'length', 3] }],
      outputs: [{ name: 'y', dtype: 'float32' }],
    });
    const asked = finished(await profiler.profile(job(path)));
    assert.ok(asked.kind === 'needs');
    assert.deepEqual(asked.needs, [{ input: 'x', axis: 1, name: 'length', key: 'length', suggestion: 128 }]);
    const run = measured(await profiler.profile(job(path, { dims: { length: 5 } })));
    assert.deepEqual(run.inputs[0]?.dims, [1, 5, 3]);
  });

  test('indices that a table does not have become zeros', async () => {
    const path = await workshop.file('table.onnx', {
      inputs: [{ name: 'ids', dtype: 'int64', dims: [32] }],
      outputs: [{ name: 'y', dtype: 'float32' }],
      nodes: [{ op: 'Gather', inputs: ['w', 'ids'], outputs: ['y'], name: 'g' }],
      initializers: [{ name: 'w', dtype: 'float32', dims: [2, 4], data: 1 }],
    });
    measured(await profiler.profile(job(path)));
  });

  test('the time in an If is not counted twice', async () => {
    const branch = (op: string, name: string): TinyModel => ({
      name,
      nodes: [{ op, inputs: ['x', 'x'], outputs: [`${name}_y`], name: `${name}_node` }],
      outputs: [{ name: `${name}_y`, dtype: 'float32', dims: [256, 256] }],
    });
    const path = await workshop.file('if.onnx', {
      inputs: [
        { name: 'flag', dtype: 'bool', dims: [] },
        { name: 'x', dtype: 'float32', dims: [256, 256] },
      ],
      outputs: [{ name: 'y', dtype: 'float32', dims: [256, 256] }],
      nodes: [
        {
          ...{ op: 'If', inputs: ['flag'], outputs: ['y'], name: 'if' },
          attrs: { then_branch: { graph: branch('MatMul', 'then') }, else_branch: { graph: branch('Add', 'else') } },
        },
      ],
    });
    const { trace } = measured(await profiler.profile(job(path)));
    const times = new Map(trace?.nodes.map(node => [node.name, node.selfS]));
    assert.deepEqual([...times.keys()].sort(), ['if', 'then_node']);
    assert.ok((times.get('if') ?? 1) < (times.get('then_node') ?? 0), JSON.stringify([...times]));
    const total = [...times.values()].reduce((a, b) => a + b, 0);
    assert.ok(total <= (trace?.runS ?? 0) * 1.05, `${total} of ${trace?.runS}`);
  });

  test('threads are as asked', async () => {
    const path = await workshop.file('threads.onnx', slowModel(256, 2));
    const run = measured(await profiler.profile(job(path, { threads: 1 })));
    assert.equal(run.trace?.threads, 1);
  });

  test('a meter runs around the measuring loop alone', async () => {
    const path = await workshop.file('metered.onnx', smallModel);
    const seen: string[] = [];
    await profiler.profile(job(path), {
      onProgress: ({ stage }) => {
        if (seen.at(-1) !== stage) seen.push(stage);
      },
      around: async work => {
        seen.push('idle before');
        await work();
        seen.push('idle after');
      },
    });
    assert.deepEqual(seen.slice(-5), ['measuring', 'idle before', 'measuring', 'idle after', 'tracing']);
  });

  test('requests at once are served one after the other', async () => {
    const path = await workshop.file('queue.onnx', smallModel);
    let [running, most] = [0, 0];
    const around = async (work: () => Promise<void>): Promise<void> => {
      most = Math.max(most, ++running);
      await work();
      running--;
    };
    await Promise.all([1, 2, 3].map(() => profiler.profile(job(path, { seconds: 0.1 }), { around })));
    assert.equal(most, 1);
    assertClean();
  });

  test('the signature', async () => {
    const path = await workshop.file('signature.onnx', smallModel);
    assert.deepEqual(finished(await profiler.signature({ kind: 'file', path })), {
      inputs: [{ name: 'x', dtype: 'float32', dims: ['batch', 3] }],
      outputs: [{ name: 'y', dtype: 'float32', dims: ['batch', 4] }],
    });
  });
});

describe('refusals', () => {
  const whole = onnxBytes(smallModel);
  const unknownOp = { ...smallModel, nodes: [{ op: 'Frobnicate', inputs: ['x'], outputs: ['y'], name: 'f' }] };
  const files: readonly [name: string, content: TinyModel | Uint8Array | string, code: string, shown: RegExp][] = [
    ['truncated', whole.subarray(0, whole.length - 30), 'invalid-model', /no complete ONNX file/],
    ['random', Uint8Array.from({ length: 500 }, (_, i) => (i * 7919) % 251), 'invalid-model', /no complete ONNX/],
    ['empty', '', 'invalid-model', /is empty/],
    ['pointer', 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 9\n', 'git-lfs-pointer', /git-lfs/],
    ['unknown op', unknownOp, 'unknown-op', /"Frobnicate"/],
    ['new opset', { ...smallModel, opset: 99 }, 'unsupported-version', /operator set 99/],
    [
      'missing weights',
      {
        ...smallModel,
        initializers: [{ name: 'w', dtype: 'float32', dims: [3, 4], external: { location: 'no.bin' } }],
      },
      'missing-weights',
      /no\.bin/,
    ],
  ];
  for (const [name, content, code, shown] of files) {
    test(name, async () => {
      const path = await workshop.file(`${name}.onnx`, content);
      const outcome = await profiler.profile(job(path));
      assert.ok(outcome.kind === 'refused', JSON.stringify(outcome));
      assert.equal(outcome.code, code);
      assert.match(render(outcome.text), shown);
      assertClean();
    });
  }

  const jobs: readonly [name: string, more: Partial<ProfileJob>, code: string][] = [
    ['a missing file', { model: { kind: 'file', path: '/no/such.onnx' } }, 'missing-file'],
    ['a folder', { model: { kind: 'file', path: '/' } }, 'invalid-model'],
    ['wrong sizes', { inputs: [{ dims: [1, 4] }] }, 'wrong-dims'],
    ['a wrong element type', { inputs: [{ dims: [1, 3], dtype: 'int64' }] }, 'wrong-dtype'],
    ['an unknown input', { inputs: [{ name: 'z', dims: [1, 3] }] }, 'unknown-input'],
    ['too little memory', { memoryLimitBytes: 50e6, seconds: 3 }, 'out-of-memory'],
    ['too little time', { seconds: 30, timeLimitS: 1 }, 'time-limit'],
  ];
  for (const [name, more, code] of jobs) {
    test(name, async () => {
      const path = await workshop.file('small.onnx', smallModel);
      const outcome = await profiler.profile(job(path, more));
      assert.ok(outcome.kind === 'refused', JSON.stringify(outcome));
      assert.equal(outcome.code, code);
      assertClean();
    });
  }

  test('a shape that only running shows to be wrong names the node', async () => {
    const path = await workshop.file('late.onnx', {
      ...smallModel,
      inputs: [{ name: 'x', dtype: 'float32', dims: ['a', 'b'] }],
      outputs: [{ name: 'y', dtype: 'float32' }],
    });
    const outcome = await profiler.profile(job(path, { inputs: [{ dims: [2, 2] }] }));
    assert.ok(outcome.kind === 'refused' && outcome.code === 'run-failed', JSON.stringify(outcome));
    assert.match(render(outcome.text), /MatMul "mm"/);
  });

  test('an allocation beyond all memory', async () => {
    const path = await workshop.file('huge.onnx', {
      inputs: [{ name: 'n', dtype: 'int64', dims: [2] }],
      outputs: [{ name: 'y', dtype: 'float32' }],
      nodes: [{ op: 'ConstantOfShape', inputs: ['n'], outputs: ['y'], name: 'fill' }],
    });
    const outcome = await profiler.profile(job(path, { inputs: [{ dims: [2], value: 1_000_000 }] }));
    assert.ok(outcome.kind === 'refused' && outcome.code === 'out-of-memory', JSON.stringify(outcome));
  });
});

describe('providers', () => {
  test('every provider of the runtime is tried, and the processor works', async () => {
    const probes = finished(await profiler.probe());
    assert.deepEqual(
      probes.filter(probe => probe.provider === 'cpu').map(probe => probe.works),
      [true],
    );
    for (const probe of probes) assert.ok(probe.works ? probe.runS > 0 : render(probe.why) !== '');
    assertClean();
  });

  for (const device of ['cuda', 'webgpu', 'dml', 'coreml'] as const) {
    test(`${device}: measured where it works, else refused by name, never replaced`, async () => {
      const path = await workshop.file('small.onnx', smallModel);
      const works = finished(await profiler.probe()).some(probe => probe.provider === device && probe.works);
      const outcome = await profiler.profile(job(path, { device }));
      if (works) {
        assert.equal(measured(outcome).provider, device);
        return;
      }
      assert.ok(outcome.kind === 'refused' && outcome.code === 'missing-provider', JSON.stringify(outcome));
      assert.match(render(outcome.text), new RegExp(`"${device}"`));
      assert.match(render(outcome.remedy!), /available here: .*cpu/);
    });
  }

  test('auto says what it chose and what it found', async () => {
    const path = await workshop.file('small.onnx', smallModel);
    const run = measured(await profiler.profile(job(path, { device: 'auto' })));
    assert.ok(run.probes.some(probe => probe.provider === run.provider && probe.works));
  });
});

describe('endings', () => {
  const stages: readonly ProfileProgress['stage'][] = ['loading', 'firstRun', 'warmingUp', 'measuring', 'tracing'];
  for (const stage of stages) {
    test(`cancelled while ${stage}: within a second, and nothing is left`, async () => {
      const path = await workshop.file('slow.onnx', slowModel(stage === 'tracing' ? 384 : 1024));
      const controller = new AbortController();
      let askedAt = 0;
      const outcome = await profiler.profile(job(path, { seconds: stage === 'tracing' ? 1 : 20 }), {
        signal: controller.signal,
        onProgress: progress => {
          if (progress.stage !== stage || askedAt > 0) return;
          // A moment later, so that the child is in the middle of native code.
          setTimeout(() => {
            askedAt = performance.now();
            controller.abort();
          }, 60);
        },
      });
      assert.deepEqual(outcome, { kind: 'cancelled' });
      assert.ok(performance.now() - askedAt < 1000, `${performance.now() - askedAt} ms`);
      assertClean();
    });
  }

  test('cancelled before it began, and while it waits', async () => {
    const path = await workshop.file('small.onnx', smallModel);
    assert.deepEqual(await profiler.profile(job(path), { signal: AbortSignal.abort() }), { kind: 'cancelled' });
    const controller = new AbortController();
    const first = profiler.profile(job(path, { seconds: 1 }));
    const second = profiler.profile(job(path), { signal: controller.signal });
    const third = profiler.profile(job(path, { seconds: 0.1 }));
    controller.abort();
    const start = performance.now();
    assert.deepEqual(await second, { kind: 'cancelled' });
    assert.ok(performance.now() - start < 500);
    assert.equal((await first).kind, 'finished');
    assert.equal((await third).kind, 'finished');
    assertClean();
  });

  const signals: readonly [NodeJS.Signals, RegExp][] = [
    ['SIGKILL', /memory ran out/],
    ['SIGSEGV', /crashed \(SIGSEGV\)/],
    ['SIGABRT', /crashed \(SIGABRT\)/],
  ];
  for (const [signal, shown] of signals) {
    test(`a child that ${signal} ends is a crash with a message, and the next job runs`, async () => {
      const path = await workshop.file('small.onnx', smallModel);
      const pending = profiler.profile(job(path, { seconds: 20 }), {
        around: async work => {
          for (const pid of children()) setTimeout(() => process.kill(pid, signal), 100);
          await work();
        },
      });
      const outcome = await pending;
      assert.ok(outcome.kind === 'crashed', JSON.stringify(outcome));
      assert.equal(outcome.signal, signal);
      assert.match(render(outcome.text), shown);
      assertClean();
      measured(await profiler.profile(job(path, { seconds: 0.1 })));
    });
  }

  test('a crash while tracing leaves the measurement standing', async () => {
    const path = await workshop.file('slow.onnx', slowModel(384));
    const run = measured(
      await profiler.profile(job(path, { seconds: 1 }), {
        onProgress: ({ stage }) => {
          if (stage !== 'tracing') return;
          for (const pid of children()) process.kill(pid, 'SIGKILL');
        },
      }),
    );
    assert.equal(run.trace, null);
    assert.match(render(run.traceFault!), /ended while it was traced/);
    assertClean();
  });

  test('a program that cannot be started is a crash with a message', async () => {
    const path = await workshop.file('small.onnx', smallModel);
    const broken = createProfiler({ ...workshop, execPath: '/no/such/node' });
    const outcome = await broken.profile(job(path));
    assert.ok(outcome.kind === 'crashed', JSON.stringify(outcome));
    assert.match(render(outcome.text), /could not be started: .*ENOENT/);
    const missing = await createProfiler({ ...workshop, childPath: '/no/such/profiler.js' }).profile(job(path));
    assert.ok(missing.kind === 'crashed' && missing.exitCode === 1, JSON.stringify(missing));
    assertClean();
  });

  test('the event loop of the caller goes on while the child works', async () => {
    const path = await workshop.file('slow.onnx', slowModel(1024));
    let [longest, last] = [0, performance.now()];
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 5);
    await profiler.profile(job(path, { seconds: 0.5 }));
    clearInterval(timer);
    assert.ok(longest < 250, `${longest} ms`);
  });

  test('the child ends with its parent, in the middle of a run', async () => {
    const path = await workshop.file('slow.onnx', slowModel(1536, 64));
    const { spawn } = await import('node:child_process');
    const parent = spawn(process.execPath, ['-e', ORPHAN, workshop.childPath, path, workshop.temporaryFolder], {
      stdio: 'ignore',
    });
    const child = await waitFor(() => children().find(pid => pid !== parent.pid));
    await new Promise(done => setTimeout(done, 1500));
    parent.kill('SIGKILL');
    const start = performance.now();
    await waitFor(() => (children().includes(child) ? undefined : true));
    assert.ok(performance.now() - start < 2000);
    await waitFor(() => (readdirSync(workshop.temporaryFolder).length === 0 ? true : undefined));
  });
});

/** A parent that opens a model in a child, and is killed while that runs it. */
const ORPHAN = `
const { fork } = require('node:child_process');
const { mkdtempSync } = require('node:fs');
const [childPath, path, temporaryFolder] = process.argv.slice(1);
const folder = mkdtempSync(temporaryFolder + '/modelwatt-');
const child = fork(childPath, [String(process.pid)], { serialization: 'advanced', execArgv: [], stdio: 'ignore'.split().concat('ignore', 'ignore', 'ipc') });
const params = { model: { kind: 'file', path }, provider: 'cpu', inputs: [], dims: {}, folder, memoryLimitBytes: 4e9 };
child.send({ rpc: 'request', id: 1, method: 'open', params });
`;

describe('writing for keeps', () => {
  const plan = (elements: number): WriteRequest['model']['plan'] => ({
    ...{ file: 'kept.onnx.data', seed: 1, bytes: 4 * elements },
    tensors: [
      {
        ...{ name: 'w', dtype: 'float32', elements, offset: 0, bytes: 4 * elements },
        fill: { kind: 'uniform', low: 0, high: 1 },
      },
    ],
  });

  test('the model and its weights lie beside each other, and nothing else', async () => {
    const path = await workshop.file('kept.onnx', 'an older one');
    const model = onnxBytes(smallModel);
    finished(await profiler.write({ kind: 'emitted', model, plan: plan(1000) }, path));
    assert.deepEqual(new Uint8Array(readFileSync(path)), model);
    assert.equal(statSync(`${path}.data`).size, 4000);
    assert.deepEqual(
      readdirSync(dirname(path)).filter(name => name.startsWith('.modelwatt')),
      [],
    );
    assertClean();
  });

  test('cancelled, it leaves what was there', async () => {
    const path = await workshop.file('kept.onnx', 'an older one');
    const cancel = new AbortController();
    const outcome = await profiler.write({ kind: 'emitted', model: onnxBytes(smallModel), plan: plan(2e8) }, path, {
      signal: cancel.signal,
      onProgress: () => cancel.abort(),
    });
    assert.equal(outcome.kind, 'cancelled');
    assert.equal(readFileSync(path, 'utf8'), 'an older one');
    assert.deepEqual(
      readdirSync(dirname(path)).filter(name => name.startsWith('.modelwatt')),
      [],
    );
    assertClean();
  });
});
