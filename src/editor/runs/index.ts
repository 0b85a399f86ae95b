/** Runs in the editor: what begins and ends them, where they are kept, and what shows them. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Log } from '../../base/ports';
import type { Store } from '../../base/store';
import type { Formatter } from '../../report/format';
import { commitState } from '../../services/ports/git';
import { ledgerStore } from '../../services/ports/runStore';
import { recordOf } from '../../services/runs/record';
import type { Meter } from '../meter';
import type { Settings } from '../settings';
import { followCells } from './cells';
import { followDebugging } from './debugging';
import { Runs } from './runs';
import { followTasks } from './tasks';
import { followTerminals } from './terminals';
import { createHistoryCommands, type HistoryCommands } from './historyCommands';
import { createHistoryView } from './historyView';
import { createWatch } from './watch';

export interface RunsFeature {
  readonly runs: Runs;
  readonly commands: HistoryCommands;
}

export interface RunsFeatureOptions {
  readonly meter: Meter;
  readonly settings: Settings;
  readonly log: Log;
  readonly format: Formatter;
  readonly version: string;
  readonly store: Store;
}

export function registerRuns({ meter, settings, log, format, version, store }: RunsFeatureOptions): RunsFeature {
  const history = ledgerStore();
  const view = createHistoryView({ history, settings, format, store });
  const runs = store.add(
    new Runs({
      client: meter.client,
      hold: () => meter.hold(),
      region: () => settings.region() ?? null,
      keep: async (run, end) => {
        // A window that closes does not wait for git.
        const commit = run.folder === null || end.state === 'lost' ? null : await commitState(run.folder);
        const context = { tool: `modelwatt ${version}`, host: hostname(), device: null, commit };
        history.append(recordOf(run, end, context));
        view.refresh();
      },
      log,
      now: Date.now,
      newId: randomUUID,
    }),
  );
  const watch = createWatch(runs, settings);
  const taskRuns = followTasks(watch, store);
  followTerminals(watch, taskRuns, store);
  followDebugging(watch, store);
  followCells(watch, store);
  return { runs, commands: createHistoryCommands({ history, view, format, store }) };
}
