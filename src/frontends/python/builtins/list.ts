/** `list` and `tuple`. */
import { sorted } from './functions';
import type { Interpreter } from '../interpreter';
import { indexOf } from '../items';
import { itemsOf } from '../iteration';
import { augmented } from '../operators';
import { equals, truth } from '../truth';
import type { Value } from '../values';
import { listClass, PyClass, PyDict, PyList, PyTuple, tupleClass, Unknown } from '../values';
import { addMethods, addStaticMethods } from './types';

type Body = (interp: Interpreter, list: PyList, rest: readonly Value[]) => Value;

/** On a list whose content is known; otherwise the answer is the reason. */
const onList =
  (body: Body) =>
  (interp: Interpreter, [self = null, ...rest]: readonly Value[]): Value => {
    if (!(self instanceof PyList)) return interp.raise('TypeError', 'a list is expected');
    return self.tainted ?? body(interp, self, rest);
  };

/** Changes that can be made whatever else the list holds. */
const changing =
  (body: (interp: Interpreter, list: PyList, rest: readonly Value[]) => void) =>
  (interp: Interpreter, [self = null, ...rest]: readonly Value[]): Value => {
    if (self instanceof PyList) body(interp, self, rest);
    return null;
  };

export function installList(): void {
  addStaticMethods(listClass, {
    '__new__(cls, *args, **kwargs)': (interp, [cls = null, args = null]) => {
      const made = new PyList([], cls instanceof PyClass ? cls : listClass);
      if (made.cls === listClass) fill(interp, made, args instanceof PyTuple ? (args.items[0] ?? null) : null);
      else made.dict = new PyDict();
      return made;
    },
  });
  addMethods(listClass, {
    '__init__(self, *args)': (interp, [self = null, args = null]) => {
      if (self instanceof PyList && self.cls !== listClass && args instanceof PyTuple && args.items.length > 0)
        fill(interp, self, args.items[0] ?? null);
      return null;
    },
    'append(self, item)': changing((_, list, [item = null]) => void list.items.push(item)),
    'extend(self, items)': changing((interp, list, [more = null]) => void augmented(interp, '+', list, more)),
    'insert(self, index, item)': changing((interp, list, [index = null, item = null]) => {
      const place = indexOf(interp, index, 'list');
      if (place instanceof Unknown) list.tainted ??= place;
      else list.items.splice(place < 0 ? Math.max(0, place + list.items.length) : place, 0, item);
    }),
    'pop(self, index=-1)': onList((interp, list, [index = -1]) => {
      const place = indexOf(interp, index, 'list');
      if (place instanceof Unknown) return (list.tainted = place);
      const found = place < 0 ? place + list.items.length : place;
      if (found < 0 || found >= list.items.length) return interp.raise('IndexError', 'pop from empty list');
      return list.items.splice(found, 1)[0] ?? null;
    }),
    'remove(self, item)': onList((interp, list, [item = null]) => {
      const place = find(interp, list.items, item);
      if (place instanceof Unknown) return (list.tainted = place);
      if (place < 0) return interp.raise('ValueError', 'list.remove(x): x not in list');
      list.items.splice(place, 1);
      return null;
    }),
    'clear(self)': changing((_, list) => void (list.items.length = 0)),
    'copy(self)': onList((_, list) => new PyList([...list.items])),
    'reverse(self)': changing((_, list) => void list.items.reverse()),
    'sort(self, *, key=None, reverse=False)': changing((interp, list, [key = null, reverse = false]) => {
      const made = sorted(interp, list.items, key, reverse);
      if (made instanceof PyList) list.items = made.items;
      else if (made instanceof Unknown) list.tainted ??= made;
    }),
    ...sequenceMethods,
  });
  addStaticMethods(tupleClass, {
    '__new__(cls, *args)': (interp, [cls = null, args = null]) => {
      const [source] = args instanceof PyTuple ? args.items : [];
      const items = source === undefined ? [] : itemsOf(interp, source);
      if (items instanceof Unknown) return items;
      const own = cls instanceof PyClass && cls !== tupleClass;
      const made = new PyTuple(items, own ? cls : tupleClass);
      if (own) made.dict = new PyDict();
      return made;
    },
  });
  addMethods(tupleClass, sequenceMethods);
}

const sequenceMethods = {
  'index(self, item, start=0)': (
    interp: Interpreter,
    [self = null, item = null, start = 0]: readonly Value[],
  ): Value => {
    const items = itemsOf(interp, self);
    if (items instanceof Unknown) return items;
    const place = find(interp, items, item, Number(start));
    if (place instanceof Unknown) return place;
    return place < 0 ? interp.raise('ValueError', 'value is not in list') : place;
  },
  'count(self, item)': (interp: Interpreter, [self = null, item = null]: readonly Value[]): Value => {
    const items = itemsOf(interp, self);
    if (items instanceof Unknown) return items;
    const answers = items.map(candidate => truth(interp, equals(interp, candidate, item)));
    return answers.find(answer => answer instanceof Unknown) ?? answers.filter(answer => answer === true).length;
  },
  '__len__(self)': (_: Interpreter, [self = null]: readonly Value[]): Value =>
    self instanceof PyTuple || self instanceof PyList ? self.items.length : 0,
};

function fill(interp: Interpreter, list: PyList, source: Value): void {
  if (source === null) return;
  const items = itemsOf(interp, source);
  if (items instanceof Unknown) list.tainted = items;
  else list.items = items;
}

function find(interp: Interpreter, items: readonly Value[], item: Value, start = 0): number | Unknown {
  for (let place = start; place < items.length; place++) {
    const candidate = items[place] ?? null;
    const same = candidate === item ? true : truth(interp, equals(interp, candidate, item));
    if (same instanceof Unknown) return same;
    if (same) return place;
  }
  return -1;
}
