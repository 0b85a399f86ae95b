/**
 * Which ops move no data because their output is a view. PyTorch's `reshape` and `contiguous` copy exactly when the
 * input does not lie in memory as they need it, so how every tensor lies is followed through the graph.
 */
import { isUnknown } from '../base/known';
import type { Graph, Node, Value, ValueId } from '../ir/graph';
import { valueOf } from '../ir/graph';
import type { TensorType } from '../ir/tensor';
import type { InferredView, OpEntry } from './op';
import { Mismatch, Undetermined } from './op';
import { entryOf } from './registry';
import type { Strides } from './strides';
import { inOrderOf, isChannelsLast, isRowMajor, rowMajor, viewStrides } from './strides';
import { inferredView, viewOf } from './view';

type Nodes = Pick<Graph, 'values' | 'nodes'>;

/** Whether the node's outputs share input 0's storage. In-place ops are another matter: the node itself says so. */
export function sharesStorage(graph: Nodes, node: Node): boolean {
  const entry = entryOf(node.op);
  return entry?.view !== undefined && isView(entry.view, graph, node);
}

function isView(view: NonNullable<OpEntry['view']>, graph: Nodes, node: Node): boolean {
  if (view === true) return true;
  if (view !== 'dense') return attempt(() => view(viewOfNode(graph, node))) ?? false;
  const [source] = node.inputs;
  const [output] = node.outputs;
  if (source === undefined || output === undefined) return true;
  const from = sizesOf(valueOf(graph, source).type);
  const to = sizesOf(valueOf(graph, output).type);
  const strides = stridesOf(graph, source);
  // Where sizes are not known the usual case is assumed: nothing was reordered.
  if (from === undefined || to === undefined || strides === undefined) return true;
  return isShape(node) ? viewStrides(from, strides, to) !== undefined : isRowMajor(from, strides);
}

/** `contiguous` needs row-major order; a new shape only needs to exist over the same memory. */
const isShape = (node: Node): boolean => node.op !== 'contiguous';

const sizesOf = ({ shape }: TensorType): readonly number[] | undefined =>
  isUnknown(shape) || shape.some(isUnknown) ? undefined : (shape as readonly number[]);

interface Known {
  /** Nodes whose outputs are in `strides`. */
  seen: number;
  /** Values that do not lie in row-major order. */
  readonly strides: Map<ValueId, Strides>;
}

const cache = new WeakMap<readonly Node[], Known>();

/** How a value lies; undefined where its sizes are not known. */
export function stridesOf(graph: Nodes, id: ValueId): Strides | undefined {
  const known = cache.get(graph.nodes) ?? { seen: 0, strides: new Map<ValueId, Strides>() };
  cache.set(graph.nodes, known);
  for (; known.seen < graph.nodes.length; known.seen++) {
    const node = graph.nodes[known.seen];
    if (node !== undefined) addStrides(graph, node, known.strides);
  }
  return strideIn(known.strides, valueOf(graph, id));
}

function strideIn(strides: ReadonlyMap<ValueId, Strides>, value: Value): Strides | undefined {
  const sizes = sizesOf(value.type);
  return sizes && (strides.get(value.id) ?? rowMajor(sizes));
}

function addStrides(graph: Nodes, node: Node, strides: Map<ValueId, Strides>): void {
  const entry = entryOf(node.op);
  if (entry === undefined || !node.inputs.some(id => id !== undefined && strides.has(id)) && entry.strides === undefined) return; // prettier-ignore
  node.outputs.forEach((id, index) => {
    const value = valueOf(graph, id);
    const sizes = sizesOf(value.type);
    const found = sizes && layOut({ graph, node, entry, sizes, index, strides });
    if (sizes !== undefined && found !== undefined && !isRowMajor(sizes, found)) strides.set(id, found);
  });
}

interface Asked {
  readonly graph: Nodes;
  readonly node: Node;
  readonly entry: OpEntry;
  /** Of the output. */
  readonly sizes: readonly number[];
  readonly index: number;
  readonly strides: ReadonlyMap<ValueId, Strides>;
}

/** Undefined means row-major. */
function layOut(asked: Asked): Strides | undefined {
  const { graph, node, entry, sizes, index, strides } = asked;
  const [first] = node.inputs;
  if (first === undefined) return undefined;
  const source = valueOf(graph, first);
  const from = sizesOf(source.type);
  const given = strideIn(strides, source);
  if (from === undefined || given === undefined) return undefined;
  if (node.inPlace) return given;
  if (entry.view !== undefined && isViewHere(asked, given, from)) {
    const own = entry.strides;
    if (own !== undefined) return attempt(() => own(viewOfNode(graph, node), given, index));
    return viewStrides(from, given, sizes);
  }
  if (entry.elementwise === true || node.op === 'clone') return likeInputs(asked);
  return CHANNELS_LAST.has(node.op) && isChannelsLast(from, given) ? inOrderOf(sizes, given) : undefined;
}

function isViewHere({ graph, node, entry, sizes }: Asked, given: Strides, from: readonly number[]): boolean {
  if (entry.view === 'dense')
    return isShape(node) ? viewStrides(from, given, sizes) !== undefined : isRowMajor(from, given);
  return entry.view !== undefined && isView(entry.view, graph, node);
}

/** PyTorch lays an element-wise result down in the order of the first input of the same shape. */
function likeInputs({ graph, node, sizes, strides }: Asked): Strides | undefined {
  for (const id of node.inputs) {
    const value = id === undefined ? undefined : valueOf(graph, id);
    const own = value && sizesOf(value.type);
    if (value === undefined || own?.length !== sizes.length || !own.every((size, axis) => size === sizes[axis]))
      continue;
    const given = strideIn(strides, value);
    return given && inOrderOf(sizes, given);
  }
  return undefined;
}

/** Kernels whose output has its channels innermost where the input has. */
const CHANNELS_LAST = new Set([
  'conv', 'conv_transpose', 'batch_norm', 'max_pool', 'avg_pool', 'adaptive_avg_pool', 'adaptive_max_pool', 'interpolate',
]); // prettier-ignore

const viewOfNode = (graph: Nodes, node: Node): InferredView =>
  inferredView(
    viewOf(
      node.inputs.map(id => (id === undefined ? undefined : valueOf(graph, id))),
      node.attrs,
    ),
    node.outputs.map(id => valueOf(graph, id).type),
  );

/** Undefined where nobody knows. */
function attempt<T>(compute: () => T): T | undefined {
  try {
    return compute();
  } catch (error) {
    if (error instanceof Undetermined || error instanceof Mismatch) return undefined;
    throw error;
  }
}
