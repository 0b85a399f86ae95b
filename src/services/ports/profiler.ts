/** The profiler of this installation: its child is the bundle beside the one that runs this. */
import os from 'node:os';
import { join } from 'node:path';
import type { Profiler } from '../../profiler/client';
import { createProfiler } from '../../profiler/client';
import type { Provider } from '../../protocol/profiler';

export type { Profiler };

/** `folder` is where the bundles lie. An editor's own program acts as Node when it is told to. */
export const nodeProfiler = (folder: string): Profiler =>
  createProfiler({
    childPath: join(folder, 'profiler.js'),
    environment: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
  });

/** The processor is known by name; for the rest the runtime tells only which interface it used. */
export const providerDevice = (provider: Provider): string =>
  provider === 'cpu' ? (os.cpus()[0]?.model.trim() ?? 'CPU') : `GPU (${provider})`;
