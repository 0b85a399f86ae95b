/** `modelwatt meter`: what this machine draws, by which sensor, and why others are missing. */
import { setTimeout as sleep } from 'node:timers/promises';
import { render } from '../../base/text';
import { meterReport } from '../../report/meter';
import { meterTable } from '../../report/print';
import { choice, positive } from '../args';
import type { Command } from '../command';
import { plainJson } from './analyze';

const DEFAULT_SECONDS = 5;

export const meter: Command = {
  name: 'meter',
  summary: 'Watts and joules of this machine: which sensor covers what, and why others are missing.',
  positionals: [],
  options: {
    seconds: { value: 'N', help: `how long to measure (default: ${DEFAULT_SECONDS})` },
    format: { value: 'json|table', help: 'how to print the report (default: table)' },
  },
  run: async (args, console) => {
    const format = choice(args, 'format', ['table', 'json'] as const, 'table');
    const seconds = positive(args, 'seconds') ?? DEFAULT_SECONDS;
    const { startMeter } = await import('../../metering/worker');
    const metering = await startMeter();
    try {
      // Ctrl+C ends the measurement early, with what was measured by then.
      await sleep(seconds * 1000, undefined, { signal: console.signal }).catch(() => undefined);
      const report = meterReport(metering.read(), format === 'json' ? render : console.say);
      console.out(format === 'json' ? plainJson(report) : meterTable(report));
    } finally {
      metering.dispose();
    }
    return 0;
  },
};
