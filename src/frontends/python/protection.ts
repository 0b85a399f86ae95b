/** `try` and `with`. */
import type { Handler, Statement, Try, With } from './ast';
import { findSpecial } from './attributes';
import { call } from './calls';
import { evaluate } from './expressions';
import type { Frame, Interpreter } from './interpreter';
import { Raised } from './interpreter';
import { bindName } from './names';
import type { Completion } from './statements';
import { execute, NORMAL } from './statements';
import { assign } from './targets';
import { truth } from './truth';
import type { Value } from './values';
import { PyClass, PyObject, PyTuple } from './values';

export function executeTry(interp: Interpreter, statement: Try, frame: Frame): Completion {
  let completion: Completion;
  try {
    completion = guarded(interp, statement, frame);
  } catch (error) {
    if (error instanceof Raised && statement.finally.length > 0) {
      const last = execute(interp, statement.finally, frame);
      if (last !== NORMAL) return last;
    }
    throw error;
  }
  const { result } = frame;
  const last = execute(interp, statement.finally, frame);
  if (last !== NORMAL) return last;
  frame.result = result;
  return completion;
}

function guarded(interp: Interpreter, statement: Try, frame: Frame): Completion {
  const importing = statement.handlers.some(catchesImports) ? 1 : 0;
  const state = stateOf(interp, frame);
  frame.catchesImports += importing;
  try {
    const completion = execute(interp, statement.body, frame);
    if (completion !== NORMAL) return completion;
  } catch (error) {
    if (!(error instanceof Raised)) throw error;
    restore(interp, frame, state);
    const handler = statement.handlers.find(candidate => handles(interp, candidate, error, frame));
    if (handler === undefined) throw error;
    return handle(interp, handler, error, frame);
  } finally {
    frame.catchesImports -= importing;
  }
  return execute(interp, statement.otherwise, frame);
}

interface State {
  readonly mark: number;
  readonly env: Frame['env'];
  readonly depth: number;
}

const stateOf = (interp: Interpreter, frame: Frame): State => ({
  mark: interp.temporaries.length,
  env: frame.env,
  depth: interp.depth,
});

function restore(interp: Interpreter, frame: Frame, state: State): void {
  interp.drop(state.mark);
  interp.frame = frame;
  interp.depth = state.depth;
  frame.env = state.env;
}

const IMPORT_HANDLERS = new Set(['ImportError', 'ModuleNotFoundError', 'Exception', 'BaseException']);

function catchesImports({ type }: Handler): boolean {
  if (type === undefined) return true;
  const types = type.kind === 'tuple' ? type.items : [type];
  return types.some(item => item.kind === 'name' && IMPORT_HANDLERS.has(item.id));
}

function handles(interp: Interpreter, handler: Handler, error: Raised, frame: Frame): boolean {
  if (handler.type === undefined) return true;
  const type = evaluate(interp, handler.type, frame);
  const types: readonly Value[] = type instanceof PyTuple ? type.items : [type];
  return types.some(candidate => candidate instanceof PyClass && error.value.cls.isSubclassOf(candidate));
}

function handle(interp: Interpreter, handler: Handler, error: Raised, frame: Frame): Completion {
  if (handler.name !== undefined) bindName(handler.name, error.value, frame);
  interp.handled.push(error);
  try {
    return execute(interp, handler.body, frame);
  } finally {
    interp.handled.pop();
    if (handler.name !== undefined && frame.env.vars.has(handler.name)) frame.env.vars.delete(handler.name);
  }
}

export function executeWith(interp: Interpreter, statement: With, frame: Frame): Completion {
  return withItems(interp, statement, 0, frame, body => execute(interp, body, frame));
}

function withItems(
  interp: Interpreter,
  statement: With,
  place: number,
  frame: Frame,
  run: (body: readonly Statement[]) => Completion,
): Completion {
  const item = statement.items[place];
  if (item === undefined) return run(statement.body);
  const context = evaluate(interp, item.context, frame);
  frame.at = item.context;
  const entered = enterContext(interp, context);
  if (item.target !== undefined) assign(interp, item.target, entered, frame);
  const state = stateOf(interp, frame);
  let completion: Completion;
  try {
    completion = withItems(interp, statement, place + 1, frame, run);
  } catch (error) {
    if (!(error instanceof Raised)) throw error;
    restore(interp, frame, state);
    const swallowed = truth(interp, exitContext(interp, context, error.value));
    if (swallowed === true) return NORMAL;
    throw error;
  }
  const { result } = frame;
  exitContext(interp, context, undefined);
  frame.result = result;
  return completion;
}

/** What is not known, or has no `__enter__`, is its own context. */
export function enterContext(interp: Interpreter, context: Value): Value {
  const method = context instanceof PyObject ? findSpecial(interp, context, '__enter__') : undefined;
  return method === undefined ? context : call(interp, method, { positional: [] });
}

export function exitContext(interp: Interpreter, context: Value, error: PyObject | undefined): Value {
  const method = context instanceof PyObject ? findSpecial(interp, context, '__exit__') : undefined;
  if (method === undefined) return null;
  return call(interp, method, { positional: error === undefined ? [null, null, null] : [error.cls, error, null] });
}
