/**
 * What our renderings of graph libraries ask about the elements of an index: exact where they are known, else what is
 * usual, said in a gap. Nothing here makes a node.
 */
import { isUnknown } from '../../base/known';
import type { Gap } from '../../base/findings';
import type { Text } from '../../base/text';
import { text } from '../../base/text';
import type { Graph } from '../../ir/graph';
import { valueOf } from '../../ir/graph';
import { tensor } from '../../ir/tensor';
import { nodeCost } from '../../ops/cost';
import { native } from '../python/functions';
import type { NativeFunction } from '../python/functions';
import type { Interpreter } from '../python/interpreter';
import type { Value } from '../python/values';
import { Tensor } from './tensor';
import type { Torch } from './torch';
import { torchOf } from './torch';

/** All elements of an index, where they are known. */
function elementsOf(value: Value): readonly number[] | undefined {
  if (!(value instanceof Tensor)) return undefined;
  const { data } = value;
  return data === undefined || data.some(isUnknown) ? undefined : (data as readonly number[]);
}

const sizeOf = (value: Value, axis: number): number => {
  const shape = value instanceof Tensor ? value.type.shape : undefined;
  const dim = shape === undefined || isUnknown(shape) ? undefined : shape[axis];
  return typeof dim === 'number' ? dim : 0;
};

const doubt = (interp: Interpreter, message: Text): void =>
  torchOf(interp).gap('data-dependent', message, interp.here());

/** How many groups an index names: one more than its largest element. */
function groupCount(interp: Interpreter, index: Value): Value {
  const elements = elementsOf(index);
  if (elements !== undefined) return elements.reduce((most, element) => Math.max(most, element + 1), 0);
  doubt(interp, text('how many groups an index names is decided by its elements; one is counted'));
  return 1;
}

function largestGroup(interp: Interpreter, index: Value): Value {
  const elements = elementsOf(index);
  if (elements === undefined) {
    doubt(interp, text('how large the largest group is is decided by elements; one group is counted'));
    return sizeOf(index, 0);
  }
  const counts = new Map<number, number>();
  for (const element of elements) counts.set(element, (counts.get(element) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}

/** A mask of the edges that lead from one node to another, or None where the ends are not known: then all do, as is usual. */
function edgesBetween(interp: Interpreter, edges: Value): Value {
  const ends = elementsOf(edges);
  const count = sizeOf(edges, 1);
  if (ends !== undefined) {
    const mask = Array.from({ length: count }, (_, edge) => Number(ends[edge] !== ends[edge + count]));
    return new Tensor(tensor('bool', [count]), mask);
  }
  torchOf(interp).gap('assumed', NO_LOOPS, interp.here());
  return null;
}

const NO_LOOPS = text('whether edges lead from a node to itself is not known; none is assumed to');

/** So many edges are only assumed: work that is more than putting messages together must not depend on it. */
function assumedEdges(interp: Interpreter, count: Value, from: Value): Value {
  const { assumedSizes } = torchOf(interp);
  const earlier = from === null ? undefined : assumedSizes.get(Number(from));
  const at = interp.here();
  if (from === null || earlier !== undefined) assumedSizes.set(Number(count), { at: earlier?.at ?? at });
  return null;
}

/** The edges of one kind; where the kinds are not known, an equal share of them. Their sum is the number of edges. */
function shareOfEdges(interp: Interpreter, edges: Value, kinds: Value, kind: Value, of: Value): Value {
  const known = elementsOf(kinds);
  const total = sizeOf(edges, 1);
  const [index, parts] = [Number(kind), Math.max(1, Number(of))];
  const share = Math.floor((total * (index + 1)) / parts) - Math.floor((total * index) / parts);
  const count = known === undefined ? share : known.filter(element => element === index).length;
  return torchOf(interp).call(interp, 'torch.Tensor.narrow', { positional: [edges, 1, 0, count] });
}

/** Multiply-adds over edges of which only the number is assumed: how many there are is data. */
export function doubtAssumedSizes(torch: Torch, graph: Graph): readonly Gap[] {
  const { assumedSizes } = torch;
  if (assumedSizes.size === 0) return [];
  const doubted = new Map<number, Gap>();
  for (const node of graph.nodes) {
    const { macs } = nodeCost(graph, node);
    if (macs === 0) continue;
    for (const id of [...node.inputs, ...node.outputs]) {
      const shape = id === undefined ? UNKNOWN_SHAPE : valueOf(graph, id).type.shape;
      if (isUnknown(shape)) continue;
      for (const [size, { at }] of assumedSizes)
        if (size > 1 && shape.some(dim => typeof dim === 'number' && dim > 0 && dim % size === 0))
          doubted.set(size, { code: 'data-dependent', message: text('the work of "{0}" depends on how many edges lead from a node to itself', node.origin.path), ...(at && { at }) }); // prettier-ignore
    }
  }
  return [...doubted.values()];
}

const UNKNOWN_SHAPE: readonly number[] = [];

const arity = (values: readonly Value[]): [Value, Value, Value, Value] => [values[0] ?? null, values[1] ?? null, values[2] ?? null, values[3] ?? null]; // prettier-ignore

export const graphNatives: readonly NativeFunction[] = [
  native('_group_count', 'index', (interp, [index = null]) => groupCount(interp, index)),
  native('_largest_group', 'index, groups', (interp, [index = null]) => largestGroup(interp, index)),
  native('_edges_between_nodes', 'edge_index', (interp, [edges = null]) => edgesBetween(interp, edges)),
  native('_assumed_edges', 'count, grown_from=None', (interp, [count = null, from = null]) => assumedEdges(interp, count, from)), // prettier-ignore
  native('_share_of_edges', 'edge_index, edge_type, relation, relations', (interp, args) => shareOfEdges(interp, ...arity(args))), // prettier-ignore
];
