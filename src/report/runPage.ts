/** A recorded run, or two beside each other, as Markdown: what an editor shows as a page that screen readers read, too. */
import type { Figure } from '../base/figure';
import { mapFigure } from '../base/figure';
import type { Text } from '../base/text';
import { text } from '../base/text';
import type { Formatter } from './format';
import type { RecordedProgress, RecordedShare, RunRecord } from './run';
import type { Say } from './words';
import { basisText } from './words';

export interface PageWords {
  readonly say: Say;
  readonly format: Formatter;
  /** A moment in the reader's words. */
  readonly when: (iso: string) => string;
}

/** Short, for lists: what was run, or who started it. */
export function runTitle(run: RunRecord, say: Say): string {
  const command = run.command?.join(' ').trim();
  if (command !== undefined && command !== '') return oneLine(command);
  const [first] = run.notes;
  if (run.model !== null) return run.model.name;
  return first === undefined ? run.id : oneLine(say(first));
}

/** `1.2 Wh · 0.4 g CO₂e`, or why there is no energy. */
export function runSummary(run: RunRecord, { say, format }: Pick<PageWords, 'say' | 'format'>): string {
  const energy = run.energy?.attributedJ ?? null;
  const known = energy === null ? say(statusText(run)) : `${sign(energy)}${format.energy(energy.value)}`;
  const carbon = run.carbonG === null ? '' : ` · ${sign(run.carbonG)}${format.carbon(run.carbonG.value)}`;
  const partial = run.energy?.status === 'partial' ? ` · ${say(text('incomplete'))}` : '';
  return `${known}${energy === null ? '' : carbon}${partial}`;
}

export function runPage(run: RunRecord, words: PageWords): string {
  const { say } = words;
  return [
    `# ${escape(runTitle(run, say))}`,
    run.notes.map(note => escape(say(note))).join(' · '),
    table(
      [say(text('What')), say(text('Value'))],
      facts(run).map(({ name, value }) => [say(name), value(words)]),
    ),
    ...shares(run, words),
    ...missing(run, words),
    ...forecasts(run.progress, run, words),
  ]
    .filter(part => part !== '')
    .join('\n\n');
}

/** The second against the first. */
export function comparePage(first: RunRecord, second: RunRecord, words: PageWords): string {
  const { say } = words;
  const other = facts(second);
  const rows = facts(first).map(({ name, value, number }, index) => [
    say(name),
    value(words),
    other[index]?.value(words) ?? '',
    changeOf(number?.(first) ?? null, number?.(second) ?? null, words),
  ]);
  const [one, two] = [runTitle(first, say), runTitle(second, say)];
  const places = (run: RunRecord): string => run.coverage.map(({ domain }) => domain).sort().join(); // prettier-ignore
  const unlike = places(first) !== places(second);
  return [
    `# ${say(text('Two runs compared'))}`,
    `**A** ${escape(one)}  \n**B** ${escape(two)}`,
    ...(unlike ? [`> ${say(text('Their energies cover different parts of the machine: they are not alike, and no change of energy is told.'))}`] : []), // prettier-ignore
    table([say(text('What')), 'A', 'B', say(text('B against A'))], unlike ? rows.map(withoutEnergy) : rows),
  ].join('\n\n');
}

interface Fact {
  readonly name: Text;
  readonly value: (words: PageWords) => string;
  /** Where a change can be told. */
  readonly number?: (run: RunRecord) => number | null;
}

const ENERGY_ROWS = 3;

/** The first rows are those of energy. */
const withoutEnergy = (row: readonly string[], index: number): readonly string[] =>
  index < ENERGY_ROWS ? [...row.slice(0, -1), '–'] : row;

function facts(run: RunRecord): readonly Fact[] {
  const shown =
    (figure: Figure | null | undefined, quantity: 'energy' | 'carbon' | 'power', without: Text) =>
    ({ say, format }: PageWords): string =>
      figure ? figureWords(figure, quantity, say, format) : say(without);
  return [
    { name: text('Energy, attributed'), value: shown(run.energy?.attributedJ, 'energy', statusText(run)), number: ({ energy }) => energy?.attributedJ?.value ?? null }, // prettier-ignore
    { name: text('Energy above idle'), value: shown(run.energy?.marginalJ, 'energy', text('unknown: the machine was never seen idle')), number: ({ energy }) => energy?.marginalJ?.value ?? null }, // prettier-ignore
    { name: text('Carbon'), value: shown(run.carbonG, 'carbon', text('unknown')), number: ({ carbonG }) => carbonG?.value ?? null }, // prettier-ignore
    { name: text('Duration'), value: ({ format, say }) => (run.durationS === null ? say(text('unknown')) : format.duration(run.durationS)), number: ({ durationS }) => durationS }, // prettier-ignore
    { name: text('Mean power'), value: shown(meanPower(run), 'power', text('unknown')), number: one => meanPower(one)?.value ?? null }, // prettier-ignore
    { name: text('Energy per epoch'), value: shown(run.progress?.joulesPerEpoch, 'energy', text('unknown')), number: ({ progress }) => progress?.joulesPerEpoch?.value ?? null }, // prettier-ignore
    { name: text('Energy per step'), value: shown(run.progress?.joulesPerStep, 'energy', text('unknown')), number: ({ progress }) => progress?.joulesPerStep?.value ?? null }, // prettier-ignore
    { name: text('Started'), value: ({ when }) => when(run.startedAt) },
    { name: text('Ended'), value: ({ when, say }) => (run.endedAt === null ? say(text('not seen')) : when(run.endedAt)) }, // prettier-ignore
    { name: text('Exit code'), value: ({ say }) => (run.exitCode === null ? say(text('unknown')) : String(run.exitCode)) }, // prettier-ignore
    { name: text('Folder'), value: ({ say }) => (run.folder === null ? say(text('unknown')) : escape(run.folder)) },
    { name: text('Commit'), value: ({ say }) => commitWords(run, say) },
    { name: text('Device'), value: ({ say }) => escape(run.device ?? run.host ?? say(text('unknown'))) },
    { name: text('Sensors'), value: ({ say }) => (run.coverage.length === 0 ? say(text('none')) : escape(run.coverage.map(({ domain, sensor }) => `${domain} (${sensor})`).join(', '))) }, // prettier-ignore
    { name: text('Grid'), value: ({ say, format }) => gridWords(run, say, format) },
    { name: text('Recorded by'), value: () => escape(run.tool) },
  ];
}

export function statusText({ energy }: RunRecord): Text {
  if (energy?.status === 'unresolved') return text('too short for the sensors');
  return text('unknown');
}

const sign = ({ basis }: Figure): string => (basis === 'measured' ? '' : '≈ ');

const figureWords = (figure: Figure, quantity: 'energy' | 'carbon' | 'power', say: Say, format: Formatter): string =>
  `${sign(figure)}${figure.basis === 'measured' ? format[quantity](figure.value) : format.rough(quantity, figure.value)} (${format.range(quantity, figure.low, figure.high)}, ${say(basisText(figure.basis))})`; // prettier-ignore

const meanPower = ({ energy, durationS }: RunRecord): Figure | null =>
  energy?.attributedJ && durationS !== null && durationS > 0 ? mapFigure(energy.attributedJ, joules => joules / durationS) : null; // prettier-ignore

const commitWords = ({ commit }: RunRecord, say: Say): string =>
  commit === null
    ? say(text('unknown'))
    : `${commit.id.slice(0, 10)}${commit.dirty === true ? `, ${say(text('with changes'))}` : ''}`;

function gridWords({ region, intensityGPerKWh }: RunRecord, say: Say, format: Formatter): string {
  if (intensityGPerKWh === null) return say(text('unknown'));
  const { value, basis } = intensityGPerKWh;
  return `${escape(region ?? '?')}, ${format.carbon(value)}/kWh (${say(basisText(basis))})`;
}

function shares({ energy }: RunRecord, { say, format }: PageWords): readonly string[] {
  const all = energy?.shares ?? [];
  if (all.length === 0) return [];
  const header = [text('Part of the machine'), text('Rule'), text('Share'), text('Of the run'), text('Of the whole part')]; // prettier-ignore
  const row = (share: RecordedShare): readonly string[] => [
    escape(share.domain),
    say(RULES[share.rule] ?? text('unknown')),
    format.percent(share.share.value),
    figureWords(share.energyJ, 'energy', say, format),
    format.energy(share.deviceJ.value),
  ];
  return [
    `## ${say(text('Whose energy'))}`,
    table(
      header.map(name => say(name)),
      all.map(row),
    ),
  ];
}

const RULES: Readonly<Record<string, Text>> = {
  'cpu-time': text('by CPU time'),
  'gpu-alone': text('alone on the GPU'),
  'gpu-shared': text('with others on the GPU'),
  module: text('by CPU time, with a GPU in the counter'),
};

function missing({ energy }: RunRecord, { say, format }: PageWords): readonly string[] {
  const all = energy?.unattributed ?? [];
  if (all.length === 0) return [];
  const rows = all.map(({ domain, seconds, atMostJ, reason }) => [
    escape(domain),
    format.duration(seconds),
    atMostJ === null ? say(text('unknown')) : format.energy(atMostJ.value),
    escape(say(reason)),
  ]);
  const header = [text('Part of the machine'), text('For'), text('At most'), text('Why')].map(name => say(name));
  return [`## ${say(text('What could not be attributed'))}`, table(header, rows)];
}

/** What was forecast on the way, and whether what came was in it. */
function forecasts(progress: RecordedProgress | null, run: RunRecord, { say, format }: PageWords): readonly string[] {
  if (progress === null || progress.forecasts.length === 0) return [];
  const came = run.energy?.attributedJ?.value ?? null;
  const rows = progress.forecasts.map(({ atS, durationS, energyJ }) => [
    format.duration(atS),
    durationS === null ? say(text('unknown')) : format.range('duration', durationS.low, durationS.high),
    run.durationS === null ? say(text('unknown')) : format.duration(run.durationS),
    energyJ === null ? say(text('unknown')) : format.range('energy', energyJ.low, energyJ.high),
    came === null ? say(text('unknown')) : format.energy(came),
    energyJ === null || came === null
      ? ''
      : say(energyJ.low <= came && came <= energyJ.high ? text('yes') : text('no')),
  ]);
  const header = [text('After'), text('Duration, forecast'), text('Duration, came'), text('Energy, forecast'), text('Energy, came'), text('Within')]; // prettier-ignore
  return [
    `## ${say(text('Forecast and what came'))}`,
    table(
      header.map(name => say(name)),
      rows,
    ),
  ];
}

function changeOf(first: number | null, second: number | null, { format }: PageWords): string {
  if (first === null || second === null || first === 0) return '';
  return format.change(second / first - 1);
}

const table = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, header.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n');

/** A command may hold anything: it is shown as it is, and neither links nor HTML come of it. */
export const escape = (words: string): string => oneLine(words).replace(/[\\`*_{}[\]<>()#+!|~&$]/g, '\\$&');

const oneLine = (words: string): string => words.replace(/\s+/g, ' ').trim();
