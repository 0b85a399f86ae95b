/**
 * What a batch system's environment says of where we are. A login node must never be metered as if it were the job:
 * inside an allocation the shell may still run on the machine from which it was asked for.
 */
export interface Job {
  readonly id: string;
  /** Null outside of a step, where there is one script and no rank. */
  readonly rank: number | null;
  readonly node: string | null;
  /** Whether this machine is one of the job's. */
  readonly here: boolean;
  /** Whether all of this machine is the job's, and this its only task on it. */
  readonly exclusive: boolean;
}

/** slurmd sets the node's name where it starts something; a shell of `salloc` on the login node has none. */
export function slurmJob(env: Readonly<Record<string, string | undefined>>, host: string, threads: number): Job | null {
  const id = env['SLURM_JOB_ID'] ?? env['SLURM_JOBID'];
  if (id === undefined || !/^\w+$/.test(id)) return null;
  const node = env['SLURMD_NODENAME'] ?? null;
  const here = node !== null && shortName(node) === shortName(host);
  const rank = numberIn(env['SLURM_PROCID']);
  const cpus = numberIn(env['SLURM_CPUS_ON_NODE']);
  // `4(x2)` says that each of two nodes has four tasks. A script without a step is one program.
  const step = env['SLURM_STEP_ID'] === undefined ? '1' : (env['SLURM_STEP_TASKS_PER_NODE'] ?? '');
  const alone = /^1(\(x\d+\))?$/.test(step);
  return { id, rank, node, here, exclusive: here && alone && cpus !== null && cpus >= threads };
}

/** Commands whose work is done by other processes, on other machines or under another program's care. */
export const isLauncher = (command: string): boolean =>
  ['srun', 'sbatch', 'salloc', 'qsub', 'bsub', 'flux', 'kubectl', 'docker', 'podman', 'ssh'].includes(
    command.replace(/^.*[/\\]/, ''),
  );

const shortName = (name: string): string => name.replace(/\..*$/, '').toLowerCase();

const numberIn = (value: string | undefined): number | null =>
  value !== undefined && /^\d+$/.test(value) ? Number(value) : null;
