/** What the constructor of a dataclass does with its arguments: in TypeScript, for configurations have thousands. */
import { setAttribute, setPlainAttribute } from '../attributes';
import { call } from '../calls';
import type { Interpreter } from '../interpreter';
import type { Value } from '../values';
import { PyDict, PyList, PyTuple } from '../values';

/** Gives every field its value. Returns those of `InitVar` fields, for `__post_init__`. */
export function fillFields(
  interp: Interpreter,
  [rows = null, self = null, args = null, kwargs = null, frozen = false]: readonly Value[],
): Value {
  // prettier-ignore
  const fields = rows instanceof PyList ? rows.items.filter(row => row instanceof PyTuple) : [];
  const given = givenValues(interp, fields, args instanceof PyTuple ? args.items : [], kwargs instanceof PyDict ? kwargs : new PyDict()); // prettier-ignore
  const late: Value[] = [];
  for (const { items } of fields) {
    const [name, init, , hasDefault, fallback = null, factory = null, initOnly] = items;
    let value = given.get(name ?? null);
    if (value === undefined) {
      if (factory !== null) value = call(interp, factory, { positional: [] });
      else if (hasDefault === true) value = fallback;
      else if (init !== true) continue;
      else return interp.raise('TypeError', `__init__() missing 1 required argument: '${String(name)}'`);
    }
    if (initOnly === true) late.push(value);
    else if (frozen === true) setPlainAttribute(interp, self, String(name), value);
    else setAttribute(interp, self, String(name), value);
  }
  return new PyTuple(late);
}

function givenValues(
  interp: Interpreter,
  fields: readonly PyTuple[],
  args: readonly Value[],
  kwargs: PyDict,
): ReadonlyMap<Value, Value> {
  const given = new Map<Value, Value>();
  let place = 0;
  for (const { items } of fields) {
    const [name = null, init, keywordOnly] = items;
    if (init !== true) continue;
    const value = kwargs.get(name);
    if (keywordOnly !== true && place < args.length) {
      if (value !== undefined)
        interp.raise('TypeError', `__init__() got multiple values for argument '${String(name)}'`);
      given.set(name, args[place++] ?? null);
    } else if (value !== undefined) given.set(name, value);
  }
  if (place < args.length)
    interp.raise('TypeError', `__init__() takes ${place + 1} positional arguments but ${args.length + 1} were given`);
  if (given.size < args.length + kwargs.values.size)
    for (const key of kwargs.keys())
      if (!given.has(key)) interp.raise('TypeError', `__init__() got an unexpected keyword argument '${String(key)}'`);
  return given;
}
