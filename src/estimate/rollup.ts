/**
 * Totals of a graph from the costs of its nodes. What is unknown is left out of a total, and the total says that it is
 * a lower bound: the caller turns that into `complete: false`.
 */
import type { Gap } from '../base/findings';
import type { Maybe } from '../base/known';
import { isUnknown, TOO_LARGE } from '../base/known';
import { text } from '../base/text';
import type { Graph, Node, Value } from '../ir/graph';
import { elements, storedBytes } from '../ir/tensor';
import type { NodeCost } from '../ops/cost';
import { nodeCost } from '../ops/cost';
import { peakActivations } from './memory';
import { fusedBytes } from './traffic';

export interface LayerCost {
  readonly node: Node;
  /** Elements of counted parameters that this node is the first to use. */
  readonly parameters: number | null;
  readonly macs: number | null;
  readonly flops: number | null;
  readonly bytes: number | null;
}

export interface ModelCost {
  readonly layers: readonly LayerCost[];
  readonly parameters: number;
  readonly trainableParameters: number;
  readonly bufferElements: number;
  readonly bufferBytes: number;
  readonly weightBytes: number;
  readonly macs: number;
  readonly flops: number;
  readonly peakActivationBytes: number;
  readonly trafficBytes: number;
  /** Bytes of each layer after the assumed fusions. */
  readonly fused: readonly (number | null)[];
  /** What keeps the totals from being exact, beyond the graph's own gaps. */
  readonly gaps: readonly Gap[];
}

export function rollUp(graph: Graph): ModelCost {
  const owned = ownedParameters(graph);
  const costs = graph.nodes.map(node => nodeCost(graph, node));
  const layers = graph.nodes.map((node, index): LayerCost => {
    const cost = costs[index] as NodeCost;
    return {
      node,
      parameters: owned.get(node.id) ?? 0,
      macs: orNull(cost.macs),
      flops: orNull(cost.flops),
      bytes: orNull(cost.bytes),
    };
  });
  const stored = storedTotals(graph);
  const peak = peakActivations(graph);
  const fused = fusedBytes(graph, layers);
  const totals = {
    macs: total(layers.map(layer => layer.macs)),
    flops: total(layers.map(layer => layer.flops)),
    trafficBytes: total(fused),
  };
  const values = { ...stored.totals, ...totals, peakActivationBytes: peak.bytes };
  return { layers, ...values, fused, gaps: [...costGaps(graph, costs), ...stored.gaps, ...overflow(values)] };
}

const orNull = (value: Maybe<number>): number | null => (isUnknown(value) ? null : value);
const total = (values: readonly (number | null)[]): number =>
  values.reduce<number>((sum, value) => sum + (value ?? 0), 0);

/** One gap for the first node whose cost is unknown although nothing upstream said why. */
function costGaps(graph: Graph, costs: readonly NodeCost[]): Gap[] {
  const index = costs.findIndex(cost => isUnknown(cost.macs) || isUnknown(cost.flops));
  const cost = costs[index];
  const node = graph.nodes[index];
  if (cost === undefined || node === undefined || graph.gaps.length > 0) return [];
  const at = node.origin.callSite ?? node.origin.defined;
  const reason = isUnknown(cost.macs) ? cost.macs.unknown : isUnknown(cost.flops) ? cost.flops.unknown : undefined;
  return [
    {
      code: 'unknown-cost',
      message: reason ?? text('the cost of {0} is not known', node.origin.path),
      ...(at && { at }),
    },
  ];
}

function overflow(totals: Readonly<Record<string, number>>): Gap[] {
  const broken = Object.entries(totals).find(([, value]) => !Number.isSafeInteger(value));
  return broken === undefined ? [] : [{ code: 'too-large', message: TOO_LARGE.unknown }];
}

interface StoredTotals {
  readonly totals: Pick<
    ModelCost,
    'parameters' | 'trainableParameters' | 'bufferElements' | 'bufferBytes' | 'weightBytes'
  >;
  readonly gaps: readonly Gap[];
}

/** Each shared tensor once. */
function storedTotals(graph: Graph): StoredTotals {
  const totals = { parameters: 0, trainableParameters: 0, bufferElements: 0, bufferBytes: 0, weightBytes: 0 };
  const gaps: Gap[] = [];
  for (const value of distinctStored(graph)) {
    const count = elements(value.type);
    const size = storedBytes(value.type);
    if (isUnknown(count) || isUnknown(size)) {
      const reason = isUnknown(count) ? count.unknown : isUnknown(size) ? size.unknown : text('size');
      if (gaps.length === 0)
        gaps.push({ code: 'unknown-shape', message: reason, ...(value.stored?.at && { at: value.stored.at }) });
    } else if (value.role === 'buffer') {
      totals.bufferElements += count;
      totals.bufferBytes += size;
    } else if (value.stored?.counted === true) {
      totals.parameters += count;
      totals.weightBytes += size;
      if (value.stored.trainable) totals.trainableParameters += count;
    }
  }
  return { totals, gaps };
}

function distinctStored(graph: Graph): readonly Value[] {
  const seen = new Set<number>();
  return graph.values.filter(({ stored }) => {
    if (stored === undefined || seen.has(stored.storage)) return false;
    seen.add(stored.storage);
    return true;
  });
}

function ownedParameters(graph: Graph): ReadonlyMap<number, number | null> {
  const seen = new Set<number>();
  const owned = new Map<number, number | null>();
  for (const node of graph.nodes) {
    for (const id of node.inputs) {
      const value = id === undefined ? undefined : graph.values[id];
      if (value?.role !== 'parameter' || value.stored?.counted !== true || seen.has(value.stored.storage)) continue;
      seen.add(value.stored.storage);
      const count = elements(value.type);
      const before = owned.get(node.id);
      owned.set(node.id, isUnknown(count) || before === null ? null : (before ?? 0) + count);
    }
  }
  return owned;
}
