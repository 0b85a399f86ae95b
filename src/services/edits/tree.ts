/** Searching a Python syntax tree by place. */
import type { Expression, Statement } from '../../frontends/python/ast';

type Node = Expression | Statement;

interface Range {
  readonly start: number;
  readonly end: number;
}

export const contains = (outer: Range, inner: Range): boolean => outer.start <= inner.start && inner.end <= outer.end;

/** The node that covers exactly this range (the innermost of several). */
export function nodeAt(statements: readonly Statement[], range: Range): Node | undefined {
  let found: Node | undefined;
  visit(statements, node => {
    if (node.start === range.start && node.end === range.end) found = node;
    return contains(node, range);
  });
  return found;
}

/** All expressions and statements below, those for which `enter` is false without what is in them. */
export function visit(nodes: readonly Node[], enter: (node: Node) => boolean): void {
  for (const node of nodes) if (enter(node)) visit(childrenOf(node), enter);
}

/** The innermost list of statements that has both ranges, with the positions of the statements that hold them. */
export interface Stretch {
  readonly suite: readonly Statement[];
  readonly from: number;
  readonly to: number;
  /** The innermost function around, whose names are in question. */
  readonly scope: readonly Statement[];
}

export function stretchOf(module: readonly Statement[], first: Range, last: Range): Stretch | undefined {
  return search(module, module, first, last);
}

function search(
  suite: readonly Statement[],
  scope: readonly Statement[],
  first: Range,
  last: Range,
): Stretch | undefined {
  const from = suite.findIndex(statement => contains(statement, first));
  const to = suite.findIndex(statement => contains(statement, last));
  const [start, end] = [suite[from], suite[to]];
  if (start === undefined || end === undefined) return undefined;
  if (from === to)
    for (const inner of suitesOf(start)) {
      const deeper = search(inner, start.kind === 'def' ? inner : scope, first, last);
      if (deeper !== undefined) return deeper;
    }
  return from <= to ? { suite, from, to, scope } : undefined;
}

function suitesOf(statement: Statement): readonly (readonly Statement[])[] {
  switch (statement.kind) {
    case 'def':
    case 'class':
      return [statement.body.statements];
    case 'if':
    case 'for':
    case 'while':
      return [statement.body, statement.otherwise];
    case 'with':
      return [statement.body];
    case 'try':
      return [
        statement.body,
        ...statement.handlers.map(handler => handler.body),
        statement.otherwise,
        statement.finally,
      ];
    case 'match':
      return statement.cases.map(branch => branch.body);
    default:
      return [];
  }
}

/** Children by reflection over the plain data, so that no kind of node can be forgotten. */
function childrenOf(node: Node): readonly Node[] {
  const children: Node[] = node.kind === 'def' || node.kind === 'class' ? [...node.body.statements] : [];
  const collect = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(collect);
    else if (isRecord(value)) {
      if (isNode(value)) children.push(value);
      else Object.values(value).forEach(collect);
    }
  };
  for (const [name, value] of Object.entries(node)) if (!(name === 'body' && 'nameStart' in node)) collect(value);
  return children;
}

const isRecord = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isNode = (value: object): value is Node => 'kind' in value && 'start' in value && 'end' in value;
