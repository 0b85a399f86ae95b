import assert from 'node:assert/strict';
import { test } from 'node:test';
import { figure } from '../../src/base/figure';
import { gramsPerKWh } from '../../src/base/units';
import type { Host } from '../../src/estimate/device';
import { deviceByName, deviceNames, hostDevice } from '../../src/estimate/device';
import { estimate } from '../../src/estimate/roofline';
import { rollUp } from '../../src/estimate/rollup';
import { sketch } from '../support/graphs';

const GRID = figure(gramsPerKWh(400), gramsPerKWh(300), gramsPerKWh(500), 'assumed', 'test');
const HOST: Host = {
  processor: 'Intel(R) Core(TM) i7-8700 CPU @ 3.20GHz',
  threads: 12,
  cores: 6,
  virtual: false,
  laptop: false,
};

const conv = (channels: number, kernel: number, groups: number) =>
  sketch(to => {
    const x = to.input(`float32[1,${channels},28,28]`);
    const weight = to.parameter(`float32[${channels},${channels / groups},${kernel},${kernel}]`, 'w');
    return [to.op('conv', [x, weight], { padding: (kernel - 1) / 2, groups })];
  });

const run = (graph: ReturnType<typeof conv>, host = HOST) => estimate(graph, rollUp(graph), hostDevice(host), GRID);

test('every figure has its value inside its range, and is modelled or weaker', () => {
  const { latencyS, energyJ, carbonG } = run(conv(256, 3, 1));
  for (const value of [latencyS, energyJ, carbonG]) {
    assert.ok(0 < value.low && value.low <= value.value && value.value <= value.high);
    assert.notEqual(value.basis, 'measured');
  }
});

test('a dense convolution is bound by computing, a depthwise one is not', () => {
  assert.equal(run(conv(256, 3, 1)).layers[0]?.limit, 'compute');
  assert.notEqual(run(conv(256, 3, 256)).layers[0]?.limit, 'compute');
});

test('256 times fewer MACs are far from 256 times faster', () => {
  const ratio = run(conv(256, 3, 1)).latencyS.value / run(conv(256, 3, 256)).latencyS.value;
  assert.ok(ratio > 5 && ratio < 256, `ratio ${ratio}`);
});

test('energy is power times time, carbon follows the grid', () => {
  const { latencyS, energyJ, carbonG } = run(conv(256, 3, 1));
  const device = hostDevice(HOST);
  assert.ok(Math.abs(energyJ.value / (device.power.value * latencyS.value) - 1) < 1e-9);
  assert.ok(Math.abs(carbonG.value / ((energyJ.value / 3.6e6) * 400) - 1) < 1e-9);
});

test('a slice of a processor has a share of its ceilings', () => {
  const whole = hostDevice(HOST);
  const slice = hostDevice({ ...HOST, threads: 2, cores: 1, virtual: true });
  assert.ok(slice.peak('float32').value < whole.peak('float32').value / 5);
  assert.ok(slice.power.value < whole.power.value);
});

test('a processor that the tables do not have is assumed, and wide', () => {
  const device = hostDevice({ ...HOST, processor: 'Frobnicator 9000' });
  const peak = device.peak('float32');
  assert.equal(peak.basis, 'assumed');
  assert.ok(peak.high / peak.low > 10);
});

test('every device that the picker offers is found by its name, with sound figures', () => {
  for (const name of deviceNames()) {
    const device = deviceByName(name);
    assert.ok(device !== undefined, name);
    for (const value of [device.peak('float32'), device.peak('float16'), device.bandwidth, device.power])
      assert.ok(0 < value.low && value.low <= value.value && value.value <= value.high, name);
  }
});
