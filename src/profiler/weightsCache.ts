/**
 * Models with their generated weights, kept from profile to profile under a size limit: a folder for each, named by
 * what is in it, the least recently used removed first. Whatever goes wrong here costs the time of writing again.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WeightCache, WeightPlan } from '../protocol/profiler';
import { writeWeights } from './weights';

/** Below this, writing again is quicker than looking. */
const SMALL = 1 << 20;
/** What is being written lies beside the entries under another name until it is whole. */
const PART = '.part';
const PART_MAX_AGE_MS = 3_600_000;

export const MODEL_FILE = 'model.onnx';

/** Path of the model, from the cache or written into it; undefined where the cache is not for it. */
export async function fromCache(
  model: Uint8Array,
  plan: WeightPlan,
  cache: WeightCache,
  onProgress: (fraction: number) => void,
): Promise<string | undefined> {
  const bytes = plan.bytes + model.length;
  if (plan.bytes < SMALL || bytes > cache.limitBytes) return undefined;
  const entry = join(cache.folder, keyOf(model, plan));
  if (existsSync(join(entry, MODEL_FILE))) {
    const now = new Date();
    await utimes(entry, now, now).catch(() => undefined);
    return join(entry, MODEL_FILE);
  }
  await mkdir(cache.folder, { recursive: true });
  await makeRoom(cache.folder, cache.limitBytes - bytes);
  const part = `${entry}${PART}${process.pid}`;
  try {
    await mkdir(part, { recursive: true });
    await writeWeights(plan, part, onProgress);
    await writeFile(join(part, MODEL_FILE), model);
    await rename(part, entry);
  } catch (error) {
    await rm(part, { recursive: true, force: true });
    // Somebody else may have been quicker.
    if (!existsSync(join(entry, MODEL_FILE))) throw error;
  }
  return join(entry, MODEL_FILE);
}

/** By all that decides a byte of either file. */
function keyOf(model: Uint8Array, plan: WeightPlan): string {
  return createHash('sha256').update(model).update(JSON.stringify(plan)).digest('hex').slice(0, 32);
}

interface Entry {
  readonly path: string;
  readonly bytes: number;
  readonly usedMs: number;
}

/** Removes the least recently used until no more than so many bytes are left. */
async function makeRoom(folder: string, most: number): Promise<void> {
  const entries = await entriesOf(folder);
  let total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { path, bytes } of entries.sort((a, b) => a.usedMs - b.usedMs)) {
    if (total <= most) return;
    if (isBeingWritten(path) && (await isYoung(path))) continue;
    // On Windows a file in use stays: then the cache is too large for a while.
    await rm(path, { recursive: true, force: true }).catch(() => undefined);
    total -= bytes;
  }
}

const isBeingWritten = (path: string): boolean => path.includes(PART);
const isYoung = async (path: string): Promise<boolean> =>
  Date.now() - ((await stat(path).catch(() => undefined))?.mtimeMs ?? 0) < PART_MAX_AGE_MS;

async function entriesOf(folder: string): Promise<Entry[]> {
  const names = await readdir(folder).catch(() => []);
  return Promise.all(
    names.map(async name => {
      const path = join(folder, name);
      const files = await readdir(path).catch(() => []);
      // Another window may be taking them away.
      const sizes = await Promise.all(files.map(file => stat(join(path, file)).then(({ size }) => size, () => 0))); // prettier-ignore
      const usedMs = await stat(path).then(({ mtimeMs }) => mtimeMs, () => 0); // prettier-ignore
      return { path, bytes: sizes.reduce((a, b) => a + b, 0), usedMs };
    }),
  );
}

/** Removes everything; resolves with the bytes that were freed. */
export async function clearCache(folder: string): Promise<number> {
  const entries = await entriesOf(folder);
  await rm(folder, { recursive: true, force: true });
  return entries.reduce((sum, { bytes }) => sum + bytes, 0);
}
