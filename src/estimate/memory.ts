/**
 * Peak activation memory: the largest sum of distinct storages alive at once among those made during the forward pass,
 * without inputs, parameters and buffers. Views share their input's storage, in-place ops reuse it.
 */
import type { Maybe } from '../base/known';
import { isUnknown } from '../base/known';
import type { Graph, Node, ValueId } from '../ir/graph';
import { valueOf } from '../ir/graph';
import { storedBytes } from '../ir/tensor';
import { nodeView } from '../ops/cost';
import { sharesStorage } from '../ops/layout';
import { Undetermined } from '../ops/op';
import { entryOf } from '../ops/registry';

export interface PeakMemory {
  readonly bytes: number;
  /** Some sizes were not known, and count nothing: the true peak is at least `bytes`. */
  readonly lowerBound: boolean;
}

export function peakActivations(graph: Graph): PeakMemory {
  const storage = storages(graph);
  const dies = deaths(graph, storage);
  const freedAfter = new Map<number, ValueId[]>();
  for (const [root, index] of dies) freedAfter.set(index, [...(freedAfter.get(index) ?? []), root]);
  let alive = 0;
  let peak = 0;
  let lowerBound = false;
  const size = (root: ValueId): number => {
    const bytes: Maybe<number> = storedBytes(valueOf(graph, root).type);
    if (!isUnknown(bytes)) return bytes;
    lowerBound = true;
    return 0;
  };
  graph.nodes.forEach((node, index) => {
    for (const output of node.outputs) if (storage.get(output) === output) alive += size(output);
    peak = Math.max(peak, alive + scratch(graph, node));
    for (const root of freedAfter.get(index) ?? []) alive -= size(root);
  });
  return { bytes: peak, lowerBound };
}

/** Only PyTorch's kernels make it: a graph from source, which knows when the program lets go of a value. */
function scratch(graph: Graph, node: Node): number {
  const transient = entryOf(node.op)?.transient;
  if (transient === undefined || graph.released === undefined) return 0;
  try {
    return transient(nodeView(graph, node));
  } catch (error) {
    // The sizes are unknown, which the outputs of the node have said already.
    if (error instanceof Undetermined) return 0;
    throw error;
  }
}

/** The value that first made each computed value's storage; absent where that is an input, parameter or constant. */
function storages(graph: Graph): ReadonlyMap<ValueId, ValueId> {
  const storage = new Map<ValueId, ValueId>();
  for (const node of graph.nodes) {
    const shares = node.inPlace || sharesStorage(graph, node);
    const [source] = node.inputs;
    for (const output of node.outputs) {
      if (!shares || source === undefined) storage.set(output, output);
      else if (valueOf(graph, source).role === 'computed') {
        const root = storage.get(source);
        if (root !== undefined) storage.set(output, root);
      }
    }
  }
  return storage;
}

/** Index of the node after which a storage is free: when the last value that shares it is released or last used. */
function deaths(graph: Graph, storage: ReadonlyMap<ValueId, ValueId>): ReadonlyMap<ValueId, number> {
  const last = new Map<ValueId, number>();
  const use = (value: ValueId, index: number): void => {
    const root = storage.get(value);
    if (root !== undefined) last.set(root, Math.max(last.get(root) ?? 0, index));
  };
  graph.nodes.forEach((node, index) => {
    for (const output of node.outputs) use(output, index);
    for (const input of node.inputs) if (input !== undefined) use(input, index);
  });
  for (const [value, index] of graph.released ?? []) use(value, index);
  for (const { value } of graph.outputs) use(value, graph.nodes.length);
  return last;
}
