/** The order of a profile, spoken with the child: open, warm up, measure, then trace for the shares. */
import type { Text } from '../base/text';
import { text } from '../base/text';
import { InputError } from '../base/findings';
import type {
  DimNeed,
  FedInput,
  GivenInput,
  Measured,
  ModelSource,
  Provider,
  ProviderProbe,
  Trace,
  WarmUp,
  WeightCache,
} from '../protocol/profiler';
import { RpcError } from '../protocol/rpc';
import type { Child } from './child';
import { memoryLimit } from './memory';

export interface ProfileJob {
  readonly model: ModelSource;
  readonly device: 'auto' | Provider;
  readonly inputs: readonly GivenInput[];
  /** As in `OpenRequest`. */
  readonly dims: Readonly<Record<string, number>>;
  /** How long to measure, warming up and tracing apart. */
  readonly seconds: number;
  readonly threads?: number;
  /** For everything together. */
  readonly timeLimitS?: number;
  readonly memoryLimitBytes?: number;
}

export interface ProfileProgress {
  readonly stage: 'waiting' | 'probing' | 'weights' | 'loading' | 'firstRun' | 'warmingUp' | 'measuring' | 'tracing';
  /** Of the stage, from 0 to 1, where it is known. */
  readonly fraction?: number;
  /** Median so far. */
  readonly latencyS?: number;
  /** What it is measured on. */
  readonly provider?: Provider;
}

export interface Surroundings {
  readonly onProgress?: (progress: ProfileProgress) => void;
  /**
   * Runs around the measuring loop alone: the model is loaded and warm, and idles as long as `work` is not called.
   * For meters.
   */
  readonly around?: (work: () => Promise<void>) => Promise<void>;
}

export type ProfileRun =
  | { readonly kind: 'needs'; readonly needs: readonly DimNeed[] }
  | {
      readonly kind: 'measured';
      readonly provider: Provider;
      /** Name and version. */
      readonly runtime: string;
      /** What was found on the way to it; empty where nothing had to be. */
      readonly probes: readonly ProviderProbe[];
      readonly inputs: readonly FedInput[];
      readonly loadS: number;
      readonly firstRunS: number;
      readonly warmUp: WarmUp;
      readonly measured: Measured;
      /** The shares are a second session's; a measurement stands without them. */
      readonly trace: Trace | null;
      readonly traceFault: Text | null;
    };

interface Placed extends ProfileJob {
  readonly cache?: WeightCache;
  readonly provider: Provider;
  readonly probes: readonly ProviderProbe[];
  readonly folder: string;
}

export async function runProfile(
  { calls }: Pick<Child, 'calls'>,
  job: Placed,
  { onProgress = () => undefined, around = work => work() }: Surroundings,
): Promise<ProfileRun> {
  const { model, provider, probes, inputs, dims, seconds, threads, folder } = job;
  onProgress({ stage: 'loading' });
  const opened = await calls.call(
    'open',
    {
      ...{ model, provider, inputs, dims, folder },
      ...(threads !== undefined && { threads }),
      ...(job.cache && { cache: job.cache }),
      memoryLimitBytes: job.memoryLimitBytes ?? memoryLimit(),
    },
    { onProgress },
  );
  if (opened.kind === 'needs') return opened;
  onProgress({ stage: 'warmingUp' });
  const warmUp = await calls.call('warmUp', { maxSeconds: warmUpSeconds(seconds) });
  let measured: Measured | undefined;
  onProgress({ stage: 'measuring', fraction: 0 });
  await around(async () => {
    measured = await calls.call(
      'measure',
      { seconds },
      {
        onProgress: ({ seconds: spent, latencyS }) =>
          onProgress({ stage: 'measuring', fraction: Math.min(1, spent / seconds), latencyS, provider }),
      },
    );
  });
  if (measured === undefined) throw new Error('the meter did not run the work');
  onProgress({ stage: 'tracing' });
  const { trace, traceFault } = await takeTrace(calls, seconds);
  const { runtime, loadS, firstRunS } = opened;
  return {
    kind: 'measured',
    ...{ provider, runtime, probes, inputs: opened.inputs, loadS, firstRunS, warmUp, measured, trace, traceFault },
  };
}

const warmUpSeconds = (seconds: number): number => Math.max(1, 0.3 * seconds);

/** Long enough for many runs of a fast model, short enough that the trace of a large one stays readable. */
const traceSeconds = (seconds: number): number => Math.min(0.5, 0.2 * seconds);

async function takeTrace(
  calls: Child['calls'],
  seconds: number,
): Promise<{ trace: Trace | null; traceFault: Text | null }> {
  try {
    return { trace: await calls.call('trace', { seconds: traceSeconds(seconds) }), traceFault: null };
  } catch (error) {
    if (error instanceof InputError) return { trace: null, traceFault: error.text };
    if (error instanceof RpcError && error.code === 'internal') return { trace: null, traceFault: error.text };
    if (error instanceof RpcError && error.code === 'closed')
      return { trace: null, traceFault: text('the measuring process ended while it was traced') };
    throw error;
  }
}
