/** Profiles in the user's PyTorch, with a stand-in interpreter that plays its answers and its failures. */
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { figure } from '../../src/base/figure';
import { render } from '../../src/base/text';
import { nodePython, nodeTimer } from '../../src/services/ports/python';
import type { TorchOptions, TorchPorts } from '../../src/services/pytorch/profile';
import { profileInPyTorch } from '../../src/services/pytorch/profile';
import type { StartPython } from '../../src/services/pytorch/run';
import { fileReport, layerReport, modelReport } from '../support/reports';

const report = modelReport({
  parameters: 15,
  macs: 12,
  inputs: modelReport().inputs.map(input => ({ ...input, name: 'x', shape: [1, 4] })),
  outputs: [{ name: 'y', dtype: 'float32', shape: [1, 3] }],
  layers: [
    layerReport({ path: 'fc', latencyS: 3 }),
    layerReport({ path: '#relu[0]', latencyS: 1 }),
    layerReport({ path: '#add[0]', latencyS: 3 }),
  ],
});

const standIn =
  (scenario: string): StartPython =>
  (_, args, handlers) =>
    nodePython(process.execPath, [resolve('test/support/standInPython.mjs'), scenario, ...args], handlers);

const ports = (start: StartPython, more: Partial<TorchPorts> = {}): TorchPorts => ({
  start,
  reader: { analyze: () => Promise.resolve(fileReport([report])) },
  readText: () => Promise.resolve(undefined),
  startTimer: nodeTimer,
  memoryLimitBytes: () => 1e9,
  processor: 'a processor',
  ...more,
});

const ask = (start: StartPython, options: TorchOptions = {}, more: Partial<TorchPorts> = {}) =>
  profileInPyTorch(
    {
      ...{ path: '/x.py', model: 'Net', inputs: [], searchPath: [], interpreter: 'python' },
      ...{ target: 'auto', seconds: 1, backward: false },
    },
    ports(start, more),
    options,
  );

async function profileOf(scenario: string, more: Partial<TorchPorts> = {}) {
  const outcome = await ask(standIn(scenario), {}, more);
  assert.ok(outcome.kind === 'finished', JSON.stringify(outcome));
  return outcome.value.profile;
}

test('what was measured is told like any profile, shares by module', async () => {
  const profile = await profileOf('ok');
  assert.deepEqual(
    [profile.device, profile.runtime, profile.latencyS.value, profile.latencyS.basis, profile.runs],
    ['a processor', 'PyTorch 9.9', 0.01, 'measured', 1000],
  );
  // The root's own fifth goes to its two functions by their modelled quarter and three quarters.
  assert.deepEqual(
    profile.layers.map(({ layer, share }) => [layer, share.toFixed(3)]),
    [
      [0, '0.600'],
      [1, '0.050'],
      [2, '0.150'],
    ],
  );
  assert.equal(profile.unattributedShare?.toFixed(3), '0.200');
  assert.ok(profile.notes.some(note => render(note).includes('agrees with PyTorch in parameters, MACs and outputs')));
});

test('where PyTorch counts otherwise is said', async () => {
  const said = (await profileOf('differs')).notes.map(note => render(note));
  assert.ok(said.includes('PyTorch has 7 parameters, the reading 15.'));
  assert.ok(said.some(note => note.startsWith('PyTorch counts 4 MACs, the reading 12: its counter leaves out')));
});

test('energy is metered around the measuring alone', async () => {
  const { energyJ, layers } = await profileOf('ok', {
    power: {
      measureDuring: async work => {
        await work();
        return { energyJ: figure(500, 400, 600, 'measured', 'counter'), idleW: null, coverage: [], seconds: 10 };
      },
    },
  });
  assert.deepEqual([energyJ?.value, energyJ?.basis], [0.5, 'measured']);
  assert.equal(layers[0]?.energyJ?.basis, 'modelled');
});

test('stages are told', async () => {
  const stages: string[] = [];
  await ask(standIn('ok'), { onStage: stage => stages.push(stage) });
  assert.deepEqual(stages, ['importing', 'measuring', 'measuring']);
});

const failures: readonly [scenario: string, code: string, said: RegExp, traceback: RegExp][] = [
  ['no-torch', 'no-torch', /no PyTorch: Error: no-torch$/, /Traceback/],
  ['import', 'import', /could not be imported/, /Traceback/],
  ['arguments', 'arguments', /does not take these arguments/, /Traceback/],
  ['build', 'build', /could not be built/, /Traceback/],
  ['forward', 'forward', /failed while it ran/, /Traceback/],
  ['out-of-memory', 'out-of-memory', /more memory/, /Traceback/],
  ['takes-memory', 'out-of-memory', /more memory/, /a warning/],
  ['crashes', 'crashed', /SIGSEGV|unexpectedly/, /a warning/],
  ['exits', 'crashed', /exit code 5/, /a warning/],
];
for (const [scenario, code, said, traceback] of failures)
  test(`a failure with a message: ${scenario}`, async () => {
    const outcome = await ask(standIn(scenario));
    assert.ok(outcome.kind === 'refused', JSON.stringify(outcome));
    assert.equal(outcome.code, code);
    assert.match(render(outcome.text), said);
    assert.match(outcome.traceback ?? '', traceback);
  });

test('an interpreter that is not there', async () => {
  const outcome = await ask((_, args, handlers) => nodePython('/no/such/python', args, handlers));
  assert.ok(outcome.kind === 'refused' && outcome.code === 'no-python', JSON.stringify(outcome));
});

for (const scenario of ['hangs', 'hangs-measuring'])
  test(`cancelled within a second while it ${scenario}`, async () => {
    const cancel = new AbortController();
    let cancelledAt = 0;
    const outcome = await ask(standIn(scenario), {
      signal: cancel.signal,
      onStage: stage => {
        if (stage !== (scenario === 'hangs' ? 'importing' : 'measuring')) return;
        cancelledAt = Date.now();
        cancel.abort();
      },
    });
    assert.deepEqual(outcome, { kind: 'cancelled' });
    assert.ok(Date.now() - cancelledAt < 1000);
  });

for (const when of ['before', 'after'])
  test(`cancelled at once while idle is measured ${when} the work`, async () => {
    const cancel = new AbortController();
    let cancelledAt = 0;
    const idle = async (): Promise<void> => {
      cancelledAt = Date.now();
      cancel.abort();
      await new Promise(done => setTimeout(done, 5000).unref());
    };
    const power: TorchPorts['power'] = {
      measureDuring: async work => {
        if (when === 'before') await idle();
        await work();
        await idle();
        throw new Error('not reached');
      },
    };
    assert.deepEqual(await ask(standIn('ok'), { signal: cancel.signal }, { power }), { kind: 'cancelled' });
    assert.ok(Date.now() - cancelledAt < 1000);
  });

test('what else kept the machine busy is said, and what slowed the GPU down', async () => {
  let [all, asked] = [100, 0];
  const profile = await profileOf('ok', {
    busyS: () => (all += 30),
    gpuSlowdown: () => Promise.resolve(++asked && 0x20),
  });
  const said = profile.notes.map(note => render(note));
  // The stand-in worked for five of the thirty seconds, in ten.
  assert.ok(said.includes('Other programs kept 2.5 processors busy meanwhile.'), said.join('\n'));
  // Asked halfway, but it ran on the processor.
  assert.equal(asked, 1);
  assert.ok(!said.some(note => note.includes('too hot')));
});

test('a time limit ends what hangs', async () => {
  const startTimer: TorchPorts['startTimer'] = (_, run) => nodeTimer(0.5, run);
  const outcome = await ask(standIn('hangs'), {}, { startTimer });
  assert.ok(outcome.kind === 'refused' && outcome.code === 'time-limit');
});
