/** `modelwatt advise`: replacements with what they would change, as edits; `--apply` writes one to the file. */
import { readFile, writeFile } from 'node:fs/promises';
import { InputError } from '../../base/findings';
import { text } from '../../base/text';
import type { AdviceReport, SuggestionReport } from '../../report/advice';
import { adviceTable } from '../../report/print';
import { ANALYSIS_OPTIONS, choice } from '../args';
import type { Command, Console } from '../command';
import { checkModel, plainJson, requestOf } from './analyze';

export const advise: Command = {
  name: 'advise',
  summary: 'Efficient replacements, each estimated by rewriting the model, with the edit that makes it.',
  positionals: ['FILE'],
  options: {
    ...ANALYSIS_OPTIONS,
    apply: { value: 'ID', help: 'write the edit of this suggestion to the file' },
    format: { value: 'json|table', help: 'how to print the report (default: table)' },
  },
  run: async (args, console) => {
    const format = choice(args, 'format', ['table', 'json'] as const, 'table');
    const { createAnalysis } = await import('../../analysis/worker');
    const context = { signal: console.signal, progress: () => undefined };
    const report = await createAnalysis().advise(requestOf(args), context);
    checkModel(report, args.text('model'));
    const id = args.text('apply');
    if (id !== undefined) await apply(report, id, console);
    console.out(format === 'json' ? plainJson(report) : adviceTable(report));
    return 0;
  },
};

async function apply(report: AdviceReport, id: string, console: Console): Promise<void> {
  const all = report.models.flatMap(model => model.suggestions);
  const suggestion = all.find(candidate => candidate.id === id);
  if (suggestion === undefined)
    throw new InputError(
      'unknown-suggestion',
      text('there is no suggestion "{0}"', id),
      text('see the ids that "modelwatt advise" prints'),
    );
  if (suggestion.edits.length === 0)
    throw new InputError(
      'no-edit',
      suggestion.editReason ?? text('this suggestion has no edit'),
      text('change the source by hand'),
    );
  const files = [...new Set(suggestion.edits.map(edit => edit.file))];
  for (const file of files) await writeEdits(file, suggestion);
  console.message(console.say(text('changed {0}', files.join(', '))));
}

/** From the last edit to the first, so that offsets stay true. */
async function writeEdits(file: string, { edits }: SuggestionReport): Promise<void> {
  const own = edits.filter(edit => edit.file === file).sort((a, b) => b.start - a.start);
  const source = await readFile(file, 'utf8');
  await writeFile(
    file,
    own.reduce((changed, edit) => changed.slice(0, edit.start) + edit.text + changed.slice(edit.end), source),
  );
}
