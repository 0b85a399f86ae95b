/** Notebooks: all their code cells are read as one program, while in the editor each cell is a text of its own. */
import {
  type NotebookCell,
  NotebookCellKind,
  type NotebookDocument,
  type TextDocument,
  type Uri,
  workspace,
} from 'vscode';
import { type Definition, outline } from './outline';

export const CELL_SCHEME = 'vscode-notebook-cell';

export const openNotebook = (file: Uri): NotebookDocument | undefined =>
  workspace.notebookDocuments.find(({ uri }) => uri.toString() === file.toString());

/** The notebook that a text is a cell of. */
export const notebookOf = (document: TextDocument): NotebookDocument | undefined =>
  document.uri.scheme === CELL_SCHEME
    ? workspace.notebookDocuments.find(({ uri }) => uri.path === document.uri.path)
    : undefined;

/** What the reader takes for the file: only the cells of it matter. */
export function notebookText(notebook: NotebookDocument): string {
  const cells = notebook.getCells().map(cell => ({
    cell_type: isPython(cell) ? 'code' : 'markdown',
    source: cell.document.getText(),
  }));
  return JSON.stringify({ cells });
}

const isPython = ({ kind, document }: NotebookCell): boolean =>
  kind === NotebookCellKind.Code && document.languageId === 'python';

/** Another number after every change of a cell, or of their order. */
export const notebookVersion = (notebook: NotebookDocument): number =>
  notebook.getCells().reduce((sum, { document }) => sum + document.version, notebook.version * 1_000_003);

/** How reports name the cell: they count from 1, whatever kind the others are of. */
export const cellPath = (path: string, index: number): string => `${path}:cell ${index + 1}`;

/** The notebook's path and the cell's index, of a path that names a cell. */
export function cellOfPath(path: string): { readonly path: string; readonly index: number } | undefined {
  const [, own, number] = /^(.*\.ipynb):cell (\d+)$/i.exec(path) ?? [];
  return own === undefined ? undefined : { path: own, index: Number(number) - 1 };
}

export const cellIndex = (notebook: NotebookDocument, document: TextDocument): number =>
  notebook.getCells().findIndex(cell => cell.document.uri.toString() === document.uri.toString());

/** Models that a cell defines, unless a later cell defines them again: classes may extend those of other cells. */
export function cellOutline(notebook: NotebookDocument, document: TextDocument): readonly Definition[] {
  const own = cellIndex(notebook, document);
  const texts = notebook.getCells().map(cell => (isPython(cell) ? cell.document.getText() : ''));
  return outlineOfCells(texts, own);
}

/** The cell that defines a model, and the line in it, from 1. */
export function definingCell(
  notebook: NotebookDocument,
  model: string,
): { readonly document: TextDocument; readonly line: number } | undefined {
  for (const { document } of notebook.getCells()) {
    const found = cellOutline(notebook, document).find(({ name }) => name === model);
    if (found !== undefined) return { document, line: found.line };
  }
  return undefined;
}

/** `texts` of all cells, empty where a cell is no code. */
export function outlineOfCells(texts: readonly string[], own: number): readonly Definition[] {
  const all = outline(texts.join('\n'));
  const before = texts.slice(0, own).reduce((lines, text) => lines + lineCount(text), 0);
  const after = before + lineCount(texts[own] ?? '');
  const last = new Map(all.map(definition => [definition.name, definition]));
  return all
    .filter(definition => last.get(definition.name) === definition)
    .filter(({ line }) => line > before && line <= after)
    .map(definition => ({ ...definition, line: definition.line - before }));
}

const lineCount = (text: string): number => text.split('\n').length;
