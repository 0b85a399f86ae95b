/** Whether something that starts is a run to record: where runs are switched on, the workspace is trusted, and it matches. */
import { workspace } from 'vscode';
import { cellWork, commandWork } from '../../services/ports/work';
import type { Settings } from '../settings';
import type { RunHandle, Runs, RunStart } from './runs';

export interface RunWatch {
  /** Whether a command line would be a run to record. */
  isWanted(line: string, folder: string | null): boolean;
  /** Begins a run of a command line; undefined where it is none to record. `names`: what else the user calls it. */
  command(line: string, start: Omit<RunStart, 'work'>, names?: readonly string[]): RunHandle | undefined;
  cell(source: string, start: Omit<RunStart, 'work'>): RunHandle | undefined;
}

export function createWatch(runs: Runs, settings: Settings): RunWatch {
  const isOn = (): boolean => settings.recordsRuns() && workspace.isTrusted;
  return {
    isWanted: (line, folder) => isOn() && commandWork(line, folder, settings.runPatterns()) !== undefined,
    command: (line, start, names = []) => {
      if (!isOn()) return undefined;
      const work = commandWork(line, start.folder, settings.runPatterns(), names);
      return work && runs.begin({ ...start, work });
    },
    cell: (source, start) => {
      if (!isOn()) return undefined;
      const work = cellWork(source, start.folder, settings.runPatterns());
      return work && runs.begin({ ...start, work });
    },
  };
}
