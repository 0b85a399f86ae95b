/**
 * Which ops move no data because their output is a view. PyTorch's `reshape` and `contiguous` copy exactly when the
 * input does not lie in row-major order, so the producers of the input are asked.
 */
import type { Graph, Node, ValueId } from '../ir/graph';
import { valueOf } from '../ir/graph';
import { elements } from '../ir/tensor';
import type { NodeView } from './op';
import { Mismatch, Undetermined } from './op';
import { entryOf } from './registry';
import { viewOf } from './view';

type Nodes = Pick<Graph, 'values' | 'nodes'>;

/** Whether the node's outputs share input 0's storage. In-place ops are another matter: the node itself says so. */
export function sharesStorage(graph: Nodes, node: Node): boolean {
  const view = entryOf(node.op)?.view;
  if (view === undefined) return false;
  if (view === true) return true;
  if (view === 'dense') return node.inputs[0] === undefined || isDense(graph, node.inputs[0]);
  try {
    return view(plainView(graph, node));
  } catch (error) {
    // Nobody knows: then nothing is saved.
    if (error instanceof Undetermined || error instanceof Mismatch) return false;
    throw error;
  }
}

/** Views that reorder or skip elements; all others keep the order of their input. */
const REORDERING = new Set(['permute', 'expand', 'slice', 'select', 'split', 'unbind', 'diagonal', 'unfold_view']);

function isDense(graph: Nodes, id: ValueId): boolean {
  let value = id;
  for (;;) {
    const maker = makerOf(graph, value);
    const [source] = maker?.inputs ?? [];
    if (maker === undefined || source === undefined || !sharesStorage(graph, maker)) return true;
    if (REORDERING.has(maker.op) && elements(valueOf(graph, value).type) !== 1) return false;
    value = source;
  }
}

const makers = new WeakMap<readonly Node[], { seen: number; byOutput: Map<ValueId, Node> }>();

function makerOf(graph: Nodes, id: ValueId): Node | undefined {
  const known = makers.get(graph.nodes) ?? { seen: 0, byOutput: new Map<ValueId, Node>() };
  makers.set(graph.nodes, known);
  for (; known.seen < graph.nodes.length; known.seen++) {
    const node = graph.nodes[known.seen];
    if (node !== undefined) for (const output of node.outputs) known.byOutput.set(output, node);
  }
  return known.byOutput.get(id);
}

function plainView(graph: Nodes, node: Node): NodeView {
  return viewOf(
    node.inputs.map(id => (id === undefined ? undefined : valueOf(graph, id))),
    node.attrs,
  );
}
