/** The stable, line-oriented text form of a graph: golden tests, the debug command, and reading it yourself. */
import type { Attr, Graph, Node, ValueId } from './graph';
import { valueOf } from './graph';
import { printType } from './tensor';

export function printGraph(graph: Graph): string {
  const lines = [`graph ${graph.name}`];
  for (const id of graph.inputs) lines.push(`  input ${reference(graph, id)}: ${printType(valueOf(graph, id).type)}`);
  for (const value of graph.values) {
    if (value.stored === undefined) continue;
    const marks = [value.stored.trainable ? '' : ' frozen', value.stored.counted ? '' : ' uncounted'].join('');
    lines.push(`  ${value.role} ${value.stored.path}: ${printType(value.type)}${marks}`);
  }
  for (const node of graph.nodes) lines.push(`  ${printNode(graph, node)}`);
  for (const { name, value } of graph.outputs) lines.push(`  output ${name} = ${reference(graph, value)}`);
  for (const gap of graph.gaps) {
    const at = gap.at === undefined ? '' : ` at ${gap.at.file}:${gap.at.line}`;
    lines.push(`  gap ${gap.code}${at}`);
  }
  return lines.join('\n') + '\n';
}

function printNode(graph: Graph, node: Node): string {
  const outputs = node.outputs.map(id => `%${id}: ${printType(valueOf(graph, id).type)}`).join(', ');
  const inputs = node.inputs.map(id => (id === undefined ? '_' : reference(graph, id))).join(', ');
  const attrs = Object.entries(node.attrs)
    .filter((entry): entry is [string, Attr] => entry[1] !== undefined)
    .map(([name, value]) => ` ${name}=${JSON.stringify(value)}`)
    .join('');
  const call = node.origin.call > 0 ? `@${node.origin.call}` : '';
  return `${outputs} = ${node.op}${node.inPlace ? '_' : ''}(${inputs})${attrs}  # ${node.origin.path}${call}`;
}

function reference(graph: Graph, id: ValueId): string {
  const value = valueOf(graph, id);
  return value.role === 'computed' || value.name === undefined ? `%${id}` : `$${value.name}`;
}
