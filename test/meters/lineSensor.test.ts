import assert from 'node:assert/strict';
import { test } from 'node:test';
import { render } from '../../src/base/text';
import { seconds } from '../../src/base/units';
import { createMacmon, parseIoreg, parseMacmon } from '../../src/meters/apple';
import type { Powers } from '../../src/meters/lineSensor';
import { parseTypeperf, parseWindowsBattery } from '../../src/meters/windows';
import { Machine, toolOutput } from '../support/machine';

const words = (powers: Powers | undefined): string =>
  powers === undefined ? 'nothing' : [...powers].map(([domain, power]) => `${domain} ${Number(power.toFixed(3))}`).join(', '); // prettier-ignore

const last = (parse: (line: string) => Powers | undefined, output: string): string =>
  words(output.split('\n').map(parse).filter(one => one !== undefined).at(-1)); // prettier-ignore

const outputs: readonly [file: string, parse: (line: string) => Powers | undefined, expected: string][] = [
  ['macmon-m2', parseMacmon, 'cpu-package 0.205, gpu:apple 0.017, dram 0.116, machine 5.877'],
  ['macmon-m4', parseMacmon, 'cpu-package 0.252, gpu:apple 0.004, machine 9.391'],
  ['ioreg-portable', parseIoreg(), 'machine 8.744'],
  ['ioreg-battery', parseIoreg(), 'machine 10.47'],
  ['typeperf-rapl', parseTypeperf(), 'cpu-package 6.12, cpu-core 2.31, uncore 0.41'],
  ['typeperf-none', parseTypeperf(), 'nothing'],
  ['windows-battery', parseWindowsBattery, 'machine 11.84'],
  ['nothing', parseMacmon, 'nothing'],
];
for (const [file, parse, expected] of outputs) {
  test(`${file}: ${expected}`, () => assert.equal(last(parse, toolOutput(file)), expected));
}

const lines: readonly [line: string, parse: (line: string) => Powers | undefined, expected: string][] = [
  ['{"cpu_power":', parseMacmon, 'nothing'],
  ['{"cpu_power":"many","gpu_power":1e9}', parseMacmon, ''],
  ['battery False 11840', parseWindowsBattery, 'nothing'],
  ['battery True 0', parseWindowsBattery, 'nothing'],
  ['battery True 2147483648', parseWindowsBattery, 'nothing'],
  ['      "PowerTelemetryData" = {"SystemLoad"=0}', parseIoreg(), 'nothing'],
];
for (const [line, parse, expected] of lines) {
  test(`${line}: ${expected || 'no part of it'}`, () => assert.equal(words(parse(line)), expected));
}

test('a program that ends is started again after a while, and meanwhile nothing is told', async () => {
  const machine = new Machine('mac-macmon');
  const sensor = createMacmon(machine.world);
  await sensor.probe();
  const reading = sensor.start(seconds(1));
  const told = (time = 1): number => {
    machine.advance(time);
    return reading.sample(seconds(time)).length;
  };
  assert.equal(told(), 0);
  machine.writeTools();
  assert.equal(told(), 4);
  assert.equal(told(10), 0, 'an old line says nothing of now');
  machine.writeTools();
  machine.streams[0]!.handlers.onEnd('exit code 1');
  assert.equal(told(), 0);
  assert.match(render(reading.trouble()!), /macmon.*exit code 1/);
  told(31);
  assert.equal(machine.streams.length, 2);
  machine.writeTools();
  assert.equal(told(), 4);
  reading.dispose();
  assert.ok(machine.streams.every(({ ended }) => ended));
});

test('garbage and silence are told apart from a missing program', async () => {
  const machine = new Machine('mac-macmon');
  const reasons: string[] = [];
  for (const outcome of [
    { status: 'ok', stdout: 'hello\n', stderr: '' },
    { status: 'timeout', stdout: '', stderr: '' },
    { status: 'missing', stdout: '', stderr: '' },
  ] as const) {
    machine.outcome = outcome;
    const probe = await createMacmon(machine.world).probe();
    if (!probe.ok) reasons.push(probe.reason);
  }
  assert.deepEqual(reasons, ['unreliable', 'unreliable', 'absent']);
});
