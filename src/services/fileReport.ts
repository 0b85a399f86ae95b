/** From what front ends read and the estimate makes of it to plain report data. Contains no arithmetic of its own. */
import type { Figure } from '../base/figure';
import type { Gap } from '../base/findings';
import { isUnknown } from '../base/known';
import type { Call, Span } from '../base/span';
import { render } from '../base/text';
import type { Estimate } from '../estimate/roofline';
import type { LayerCost, ModelCost } from '../estimate/rollup';
import type { ModelRead, Need } from '../frontends/frontend';
import type { Graph } from '../ir/graph';
import { valueOf } from '../ir/graph';
import type { TensorType } from '../ir/tensor';
import { printType } from '../ir/tensor';
import type {
  AssumptionReport,
  CallReport,
  EstimateReport,
  GapReport,
  LayerReport,
  ModelReport,
  NeedReport,
  Place,
  TensorReport,
} from '../report/view';

export interface Costed {
  readonly graph: Graph;
  readonly cost: ModelCost;
  readonly estimate: Estimate;
  readonly device: string;
  readonly gridGPerKWh: Figure;
  readonly assumptions: readonly AssumptionReport[];
}

export function modelReport(file: string, read: ModelRead, costed: Costed | undefined): ModelReport {
  const gaps = costed === undefined ? [] : [...costed.graph.gaps, ...costed.cost.gaps];
  const blocked = gaps.some(gap => gap.code !== 'assumed');
  const status = read.status === 'ok' && blocked ? 'incomplete' : read.status;
  const isCounted = status !== 'needs-arguments' && !(blocked && isEmpty(costed));
  return {
    name: read.name,
    kind: read.kind,
    line: read.line,
    status,
    complete: status === 'ok',
    needs: (read.needs ?? []).map(needReport),
    ...(read.arguments && {
      arguments: { ...read.arguments, source: render(read.arguments.source), text: read.arguments.source },
    }),
    inputs: read.inputs.map(input => ({
      ...tensorReport(input.name, input.type),
      basis: input.basis,
      source: render(input.source),
      text: input.source,
    })),
    outputs: outputs(costed),
    ...totals(isCounted ? costed?.cost : undefined),
    ...(costed === undefined ? { layers: [] } : layers(file, costed)),
    gaps: distinct(gaps).map(gap => gapReport(file, gap)),
    estimate: costed === undefined || !isCounted ? null : estimateReport(costed, status === 'ok'),
  };
}

/** Not even constructed: zero would be a lower bound of everything, and says nothing. */
const isEmpty = (costed: Costed | undefined): boolean =>
  costed !== undefined &&
  costed.graph.nodes.length === 0 &&
  costed.graph.modules.length === 0 &&
  costed.cost.parameters === 0;

export function gapReport(file: string, gap: Gap): GapReport {
  return {
    file: gap.at?.file ?? file,
    line: gap.at?.line ?? 1,
    column: gap.at?.column ?? 0,
    code: gap.code,
    message: render(gap.message),
    text: gap.message,
  };
}

/** A gap in a loop is found again on every turn; once is enough. */
function distinct(gaps: readonly Gap[]): readonly Gap[] {
  const seen = new Map<string, Gap>();
  for (const gap of gaps) {
    const key = JSON.stringify([gap.code, gap.at?.file, gap.at?.start, render(gap.message)]);
    if (!seen.has(key)) seen.set(key, gap);
  }
  return [...seen.values()];
}

const needReport = (need: Need): NeedReport => ({
  name: need.name,
  of: need.of,
  ...(need.input !== undefined && { input: need.input }),
  ...(need.axis !== undefined && { axis: need.axis }),
  ...(need.suggestion !== undefined && { suggestion: String(need.suggestion) }),
});

export function tensorReport(name: string, type: TensorType): TensorReport {
  return {
    name,
    dtype: isUnknown(type.dtype) ? null : type.dtype,
    shape: isUnknown(type.shape) ? null : type.shape.map(dim => (isUnknown(dim) ? null : dim)),
  };
}

function outputs(costed: Costed | undefined): readonly TensorReport[] {
  if (costed === undefined) return [];
  return costed.graph.outputs.map(({ name, value }) => tensorReport(name, valueOf(costed.graph, value).type));
}

type Totals = Pick<
  ModelReport,
  | 'parameters' | 'trainableParameters' | 'bufferElements' | 'bufferBytes' | 'macs' | 'flops' | 'weightBytes'
  | 'peakActivationBytes' | 'trafficBytes'
>; // prettier-ignore

const totals = (cost: ModelCost | undefined): Totals => ({
  parameters: cost?.parameters ?? null,
  trainableParameters: cost?.trainableParameters ?? null,
  bufferElements: cost?.bufferElements ?? null,
  bufferBytes: cost?.bufferBytes ?? null,
  macs: cost?.macs ?? null,
  flops: cost?.flops ?? null,
  weightBytes: cost?.weightBytes ?? null,
  peakActivationBytes: cost?.peakActivationBytes ?? null,
  trafficBytes: cost?.trafficBytes ?? null,
});

function layers(file: string, { graph, cost, estimate }: Costed): Pick<ModelReport, 'layers' | 'calls'> {
  const calls = new CallTable();
  const energyPerSecond = estimate.latencyS.value > 0 ? estimate.energyJ.value / estimate.latencyS.value : 0;
  const found = cost.layers.map((layer, index): LayerReport => {
    const time = estimate.layers[index]?.timeS.value;
    const within = calls.indexOf(layer.node.origin.within);
    return {
      ...layerReport(file, graph, layer),
      ...(within !== undefined && { within }),
      latencyS: time ?? null,
      energyJ: time === undefined ? null : time * energyPerSecond,
    };
  });
  return { layers: found, ...(calls.rows.length > 0 && { calls: calls.rows }) };
}

/** Calls by number, each once. */
class CallTable {
  readonly rows: CallReport[] = [];
  readonly #known = new Map<Call, number>();

  indexOf(call: Call | undefined): number | undefined {
    if (call === undefined) return undefined;
    const known = this.#known.get(call);
    if (known !== undefined) return known;
    const within = this.indexOf(call.within);
    const index = this.rows.push({ ...place(call.at), ...(within !== undefined && { within }) }) - 1;
    this.#known.set(call, index);
    return index;
  }
}

function layerReport(file: string, graph: Graph, layer: LayerCost): Omit<LayerReport, 'latencyS' | 'energyJ'> {
  const { origin, outputs: made } = layer.node;
  const defined = origin.defined ?? origin.callSite;
  return {
    path: origin.path,
    call: origin.call,
    op: origin.label,
    file: defined?.file ?? file,
    line: defined?.line ?? null,
    callSite: origin.callSite === undefined ? null : place(origin.callSite),
    parameters: layer.parameters,
    macs: layer.macs,
    flops: layer.flops,
    bytes: layer.bytes,
    outputs: made.map(id => printType(valueOf(graph, id).type)),
  };
}

export const place = (span: Span): Place => ({ file: span.file, line: span.line, column: span.column });

function estimateReport({ estimate, device, gridGPerKWh, assumptions }: Costed, complete: boolean): EstimateReport {
  const honest = (value: Figure): Figure =>
    complete ? value : { ...value, source: `${value.source}; of what could be read, a lower bound` };
  return {
    device,
    latencyS: honest(estimate.latencyS),
    energyJ: honest(estimate.energyJ),
    carbonG: honest(estimate.carbonG),
    gridGPerKWh,
    assumptions,
  };
}
