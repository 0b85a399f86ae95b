/** Profiles in a real PyTorch, for the checks. */
import { createAnalysis } from '../../src/analysis/worker';
import { render } from '../../src/base/text';
import { memoryLimit, nodePython, nodeTimer } from '../../src/services/ports/python';
import { nodeWorld } from '../../src/services/ports/world';
import { profileInPyTorch } from '../../src/services/pytorch/profile';

export interface TorchProfiled {
  readonly kind: string;
  readonly latencyS?: number;
  readonly lostShare?: number | null;
  readonly said: readonly string[];
  readonly hasTraceback: boolean;
}

export async function profileReally(
  interpreter: string,
  asked: { readonly path: string; readonly model: string; readonly args?: string; readonly inputs: readonly string[] },
  seconds: number,
): Promise<TorchProfiled> {
  const analysis = createAnalysis();
  const context = { signal: new AbortController().signal, progress: () => undefined };
  const outcome = await profileInPyTorch(
    { ...asked, searchPath: [], interpreter, target: 'cpu', seconds, backward: true },
    {
      start: nodePython,
      reader: { analyze: async request => analysis.analyze(request, context) },
      readText: nodeWorld.readText,
      startTimer: nodeTimer,
      memoryLimitBytes: memoryLimit,
      processor: 'this processor',
    },
  );
  if (outcome.kind !== 'finished')
    return {
      kind: outcome.kind === 'refused' ? outcome.code : outcome.kind,
      said: 'text' in outcome ? [render(outcome.text)] : [],
      hasTraceback: 'traceback' in outcome && outcome.traceback.includes('Traceback'),
    };
  const { profile } = outcome.value;
  return {
    kind: 'finished',
    latencyS: profile.latencyS.value,
    lostShare: profile.unattributedShare,
    said: profile.notes.map(note => render(note)),
    hasTraceback: false,
  };
}
