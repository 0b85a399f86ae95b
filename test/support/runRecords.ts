/** Records for tests. */
import { figure } from '../../src/base/figure';
import { readLedger } from '../../src/ledger/read';
import { encode } from '../../src/ledger/line';
import { SCHEMA } from '../../src/ledger/read';
import type { RecordedEnergy, RunRecord } from '../../src/report/run';

/** Unknown in everything that is not given. */
export function aRun(fields: Partial<RunRecord> & Pick<RunRecord, 'id'>): RunRecord {
  const run = { startedAt: '2026-01-02T03:04:05.000Z', tool: 'modelwatt 0.1.0', ...fields };
  const [record] = readLedger([{ name: 'test', content: encode({ run }, SCHEMA) }]).runs;
  if (record === undefined) throw new Error('no record');
  return record;
}

/** So many joules of the processor, a tenth either way, all of it measured. */
export function someEnergy(joules: number, fields: Partial<RecordedEnergy> = {}): RecordedEnergy {
  const energyJ = figure(joules, 0.9 * joules, 1.1 * joules, 'measured', 'RAPL');
  return {
    status: 'resolved',
    attributedJ: energyJ,
    marginalJ: null,
    pue: null,
    shares: [
      {
        domain: 'cpu-package',
        rule: 'cpu-time',
        seconds: 10,
        deviceJ: figure(2 * joules, 1.8 * joules, 2.2 * joules, 'measured', 'RAPL'),
        share: { value: 0.5, low: 0.5, high: 0.5 },
        energyJ,
        marginalJ: null,
        idleW: null,
      },
    ],
    unattributed: [],
    ...fields,
  };
}
