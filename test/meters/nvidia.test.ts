import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunOutcome } from '../../src/base/ports';
import { render } from '../../src/base/text';
import { seconds } from '../../src/base/units';
import type { Domain, Reason, Running } from '../../src/meters/meter';
import { createNvidia } from '../../src/meters/nvidia';
import { parseGpuLine } from '../../src/meters/nvidiaLines';
import { Machine, toolOutput } from '../support/machine';

const wrote = (name: string, status: RunOutcome['status'] = 'ok'): RunOutcome => ({
  status,
  stdout: toolOutput(name),
  stderr: '',
});
const MISSING: RunOutcome = { status: 'missing', stdout: '', stderr: '' };

const cases: readonly [what: string, machine: string, outcome: RunOutcome, expected: readonly Domain[] | Reason][] = [
  ['two GPUs', 'gpu-server', wrote('nvidia-two'), ['gpu:0', 'gpu:1']],
  ['one that does not tell its power', 'gpu-server', wrote('nvidia-not-available'), ['gpu:1']],
  ['none that tells', 'gpu-server', wrote('nvidia-none-tells'), 'absent'],
  ['an absurd value', 'gpu-server', wrote('nvidia-absurd'), 'absent'],
  ['no driver', 'gpu-server', wrote('nvidia-failed', 'failed'), 'absent'],
  ['no driver, tool content with itself', 'gpu-server', wrote('nvidia-failed'), 'absent'],
  ['garbage', 'gpu-server', wrote('nvidia-garbage'), 'unreliable'],
  ['nothing written', 'gpu-server', { status: 'ok', stdout: '', stderr: '' }, 'unreliable'],
  ['a tool that hangs', 'gpu-server', { status: 'timeout', stdout: '', stderr: '' }, 'unreliable'],
  ['no tool', 'gpu-server', MISSING, 'absent'],
  [
    'no permission',
    'gpu-server',
    { status: 'failed', stdout: '', stderr: 'Failed to initialize NVML: Insufficient Permissions\n' },
    'denied',
  ],
  ['a container without the tool', 'container', MISSING, 'absent'],
  ['WSL, without a PCI device', 'wsl', wrote('nvidia-one-busy'), ['gpu:0']],
];

for (const [what, name, outcome, expected] of cases) {
  test(`${what}: ${typeof expected === 'string' ? expected : expected.join(', ')}`, async () => {
    const machine = new Machine(name);
    machine.outcome = outcome;
    const probe = await createNvidia(machine.world).probe();
    assert.deepEqual(probe.ok ? probe.covers : probe.reason, expected);
    assert.equal(machine.ran.length, 1);
    assert.match(machine.ran[0]!, /^nvidia-smi --query-gpu=\S+ --format=csv,noheader,nounits$/);
    if (probe.ok) assert.equal(probe.method, 'sampled');
  });
}

test('a sleeping GPU is reported asleep, and no program is run', async () => {
  const machine = new Machine('laptop-psys');
  machine.outcome = wrote('nvidia-one-idle');
  const nvidia = createNvidia(machine.world);
  const probe = await nvidia.probe();
  assert.equal(probe.ok ? '' : probe.reason, 'asleep');
  assert.deepEqual([machine.ran, machine.streams], [[], []]);
  assert.equal(nvidia.stirred?.(), false);
  assert.deepEqual(machine.ran, []);
});

test('without an NVIDIA device on the bus no program is run', async () => {
  for (const name of ['desktop-intel', 'virtual-machine']) {
    const machine = new Machine(name);
    const probe = await createNvidia(machine.world).probe();
    assert.equal(probe.ok ? '' : probe.reason, 'absent');
    assert.deepEqual(machine.ran, []);
  }
});

test('one sleeping GPU of several keeps the tool from being run: it would open all of them', async () => {
  const machine = new Machine('gpu-server');
  machine.set('/sys/bus/pci/devices/0000:0f:00.0/power/runtime_status', 'suspended\n');
  const probe = await createNvidia(machine.world).probe();
  assert.equal(probe.ok ? '' : probe.reason, 'asleep');
  assert.deepEqual(machine.ran, []);
});

const lines: readonly [line: string, expected: ReturnType<typeof parseGpuLine>][] = [
  ['0, GPU-1-2, 61.52, 97, NVIDIA A100', { index: '0', name: 'NVIDIA A100', power: 61.52 as never, load: 0.97 }],
  ['7, GPU-1-2, [N/A], 0, A, B', { index: '7', name: 'A,B', power: undefined, load: 0 }],
  ['0, GPU-1-2, 0.00, 0, X', { index: '0', name: 'X', power: undefined, load: 0 }],
  ['0, GPU-1-2, 61,52, 97, X', { index: '0', name: '97,X', power: 61 as never, load: 0.52 }],
  ['0, GPU-1-2, 1e9, 101, X', { index: '0', name: 'X', power: undefined, load: undefined }],
  ['0, GPU-1-2', { index: '0', name: '', power: undefined, load: undefined }],
  ['index, uuid, power.draw [W], utilization.gpu [%], name', undefined],
  ['x, GPU-1-2, 61.52, 97, X', undefined],
  ['', undefined],
];
for (const [line, expected] of lines) {
  test(`line ${JSON.stringify(line)}`, () => assert.deepEqual(parseGpuLine(line), expected));
}

async function running(name: string, output: string): Promise<{ machine: Machine; meter: Running }> {
  const machine = new Machine(name);
  machine.outcome = wrote(output);
  const nvidia = createNvidia(machine.world);
  await nvidia.probe();
  return { machine, meter: nvidia.start(seconds(1)) };
}

test('one long-lived stream; power becomes energy with the vendor’s error', async () => {
  const { machine, meter } = await running('gpu-server', 'nvidia-two');
  assert.equal(machine.streams.length, 1);
  assert.deepEqual(machine.streams[0]!.args.slice(-2), ['-lms', '1000']);
  machine.advance(1);
  machine.write(toolOutput('nvidia-two'));
  const readings = meter.sample(seconds(1));
  assert.deepEqual(
    readings.map(({ domain, energy }) => [domain, energy.value, energy.basis]),
    [
      ['gpu:0', 61.52, 'measured'],
      ['gpu:1', 243.17, 'measured'],
    ],
  );
  assert.ok(readings[0]!.energy.low < 61.52 && readings[0]!.energy.high > 61.52);
  // An A100 is looked at for a quarter of the time.
  assert.ok(readings.every(({ energy }) => energy.high > 1.15 * energy.value));
  meter.dispose();
  assert.ok(machine.streams[0]!.ended);
});

test('garbage between lines is passed over', async () => {
  const { machine, meter } = await running('gpu-server', 'nvidia-two');
  machine.advance(1);
  machine.write('some warning\n' + toolOutput('nvidia-two'));
  assert.equal(meter.sample(seconds(1)).length, 2);
});

test('a stream that falls silent says nothing of the present', async () => {
  const { machine, meter } = await running('gpu-server', 'nvidia-two');
  for (let second = 0; second < 5; second++) machine.advance(1);
  assert.deepEqual(meter.sample(seconds(1)), []);
  assert.match(render(meter.trouble()!), /not written/);
});

test('a stream that ends is started again after a while', async () => {
  const { machine, meter } = await running('gpu-server', 'nvidia-two');
  machine.streams[0]!.handlers.onEnd('exit code 9');
  machine.streams[0]!.ended = true;
  machine.advance(1);
  assert.deepEqual(meter.sample(seconds(1)), []);
  assert.match(render(meter.trouble()!), /exit code 9/);
  assert.equal(machine.streams.length, 1);
  machine.advance(10);
  meter.sample(seconds(10));
  assert.equal(machine.streams.length, 2);
});

const GPU = '/sys/bus/pci/devices/0000:01:00.0/power/runtime_status';

/** Second by second, with what the tool writes if it runs. */
function pass(machine: Machine, meter: Running, time: number, output: string): number {
  let told = 0;
  for (let second = 0; second < time; second++) {
    machine.advance(1);
    machine.write(output);
    told += meter.sample(seconds(1)).length;
  }
  return told;
}

test('an idle GPU that may sleep is left alone, seen asleep, and metered again once something wakes it', async () => {
  const idle = toolOutput('nvidia-one-idle');
  const { machine, meter } = await running('gpu-laptop-awake', 'nvidia-one-busy');
  assert.equal(pass(machine, meter, 60, toolOutput('nvidia-one-busy')), 60, 'busy: never left alone');
  const told = pass(machine, meter, 60, idle);
  assert.ok(told >= 29 && told <= 31, `${told} s of readings, then none`);
  assert.ok(machine.streams[0]!.ended);
  assert.match(render(meter.trouble()!), /left alone/);

  machine.set(GPU, 'suspended\n');
  assert.equal(pass(machine, meter, 600, idle), 0);
  assert.match(render(meter.trouble()!), /sleeps/);
  assert.equal(machine.streams.length, 1, 'no program was started while it slept');

  machine.set(GPU, 'active\n');
  assert.ok(pass(machine, meter, 3, toolOutput('nvidia-one-busy')) >= 2);
  assert.equal(machine.streams.length, 2);
});

test('a GPU that stays awake all the same is looked at again, and left alone less and less often', async () => {
  const { machine, meter } = await running('gpu-laptop-awake', 'nvidia-one-idle');
  pass(machine, meter, 3600, toolOutput('nvidia-one-idle'));
  assert.ok(machine.streams.length >= 3 && machine.streams.length <= 10, `${machine.streams.length} starts in an hour`);
});

test('a GPU that cannot sleep is metered however idle it is', async () => {
  const { machine, meter } = await running('gpu-server', 'nvidia-one-idle');
  assert.equal(pass(machine, meter, 300, toolOutput('nvidia-one-idle')), 300);
  assert.equal(machine.streams.length, 1);
});
