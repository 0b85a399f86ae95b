/** Where a graph adds a branch to what it was computed from: such sums would grow from block to block. */
import type { Graph, Node, ValueId } from '../ir/graph';
import { valueOf } from '../ir/graph';

/** Ops that hand their input on, scaled at most by a parameter. */
const PASSING = new Set(['identity', 'dropout_mask', 'mul', 'permute', 'transpose', 'reshape', 'view', 'contiguous']);

/**
 * Parameters of the last layer of each branch that only a sum reads, beside a skip that others read as well. With
 * ordinary weights a hundred such sums multiply the activations by thousands; trained networks keep branches small.
 */
export function branchEnds(graph: Graph): ReadonlySet<ValueId> {
  const readers = new Map<ValueId, number>();
  const made = new Map<ValueId, Node>();
  for (const node of graph.nodes) {
    for (const id of node.inputs) if (id !== undefined) readers.set(id, (readers.get(id) ?? 0) + 1);
    for (const id of node.outputs) made.set(id, node);
  }
  const isShared = (id: ValueId): boolean => (readers.get(id) ?? 0) > 1 || graph.inputs.includes(id);
  const isComputed = (id: ValueId | undefined): id is ValueId =>
    id !== undefined && valueOf(graph, id).role === 'computed';
  const ends = new Set<ValueId>();
  for (const { op, inputs } of graph.nodes) {
    const [a, b] = inputs;
    if (op !== 'add' || a === undefined || b === undefined) continue;
    for (const [branch, skip] of [
      [a, b],
      [b, a],
    ] as const)
      if (isComputed(branch) && !isShared(branch) && isShared(skip)) mark(branch);
  }
  return ends;

  function mark(from: ValueId): void {
    let at: ValueId | undefined = from;
    while (isComputed(at) && !isShared(at)) {
      const node = made.get(at);
      if (node === undefined) return;
      const parameters = node.inputs.filter(id => id !== undefined && valueOf(graph, id).role === 'parameter');
      for (const id of parameters) if (id !== undefined) ends.add(id);
      if (parameters.length > 0 || !PASSING.has(node.op)) return;
      at = node.inputs.find(isComputed);
    }
  }
}
