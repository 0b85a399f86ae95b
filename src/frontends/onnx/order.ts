/** Execution order of a graph's nodes. Files are to be sorted; unsorted ones are sorted here, cycles are refused. */
import { InputError } from '../../base/findings';
import { text } from '../../base/text';
import type { OnnxNodeProto } from './model';

/** Indices into `nodes`. Keeps the file's order as far as dependencies allow. */
export function executionOrder(nodes: readonly OnnxNodeProto[]): readonly number[] {
  const order = nodes.map((_, index) => index);
  const producers = new Map<string, number>();
  nodes.forEach((node, index) => {
    for (const output of node.outputs) if (output !== '' && !producers.has(output)) producers.set(output, index);
  });
  let late = 0;
  nodes.forEach((node, index) => {
    dependencies(node, producers, index, other => (late += other < index ? 0 : 1));
  });
  if (late === 0) return order;
  const needs = nodes.map((node, index) => {
    const found: number[] = [];
    dependencies(node, producers, index, other => found.push(other));
    return found;
  });
  return sorted(nodes, needs);
}

/** Nodes of the same graph that this one reads from, through its subgraphs too. */
function dependencies(
  node: OnnxNodeProto,
  producers: ReadonlyMap<string, number>,
  own: number,
  found: (producer: number) => void,
): void {
  const note = (name: string): void => {
    const producer = producers.get(name);
    // A node that reads its own output is a cycle.
    if (producer !== undefined && (producer !== own || node.inputs.includes(name))) found(producer);
  };
  for (const name of node.inputs) note(name);
  const pending = [node];
  for (let next = pending.pop(); next !== undefined; next = pending.pop())
    for (const attribute of next.attributes) {
      if (attribute.kind !== 'graph') continue;
      for (const output of attribute.graph.outputs) note(output.name);
      for (const inner of attribute.graph.nodes) {
        inner.inputs.forEach(note);
        if (inner.attributes.length > 0) pending.push(inner);
      }
    }
}

/** Kahn's algorithm with a heap-free trick: a node is visited when its last producer is, in the file's order. */
function sorted(nodes: readonly OnnxNodeProto[], needs: readonly (readonly number[])[]): number[] {
  const done = new Uint8Array(nodes.length);
  const result: number[] = [];
  for (let root = 0; root < nodes.length; root++) visit(root, nodes, needs, done, result);
  return result;
}

const OPEN = 1;
const CLOSED = 2;

/** Depth first without recursion: chains are as long as the file is. */
function visit(
  root: number,
  nodes: readonly OnnxNodeProto[],
  needs: readonly (readonly number[])[],
  state: Uint8Array,
  into: number[],
): void {
  const stack: { node: number; next: number }[] = [{ node: root, next: 0 }];
  while (stack.length > 0) {
    const top = stack[stack.length - 1];
    if (top === undefined) return;
    const need = needs[top.node]?.[top.next++];
    if (top.next === 1) {
      if (state[top.node] === CLOSED) {
        stack.pop();
        continue;
      }
      state[top.node] = OPEN;
    }
    if (need === undefined) {
      state[top.node] = CLOSED;
      into.push(top.node);
      stack.pop();
    } else if (state[need] === OPEN) throw cycle(nodes[need]);
    else if (state[need] !== CLOSED) stack.push({ node: need, next: 0 });
  }
}

function cycle(node: OnnxNodeProto | undefined): InputError {
  return new InputError(
    'invalid-model',
    text('the graph has a cycle through "{0}"', node?.outputs.find(name => name !== '') ?? node?.op ?? ''),
    text('export the model again; an ONNX graph must not have cycles'),
  );
}
