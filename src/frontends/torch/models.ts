/** Which models a file has: classes derived from Module, and functions that make one. */
import type { ClassDefinition, Definition, Expression, FunctionDefinition, Statement } from '../python/ast';
import { evaluate } from '../python/expressions';
import { PyFunction } from '../python/functions';
import { Aborted, Frame, Raised } from '../python/interpreter';
import type { PyModule } from '../python/module';
import { Env, PLAIN, blocksOf } from '../python/scope';
import type { Value } from '../python/values';
import { PyClass, Unknown } from '../python/values';
import { definitions } from './notes';
import type { Session } from './session';

export interface FoundModel {
  readonly name: string;
  readonly kind: 'class' | 'function';
  readonly node: Definition;
  /** Parameters without a default that the caller has to give. */
  readonly required: readonly string[];
}

/** `tryOut` says whether calling a function without arguments makes a model, where its text does not tell. */
export function findModels(session: Session, main: PyModule, tryOut: (name: string) => boolean): FoundModel[] {
  const found = new Map<string, FoundModel>();
  for (const node of definitions(main.source?.parsed.module.statements ?? [])) {
    const model = modelOf(session, main, node, tryOut);
    // A later definition of the same name replaces the earlier one.
    if (model === undefined) continue;
    found.delete(node.name);
    found.set(node.name, model);
  }
  return [...found.values()];
}

export function modelOf(
  session: Session,
  main: PyModule,
  node: Definition,
  tryOut: (name: string) => boolean,
): FoundModel | undefined {
  return bounded(() => node.kind === 'class' ? classModel(session, main, node) : functionModel(session, main, node, tryOut)); // prettier-ignore
}

/** The definition of that name, taken at the caller's word if it is a function. */
export function findModel(session: Session, main: PyModule, name: string): FoundModel | undefined {
  const node = [...definitions(main.source?.parsed.module.statements ?? [])].findLast(definition => definition.name === name); // prettier-ignore
  if (node?.kind === 'def') return { name, kind: 'function', node, required: required(node.parameters) };
  return node === undefined ? undefined : bounded(() => classModel(session, main, node));
}

/** A definition that takes too much to be made is no model that could be listed. */
function bounded<T>(work: () => T | undefined): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof Aborted || error instanceof Raised || isOverflow(error)) return undefined;
    throw error;
  }
}

export const isOverflow = (error: unknown): boolean => error instanceof RangeError && /call stack/.test(error.message);

function classModel(session: Session, main: PyModule, node: ClassDefinition): FoundModel | undefined {
  // A class without bases is no module, and need not be made to know it.
  if (node.bases.length === 0) return undefined;
  const value = main.lookup(node.name);
  if (!(value instanceof PyClass) || value.name !== node.name || !session.isModuleClass(value)) return undefined;
  return { name: node.name, kind: 'class', node, required: requiredOf(value) };
}

/** Of the constructor that would run. */
export function requiredOf(cls: PyClass): readonly string[] {
  const init = cls.lookup('__init__');
  return init instanceof PyFunction ? required(init.code.parameters.slice(1)) : [];
}

const required = (parameters: FunctionDefinition['parameters']): readonly string[] =>
  parameters
    .filter(({ form, fallback }) => fallback === undefined && form !== 'star' && form !== 'double-star')
    .map(({ name }) => name);

function functionModel(
  session: Session,
  main: PyModule,
  node: FunctionDefinition,
  tryOut: (name: string) => boolean,
): FoundModel | undefined {
  if (node.name.startsWith('_') || node.async) return undefined;
  const needed = required(node.parameters);
  const says = node.returns === undefined ? undefined : typeOf(session, main, node.returns);
  const makes = says ?? returnsModel(session, main, node);
  // What main() and the like hand back is no model, and they may do much before.
  const told = makes ?? (needed.length === 0 && !/^(main|run|train|test|parse|get_args|setup)/.test(node.name) && tryOut(node.name)); // prettier-ignore
  return told ? { name: node.name, kind: 'function', node, required: needed } : undefined;
}

/** Whether an annotation names a model; undefined where it says nothing. */
function typeOf(session: Session, main: PyModule, annotation: Expression): boolean | undefined {
  const written = annotation.kind === 'string' ? nameOf(annotation.value, annotation) : annotation;
  const value = peek(session, main, written);
  if (value instanceof PyClass) return session.isModuleClass(value);
  return value === null ? false : undefined;
}

const nameOf = (name: string, { start, end }: Expression): Expression => ({ kind: 'name', id: name, start, end });

const MOST_STEPS = 4;

/** Whether the function returns what a class or another such function makes; undefined where its text does not tell. */
function returnsModel(session: Session, main: PyModule, node: FunctionDefinition): boolean | undefined {
  const made = new Map<string, Expression>();
  const returned: Expression[] = [];
  collect(node.body.statements, made, returned);
  return anyOf(returned.map(expression => makesModel(session, main, expression, made, 0)));
}

const anyOf = (answers: readonly (boolean | undefined)[]): boolean | undefined =>
  answers.includes(true) ? true : answers.includes(undefined) ? undefined : false;

function collect(statements: readonly Statement[], made: Map<string, Expression>, returned: Expression[]): void {
  for (const statement of statements) {
    if (statement.kind === 'return' && statement.value !== undefined) returned.push(statement.value);
    else if (statement.kind === 'assign' && statement.targets[0]?.kind === 'name')
      made.set(statement.targets[0].id, made.get(statement.targets[0].id) ?? statement.value);
    else for (const block of blocksOf(statement)) collect(block, made, returned);
  }
}

function makesModel(
  session: Session,
  main: PyModule,
  expression: Expression,
  made: ReadonlyMap<string, Expression>,
  depth: number,
): boolean | undefined {
  if (expression.kind === 'name') {
    const value = made.get(expression.id);
    if (value === undefined || value === expression) return false;
    return makesModel(session, main, value, withoutName(made, expression.id), depth);
  }
  if (expression.kind !== 'call') return false;
  const { callee } = expression;
  // `Net().to(device)`, `net.eval()`: the object is the model.
  if (callee.kind === 'attribute' && CHAINED.has(callee.name))
    return makesModel(session, main, callee.object, made, depth);
  const value = peek(session, main, callee);
  if (value instanceof PyClass) return session.isModuleClass(value);
  // Something from a table or an object: only running it would tell.
  if (value === undefined) return callee.kind === 'subscript' ? undefined : false;
  if (!(value instanceof PyFunction) || value.module.isLibrary) return false;
  const { body } = value.code;
  if (!('statements' in body)) return false;
  const inner: Expression[] = [];
  const innerMade = new Map<string, Expression>();
  collect(body.statements, innerMade, inner);
  if (depth >= MOST_STEPS) return false;
  return anyOf(inner.map(item => makesModel(session, value.module, item, innerMade, depth + 1)));
}

const CHAINED = new Set(['to', 'eval', 'train', 'cuda', 'cpu', 'half', 'float', 'double', 'requires_grad_']);

function withoutName(made: ReadonlyMap<string, Expression>, name: string): ReadonlyMap<string, Expression> {
  const rest = new Map(made);
  rest.delete(name);
  return rest;
}

/** The value of a dotted name in the module, without running anything but definitions. */
function peek(session: Session, main: PyModule, expression: Expression): Value | undefined {
  if (expression.kind === 'constant' && expression.value === 'None') return null;
  if (!isDotted(expression)) return undefined;
  const { interp } = session;
  const frame = new Frame(new Env(undefined, PLAIN, 'module'), main, undefined, undefined);
  const outer = interp.frame;
  interp.frame = frame;
  try {
    const value = evaluate(interp, expression, frame);
    return value instanceof Unknown ? undefined : value;
  } catch (error) {
    if (error instanceof Raised) return undefined;
    throw error;
  } finally {
    interp.frame = outer;
  }
}

const isDotted = (expression: Expression): boolean =>
  expression.kind === 'name' || (expression.kind === 'attribute' && isDotted(expression.object));
