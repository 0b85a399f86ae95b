/** Cost of one node of a graph, from its entry. Unknown stays unknown; nothing here adds up a model. */
import type { Maybe } from '../base/known';
import { exact, sum, unknown } from '../base/known';
import { text } from '../base/text';
import type { Graph, Node, Value } from '../ir/graph';
import { valueOf } from '../ir/graph';
import { storedBytes } from '../ir/tensor';
import type { InferredView, OpEntry } from './op';
import { sharesStorage } from './layout';
import { Mismatch, Undetermined } from './op';
import { entryOf } from './registry';
import { inferredView, viewOf } from './view';

export interface NodeCost {
  readonly macs: Maybe<number>;
  readonly flops: Maybe<number>;
  /** Inputs read + parameters read + outputs written, each once, unfused; 0 for views. */
  readonly bytes: Maybe<number>;
}

export function nodeCost(graph: Graph, node: Node): NodeCost {
  const entry = entryOf(node.op);
  if (entry === undefined) {
    const reason = unknown(text('no entry for the op "{0}"; its cost is not counted', node.origin.label));
    return { macs: reason, flops: reason, bytes: defaultBytes(graph, node) };
  }
  const view = nodeView(graph, node);
  return { ...work(entry, view), bytes: bytesOf(entry, view, graph, node) };
}

export function nodeView(graph: Graph, node: Node): InferredView {
  const operands = node.inputs.map(id => (id === undefined ? undefined : valueOf(graph, id)));
  return inferredView(
    viewOf(operands, node.attrs),
    node.outputs.map(id => valueOf(graph, id).type),
  );
}

function work(entry: OpEntry, view: InferredView): Pick<NodeCost, 'macs' | 'flops'> {
  return attempt(
    () => {
      const cost = entry.cost(view);
      if (cost.kind === 'free') return { macs: 0, flops: 0 };
      if (cost.kind === 'unknown') return { macs: unknown(cost.because), flops: unknown(cost.because) };
      return { macs: exact(cost.macs), flops: exact(cost.flops) };
    },
    reason => ({ macs: reason, flops: reason }),
  );
}

function bytesOf(entry: OpEntry, view: InferredView, graph: Graph, node: Node): Maybe<number> {
  if (sharesStorage(graph, node)) return 0;
  const own = entry.bytes;
  if (own === undefined) return defaultBytes(graph, node);
  return attempt<Maybe<number>>(
    () => exact(own(view)),
    reason => reason,
  );
}

/** A Python number in an expression is no tensor that is read from memory. */
const isLiteral = (value: Value): boolean =>
  value.role === 'constant' && Array.isArray(value.type.shape) && value.type.shape.length === 0;

function defaultBytes(graph: Graph, node: Node): Maybe<number> {
  const read = new Set(node.inputs.filter(id => id !== undefined));
  const values = [...read, ...node.outputs].map(id => valueOf(graph, id));
  return sum(values.filter(value => !isLiteral(value)).map(value => storedBytes(value.type)));
}

function attempt<T>(compute: () => T, lost: (reason: ReturnType<typeof unknown>) => T): T {
  try {
    return compute();
  } catch (error) {
    if (error instanceof Undetermined || error instanceof Mismatch) return lost(unknown(error.text));
    throw error;
  }
}
