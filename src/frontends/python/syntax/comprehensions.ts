/** Comprehensions and generator expressions. */
import type { SyntaxNode } from '@lezer/common';
import type { Clause, Expression } from '../ast';
import { readExpression, readList, readStarred } from './expressions';
import type { Reader } from './reader';

type ComprehensionKind = 'list-comprehension' | 'set-comprehension' | 'generator';

export function comprehension(
  reader: Reader,
  node: SyntaxNode,
  inner: readonly SyntaxNode[],
  kind: ComprehensionKind,
): Expression {
  const start = inner.findIndex(child => child.name === 'for' || child.name === 'async');
  const clauses = start < 1 ? undefined : readClauses(reader, inner.slice(start));
  if (clauses === undefined) return reader.error(node);
  const element = readStarred(reader, inner.slice(0, start), node);
  return { kind, element, clauses, start: node.from, end: node.to };
}

export function dictComprehension(reader: Reader, node: SyntaxNode, inner: readonly SyntaxNode[]): Expression {
  const start = inner.findIndex(child => child.name === 'for' || child.name === 'async');
  const clauses = readClauses(reader, inner.slice(start));
  const [key, , value] = inner;
  if (clauses === undefined || start !== 3 || key === undefined || value === undefined) return reader.error(node);
  return {
    kind: 'dict-comprehension',
    key: readExpression(reader, key),
    value: readExpression(reader, value),
    clauses,
    start: node.from,
    end: node.to,
  };
}

/** `for a, b in c if d for …`; asynchronous clauses are not read. */
function readClauses(reader: Reader, parts: readonly SyntaxNode[]): Clause[] | undefined {
  const clauses: { target: Expression; iterable: Expression; conditions: Expression[] }[] = [];
  let index = 0;
  while (index < parts.length) {
    const part = parts[index];
    if (part?.name === 'for') {
      const inside = parts.findIndex((child, place) => place > index && child.name === 'in');
      const iterable = parts[inside + 1];
      if (inside < 0 || iterable === undefined) return undefined;
      const target = readList(reader, parts.slice(index + 1, inside), part);
      clauses.push({ target, iterable: readExpression(reader, iterable), conditions: [] });
      index = inside + 2;
    } else if (part?.name === 'if') {
      const condition = parts[index + 1];
      if (condition === undefined) return undefined;
      clauses.at(-1)?.conditions.push(readExpression(reader, condition));
      index += 2;
    } else return undefined;
  }
  return clauses.length > 0 ? clauses : undefined;
}
