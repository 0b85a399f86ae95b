/** Commands in terminals as runs, where the shell tells the editor of them (shell integration). */
import { tasks, type Terminal, type TerminalShellExecution, window } from 'vscode';
import type { Store } from '../../base/store';
import type { RunHandle } from './runs';
import type { TaskRuns } from './tasks';
import type { RunWatch } from './watch';

/** Debuggers start their programs in terminals, too: these are runs of the debugger. */
const BY_DEBUGGER = /VSCODE_INSPECTOR_OPTIONS|[\\/]debugpy[\\/]/;

interface Started {
  readonly terminal: Terminal;
  /** Once the shell's process is known. */
  readonly run: Promise<RunHandle | undefined>;
}

export function followTerminals(watch: RunWatch, taskRuns: TaskRuns, store: Store): void {
  const on = new Map<TerminalShellExecution, Started>();
  const end = (execution: TerminalShellExecution, exitCode: number | null): void => {
    const known = on.get(execution);
    on.delete(execution);
    void known?.run.then(run => run?.end(exitCode));
  };
  store.add(
    window.onDidStartTerminalShellExecution(({ terminal, execution }) => {
      const line = execution.commandLine.value.trim();
      const folder = execution.cwd?.scheme === 'file' ? execution.cwd.fsPath : null;
      const wanted = line !== '' && !BY_DEBUGGER.test(line) && watch.isWanted(line, folder);
      if (!wanted && !taskRuns.areOn()) return;
      // Only what is written from now on is told, so it is asked for before anything is waited for.
      const output = execution.read();
      const start = async (): Promise<RunHandle | undefined> => {
        const pid = await terminal.processId;
        // Where the terminal is a task's, the task is the run, and this its output.
        if (await isTasks(terminal, pid, taskRuns)) {
          void passOn(output, taskRuns.ofProcess(pid));
          return undefined;
        }
        if (!wanted) return undefined;
        const root = pid === undefined ? null : ({ pid, kind: 'shell' } as const);
        const run = watch.command(line, { trigger: 'terminal', label: terminal.name, command: [line], folder, root });
        void passOn(output, run);
        return run;
      };
      on.set(execution, { terminal, run: start() });
    }),
  );
  store.add(window.onDidEndTerminalShellExecution(({ execution, exitCode }) => end(execution, exitCode ?? null)));
  store.add(
    window.onDidCloseTerminal(closed => {
      for (const [execution, { terminal }] of on) if (terminal === closed) end(execution, null);
    }),
  );
}

/** The editor may tell of a task's terminal before it tells of the task's process. */
async function isTasks(terminal: Terminal, pid: number | undefined, taskRuns: TaskRuns): Promise<boolean> {
  const named = tasks.taskExecutions.some(({ task }) => terminal.name.includes(task.name));
  for (let tries = 0; named && tries < TRIES && !taskRuns.isTask(pid); tries++)
    await new Promise(done => setTimeout(done, AGAIN_MS));
  return taskRuns.isTask(pid);
}

const AGAIN_MS = 50;
const TRIES = 40;

async function passOn(output: AsyncIterable<string>, run: RunHandle | undefined): Promise<void> {
  if (run === undefined) return;
  for await (const chunk of output) run.output(chunk);
}
