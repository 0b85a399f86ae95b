/** From what the child measured, and the meter meanwhile, to the report: figures with ranges, shares by layer, notes. */
import type { Figure } from '../base/figure';
import { combine, figure, mapFigure, weaker } from '../base/figure';
import type { Text } from '../base/text';
import { text } from '../base/text';
import { carbonOf, gramsPerKWh, joules } from '../base/units';
import type { ProfileRun } from '../profiler/client';
import { windowInterval } from '../profiler/stats';
import { MIN_WINDOWS } from '../profiler/timing';
import type { EmittedModel } from '../protocol/analysis';
import type { Trace } from '../protocol/profiler';
import type { LayerProfile, ProfileResult } from '../report/profile';
import type { ModelReport } from '../report/view';
import type { Attribution } from './attribution';
import { attribute } from './attribution';
import { busyNotes } from './condition';
import type { PowerReading } from './power';
import { energyNotes, energyOfRun, marginalOf } from './power';

export type MeasuredRun = Extract<ProfileRun, { kind: 'measured' }>;

export interface ProfileContext {
  readonly report: ModelReport;
  /** Layer of each node by name, where the model was written by us; such models have generated weights. */
  readonly layerOf?: Readonly<Record<string, number>>;
  readonly power: PowerReading | null;
  readonly device: string;
  /** What the machine's state did to the measurement. */
  readonly conditions?: readonly Text[];
  readonly threads?: number;
  /** Layers that something else stood in for. */
  readonly without?: EmittedModel['without'];
}

export function profileResult(run: MeasuredRun, context: ProfileContext): ProfileResult {
  const { measured, trace } = run;
  const { power, report, layerOf } = context;
  const generatedWeights = layerOf !== undefined;
  const latencyS = latencyOf(run);
  const meanS = meanOf(measured);
  const energyJ = energyOf(power, meanS, generatedWeights && run.provider !== 'cpu');
  const owned = trace === null || !hasTimes(trace) ? undefined : attribute(trace.nodes, report.layers, layerOf);
  const { fastestS, p95S, slowestS, runs, seconds, peakMemoryBytes } = measured;
  return {
    device: context.device,
    provider: run.provider,
    runtime: run.runtime,
    threads: context.threads ?? trace?.threads ?? null,
    generatedWeights,
    leftOut: context.without?.length ?? 0,
    ...{ runs, seconds, latencyS, peakMemoryBytes },
    runTimes: { fastestS, meanS, p95S, slowestS },
    energyJ,
    carbonG: carbonOfRun(energyJ, report),
    marginalEnergyJ: marginalOf(energyJ, power, meanS),
    idleW: power?.idleW ?? null,
    coverage: power?.coverage ?? [],
    inputs: run.inputs.map(input => ({
      ...input,
      basis: report.inputs.find(({ name }) => name === input.name)?.basis ?? input.basis,
    })),
    layers: owned === undefined ? [] : layerProfiles(owned, latencyS, energyJ),
    unattributedShare: owned === undefined ? null : ratio(owned.unattributedS, totalOf(owned)),
    providers: trace === null ? [] : providerShares(trace),
    notes: notesOn(run, context, latencyS),
  };
}

/** A graphics adapter without timers has none to tell. */
const hasTimes = ({ nodes }: Trace): boolean => nodes.some(node => node.selfS > 0);

function latencyOf({ measured }: MeasuredRun): Figure {
  const { value, low, high } = windowInterval(measured.windows.map(window => window.medianS));
  return figure(value, low, high, 'measured', `median of ${measured.windows.length} windows of runs`);
}

/** Of the windows: what lies between two of them is no run. */
export const meanOf = ({ windows, runs }: Pick<MeasuredRun['measured'], 'windows' | 'runs'>): number =>
  runs > 0 ? windows.reduce((sum, window) => sum + window.seconds, 0) / runs : 0;

/** Of one inference. Made-up data and weights change a GPU's power by tens of per cent. */
function energyOf(power: PowerReading | null, meanS: number, widen: boolean): Figure | null {
  const each = energyOfRun(power, meanS);
  return widen && each ? { ...each, low: each.low * 0.8, high: each.high * 1.2 } : each;
}

export function carbonOfRun(energyJ: Figure | null, { estimate }: ModelReport): Figure | null {
  if (energyJ === null || estimate === null) return null;
  return combine(energyJ, estimate.gridGPerKWh, (energy, grid) => carbonOf(joules(energy), gramsPerKWh(grid)));
}

/** Time is shared out by the trace; energy follows time, which is a model of where it goes. */
function layerProfiles(owned: Attribution, latencyS: Figure, energyJ: Figure | null): LayerProfile[] {
  const total = totalOf(owned);
  return [...owned.layers]
    .sort(([a], [b]) => a - b)
    .map(([layer, seconds]) => {
      const share = ratio(seconds, total);
      const part = (whole: Figure): Figure => mapFigure(whole, value => value * share);
      return {
        ...{ layer, share },
        latencyS: { ...part(latencyS), source: 'share of a profiled run, scaled to the unprofiled latency' },
        energyJ: energyJ && {
          ...part(energyJ),
          basis: weaker(energyJ.basis, 'modelled'),
          source: "the model's energy, by share of the time",
        },
      };
    });
}

const totalOf = (owned: Attribution): number => [...owned.layers.values()].reduce((a, b) => a + b, owned.unattributedS);

const ratio = (part: number, whole: number): number => (whole > 0 ? part / whole : 0);

function providerShares({ nodes }: Trace): ProfileResult['providers'] {
  const times = new Map<string, number>();
  for (const { provider, selfS } of nodes) times.set(provider, (times.get(provider) ?? 0) + selfS);
  const total = [...times.values()].reduce((a, b) => a + b, 0);
  return [...times]
    .sort(([, a], [, b]) => b - a)
    .map(([name, seconds]) => ({ provider: providerName(name), share: ratio(seconds, total) }));
}

/** `CPUExecutionProvider` → `cpu` */
const providerName = (name: string): string => name.replace(/ExecutionProvider$/, '').toLowerCase();

function notesOn(run: MeasuredRun, context: ProfileContext, latencyS: Figure): Text[] {
  const { layerOf, power, conditions = [] } = context;
  const { measured, trace, traceFault, warmUp } = run;
  const notes = [...leftOutNotes(context)];
  if (layerOf !== undefined)
    notes.push(text('Run with generated weights: this architecture in this runtime, not your trained model.'));
  if (trace !== null)
    notes.push(
      text(
        'Shares come from a second, profiled session at the optimisation level "{0}" and are scaled to the latency of the unprofiled one.',
        trace.level,
      ),
    );
  if (traceFault !== null) notes.push(traceFault);
  if (!warmUp.steady) notes.push(text('Run times had not settled after {0} runs of warming up.', warmUp.runs));
  if (measured.windows.length < MIN_WINDOWS)
    notes.push(
      text('Only {0} windows fitted in the time: the range is theirs, not a 95 % interval.', measured.windows.length),
    );
  if (windowInterval(measured.windows.map(window => window.medianS)).drifted)
    notes.push(text('The machine changed its speed meanwhile; the range covers both.'));
  notes.push(...busyNotes(measured.othersCpuS, measured.seconds), ...conditions);
  if (trace !== null) notes.push(...fallbackNotes(trace, run.provider));
  notes.push(...energyNotes(power, latencyS.value, meanOf(measured)));
  if (latencyS.value < 20e-6)
    notes.push(text('A run takes microseconds: much of the time is the call itself, not the model.'));
  return notes;
}

/** First of all: what was measured is not the whole model. */
function leftOutNotes({ without = [], report: { layers, estimate } }: ProfileContext): Text[] {
  const left = without.flatMap(({ layer }) => layers[layer] ?? []);
  if (left.length === 0) return [];
  const places = left.map(({ path, line, callSite }) => `${path} (${callSite?.line ?? line ?? '?'})`);
  const names = [...new Set(places)];
  const shown = names.slice(0, 3).join(', ') + (names.length > 3 ? ', …' : '');
  const seconds = left.reduce((sum, { latencyS }) => sum + (latencyS ?? 0), 0);
  const share = estimate === null || estimate.latencyS.value <= 0 ? null : seconds / estimate.latencyS.value;
  return [
    text('{0} operations are not in it, {1}: values of the same sizes stood in for what they compute.', left.length, shown), // prettier-ignore
    ...(share === null
      ? []
      : [text('They are {0} % of the modelled time: time and energy are those of the rest.', (100 * share).toPrecision(2))]), // prettier-ignore
  ];
}

function fallbackNotes(trace: Trace, provider: string): Text[] {
  const other = providerShares(trace).filter(one => one.provider !== provider && one.share > 0);
  return other.map(one =>
    text(
      '{0} % of the time was spent in nodes that ran on "{1}".',
      (100 * one.share).toFixed(one.share < 0.1 ? 1 : 0),
      one.provider,
    ),
  );
}
