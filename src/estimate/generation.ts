/** What making one token costs: of a graph of two calls the second, and what the first left for it. */
import type { Gap } from '../base/findings';
import { isUnknown } from '../base/known';
import type { Graph, ValueId } from '../ir/graph';
import { valueOf } from '../ir/graph';
import { elements, storedBytes } from '../ir/tensor';
import { sharesStorage } from '../ops/layout';
import { nodeView } from '../ops/cost';
import { entryOf } from '../ops/registry';
import type { ModelCost } from './rollup';
import { rollUp } from './rollup';

export interface Work {
  readonly macs: number;
  readonly flops: number;
  readonly trafficBytes: number;
}

export interface StepCost {
  readonly first: Work;
  readonly next: Work;
  /** What the first call made of its tokens and the second uses. */
  readonly keptBytes: number;
  /** Elements of parameters that the second call uses. */
  readonly activeParameters: number;
  readonly parameters: number;
  readonly gaps: readonly Gap[];
}

/** `split` is the number of nodes in the first call. */
export function stepCost(graph: Graph, split: number): StepCost {
  const cost = rollUp(graph);
  return {
    first: workOf(cost, 0, split),
    next: workOf(cost, split, graph.nodes.length),
    keptBytes: keptBytes(graph, split),
    activeParameters: activeParameters(graph, split),
    parameters: cost.parameters,
    gaps: [...graph.gaps, ...cost.gaps],
  };
}

function workOf(cost: ModelCost, from: number, to: number): Work {
  const total = (values: readonly (number | null)[]): number =>
    values.slice(from, to).reduce<number>((sum, value) => sum + (value ?? 0), 0);
  return {
    macs: total(cost.layers.map(({ macs }) => macs)),
    flops: total(cost.layers.map(({ flops }) => flops)),
    trafficBytes: total(cost.fused),
  };
}

const sizeOf = (graph: Graph, id: ValueId): number => {
  const bytes = storedBytes(valueOf(graph, id).type);
  return isUnknown(bytes) ? 0 : bytes;
};

/** Bytes of values that depend on the tokens, made before `split` and used after it; of no storage more than it has. */
function keptBytes(graph: Graph, split: number): number {
  const dependent = new Set<ValueId>(graph.inputs);
  const root = new Map<ValueId, ValueId>();
  const rootOf = (id: ValueId): ValueId => root.get(id) ?? id;
  const used = new Map<ValueId, Set<ValueId>>();
  graph.nodes.forEach((node, index) => {
    const [source] = node.inputs;
    if (index < split) {
      if (node.inputs.some(id => id !== undefined && dependent.has(id))) node.outputs.forEach(id => dependent.add(id));
      if (source !== undefined && sharesStorage(graph, node)) node.outputs.forEach(id => root.set(id, rootOf(source)));
      return;
    }
    for (const id of node.inputs)
      if (id !== undefined && dependent.has(id) && isMade(graph, id, split))
        used.set(rootOf(id), (used.get(rootOf(id)) ?? new Set()).add(id));
  });
  return [...used].reduce((total, [storage, views]) => {
    const seen = [...views].reduce((sum, id) => sum + sizeOf(graph, id), 0);
    return total + Math.min(seen, sizeOf(graph, storage));
  }, 0);
}

const makers = new WeakMap<Graph, ReadonlySet<ValueId>>();

function isMade(graph: Graph, id: ValueId, split: number): boolean {
  let made = makers.get(graph);
  if (made === undefined) makers.set(graph, (made = new Set(graph.nodes.slice(0, split).flatMap(({ outputs }) => outputs)))); // prettier-ignore
  return made.has(id);
}

/** A table that is looked up counts whole, as everybody counts it; of experts those that the tokens may meet. */
function activeParameters(graph: Graph, split: number): number {
  /** Of what views show: the parameter, and how much of it. */
  const shown = new Map<ValueId, { readonly storage: number; readonly elements: number }>();
  for (const value of graph.values) {
    const count = elements(value.type);
    if (value.role === 'parameter' && value.stored?.counted === true && !isUnknown(count))
      shown.set(value.id, { storage: value.stored.storage, elements: count });
  }
  const active = new Map<number, number>();
  graph.nodes.forEach((node, index) => {
    const [source] = node.inputs;
    const viewed = source === undefined ? undefined : shown.get(source);
    if (viewed !== undefined && sharesStorage(graph, node)) {
      for (const id of node.outputs) {
        const count = elements(valueOf(graph, id).type);
        shown.set(id, { ...viewed, elements: isUnknown(count) ? viewed.elements : Math.min(count, viewed.elements) });
      }
      return;
    }
    if (index < split) return;
    const share = entryOf(node.op)?.share;
    node.inputs.forEach((id, input) => {
      const used = id === undefined ? undefined : shown.get(id);
      if (used === undefined) return;
      const part = used.elements * (share?.(nodeView(graph, node), input) ?? 1);
      active.set(used.storage, Math.max(active.get(used.storage) ?? 0, part));
    });
  });
  return [...active.values()].reduce((sum, count) => sum + count, 0);
}
