/** `set` and `frozenset`. */
import type { Interpreter } from '../interpreter';
import { itemsOf } from '../iteration';
import type { Value } from '../values';
import { frozensetClass, keyOf, PyClass, PySet, PyTuple, setClass, Unknown } from '../values';
import { addMethods, addStaticMethods } from './types';

function combine(
  interp: Interpreter,
  self: Value,
  others: Value,
  merge: (a: PySet, b: PySet) => readonly Value[],
): Value {
  if (!(self instanceof PySet)) return interp.raise('TypeError', 'a set is expected');
  let result = self;
  for (const other of others instanceof PyTuple ? others.items : []) {
    const items = itemsOf(interp, other);
    if (items instanceof Unknown) return items;
    const lost = result.tainted ?? items.find(item => item instanceof Unknown);
    if (lost !== undefined) return lost;
    result = new PySet(merge(result, new PySet(items)), self.cls);
  }
  return result === self ? new PySet(self.members.values(), self.cls) : result;
}

const union = (a: PySet, b: PySet): readonly Value[] => [...a.members.values(), ...b.members.values()];
const common = (a: PySet, b: PySet): readonly Value[] => [...a.members.values()].filter(item => b.has(item));
const without = (a: PySet, b: PySet): readonly Value[] => [...a.members.values()].filter(item => !b.has(item));

const within = (a: PySet, b: PySet): boolean => [...a.members.keys()].every(key => b.members.has(key));

const changing =
  (body: (interp: Interpreter, set: PySet, item: Value) => void) =>
  (interp: Interpreter, [self = null, item = null]: readonly Value[]): Value => {
    if (self instanceof PySet) {
      if (item instanceof Unknown) self.tainted ??= item;
      else body(interp, self, item);
    }
    return null;
  };

function other(interp: Interpreter, value: Value): PySet | Unknown {
  const items = value instanceof PySet ? value : itemsOf(interp, value);
  if (items instanceof Unknown) return items;
  const set = items instanceof PySet ? items : new PySet(items);
  return set.tainted ?? set;
}

export function installSet(): void {
  for (const cls of [setClass, frozensetClass]) {
    addStaticMethods(cls, {
      '__new__(cls, items=None)': (interp, [own = null, source = null]) => {
        const items = source === null ? [] : itemsOf(interp, source);
        if (items instanceof Unknown) return items;
        return new PySet(items, own instanceof PyClass ? own : cls);
      },
    });
    addMethods(cls, {
      'union(self, *others)': (interp, [self = null, others = null]) => combine(interp, self, others, union),
      'intersection(self, *others)': (interp, [self = null, others = null]) => combine(interp, self, others, common),
      'difference(self, *others)': (interp, [self = null, others = null]) => combine(interp, self, others, without),
      'symmetric_difference(self, *others)': (interp, [self = null, others = null]) =>
        combine(interp, self, others, (a, b) => [...without(a, b), ...without(b, a)]),
      'issubset(self, other)': (interp, [self = null, value = null]) => {
        const b = other(interp, value);
        return b instanceof Unknown ? b : self instanceof PySet && within(self, b);
      },
      'issuperset(self, other)': (interp, [self = null, value = null]) => {
        const b = other(interp, value);
        return b instanceof Unknown ? b : self instanceof PySet && within(b, self);
      },
      'isdisjoint(self, other)': (interp, [self = null, value = null]) => {
        const b = other(interp, value);
        return b instanceof Unknown ? b : self instanceof PySet && common(self, b).length === 0;
      },
      'copy(self)': (_, [self = null]) => (self instanceof PySet ? new PySet(self.members.values(), self.cls) : null),
    });
  }
  addMethods(setClass, {
    'add(self, item)': changing((_, set, item) => set.add(item)),
    'discard(self, item)': changing((_, set, item) => void set.members.delete(keyOf(item))),
    'remove(self, item)': changing((interp, set, item) => {
      if (!set.members.delete(keyOf(item))) interp.raise('KeyError', '');
    }),
    'clear(self)': (_, [self = null]) => {
      if (self instanceof PySet) self.members.clear();
      return null;
    },
    'pop(self)': (interp, [self = null]) => {
      if (!(self instanceof PySet)) return null;
      const [entry] = self.members;
      if (entry === undefined) return interp.raise('KeyError', 'pop from an empty set');
      self.members.delete(entry[0]);
      return entry[1];
    },
    'update(self, *others)': (interp, [self = null, others = null]) => {
      if (!(self instanceof PySet)) return null;
      for (const source of others instanceof PyTuple ? others.items : []) {
        const items = itemsOf(interp, source);
        if (items instanceof Unknown) self.tainted ??= items;
        else for (const item of items) self.add(item);
      }
      return null;
    },
  });
}
