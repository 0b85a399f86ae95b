/** `copy`: shallow and deep copies; what is copied once stays one object. */
import { call } from '../calls';
import { findOwnSpecial } from '../attributes';
import { PyFunction, NativeFunction } from '../functions';
import { made } from '../builtins/types';
import type { Interpreter } from '../interpreter';
import { PyModule } from '../module';
import type { Value } from '../values';
import {
  Native,
  PyAnything,
  PyClass,
  PyDict,
  PyIterator,
  PyList,
  PyMethod,
  PyObject,
  PySet,
  PyTuple,
  Unknown,
} from '../values';

export const copyNames = (): ReadonlyMap<string, Value> =>
  new Map(
    made({
      'copy(value)': (interp, [value = null]) => shallow(interp, value),
      'deepcopy(value, memo=None)': (interp, [value = null]) => deepCopy(interp, value),
    }).map(func => [func.name, func]),
  );

type Memo = Map<PyObject, Value>;

export const deepCopy = (interp: Interpreter, value: Value): Value => copyDeep(interp, value, new Map());

function copyDeep(interp: Interpreter, value: Value, memo: Memo): Value {
  if (!(value instanceof PyObject) || isAtomic(value)) return value;
  const known = memo.get(value);
  if (known !== undefined) return known;
  const own = findOwnSpecial(interp, value, '__deepcopy__');
  if (own !== undefined) return remember(memo, value, call(interp, own, { positional: [new PyDict()] }));
  if (value instanceof Native) return remember(memo, value, value.copy?.(interp) ?? value);
  return container(interp, value, memo) ?? instance(interp, value, memo);
}

const isAtomic = (value: PyObject): boolean =>
  value instanceof PyClass ||
  value instanceof PyFunction ||
  value instanceof NativeFunction ||
  value instanceof PyModule ||
  value instanceof Unknown ||
  value instanceof PyAnything ||
  value instanceof PyIterator;

function remember(memo: Memo, value: PyObject, copy: Value): Value {
  memo.set(value, copy);
  return copy;
}

function container(interp: Interpreter, value: PyObject, memo: Memo): Value | undefined {
  const deep = (item: Value): Value => copyDeep(interp, item, memo);
  if (value instanceof PyList) {
    const made = new PyList([], value.cls);
    memo.set(value, made);
    made.items = value.items.map(deep);
    made.tainted = value.tainted;
    return withAttributes(interp, value, made, memo);
  }
  if (value instanceof PyDict) {
    const made = new PyDict(value.cls);
    memo.set(value, made);
    for (const [key, item] of value.entries()) made.set(deep(key), deep(item));
    made.tainted = value.tainted;
    return withAttributes(interp, value, made, memo);
  }
  if (value instanceof PyTuple) {
    const items = value.items.map(deep);
    if (items.every((item, index) => item === value.items[index])) return value;
    return remember(memo, value, withAttributes(interp, value, new PyTuple(items, value.cls), memo));
  }
  if (value instanceof PySet) return remember(memo, value, new PySet([...value.members.values()].map(deep), value.cls));
  if (value instanceof PyMethod) return new PyMethod(deep(value.self), value.func);
  return undefined;
}

function instance(interp: Interpreter, value: PyObject, memo: Memo): Value {
  if (value.dict === undefined) return value;
  const made = new PyObject(value.cls);
  memo.set(value, made);
  return withAttributes(interp, value, made, memo);
}

function withAttributes<T extends PyObject>(interp: Interpreter, value: PyObject, made: T, memo: Memo): T {
  if (value.dict === undefined) return made;
  made.dict = new PyDict();
  for (const [key, item] of value.dict.entries()) made.dict.set(key, copyDeep(interp, item, memo));
  made.dict.tainted = value.dict.tainted;
  return made;
}

function shallow(interp: Interpreter, value: Value): Value {
  if (!(value instanceof PyObject) || isAtomic(value)) return value;
  const own = findOwnSpecial(interp, value, '__copy__');
  if (own !== undefined) return call(interp, own, { positional: [] });
  if (value instanceof Native) return value.copy?.(interp) ?? value;
  const made = new Map<PyObject, Value>();
  if (value instanceof PyList) return new PyList([...value.items], value.cls);
  if (value instanceof PyDict) {
    const dict = new PyDict(value.cls);
    for (const [key, item] of value.entries()) dict.set(key, item);
    return dict;
  }
  if (value instanceof PySet) return new PySet(value.members.values(), value.cls);
  if (value instanceof PyTuple || value.dict === undefined) return value;
  const copy = new PyObject(value.cls);
  copy.dict = new PyDict();
  for (const [key, item] of value.dict.entries()) copy.dict.set(key, item);
  made.set(value, copy);
  return copy;
}
