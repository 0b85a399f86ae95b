import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Figure } from '../../src/base/figure';
import { render, text } from '../../src/base/text';
import type { DomainSnapshot, MeterSnapshot } from '../../src/report/meter';
import { energyBetween, measuredShare, meterReport } from '../../src/report/meter';

const joules = (value: number, basis: Figure['basis'] = 'measured'): Figure => ({
  value,
  low: value * 0.9,
  high: value * 1.1,
  basis,
  source: 's',
});

const domain = (name: string, energyJ: Figure | null, more: Partial<DomainSnapshot> = {}): DomainSnapshot => ({
  domain: name,
  sensor: 'rapl',
  method: 'counter',
  counted: true,
  powerW: null,
  energyJ,
  seconds: 10,
  ...more,
});

const snapshot: MeterSnapshot = {
  seconds: 10,
  powerW: joules(99),
  energyJ: joules(500, 'modelled'),
  domains: [
    domain('cpu-package', joules(300)),
    domain('cpu-core', joules(200), { counted: false }),
    domain('dram', joules(100, 'modelled'), { sensor: 'model', method: 'model' }),
    domain('gpu:0', joules(100), { seconds: 4 }),
    domain('gpu:1', null, { seconds: 0 }),
  ],
  sensors: [
    { id: 'rapl', status: 'ok', covers: ['cpu-package', 'cpu-core'], method: 'counter', reasons: [], remedy: null },
    {
      id: 'amd',
      status: 'denied',
      covers: [],
      method: 'none',
      reasons: [text('no access to {0}', '/dev/kfd')],
      remedy: text('join the group {0}', 'render'),
    },
  ],
  gaps: [{ domain: 'gpu:1', seconds: 10, reason: text('asleep') }],
};

test('the public report: fields, means over the covered time, null for unknown', () => {
  const report = meterReport(snapshot, message => render(message));
  assert.deepEqual(Object.keys(report), [
    'schemaVersion',
    'sensors',
    'seconds',
    'energyJ',
    'powerW',
    'coverage',
    'measuredShare',
    'byDomain',
    'gaps',
  ]);
  // 30 + 10 + 25 W; the cores are in the package.
  assert.equal(report.powerW?.value, 65);
  assert.equal(report.powerW.basis, 'modelled');
  assert.equal(report.energyJ?.value, 500);
  assert.deepEqual(report.coverage, ['cpu-package', 'dram', 'gpu:0']);
  assert.equal(report.measuredShare, 0.8);
  assert.equal(report.byDomain['gpu:0']?.powerW?.value, 25);
  assert.deepEqual(report.byDomain['gpu:1'], { energyJ: null, powerW: null, sensor: 'rapl', counted: true });
  assert.deepEqual(report.sensors[1], {
    id: 'amd',
    status: 'denied',
    covers: [],
    method: 'none',
    reason: 'no access to /dev/kfd',
    remedy: 'join the group render',
  });
  assert.deepEqual([report.sensors[0]?.reason, report.sensors[0]?.remedy], [null, null]);
  assert.deepEqual(report.gaps, [{ domain: 'gpu:1', seconds: 10, reason: 'asleep' }]);
});

test('a meter that knows nothing says null, never 0', () => {
  const report = meterReport({ ...snapshot, energyJ: null, powerW: null, domains: [] }, message => render(message));
  assert.deepEqual([report.energyJ, report.powerW, report.measuredShare, report.coverage], [null, null, null, []]);
});

test('energy between two snapshots', () => {
  const at = (energyJ: Figure | null): MeterSnapshot => ({ ...snapshot, energyJ });
  const moved = energyBetween(at(joules(100)), at(joules(300, 'modelled')));
  assert.deepEqual([moved?.value, moved?.basis], [200, 'modelled']);
  assert.ok(Math.abs(moved!.low - 180) < 1e-9 && Math.abs(moved!.high - 220) < 1e-9);
  assert.equal(energyBetween(at(null), at(joules(50)))?.value, 50);
  assert.equal(energyBetween(at(joules(50)), at(null)), null);
  assert.equal(energyBetween(at(joules(50)), at(joules(50)))?.value, 0);
});

test('the measured share counts what is in the sum', () => {
  assert.equal(measuredShare({ domains: [domain('dram', joules(5, 'modelled'))] }), 0);
  assert.equal(
    measuredShare({
      domains: [domain('cpu-package', joules(5)), domain('x', joules(9, 'assumed'), { counted: false })],
    }),
    1,
  );
});
