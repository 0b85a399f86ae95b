/** Each suggestion as a refactoring at its layer. The edit itself is made only when it is chosen. */
import { CodeAction, CodeActionKind, languages, type Range, type TextDocument, type Uri } from 'vscode';
import type { Log } from '../base/ports';
import type { Store } from '../base/store';
import type { SuggestionReport } from '../report/advice';
import type { FileReport } from '../report/view';
import { type Documents, PYTHON } from './documents';
import { CELL_SCHEME } from './notebooks';
import { say } from './say';
import type { Settings } from './settings';
import { editFor, suggestionsOf } from './suggestions';

const KIND = CodeActionKind.RefactorRewrite.append('modelwatt');

class SuggestedAction extends CodeAction {
  constructor(
    readonly file: Uri,
    readonly suggestion: SuggestionReport,
  ) {
    super(say(suggestion.titleText), KIND);
  }
}

export function registerCodeActions(documents: Documents, settings: Settings, log: Log, store: Store): void {
  const provideCodeActions = (document: TextDocument, range: Range): CodeAction[] => {
    if (!settings.isOn('codeActions') || document.uri.scheme === CELL_SCHEME) return [];
    const state = documents.reports.peek(document.uri.toString());
    if (!state?.report || state.adviceVersion !== document.version) return [];
    const path = documents.pathOf(document.uri);
    const { report } = state;
    const here = suggestionsOf(documents, document.uri).filter(({ model, suggestion }) =>
      linesOf(suggestion, report, model, path).some(line => line >= range.start.line && line <= range.end.line),
    );
    // Two models that share a layer suggest the same edit.
    const distinct = new Map(
      here.map(({ suggestion }) => [JSON.stringify([suggestion.titleText, suggestion.edits]), suggestion]),
    );
    return [...distinct.values()].map(suggestion => actionFor(document.uri, suggestion));
  };
  store.add(
    languages.registerCodeActionsProvider(
      PYTHON,
      {
        provideCodeActions,
        resolveCodeAction: async action => {
          if (!(action instanceof SuggestedAction)) return action;
          try {
            action.edit = await editFor(documents, action.file, action.suggestion);
          } catch (error) {
            log.warn(`no edit for ${action.suggestion.id}: ${String(error)}`);
          }
          return action;
        },
      },
      { providedCodeActionKinds: [KIND] },
    ),
  );
}

function actionFor(file: Uri, suggestion: SuggestionReport): CodeAction {
  const action = new SuggestedAction(file, suggestion);
  if (suggestion.edits.length === 0)
    action.disabled = { reason: suggestion.editReason ? say(suggestion.editReason) : '' };
  return action;
}

/** Where a suggestion is offered: at its own place, and where its layers are constructed or called. From 0. */
function linesOf({ place, layers }: SuggestionReport, report: FileReport, model: string, path: string): number[] {
  const lines = place?.file === path ? [place.line - 1] : [];
  for (const layer of report.models.find(({ name }) => name === model)?.layers ?? []) {
    if (!layers.includes(layer.path)) continue;
    if (layer.file === path && layer.line !== null) lines.push(layer.line - 1);
    if (layer.callSite?.file === path) lines.push(layer.callSite.line - 1);
  }
  return lines;
}
