/** The profiler of this installation: its child is the bundle beside the one that runs this. */
import os from 'node:os';
import { join } from 'node:path';
import type { Profiler } from '../../profiler/client';
import { createProfiler } from '../../profiler/client';
import type { ProviderLibraries } from '../../profiler/cuda';
import { canHaveCuda, holdsProvider, librariesInPython, neededIn, sitePackagesOf } from '../../profiler/cuda';
import { Queue } from '../../profiler/queue';
import type { Provider, WeightCache } from '../../protocol/profiler';

export type { Profiler };
export { Queue };

export interface NodeProfilerOptions {
  readonly weights?: () => WeightCache | undefined;
  readonly queue?: Queue;
  /** Where providers were set up that the runtime does not carry. */
  readonly providers?: string;
  /** The selected Python, whose packages may have them, too. */
  readonly interpreter?: () => Promise<string | undefined>;
}

/** `folder` is where the bundles lie. An editor's own program acts as Node when it is told to. */
export const nodeProfiler = (
  folder: string,
  { weights, queue, providers, interpreter }: NodeProfilerOptions = {},
): Profiler =>
  createProfiler({
    ...(queue && { queue }),
    ...(weights && { weights }),
    libraries: async () => findLibraries(providers, await interpreter?.()),
    childPath: join(folder, 'profiler.js'),
    environment: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
  });

/** An environment's own are preferred: it brings what they need in turn. */
function findLibraries(folder: string | undefined, interpreter: string | undefined): ProviderLibraries | undefined {
  if (!canHaveCuda(process.platform, process.arch)) return undefined;
  const packages = interpreter === undefined ? [] : sitePackagesOf(interpreter);
  const inPython = librariesInPython(packages);
  if (inPython !== undefined || folder === undefined || !holdsProvider(folder)) return inPython;
  return { folder, needed: packages.flatMap(neededIn) };
}

/** The environment that the command line was started in. */
export function shellInterpreter(): string | undefined {
  const root = process.env['VIRTUAL_ENV'] ?? process.env['CONDA_PREFIX'];
  return root === undefined ? undefined : join(root, 'bin', 'python');
}

export { clearCache } from '../../profiler/weightsCache';

/** Where programs of this user keep what can be made again; for the command line, which has no folder of its own. */
export function userWeightCache(): WeightCache {
  const home = os.homedir();
  const folder =
    process.platform === 'win32'
      ? (process.env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'))
      : process.platform === 'darwin'
        ? join(home, 'Library', 'Caches')
        : (process.env['XDG_CACHE_HOME'] ?? join(home, '.cache'));
  return { folder: join(folder, 'modelwatt', 'weights'), limitBytes: DEFAULT_CACHE_BYTES };
}

const DEFAULT_CACHE_BYTES = 2e9;

/** The processor is known by name; for the rest the runtime tells only which interface it used. */
export const providerDevice = (provider: Provider): string =>
  provider === 'cpu' ? (os.cpus()[0]?.model.trim() ?? 'CPU') : `GPU (${provider})`;
