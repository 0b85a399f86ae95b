/**
 * The profiler's child process and the only importer of the native runtime. It answers one parent, blocks while it
 * works, and is meant to be killed.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type * as Native from 'onnxruntime-node';
import type { Text } from '../base/text';
import { text } from '../base/text';
import type {
  ModelSignature,
  ModelSource,
  ProfilerCalls,
  Provider,
  ProviderProbe,
  TensorSignature,
} from '../protocol/profiler';
import { serve } from '../protocol/rpc';
import { parentChannel } from './channel';
import { CUDA_LIBRARY, holdsProvider, runtimeFolder } from './cuda';
import { explainFault, firstLine } from './faults';
import { Job, placeModel, writeModel } from './job';
import { PROBE_MODEL, PROBE_SIZE } from './probeModel';
import type { Runtime, Session, SessionOptions } from './runtime';
import { startWatchdog } from './watchdog';

const now = (): number => performance.now() / 1000;

function main(): void {
  if (process.send === undefined) {
    process.exitCode = 2;
    return;
  }
  process.on('disconnect', () => process.exit());
  volunteer();
  const watchdog = startWatchdog(Number(process.argv[2] ?? process.ppid));
  let job: Job | undefined;
  const opened = (): Job => {
    if (job === undefined) throw new Error('no model is open');
    return job;
  };
  serve<ProfilerCalls>(parentChannel(process), {
    runtime: async () => {
      const { version, providers } = await loadRuntime();
      return { version, providers };
    },
    probe: async ({ provider }) => probe(await loadRuntime(), provider),
    signature: async ({ model, folder }) => readSignature(await loadRuntime(), model, folder),
    write: async (request, { progress }) => {
      await writeModel(request, fraction => progress({ stage: 'weights', fraction }));
      return null;
    },
    open: async (request, { progress }) => {
      watchdog.guard(request.folder, request.memoryLimitBytes);
      job = new Job(await loadRuntime(), now);
      return job.open(request, progress);
    },
    warmUp: ({ maxSeconds }) => opened().warmUp(maxSeconds),
    measure: ({ seconds }, { progress }) => opened().measure(seconds, progress),
    trace: ({ seconds }) => opened().trace(seconds),
  });
}

/** When memory runs out, Linux shall end this process rather than the editor. Elsewhere there is no such file. */
function volunteer(): void {
  writeFile('/proc/self/oom_score_adj', '1000').catch(() => undefined);
}

async function loadRuntime(): Promise<Runtime> {
  const native = await import('onnxruntime-node').catch((error: unknown) => {
    throw explainFault(error);
  });
  const names = new Set(native.listSupportedBackends().map(({ name }) => name));
  return {
    version: native.env.versions.node ?? '',
    providers: PROVIDERS.filter(provider => names.has(provider)),
    create: async (model, options) => {
      const settings = settingsFor(options);
      return adapt(
        typeof model === 'string'
          ? await native.InferenceSession.create(model, settings)
          : await native.InferenceSession.create(model, settings),
      );
    },
    tensor: (dtype, elements, dims) => new native.Tensor(dtype as 'float32', elements as Float32Array, dims),
  };
}

const PROVIDERS: readonly Provider[] = ['cpu', 'cuda', 'webgpu', 'dml', 'coreml'];

const ERRORS_ONLY = 3;

const settingsFor = ({
  provider,
  level,
  threads,
  tracePrefix,
}: SessionOptions): Native.InferenceSession.SessionOptions => ({
  executionProviders: [provider],
  graphOptimizationLevel: level,
  logSeverityLevel: ERRORS_ONLY,
  ...(threads !== undefined && { intraOpNumThreads: threads }),
  ...(tracePrefix !== undefined && { enableProfiling: true, profileFilePrefix: tracePrefix }),
});

function adapt(session: Native.InferenceSession): Session {
  return {
    inputs: session.inputMetadata.map(signatureOf),
    outputs: session.outputMetadata.map(signatureOf),
    run: feeds => session.run(feeds as Native.InferenceSession.FeedsType),
    endProfiling: () => session.endProfiling(),
    release: () => session.release(),
  };
}

const signatureOf = (metadata: Native.InferenceSession.ValueMetadata): TensorSignature =>
  metadata.isTensor
    ? { name: metadata.name, dtype: metadata.type, dims: metadata.shape }
    : { name: metadata.name, dtype: 'sequence', dims: [] };

async function readSignature(runtime: Runtime, model: ModelSource, folder: string): Promise<ModelSignature> {
  const path = await placeModel(model, folder);
  try {
    const session = await runtime.create(path, { provider: 'cpu', level: 'disabled' });
    const { inputs, outputs } = session;
    await session.release();
    return { inputs, outputs };
  } catch (error) {
    throw explainFault(error);
  }
}

const PROBE_RUNS = 4;
/** A device as slow as this need not be timed better. */
const SLOW_S = 0.2;

async function probe(runtime: Runtime, provider: Provider): Promise<ProviderProbe> {
  try {
    const session = await runtime.create(PROBE_MODEL, { provider, level: 'all' });
    const shape = [PROBE_SIZE, PROBE_SIZE];
    const ones = (): Float32Array => new Float32Array(PROBE_SIZE * PROBE_SIZE).fill(1);
    const feeds = { a: runtime.tensor('float32', ones(), shape), b: runtime.tensor('float32', ones(), shape) };
    let runS = Infinity;
    for (let run = 0; run < PROBE_RUNS; run++) {
      const start = now();
      const { y } = await session.run(feeds);
      const tookS = now() - start;
      runS = Math.min(runS, tookS);
      if (!isRight(y))
        return {
          provider,
          works: false,
          why: text('"{0}" cannot be used here: it computes wrong values', provider),
          detail: '',
        };
      if (run > 0 && tookS > SLOW_S) break;
    }
    await session.release();
    return { provider, works: true, runS };
  } catch (error) {
    const detail = firstLine(error instanceof Error ? error.message : String(error));
    return { provider, works: false, why: whyNot(provider, detail), detail };
  }
}

/** Ones times ones: every element is the length of a row. */
function isRight(y: unknown): boolean {
  const data = (y as Native.TypedTensor<'float32'> | undefined)?.data;
  return data?.length === PROBE_SIZE ** 2 && data.every(value => Math.abs(value - PROBE_SIZE) < 1e-3 * PROBE_SIZE);
}

function whyNot(provider: Provider, detail: string): Text {
  if (/backend not found|no available backend/i.test(detail))
    return text('the inference runtime for this platform has no "{0}"', provider);
  if (provider === 'webgpu' && /adapter/i.test(detail))
    return text('"{0}" cannot be used here: no usable graphics adapter was found', provider);
  if (provider === 'cuda' && /shared library/i.test(detail)) {
    const said = loaderSays();
    const [, missing] = /^(\S+): cannot open shared object file/.exec(said ?? '') ?? [];
    if (said === undefined) return text('"{0}" cannot be used here: its libraries are not installed', provider);
    return missing === undefined
      ? text('"{0}" cannot be used here: {1}', provider, said)
      : text('"{0}" cannot be used here: it needs {1}, which is not installed', provider, missing);
  }
  return text('"{0}" cannot be used here: {1}', provider, detail);
}

/** The runtime does not say why it cannot open the provider; undefined where there is none. */
function loaderSays(): string | undefined {
  const folders = [...(process.env['LD_LIBRARY_PATH'] ?? '').split(':'), runtimeFolder(__filename) ?? ''];
  const folder = folders.find(one => one !== '' && holdsProvider(one));
  if (folder === undefined) return undefined;
  try {
    process.dlopen({ exports: {} }, join(folder, CUDA_LIBRARY));
  } catch (error) {
    return firstLine(error instanceof Error ? error.message : String(error));
  }
  return undefined;
}

main();
