/** Connects the reports to the editor: which files they are of, what their text is now, and when it changes. */
import { createHash } from 'node:crypto';
import { Uri, window, workspace, type TextDocument } from 'vscode';
import type { Log } from '../base/ports';
import { text } from '../base/text';
import type { Disposable, Store } from '../base/store';
import type { Analysis } from './analysisClient';
import { ChangedFiles, isConcerned } from './changedFiles';
import type { Inputs } from './inputs';
import { Reports, type FileState, type Source } from './reports';
import { CELL_SCHEME, cellIndex, cellOfPath, cellPath, notebookOf, notebookText, notebookVersion, openNotebook } from './notebooks'; // prettier-ignore
import type { Settings } from './settings';

/** Where Python is read as it stands in an editor. */
export const PYTHON = ['file', 'untitled', 'vscode-vfs', CELL_SCHEME].map(scheme => ({ language: 'python', scheme }));

export interface Documents {
  readonly reports: Reports;
  of(file: Uri): FileState;
  onChange(listener: (file: Uri) => void): Disposable;
  /** Keeps the report of a file up to date though no editor shows it. */
  retain(file: Uri): Disposable;
  /** The path that reports of the file carry. */
  pathOf(file: Uri): string;
  /** What reports on a text are kept under: the notebook of a cell, else the text itself. */
  fileOf(document: TextDocument): Uri;
  /** The path of places in a text. */
  pathIn(document: TextDocument): string;
  /** The file that a place of such a report is in. */
  locate(path: string, report: Uri): Uri;
}

export interface DocumentsOptions {
  readonly analysis: Analysis;
  readonly settings: Settings;
  readonly inputs: Inputs;
  readonly log: Log;
  readonly store: Store;
}

export function createDocuments({ analysis, settings, inputs, log, store }: DocumentsOptions): Documents {
  const retained = new Map<string, number>();
  const reports = store.add(
    new Reports({
      analysis,
      log,
      source: key => sourceOf(Uri.parse(key)),
      line: lineOf,
      // The configuration of a repository can name programs; ours are run with those keys off, and still not here.
      aloof: () => (workspace.isTrusted ? null : text('the workspace is not trusted')),
      inputs: inputs.of,
      options: key => optionsFor(Uri.parse(key), settings),
    }),
  );
  store.add(inputs.onChange(key => reports.refresh(key)));
  settings.onChange(['searchPath', 'region', 'device'], () => reports.refreshAll());
  store.add(workspace.onDidGrantWorkspaceTrust(() => reports.refreshAll()));
  followDocuments(reports, key => retained.has(key), store);
  return {
    reports,
    of: file => reports.of(file.toString()),
    onChange: listener => reports.onChange(key => listener(Uri.parse(key))),
    retain: file => {
      const key = file.toString();
      retained.set(key, (retained.get(key) ?? 0) + 1);
      return {
        dispose: () => {
          const left = (retained.get(key) ?? 1) - 1;
          if (left > 0) retained.set(key, left);
          else if (retained.delete(key) && !isOpen(key)) reports.forget(key);
        },
      };
    },
    pathOf,
    fileOf,
    pathIn,
    locate,
  };
}

const optionsFor = (file: Uri, settings: Settings) => {
  const [device, region] = [settings.device(), settings.region()];
  return { searchPath: settings.searchPath(file), ...(device && { device }), ...(region && { region }) };
};

/** An unsaved file has no ending, by which the reader knows what it is. */
const pathOf = (file: Uri): string =>
  file.scheme === 'file' ? file.fsPath : file.scheme === 'untitled' ? `${file.path}.py` : file.path;

const fileOf = (document: TextDocument): Uri => notebookOf(document)?.uri ?? document.uri;

function pathIn(document: TextDocument): string {
  const notebook = notebookOf(document);
  return notebook ? cellPath(pathOf(notebook.uri), cellIndex(notebook, document)) : pathOf(document.uri);
}

function locate(path: string, report: Uri): Uri {
  if (path === pathOf(report)) return report;
  const cell = cellOfPath(path);
  if (cell !== undefined) {
    const notebook = locate(cell.path, report);
    return openNotebook(notebook)?.getCells()[cell.index]?.document.uri ?? notebook;
  }
  return report.scheme === 'file' ? Uri.file(path) : report.with({ path });
}

export const openDocument = (key: string): TextDocument | undefined =>
  workspace.textDocuments.find(document => document.uri.toString() === key && document.languageId === 'python');

const isOpen = (key: string): boolean => sourceOf(Uri.parse(key)).text !== undefined;

/** A file as it stands in the editor; without a text where it does not. */
export function sourceOf(file: Uri): Source {
  const path = pathOf(file);
  const notebook = openNotebook(file);
  if (notebook) return { path, text: notebookText(notebook), version: notebookVersion(notebook) };
  const document = openDocument(file.toString());
  return document ? { path, text: document.getText(), version: document.version } : { path, version: 0 };
}

/** Stands for the text of a file as an editor has it: equal for equal texts. */
export function textKey(file: Uri): string | null {
  const { text } = sourceOf(file);
  return text === undefined ? null : createHash('sha256').update(text).digest('hex');
}

/** Of the file that a text belongs to: reports describe one of them. */
export function versionOf(document: TextDocument): number {
  const notebook = notebookOf(document);
  return notebook ? notebookVersion(notebook) : document.version;
}

function lineOf(key: string): number | undefined {
  const editor = window.activeTextEditor;
  return editor?.document.uri.toString() === key ? editor.selection.active.line + 1 : undefined;
}

function followDocuments(reports: Reports, isRetained: (key: string) => boolean, store: Store): void {
  const closed = (key: string): void => {
    if (isRetained(key)) reports.changed(key);
    else reports.forget(key);
  };
  store.add(workspace.onDidOpenTextDocument(({ uri }) => reports.changed(uri.toString())));
  store.add(workspace.onDidCloseTextDocument(({ uri }) => closed(uri.toString())));
  store.add(
    workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length > 0) reports.changed(fileOf(document).toString());
    }),
  );
  store.add(workspace.onDidOpenNotebookDocument(({ uri }) => reports.changed(uri.toString())));
  store.add(workspace.onDidCloseNotebookDocument(({ uri }) => closed(uri.toString())));
  store.add(
    workspace.onDidChangeNotebookDocument(({ notebook, contentChanges }) => {
      if (contentChanges.length > 0) reports.changed(notebook.uri.toString());
    }),
  );
  const changes = store.add(
    new ChangedFiles(changed => reports.refreshAll(key => isConcerned(key, changed, isOpen(key)))),
  );
  store.add(
    workspace.onDidSaveTextDocument(({ uri, languageId }) => {
      if (languageId === 'python') changes.add(uri.toString());
    }),
  );
  // A commit changes what files are compared with.
  for (const pattern of ['**/*.py', '**/.git/logs/HEAD']) follow(pattern, uri => changes.add(uri.toString()), store);
  follow('**/*.onnx', uri => reports.changed(uri.toString()), store);
}

/** Files of the workspace that change on the disk, whoever changes them. */
function follow(pattern: string, run: (file: Uri) => void, store: Store): void {
  const watcher = store.add(workspace.createFileSystemWatcher(pattern));
  for (const event of [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete]) store.add(event(run));
}
