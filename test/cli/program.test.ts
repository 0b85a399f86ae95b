/** The shipped program: help, exit codes, pipes, signals, languages, and the commands that start other processes. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readFileSync } from 'node:fs';
import type { Desk, Program } from '../support/commandLine';
import { openDesk, openProgram } from '../support/commandLine';
import { slowModel, smallModel } from '../support/profilerChild';

const SAMPLE = 'test/sample/satellite/resnet.py';

let desk: Desk;
let program: Program;
before(async () => ([desk, program] = await Promise.all([openDesk(), openProgram()])));
after(() => Promise.all([desk.clear(), program.close()]));

const helps: readonly [command: string, options: readonly string[]][] = [
  ['analyze', ['model', 'args', 'input', 'search-path', 'device-name', 'region', 'layers', 'format', 'help']],
  ['profile', ['model', 'args', 'input', 'search-path', 'device', 'seconds', 'format', 'help']],
  ['advise', ['model', 'args', 'input', 'search-path', 'apply', 'format', 'help']],
  ['meter', ['seconds', 'format', 'help']],
];

test('--help names the commands, --version the version', async () => {
  const { code, stdout, messages } = await program.run(['--help']);
  assert.deepEqual([code, messages], [0, []]);
  for (const [command] of helps) assert.match(stdout, new RegExp(`modelwatt ${command} .*\\S`));
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  assert.equal((await program.run(['--version'])).stdout, `${version}\n`);
});

for (const [command, options] of helps)
  test(`modelwatt ${command} --help explains every option`, async () => {
    const { code, stdout, messages } = await program.run([command, '--help']);
    assert.deepEqual([code, messages], [0, []]);
    for (const option of options) assert.match(stdout, new RegExp(`^  --${option}\\b[^]*\\S`, 'm'));
  });

const codes: readonly [argv: readonly string[], code: number][] = [
  [['analyze', SAMPLE], 0],
  [['analyze', 'missing.py'], 2],
  [['analyze', SAMPLE, '--model', 'BasicBlock'], 3],
];

for (const [argv, code] of codes)
  test(`the process of "${argv.join(' ')}" ends with ${code}`, async () => {
    assert.equal((await program.run(argv)).code, code);
  });

test('a reader that stops early is no fault', async () => {
  const { code, messages } = await program.run(['analyze', SAMPLE, '--format', 'json'], { closed: true });
  assert.deepEqual([code, messages], [0, []]);
});

test('messages speak Chinese where the locale does, JSON stays English', async () => {
  const env = { LC_ALL: 'zh_CN.UTF-8' };
  const [plain, json] = await Promise.all([
    program.run(['analyze', 'missing.py'], { env }),
    program.run(['analyze', 'missing.py', '--format', 'json'], { env }),
  ]);
  assert.match(plain.messages.join(), /^modelwatt: .*\p{Script=Han}/u);
  const { error } = JSON.parse(json.stdout) as { error: { message: string } };
  assert.equal(error.message, 'there is no file "missing.py"');
  assert.match((await program.run(['--help'], { env })).stdout, /\p{Script=Han}/u);
});

test('meter says what was read, by which sensor, and why others are missing', async () => {
  const { code, stdout, messages } = await program.run(['meter', '--seconds', '1', '--format', 'json']);
  assert.deepEqual([code, messages], [0, []]);
  const report = JSON.parse(stdout) as {
    readonly sensors: readonly { id: string; method: string; reason: string | null; covers: readonly string[] }[];
    readonly seconds: number;
    readonly energyJ: { value: number; low: number; high: number } | null;
    readonly powerW: { value: number } | null;
  };
  assert.ok(report.seconds >= 1 && report.seconds < 5);
  assert.ok(report.energyJ && report.powerW);
  const { value, low, high } = report.energyJ;
  assert.ok(low <= value && value <= high && low > 0);
  for (const { id, method, reason } of report.sensors)
    if (method === 'none') assert.ok((reason ?? '') !== '', `${id} says why it is missing`);
});

test('meter ends early with what it has', async () => {
  const { code, stdout } = await program.run(['meter', '--seconds', '60'], {
    interrupt: { afterS: 2, signal: 'SIGINT' },
  });
  assert.equal(code, 0);
  assert.match(stdout, /\d.*W/);
});

test('profile measures an ONNX file, layer by layer', async () => {
  const path = await desk.file('small.onnx', smallModel);
  const argv = ['profile', path, '--seconds', '1', '--device', 'cpu', '--format', 'json', '--input', 'float32[2,3]'];
  const { code, stdout, messages } = await program.run(argv);
  assert.deepEqual([code, messages], [0, []]);
  const report = JSON.parse(stdout) as { readonly models: readonly Readonly<Record<string, unknown>>[] };
  const [model] = report.models;
  assert.ok(model);
  for (const field of ['device', 'provider', 'runs', 'seconds', 'latencyS', 'energyJ', 'marginalEnergyJ', 'idleW'])
    assert.ok(field in model, field);
  const latency = model['latencyS'] as { value: number; low: number; high: number; basis: string };
  assert.equal(latency.basis, 'measured');
  assert.ok(0 < latency.low && latency.low <= latency.value && latency.value <= latency.high && latency.value < 0.1);
  const layers = model['layers'] as readonly { path: string; share: number | null }[];
  assert.deepEqual(layers.map(({ path: name }) => name), ['mm', 'relu']); // prettier-ignore
  const shares = layers.map(({ share }) => share ?? 0);
  assert.ok(Math.abs(shares.reduce((a, b) => a + b, 0) - 1) < 1e-6);
});

test('profile runs a model from its source', async () => {
  const argv = ['profile', 'test/sample/air_quality/forecast.py', '--model', 'AirQualityTCN', '--seconds', '1'];
  const { code, stdout } = await program.run(argv);
  assert.equal(code, 0);
  assert.match(stdout, /AirQualityTCN/);
  assert.match(stdout, /measured/);
});

test('profile of a file with a syntax error measures what was read, and says that the input is bad', async () => {
  const source = readFileSync('test/sample/air_quality/forecast.py', 'utf8');
  const path = await desk.file('broken.py', `${source}\n\ndef broken(:\n`);
  const argv = ['profile', path, '--model', 'AirQualityTCN', '--seconds', '1', '--device', 'cpu', '--format', 'json'];
  const { code, stdout, messages } = await program.run(argv);
  assert.equal(code, 2);
  assert.match(messages.join(), /syntax error/);
  const report = JSON.parse(stdout) as {
    readonly error: { readonly code: string };
    readonly models: readonly unknown[];
  };
  assert.deepEqual([report.error.code, report.models.length], ['syntax-error', 1]);
});

test('profile asks for sizes that nobody gives', async () => {
  const path = await desk.file('open.onnx', {
    ...smallModel,
    inputs: [{ name: 'x', dtype: 'float32', dims: ['widgets', 3] }],
  });
  const { code, messages } = await program.run(['profile', path, '--seconds', '1', '--device', 'cpu']);
  assert.equal(code, 2);
  assert.match(messages.join(), /sizes are not known: widgets/);
});

test('Ctrl+C ends a profile by the signal, and its child with it', async () => {
  const path = await desk.file('slow.onnx', slowModel(1024));
  const { signal, messages } = await program.run(['profile', path, '--seconds', '60', '--device', 'cpu'], {
    interrupt: { afterS: 3, signal: 'SIGINT' },
  });
  assert.equal(signal, 'SIGINT');
  assert.match(messages.join('\n'), /modelwatt: cancelled$/);
});
