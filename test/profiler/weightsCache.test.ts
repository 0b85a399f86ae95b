/** Generated weights that are kept: written once, found again, removed by age when room is needed. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, utimesSync } from 'node:fs';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { clearCache, fromCache } from '../../src/profiler/weightsCache';
import type { WeightPlan } from '../../src/protocol/profiler';

const folders: string[] = [];
after(() => Promise.all(folders.map(folder => rm(folder, { recursive: true, force: true }))));
const fresh = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'weights-test-'));
  folders.push(folder);
  return folder;
};

const MB = 1_000_000;
const plan = (seed: number, elements = MB / 2): WeightPlan => ({
  ...{ file: 'weights.bin', seed, bytes: 4 * elements },
  tensors: [
    {
      ...{ name: 'w', dtype: 'float32', elements, offset: 0, bytes: 4 * elements },
      fill: { kind: 'normal', mean: 0, std: 1 },
    },
  ],
});
const model = Uint8Array.of(1, 2, 3);

/** The model's path and how often progress was told: not at all where nothing was written. */
async function ask(folder: string, wanted: WeightPlan, limitBytes = 10 * MB) {
  let told = 0;
  const path = await fromCache(model, wanted, { folder, limitBytes }, () => told++);
  return { path, written: told > 0 };
}

test('the second time nothing is written, and the weights are those of the first', async () => {
  const folder = fresh();
  const first = await ask(folder, plan(1));
  assert.ok(first.path !== undefined && first.written);
  const weights = readFileSync(join(dirname(first.path), 'weights.bin'));
  assert.equal(weights.length, 2 * MB);
  assert.deepEqual(await ask(folder, plan(1)), { path: first.path, written: false });
  const other = await ask(folder, plan(2));
  assert.ok(other.written && other.path !== first.path);
  assert.notDeepEqual(readFileSync(join(dirname(other.path ?? ''), 'weights.bin')), weights);
});

test('what goes away meanwhile is no failure', async () => {
  const folder = fresh();
  await mkdir(join(folder, 'going'));
  // A name without a file behind it, as it is between the listing and the removal.
  await symlink(join(folder, 'gone'), join(folder, 'going', 'weights.bin'));
  assert.ok((await ask(folder, plan(1))).written);
  assert.equal(await clearCache(folder), 2 * MB + model.length);
});

test('the least recently used make room', async () => {
  const folder = fresh();
  const [old, used] = [await ask(folder, plan(1), 5 * MB), await ask(folder, plan(2), 5 * MB)];
  const age = (path: string | undefined, minutes: number): void => {
    const then = new Date(Date.now() - minutes * 60_000);
    utimesSync(dirname(path ?? ''), then, then);
  };
  age(old.path, 20);
  age(used.path, 10);
  // Asking again is using.
  assert.equal((await ask(folder, plan(1), 5 * MB)).written, false);
  await ask(folder, plan(3), 5 * MB);
  assert.deepEqual([existsSync(old.path ?? ''), existsSync(used.path ?? '')], [true, false]);
});

test('what is larger than the limit is not kept, nor what is quicker written again', async () => {
  const folder = fresh();
  assert.equal((await ask(folder, plan(1), MB)).path, undefined);
  assert.equal((await ask(folder, plan(1, 100))).path, undefined);
  assert.deepEqual(readdirSync(folder), []);
});

test('what broke off is cleared away once it is old, and what is being written is left alone', async () => {
  const folder = fresh();
  for (const [name, minutes] of [
    ['a.part1', 120],
    ['b.part2', 1],
  ] as const) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'weights.bin'), new Uint8Array(3 * MB));
    const then = new Date(Date.now() - minutes * 60_000);
    utimesSync(join(folder, name), then, then);
  }
  await ask(folder, plan(1), 3 * MB);
  assert.deepEqual(
    readdirSync(folder).filter(name => name.includes('part')),
    ['b.part2'],
  );
});

test('clearing tells what was freed', async () => {
  const folder = fresh();
  await ask(folder, plan(1));
  assert.equal(await clearCache(folder), 2 * MB + model.length);
  assert.equal(existsSync(folder), false);
  assert.equal(await clearCache(folder), 0);
});
