/** Generator functions: their bodies run step by step, as far as they are asked. */
import { text } from '../../base/text';
import type { Expression, Statement, Yield } from './ast';
import { evaluate } from './expressions';
import type { PyFunction } from './functions';
import type { Frame, Interpreter } from './interpreter';
import { Raised } from './interpreter';
import { getIterator, isMaybe } from './iteration';
import { enterContext, exitContext } from './protection';
import { walkStatement } from './scope';
import type { Completion } from './statements';
import { BREAK, CONTINUE, execute, executeOne, NORMAL, RETURN } from './statements';
import { assign } from './targets';
import { truth } from './truth';
import type { Value } from './values';
import { generatorClass, PyIterator, Unknown } from './values';

type Running = Generator<Value, Completion, Value>;

export class PyGenerator extends PyIterator {
  constructor(
    next: () => Value | undefined,
    readonly send: (value: Value) => Value | undefined,
    readonly frame: Frame,
  ) {
    super(next, generatorClass);
  }
}

export function makeGenerator(interp: Interpreter, frame: Frame, func: PyFunction): PyGenerator {
  const { body } = func.code;
  const running = run(interp, 'statements' in body ? body.statements : [], frame);
  let ended = false;
  const resume = (value: Value): Value | undefined => {
    if (ended) return undefined;
    const outer = interp.frame;
    frame.caller = outer;
    interp.frame = frame;
    try {
      const step = running.next(value);
      ended = step.done === true;
      return step.done === true ? undefined : step.value;
    } catch (error) {
      ended = true;
      throw error;
    } finally {
      interp.frame = outer;
    }
  };
  return new PyGenerator(() => resume(null), resume, frame);
}

const yielding = new WeakMap<Statement, boolean>();

function yields(statement: Statement): boolean {
  let found = yielding.get(statement);
  if (found === undefined) {
    found = false;
    walkStatement(statement, { expression: expression => void (found ||= expression.kind === 'yield') });
    yielding.set(statement, found);
  }
  return found;
}

const UNCERTAIN: ReadonlySet<string> = new Set(['unknown-branch', 'unknown-trip-count']);

function* run(interp: Interpreter, statements: readonly Statement[], frame: Frame): Running {
  for (const statement of statements) {
    const completion = yields(statement)
      ? yield* runOne(interp, statement, frame)
      : executeOne(interp, statement, frame);
    // A return that may or may not have happened: how much more there is to come is not known.
    if (completion === RETURN && frame.result instanceof Unknown && UNCERTAIN.has(frame.result.code))
      yield new Unknown(frame.result.reason, 'unknown-trip-count', frame.result.at);
    if (completion !== NORMAL) return completion;
  }
  return NORMAL;
}

function* runOne(interp: Interpreter, statement: Statement, frame: Frame): Running {
  interp.step();
  switch (statement.kind) {
    case 'expression':
      yield* value(interp, statement.value, frame);
      return NORMAL;
    case 'assign': {
      const given = yield* value(interp, statement.value, frame);
      for (const target of statement.targets) assign(interp, target, given, frame);
      return NORMAL;
    }
    case 'return':
      frame.result = statement.value === undefined ? null : yield* value(interp, statement.value, frame);
      return RETURN;
    case 'if': {
      const holds = truth(interp, evaluate(interp, statement.test, frame));
      if (holds instanceof Unknown) return yield* lost(interp, statement.test, frame, holds);
      return yield* run(interp, holds ? statement.body : statement.otherwise, frame);
    }
    case 'for':
    case 'while':
      return yield* loop(interp, statement, frame);
    case 'with':
      return yield* runWith(interp, statement, frame);
    case 'try':
      return yield* runTry(interp, statement, frame);
    default:
      return yield* lost(interp, undefined, frame, interp.unknown('unsupported-syntax', text('"yield" here is not modelled'))); // prettier-ignore
  }
}

/** Hands the reason on: who iterates learns that the number of items is not known. */
function* lost(interp: Interpreter, at: Expression | undefined, frame: Frame, why: Unknown): Running {
  if (at !== undefined) frame.at = at;
  interp.gap('unknown-branch', text('whether this branch runs is not known: {0}', why.reason), why.at);
  yield new Unknown(why.reason, 'unknown-trip-count', why.at ?? interp.here());
  return RETURN;
}

function* value(interp: Interpreter, node: Expression, frame: Frame): Generator<Value, Value, Value> {
  if (node.kind !== 'yield') return evaluate(interp, node, frame);
  if (!node.from) return yield node.value === undefined ? null : evaluate(interp, node.value, frame);
  return yield* delegate(interp, node, frame);
}

function* delegate(interp: Interpreter, node: Yield, frame: Frame): Generator<Value, Value, Value> {
  const iterator = getIterator(interp, node.value === undefined ? null : evaluate(interp, node.value, frame));
  if (iterator instanceof Unknown) {
    yield new Unknown(iterator.reason, 'unknown-trip-count', iterator.at ?? interp.here());
    return null;
  }
  for (let item = iterator.next(); item !== undefined; item = iterator.next()) {
    interp.step();
    yield item;
  }
  return iterator instanceof PyGenerator ? iterator.frame.result : null;
}

function* loop(interp: Interpreter, statement: Statement & { kind: 'for' | 'while' }, frame: Frame): Running {
  const iterator = statement.kind === 'for' ? getIterator(interp, evaluate(interp, statement.iterable, frame)) : undefined; // prettier-ignore
  if (iterator instanceof Unknown) return yield* lost(interp, undefined, frame, iterator);
  for (;;) {
    interp.step();
    if (statement.kind === 'for') {
      const item = iterator?.next();
      if (item === undefined) break;
      if (isMaybe(item)) return yield* lost(interp, undefined, frame, item);
      assign(interp, statement.target, item, frame);
    } else {
      const holds = truth(interp, evaluate(interp, statement.test, frame));
      if (holds instanceof Unknown) return yield* lost(interp, statement.test, frame, holds);
      if (!holds) break;
    }
    const completion = yield* run(interp, statement.body, frame);
    if (completion === BREAK) return NORMAL;
    if (completion !== NORMAL && completion !== CONTINUE) return completion;
  }
  return yield* run(interp, statement.otherwise, frame);
}

function* runWith(interp: Interpreter, statement: Statement & { kind: 'with' }, frame: Frame): Running {
  const contexts: Value[] = [];
  for (const { context, target } of statement.items) {
    const made = evaluate(interp, context, frame);
    contexts.push(made);
    const entered = enterContext(interp, made);
    if (target !== undefined) assign(interp, target, entered, frame);
  }
  try {
    return yield* run(interp, statement.body, frame);
  } finally {
    for (const context of contexts.reverse()) exitContext(interp, context, undefined);
  }
}

/** Handlers see what the body raises by itself; nothing is thrown into a generator from outside. */
function* runTry(interp: Interpreter, statement: Statement & { kind: 'try' }, frame: Frame): Running {
  const mark = interp.temporaries.length;
  let completion: Completion;
  try {
    completion = yield* run(interp, statement.body, frame);
  } catch (error) {
    if (!(error instanceof Raised)) throw error;
    interp.drop(mark);
    interp.frame = frame;
    // The remaining handling does not yield in practice: it runs as an ordinary try around the same error.
    const raising: Statement = { kind: 'raise', start: statement.start, end: statement.start };
    interp.handled.push(error);
    try {
      return execute(interp, [{ ...statement, body: [raising] }], frame);
    } finally {
      interp.handled.pop();
    }
  }
  if (completion === NORMAL) completion = yield* run(interp, statement.otherwise, frame);
  yield* run(interp, statement.finally, frame);
  return completion;
}
