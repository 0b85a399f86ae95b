/** Recorded runs as `history --format json` gives them, whose field names are public, and as a table. */
import type { Figure } from '../base/figure';
import type { Text } from '../base/text';
import { text } from '../base/text';
import { columns } from './columns';
import { csvLine } from './csv';
import type { CoverageReport } from './profile';
import type { RunRecord } from './run';
import type { Say } from './words';
import { format, unknownWord, words } from './words';

export interface HistoryReport {
  readonly schemaVersion: 1;
  readonly runs: readonly HistoryEntry[];
  /** Lines of the ledger that could not be read. */
  readonly damage: readonly { readonly file: string; readonly line: number; readonly kind: string }[];
}

/** The record with its most wanted figures on top. */
export interface HistoryEntry extends Omit<RunRecord, 'command'> {
  readonly command: string | null;
  readonly arguments: readonly string[] | null;
  readonly energyJ: Figure | null;
  readonly marginalEnergyJ: Figure | null;
}

export function historyReport(runs: readonly RunRecord[], damage: HistoryReport['damage'] = []): HistoryReport {
  return { schemaVersion: 1, runs: runs.map(historyEntry), damage };
}

export function historyEntry(run: RunRecord): HistoryEntry {
  return {
    ...run,
    command: commandLine(run),
    arguments: run.command,
    energyJ: run.energy?.attributedJ ?? null,
    marginalEnergyJ: run.energy?.marginalJ ?? null,
  };
}

/** As a shell would take it. */
export const commandLine = ({ command }: Pick<RunRecord, 'command'>): string | null =>
  command &&
  command.map(part => (/^[\w@%+=:,./-]+$/.test(part) ? part : `'${part.replaceAll("'", `'\\''`)}'`)).join(' ');

/** What it is called in a list. */
export const titleOf = (run: RunRecord): string =>
  (run.model?.name ?? commandLine(run) ?? run.folder ?? run.tool).replaceAll(/\s+/g, ' ');

const LONGEST_TITLE = 48;

export function historyTable(runs: readonly RunRecord[], say: Say): string {
  if (runs.length === 0) return `${say(text('nothing is recorded yet'))}\n`;
  const rows = runs.map(run => {
    const title = titleOf(run);
    return [
      run.id,
      run.startedAt.slice(0, 16).replace('T', ' '),
      run.durationS === null ? say(STATES[run.state]) : format.duration(run.durationS),
      energyCell(run, say),
      run.carbonG === null ? unknownWord(say) : `≈ ${format.carbon(run.carbonG.value)}`,
      outcome(run, say),
      run.commit === null ? '' : `${run.commit.id.slice(0, 8)}${run.commit.dirty === true ? '+' : ''}`,
      title.length > LONGEST_TITLE ? `${title.slice(0, LONGEST_TITLE - 1)}…` : title,
    ];
  });
  const header = words(say, text('id'), text('start (UTC)'), text('time'), text('energy'), text('carbon'), text('end'), text('commit'), text('what')); // prettier-ignore
  return `${columns(header, rows, unknownWord(say)).join('\n')}\n`;
}

const STATES: Readonly<Record<RunRecord['state'], Text>> = {
  running: text('running'),
  finished: text('finished'),
  lost: text('lost'),
};

function energyCell(run: RunRecord, say: Say): string {
  const energy = run.energy?.attributedJ ?? null;
  if (energy === null) return run.energy?.status === 'unresolved' ? say(text('too short')) : unknownWord(say);
  const each = run.kind === 'profile' ? ` ${say(text('each'))}` : '';
  return `${energy.basis === 'measured' ? '' : '≈ '}${format.energy(energy.value)}${run.energy?.status === 'partial' ? ' +' : ''}${each}`;
}

const outcome = ({ state, exitCode }: RunRecord, say: Say): string =>
  exitCode === null ? say(STATES[state]) : exitCode === 0 ? 'ok' : String(exitCode);

const CSV: readonly (readonly [name: string, value: (run: RunRecord) => string | number | null])[] = [
  ['id', run => run.id],
  ['kind', run => run.kind],
  ['started_at', run => run.startedAt],
  ['ended_at', run => run.endedAt],
  ['duration_s', run => run.durationS],
  ['state', run => run.state],
  ['exit_code', run => run.exitCode],
  ['command', run => commandLine(run)],
  ['folder', run => run.folder],
  ['commit', run => run.commit?.id ?? null],
  ['dirty', run => (run.commit?.dirty === undefined || run.commit.dirty === null ? null : String(run.commit.dirty))],
  ['model', run => run.model?.name ?? null],
  ['parameters', run => run.model?.parameters ?? null],
  ['macs', run => run.model?.macs ?? null],
  ['device', run => run.device],
  ['coverage', run => covered(run.coverage)],
  ['energy_status', run => run.energy?.status ?? null],
  ...figureColumns('energy_j', run => run.energy?.attributedJ ?? null),
  ...figureColumns('marginal_energy_j', run => run.energy?.marginalJ ?? null),
  ...figureColumns('latency_s', run => run.latencyS),
  ['pue', run => run.energy?.pue?.value ?? null],
  ['region', run => run.region],
  ['intensity_g_per_kwh', run => run.intensityGPerKWh?.value ?? null],
  ...figureColumns('carbon_g', run => run.carbonG),
  ['job', run => run.job?.id ?? null],
  ['rank', run => run.job?.rank ?? null],
  ['tool', run => run.tool],
];

function figureColumns(name: string, of: (run: RunRecord) => Figure | null): (typeof CSV)[number][] {
  return [
    [name, run => of(run)?.value ?? null],
    [`${name}_low`, run => of(run)?.low ?? null],
    [`${name}_high`, run => of(run)?.high ?? null],
    [`${name}_basis`, run => of(run)?.basis ?? null],
  ];
}

const covered = (coverage: readonly CoverageReport[]): string =>
  coverage.map(({ domain, sensor, method }) => `${domain} by ${sensor} (${method})`).join('; ');

export const historyCsv = (runs: readonly RunRecord[]): string =>
  csvLine(CSV.map(([name]) => name)) + runs.map(run => csvLine(CSV.map(([, value]) => value(run)))).join('');
