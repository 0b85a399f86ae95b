/**
 * Owns parser, caches, graphs and rules. As a worker thread it answers the editor's calls; the command line takes the
 * same handlers in-process. It may be terminated and started again at any time.
 */
import { isMainThread, parentPort } from 'node:worker_threads';
import type { AnalysisCalls } from '../protocol/analysis';
import type { Handlers } from '../protocol/rpc';
import { serve } from '../protocol/rpc';
import { advise } from '../services/advice';
import type { AnalysisPorts } from '../services/analysis';
import { choices, Kept } from '../services/analysis';
import { Changes } from '../services/changes';
import { emit } from '../services/emission';
import { Following } from '../services/live';
import { portChannel } from '../services/ports/channels';
import { nodeGit } from '../services/ports/git';
import { readHost } from '../services/ports/host';
import { nodeWorld } from '../services/ports/world';

export function createAnalysis(ports: AnalysisPorts = nodePorts()): Handlers<AnalysisCalls> {
  const following = new Following(ports);
  const changes = new Changes(ports);
  return {
    analyze: (request, context) => following.analyze(request, context),
    advise: (request, { signal }) => advise(request, ports, signal),
    baseline: request => changes.baseline(request),
    diff: request => changes.diff(request),
    blame: (request, { signal }) => changes.blame(request, signal),
    choices: () => choices(ports),
    emit: request => emit(request, ports),
  };
}

const nodePorts = (): AnalysisPorts => ({
  world: nodeWorld,
  host: readHost(),
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  git: nodeGit,
  kept: new Kept(),
  pause: () => new Promise(resolve => setImmediate(resolve)),
});

if (!isMainThread && parentPort !== null) serve(portChannel(parentPort), createAnalysis());
