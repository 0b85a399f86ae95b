/** What goes into the history of a run that the editor saw: its account, and what is known of where it came from. */
import type { Text } from '../../base/text';
import { text } from '../../base/text';
import type { LiveRun } from '../../report/liveRun';
import type { CommitState, RecordedEnergy, RunRecord } from '../../report/run';

/** What started it: a task, a command in a terminal, the debugger, or a notebook. */
export type Trigger = 'task' | 'terminal' | 'debug' | 'cell';

export interface SeenRun {
  readonly id: string;
  readonly trigger: Trigger;
  /** As the user calls it. */
  readonly label: string;
  readonly work: 'training' | 'inference';
  readonly command: readonly string[] | null;
  readonly folder: string | null;
  readonly startedMs: number;
}

export interface RunEnd {
  readonly endedMs: number;
  readonly exitCode: number | null;
  /** `lost`: what recorded it ended before it did. */
  readonly state: 'finished' | 'lost';
  /** Null where the meter broke and nothing of it is known. */
  readonly account: LiveRun | null;
  readonly notes: readonly Text[];
}

export interface RecordContext {
  readonly tool: string;
  readonly host: string | null;
  readonly device: string | null;
  readonly commit: CommitState | null;
}

export function recordOf(run: SeenRun, end: RunEnd, { tool, host, device, commit }: RecordContext): RunRecord {
  const { account, endedMs, exitCode, state, notes } = end;
  return {
    id: run.id,
    kind: 'run',
    startedAt: new Date(run.startedMs).toISOString(),
    endedAt: state === 'lost' ? null : new Date(endedMs).toISOString(),
    durationS: account?.elapsedS ?? (endedMs - run.startedMs) / 1000,
    state,
    command: run.command,
    folder: run.folder,
    exitCode,
    commit,
    model: null,
    device,
    host,
    coverage: account?.coverage ?? [],
    energy: account === null ? NOTHING : energyOf(account),
    latencyS: null,
    region: account?.region ?? null,
    intensityGPerKWh: account?.intensityGPerKWh ?? null,
    carbonG: account?.carbonG ?? null,
    progress: account?.recorded ?? null,
    job: null,
    tool,
    notes: [startedBy(run), workText(run.work), ...notes],
  };
}

const NOTHING: RecordedEnergy = {
  status: 'unknown',
  attributedJ: null,
  marginalJ: null,
  pue: null,
  shares: [],
  unattributed: [],
};

const energyOf = ({ energy }: LiveRun): RecordedEnergy => ({
  status: energy.status,
  attributedJ: energy.attributedJ,
  marginalJ: energy.marginalJ,
  pue: energy.pue,
  shares: energy.shares,
  unattributed: energy.unattributed,
});

export function startedBy({ trigger, label }: Pick<SeenRun, 'trigger' | 'label'>): Text {
  switch (trigger) {
    case 'task':
      return text('Task "{0}"', label);
    case 'terminal':
      return text('Command in the terminal "{0}"', label);
    case 'debug':
      return text('Debug session "{0}"', label);
    case 'cell':
      return text('Notebook, {0}', label);
  }
}

export const workText = (work: SeenRun['work']): Text => (work === 'training' ? text('training') : text('inference'));
