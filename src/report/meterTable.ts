/** The meter's report for terminals. Its words have been rendered already, by whoever made the report. */
import type { Figure } from '../base/figure';
import { text } from '../base/text';
import { columns, padded } from './columns';
import type { MeterReport, SensorStatus } from './meter';
import type { Say } from './words';
import { figureText, format, unknownWord, words } from './words';

const LABEL = 8;

export function meterTable(report: MeterReport, say: Say): string {
  const figure = (value: Figure | null, quantity: 'power' | 'energy'): string =>
    value === null ? unknownWord(say) : figureText(value, quantity, say);
  const line = (name: string, value: string): string => `${padded(name, LABEL)}${value}`;
  const coverage = report.coverage.join(', ');
  const power = figure(report.powerW, 'power');
  const domains = Object.entries(report.byDomain).map(([name, domain]) => [
    domain.counted ? name : say(text('{0} (part of another)', name)),
    domain.sensor,
    figure(domain.powerW, 'power'),
    figure(domain.energyJ, 'energy'),
  ]);
  const sensors = report.sensors.map(sensor => [
    sensor.id,
    say(sensor.method === 'none' ? STATUSES[sensor.status] : METHODS[sensor.method]),
    sensor.covers.join(', '),
    [sensor.reason, sensor.remedy].filter(note => note !== null).join('; '),
  ]);
  return [
    line(say(text('power')), coverage === '' ? power : say(text('{0} for {1}', power, coverage))),
    line(
      say(text('energy')),
      say(text('{0} in {1}', figure(report.energyJ, 'energy'), format.duration(report.seconds))),
    ),
    ...report.gaps.map(gap => line(say(text('gap')), `${gap.domain}, ${format.duration(gap.seconds)}: ${gap.reason}`)),
    '',
    ...columns(words(say, text('domain'), text('sensor'), text('power'), text('energy')), domains, unknownWord(say)),
    '',
    ...columns(words(say, text('sensor'), text('method'), text('covers'), text('note')), sensors, unknownWord(say)),
    '',
  ].join('\n');
}

const METHODS = { counter: text('counter'), sampled: text('sampled'), model: text('model') } as const;

const STATUSES: Readonly<Record<SensorStatus, ReturnType<typeof text>>> = {
  ok: text('ok'),
  absent: text('absent'),
  denied: text('denied'),
  unreliable: text('unreliable'),
  asleep: text('asleep'),
};
