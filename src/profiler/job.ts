/** One model in the child, from loading to its trace. Every step blocks; whoever wants to stop it ends the process. */
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { InputError } from '../base/findings';
import type {
  Measured,
  MeasureProgress,
  ModelSource,
  OpenProgress,
  OpenRequest,
  OpenResult,
  Trace,
  WarmUp,
  WeightCache,
  WriteRequest,
} from '../protocol/profiler';
import { machineBusyS } from './busy';
import { explainFault } from './faults';
import type { BoundInput } from './inputs';
import { bindInputs, makeElements } from './inputs';
import { checkModelFile } from './modelFile';
import type { Feeds, Runtime, Session, SessionOptions } from './runtime';
import type { Now } from './timing';
import { timeRuns, warmUp } from './timing';
import { readTrace } from './trace';
import { writeWeights } from './weights';
import { fromCache, MODEL_FILE } from './weightsCache';

/** Any fixed number: the same model is always fed with the same values. */
const SEED = 20;

interface Opened {
  readonly path: string;
  readonly request: OpenRequest;
  readonly feeds: Feeds;
  session: Session;
}

export class Job {
  #opened: Opened | undefined;

  constructor(
    readonly runtime: Runtime,
    readonly now: Now,
  ) {}

  async open(request: OpenRequest, onProgress: (progress: OpenProgress) => void): Promise<OpenResult> {
    const start = this.now();
    const path = await placeModel(
      request.model,
      request.folder,
      fraction => onProgress({ stage: 'weights', fraction }),
      request.cache,
    );
    const placed = this.now();
    onProgress({ stage: 'loading' });
    const session = await this.#create(path, request, { level: 'all' });
    const loaded = this.now();
    const { inputs, needs } = bindInputs(session.inputs, request.inputs, request.dims);
    if (needs.length > 0) {
      await session.release();
      return { kind: 'needs', needs };
    }
    onProgress({ stage: 'firstRun' });
    const beforeRun = this.now();
    const feeds = await this.#firstRun(session, inputs);
    this.#opened = { path, request, feeds, session };
    return {
      kind: 'opened',
      inputs: inputs.map(({ name, dtype, dims, basis, source }) => ({ name, dtype, dims, basis, source })),
      outputs: session.outputs,
      runtime: `onnxruntime ${this.runtime.version}`,
      weightsS: placed - start,
      loadS: loaded - placed,
      firstRunS: this.now() - beforeRun,
    };
  }

  async warmUp(maxSeconds: number): Promise<WarmUp> {
    const { session, feeds } = this.#require();
    return explained(() => warmUp(() => session.run(feeds), maxSeconds, this.now));
  }

  async measure(seconds: number, onProgress: (progress: MeasureProgress) => void): Promise<Measured> {
    const { session, feeds } = this.#require();
    const [own, all] = [process.cpuUsage(), machineBusyS()];
    const timed = await explained(() => timeRuns(() => session.run(feeds), seconds, this.now, onProgress));
    const { user, system } = process.cpuUsage(own);
    const cpuS = (user + system) * 1e-6;
    const allAfter = machineBusyS();
    return {
      ...timed,
      cpuS,
      othersCpuS: all === undefined || allAfter === undefined ? null : Math.max(0, allAfter - all - cpuS),
      processors: cpus().length,
      peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    };
  }

  /** Replaces the session by a profiled one: both at once could be more than the memory holds. */
  async trace(seconds: number): Promise<Trace> {
    const opened = this.#require();
    const { path, request, feeds } = opened;
    const level = 'basic';
    const prefix = join(request.folder, 'trace');
    await opened.session.release();
    opened.session = await this.#create(path, request, { level, tracePrefix: prefix });
    const { session } = opened;
    await explained(async () => {
      for (let run = 0; run < COLD_RUNS; run++) await session.run(feeds);
      const start = this.now();
      for (let run = 0; run < MIN_TRACED || this.now() - start < seconds; run++) await session.run(feeds);
      session.endProfiling();
    });
    return readTrace(await takeTrace(request.folder), COLD_RUNS, level);
  }

  async #create(
    path: string,
    { provider, threads }: OpenRequest,
    options: Pick<SessionOptions, 'level' | 'tracePrefix'>,
  ): Promise<Session> {
    return explained(() =>
      this.runtime.create(path, { provider, ...(threads !== undefined && { threads }), ...options }),
    );
  }

  /** A table may be smaller than the indices that were made up: then zeros, which every table has. */
  async #firstRun(session: Session, inputs: readonly BoundInput[]): Promise<Feeds> {
    const feeds = this.#feeds(inputs);
    try {
      await explained(() => session.run(feeds));
      return feeds;
    } catch (error) {
      if (!(error instanceof InputError) || error.code !== 'bad-index') throw error;
      const zeroed = this.#feeds(
        inputs.map(input =>
          input.fill.kind === 'integers' ? { ...input, fill: { kind: 'constant', value: 0 } } : input,
        ),
      );
      await explained(() => session.run(zeroed));
      return zeroed;
    }
  }

  #feeds(inputs: readonly BoundInput[]): Feeds {
    return Object.fromEntries(
      inputs.map((input, index) => [
        input.name,
        this.runtime.tensor(input.dtype, makeElements(input, SEED + index), input.dims),
      ]),
    );
  }

  #require(): Opened {
    if (this.#opened === undefined) throw new Error('no model is open');
    return this.#opened;
  }
}

const COLD_RUNS = 2;
const MIN_TRACED = 3;

/** Path of the model file, checked or written. */
export async function placeModel(
  model: ModelSource,
  folder: string,
  onProgress: (fraction: number) => void = () => undefined,
  cache?: WeightCache,
): Promise<string> {
  if (model.kind === 'file') {
    await checkModelFile(model.path);
    return model.path;
  }
  const cached = cache && (await fromCache(model.model, model.plan, cache, onProgress));
  if (cached !== undefined) return cached;
  await writeWeights(model.plan, folder, onProgress);
  const path = join(folder, MODEL_FILE);
  await writeFile(path, model.model);
  return path;
}

/** Renamed into place when all is written: whoever cancels keeps what was there. */
export async function writeModel(
  { model, path, workFolder }: WriteRequest,
  onProgress: (fraction: number) => void,
): Promise<void> {
  await mkdir(workFolder, { recursive: true });
  const written = await placeModel(model, workFolder, onProgress);
  await rename(join(workFolder, model.plan.file), join(dirname(path), model.plan.file));
  await rename(written, path);
}

/** The runtime names the trace by date and time; nothing else in the folder begins like it. */
async function takeTrace(folder: string): Promise<string> {
  const names = (await readdir(folder)).filter(name => name.startsWith('trace') && name.endsWith('.json'));
  const [name] = names;
  if (name === undefined) throw new Error('the runtime wrote no trace');
  const path = join(folder, name);
  const content = await readFile(path, 'utf8');
  await rm(path);
  return content;
}

async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explainFault(error);
  }
}
