/**
 * Use case: run a model on this machine and bring time and energy back to its layers. An `.onnx` file runs as it is; a
 * model from source is written out first. Reading and measuring happen elsewhere: nothing here blocks.
 */
import { InputError } from '../base/findings';
import type { ReadText } from '../base/ports';
import { text } from '../base/text';
import { loadValue, parseInputSpec } from '../frontends/input';
import type { ProfileProgress, Profiler } from '../profiler/client';
import type { Outcome } from '../profiler/outcome';
import { refused } from '../profiler/outcome';
import type { AnalyzeRequest, EmitRequest, EmittedModel } from '../protocol/analysis';
import type { DimNeed, GivenInput, ModelSource, Provider } from '../protocol/profiler';
import type { ProfileResult } from '../report/profile';
import { RpcError } from '../protocol/rpc';
import type { FileReport, ModelReport, NeedReport } from '../report/view';
import type { MachineCondition } from './condition';
import { conditionNotes, gpuNotes } from './condition';
import type { PowerPort, PowerReading } from './power';
import { profileResult } from './profileReport';

export type { Outcome };

/** Reading files, in the analysis worker or in-process. Both throw `InputError`. */
export interface ModelReader {
  analyze(request: AnalyzeRequest, signal?: AbortSignal): Promise<FileReport>;
  emit(request: EmitRequest, signal?: AbortSignal): Promise<EmittedModel>;
}

export interface ProfilingPorts {
  readonly profiler: Profiler;
  readonly reader: ModelReader;
  readonly readText: ReadText;
  /** Without one nothing is said of the machine's state. */
  readonly condition?: () => MachineCondition | Promise<MachineCondition>;
  /** What slows the GPU down at this moment, in the driver's bits. */
  readonly gpuSlowdown?: () => Promise<number | null>;
  /** Without one the energy is not known. */
  readonly power?: PowerPort;
  /** The hardware behind a provider, in words. */
  readonly deviceName: (provider: Provider) => string;
}

export interface ProfileRequest extends AnalyzeRequest {
  readonly target: 'auto' | Provider;
  readonly seconds: number;
  /** Answers to needs: sizes by name, or by `input.axis`. */
  readonly dims?: Readonly<Record<string, number>>;
  readonly threads?: number;
  /** Runs a model from source without the ops that cannot be run, and says so. */
  readonly without?: boolean;
}

export interface ProfiledReport {
  readonly report: ModelReport;
  readonly profile: ProfileResult;
}

export type ProfilingOutcome =
  | Outcome<ProfiledReport>
  /** Sizes or arguments that only the user can say. */
  | { readonly kind: 'needs'; readonly needs: readonly NeedReport[]; readonly report: ModelReport };

export interface ProfilingOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ProfileProgress) => void;
}

/** One model: the one that the request names, or the only one of the file. */
export async function profileModel(
  request: ProfileRequest,
  ports: ProfilingPorts,
  options: ProfilingOptions = {},
): Promise<ProfilingOutcome> {
  try {
    const prepared = await prepare(request, ports, options.signal);
    if ('needs' in prepared) return { kind: 'needs', needs: prepared.needs, report: prepared.report };
    return await run(request, prepared, ports, options);
  } catch (error) {
    if (options.signal?.aborted === true) return { kind: 'cancelled' };
    if (error instanceof InputError) return refused(error);
    throw error;
  }
}

interface Prepared {
  readonly report: ModelReport;
  readonly source: ModelSource;
  readonly inputs: readonly GivenInput[];
  readonly layerOf?: Readonly<Record<string, number>>;
  readonly without?: EmittedModel['without'];
}

interface Waiting {
  readonly report: ModelReport;
  readonly needs: readonly NeedReport[];
}

async function prepare(
  request: ProfileRequest,
  { reader, readText }: ProfilingPorts,
  signal: AbortSignal | undefined,
): Promise<Prepared | Waiting> {
  const values = await givenInputs(request.inputs, readText);
  const file = await reader.analyze(request, signal);
  const report = modelOf(file, request.model);
  if (report.kind === 'onnx')
    return { report, source: { kind: 'file', path: request.path }, inputs: withSizes(report, values) };
  if (report.status === 'needs-arguments') return { report, needs: report.needs };
  const emitted = await reader.emit({ ...request, model: report.name }, signal);
  const { model, plan, layerOf, without } = emitted;
  // Names of inputs may have been changed in writing: the order has not.
  const inputs = withSizes(emitted.report, values).map(({ name: _, ...input }) => input);
  return { report: emitted.report, source: { kind: 'emitted', model, plan }, inputs, layerOf, without };
}

function modelOf(file: FileReport, name: string | undefined): ModelReport {
  const { models } = file;
  const found = name === undefined ? models[0] : models.find(model => model.name === name);
  if (found !== undefined && (name !== undefined || models.length === 1)) return found;
  const names = models.map(model => model.name).join(', ');
  if (found === undefined)
    throw new InputError(
      'unknown-model',
      name === undefined ? text('"{0}" defines no model', file.file) : text('there is no model named "{0}"', name),
      names === '' ? undefined : text('it has {0}', names),
    );
  throw new InputError(
    'several-models',
    text('"{0}" defines several models', file.file),
    text('choose one of {0}', names),
  );
}

/** More elements than this are better made up than read. */
const MOST_VALUES = 100_000_000;

export async function givenInputs(specs: readonly string[], readText: ReadText): Promise<readonly GivenInput[]> {
  return Promise.all(
    specs.map(async (spec): Promise<GivenInput> => {
      const parsed = parseInputSpec(spec);
      const { name, type, value } = parsed;
      const values = typeof value === 'object' ? await loadValue(parsed, readText, MOST_VALUES) : value;
      return {
        ...(name !== undefined && { name }),
        ...(typeof type.dtype === 'string' && { dtype: type.dtype }),
        dims: sizesOf(type.shape),
        ...(values !== undefined && { value: typeof values === 'number' ? values : numbersOf(values) }),
      };
    }),
  );
}

const sizesOf = (shape: unknown): number[] =>
  Array.isArray(shape) ? shape.filter(dim => typeof dim === 'number') : [];

const numbersOf = (values: readonly unknown[]): number[] => values.filter(value => typeof value === 'number');

/**
 * Every input whose sizes the reader knows, so that what is measured is what was counted; with the values that the
 * user gave. What it does not know the profiler asks for.
 */
export function withSizes(report: ModelReport, given: readonly GivenInput[]): readonly GivenInput[] {
  const unnamed = given.filter(({ name }) => name === undefined);
  const named = new Map(given.flatMap(one => (one.name === undefined ? [] : [[one.name, one] as const])));
  return report.inputs.flatMap((input): readonly GivenInput[] => {
    const own = named.get(input.name) ?? unnamed.shift();
    if (own !== undefined) return [{ ...own, name: input.name }];
    const dims = input.shape?.filter(dim => dim !== null);
    return dims === undefined || dims.length !== input.shape?.length ? [] : [{ name: input.name, dims }];
  });
}

async function run(
  request: ProfileRequest,
  { report, source, inputs, layerOf, without }: Prepared,
  { profiler, power, condition, gpuSlowdown, deviceName }: ProfilingPorts,
  options: ProfilingOptions,
): Promise<ProfilingOutcome> {
  let reading: PowerReading | null = null;
  const before = await condition?.();
  let slowdown: Promise<number | null> | undefined;
  const { target, seconds, dims = {}, threads } = request;
  const outcome = await profiler.profile(
    { model: source, device: target, inputs, dims, seconds, ...(threads !== undefined && { threads }) },
    {
      ...options,
      onProgress: step => {
        // In the middle of the work; what runs on the processor is not disturbed by asking a GPU.
        const halfway = step.stage === 'measuring' && (step.fraction ?? 0) >= 0.5;
        if (halfway && step.provider !== 'cpu') slowdown ??= gpuSlowdown?.();
        options.onProgress?.(step);
      },
      ...(power && {
        around: async work => {
          reading = await untilAborted(power.measureDuring(work), options.signal);
        },
      }),
    },
  );
  if (outcome.kind !== 'finished') return outcome;
  if (outcome.value.kind === 'needs') return { kind: 'needs', needs: outcome.value.needs.map(needReport), report };
  const device = deviceName(outcome.value.provider);
  const context = {
    report,
    power: reading,
    device,
    conditions: [
      ...(before && condition ? conditionNotes(before, await condition()) : []),
      ...gpuNotes((await slowdown) ?? null),
    ],
    ...(layerOf && { layerOf }),
    ...(without && { without }),
    ...(threads !== undefined && { threads }),
  };
  return { kind: 'finished', value: { report, profile: profileResult(outcome.value, context) } };
}

/** Idle is waited for before and after the work: whoever cancels does not wait with it. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(new RpcError('cancelled', text('cancelled')));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  // Whichever ends later ends unheard.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (stop) signal.removeEventListener('abort', stop);
  }
}

const needReport = ({ input, axis, name, key, suggestion }: DimNeed): NeedReport => ({
  name: name === '' ? key : name,
  of: 'dim',
  input,
  axis,
  suggestion: String(suggestion),
});
