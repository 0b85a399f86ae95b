/**
 * Other trackers' accounts as records: CodeCarbon's emissions.csv and Carbontracker's logs. They give no ranges, so a
 * figure's range is its value, and a note says so; what they write as 0 for hardware that is not there is left out.
 */
import type { Figure } from '../base/figure';
import { figure } from '../base/figure';
import { text } from '../base/text';
import { JOULES_PER_KWH } from '../base/units';
import { csvRecords } from './csv';
import { type RecordedEnergy, type RecordedShare, type RunRecord, UNTOLD } from './run';

type Row = Readonly<Record<string, string>>;

/** Rows that name neither a time nor a run are none of CodeCarbon's. */
export function fromEmissions(content: string): readonly RunRecord[] {
  return csvRecords(content).flatMap(row => {
    const ended = Date.parse(row['timestamp'] ?? '');
    const id = row['run_id'] ?? '';
    if (id === '' || Number.isNaN(ended)) return [];
    const durationS = numberIn(row, 'duration');
    const tool = `codecarbon ${row['codecarbon_version'] ?? ''}`.trim();
    const told = (value: number): Figure => figure(value, value, value, 'modelled', tool);
    const kilograms = numberIn(row, 'emissions');
    return [
      imported(`codecarbon-${id}`, tool, {
        startedAt: new Date(ended - 1000 * (durationS ?? 0)).toISOString(),
        endedAt: new Date(ended).toISOString(),
        durationS,
        command: null,
        folder: row['project_name'] || null,
        device: row['cpu_model'] || null,
        energy: energyOf(row, told),
        region: row['country_iso_code'] || null,
        carbonG: kilograms === null ? null : told(1000 * kilograms),
      }),
    ];
  });
}

function energyOf(row: Row, told: (value: number) => Figure): RecordedEnergy {
  const kWh = numberIn(row, 'energy_consumed');
  const pue = numberIn(row, 'pue') ?? 1;
  const seconds = numberIn(row, 'duration') ?? 0;
  const shares = PARTS.flatMap(([column, domain]): RecordedShare[] => {
    const part = numberIn(row, column);
    // CodeCarbon writes 0 where it found no such hardware, or no way to tell.
    if (part === null || part === 0) return [];
    const energyJ = told((part * JOULES_PER_KWH) / pue);
    const share = { value: 1, low: 1, high: 1 };
    return [{ domain, rule: row['tracking_mode'] || 'machine', seconds, deviceJ: energyJ, share, energyJ, marginalJ: null, idleW: null }]; // prettier-ignore
  });
  return {
    status: kWh === null ? 'unknown' : 'resolved',
    attributedJ: kWh === null ? null : told(kWh * JOULES_PER_KWH),
    marginalJ: null,
    pue: pue === 1 ? null : figure(pue, pue, pue, 'assumed', 'as the other tool was told'),
    shares,
    unattributed: [],
  };
}

const PARTS = [
  ['cpu_energy', 'cpu-package'],
  ['gpu_energy', 'gpu:all'],
  ['ram_energy', 'dram'],
] as const;

const numberIn = (row: Row, column: string): number | null => {
  const cell = row[column] ?? '';
  return cell.trim() !== '' && Number.isFinite(Number(cell)) ? Number(cell) : null;
};

/** `log` is its `…_carbontracker.log`, `output` the `…_carbontracker_output.log` beside it. Undefined of other text. */
export function fromCarbontracker(name: string, log: string, output: string): RunRecord | undefined {
  const version = /carbontracker version (\S+)/.exec(log)?.[1];
  const began = Date.parse(/^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)/m.exec(log)?.[1]?.replace(' ', 'T') ?? '');
  if (version === undefined || Number.isNaN(began)) return undefined;
  const tool = `carbontracker ${version}`;
  const told = (value: number): Figure => figure(value, value, value, 'modelled', tool);
  const pue = matched(log, /PUE coefficient of ([\d.]+)/) ?? 1;
  const epochs = epochsIn(log);
  const actual = /Actual consumption[\s\S]*?Energy:\s*([\d.eE+-]+) kWh[\s\S]*?CO2eq:\s*([\d.eE+-]+) g/.exec(output);
  // Without that line the training was broken off: what its epochs drew is known all the same.
  const joules = actual ? Number(actual[1]) * JOULES_PER_KWH : epochs.joules === null ? null : epochs.joules * pue;
  const intensity = matched(log, /[Aa]verage carbon intensity during training was ([\d.]+) gCO2/);
  const grams = actual ? Number(actual[2]) : joules !== null && intensity !== null ? (joules / JOULES_PER_KWH) * intensity : null; // prettier-ignore
  const components = /components were found: (.*)$/m.exec(log)?.[1] ?? '';
  return imported(`carbontracker-${name.replace(/_carbontracker(_output)?\.log$/, '')}`, tool, {
    startedAt: new Date(began).toISOString(),
    endedAt: new Date(began + 1000 * epochs.seconds).toISOString(),
    durationS: epochs.seconds,
    device:
      [...components.matchAll(/with device\(s\) (.*?)\.(?=\s|$)/g)].map(([, device]) => device).join(', ') || null,
    energy: {
      status: joules === null ? 'unknown' : 'resolved',
      attributedJ: joules === null ? null : told(joules),
      marginalJ: null,
      pue: pue === 1 ? null : figure(pue, pue, pue, 'assumed', tool),
      shares: [],
      unattributed: [],
    },
    intensityGPerKWh: intensity === null ? null : told(intensity),
    carbonG: grams === null ? null : told(grams),
    progress: { epochs: epochs.count, joulesPerEpoch: null, joulesPerStep: null, forecasts: [] },
  });
}

/** Mean power of each epoch by its duration; null where powers and durations do not belong together. */
function epochsIn(log: string): { readonly count: number; readonly seconds: number; readonly joules: number | null } {
  const durations = [...log.matchAll(/Duration: (\d+):(\d\d):(\d\d?(?:\.\d+)?)/g)].map(
    ([, hours, minutes, seconds]) => 3600 * Number(hours) + 60 * Number(minutes) + Number(seconds),
  );
  const powers = new Map<string, number[]>();
  for (const [, component = '', list = ''] of log.matchAll(/Average power usage \(W\) for (\w+): (.*)$/gm)) {
    const total = [...list.matchAll(/[\d.]+(?:e[+-]?\d+)?/g)].reduce((sum, [watts]) => sum + Number(watts), 0);
    powers.set(component, [...(powers.get(component) ?? []), /\d/.test(list) ? total : NaN]);
  }
  const sums = [...powers.values()].map(
    watts =>
    watts.length === durations.length ? watts.reduce((sum, power, index) => sum + power * (durations[index] ?? NaN), 0) : NaN, // prettier-ignore
  );
  const joules = sums.reduce((sum, part) => sum + part, 0);
  return {
    count: durations.length,
    seconds: durations.reduce((sum, part) => sum + part, 0),
    joules: sums.length > 0 && Number.isFinite(joules) ? joules : null,
  };
}

function matched(content: string, pattern: RegExp): number | null {
  const value = Number(pattern.exec(content)?.[1] ?? NaN);
  return Number.isFinite(value) ? value : null;
}

const imported = (id: string, tool: string, fields: Partial<RunRecord> & Pick<RunRecord, 'startedAt'>): RunRecord => ({
  ...UNTOLD,
  id,
  kind: 'import',
  tool,
  notes: [text('imported: its tool tells no range')],
  ...fields,
});
