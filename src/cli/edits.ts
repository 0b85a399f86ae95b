/** Makes the edit of a suggestion in the source, after reading the edited source: it must keep the models' outputs. */
import { readFile, writeFile } from 'node:fs/promises';
import { InputError } from '../base/findings';
import { text } from '../base/text';
import type { AnalysisCalls, AnalyzeRequest } from '../protocol/analysis';
import type { Handlers } from '../protocol/rpc';
import type { SuggestionReport } from '../report/advice';
import type { FileReport, ModelReport } from '../report/view';
import { applyEdits } from '../services/edits/diff';
import { refused } from './operand';

/** Paths of the files that were changed. Throws `InputError` where nothing was. */
export async function makeEdit(
  request: AnalyzeRequest,
  suggestion: SuggestionReport,
  before: FileReport,
  analysis: Pick<Handlers<AnalysisCalls>, 'analyze'>,
): Promise<readonly string[]> {
  if (suggestion.edits.length === 0)
    throw new InputError(
      'no-edit',
      suggestion.editReason ?? text('this suggestion has no edit'),
      text('change the source by hand'),
    );
  const texts = await edited(suggestion);
  const context = { signal: new AbortController().signal, progress: () => undefined };
  checkOutputs(before, await analysis.analyze({ ...request, texts }, context));
  for (const [file, content] of Object.entries(texts))
    await writeFile(file, content).catch((error: unknown) => {
      throw refused(file, error);
    });
  return Object.keys(texts);
}

/** New contents by path. */
async function edited({ edits }: SuggestionReport): Promise<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const file of new Set(edits.map(edit => edit.file))) {
    const source = decode(file, await readFile(file));
    const own = edits.filter(edit => edit.file === file).sort((a, b) => a.start - b.start);
    texts[file] = applyEdits(source, own);
  }
  return texts;
}

/** Writing a text back that was not read whole would destroy it. A byte order mark is part of the text. */
function decode(file: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new InputError('not-utf-8', text('"{0}" is not UTF-8', file), text('save it as UTF-8 and try again'));
  }
}

/** The same file read twice gives its models in the same order. */
function checkOutputs(before: FileReport, after: FileReport): void {
  for (const [index, model] of before.models.entries()) {
    const now = after.models[index];
    if (now?.name === model.name && now.status === model.status && outputsOf(now) === outputsOf(model)) continue;
    throw new InputError(
      'edit-refused',
      text('after this edit "{0}" would not give the same outputs, so nothing was changed', model.name),
      text('change the source by hand'),
    );
  }
}

const outputsOf = ({ outputs }: ModelReport): string =>
  JSON.stringify(outputs.map(({ dtype, shape }) => [dtype, shape]));
