import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLauncher, slurmJob } from '../../src/runs/job';

const inside = { SLURM_JOB_ID: '42', SLURMD_NODENAME: 'n1', SLURM_CPUS_ON_NODE: '8' };

test('outside of a job there is none', () => {
  assert.equal(slurmJob({}, 'n1', 8), null);
  assert.equal(slurmJob({ SLURM_JOB_ID: '../x' }, 'n1', 8), null);
});

for (const [name, env, host, expected] of [
  ['a shell on the login node', { SLURM_JOB_ID: '42' }, 'login', { here: false, exclusive: false, rank: null }],
  ['another node than the one that is named', inside, 'login', { here: false, exclusive: false, rank: null }],
  ['a batch script on a whole node', inside, 'n1.cluster.example', { here: true, exclusive: true, rank: null }],
  ['a part of a node', { ...inside, SLURM_CPUS_ON_NODE: '4' }, 'n1', { here: true, exclusive: false, rank: null }],
  [
    'the only task of its node',
    { ...inside, SLURM_STEP_ID: '0', SLURM_PROCID: '1', SLURM_STEP_TASKS_PER_NODE: '1(x2)' },
    'n1',
    { here: true, exclusive: true, rank: 1 },
  ],
  [
    'one of four tasks of its node',
    { ...inside, SLURM_STEP_ID: '0', SLURM_PROCID: '3', SLURM_STEP_TASKS_PER_NODE: '4(x2)' },
    'n1',
    { here: true, exclusive: false, rank: 3 },
  ],
] as const)
  test(`in a job: ${name}`, () => {
    const { here, exclusive, rank } = slurmJob(env, host, 8) ?? {};
    assert.deepEqual({ here, exclusive, rank }, expected);
  });

test('programs that have the work done elsewhere are known by their names', () => {
  assert.ok(['srun', '/usr/bin/sbatch', 'docker'].every(isLauncher));
  assert.ok(!['python', './srun.py', 'bash'].some(isLauncher));
});
