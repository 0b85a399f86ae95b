/** Marks what could not be read. Hints, not warnings: an unread line is our shortcoming before it is the user's. */
import { Diagnostic, DiagnosticSeverity, languages, Range, type TextDocument, type Uri } from 'vscode';
import type { Store } from '../base/store';
import { type Documents, openDocument } from './documents';
import { openNotebook } from './notebooks';
import { type Note, notesOf } from './notes';
import { say } from './say';
import type { Settings } from './settings';

const SEVERITY = {
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
} as const;

export function registerDiagnostics(documents: Documents, settings: Settings, store: Store): void {
  const collection = store.add(languages.createDiagnosticCollection('modelwatt'));
  const update = (file: Uri): void => {
    const state = settings.isOn('diagnostics') ? documents.reports.peek(file.toString()) : undefined;
    // While an answer is on its way the old marks move with the text.
    if (state?.busy === true && state.report !== null) return;
    for (const [index, { uri, path, text }] of textsOf(file, documents).entries()) {
      // What is wrong with a notebook as a whole is said once.
      const notes = state ? notesOf(index === 0 ? state : { ...state, problem: null }, path, say) : [];
      collection.set(uri, notes.map(note => diagnosticOf(note, text))); // prettier-ignore
    }
  };
  store.add(documents.onChange(update));
  settings.onChange(['diagnostics'], () => {
    collection.clear();
    documents.reports.refreshAll();
  });
}

interface Marked {
  readonly uri: Uri;
  readonly path: string;
  readonly text: TextDocument | undefined;
}

/** A file, or each cell of a notebook. */
function textsOf(file: Uri, documents: Documents): readonly Marked[] {
  const cells = openNotebook(file)?.getCells();
  if (cells !== undefined)
    return cells.map(({ document }) => ({ uri: document.uri, path: documents.pathIn(document), text: document }));
  return [{ uri: file, path: documents.pathOf(file), text: openDocument(file.toString()) }];
}

function diagnosticOf({ line, column, code, level, message }: Note, text: TextDocument | undefined): Diagnostic {
  const row = Math.max(0, Math.min(line - 1, (text?.lineCount ?? Infinity) - 1));
  const end = text?.lineAt(row).text.trimEnd().length ?? column;
  const range = new Range(row, Math.min(column, end), row, Math.max(column, end));
  const diagnostic = new Diagnostic(range, message, SEVERITY[level]);
  diagnostic.source = 'ModelWatt';
  diagnostic.code = code;
  return diagnostic;
}
