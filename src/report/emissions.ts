/**
 * A run in the columns and units of CodeCarbon's emissions.csv (version 3.3): kWh, kg, kg/s, mean watts. What is not
 * known is an empty cell, which its readers take for missing, and never 0.
 */
import type { Figure } from '../base/figure';
import { JOULES_PER_KWH } from '../base/units';
import { csvLine } from './csv';
import type { RunRecord } from './run';

const GRAMS_PER_KG = 1000;

export interface Machine {
  readonly os: string | null;
  readonly threads: number | null;
  readonly processor: string | null;
  readonly memoryBytes: number | null;
}

export const UNKNOWN_MACHINE: Machine = { os: null, threads: null, processor: null, memoryBytes: null };

type Column = readonly [name: string, value: (run: RunRecord, machine: Machine) => string | number | null];

const COLUMNS: readonly Column[] = [
  ['timestamp', run => (run.endedAt ?? run.startedAt).replace(/(\.\d+)?Z$/, '')],
  ['project_name', run => run.model?.name ?? lastPart(run.folder) ?? 'modelwatt'],
  ['run_id', run => run.id],
  ['experiment_id', () => null],
  ['duration', run => run.durationS],
  ['emissions', run => kilograms(run)],
  ['emissions_rate', run => per(kilograms(run), run.durationS)],
  ['cpu_power', run => per(jouleSum(run, 'cpu'), run.durationS)],
  ['gpu_power', run => per(jouleSum(run, 'gpu'), run.durationS)],
  ['ram_power', run => per(jouleSum(run, 'ram'), run.durationS)],
  ['cpu_energy', run => kWh(jouleSum(run, 'cpu'))],
  ['gpu_energy', run => kWh(jouleSum(run, 'gpu'))],
  ['ram_energy', run => kWh(jouleSum(run, 'ram'))],
  ['energy_consumed', run => kWh(valueOf(run.energy?.attributedJ))],
  ['water_consumed', () => null],
  ['country_name', run => run.region],
  ['country_iso_code', run => run.region],
  ['region', () => null],
  ['cloud_provider', () => null],
  ['cloud_region', () => null],
  ['os', (_run, { os }) => os],
  ['python_version', () => null],
  ['codecarbon_version', run => run.tool],
  ['cpu_count', (_run, { threads }) => threads],
  ['cpu_model', (run, { processor }) => processor ?? run.device],
  ['gpu_count', run => gpuCount(run)],
  ['gpu_model', () => null],
  ['longitude', () => null],
  ['latitude', () => null],
  ['ram_total_size', (_run, { memoryBytes }) => memoryBytes && memoryBytes / 2 ** 30],
  ['tracking_mode', () => 'process'],
  ['cpu_utilization_percent', () => null],
  ['gpu_utilization_percent', () => null],
  ['ram_utilization_percent', () => null],
  ['ram_used_gb', () => null],
  ['on_cloud', () => null],
  ['pue', run => run.energy?.pue?.value ?? 1],
  ['wue', () => null],
];

export const EMISSIONS_HEADER = csvLine(COLUMNS.map(([name]) => name));

export const emissionsRow = (run: RunRecord, machine: Machine = UNKNOWN_MACHINE): string =>
  csvLine(COLUMNS.map(([, value]) => value(run, machine)));

/** Of an inference a row would be of another meaning: profiles are left out by whoever exports. */
export const emissionsFile = (runs: readonly RunRecord[]): string =>
  EMISSIONS_HEADER + runs.map(run => emissionsRow(run)).join('');

type Part = 'cpu' | 'gpu' | 'ram';

const PARTS: Readonly<Record<string, Part>> = { dram: 'ram' };

/** PUE is in CodeCarbon's energies; counters of the whole board are a processor's to its readers. */
function jouleSum(run: RunRecord, part: Part): number | null {
  const shares = (run.energy?.shares ?? []).filter(
    ({ domain }) => (PARTS[domain] ?? (domain.startsWith('gpu:') ? 'gpu' : 'cpu')) === part,
  );
  const pue = run.energy?.pue?.value ?? 1;
  return shares.length === 0 ? null : shares.reduce((sum, { energyJ }) => sum + energyJ.value, 0) * pue;
}

const gpuCount = ({ coverage }: RunRecord): number | null =>
  coverage.filter(({ domain }) => domain.startsWith('gpu:')).length || null;

const kilograms = (run: RunRecord): number | null => {
  const grams = valueOf(run.carbonG);
  return grams === null ? null : grams / GRAMS_PER_KG;
};

const valueOf = (figure: Figure | null | undefined): number | null => figure?.value ?? null;

const kWh = (joules: number | null): number | null => (joules === null ? null : joules / JOULES_PER_KWH);

const per = (value: number | null, time: number | null): number | null =>
  value === null || time === null || time <= 0 ? null : value / time;

const lastPart = (path: string | null): string | null => path?.split(/[\\/]/).findLast(part => part !== '') ?? null;
