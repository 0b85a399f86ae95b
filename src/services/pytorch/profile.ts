/** Use case: the same report as a profile's, from the user's own PyTorch, beside the reading, and where the two differ. */
import { InputError } from '../../base/findings';
import type { Figure } from '../../base/figure';
import { figure, mapFigure, weaker } from '../../base/figure';
import type { ReadText } from '../../base/ports';
import type { Disposable } from '../../base/store';
import type { Text } from '../../base/text';
import { text } from '../../base/text';
import { windowInterval } from '../../profiler/stats';
import type { Outcome, Refused } from '../../profiler/outcome';
import { refused } from '../../profiler/outcome';
import type { AnalyzeRequest } from '../../protocol/analysis';
import type { LayerProfile, ProfileResult } from '../../report/profile';
import type { LayerReport, ModelReport } from '../../report/view';
import type { MachineCondition } from '../condition';
import { busyNotes, conditionNotes, gpuNotes } from '../condition';
import type { PowerPort, PowerReading } from '../power';
import { energyNotes, energyOfRun, marginalOf } from '../power';
import { carbonOfRun, meanOf } from '../profileReport';
import type { ModelReader, ProfiledReport } from '../profiling';
import { givenInputs, untilAborted, withSizes } from '../profiling';
import { Cancelled, runInPython, type StartPython, TorchFault, type TorchJob, type TorchResult, type TorchStage } from './run'; // prettier-ignore

export interface TorchPorts {
  readonly start: StartPython;
  readonly reader: Pick<ModelReader, 'analyze'>;
  readonly readText: ReadText;
  readonly startTimer: (seconds: number, run: () => void) => Disposable;
  readonly memoryLimitBytes: () => number;
  readonly power?: PowerPort;
  readonly condition?: () => MachineCondition | Promise<MachineCondition>;
  /** As for `ProfilingPorts`. */
  readonly gpuSlowdown?: () => Promise<number | null>;
  /** Processor time of the whole machine so far. */
  readonly busyS?: () => number | undefined;
  /** The processor in words. */
  readonly processor: string;
}

export interface TorchRequest extends AnalyzeRequest {
  readonly model: string;
  readonly interpreter: string;
  readonly target: TorchJob['device'];
  readonly seconds: number;
  readonly backward: boolean;
}

export interface TorchOptions {
  readonly signal?: AbortSignal;
  readonly onStage?: (stage: TorchStage, fraction?: number, latencyS?: number) => void;
}

export type TorchOutcome = Exclude<Outcome<ProfiledReport>, Refused> | (Refused & { readonly traceback?: string });

const LIMIT_S = 600;

export async function profileInPyTorch(
  request: TorchRequest,
  ports: TorchPorts,
  options: TorchOptions = {},
): Promise<TorchOutcome> {
  try {
    const file = await ports.reader.analyze(request, options.signal);
    const report = file.models.find(({ name }) => name === request.model);
    if (report === undefined)
      throw new InputError('unknown-model', text('there is no model named "{0}"', request.model), undefined);
    const job = await jobFor(request, report, ports);
    const { result, reading, conditions } = await measure(request, job, ports, options);
    const profile = torchProfile(result, job, report, { power: reading, conditions, processor: ports.processor });
    return { kind: 'finished', value: { report, profile } };
  } catch (error) {
    if (options.signal?.aborted === true || error instanceof Cancelled) return { kind: 'cancelled' };
    if (error instanceof TorchFault) return { ...refused(error), traceback: error.traceback };
    if (error instanceof InputError) return refused(error);
    throw error;
  }
}

interface MeasuredInPyTorch {
  readonly result: TorchResult;
  readonly reading: PowerReading | null;
  /** What the machine's state did to the measurement. */
  readonly conditions: readonly Text[];
}

async function measure(
  request: TorchRequest,
  job: TorchJob,
  ports: TorchPorts,
  options: TorchOptions,
): Promise<MeasuredInPyTorch> {
  const { power, condition, busyS, gpuSlowdown } = ports;
  let reading: PowerReading | null = null;
  let slowdown: Promise<number | null> | undefined;
  let allS: number | undefined;
  const before = await condition?.();
  const counted = async (work: () => Promise<void>): Promise<void> => {
    const start = busyS?.();
    await work();
    const end = busyS?.();
    allS = start === undefined || end === undefined ? undefined : end - start;
  };
  const result = await runInPython(ports.start, request.interpreter, job, {
    ...options,
    onStage: (stage, fraction, latencyS) => {
      if (stage === 'measuring' && (fraction ?? 0) >= 0.5) slowdown ??= gpuSlowdown?.();
      options.onStage?.(stage, fraction, latencyS);
    },
    timeLimitS: LIMIT_S + 3 * request.seconds,
    startTimer: ports.startTimer,
    around: async work => {
      if (power === undefined) return counted(work);
      reading = await untilAborted(
        power.measureDuring(() => counted(work)),
        options.signal,
      );
    },
  });
  const others = allS === undefined || result.cpuS === undefined ? null : Math.max(0, allS - result.cpuS);
  const bits = result.device === 'cuda' ? await slowdown : undefined;
  return {
    result,
    reading,
    conditions: [
      ...busyNotes(others, result.seconds),
      ...(before && condition ? conditionNotes(before, await condition()) : []),
      ...gpuNotes(bits ?? null),
    ],
  };
}

/** Inputs as the reading has them: PyTorch itself does not know what a model is fed with. */
async function jobFor(request: TorchRequest, report: ModelReport, ports: TorchPorts): Promise<TorchJob> {
  const values = await givenInputs(request.inputs, ports.readText);
  const sized = withSizes(report, values);
  // A model that could not be read has no inputs to go by but those that were given.
  const given = report.inputs.length > 0 ? sized : values;
  if (given.length === 0 || given.length < report.inputs.length)
    throw new InputError(
      'needs-sizes',
      text('the sizes of the inputs of "{0}" are not known', request.model),
      text('give them in the inputs of its costs'),
    );
  return {
    file: request.path,
    model: request.model,
    args: request.args ?? '',
    search: request.searchPath,
    inputs: given.map(({ name, dtype, dims, value }, index) => ({
      name: name ?? report.inputs[index]?.name ?? '',
      dtype: dtype ?? report.inputs[index]?.dtype ?? 'float32',
      dims,
      ...(value !== undefined && { value }),
    })),
    device: request.target,
    seconds: request.seconds,
    backward: request.backward,
    memoryLimitBytes: ports.memoryLimitBytes(),
  };
}

interface TorchContext {
  readonly power: PowerReading | null;
  readonly conditions: readonly Text[];
  readonly processor: string;
}

export function torchProfile(
  result: TorchResult,
  job: TorchJob,
  report: ModelReport,
  { power, conditions, processor }: TorchContext,
): ProfileResult {
  const { value, low, high, drifted } = windowInterval(result.windows.map(({ medianS }) => medianS));
  const latencyS = figure(
    value,
    low,
    high,
    'measured',
    `median of ${result.windows.length} windows of runs in PyTorch`,
  );
  const meanS = meanOf(result);
  const energyJ = energyOfRun(power, meanS);
  const { layers, unattributedShare } = sharesOf(result, report, latencyS, energyJ);
  return {
    device: result.deviceName ?? (result.device === 'cpu' ? processor : result.device),
    provider: `pytorch-${result.device}`,
    runtime: `PyTorch ${result.torch}`,
    threads: result.threads,
    generatedWeights: false,
    leftOut: 0,
    ...{ runs: result.runs, seconds: result.seconds, latencyS, energyJ, layers, unattributedShare },
    runTimes: { fastestS: result.fastestS, meanS, p95S: result.p95S, slowestS: result.slowestS },
    carbonG: carbonOfRun(energyJ, report),
    marginalEnergyJ: marginalOf(energyJ, power, meanS),
    idleW: power?.idleW ?? null,
    coverage: power?.coverage ?? [],
    peakMemoryBytes: result.peakBytes,
    inputs: job.inputs.map(({ name, dtype, dims }) => ({
      ...{ name, dtype, dims, source: text('random values') },
      basis: report.inputs.find(input => input.name === name)?.basis ?? 'given',
    })),
    providers: [{ provider: `pytorch-${result.device}`, share: 1 }],
    notes: [...notesOn(result, report, drifted), ...conditions, ...energyNotes(power, latencyS.value, meanS)],
  };
}

/** A module's own time goes to its layers, by their modelled share where it has several. */
function sharesOf(
  { modules }: TorchResult,
  { layers }: ModelReport,
  latencyS: Figure,
  energyJ: Figure | null,
): { layers: LayerProfile[]; unattributedShare: number } {
  const byModule = new Map<string, number[]>();
  layers.forEach(({ path }, index) => {
    const owner = path.replace(/#.*$/, '');
    byModule.set(owner, [...(byModule.get(owner) ?? []), index]);
  });
  const total = modules.reduce((sum, { selfS }) => sum + selfS, 0);
  let lost = 0;
  const shares = new Map<number, number>();
  for (const { path, selfS } of modules) {
    const owned = byModule.get(path) ?? [];
    if (owned.length === 0) lost += selfS;
    const weights = owned.map(index => weightOf(layers[index]));
    const sum = weights.reduce((a, b) => a + b, 0);
    owned.forEach((layer, at) => shares.set(layer, (selfS * (weights[at] ?? 0)) / sum / total));
  }
  const part = (whole: Figure, share: number, source: string): Figure => ({
    ...mapFigure(whole, value => value * share),
    source,
  });
  return {
    layers: [...shares]
      .sort(([a], [b]) => a - b)
      .map(([layer, share]) => ({
        ...{ layer, share },
        latencyS: part(latencyS, share, 'share of runs with a clock around every module, scaled to those without'),
        energyJ: energyJ && {
          ...part(energyJ, share, "the model's energy, by share of the time"),
          basis: weaker(energyJ.basis, 'modelled'),
        },
      })),
    unattributedShare: total > 0 ? lost / total : 0,
  };
}

const weightOf = (layer: LayerReport | undefined): number => Math.max(layer?.latencyS ?? 0, 1e-12);

function notesOn(result: TorchResult, report: ModelReport, drifted: boolean): Text[] {
  const notes = [text('Run in your own PyTorch, with the weights that the model is built with.'), ...differences(result, report)]; // prettier-ignore
  if (!result.steady) notes.push(text('Run times had not settled when the measurement began.'));
  if (drifted) notes.push(text('The machine changed its speed meanwhile; the range covers both.'));
  if (result.backward) notes.push(text('Forward and backward together take {0} ms, in training mode.', (1000 * result.backward.medianS).toPrecision(3))); // prettier-ignore
  return notes;
}

/** Where the reading and PyTorch differ; that they agree is said as well. */
function differences(result: TorchResult, report: ModelReport): Text[] {
  const notes: Text[] = [];
  if (result.parameters !== report.parameters)
    notes.push(text('PyTorch has {0} parameters, the reading {1}.', result.parameters, report.parameters ?? text('unknown'))); // prettier-ignore
  const outputs = report.outputs.map(({ dtype, shape }) => `${dtype ?? '?'}[${shape?.map(size => size ?? '?').join(',') ?? '?'}]`); // prettier-ignore
  if (outputs.join(' ') !== result.outputs.join(' '))
    notes.push(text('PyTorch gives {0}, the reading {1}.', result.outputs.join(' '), outputs.join(' ')));
  // Its counter knows products and convolutions: two operations for each multiply-add.
  const macs = result.flops === null ? null : result.flops / 2;
  if (macs !== null && macs !== report.macs) notes.push(macsDiffer(macs, report.macs));
  if (notes.length > 0) return notes;
  return [
    macs === null
      ? text('The reading agrees with PyTorch in parameters and outputs; this PyTorch counts no operations.')
      : text('The reading agrees with PyTorch in parameters, MACs and outputs.'),
  ];
}

/** Its counter has no formula for some kernels, which then count as nothing. */
function macsDiffer(macs: number, read: number | null): Text {
  if (read !== null && macs < read)
    return text(
      'PyTorch counts {0} MACs, the reading {1}: its counter leaves out what runs in fused kernels, such as recurrent networks and attention.',
      macs,
      read,
    );
  return text('PyTorch counts {0} MACs, the reading {1}.', macs, read ?? text('unknown'));
}
