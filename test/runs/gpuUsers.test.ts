import assert from 'node:assert/strict';
import { test } from 'node:test';
import { presenceOn, visibleGpus, type Users } from '../../src/runs/gpuUsers';

const runs = [
  { id: 'a', pids: new Set([10, 11]) },
  { id: 'b', pids: new Set([20]) },
];

/** Ids on GPU 0 and 1; what there is here is 1 to 99. Expected: run a, run b, others on 0 and 1. */
const cases: readonly [what: string, users: readonly (readonly number[] | null)[], ownIds: boolean, expected: string][] = [
  ['one each', [[11], [20]], false, 'a: gpu:0; b: gpu:1; others 0 0'],
  ['both on one, and a stranger', [[10, 20, 77], []], false, 'a: gpu:0; b: gpu:0; others 1 0'],
  ['nobody', [[], []], false, 'a: ; b: ; others 0 0'],
  ['a driver that does not tell', [null, [20]], false, 'a: ?; b: ?; others ? 0'],
  ['a container whose ids are the host’s', [[10, 20], []], true, 'a: gpu:0; b: gpu:0; others 0 0'],
  ['a container that sees the host’s ids', [[4_000_123], []], true, 'a: ?; b: ?; others ? 0'],
  ['a container, and nobody on any GPU', [[], []], true, 'a: ; b: ; others 0 0'],
  ['another user’s process outside of containers', [[4_000_123, 11], []], false, 'a: gpu:0; b: ; others 1 0'],
]; // prettier-ignore
for (const [what, lists, ownIds, expected] of cases) {
  test(`${what}: ${expected}`, () => {
    const users: Users = new Map(lists.map((pids, index) => [`gpu:${index}`, pids]));
    const presence = presenceOn(users, runs, { ownIds, exists: pid => pid < 100 });
    const of = (id: string): string => presence.runs.get(id)?.join(' ') ?? '?';
    const others = [...presence.others.values()].map(count => count ?? '?').join(' ');
    assert.equal(`a: ${of('a')}; b: ${of('b')}; others ${others}`, expected);
  });
}

const gpus = [
  { domain: 'gpu:0', index: 0, uuid: 'GPU-5fbd0a3a' },
  { domain: 'gpu:1', index: 1, uuid: 'GPU-9a1c7e42' },
];
const variables: readonly [variable: string | undefined, expected: readonly string[] | undefined][] = [
  [undefined, undefined],
  ['1', ['gpu:1']],
  ['1,0', ['gpu:1', 'gpu:0']],
  ['GPU-9a', ['gpu:1']],
  ['', []],
  ['-1', []],
  ['0,-1,1', ['gpu:0']],
  ['7', []],
  ['MIG-6e2a', undefined],
];
for (const [variable, expected] of variables)
  test(`CUDA_VISIBLE_DEVICES=${variable}`, () => assert.deepEqual(visibleGpus(variable, gpus), expected));
