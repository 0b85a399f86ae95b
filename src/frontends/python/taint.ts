/** What unknown code had in its hands, or may have had: it may have changed whatever can be reached from there. */
import type { Expression, Statement } from './ast';
import { PyFunction } from './functions';
import type { Interpreter } from './interpreter';
import { PyModule } from './module';
import { effectsOf } from './scope';
import type { Unknown, Value } from './values';
import { PyBoxed, PyClass, PyDict, PyList, PyMethod, PyObject, PySet, PyTuple } from './values';

/** Marks containers and objects as not known any more, and those inside them, since other names may lead there too. */
export function taint(interp: Interpreter, values: Iterable<Value>, by: Unknown): void {
  const left = [...values];
  while (left.length > 0) {
    const value = left.pop();
    if (value instanceof PyObject) left.push(...marked(interp, value, by));
  }
}

/** What can be reached from the value; nothing, where that was marked before. */
function marked(interp: Interpreter, value: PyObject, by: Unknown): readonly Value[] {
  if (value instanceof PyBoxed || value instanceof PyClass) return [];
  // Calling what a library offers gives its names no other values.
  if (value instanceof PyModule && value.isLibrary) return [];
  if (value instanceof PyTuple) return value.items;
  if (value instanceof PyMethod) return [value.self];
  if (value instanceof PyFunction) return enclosed(value);
  if (value instanceof PyList || value instanceof PyDict || value instanceof PySet) {
    if (value.tainted !== undefined) return [];
    value.tainted = by;
    if (value instanceof PyDict) return [...value.values.values()];
    return value instanceof PyList ? value.items : [...value.members.values()];
  }
  const { dict } = value;
  if (dict === undefined || dict.tainted !== undefined) return [];
  dict.tainted = by;
  if (interp.host.answersFor?.(value) === true) return [];
  const held = [...dict.values.values()];
  for (const name of dict.values.keys()) dict.values.set(name, by);
  return held;
}

/** What a nested function may change of the function around it, if it is called. */
function enclosed({ code, closure }: PyFunction): readonly Value[] {
  const { body } = code;
  if (closure === undefined) return [];
  const own = new Set(code.parameters.map(({ name }) => name));
  const statements = 'statements' in body ? body.statements : [asStatement(body.expression)];
  const { binds, touches } = effectsOf(statements);
  return [...touches]
    .filter(name => !own.has(name) && !binds.has(name))
    .map(name => closure.lookup(name))
    .filter(value => value !== undefined);
}

const asStatement = (value: Expression): Statement => ({
  kind: 'expression',
  value,
  start: value.start,
  end: value.end,
});
