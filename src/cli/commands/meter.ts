/** `modelwatt meter`: what this machine draws, by which sensor, and why others are missing. */
import { setTimeout as sleep } from 'node:timers/promises';
import { render, text } from '../../base/text';
import { meterReport } from '../../report/meter';
import { meterTable } from '../../report/meterTable';
import { choice, seconds } from '../args';
import type { Command } from '../command';
import { plainJson } from '../reading';

const FORMATS = ['table', 'json'] as const;
const DEFAULT_SECONDS = 5;

export const meter: Command = {
  name: 'meter',
  summary: text('watts and joules of this machine: which sensor covers what, and why others are missing'),
  positionals: [],
  options: {
    seconds: { value: 'N', help: text('how long to measure; without it {0} s', DEFAULT_SECONDS) },
    format: { value: FORMATS.join('|'), help: text('how to print the report; without it as a table') },
  },
  run: async (args, console) => {
    const format = choice(args, 'format', FORMATS, 'table');
    const time = seconds(args, 'seconds') ?? DEFAULT_SECONDS;
    const { startMeter } = await import('../../metering/worker');
    const { signal } = console;
    const metering = await startMeter();
    try {
      // Ctrl+C ends the measurement early, with what was measured by then.
      await sleep(time * 1000, undefined, { signal }).catch(() => undefined);
      const report = meterReport(
        metering.read(),
        format === 'json' ? message => render(message) : message => console.say(message),
      );
      console.out(format === 'json' ? plainJson(report) : meterTable(report, message => console.say(message)));
    } finally {
      metering.dispose();
    }
    return 0;
  },
};
