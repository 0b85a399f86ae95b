import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nestedIn } from '../../src/runs/nesting';

const run = (id: string, parent: string | null, starter: number | null): { id: string; parent: string | null; starter: number | null } => ({ id, parent, starter }); // prettier-ignore
const ids = (id: string, pids: readonly number[], all: readonly ReturnType<typeof run>[]): readonly string[] =>
  nestedIn(id, pids, all).map(other => other.id);

test('a run within a run is known by its environment, or by who started it', () => {
  assert.deepEqual(ids('a', [5], [run('a', null, 1), run('b', 'a', 9), run('c', null, 5), run('d', null, 7)]), [
    'b',
    'c',
  ]);
});

test('what is within an inner run is the inner one’s alone', () => {
  assert.deepEqual(ids('a', [5, 6], [run('a', null, 1), run('b', 'a', 5), run('c', 'b', 6)]), ['b']);
});
