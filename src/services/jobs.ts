/** Whether we stand inside a batch job, and whether this machine is one of its. */
import type { JobState } from '../report/run';
import { isLauncher, slurmJob } from '../runs/job';

export interface Place {
  readonly job: JobState | null;
  /** False on a machine from which the job was merely asked for. */
  readonly here: boolean;
  readonly exclusive: boolean;
}

export function jobHere(env: Readonly<Record<string, string | undefined>>, host: string, threads: number): Place {
  const job = slurmJob(env, host, threads);
  if (job === null) return { job: null, here: true, exclusive: false };
  const { id, rank, node, here, exclusive } = job;
  return { job: { scheduler: 'slurm', id, rank, node }, here, exclusive };
}

export const launches = isLauncher;
