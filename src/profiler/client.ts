/**
 * The parent's side: one child per job, one job at a time, every ending an ordinary outcome. Nothing here blocks; the
 * child can be killed at any moment, and its folder goes with it.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { InputError } from '../base/findings';
import { text } from '../base/text';
import type {
  ModelSignature,
  ModelSource,
  Provider,
  ProviderProbe,
  WeightCache,
  WriteRequest,
} from '../protocol/profiler';
import { RpcError, isCancelled } from '../protocol/rpc';
import type { ChildSettings } from './child';
import { Child } from './child';
import type { ProviderLibraries } from './cuda';
import { environmentWith, holdsProvider, runtimeFolder } from './cuda';
import type { ProfileJob, ProfileProgress, ProfileRun, Surroundings } from './run';
import { runProfile } from './run';
import type { Outcome } from './outcome';
import { crashed, refused } from './outcome';
import { chooseProvider, missingProvider } from './providers';
import { Queue } from './queue';
import { MEMORY_MARK } from './watchdog';

export interface ProfilerSettings extends ChildSettings {
  /** Where models and weights are written for a while; the system's folder by default. */
  readonly temporaryFolder?: string;
  /** Shared with others that measure on this machine. */
  readonly queue?: Queue;
  /** Where generated weights are kept, asked before each profile. */
  readonly weights?: () => WeightCache | undefined;
  /** Where a provider lies that the runtime does not carry itself, asked before each child. */
  readonly libraries?: () => Promise<ProviderLibraries | undefined>;
}

export interface ProfileOptions extends Surroundings {
  readonly signal?: AbortSignal;
}

export interface Profiler {
  /** Which providers work here. Found out once, and again when libraries have come or gone. */
  probe(signal?: AbortSignal): Promise<Outcome<readonly ProviderProbe[]>>;
  signature(model: ModelSource, signal?: AbortSignal): Promise<Outcome<ModelSignature>>;
  /** Writes an emitted model, weights beside it, for the user to keep. */
  write(model: WriteRequest['model'], path: string, options?: ProfileOptions): Promise<Outcome<null>>;
  profile(job: ProfileJob, options?: ProfileOptions): Promise<Outcome<ProfileRun>>;
}

export type { ProfileJob, ProfileProgress, ProfileRun };

const DEFAULT_LIMIT_S = 600;
const QUICK_LIMIT_S = 60;

export function createProfiler(settings: ProfilerSettings): Profiler {
  const { queue = new Queue() } = settings;
  let known: { readonly libraries: string; readonly probes: readonly ProviderProbe[] } | undefined;

  const probeAll = async (signal: AbortSignal | undefined): Promise<Outcome<readonly ProviderProbe[]>> => {
    const libraries = JSON.stringify((await settings.libraries?.()) ?? null);
    if (known?.libraries === libraries) return { kind: 'finished', value: known.probes };
    const outcome = await probeProviders(settings, signal);
    if (outcome.kind === 'finished') known = { libraries, probes: outcome.value };
    return outcome;
  };

  const profile = async (job: ProfileJob, options: ProfileOptions): Promise<Outcome<ProfileRun>> => {
    let provider: Provider = 'cpu';
    let probes: readonly ProviderProbe[] = [];
    if (job.device !== 'cpu') {
      options.onProgress?.({ stage: 'probing' });
      const probed = await probeAll(options.signal);
      if (probed.kind !== 'finished') return probed;
      probes = probed.value;
      const chosen = chooseProvider(job.device, probes);
      if (chosen === undefined) return refused(missingProvider(job.device, probes));
      provider = chosen;
    }
    const cache = settings.weights?.();
    const limitS = job.timeLimitS ?? DEFAULT_LIMIT_S + 3 * job.seconds;
    return withChild(settings, options.signal, limitS, (child, folder) =>
      runProfile(child, { ...job, provider, probes, folder, ...(cache && { cache }) }, options),
    );
  };

  return {
    probe: signal => queue.add(signal, () => probeAll(signal)),
    signature: (model, signal) =>
      queue.add(signal, () =>
        withChild(settings, signal, DEFAULT_LIMIT_S, ({ calls }, folder) => calls.call('signature', { model, folder })),
      ),
    write: async (model, path, { signal, onProgress = () => undefined } = {}) => {
      const workFolder = join(dirname(path), `.modelwatt-${process.pid}-${Date.now()}`);
      try {
        return await withChild(settings, signal, DEFAULT_LIMIT_S, ({ calls }) =>
          calls.call('write', { model, path, workFolder }, { onProgress }),
        );
      } finally {
        await rm(workFolder, { recursive: true, force: true });
      }
    },
    profile: (job, options = {}) => {
      options.onProgress?.({ stage: 'waiting' });
      return queue.add(options.signal, () => profile(job, options));
    },
  };
}

/** One child asks all providers; where one of them ends it, another goes on with the next. */
async function probeProviders(
  settings: ProfilerSettings,
  signal: AbortSignal | undefined,
): Promise<Outcome<readonly ProviderProbe[]>> {
  const listed = await withChild(settings, signal, QUICK_LIMIT_S, ({ calls }) => calls.call('runtime', undefined));
  if (listed.kind !== 'finished') return listed;
  const left = [...listed.value.providers];
  const probes: ProviderProbe[] = [];
  while (left.length > 0) {
    const outcome = await withChild(settings, signal, QUICK_LIMIT_S, async ({ calls }) => {
      for (let [provider] = left; provider !== undefined; [provider] = left) {
        probes.push(await calls.call('probe', { provider }));
        left.shift();
      }
    });
    if (outcome.kind === 'cancelled') return outcome;
    const provider = left.shift();
    if (outcome.kind !== 'finished' && provider !== undefined) {
      const detail = outcome.kind === 'crashed' ? outcome.detail : '';
      probes.push({ provider, works: false, why: outcome.text, detail });
    }
  }
  return { kind: 'finished', value: probes };
}

async function withChild<T>(
  settings: ProfilerSettings,
  signal: AbortSignal | undefined,
  limitS: number,
  work: (child: Child, folder: string) => Promise<T>,
): Promise<Outcome<T>> {
  if (isAborted(signal)) return { kind: 'cancelled' };
  const folder = await mkdtemp(join(settings.temporaryFolder ?? tmpdir(), 'modelwatt-'));
  let child: Child | undefined;
  const limit = new AbortController();
  const stop = (): void => void child?.stop();
  const timer = setTimeout(() => {
    limit.abort();
    stop();
  }, limitS * 1000);
  signal?.addEventListener('abort', stop);
  try {
    child = new Child({ ...settings, environment: await environmentOf(settings, folder) }, folder);
    const value = await work(child, folder);
    return isAborted(signal) ? { kind: 'cancelled' } : { kind: 'finished', value };
  } catch (error) {
    if (isAborted(signal) || isCancelled(error)) return { kind: 'cancelled' };
    if (error instanceof InputError) return refused(error);
    if (isAborted(limit.signal)) return refused(tooSlow(limitS));
    if (!(error instanceof RpcError)) throw error;
    return await broken(error, child, folder);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
    await child?.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function environmentOf(
  { childPath, environment = process.env, libraries }: ProfilerSettings,
  folder: string,
): Promise<NodeJS.ProcessEnv> {
  const found = await libraries?.();
  const runtime = found && runtimeFolder(childPath);
  // What lies beside the runtime fits it best.
  if (found === undefined || runtime === undefined || holdsProvider(runtime)) return environment;
  return environmentWith(found, runtime, folder, environment);
}

async function broken(error: RpcError, child: Child | undefined, folder: string): Promise<Outcome<never>> {
  if (error.code !== 'closed' || child === undefined)
    return { kind: 'crashed', exitCode: null, signal: null, text: error.text, detail: error.detail ?? '' };
  const ending = await child.ended;
  if (existsSync(join(folder, MEMORY_MARK))) return refused(tooLarge());
  return crashed(ending);
}

/** A function, since what it says changes meanwhile. */
const isAborted = (signal: AbortSignal | undefined): boolean => signal?.aborted === true;

const tooSlow = (limitS: number): InputError =>
  new InputError(
    'time-limit',
    text('the model was still not measured after {0} s', limitS),
    text('give smaller input sizes'),
  );

const tooLarge = (): InputError =>
  new InputError(
    'out-of-memory',
    text('the model needs more memory than this machine can spare'),
    text('give smaller input sizes or a smaller batch'),
  );
