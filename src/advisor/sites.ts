/** Groups nodes by where their module is constructed: one edit there changes all of them. */
import type { Span } from '../base/span';
import type { Graph, Node } from '../ir/graph';

export interface Site {
  readonly key: string;
  /** Absent for `.onnx` files, where every node is a site of its own. */
  readonly at?: Span;
  readonly nodes: readonly Node[];
}

export function sites(graph: Graph, wanted: (node: Node) => boolean): readonly Site[] {
  const groups = new Map<string, { at?: Span; nodes: Node[] }>();
  for (const node of graph.nodes) {
    if (!wanted(node)) continue;
    const at = node.origin.defined;
    const key = at === undefined ? node.origin.path : `${at.file}:${at.start}`;
    const group = groups.get(key) ?? { ...(at && { at }), nodes: [] };
    group.nodes.push(node);
    groups.set(key, group);
  }
  return [...groups].map(([key, group]) => ({ key, ...group }));
}

/** Paths of nodes, each once. */
export const pathsOf = (nodes: readonly Node[]): readonly string[] => [...new Set(nodes.map(node => node.origin.path))];
