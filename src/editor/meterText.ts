/** The energy meter in words: the status bar's few, and its tooltip's explanation of what is and is not covered. */
import { text, type Text } from '../base/text';
import type { Formatter } from '../report/format';
import type { LiveRun } from '../report/liveRun';
import type { DomainSnapshot, MeterSnapshot, SensorSnapshot, SensorStatus } from '../report/meter';
import { basisText } from '../report/words';
import type { MeterState } from './meter';

export interface MeterWords {
  readonly say: (message: Text) => string;
  readonly format: Formatter;
}

/** `12.3 W · 0.45 Wh · 0.2 g CO₂e modelled`, and while a run is on `12.3 W · run 0.1 Wh · 34 % modelled` */
export function meterLabel(state: MeterState, { say, format }: MeterWords): string {
  const { snapshot, sessionJ, sessionG, runs = [] } = state;
  const power = snapshot.powerW;
  if (power === null && sessionJ === null) return say(text('no meter'));
  const session = [
    sessionJ && format.steady('energy', sessionJ.value),
    sessionG ? format.steady('carbon', sessionG.value) : null,
  ];
  const parts = [power && format.steady('power', power.value), ...(runLabel(runs, { say, format }) ?? session)];
  const basis = say(basisText((power ?? sessionJ)?.basis ?? 'assumed'));
  return `${parts.filter(part => part !== null).join(' · ')} ${basis}`;
}

/** The run's own meter, with the forecast of its whole; of several the sum, which has no progress. */
function runLabel(runs: readonly LiveRun[], { say, format }: MeterWords): readonly (string | null)[] | undefined {
  const [first, ...others] = runs;
  if (first === undefined) return undefined;
  const energies = runs.flatMap(({ energy }) => (energy.attributedJ === null ? [] : [energy.attributedJ.value]));
  const sum = energies.reduce((total, energy) => total + energy, 0);
  const energy = energies.length === runs.length ? format.steady('energy', sum) : say(text('unknown'));
  if (others.length > 0) return [say(text('{0} runs {1}', runs.length, energy))];
  const fraction = first.progress?.fraction;
  const whole = first.forecast?.energyJ;
  const now = say(text('run {0}', energy));
  return [whole ? `${now} → ≈ ${format.rough('energy', whole.value)}` : now, fraction ? format.percent(fraction.low) : null]; // prettier-ignore
}

/** Whether the power is beyond what the user set; once it is, it has to fall clearly below to be no more. */
export const isBeyond = (watts: number | undefined, limit: number, before: boolean): boolean =>
  watts !== undefined && limit > 0 && watts > limit * (before ? 0.9 : 1);

/** For screen readers, which read no symbols. */
export function meterSpoken({ snapshot, sessionJ }: MeterState, { say, format }: MeterWords): string {
  const power = snapshot.powerW;
  if (power === null) return say(text('ModelWatt energy meter: nothing can be told'));
  const energy = sessionJ === null ? say(text('unknown')) : format.energy(sessionJ.value);
  const [watts, basis] = [format.power(power.value), say(basisText(power.basis))];
  return say(text('ModelWatt energy meter: {0} {1}, {2} since the session began', watts, basis, energy));
}

/**
 * Markdown without a single number that changes by the second: a tooltip that is rewritten while it is read flickers.
 * So it changes only when coverage does.
 */
export function meterTooltip(snapshot: MeterSnapshot, { say }: MeterWords, links: readonly string[]): string {
  const covered = snapshot.domains.filter(({ counted }) => counted);
  const parts = snapshot.domains.filter(({ counted }) => !counted);
  // That there is no card of some maker is no news; the list of all sensors has it.
  const missing = snapshot.sensors.filter(
    ({ status, remedy }) => status !== 'ok' && !(status === 'absent' && remedy === null),
  );
  const remarks = snapshot.sensors.filter(({ status, reasons }) => status === 'ok' && reasons.length > 0);
  return [
    `**${say(text('ModelWatt energy meter'))}**`,
    covered.length > 0 ? say(text('The watts are the sum of:')) : say(text('No sensor tells anything here.')),
    list(covered.map(part => `${domainName(part.domain, say)}: ${howTold(part, say)}`)),
    parts.length > 0 ? say(text('Part of these, and not added again: {0}', parts.map(({ domain }) => domainName(domain, say)).join(', '))) : '', // prettier-ignore
    remarks.flatMap(sensor => sensor.reasons.map(reason => escape(say(reason)))).join('  \n'),
    missing.length > 0 ? say(text('Not available:')) : '',
    list(missing.map(sensor => missingText(sensor, say))),
    links.join(' · '),
  ]
    .filter(part => part !== '')
    .join('\n\n');
}

function missingText({ id, status, reasons, remedy }: SensorSnapshot, say: MeterWords['say']): string {
  const why = reasons.map(reason => escape(say(reason))).join('; ') || say(statusText(status));
  const how = remedy === null ? '' : `  \n→ ${escape(say(remedy))}`;
  return `${sensorName(id, say)}: ${why}${how}`;
}

const METHODS: Readonly<Record<DomainSnapshot['method'], Text>> = {
  counter: text('measured by an energy counter'),
  sampled: text('measured as power, sampled'),
  model: text('modelled from load'),
};

const howTold = ({ method, sensor }: DomainSnapshot, say: MeterWords['say']): string =>
  `${say(METHODS[method])} (${sensorName(sensor, say)})`;

const STATUS: Readonly<Record<SensorStatus, Text>> = {
  ok: text('working'),
  absent: text('absent'),
  denied: text('access denied'),
  unreliable: text('unreliable'),
  asleep: text('asleep'),
};

const statusText = (status: SensorStatus): Text => STATUS[status];

const DOMAINS: Readonly<Record<string, Text>> = {
  'cpu-package': text('processor package'),
  'cpu-core': text('processor cores'),
  uncore: text('integrated graphics'),
  dram: text('memory'),
  psys: text('whole platform'),
  module: text('whole module'),
  machine: text('whole machine'),
};

/** `gpu:0` → `GPU 0` */
export function domainName(domain: string, say: MeterWords['say']): string {
  const known = DOMAINS[domain];
  if (known) return say(known);
  const gpu = /^gpu:(.*)$/.exec(domain)?.[1];
  return gpu === undefined ? domain : `GPU ${gpu}`;
}

const SENSORS: Readonly<Record<string, string>> = {
  rapl: 'RAPL',
  nvidia: 'NVIDIA',
  amdgpu: 'AMD',
  'intel-gpu': 'Intel GPU',
  macmon: 'macmon',
};

const NAMED: Readonly<Record<string, Text>> = {
  model: text('model of this machine'),
  battery: text('battery'),
  'windows-battery': text('battery'),
  board: text('power monitors on the board'),
  'apple-system': text('system power'),
  'energy-meter': text('Windows energy meter'),
};

export function sensorName(id: string, say: MeterWords['say']): string {
  const named = NAMED[id];
  return named ? say(named) : (SENSORS[id] ?? id);
}

const list = (items: readonly string[]): string => items.map(item => `- ${item}`).join('\n');

/** Reasons quote other programs' words. Backticks and brackets must not become markup. */
const escape = (words: string): string => words.replaceAll(/[\\`*_[\]<>|]/g, String.raw`\$&`).replaceAll(/\s+/g, ' ');
