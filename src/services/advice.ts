/** Use case: suggestions for the models of a file, with the edit of the source that each one means. */
import { advise as adviseGraph } from '../advisor/run';
import type { Suggestion } from '../advisor/run';
import type { Edit } from '../advisor/rule';
import { isText } from '../advisor/source';
import type { Text } from '../base/text';
import { render, text } from '../base/text';
import type { Module } from '../frontends/python/ast';
import { parsePython } from '../frontends/python/syntax';
import type { AnalyzeRequest } from '../protocol/analysis';
import type { AdviceReport, SuggestionReport, TextEditReport } from '../report/advice';
import type { AnalysisPorts } from './analysis';
import { readFile, settingFor, withUnsaved } from './analysis';
import { editAttention } from './edits/attention';
import { editConstruction } from './edits/construction';
import { unifiedDiff } from './edits/diff';
import { place } from './fileReport';

/** Lets other requests be heard between models, and stops where nobody waits for the rest any more. */
export async function advise(
  request: AnalyzeRequest,
  ports: AnalysisPorts,
  signal?: AbortSignal,
): Promise<AdviceReport> {
  const read = await readFile(request, ports);
  const setting = settingFor(request, ports);
  const sources = new Sources(withUnsaved(request, ports.world).readText);
  const models = [];
  for (const { name, graph, status } of read.models) {
    await ports.pause?.();
    signal?.throwIfAborted();
    const found =
      graph === undefined || status === 'needs-arguments'
        ? []
        : adviseGraph(graph, setting.device, setting.grid.intensity);
    const suggestions = found.map(suggestion => report(suggestion, request.path, sources));
    models.push({ name, suggestions: await Promise.all(suggestions) });
  }
  return { schemaVersion: 1, file: request.path, models };
}

async function report(suggestion: Suggestion, file: string, sources: Sources): Promise<SuggestionReport> {
  const { rule, match } = suggestion;
  const source = await sources.of(match.edit);
  const edits = source === undefined ? unread(match.edit) : editsOf(match.edit, source);
  const done = isText(edits) ? [] : edits;
  return {
    id: suggestion.id.replace(folderOf(file), ''),
    rule: rule.id,
    title: render(rule.title),
    titleText: rule.title,
    why: rule.why,
    layers: match.layers,
    place: match.at === undefined ? null : place(match.at),
    safety: rule.safety,
    deltas: suggestion.deltas,
    evidence: rule.evidence,
    edit: source === undefined || done.length === 0 ? null : unifiedDiff(source.file, source.text, done),
    edits: done,
    editReason: isText(edits) ? edits : null,
    measured: null,
  };
}

/** With its slash. An id is the same however the file was named, so what stands beside it has no folder in its id. */
const folderOf = (file: string): string => file.slice(0, Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);

function editsOf(edit: Edit, source: Source): readonly TextEditReport[] | Text {
  switch (edit.kind) {
    case 'construction':
      return editConstruction(source.text, source.module, edit);
    case 'attention':
      return editAttention(source.text, source.module, edit);
    case 'none':
      return edit.reason;
  }
}

interface Source {
  readonly file: string;
  readonly text: string;
  readonly module: Module;
}

const fileOf = (edit: Exclude<Edit, { kind: 'none' }>): string =>
  edit.kind === 'construction' ? edit.at.file : edit.second.file;

const unread = (edit: Edit): Text =>
  edit.kind !== 'none' && /\.ipynb:cell \d+$/i.test(fileOf(edit))
    ? text('cells of a notebook are not edited; make this change by hand')
    : text('the source file cannot be read');

/** Files that edits stand in, read and parsed once. */
class Sources {
  readonly #known = new Map<string, Promise<Source | undefined>>();

  constructor(private readonly readText: (path: string) => Promise<string | undefined>) {}

  async of(edit: Edit): Promise<Source | undefined> {
    // Without an edit nothing is looked at, but the reason must reach the report.
    if (edit.kind === 'none') return { file: '', text: '', module: { statements: [], errors: [] } };
    const file = fileOf(edit);
    const known = this.#known.get(file) ?? this.#read(file);
    this.#known.set(file, known);
    return known;
  }

  async #read(file: string): Promise<Source | undefined> {
    const content = await this.readText(file);
    return content === undefined ? undefined : { file, text: content, module: parsePython(content).module };
  }
}
