/** Comprehensions and generator expressions. */
import type { Clause, Comprehension, DictComprehension } from './ast';
import { evaluate } from './expressions';
import type { Frame, Interpreter } from './interpreter';
import { fromGenerator, getIterator, isMaybe } from './iteration';
import { Env, PLAIN } from './scope';
import { assign } from './targets';
import { truth } from './truth';
import type { Value } from './values';
import { generatorClass, PyDict, PyIterator, PyList, PySet, Unknown } from './values';

export function evaluateComprehension(interp: Interpreter, node: Comprehension, frame: Frame): Value {
  const inner = new Env(frame.env.closure, PLAIN, 'comprehension');
  // The first iterable is evaluated outside, at once; a generator runs the rest when it is asked.
  const [first] = node.clauses;
  const source = first === undefined ? null : evaluate(interp, first.iterable, frame);
  if (source instanceof Unknown) return source;
  if (node.kind === 'generator') return lazily(interp, node, frame, inner, source);
  const items: Value[] = [];
  const { temporaries } = interp;
  const mark = temporaries.length;
  temporaries.push(source);
  const lost = runClauses(interp, node.clauses, 0, frame, inner, source, () => {
    const item = evaluate(interp, node.element, frame);
    items.push(item);
    temporaries.push(item);
  });
  interp.drop(mark);
  if (lost !== undefined) return lost;
  return node.kind === 'list-comprehension' ? new PyList(items) : new PySet(items);
}

export function evaluateDictComprehension(interp: Interpreter, node: DictComprehension, frame: Frame): Value {
  const inner = new Env(frame.env.closure, PLAIN, 'comprehension');
  const [first] = node.clauses;
  const source = first === undefined ? null : evaluate(interp, first.iterable, frame);
  if (source instanceof Unknown) return source;
  const dict = new PyDict();
  const mark = interp.temporaries.length;
  interp.temporaries.push(source, dict);
  const lost = runClauses(interp, node.clauses, 0, frame, inner, source, () => {
    const key = evaluate(interp, node.key, frame);
    const value = evaluate(interp, node.value, frame);
    if (key instanceof Unknown) dict.tainted ??= key;
    else dict.set(key, value);
  });
  interp.drop(mark);
  return lost ?? dict;
}

function runClauses(
  interp: Interpreter,
  clauses: readonly Clause[],
  place: number,
  frame: Frame,
  env: Env,
  source: Value,
  visit: () => void,
): Unknown | undefined {
  const clause = clauses[place];
  if (clause === undefined) {
    visit();
    return undefined;
  }
  const outer = frame.env;
  frame.env = env;
  try {
    const iterator = getIterator(interp, place === 0 ? source : evaluate(interp, clause.iterable, frame));
    if (iterator instanceof Unknown) return iterator;
    for (let item = iterator.next(); item !== undefined; item = iterator.next()) {
      interp.step();
      if (isMaybe(item)) return item;
      const lost = oneRound(interp, clauses, place, frame, env, item, visit);
      if (lost !== undefined) return lost;
    }
    return undefined;
  } finally {
    frame.env = outer;
  }
}

function oneRound(
  interp: Interpreter,
  clauses: readonly Clause[],
  place: number,
  frame: Frame,
  env: Env,
  item: Value,
  visit: () => void,
): Unknown | undefined {
  const clause = clauses[place];
  if (clause === undefined) return undefined;
  assign(interp, clause.target, item, frame, (name, value) => env.vars.set(name, value));
  for (const condition of clause.conditions) {
    const holds = truth(interp, evaluate(interp, condition, frame));
    if (holds instanceof Unknown) return holds;
    if (!holds) return undefined;
  }
  return runClauses(interp, clauses, place + 1, frame, env, null, visit);
}

/** A generator expression: one element at a time, so that endless sources work. */
function lazily(interp: Interpreter, node: Comprehension, frame: Frame, env: Env, source: Value): Value {
  const iterator = getIterator(interp, source);
  if (iterator instanceof Unknown) return iterator;
  function* elements(place: number, over: PyIterator): Generator<Value> {
    const clause = node.clauses[place];
    if (clause === undefined) return;
    for (let item = over.next(); item !== undefined; item = over.next()) {
      interp.step();
      if (isMaybe(item)) {
        yield item;
        return;
      }
      const ready = inside(interp, frame, env, () => startRound(interp, clause, item ?? null, frame, env));
      if (ready instanceof Unknown) yield maybe(ready);
      if (ready !== true) continue;
      const next = node.clauses[place + 1];
      if (next === undefined) yield inside(interp, frame, env, () => evaluate(interp, node.element, frame));
      else {
        const inner = inside(interp, frame, env, () => getIterator(interp, evaluate(interp, next.iterable, frame)));
        if (inner instanceof Unknown) yield maybe(inner);
        else yield* elements(place + 1, inner);
      }
    }
  }
  const made = fromGenerator(elements(0, iterator), source);
  return new PyIterator(made.next, generatorClass, source);
}

/** Whether there is an element here, or how many, is not known. */
const maybe = (why: Unknown): Unknown => new Unknown(why.reason, 'unknown-trip-count', why.at);

function startRound(interp: Interpreter, clause: Clause, item: Value, frame: Frame, env: Env): boolean | Unknown {
  assign(interp, clause.target, item, frame, (name, value) => env.vars.set(name, value));
  for (const condition of clause.conditions) {
    const holds = truth(interp, evaluate(interp, condition, frame));
    if (holds !== true) return holds;
  }
  return true;
}

/** Runs in the frame of the expression, wherever the generator is asked from. */
function inside<T>(interp: Interpreter, frame: Frame, env: Env, work: () => T): T {
  const [outerEnv, outerFrame] = [frame.env, interp.frame];
  frame.env = env;
  interp.frame = frame;
  try {
    return work();
  } finally {
    frame.env = outerEnv;
    interp.frame = outerFrame;
  }
}
