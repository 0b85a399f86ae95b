/** Expressions: from the parser's nodes to ours. */
import type { SyntaxNode } from '@lezer/common';
import type {
  Argument,
  BinaryOperator,
  Compare,
  CompareOperator,
  Expression,
  Lambda,
  Parameter,
  Subscript,
  UnaryOperator,
} from '../ast';
import { comprehension, dictComprehension } from './comprehensions';
import type { Reader } from './reader';
import { atCommas, childrenOf, isBroken } from './reader';
import { readNumber, readString } from './strings';

export function readExpression(reader: Reader, node: SyntaxNode): Expression {
  const at = { start: node.from, end: node.to };
  switch (node.name) {
    case 'VariableName':
      return { kind: 'name', id: reader.slice(node), ...at };
    case 'Number':
      return readNumber(reader.slice(node), node.from, node.to) ?? reader.error(node);
    case 'String':
    case 'FormatString':
    case 'ContinuedString':
      return readString(reader, node, readExpression);
    case 'None':
      return { kind: 'constant', value: 'None', ...at };
    case 'Boolean':
      return { kind: 'constant', value: reader.slice(node) === 'True' ? 'True' : 'False', ...at };
    case 'Ellipsis':
      return { kind: 'constant', value: 'Ellipsis', ...at };
    default: {
      const children = childrenOf(node);
      const bareYield = node.name === 'YieldExpression' && children.length === 2;
      return isBroken(children) && !bareYield ? reader.error(node) : compound(reader, node, children);
    }
  }
}

/** Several comma-separated expressions without brackets: a tuple, unless it is just one. */
export function readList(reader: Reader, children: readonly SyntaxNode[], whole: SyntaxNode): Expression {
  const { groups, trailing } = atCommas(children);
  const items = groups.map(group => readStarred(reader, group, whole));
  const [first] = items;
  const last = children.at(-1);
  if (first === undefined || last === undefined) return reader.error(whole);
  if (items.length === 1 && !trailing) return first;
  return { kind: 'tuple', items, start: first.start, end: last.to };
}

function compound(reader: Reader, node: SyntaxNode, children: readonly SyntaxNode[]): Expression {
  const at = { start: node.from, end: node.to };
  const read = (child: SyntaxNode | undefined): Expression =>
    child === undefined ? reader.error(node) : readExpression(reader, child);
  const inner = children.slice(1, -1);
  switch (node.name) {
    case 'MemberExpression':
      return children[1]?.name === '.' ? attribute(reader, node, children) : subscript(reader, node, children);
    case 'CallExpression':
      return { kind: 'call', callee: read(children[0]), args: readArguments(reader, children[1]), ...at };
    case 'BinaryExpression':
      return binary(reader, node, children);
    case 'UnaryExpression':
      if (children[0]?.name === 'not') return logical(reader, node);
      return { kind: 'unary', operator: operatorOf(reader, children[0]), operand: read(children[1]), ...at };
    case 'ParenthesizedExpression':
      return inner[0]?.name === '*' ? readStarred(reader, inner, node) : read(inner[0]);
    case 'TupleExpression':
      return { kind: 'tuple', items: items(reader, inner, node), ...at };
    case 'ArrayExpression':
      return { kind: 'list', items: items(reader, inner, node), ...at };
    case 'SetExpression':
      return { kind: 'set', items: items(reader, inner, node), ...at };
    case 'DictionaryExpression':
      return { kind: 'dict', entries: atCommas(inner).groups.map(group => entry(reader, group, node)), ...at };
    case 'ConditionalExpression':
      return { kind: 'conditional', then: read(children[0]), test: read(children[2]), otherwise: read(children[4]), ...at }; // prettier-ignore
    case 'LambdaExpression':
      return lambda(reader, node, children);
    case 'NamedExpression':
      return named(reader, node, children[0], children[2]);
    case 'AwaitExpression':
      return { kind: 'await', value: read(children[1]), ...at };
    case 'YieldExpression':
      return readYield(reader, node, children);
    case 'ArrayComprehensionExpression':
      return comprehension(reader, node, inner, 'list-comprehension');
    case 'SetComprehensionExpression':
      return comprehension(reader, node, inner, 'set-comprehension');
    case 'ComprehensionExpression':
      return comprehension(reader, node, inner, 'generator');
    case 'DictionaryComprehensionExpression':
      return dictComprehension(reader, node, inner);
    default:
      return reader.error(node);
  }
}

const items = (reader: Reader, inner: readonly SyntaxNode[], node: SyntaxNode): readonly Expression[] =>
  atCommas(inner).groups.map(group => readStarred(reader, group, node));

export function readStarred(reader: Reader, group: readonly SyntaxNode[], whole: SyntaxNode): Expression {
  const [first, second] = group;
  if (first === undefined) return reader.error(whole);
  if (first.name !== '*') return group.length === 1 ? readExpression(reader, first) : reader.error(whole);
  if (second === undefined) return reader.error(whole);
  return { kind: 'starred', value: readExpression(reader, second), start: first.from, end: second.to };
}

function attribute(reader: Reader, node: SyntaxNode, [object, , name]: readonly SyntaxNode[]): Expression {
  if (object === undefined || name === undefined) return reader.error(node);
  return {
    kind: 'attribute',
    object: readExpression(reader, object),
    name: reader.slice(name),
    start: node.from,
    end: node.to,
  };
}

function subscript(reader: Reader, node: SyntaxNode, children: readonly SyntaxNode[]): Subscript {
  const [object] = children;
  const inside = children.slice(2, -1);
  const { groups, trailing } = atCommas(inside);
  const indices = groups.map(group => sliceOrValue(reader, group, node));
  const first = indices[0] ?? reader.error(node);
  const index: Expression =
    indices.length === 1 && !trailing
      ? first
      : { kind: 'tuple', items: indices, start: first.start, end: indices.at(-1)?.end ?? first.end };
  return {
    kind: 'subscript',
    object: object === undefined ? reader.error(node) : readExpression(reader, object),
    index,
    start: node.from,
    end: node.to,
  };
}

function sliceOrValue(reader: Reader, group: readonly SyntaxNode[], node: SyntaxNode): Expression {
  const [first] = group;
  const last = group.at(-1);
  if (first === undefined || last === undefined) return reader.error(node);
  if (!group.some(child => child.name === ':')) return readStarred(reader, group, node);
  const parts: (Expression | undefined)[] = [undefined, undefined, undefined];
  let place = 0;
  for (const child of group) {
    if (child.name === ':') place++;
    else parts[place] = readExpression(reader, child);
  }
  const [lower, upper, step] = parts;
  return {
    kind: 'slice',
    ...(lower && { lower }),
    ...(upper && { upper }),
    ...(step && { step }),
    start: first.from,
    end: last.to,
  };
}

export function readArguments(reader: Reader, list: SyntaxNode | undefined): Argument[] {
  if (list === undefined) return [];
  const children = childrenOf(list);
  if (isBroken(children)) return [{ form: 'positional', value: reader.error(list), start: list.from, end: list.to }];
  const inner = children.slice(1, -1);
  // A bare generator is the only argument; its targets may have commas.
  if (inner.some(child => child.name === 'for'))
    return [{ form: 'positional', value: comprehension(reader, list, inner, 'generator'), start: list.from, end: list.to }]; // prettier-ignore
  return atCommas(inner).groups.map(group => argument(reader, group, list));
}

function argument(reader: Reader, group: readonly SyntaxNode[], list: SyntaxNode): Argument {
  const [first, second, third] = group;
  const last = group.at(-1);
  if (first === undefined || last === undefined) return { form: 'positional', value: reader.error(list), start: list.from, end: list.to }; // prettier-ignore
  const at = { start: first.from, end: last.to };
  if ((first.name === '*' || first.name === '**') && second !== undefined)
    return { form: first.name === '*' ? 'star' : 'double-star', value: readExpression(reader, second), ...at };
  if (second?.name === 'AssignOp' && third !== undefined) {
    if (reader.slice(second) === ':=') return { form: 'positional', value: named(reader, first, first, third), ...at };
    return { form: 'keyword', name: reader.slice(first), value: readExpression(reader, third), ...at };
  }
  return { form: 'positional', value: readStarred(reader, group, list), ...at };
}

function binary(reader: Reader, node: SyntaxNode, children: readonly SyntaxNode[]): Expression {
  const left = children[0];
  const right = children.at(-1);
  if (left === undefined || right === undefined || children.length < 3) return reader.error(node);
  const operator = children
    .slice(1, -1)
    .map(child => reader.slice(child))
    .join(' ');
  if (operator === 'and' || operator === 'or') return logical(reader, node);
  const at = { start: node.from, end: node.to };
  const [a, b] = [readExpression(reader, left), readExpression(reader, right)];
  if (!isCompare(operator)) return { kind: 'binary', operator: operator as BinaryOperator, left: a, right: b, ...at };
  const compared = operator === '<>' ? '!=' : operator;
  // `a < b < c` is one comparison, unless `a < b` stands in brackets.
  if (a.kind === 'compare' && left.name === 'BinaryExpression')
    return { ...a, rest: [...a.rest, { operator: compared, right: b }], ...at } satisfies Compare;
  return { kind: 'compare', left: a, rest: [{ operator: compared, right: b }], ...at };
}

interface Operand {
  readonly nots: readonly SyntaxNode[];
  readonly node: SyntaxNode;
}

/**
 * `and`, `or` and `not`: the grammar lets `not a and b` mean `not (a and b)`, so the operands are taken apart and put
 * together again as Python binds them.
 */
function logical(reader: Reader, node: SyntaxNode): Expression {
  const operands: Operand[] = [];
  const operators: ('and' | 'or')[] = [];
  if (!flatten(node, [], operands, operators)) return reader.error(node);
  const read = ({ nots, node: inner }: Operand): Expression =>
    nots.reduceRight<Expression>(
      (operand, { from }) => ({ kind: 'unary', operator: 'not', operand, start: from, end: inner.to }),
      readExpression(reader, inner),
    );
  const join = (operator: 'and' | 'or', left: Expression | undefined, right: Expression): Expression =>
    left === undefined ? right : { kind: 'bool', operator, left, right, start: left.start, end: right.end };
  let whole: Expression | undefined;
  let part: Expression | undefined;
  for (const [index, operand] of operands.entries()) {
    part = join('and', part, read(operand));
    if (operators[index] === 'and') continue;
    whole = join('or', whole, part);
    part = undefined;
  }
  return whole ?? reader.error(node);
}

function flatten(
  node: SyntaxNode,
  nots: readonly SyntaxNode[],
  operands: Operand[],
  operators: ('and' | 'or')[],
): boolean {
  const children = childrenOf(node);
  const [first, second, third] = children;
  if (isBroken(children)) return false;
  if (node.name === 'UnaryExpression' && first?.name === 'not' && second !== undefined)
    return flatten(second, [...nots, first], operands, operators);
  if (node.name !== 'BinaryExpression' || (second?.name !== 'and' && second?.name !== 'or')) {
    operands.push({ nots, node });
    return true;
  }
  if (first === undefined || third === undefined || !flatten(first, nots, operands, operators)) return false;
  operators.push(second.name);
  return flatten(third, [], operands, operators);
}

const COMPARE = new Set(['<', '>', '<=', '>=', '==', '!=', '<>', 'in', 'not in', 'is', 'is not']);
const isCompare = (operator: string): operator is CompareOperator | '<>' => COMPARE.has(operator);

const operatorOf = (reader: Reader, node: SyntaxNode | undefined): UnaryOperator =>
  (node === undefined ? '+' : reader.slice(node)) as UnaryOperator;

function entry(
  reader: Reader,
  group: readonly SyntaxNode[],
  node: SyntaxNode,
): { key?: Expression; value: Expression } {
  const [first, second, third] = group;
  if (first?.name === '**' && second !== undefined) return { value: readExpression(reader, second) };
  if (first === undefined || third === undefined) return { value: reader.error(node) };
  return { key: readExpression(reader, first), value: readExpression(reader, third) };
}

function named(reader: Reader, node: SyntaxNode, name?: SyntaxNode, value?: SyntaxNode): Expression {
  if (name?.name !== 'VariableName' || value === undefined) return reader.error(node);
  return {
    kind: 'named',
    target: { kind: 'name', id: reader.slice(name), start: name.from, end: name.to },
    value: readExpression(reader, value),
    start: name.from,
    end: value.to,
  };
}

function lambda(reader: Reader, node: SyntaxNode, children: readonly SyntaxNode[]): Expression {
  const parameters = children.find(child => child.name === 'ParamList');
  const body = children.at(-1);
  const read = parameters === undefined ? [] : readParameters(reader, childrenOf(parameters));
  if (body === undefined || read === undefined) return reader.error(node);
  return {
    kind: 'lambda',
    parameters: read,
    body: readExpression(reader, body),
    start: node.from,
    end: node.to,
  } satisfies Lambda;
}

/** Between the brackets; undefined where something is wrong with them. */
export function readParameters(reader: Reader, children: readonly SyntaxNode[]): Parameter[] | undefined {
  if (isBroken(children)) return undefined;
  const parameters: Parameter[] = [];
  let starred = false;
  let previous: SyntaxNode | undefined;
  // The bare `/` is no node of its own: it shows as an empty group.
  for (const group of atCommas(children).groups) {
    const [first] = group;
    if (first === undefined || (group.length === 1 && reader.slice(first) === '/')) {
      for (const [index, parameter] of parameters.entries())
        parameters[index] = { ...parameter, form: 'positional-only' };
    } else if (first.name === '*' && group.length === 1) starred = true;
    else {
      const parameter = readParameter(reader, group, starred);
      if (parameter === undefined) return undefined;
      starred ||= parameter.form === 'star';
      parameters.push(parameter);
    }
    previous = first;
  }
  // `def f(a, /)`: the slash stands last, after the comma.
  const end = children.at(-1);
  if (end?.name === ',' && previous !== undefined && /^,\s*\/\s*$/.test(tail(reader, end)))
    return parameters.map(parameter => ({ ...parameter, form: 'positional-only' }));
  return parameters;
}

const tail = (reader: Reader, comma: SyntaxNode): string => {
  const parent = comma.parent;
  return parent === null ? '' : reader.text.slice(comma.from, parent.to).replace(/\)$/, '');
};

function readParameter(reader: Reader, group: readonly SyntaxNode[], starred: boolean): Parameter | undefined {
  const star = group.find(child => child.name === '*' || child.name === '**');
  const name = group.find(child => child.name === 'VariableName');
  const last = group.at(-1);
  if (name === undefined || last === undefined) return undefined;
  const type = group.find(child => child.name === 'TypeDef');
  const annotation = type === undefined ? undefined : childrenOf(type).at(-1);
  const assign = group.findIndex(child => child.name === 'AssignOp');
  const fallback = assign < 0 ? undefined : group[assign + 1];
  const form = star === undefined ? (starred ? 'keyword-only' : 'plain') : star.name === '*' ? 'star' : 'double-star';
  return {
    name: reader.slice(name),
    form,
    ...(annotation && { annotation: readExpression(reader, annotation) }),
    ...(fallback && { fallback: readExpression(reader, fallback) }),
    start: group[0]?.from ?? name.from,
    end: last.to,
  };
}

export function readYield(reader: Reader, node: SyntaxNode, children: readonly SyntaxNode[]): Expression {
  const at = { start: node.from, end: node.to };
  const rest = children.slice(1).filter(child => !child.type.isError);
  const [first, second] = rest;
  if (first === undefined) return { kind: 'yield', from: false, ...at };
  if (first.name === 'from' && second !== undefined)
    return { kind: 'yield', from: true, value: readExpression(reader, second), ...at };
  return { kind: 'yield', from: false, value: readList(reader, rest, node), ...at };
}
