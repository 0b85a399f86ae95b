/** Suggestions as edits of open files: previewed before they are made, refused when the text has moved on. */
import { l10n, Range, type Uri, window, workspace, WorkspaceEdit, type WorkspaceEditEntryMetadata } from 'vscode';
import { InputError } from '../base/findings';
import { text } from '../base/text';
import type { SuggestionReport } from '../report/advice';
import type { Documents } from './documents';
import { safetyText } from '../report/safety';
import { say } from './say';
import { columnOf } from './targets';

export interface Found {
  readonly model: string;
  readonly suggestion: SuggestionReport;
}

export const suggestionsOf = (documents: Documents, file: Uri): readonly Found[] =>
  documents.reports
    .peek(file.toString())
    ?.advice?.models.flatMap(({ name, suggestions }) => suggestions.map(suggestion => ({ model: name, suggestion }))) ??
  [];

/** The edit of one suggestion. Each entry asks for confirmation, which is what opens the preview. */
export async function editFor(documents: Documents, report: Uri, suggestion: SuggestionReport): Promise<WorkspaceEdit> {
  const state = documents.reports.peek(report.toString());
  const edit = new WorkspaceEdit();
  const metadata: WorkspaceEditEntryMetadata = {
    needsConfirmation: true,
    label: say(suggestion.titleText),
    description: say(safetyText(suggestion.safety)),
  };
  for (const { file, start, end, text: replacement } of suggestion.edits) {
    const target = documents.locate(file, report);
    const document = await workspace.openTextDocument(target);
    const isReport = target.toString() === report.toString();
    if ((isReport && state?.adviceVersion !== document.version) || (!isReport && document.isDirty)) throw outdated();
    edit.replace(target, new Range(document.positionAt(start), document.positionAt(end)), replacement, metadata);
  }
  return edit;
}

const outdated = (): InputError =>
  new InputError(
    'outdated',
    text('the file has changed since this was suggested'),
    text('wait a moment and choose it again'),
  );

/** Opens the preview of a suggestion. Resolves to whether the edit was made. */
export async function applySuggestion(documents: Documents, report: Uri, id: string): Promise<boolean> {
  const found = suggestionsOf(documents, report).find(({ suggestion }) => suggestion.id === id);
  if (!found) throw outdated();
  const { suggestion } = found;
  if (suggestion.edits.length === 0)
    throw new InputError('no-edit', suggestion.editReason ?? text('this cannot be edited automatically'));
  const edit = await editFor(documents, report, suggestion);
  // The preview lists the places; the first is shown, so that the user sees where.
  const first = edit.entries()[0];
  if (first) await window.showTextDocument(first[0], { preserveFocus: true, viewColumn: columnOf(first[0]) });
  return workspace.applyEdit(edit, { isRefactoring: true });
}

/** Asks which one, for whoever comes from the command palette. */
export async function pickSuggestion(documents: Documents, file: Uri): Promise<string | undefined> {
  const found = suggestionsOf(documents, file);
  if (found.length === 0) {
    void window.showInformationMessage(l10n.t('No greener options were found in this file.'));
    return undefined;
  }
  const items = found.map(({ model, suggestion }) => ({
    label: say(suggestion.titleText),
    description: `${model} · ${suggestion.layers.slice(0, 3).join(', ')}`,
    detail: say(safetyText(suggestion.safety)),
    id: suggestion.id,
  }));
  const options = { title: l10n.t('Greener Options'), placeHolder: l10n.t('Which one? A preview follows.') };
  return (await window.showQuickPick(items, options))?.id;
}
