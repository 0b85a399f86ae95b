/** Tasks as runs: their process is told by the editor, their output is not. */
import {
  ProcessExecution,
  ShellExecution,
  type ShellQuotedString,
  type Task,
  type TaskExecution,
  tasks,
  TaskScope,
  workspace,
} from 'vscode';
import type { Store } from '../../base/store';
import type { RunHandle } from './runs';
import type { RunWatch } from './watch';

export interface TaskRuns {
  /** The run whose first process this is. */
  ofProcess(pid: number | undefined): RunHandle | undefined;
  /** Whether it was the process of a task. */
  isTask(pid: number | undefined): boolean;
  /** Whether any task is a run. */
  areOn(): boolean;
}

export function followTasks(watch: RunWatch, store: Store): TaskRuns {
  const on = new Map<TaskExecution, { readonly pid: number; readonly run: RunHandle | undefined }>();
  /** Of the latest tasks, ended ones included: the editor may tell of a task's terminal when the task is over. */
  const seen: number[] = [];
  store.add(
    tasks.onDidStartTaskProcess(({ execution, processId }) => {
      const { task } = execution;
      const described = describe(task);
      const root = processId > 0 ? ({ pid: processId, kind: 'process' } as const) : null;
      const run = described && watch.command(described.line, { trigger: 'task', label: task.name, command: described.words, folder: folderOf(task), root }, [task.name]); // prettier-ignore
      on.set(execution, { pid: processId, run });
      seen.push(processId);
      if (seen.length > MOST_SEEN) seen.shift();
    }),
  );
  store.add(
    tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
      const known = on.get(execution);
      on.delete(execution);
      void known?.run?.end(exitCode ?? null);
    }),
  );
  // One that was ended together with its terminal has no end of its process.
  store.add(
    tasks.onDidEndTask(({ execution }) => {
      const known = on.get(execution);
      on.delete(execution);
      void known?.run?.end(null);
    }),
  );
  const find = (pid: number | undefined) => [...on.values()].find(task => task.pid === pid);
  return {
    ofProcess: pid => find(pid)?.run,
    isTask: pid => pid !== undefined && seen.includes(pid),
    areOn: () => [...on.values()].some(({ run }) => run !== undefined),
  };
}

const MOST_SEEN = 100;

function describe({ execution }: Task): { readonly line: string; readonly words: readonly string[] } | undefined {
  if (execution instanceof ProcessExecution) {
    const words = [execution.process, ...execution.args];
    return { line: words.map(quoted).join(' '), words };
  }
  if (!(execution instanceof ShellExecution)) return undefined;
  // Of the two forms of a shell execution one is there; the types promise both.
  const command = execution.command as string | ShellQuotedString | undefined;
  const args = execution.args as readonly (string | ShellQuotedString)[] | undefined;
  if (execution.commandLine !== undefined) return { line: execution.commandLine, words: [execution.commandLine] };
  if (command === undefined) return undefined;
  const [program, rest] = [wordOf(command), (args ?? []).map(wordOf)];
  // A command without arguments is a whole line of the shell's.
  return { line: [program, ...rest.map(quoted)].join(' '), words: [program, ...rest] };
}

const wordOf = (word: string | ShellQuotedString): string => (typeof word === 'string' ? word : word.value);

export const quoted = (word: string): string =>
  /^[\w@%+=:,./\\-]+$/.test(word) ? word : `"${word.replaceAll('"', '\\"')}"`;

function folderOf({ execution, scope }: Task): string | null {
  const chosen = execution instanceof ProcessExecution || execution instanceof ShellExecution ? execution.options?.cwd : undefined; // prettier-ignore
  if (chosen !== undefined && !chosen.includes('${')) return chosen;
  const folder = typeof scope === 'object' ? scope : undefined;
  if (scope === TaskScope.Global) return null;
  return (folder ?? workspace.workspaceFolders?.[0])?.uri.fsPath ?? null;
}
