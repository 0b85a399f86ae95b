/** Costs above each model of a Python file. */
import { CodeLens, EventEmitter, languages, Range, type TextDocument, type Uri } from 'vscode';
import type { Store } from '../base/store';
import type { Formatter } from '../report/format';
import { type Documents, PYTHON } from './documents';
import { commands } from './ids';
import { type Lens, lensRows } from './lensText';
import { cellOutline, notebookOf } from './notebooks';
import { outline } from './outline';
import type { Profiles } from './profiles';
import { say } from './say';
import type { Settings } from './settings';

export interface CodeLensOptions {
  readonly documents: Documents;
  readonly profiles: Profiles;
  readonly settings: Settings;
  readonly format: Formatter;
  /** What was measured of a model, in a few words. */
  readonly measured: (file: Uri, model: string) => string | undefined;
  readonly store: Store;
}

export function registerCodeLens({ documents, profiles, settings, format, measured, store }: CodeLensOptions): void {
  const changed = store.add(new EventEmitter<void>());
  store.add(documents.onChange(() => changed.fire()));
  store.add(profiles.onChange(() => changed.fire()));
  settings.onChange(['codeLens'], () => changed.fire());
  const provideCodeLenses = (document: TextDocument): CodeLens[] => {
    if (!settings.isOn('codeLens')) return [];
    const notebook = notebookOf(document);
    const definitions = notebook ? cellOutline(notebook, document) : outline(document.getText());
    // Files without models are not read at all, unless the reader has already found some in them.
    const file = documents.fileOf(document);
    if (definitions.length === 0 && (notebook ?? documents.reports.peek(file.toString())) === undefined) return [];
    const words = { say, format, measured: (model: string) => measured(file, model) };
    // What only the reader found has no cell to stand in.
    const rows = lensRows(definitions, documents.of(file), notebook ? NO_VERSION : document.version, words);
    return rows.flatMap(({ line, model, lenses }) =>
      lenses.map(lens => new CodeLens(new Range(line - 1, 0, line - 1, 0), commandOf(lens, file, model))),
    );
  };
  store.add(languages.registerCodeLensProvider(PYTHON, { onDidChangeCodeLenses: changed.event, provideCodeLenses }));
}

const NO_VERSION = -2;

const COMMANDS = {
  costs: commands.showReport,
  suggestions: commands.showReport,
  profile: commands.profileModel,
  arguments: commands.giveArguments,
} as const;

function commandOf({ opens, title, tooltip }: Lens, file: Uri, model: string) {
  const command = COMMANDS[opens];
  return { command, title, tooltip, arguments: [file, model, opens] };
}
