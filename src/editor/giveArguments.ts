/** Arguments of a model that waits for them, asked for and kept as a comment above it, where everybody reads them. */
import { l10n, Position, Range, type Uri, window, workspace, WorkspaceEdit } from 'vscode';
import type { ModelReport } from '../report/view';
import { argumentsComment, isArguments } from './argumentsComment';
import { definingCell, openNotebook } from './notebooks';
import type { ProfilingFeature } from './profile';
import { requestOf } from './profile';

type Feature = Pick<ProfilingFeature, 'analysis' | 'documents' | 'settings'>;

/** Throws `InputError` where the model cannot be made with what was given; the file then stays as it is. */
export async function giveArguments(feature: Feature, file: Uri, name?: string): Promise<void> {
  const { analysis, documents } = feature;
  const { report } = await documents.reports.settled(file.toString());
  const model = await modelMeant(report?.models.filter(({ status }) => status === 'needs-arguments') ?? [], name);
  if (model === undefined) return;
  const args = await ask(model);
  if (args === undefined) return;
  await analysis.call('analyze', { ...requestOf(feature, file, []), model: model.name, args });
  const notebook = openNotebook(file);
  const place = notebook ? definingCell(notebook, model.name) : { document: await workspace.openTextDocument(file), line: model.line }; // prettier-ignore
  if (place === undefined) return;
  const { uri } = place.document;
  const { line, text, isNew } = argumentsComment(place.document.getText().split(/\r?\n/), place.line, args);
  const edit = new WorkspaceEdit();
  if (isNew) edit.insert(uri, new Position(line - 1, 0), `${text}\n`);
  else edit.replace(uri, new Range(line - 1, 0, line, 0), `${text}\n`);
  await workspace.applyEdit(edit);
}

async function modelMeant(waiting: readonly ModelReport[], name?: string): Promise<ModelReport | undefined> {
  const named = waiting.find(model => model.name === name);
  if (named !== undefined) return named;
  if (waiting.length === 0) {
    void window.showInformationMessage(l10n.t('No model in this file waits for arguments.'));
    return undefined;
  }
  const items = waiting.map(model => ({ label: model.name, description: namesOf(model), model }));
  return (await window.showQuickPick(items, { title: l10n.t('Give Arguments'), placeHolder: l10n.t('Which model?') }))?.model; // prettier-ignore
}

const namesOf = ({ needs }: ModelReport): string => needs.map(({ name }) => name).join(', ');

function ask(model: ModelReport): Thenable<string | undefined> {
  const wanted = model.needs.map(({ name }) => `${name}=`).join(', ');
  const first = wanted.indexOf('=') + 1;
  return window.showInputBox({
    title: l10n.t('Arguments of {0}', model.name),
    prompt: l10n.t('What stands in the parentheses of the call. It is kept in a comment above {0}.', model.name),
    value: wanted,
    valueSelection: [first, first],
    ignoreFocusOut: true,
    validateInput: value =>
      isArguments(value) ? undefined : l10n.t('Arguments as in a call, on one line, such as {0}.', 'num_classes=10'),
  });
}
