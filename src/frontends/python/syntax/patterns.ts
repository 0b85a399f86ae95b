/** The `match` statement and its patterns. */
import type { SyntaxNode } from '@lezer/common';
import type { Expression, Match, Pattern, Statement } from '../ast';
import { readExpression } from './expressions';
import type { Reader } from './reader';
import { atCommas, childrenOf } from './reader';

export function readMatch(
  reader: Reader,
  node: SyntaxNode,
  children: readonly SyntaxNode[],
  readBody: (body: SyntaxNode) => Statement[],
): Statement {
  const subject = children[1];
  const body = children.find(child => child.name === 'MatchBody');
  if (subject === undefined || body === undefined) return reader.error(node);
  const clauses = childrenOf(body).filter(child => child.name === 'MatchClause');
  return {
    kind: 'match',
    subject: readExpression(reader, subject),
    cases: clauses.map(clause => readClause(reader, clause, readBody)),
    start: node.from,
    end: node.to,
  } satisfies Match;
}

function readClause(
  reader: Reader,
  clause: SyntaxNode,
  readBody: (body: SyntaxNode) => Statement[],
): Match['cases'][number] {
  const children = childrenOf(clause);
  const guard = children.find(child => child.name === 'Guard');
  const body = children.find(child => child.name === 'Body');
  const { groups, trailing } = atCommas(
    children.slice(1).filter(child => child.name !== 'Guard' && child.name !== 'Body'),
  );
  const patterns = groups.map(([pattern]) => readPattern(reader, pattern));
  const [only] = patterns;
  const test = guard === undefined ? undefined : childrenOf(guard)[1];
  return {
    pattern: patterns.length === 1 && !trailing && only ? only : { kind: 'sequence', items: patterns },
    ...(test && { guard: readExpression(reader, test) }),
    body: body === undefined ? [reader.error(clause)] : readBody(body),
  };
}

function readPattern(reader: Reader, node: SyntaxNode | undefined): Pattern {
  if (node === undefined || node.type.isError) return { kind: 'unreadable' };
  const children = childrenOf(node);
  const inner = children.filter(child => child.type.isError || /[A-Za-z]/.test(child.name));
  const nested = (): Pattern[] => inner.map(child => readPattern(reader, child));
  switch (node.name) {
    case 'CapturePattern':
      return { kind: 'capture', name: reader.slice(node) };
    case 'LiteralPattern':
      return { kind: 'value', value: literal(reader, node, children) };
    case 'AttributePattern':
      return { kind: 'value', value: dotted(reader, node) };
    case 'OrPattern':
      return { kind: 'or', options: inner.filter(child => child.name !== 'LogicOp').map(child => readPattern(reader, child)) }; // prettier-ignore
    case 'AsPattern':
      return { kind: 'as', pattern: readPattern(reader, inner[0]), name: reader.slice(inner.at(-1) ?? node) };
    case 'StarPattern':
      return { kind: 'star', name: reader.slice(inner[0] ?? node) };
    case 'SequencePattern': {
      // Brackets around a single pattern only group it.
      const { groups, trailing } = atCommas(children.slice(1, -1));
      const [only] = groups;
      if (children[0]?.name === '(' && groups.length === 1 && !trailing) return readPattern(reader, only?.[0]);
      return { kind: 'sequence', items: nested() };
    }
    case 'MappingPattern':
      return mapping(reader, children);
    case 'ClassPattern':
      return instance(reader, inner);
    default:
      return { kind: 'unreadable' };
  }
}

function literal(reader: Reader, node: SyntaxNode, children: readonly SyntaxNode[]): Expression {
  const [first, second] = children;
  if (first?.name === 'ArithOp' && second !== undefined && children.length === 2)
    return { kind: 'unary', operator: '-', operand: readExpression(reader, second), start: node.from, end: node.to };
  return first === undefined || children.length > 1 ? reader.error(node) : readExpression(reader, first);
}

function dotted(reader: Reader, node: SyntaxNode): Expression {
  const [first = '', ...rest] = reader.slice(node).split('.');
  const at = { start: node.from, end: node.to };
  return rest.reduce<Expression>((object, name) => ({ kind: 'attribute', object, name: name.trim(), ...at }), {
    kind: 'name',
    id: first.trim(),
    ...at,
  });
}

function mapping(reader: Reader, children: readonly SyntaxNode[]): Pattern {
  let rest: string | undefined;
  const entries: { key: Expression; pattern: Pattern }[] = [];
  for (const [first, second, third] of atCommas(children.slice(1, -1)).groups) {
    if (first?.name === '**' && second !== undefined) rest = reader.slice(second);
    else if (first?.name === 'LiteralPattern' && third !== undefined)
      entries.push({ key: literal(reader, first, childrenOf(first)), pattern: readPattern(reader, third) });
    else return { kind: 'unreadable' };
  }
  return { kind: 'mapping', entries, ...(rest !== undefined && { rest }) };
}

function instance(reader: Reader, [type, list]: readonly SyntaxNode[]): Pattern {
  if (type === undefined || list === undefined) return { kind: 'unreadable' };
  const items: Pattern[] = [];
  const named: { name: string; pattern: Pattern }[] = [];
  for (const child of childrenOf(list)) {
    if (child.name === 'KeywordPattern') {
      const [name, , pattern] = childrenOf(child).length === 3 ? childrenOf(child) : [child.firstChild, null, child.lastChild]; // prettier-ignore
      if (!name || !pattern) return { kind: 'unreadable' };
      named.push({ name: reader.slice(name), pattern: readPattern(reader, pattern) });
    } else if (/Pattern$/.test(child.name)) items.push(readPattern(reader, child));
  }
  return { kind: 'instance', type: dotted(reader, type), items, named };
}
