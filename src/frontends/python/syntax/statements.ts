/** Statements: from the parser's nodes to ours. Function bodies are converted when they are first asked for. */
import type { SyntaxNode } from '@lezer/common';
import type {
  BinaryOperator,
  Definition,
  Expression,
  FunctionDefinition,
  Handler,
  Statement,
  Suite,
  Try,
  With,
} from '../ast';
import { readArguments, readExpression, readList, readParameters, readYield } from './expressions';
import { readImport } from './imports';
import { readMatch } from './patterns';
import type { Reader } from './reader';
import { atCommas, childrenOf, isBroken } from './reader';

/** All statements below a Script or a Body. */
export function readStatements(reader: Reader, node: SyntaxNode): Statement[] {
  const statements: Statement[] = [];
  for (const child of childrenOf(node)) {
    if (child.type.isError) statements.push(reader.error(child));
    else if (child.name === 'StatementGroup') statements.push(...readStatements(reader, child));
    else if (child.name !== ':' && child.name !== ';') statements.push(readStatement(reader, child));
  }
  return statements;
}

function readStatement(reader: Reader, node: SyntaxNode): Statement {
  const children = childrenOf(node);
  if (node.name === 'YieldStatement') return yieldStatement(reader, node, children);
  if (isBroken(children) && !KEEPS_GOING.has(node.name)) return reader.error(node);
  return simple(reader, node, children) ?? compound(reader, node, children) ?? reader.error(node);
}

/** Definitions whose head is damaged still bind their name; calling them is the gap. */
const KEEPS_GOING = new Set(['FunctionDefinition', 'ClassDefinition']);

const yieldStatement = (reader: Reader, node: SyntaxNode, children: readonly SyntaxNode[]): Statement => ({
  kind: 'expression',
  value: readYield(reader, node, children),
  start: node.from,
  end: node.to,
});

function simple(reader: Reader, node: SyntaxNode, children: readonly SyntaxNode[]): Statement | undefined {
  const at = { start: node.from, end: node.to };
  const rest = children.slice(1);
  const list = (): Expression => readList(reader, rest, node);
  switch (node.name) {
    case 'ExpressionStatement':
      return { kind: 'expression', value: readList(reader, children, node), ...at };
    case 'AssignStatement':
      return assign(reader, node, children);
    case 'UpdateStatement':
      return update(reader, node, children);
    case 'ReturnStatement':
      return { kind: 'return', ...(rest.length > 0 && { value: list() }), ...at };
    case 'PassStatement':
      return { kind: 'pass', ...at };
    case 'BreakStatement':
      return { kind: 'break', ...at };
    case 'ContinueStatement':
      return { kind: 'continue', ...at };
    case 'RaiseStatement':
      return { kind: 'raise', ...(rest[0] && { value: readExpression(reader, rest[0]) }), ...at };
    case 'AssertStatement':
      return rest[0] && { kind: 'assert', test: readExpression(reader, rest[0]), ...at };
    case 'DeleteStatement':
      return { kind: 'delete', targets: atCommas(rest).groups.flatMap(([target]) => (target ? [readExpression(reader, target)] : [])), ...at }; // prettier-ignore
    case 'ScopeStatement':
      return {
        kind: children[0]?.name === 'nonlocal' ? 'nonlocal' : 'global',
        names: rest.filter(child => child.name === 'VariableName').map(child => reader.slice(child)),
        ...at,
      };
    case 'ImportStatement':
      return readImport(reader, node, children);
    case 'TypeDefinition':
      return rest[0] && alias(reader, node, rest[0]);
    default:
      return undefined;
  }
}

/** `type X = …` binds a name to something that only type checkers read. */
const alias = (reader: Reader, node: SyntaxNode, name: SyntaxNode): Statement => ({
  kind: 'assign',
  targets: [readExpression(reader, name)],
  value: { kind: 'constant', value: 'None', start: node.from, end: node.to },
  start: node.from,
  end: node.to,
});

function compound(reader: Reader, node: SyntaxNode, children: readonly SyntaxNode[]): Statement | undefined {
  const at = { start: node.from, end: node.to };
  switch (node.name) {
    case 'IfStatement':
      return ifStatement(reader, node, children);
    case 'WhileStatement': {
      const [, test] = children;
      if (test === undefined) return undefined;
      const [body = [], otherwise = []] = bodies(reader, children);
      return { kind: 'while', test: readExpression(reader, test), body, otherwise, ...at };
    }
    case 'ForStatement':
      return forStatement(reader, node, children);
    case 'TryStatement':
      return tryStatement(reader, node, children);
    case 'WithStatement':
      return withStatement(reader, node, children);
    case 'FunctionDefinition':
    case 'ClassDefinition':
      return definition(reader, node, children, []);
    case 'DecoratedStatement':
      return decorated(reader, node, children);
    case 'MatchStatement':
      return readMatch(reader, node, children, body => readStatements(reader, body));
    default:
      return undefined;
  }
}

const bodies = (reader: Reader, children: readonly SyntaxNode[]): Statement[][] =>
  children.filter(child => child.name === 'Body').map(body => readStatements(reader, body));

function assign(reader: Reader, node: SyntaxNode, children: readonly SyntaxNode[]): Statement {
  const at = { start: node.from, end: node.to };
  const sides = split(children, child => child.name === 'AssignOp');
  const type = sides[0]?.findIndex(child => child.name === 'TypeDef') ?? -1;
  const read = (side: readonly SyntaxNode[]): Expression => readList(reader, side, node);
  if (type >= 0) {
    const [first = []] = sides;
    const annotation = first[type] === undefined ? undefined : childrenOf(first[type]).at(-1);
    return {
      kind: 'annotated',
      target: read(first.slice(0, type)),
      annotation: annotation === undefined ? reader.error(node) : readExpression(reader, annotation),
      ...(sides[1] && { value: read(sides[1]) }),
      ...at,
    };
  }
  const values = sides.map(read);
  const value = values.pop() ?? reader.error(node);
  return { kind: 'assign', targets: values, value, ...at };
}

function split(children: readonly SyntaxNode[], at: (child: SyntaxNode) => boolean): SyntaxNode[][] {
  const groups: SyntaxNode[][] = [[]];
  for (const child of children) {
    if (at(child)) groups.push([]);
    else groups.at(-1)?.push(child);
  }
  return groups;
}

function update(reader: Reader, node: SyntaxNode, children: readonly SyntaxNode[]): Statement {
  const place = children.findIndex(child => child.name === 'UpdateOp');
  const operator = children[place];
  if (operator === undefined) return reader.error(node);
  return {
    kind: 'augmented',
    target: readList(reader, children.slice(0, place), node),
    operator: reader.slice(operator).slice(0, -1) as BinaryOperator,
    value: readList(reader, children.slice(place + 1), node),
    start: node.from,
    end: node.to,
  };
}

function ifStatement(reader: Reader, node: SyntaxNode, children: readonly SyntaxNode[]): Statement {
  let otherwise: Statement[] = [];
  const branches = split(children, child => ['if', 'elif', 'else'].includes(child.name)).slice(1);
  for (const branch of branches.reverse()) {
    const [first, second] = branch;
    if (first?.name === 'Body') otherwise = readStatements(reader, first);
    else if (first === undefined || second === undefined) return reader.error(node);
    else
      otherwise = [
        {
          kind: 'if',
          test: readExpression(reader, first),
          body: readStatements(reader, second),
          otherwise,
          start: branch === branches.at(-1) ? node.from : first.from,
          end: node.to,
        },
      ];
  }
  return otherwise[0] ?? reader.error(node);
}

function forStatement(reader: Reader, node: SyntaxNode, children: readonly SyntaxNode[]): Statement {
  const start = children.findIndex(child => child.name === 'for');
  const inside = children.findIndex(child => child.name === 'in');
  const body = children.findIndex(child => child.name === 'Body');
  if (inside < 0 || body < 0) return reader.error(node);
  const [first = [], otherwise = []] = bodies(reader, children);
  return {
    kind: 'for',
    target: readList(reader, children.slice(start + 1, inside), node),
    iterable: readList(reader, children.slice(inside + 1, body), node),
    body: first,
    otherwise,
    start: node.from,
    end: node.to,
  };
}

function tryStatement(reader: Reader, node: SyntaxNode, children: readonly SyntaxNode[]): Statement {
  const result: { -readonly [K in keyof Try]: Try[K] } & { handlers: Handler[] } = {
    kind: 'try', body: [], handlers: [], otherwise: [], finally: [], start: node.from, end: node.to,
  }; // prettier-ignore
  let head: SyntaxNode[] = [];
  for (const child of children) {
    if (child.name !== 'Body') {
      head.push(child);
      continue;
    }
    const statements = readStatements(reader, child);
    const [word] = head;
    if (word?.name === 'try') result.body = statements;
    else if (word?.name === 'else') result.otherwise = statements;
    else if (word?.name === 'finally') result.finally = statements;
    else if (word !== undefined) result.handlers.push(handler(reader, head, word, child, statements));
    head = [];
  }
  return result;
}

function handler(
  reader: Reader,
  head: readonly SyntaxNode[],
  word: SyntaxNode,
  body: SyntaxNode,
  statements: readonly Statement[],
): Handler {
  const [type, , name] = head.slice(1).filter(child => child.name !== '*');
  return {
    ...(type && { type: readExpression(reader, type) }),
    ...(name && { name: reader.slice(name) }),
    body: statements,
    start: word.from,
    end: body.to,
  };
}

function withStatement(reader: Reader, node: SyntaxNode, children: readonly SyntaxNode[]): Statement {
  const start = children.findIndex(child => child.name === 'with');
  const end = children.findIndex(child => child.name === 'Body');
  const items = atCommas(children.slice(start + 1, end)).groups.map(([context, , target]) => ({
    context: context === undefined ? reader.error(node) : readExpression(reader, context),
    ...(target && { target: readExpression(reader, target) }),
  }));
  const [body = []] = bodies(reader, children);
  return { kind: 'with', items, body, start: node.from, end: node.to } satisfies With;
}

function decorated(reader: Reader, node: SyntaxNode, children: readonly SyntaxNode[]): Statement {
  const decorators = children.filter(child => child.name === 'Decorator').map(child => decorator(reader, child));
  const inner = children.at(-1);
  return inner === undefined ? reader.error(node) : definition(reader, inner, childrenOf(inner), decorators);
}

/** `@a.b.c(d)`: the name is a row of words in the parser's tree. */
function decorator(reader: Reader, node: SyntaxNode): Expression {
  const children = childrenOf(node).slice(1);
  if (isBroken(children)) return reader.error(node);
  let expression: Expression | undefined;
  for (const child of children) {
    if (child.name === 'VariableName') {
      const name = reader.slice(child);
      expression =
        expression === undefined
          ? { kind: 'name', id: name, start: child.from, end: child.to }
          : { kind: 'attribute', object: expression, name, start: expression.start, end: child.to };
    } else if (child.name === 'ArgList' && expression !== undefined)
      expression = {
        kind: 'call',
        callee: expression,
        args: readArguments(reader, child),
        start: expression.start,
        end: child.to,
      };
  }
  return expression ?? reader.error(node);
}

function definition(
  reader: Reader,
  node: SyntaxNode,
  children: readonly SyntaxNode[],
  decorators: readonly Expression[],
): Definition | ReturnType<Reader['error']> {
  const name = children.find(child => child.name === 'VariableName');
  if (name === undefined) return reader.error(node);
  const broken = isBroken(children);
  const list = children.find(child => child.name === (node.name === 'ClassDefinition' ? 'ArgList' : 'ParamList'));
  const body = children.find(child => child.name === 'Body');
  const shared = {
    name: reader.slice(name),
    decorators,
    nameStart: name.from,
    start: node.from,
    end: node.to,
  };
  if (node.name === 'ClassDefinition') {
    const suite = body === undefined || broken ? failing(reader, node) : lazy(reader, body);
    return { kind: 'class', ...shared, bases: readArguments(reader, list), body: suite };
  }
  const parameters = list === undefined ? undefined : readParameters(reader, childrenOf(list).slice(1, -1));
  const returns = children.find(child => child.name === 'TypeDef');
  const annotation = returns === undefined ? undefined : childrenOf(returns).at(-1);
  return {
    kind: 'def',
    ...shared,
    parameters: parameters ?? [],
    ...(annotation && { returns: readExpression(reader, annotation) }),
    body: body === undefined || broken || parameters === undefined ? failing(reader, node) : lazy(reader, body),
    async: children[0]?.name === 'async',
  } satisfies FunctionDefinition;
}

function lazy(reader: Reader, body: SyntaxNode): Suite {
  let statements: readonly Statement[] | undefined;
  return {
    get statements(): readonly Statement[] {
      return (statements ??= readStatements(reader, body));
    },
  };
}

const failing = (reader: Reader, node: SyntaxNode): Suite => ({ statements: [reader.error(node)] });
