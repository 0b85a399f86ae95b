/** Invariants of a graph, checked in tests after every front end and every rewrite. */
import type { Graph } from './graph';

/** Violations in words; empty for a sound graph. */
export function verifyGraph(graph: Graph): string[] {
  const problems: string[] = [];
  const made = new Set<number>();
  graph.values.forEach((value, index) => {
    if (value.id !== index) problems.push(`value ${index} has id ${value.id}`);
    if (value.role !== 'computed') made.add(index);
    if ((value.role === 'parameter' || value.role === 'buffer') !== (value.stored !== undefined))
      problems.push(`value ${index}: role ${value.role} and storage disagree`);
  });
  graph.nodes.forEach((node, index) => {
    if (node.id !== index) problems.push(`node ${index} has id ${node.id}`);
    for (const input of node.inputs)
      if (input !== undefined && !made.has(input))
        problems.push(`node ${index} (${node.op}) reads ${input} before it is made`);
    for (const output of node.outputs) {
      if (graph.values[output]?.role !== 'computed')
        problems.push(`node ${index} writes ${output}, which is not computed`);
      if (made.has(output)) problems.push(`node ${index} makes ${output} again`);
      made.add(output);
    }
  });
  for (const { name, value } of graph.outputs) if (!made.has(value)) problems.push(`output ${name} is never made`);
  for (const input of graph.inputs)
    if (graph.values[input]?.role !== 'input') problems.push(`graph input ${input} has another role`);
  return problems;
}
