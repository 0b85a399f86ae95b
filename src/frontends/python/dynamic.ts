/** `exec` and `eval`: a text that is known is run where the call stands; one that is not may have changed anything. */
import { text } from '../../base/text';
import type { Expression, Statement } from './ast';
import { evaluate } from './expressions';
import type { Interpreter } from './interpreter';
import { Frame } from './interpreter';
import { Env, PLAIN } from './scope';
import { execute } from './statements';
import { parseExpression, parsePython } from './syntax';
import { taint } from './taint';
import type { Value } from './values';
import { PyDict, PyList, Unknown } from './values';

export function executeText(interp: Interpreter, source: Value, globals: Value, locals: Value): Value {
  const { frame } = interp;
  if (frame === undefined) return null;
  if (typeof source !== 'string') return lost(interp, frame, source);
  const { module } = parsePython(dedented(source));
  if (module.errors.length > 0) return interp.raise('SyntaxError', 'invalid syntax');
  const statements = module.statements.map(statement => placed(statement, frame));
  inScope(interp, frame, globals, locals, inner => void execute(interp, statements, inner));
  return null;
}

export function evaluateText(interp: Interpreter, source: Value, globals: Value, locals: Value): Value {
  const { frame } = interp;
  if (source instanceof Unknown) return source;
  if (frame === undefined || typeof source !== 'string')
    return interp.unknown('unknown-call', text('what "{0}" runs is not known', 'eval'));
  const expression = parseExpression(source.trim());
  if (expression === undefined) return interp.raise('SyntaxError', 'invalid syntax');
  let value: Value = null;
  inScope(interp, frame, globals, locals, inner => void (value = evaluate(interp, placed(expression, frame), inner)));
  return value;
}

/** Leading blanks of the whole text are an error in Python for `exec`, and taken off for `eval`. */
const dedented = (source: string): string => source.replace(/^[ \t]*\n/, '');

/** Names that are bound inside a function are gone after it, as in Python; those of a dict that is given are put there. */
function inScope(interp: Interpreter, frame: Frame, globals: Value, locals: Value, work: (inner: Frame) => void): void {
  const target = [locals, globals].find(value => value instanceof PyDict && value !== frame.module.globals);
  const atTop = frame.env.kind === 'module' || frame.env.kind === 'class';
  const env = atTop && target === undefined ? frame.env : new Env(frame.env, PLAIN, 'class');
  for (const dict of [globals, locals])
    if (dict instanceof PyDict && dict !== frame.module.globals)
      for (const [name, value] of dict.entries()) if (typeof name === 'string') env.vars.set(name, value);
  const inner = new Frame(env, frame.module, frame.func, frame);
  inner.at = frame.at;
  interp.frame = inner;
  try {
    work(inner);
  } finally {
    interp.frame = frame;
  }
  if (target instanceof PyDict) for (const [name, value] of env.vars) target.set(name, value);
}

/** Nobody knows what ran: all that the function can reach may be another, and the module may have more names. */
function lost(interp: Interpreter, frame: Frame, source: Value): Value {
  const why =
    source instanceof Unknown
      ? new Unknown(text('what "{0}" runs is not known: {1}', 'exec', source.reason), 'unknown-call', interp.here())
      : interp.unknown('unknown-call', text('what "{0}" runs is not known', 'exec'));
  const reached: Value[] = [];
  for (let env: Env | undefined = frame.env; env !== undefined; env = env.parent) reached.push(...env.vars.values());
  frame.module.missing ??= why;
  if (frame.env.kind === 'module') return null;
  interp.gap(why.code, why.reason, why.at);
  taint(interp, [...reached, ...userValues(frame)], why);
  return null;
}

/** Containers at the top level of the module. */
const userValues = ({ module }: Frame): readonly Value[] =>
  [...module.globals.values.values()].filter(value => value instanceof PyDict || value instanceof PyList);

/** The same tree, all of it at the place of the call: its own places are in another text. */
function placed<T extends Expression | Statement>(node: T, frame: Frame): T {
  const { start = 0, end = 0 } = frame.at ?? {};
  const moved = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(moved);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        key,
        key === 'start' || key === 'nameStart' ? start : key === 'end' ? end : moved(inner),
      ]),
    );
  };
  return moved(node) as T;
}
