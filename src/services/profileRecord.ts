/** A measured model as a record of the history: per inference, with its static cost as it was read then. */
import type { ProfileResult } from '../report/profile';
import type { CommitState, RunRecord } from '../report/run';
import type { ModelReport } from '../report/view';

export interface ProfileMoment {
  readonly id: string;
  readonly file: string;
  readonly folder: string;
  readonly command: readonly string[] | null;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly commit: CommitState | null;
  readonly host: string;
  readonly tool: string;
}

export function profileRecord(model: ModelReport, result: ProfileResult, moment: ProfileMoment): RunRecord {
  const { id, file, folder, command, startedMs, endedMs, commit, host, tool } = moment;
  const { energyJ, marginalEnergyJ } = result;
  return {
    id,
    kind: 'profile',
    startedAt: new Date(startedMs).toISOString(),
    endedAt: new Date(endedMs).toISOString(),
    durationS: (endedMs - startedMs) / 1000,
    state: 'finished',
    command,
    folder,
    exitCode: null,
    commit,
    model: {
      name: model.name,
      file,
      complete: model.complete,
      parameters: model.parameters,
      macs: model.macs,
      flops: model.flops,
    },
    device: result.device,
    host,
    coverage: result.coverage,
    energy: {
      status: energyJ === null ? 'unknown' : 'resolved',
      attributedJ: energyJ,
      marginalJ: marginalEnergyJ,
      pue: null,
      shares: [],
      unattributed: [],
    },
    latencyS: result.latencyS,
    region: regionOf(model),
    intensityGPerKWh: model.estimate?.gridGPerKWh ?? null,
    carbonG: result.carbonG,
    progress: null,
    job: null,
    tool,
    notes: result.notes,
  };
}

function regionOf({ estimate }: ModelReport): string | null {
  const value = estimate?.assumptions.find(({ name }) => name === 'region')?.value;
  return typeof value === 'string' ? value : null;
}
