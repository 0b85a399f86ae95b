/** Changes of cost for terminals and pull requests. */
import type { Text } from '../base/text';
import { text } from '../base/text';
import type { BlamedCommit, BlameReport, Change, ChangeReport, LayerChange, ModelChange, TotalsReport } from './change';
import { columns } from './columns';
import type { Say } from './words';
import { format, unknownWord, words } from './words';

const SHOWN_LAYERS = 12;

const NAMES: Readonly<Record<Change, Text>> = {
  added: text('added'),
  removed: text('removed'),
  changed: text('changed'),
  same: text('unchanged'),
};

export function changeTable(report: ChangeReport, say: Say): string {
  const title = say(text('{0}: {1} against {2}', report.file, name(report.after, say), name(report.before, say)));
  const models = report.models.map(model => [model.name, say(NAMES[model.change]), ...figures(model, say)]);
  const layers = report.models.flatMap(model => layerLines(model, say));
  const header = [...words(say, text('model'), text('change'), text('parameters')), 'MACs', say(text('weights'))];
  const body = models.length === 0 ? [say(text('the file defines no model'))] : columns(header, models, unknownWord(say)); // prettier-ignore
  return `${[title, ...body, ...layers].join('\n')}\n`;
}

export function changeMarkdown(report: ChangeReport, say: Say): string {
  const header = [...words(say, text('model'), text('change'), text('parameters')), 'MACs', say(text('weights'))];
  const rows = report.models.map(model => [`\`${model.name}\``, say(NAMES[model.change]), ...figures(model, say)]);
  const title = say(text('{0}: {1} against {2}', report.file, name(report.after, say), name(report.before, say)));
  return `### ${title}\n\n${markdown(header, rows)}\n`;
}

export function blameTable(report: BlameReport, say: Say): string {
  const rows = report.changes.map(commit => [commit.commit.slice(0, 10), commit.date.slice(0, 10), ...figures(commit, say), `${commit.subject} (${commit.author})`]); // prettier-ignore
  const body = rows.length === 0 ? [] : columns(blameHeader(say), rows, unknownWord(say));
  return `${[blameTitle(report, say), ...body].join('\n')}\n`;
}

export function blameMarkdown(report: BlameReport, say: Say): string {
  const rows = report.changes.map(commit => [`\`${commit.commit.slice(0, 10)}\``, commit.date.slice(0, 10), ...figures(commit, say), `${commit.subject} (${commit.author})`]); // prettier-ignore
  return `### ${blameTitle(report, say)}\n\n${markdown(blameHeader(say), rows)}\n`;
}

const blameTitle = ({ model, file, commits, changes }: BlameReport, say: Say): string =>
  say(text('{0} in {1}: {2} of {3} commits changed what it costs', model, file, changes.length, commits));

const blameHeader = (say: Say): string[] => [
  ...words(say, text('commit'), text('date'), text('parameters')),
  'MACs',
  ...words(say, text('weights'), text('subject')),
];

const markdown = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, header.map(() => '---'), ...rows]
    .map(cells => `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');

const name = ({ revision, commit }: ChangeReport['before'], say: Say): string =>
  revision === null ? say(text('the files on the disk')) : `${revision} (${commit?.slice(0, 10) ?? '?'})`;

/** `25.6 M (+3.1 M)` */
function figures(
  { before, after, deltas, change }: Pick<ModelChange | BlamedCommit, 'before' | 'after' | 'deltas' | 'change'>,
  say: Say,
): string[] {
  const one = (field: keyof TotalsReport, show: (value: number) => string): string => {
    const value = (after ?? before)?.[field] ?? null;
    const delta = deltas[field];
    if (value === null) return unknownWord(say);
    const changed = delta === null ? '?' : delta === 0 ? '' : format.signed(delta, show);
    return change === 'same' || changed === '' ? show(value) : `${show(value)} (${changed})`;
  };
  return [one('parameters', format.count), one('macs', format.macs), one('weightBytes', format.bytes)];
}

function layerLines(model: ModelChange, say: Say): string[] {
  if (model.change !== 'changed' || model.layers.length === 0) return [];
  const rows = model.layers
    .slice(0, SHOWN_LAYERS)
    .map(layer => [
      layer.path,
      say(NAMES[layer.change]),
      difference(layer, 'parameters', format.count, say),
      difference(layer, 'macs', format.macs, say),
      (layer.after ?? layer.before)?.outputs.join(' ') ?? '',
    ]);
  const rest = model.layers.length - rows.length;
  const header = [...words(say, text('layer'), text('change'), text('parameters')), 'MACs', say(text('output'))];
  return ['', `${model.name}:`, ...columns(header, rows, unknownWord(say)), ...(rest > 0 ? [`  ${say(text('and {0} more', rest))}`] : [])]; // prettier-ignore
}

function difference(
  { before, after }: LayerChange,
  field: 'parameters' | 'macs',
  show: (value: number) => string,
  say: Say,
): string {
  const [old, now] = [before === null ? 0 : before[field], after === null ? 0 : after[field]];
  return old === null || now === null ? unknownWord(say) : format.signed(now - old, show);
}
