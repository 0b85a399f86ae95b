/** Names: what a block of statements binds, and the variables of a running function. */
import type { Expression, Parameter, Pattern, Statement } from './ast';
import type { PyFunction } from './functions';
import type { Value } from './values';

export interface ScopeInfo {
  readonly globals: ReadonlySet<string>;
  readonly nonlocals: ReadonlySet<string>;
  readonly isGenerator: boolean;
}

/** Variables of one call, class body or comprehension. Module globals are the module's own (modules.ts). */
export class Env {
  readonly vars = new Map<string, Value>();
  /** Functions that a class body defines: they learn of their class when it is made. */
  made: PyFunction[] | undefined = undefined;
  constructor(
    /** The enclosing function's variables; class bodies are skipped. */
    readonly parent: Env | undefined,
    readonly info: ScopeInfo = PLAIN,
    readonly kind: 'function' | 'class' | 'comprehension' | 'module' = 'function',
  ) {}

  /** In this and the enclosing functions. */
  lookup(name: string): Value | undefined {
    let value = this.vars.get(name);
    for (let env = this.parent; value === undefined && env !== undefined; env = env.parent) value = env.vars.get(name);
    return value;
  }

  /** Where closures made here look first. */
  get closure(): Env | undefined {
    return this.kind === 'class' ? this.parent : this.kind === 'module' ? undefined : this;
  }

  /** The environment whose variable `nonlocal` means. */
  owner(name: string): Env | undefined {
    for (let env = this.parent; env !== undefined; env = env.parent) if (env.vars.has(name)) return env;
    return this.parent;
  }
}

const NONE: ReadonlySet<string> = new Set();
export const PLAIN: ScopeInfo = { globals: NONE, nonlocals: NONE, isGenerator: false };

const infos = new WeakMap<object, ScopeInfo>();

/** Of a function body; computed once per body. */
export function scopeInfo(body: readonly Statement[]): ScopeInfo {
  let info = infos.get(body);
  if (info === undefined) infos.set(body, (info = analyse(body)));
  return info;
}

function analyse(body: readonly Statement[]): ScopeInfo {
  const globals = new Set<string>();
  const nonlocals = new Set<string>();
  let isGenerator = false;
  walkStatements(body, {
    statement: statement => {
      if (statement.kind === 'global') statement.names.forEach(name => globals.add(name));
      if (statement.kind === 'nonlocal') statement.names.forEach(name => nonlocals.add(name));
    },
    expression: expression => {
      if (expression.kind === 'yield') isGenerator = true;
    },
  });
  return globals.size + nonlocals.size === 0 && !isGenerator ? PLAIN : { globals, nonlocals, isGenerator };
}

export interface Visitor {
  statement?(statement: Statement): void;
  expression?(expression: Expression): void;
}

/** Everything that runs when the statements run: bodies of nested functions and classes are left out. */
export function walkStatements(statements: readonly Statement[], visitor: Visitor): void {
  for (const statement of statements) walkStatement(statement, visitor);
}

export function walkStatement(statement: Statement, visitor: Visitor): void {
  visitor.statement?.(statement);
  for (const expression of expressionsOf(statement)) walkExpression(expression, visitor);
  for (const block of blocksOf(statement)) walkStatements(block, visitor);
}

/** Statements directly inside, which run as part of this one. */
export function blocksOf(statement: Statement): readonly (readonly Statement[])[] {
  switch (statement.kind) {
    case 'if':
    case 'for':
    case 'while':
      return [statement.body, statement.otherwise];
    case 'try':
      return [
        statement.body,
        ...statement.handlers.map(handler => handler.body),
        statement.otherwise,
        statement.finally,
      ];
    case 'with':
      return [statement.body];
    case 'match':
      return statement.cases.map(({ body }) => body);
    default:
      return [];
  }
}

/** Expressions that are evaluated when the statement runs, inner blocks left out. */
export function expressionsOf(statement: Statement): readonly Expression[] {
  const some = (...expressions: readonly (Expression | undefined)[]): Expression[] =>
    expressions.filter(expression => expression !== undefined);
  switch (statement.kind) {
    case 'expression':
      return [statement.value];
    case 'assign':
      return [...statement.targets, statement.value];
    case 'annotated':
      return some(statement.target, statement.value);
    case 'augmented':
      return [statement.target, statement.value];
    case 'return':
    case 'raise':
      return some(statement.value);
    case 'if':
    case 'while':
    case 'assert':
      return [statement.test];
    case 'for':
      return [statement.target, statement.iterable];
    case 'try':
      return some(...statement.handlers.map(({ type }) => type));
    case 'with':
      return statement.items.flatMap(({ context, target }) => some(context, target));
    case 'def':
      return [...statement.decorators, ...defaultsOf(statement.parameters)];
    case 'class':
      return [...statement.decorators, ...statement.bases.map(({ value }) => value)];
    case 'delete':
      return statement.targets;
    case 'match':
      return [
        statement.subject,
        ...statement.cases.flatMap(({ pattern, guard }) => some(guard, ...patternExpressions(pattern))),
      ];
    default:
      return [];
  }
}

function patternExpressions(pattern: Pattern): Expression[] {
  switch (pattern.kind) {
    case 'value':
      return [pattern.value];
    case 'or':
      return pattern.options.flatMap(patternExpressions);
    case 'as':
      return patternExpressions(pattern.pattern);
    case 'sequence':
      return pattern.items.flatMap(patternExpressions);
    case 'mapping':
      return pattern.entries.flatMap(({ key, pattern: inner }) => [key, ...patternExpressions(inner)]);
    case 'instance':
      return [
        pattern.type,
        ...pattern.items.flatMap(patternExpressions),
        ...pattern.named.flatMap(({ pattern: inner }) => patternExpressions(inner)),
      ];
    default:
      return [];
  }
}

const defaultsOf = (parameters: readonly Parameter[]): Expression[] =>
  parameters.map(({ fallback }) => fallback).filter(fallback => fallback !== undefined);

/** Bodies of lambdas are left out: they run later. */
export function walkExpression(expression: Expression, visitor: Visitor): void {
  visitor.expression?.(expression);
  for (const child of partsOf(expression)) walkExpression(child, visitor);
}

export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'attribute':
      return [expression.object];
    case 'call':
      return [expression.callee, ...expression.args.map(({ value }) => value)];
    case 'subscript':
      return [expression.object, expression.index];
    case 'slice':
      return [expression.lower, expression.upper, expression.step].filter(part => part !== undefined);
    case 'tuple':
    case 'list':
    case 'set':
      return expression.items;
    case 'binary':
    case 'bool':
      return [expression.left, expression.right];
    case 'unary':
      return [expression.operand];
    case 'compare':
      return [expression.left, ...expression.rest.map(({ right }) => right)];
    case 'conditional':
      return [expression.test, expression.then, expression.otherwise];
    case 'dict':
      return expression.entries.flatMap(({ key, value }) => (key === undefined ? [value] : [key, value]));
    case 'f-string':
      return expression.parts.flatMap(part =>
        typeof part === 'string'
          ? []
          : [part.value, ...part.spec.flatMap(inner => (typeof inner === 'string' ? [] : [inner.value]))],
      );
    case 'list-comprehension':
    case 'set-comprehension':
    case 'generator':
      return [expression.element, ...clauseParts(expression.clauses)];
    case 'dict-comprehension':
      return [expression.key, expression.value, ...clauseParts(expression.clauses)];
    case 'lambda':
      return defaultsOf(expression.parameters);
    case 'starred':
    case 'await':
    case 'named':
      return [expression.value];
    case 'yield':
      return expression.value === undefined ? [] : [expression.value];
    default:
      return [];
  }
}

const clauseParts = (
  clauses: readonly {
    readonly target: Expression;
    readonly iterable: Expression;
    readonly conditions: readonly Expression[];
  }[],
): Expression[] => clauses.flatMap(({ target, iterable, conditions }) => [target, iterable, ...conditions]);

/** Names that assigning to the target binds, and the roots of what it changes (`a` of `a.b[0]`). */
export function targetNames(target: Expression): { binds: string[]; touches: string[] } {
  switch (target.kind) {
    case 'name':
      return { binds: [target.id], touches: [] };
    case 'tuple':
    case 'list': {
      const parts = target.items.map(targetNames);
      return { binds: parts.flatMap(({ binds }) => binds), touches: parts.flatMap(({ touches }) => touches) };
    }
    case 'starred':
      return targetNames(target.value);
    case 'attribute':
    case 'subscript': {
      const root = rootName(target);
      return { binds: [], touches: root === undefined ? [] : [root] };
    }
    default:
      return { binds: [], touches: [] };
  }
}

/** `a` of `a.b[c].d(e)`. */
export function rootName(expression: Expression): string | undefined {
  for (let at = expression; ;) {
    if (at.kind === 'name') return at.id;
    if (at.kind === 'attribute' || at.kind === 'subscript') at = at.object;
    else if (at.kind === 'call') at = at.callee;
    else return undefined;
  }
}

export function patternNames(pattern: Pattern): string[] {
  switch (pattern.kind) {
    case 'capture':
    case 'star':
      return pattern.name === '_' ? [] : [pattern.name];
    case 'or':
      return pattern.options.flatMap(patternNames);
    case 'as':
      return [...patternNames(pattern.pattern), pattern.name];
    case 'sequence':
      return pattern.items.flatMap(patternNames);
    case 'mapping':
      return [
        ...pattern.entries.flatMap(({ pattern: inner }) => patternNames(inner)),
        ...(pattern.rest === undefined ? [] : [pattern.rest]),
      ];
    case 'instance':
      return [...pattern.items, ...pattern.named.map(({ pattern: inner }) => inner)].flatMap(patternNames);
    default:
      return [];
  }
}

/** What running the statements binds by name, and which existing values it may change, by the name that reaches them. */
export function effectsOf(statements: readonly Statement[]): { binds: Set<string>; touches: Set<string> } {
  const binds = new Set<string>();
  const touches = new Set<string>();
  const target = (expression: Expression): void => {
    const names = targetNames(expression);
    names.binds.forEach(name => binds.add(name));
    names.touches.forEach(name => touches.add(name));
  };
  walkStatements(statements, {
    statement: statement => {
      bindingsOf(statement, target).forEach(name => binds.add(name));
    },
    expression: expression => {
      if (expression.kind === 'named') binds.add(expression.target.id);
      // A method may change its object, a function its arguments.
      if (expression.kind !== 'call') return;
      for (const part of [expression.callee, ...expression.args.map(({ value }) => value)]) {
        const root = part.kind === 'name' && part === expression.callee ? undefined : rootName(part);
        if (root !== undefined) touches.add(root);
      }
    },
  });
  return { binds, touches };
}

/** Names that one statement binds itself; assignment targets go to `target`. */
function bindingsOf(statement: Statement, target: (expression: Expression) => void): readonly string[] {
  switch (statement.kind) {
    case 'assign':
      statement.targets.forEach(target);
      return [];
    case 'annotated':
      if (statement.value !== undefined) target(statement.target);
      return [];
    case 'augmented':
    case 'for':
      target(statement.target);
      return [];
    case 'with':
      statement.items.forEach(({ target: as }) => as && target(as));
      return [];
    case 'delete':
      statement.targets.forEach(target);
      return [];
    case 'def':
    case 'class':
      return [statement.name];
    case 'import':
      return statement.names.map(({ module, as }) => as ?? module.split('.')[0] ?? module);
    case 'import-from':
      return statement.names.map(({ as }) => as);
    case 'try':
      return statement.handlers.flatMap(({ name }) => name ?? []);
    case 'match':
      return statement.cases.flatMap(({ pattern }) => patternNames(pattern));
    default:
      return [];
  }
}
