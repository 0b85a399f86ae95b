/** How long a profile of a model from source takes to its first number, for the benchmark. */
import { resolve } from 'node:path';
import { createAnalysis } from '../../src/analysis/worker';
import { createProfiler } from '../../src/profiler/client';
import { nodeWorld } from '../../src/services/ports/world';
import { profileModel } from '../../src/services/profiling';

export async function secondsToFirstNumber(
  path: string,
  model: string,
  searchPath: readonly string[],
): Promise<number> {
  const began = performance.now();
  const analysis = createAnalysis();
  const context = { signal: new AbortController().signal, progress: () => undefined };
  const stop = new AbortController();
  let first: number | undefined;
  await profileModel(
    { path, model, searchPath, inputs: [], target: 'cpu', seconds: 10 },
    {
      profiler: createProfiler({ childPath: resolve('dist/profiler.js') }),
      reader: {
        analyze: async request => analysis.analyze(request, context),
        emit: async request => analysis.emit(request, context),
      },
      readText: nodeWorld.readText,
      deviceName: provider => provider,
    },
    {
      signal: stop.signal,
      onProgress: ({ latencyS }) => {
        if (latencyS === undefined) return;
        first ??= (performance.now() - began) / 1000;
        stop.abort();
      },
    },
  );
  if (first === undefined) throw new Error(`${model} gave no number`);
  return first;
}
