/**
 * Cells of notebooks as runs. The editor tells when a cell's execution begins and ends; which process is the kernel it does
 * not tell, so that is the only kernel there is, or the one that works meanwhile, or else said to be unknown.
 */
import { type NotebookCell, type NotebookDocumentCellChange, workspace } from 'vscode';
import type { Store } from '../../base/store';
import { busyKernel, kernels } from '../../services/ports/findProcess';
import { cellPath, CELL_SCHEME } from '../notebooks';
import type { RunHandle } from './runs';
import type { RunWatch } from './watch';

interface Running {
  readonly run: RunHandle;
  /** Characters of each output that have been passed on. */
  readonly told: number[];
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** With several kernels, the one that works is seen after some work. */
const LOOK_MS = 1000;
const LOOKS = 5;

export function followCells(watch: RunWatch, store: Store): void {
  const on = new Map<NotebookCell, Running>();
  const end = (cell: NotebookCell, exitCode: number | null): void => {
    const known = on.get(cell);
    on.delete(cell);
    clearTimeout(known?.timer);
    void known?.run.end(exitCode);
  };
  store.add(
    workspace.onDidChangeNotebookDocument(({ cellChanges }) => {
      for (const change of cellChanges) take(change);
    }),
  );
  store.add(
    workspace.onDidCloseNotebookDocument(notebook => {
      for (const cell of on.keys()) if (cell.notebook === notebook) end(cell, null);
    }),
  );
  const take = ({ cell, executionSummary, outputs }: NotebookDocumentCellChange): void => {
    if (executionSummary?.success !== undefined) {
      tellOutputs(on.get(cell), cell);
      // A cell has no exit code: that of a program which did as well.
      end(cell, executionSummary.success ? 0 : 1);
    } else if (executionSummary !== undefined && !on.has(cell)) begin(cell);
    if (outputs !== undefined) tellOutputs(on.get(cell), cell);
  };
  const begin = (cell: NotebookCell): void => {
    if (cell.document.uri.scheme !== CELL_SCHEME || cell.document.languageId !== 'python') return;
    const { fsPath, scheme } = cell.notebook.uri;
    const folder = scheme === 'file' ? fsPath.replace(/[\\/][^\\/]*$/, '') : null;
    const label = cellPath(fsPath.split(/[\\/]/).at(-1) ?? fsPath, cell.index);
    const before = kernels();
    const [only, other] = before;
    const root = only !== undefined && other === undefined ? ({ pid: only.pid, kind: 'process' } as const) : null;
    const run = watch.cell(cell.document.getText(), { trigger: 'cell', label, command: null, folder, root });
    if (run === undefined) return;
    const running: Running = { run, told: [], timer: undefined };
    on.set(cell, running);
    let looks = 0;
    const look = (): void => {
      const found = busyKernel(before);
      if (found !== undefined) run.follow(found);
      else if (++looks < LOOKS) running.timer = setTimeout(look, LOOK_MS);
    };
    if (root === null && before.length > 1) running.timer = setTimeout(look, LOOK_MS);
  };
}

const STREAMS = /^application\/vnd\.code\.notebook\.(stdout|stderr)$|^text\/plain$/;

function tellOutputs(running: Running | undefined, cell: NotebookCell): void {
  if (running === undefined) return;
  for (const [index, { items }] of cell.outputs.entries()) {
    const whole = items.filter(({ mime }) => STREAMS.test(mime)).map(({ data }) => new TextDecoder().decode(data)).join(''); // prettier-ignore
    const told = running.told[index] ?? 0;
    // An output that became shorter was begun anew.
    running.run.output(whole.length >= told ? whole.slice(told) : whole);
    running.told[index] = whole.length;
  }
}
