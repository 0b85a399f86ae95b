/**
 * Bytes that a runtime moves after the fusions that the estimate assumes: an element-wise op is computed together with
 * the op that made its first input, when nothing else reads that input. Never more than the unfused sum.
 */
import { isUnknown } from '../base/known';
import type { Graph, Node, ValueId } from '../ir/graph';
import { valueOf } from '../ir/graph';
import { storedBytes } from '../ir/tensor';
import { entryOf } from '../ops/registry';
import type { LayerCost } from './rollup';

/** Bytes of each layer, in order, after fusion; null stays null. */
export function fusedBytes(graph: Graph, layers: readonly LayerCost[]): readonly (number | null)[] {
  const uses = countUses(graph);
  const saved = new Map<number, number>();
  const producer = new Map<ValueId, Node>();
  for (const node of graph.nodes) {
    const [source] = node.inputs;
    const maker = source === undefined ? undefined : producer.get(source);
    if (source !== undefined && maker !== undefined && fuses(graph, node) && uses.get(source) === 1) {
      const bytes = storedBytes(valueOf(graph, source).type);
      // The maker does not write the intermediate and this op does not read it.
      if (!isUnknown(bytes)) for (const { id } of [node, maker]) saved.set(id, (saved.get(id) ?? 0) + bytes);
    }
    for (const output of node.outputs) producer.set(output, node);
  }
  return layers.map(({ node, bytes }) => (bytes === null ? null : Math.max(0, bytes - (saved.get(node.id) ?? 0))));
}

const fuses = (graph: Graph, node: Node): boolean => {
  if (entryOf(node.op)?.elementwise !== true) return false;
  const [source] = node.inputs;
  const [output] = node.outputs;
  if (source === undefined || output === undefined) return false;
  const [from, to] = [storedBytes(valueOf(graph, source).type), storedBytes(valueOf(graph, output).type)];
  return !isUnknown(from) && from === to;
};

function countUses(graph: Graph): ReadonlyMap<ValueId, number> {
  const uses = new Map<ValueId, number>();
  const use = (id: ValueId): void => void uses.set(id, (uses.get(id) ?? 0) + 1);
  for (const node of graph.nodes) for (const input of new Set(node.inputs)) if (input !== undefined) use(input);
  for (const { value } of graph.outputs) use(value);
  return uses;
}
