/**
 * torchvision's own sources for tests: Debian's package, fetched once by name, version and hash into a cache outside the
 * repository. Nothing is installed and no right beyond the user's is needed. What PyTorch counts for each of its
 * builders stands in test/fixtures/torch/torchvision.json.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

interface Package {
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
  /** Where its mirror keeps it, for systems whose own lists of packages do not name it. */
  readonly url: string;
}

/** What PyTorch counts for a builder. */
export interface BuilderRow {
  readonly file: string;
  readonly builder: string;
  readonly args?: string;
  readonly inputs: readonly (readonly number[])[];
  readonly parameters: number;
  readonly trainable: number;
  readonly buffers: number;
  /** Of a detector: of what does not depend on the data, its backbone and its heads on every place. */
  readonly macs: number;
  readonly outputs?: readonly (readonly number[])[];
  readonly peak?: number;
}

const table = JSON.parse(readFileSync('test/fixtures/torch/torchvision.json', 'utf8')) as {
  readonly package: Package;
  readonly rows: readonly BuilderRow[];
};

export const builderRows = table.rows;

const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'modelwatt-test', 'torchvision');

let fetching: Promise<string> | undefined;

/** The folder that holds `torchvision/`. Rejects where the package cannot be fetched. */
export const torchvisionSources = (): Promise<string> => (fetching ??= sources(table.package));

async function sources(wanted: Package): Promise<string> {
  const folder = join(CACHE, wanted.version);
  if (existsSync(folder)) return folder;
  const scratch = await mkdtemp(join(tmpdir(), 'modelwatt-torchvision-'));
  try {
    const archive = await packageFile(wanted, scratch);
    const tree = join(scratch, 'tree');
    await run('dpkg-deb', ['-x', archive, tree]);
    await mkdir(CACHE, { recursive: true });
    // Appears under its name only when it is whole, also from another file system.
    const partial = `${folder}.${process.pid}`;
    await cp(join(tree, 'usr/lib/python3/dist-packages'), partial, { recursive: true, filter: path => !path.endsWith('.so') }); // prettier-ignore
    await rename(partial, folder).catch(async (error: unknown) => {
      await rm(partial, { recursive: true, force: true });
      if (!existsSync(folder)) throw error;
    });
    return folder;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const run = promisify(execFile);

/** From the system's mirror and proxy, or else from Debian's own. */
async function packageFile({ name, version, sha256, url }: Package, scratch: string): Promise<string> {
  const problems: string[] = [];
  await run('apt-get', ['download', '-q', `${name}=${version}`], { cwd: scratch }).catch((error: unknown) => problems.push(String(error).slice(0, 300))); // prettier-ignore
  let [archive] = (await readdir(scratch)).filter(file => file.endsWith('.deb'));
  if (archive === undefined) {
    const answer = await fetch(url).catch((error: unknown) => void problems.push(`${url}: ${String(error)}`));
    if (answer?.ok === true) await writeFile(join(scratch, (archive = 'package.deb')), Buffer.from(await answer.arrayBuffer())); // prettier-ignore
  }
  if (archive === undefined)
    throw new Error(`${name} ${version} could not be fetched; is the network down? ${problems.join('; ')}`);
  const path = join(scratch, archive);
  const found = createHash('sha256').update(await readFile(path)).digest('hex'); // prettier-ignore
  if (found !== sha256) throw new Error(`${name} ${version} has the hash ${found}, not ${sha256}`);
  return path;
}
