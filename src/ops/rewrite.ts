/**
 * Replaces nodes of a graph and infers everything downstream again. The way in which suggestions are quantified:
 * rewrite, then estimate once more. The original graph is untouched.
 */
import { GraphBuilder } from '../ir/build';
import type { Graph, Node, Value, ValueId } from '../ir/graph';
import { valueOf } from '../ir/graph';
import { applyOp } from './apply';

export interface Replacement {
  /** Nodes that go. */
  readonly removes: readonly number[];
  /** Old values that the new nodes make, in the order in which `build` returns them. */
  readonly makes: readonly ValueId[];
  /** Builds the new nodes; `map` gives the new id of an old value that stays. */
  readonly build: (builder: GraphBuilder, map: (old: ValueId) => ValueId) => readonly ValueId[];
}

/**
 * The new nodes stand where the last removed node stood. Parameters that only removed nodes used are dropped
 * unless a replacement takes them up.
 * Gaps of the original stay; contradictions in the new graph add gaps.
 */
export function rewrite(graph: Graph, replacements: readonly Replacement[]): Graph {
  const removed = new Set(replacements.flatMap(replacement => replacement.removes));
  const standsAt = new Map(replacements.map(replacement => [Math.max(...replacement.removes), replacement]));
  const builder = new GraphBuilder();
  builder.gaps.push(...graph.gaps);
  builder.modules.push(...graph.modules);
  const lost = orphans(graph, removed);
  const ids = copyValues(graph, builder, lost);
  const map = (old: ValueId): ValueId => {
    const id = ids.get(old) ?? (lost.has(old) ? copyValue(builder, valueOf(graph, old)) : undefined);
    if (id === undefined) throw new Error(`value ${old} is gone`);
    ids.set(old, id);
    return id;
  };
  const positions = new Map<number, number>();
  for (const node of graph.nodes) {
    const replacement = standsAt.get(node.id);
    if (replacement !== undefined) {
      const made = replacement.build(builder, map);
      replacement.makes.forEach((old, index) => ids.set(old, made[index] as ValueId));
    } else if (!removed.has(node.id)) copyNode(builder, node, graph, ids, map);
    positions.set(node.id, builder.nodes.length - 1);
  }
  const rewritten = builder.finish(
    graph.name,
    graph.outputs.map(({ name, value }) => ({ name, value: map(value) })),
  );
  return { ...rewritten, ...(graph.released && { released: releases(graph.released, ids, positions) }) };
}

function copyNode(
  builder: GraphBuilder,
  node: Node,
  graph: Graph,
  ids: Map<ValueId, ValueId>,
  map: (old: ValueId) => ValueId,
): void {
  const inputs = node.inputs.map(input => (input === undefined ? undefined : map(input)));
  const declared = node.outputs.map(id => valueOf(graph, id).type);
  const outputs = applyOp(builder, { ...node, inputs }, { outputs: node.outputs.length, declared });
  node.outputs.forEach((old, index) => ids.set(old, outputs[index] as ValueId));
}

function copyValues(graph: Graph, builder: GraphBuilder, dropped: ReadonlySet<ValueId>): Map<ValueId, ValueId> {
  const ids = new Map<ValueId, ValueId>();
  for (const id of graph.inputs) {
    const { name = '', type, data } = valueOf(graph, id);
    ids.set(id, builder.input(name, type, data));
  }
  for (const value of graph.values)
    if (value.role !== 'computed' && value.role !== 'input' && !dropped.has(value.id))
      ids.set(value.id, copyValue(builder, value));
  return ids;
}

function copyValue(builder: GraphBuilder, { type, data, name, stored, role }: Value): ValueId {
  return stored === undefined || (role !== 'parameter' && role !== 'buffer')
    ? builder.constant(type, data, name)
    : builder.stored(role, type, stored, data);
}

/** Stored tensors and constants that only removed nodes read: copied when a replacement asks for them. */
function orphans(graph: Graph, removed: ReadonlySet<number>): ReadonlySet<ValueId> {
  const kept = new Set<ValueId>(graph.outputs.map(output => output.value));
  const lost = new Set<ValueId>();
  for (const node of graph.nodes)
    for (const input of node.inputs) if (input !== undefined) (removed.has(node.id) ? lost : kept).add(input);
  return new Set([...lost].filter(id => !kept.has(id) && !['input', 'computed'].includes(valueOf(graph, id).role)));
}

function releases(
  released: ReadonlyMap<ValueId, number>,
  ids: ReadonlyMap<ValueId, ValueId>,
  positions: ReadonlyMap<number, number>,
): ReadonlyMap<ValueId, number> {
  const moved = new Map<ValueId, number>();
  for (const [value, index] of released) {
    const id = ids.get(value);
    const position = positions.get(index);
    if (id !== undefined && position !== undefined) moved.set(id, position);
  }
  return moved;
}
