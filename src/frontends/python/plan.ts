/**
 * Lazy execution of a module's body: a name is made when it is first asked for, by running the statements that bind it
 * or change its value, in their order. What nobody asks for never runs.
 */
import type { Expression, Module, Statement } from './ast';
import { replacesItself } from './selfReplacing';
import { effectsOf, rootName, targetNames, walkStatement, walkStatements } from './scope';

/** What a module's text says about its statements; the same for every evaluation of it. */
export interface Outline {
  /** Places of the statements that bind a name or change its value, in order. */
  readonly steps: ReadonlyMap<string, readonly number[]>;
  readonly names: ReadonlySet<string>;
  readonly stars: readonly Statement[];
  /** Those of the module; in place of one that says what is imported on demand, what it imports. */
  readonly statements: readonly Statement[];
  /** Of each, among the module's own. */
  readonly places: readonly number[];
  readonly isReplaced: boolean;
  /** Some of it is text that is run: that may bind names which stand nowhere. */
  readonly isDynamic: boolean;
}

const outlines = new WeakMap<Module, Outline>();

const WAITING = 0;
const RUNNING = 1;
const DONE = 2;

export class Plan {
  readonly #outline: Outline;
  readonly #states: Uint8Array;
  /** Names of which every statement has run. */
  readonly #finished = new Set<string>();
  /** Names given by a statement at or behind this place are not bound yet: an earlier statement is running. */
  #limit = Infinity;

  constructor(
    module: Module,
    private readonly run: (statement: Statement, place: number) => void,
  ) {
    this.#outline = outlineOf(module);
    this.#states = new Uint8Array(this.#outline.statements.length);
  }

  /** Names that some statement binds, for `dir`, `*` and lookups of attributes. */
  get names(): ReadonlySet<string> {
    return this.#outline.names;
  }

  /** The module becomes an object that imports on demand. */
  get isReplaced(): boolean {
    return this.#outline.isReplaced;
  }

  get isDynamic(): boolean {
    return this.#outline.isDynamic;
  }

  /** `from x import *`, latest first. */
  get stars(): readonly Statement[] {
    return this.#outline.stars;
  }

  isPending(name: string): boolean {
    return this.#outline.steps.has(name) && !this.#finished.has(name);
  }

  /** Runs what has to have run before the name is read. */
  demand(name: string): void {
    const steps = this.#outline.steps.get(name);
    if (steps === undefined || this.#finished.has(name)) return;
    const [first = 0] = steps;
    let whole = true;
    for (const step of steps) {
      if (step < this.#limit && this.#states[step] === WAITING) {
        if (step !== first) this.#runReaders(name, first, step);
        this.#runStep(step);
      }
      whole &&= this.#states[step] === DONE;
    }
    if (whole) this.#finished.add(name);
  }

  /** Everything, in order; while a statement of the module runs, what stands before it. */
  runAll(): void {
    const end = Math.min(this.#limit, this.#states.length);
    for (let step = 0; step < end; step++) this.#runStep(step);
  }

  /** Runs statements that read the name before it is bound again. */
  #runReaders(name: string, from: number, to: number): void {
    for (let step = from + 1; step < to; step++) {
      const statement = this.#outline.statements[step];
      if (this.#states[step] === WAITING && statement !== undefined && reads(statement, name)) this.#runStep(step);
    }
  }

  #runStep(step: number): void {
    const statement = this.#outline.statements[step];
    if (this.#states[step] !== WAITING || statement === undefined) return;
    this.#states[step] = RUNNING;
    const limit = this.#limit;
    this.#limit = step;
    try {
      this.run(statement, this.#outline.places[step] ?? step);
    } finally {
      this.#limit = limit;
      this.#states[step] = DONE;
    }
  }
}

export function outlineOf(module: Module): Outline {
  let outline = outlines.get(module);
  if (outline === undefined) outlines.set(module, (outline = makeOutline(module.statements)));
  return outline;
}

/** Places of the statements that have a part in what a name is, in order; those that only read it in between too. */
export function involvedIn(module: Module, name: string): readonly number[] {
  const { steps, statements, places } = outlineOf(module);
  const own = (step: number): number => places[step] ?? step;
  const binding = steps.get(name) ?? [];
  if (binding.length < 2) return binding.map(own);
  const [first = 0] = binding;
  const between = statements.slice(first + 1, binding.at(-1));
  const readers = between.flatMap((statement, at) => (reads(statement, name) ? [first + 1 + at] : []));
  return [...new Set([...binding, ...readers].map(own))].sort((a, b) => a - b);
}

function makeOutline(written: readonly Statement[]): Outline {
  const parts = written.flatMap((statement, place) => unfolded(statement).map(part => ({ part, place })));
  const statements = parts.map(({ part }) => part);
  const places = parts.map(({ place }) => place);
  const isReplaced = written.some(statement => statement.kind === 'if' && replacesItself(statement));
  const steps = new Map<string, number[]>();
  const names = new Set<string>();
  const stars: Statement[] = [];
  const mutators = mutatorsOf(statements);
  for (const [index, statement] of statements.entries()) {
    if (statement.kind === 'import-from' && statement.names[0]?.name === '*') {
      stars.unshift(statement);
      continue;
    }
    const { binds, touches } = topLevelEffects(statement, mutators);
    for (const name of binds) names.add(name);
    for (const name of new Set([...binds, ...touches])) {
      const known = steps.get(name);
      if (known === undefined) steps.set(name, [index]);
      else known.push(index);
    }
  }
  const isDynamic = statements.some(statement => calledAtTopLevel(statement).includes('exec'));
  return { steps, names, stars, statements, places, isReplaced, isDynamic };
}

/** What a module imports that becomes an object which imports on demand: name by name, as everything is read here. */
const unfolded = (statement: Statement): readonly Statement[] =>
  statement.kind === 'if' && replacesItself(statement) ? statement.body.flatMap(unfolded) : [statement];

/** Methods that change their object and whose result is used. */
const CHANGING = new Set(['pop', 'popitem', 'setdefault', 'register', 'register_module']);

function topLevelEffects(
  statement: Statement,
  mutators: ReadonlyMap<string, ReadonlySet<string>>,
): { binds: ReadonlySet<string>; touches: ReadonlySet<string> } {
  const { binds } = effectsOf([statement]);
  const touches = new Set<string>();
  const touch = (name: string | undefined): void => void (name !== undefined && touches.add(name));
  const called = (name: string | undefined): void => {
    if (name !== undefined) mutators.get(name)?.forEach(touch);
  };
  if (statement.kind === 'def' || statement.kind === 'class')
    for (const decorator of statement.decorators) {
      if (decorator.kind !== 'name' && !(decorator.kind === 'call' && decorator.callee.kind === 'name'))
        touch(rootName(decorator));
      called(rootName(decorator));
    }
  walkStatement(statement, {
    statement: inner => {
      if (inner.kind === 'expression' && inner.value.kind === 'call') touchedByCall(inner.value, touch);
      for (const target of targetsOf(inner)) targetNames(target).touches.forEach(touch);
    },
    expression: expression => {
      if (expression.kind !== 'call') return;
      const { callee } = expression;
      if (callee.kind === 'attribute' && CHANGING.has(callee.name)) touch(rootName(callee));
      if (callee.kind === 'name') called(callee.id);
    },
  });
  return { binds, touches };
}

/** `a.b(c)` standing alone is there for its effect: on `a` or `c`. */
function touchedByCall(call: Expression & { kind: 'call' }, touch: (name: string | undefined) => void): void {
  if (call.callee.kind !== 'name') touch(rootName(call.callee));
  for (const { value } of call.args) if (value.kind === 'name') touch(value.id);
}

function targetsOf(statement: Statement): readonly Expression[] {
  switch (statement.kind) {
    case 'assign':
    case 'delete':
      return statement.targets;
    case 'augmented':
    case 'annotated':
    case 'for':
      return [statement.target];
    default:
      return [];
  }
}

/** Functions of the module that change module-level names when they are called, and which. */
function mutatorsOf(statements: readonly Statement[]): ReadonlyMap<string, ReadonlySet<string>> {
  const decorating = new Set(statements.flatMap(calledAtTopLevel));
  const found = new Map<string, ReadonlySet<string>>();
  for (const statement of statements) {
    if (statement.kind !== 'def' || !decorating.has(statement.name)) continue;
    const changed = new Set<string>();
    changedIn(statement.body.statements, changed);
    if (changed.size > 0) found.set(statement.name, changed);
  }
  return found;
}

function calledAtTopLevel(statement: Statement): string[] {
  const called: string[] = [];
  walkStatement(statement, {
    expression: expression => {
      if (expression.kind === 'call' && expression.callee.kind === 'name') called.push(expression.callee.id);
    },
  });
  if (statement.kind === 'def' || statement.kind === 'class')
    for (const decorator of statement.decorators) if (decorator.kind === 'name') called.push(decorator.id);
  return called;
}

function changedIn(statements: readonly Statement[], changed: Set<string>): void {
  walkStatements(statements, {
    statement: statement => {
      if (statement.kind === 'global') statement.names.forEach(name => changed.add(name));
      if (statement.kind === 'def') changedIn(statement.body.statements, changed);
      for (const target of targetsOf(statement)) targetNames(target).touches.forEach(name => changed.add(name));
      if (statement.kind === 'expression' && statement.value.kind === 'call')
        touchedByCall(statement.value, name => void (name !== undefined && changed.add(name)));
    },
  });
}

/** Whether running the statement reads the name, class bodies included, function bodies not. */
function reads(statement: Statement, name: string): boolean {
  let found = false;
  walkStatement(statement, {
    expression: expression => void (found ||= expression.kind === 'name' && expression.id === name),
    statement: inner => {
      if (inner.kind === 'class') found ||= inner.body.statements.some(member => reads(member, name));
    },
  });
  return found;
}
