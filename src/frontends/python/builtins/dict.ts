/** `dict` and its methods. */
import { orElse } from '../orElse';
import { getItem, setInDict } from '../items';
import { findAttribute } from '../attributes';
import type { Interpreter } from '../interpreter';
import { itemsOf, iterateOver } from '../iteration';
import { repr } from '../format';
import { NativeFunction } from '../functions';
import type { Key, Value } from '../values';
import { dictClass, PyClass, PyDict, PyIterator, PyList, PyTuple, Unknown, viewClass } from '../values';
import { addClassMethods, addMethods, addStaticMethods } from './types';

type Body = (interp: Interpreter, dict: PyDict, rest: readonly Value[]) => Value;

const onDict =
  (body: Body) =>
  (interp: Interpreter, [self = null, ...rest]: readonly Value[]): Value => {
    if (!(self instanceof PyDict)) return interp.raise('TypeError', 'a dict is expected');
    return self.tainted ?? body(interp, self, rest);
  };

/** A key that is not known may be any of them. */
const withKey = (body: Body): ReturnType<typeof onDict> =>
  onDict((interp, dict, rest) => (rest[0] instanceof Unknown ? rest[0] : body(interp, dict, rest)));

// eslint-disable-next-line max-lines-per-function -- one table
export function installDict(): void {
  addStaticMethods(dictClass, {
    '__new__(cls, *args, **kwargs)': (_, [cls = null]) => {
      const made = new PyDict(cls instanceof PyClass ? cls : dictClass);
      if (made.cls !== dictClass) made.dict = new PyDict();
      return made;
    },
  });
  dictClass.attrs.set('__init__', new NativeFunction('__init__', (interp, { positional: [self = null, source], keywords }) => {
    if (self instanceof PyDict) update(interp, self, source, keywords);
    return null;
  })); // prettier-ignore
  dictClass.attrs.set('update', new NativeFunction('update', (interp, { positional: [self = null, source], keywords }) => {
    if (self instanceof PyDict) update(interp, self, source, keywords);
    return null;
  })); // prettier-ignore
  addClassMethods(dictClass, {
    'fromkeys(cls, keys, value=None)': (interp, [cls = null, keys = null, value = null]) => {
      const dict = new PyDict(cls instanceof PyClass ? cls : dictClass);
      dict.tainted = iterateOver(interp, keys, key => setInDict(dict, key, value));
      return dict;
    },
  });
  addMethods(dictClass, {
    'get(self, key, default=None)': withKey(
      (_, dict, [key = null, fallback = null]) => orElse(dict.get(key), () => fallback) ?? null,
    ),
    'keys(self)': onDict((_, dict) => view(dict, 'keys')),
    'values(self)': onDict((_, dict) => view(dict, 'values')),
    'items(self)': onDict((_, dict) => view(dict, 'items')),
    'pop(self, key, *default)': withKey((interp, dict, [key = null, fallback = null]) => {
      const value = dict.get(key);
      if (value !== undefined) {
        dict.delete(key);
        return value;
      }
      if (fallback instanceof PyTuple && fallback.items.length > 0) return fallback.items[0] ?? null;
      return interp.raise('KeyError', repr(interp, key));
    }),
    'popitem(self, last=True)': onDict((interp, dict, [last = true]) => {
      const entries = [...dict.entries()];
      const entry = last === false ? entries[0] : entries.at(-1);
      if (entry === undefined) return interp.raise('KeyError', 'popitem(): dictionary is empty');
      dict.delete(entry[0]);
      return new PyTuple(entry);
    }),
    'setdefault(self, key, default=None)': withKey((_, dict, [key = null, fallback = null]) => {
      const value = dict.get(key);
      if (value === undefined) dict.set(key, fallback);
      return value === undefined ? fallback : value;
    }),
    'clear(self)': onDict((_, dict) => {
      dict.values.clear();
      dict.originals = undefined;
      return null;
    }),
    'copy(self)': onDict((_, dict) => copyOf(dict)),
    'move_to_end(self, key, last=True)': withKey((_, dict, [key = null, last = true]) => {
      const rest = [...dict.entries()];
      const value = dict.get(key) ?? null;
      dict.delete(key);
      if (last === true) dict.set(key, value);
      else {
        dict.values.clear();
        for (const [name, item] of [[key, value] as const, ...rest]) dict.set(name, item);
      }
      return null;
    }),
    '__contains__(self, key)': withKey((_, dict, [key = null]) => dict.get(key) !== undefined),
    '__len__(self)': onDict((_, dict) => dict.values.size),
    '__getitem__(self, key)': withKey((interp, dict, [key = null]) => {
      const value = dict.get(key);
      return value === undefined ? missing(interp, dict, key) : value;
    }),
    '__setitem__(self, key, value)': (_, [self = null, key = null, value = null]) => {
      if (self instanceof PyDict) setInDict(self, key, value);
      return null;
    },
    '__delitem__(self, key)': withKey((interp, dict, [key = null]) => {
      if (!dict.delete(key)) interp.raise('KeyError', repr(interp, key));
      return null;
    }),
    '__iter__(self)': onDict((_, dict) => view(dict, 'keys')),
  });
}

const missing = (interp: Interpreter, dict: PyDict, key: Value): Value => {
  const plain = new PyDict();
  return dict.cls.lookup('__missing__') === undefined ? interp.raise('KeyError', repr(interp, key)) : getItem(interp, plain, key); // prettier-ignore
};

export function copyOf(dict: PyDict): PyDict {
  const made = new PyDict(dict.cls);
  for (const [key, value] of dict.entries()) made.set(key, value);
  made.tainted = dict.tainted;
  return made;
}

type Kind = 'keys' | 'values' | 'items';

/** Keys, values or items as they are when they are asked for. */
const view = (dict: PyDict, kind: Kind): Value => new PyView(dict, kind);

/** A dict's keys, values or items: a list that follows the dict. */
export class PyView extends PyList {
  constructor(
    readonly of: PyDict,
    private readonly kind: Kind,
  ) {
    super([], viewClass);
  }

  override get items(): Value[] {
    return Array.from(this.of.values.keys(), key => this.#at(key));
  }

  override get tainted(): Unknown | undefined {
    return this.of.tainted;
  }

  override set tainted(_: Unknown | undefined) {
    // It is the dict's.
  }

  /** Follows what is added meanwhile, and gives what then stands at each key. */
  override iterate(): PyIterator {
    const { values } = this.of;
    let keys = [...values.keys()];
    let index = 0;
    return new PyIterator(
      () => {
        if (keys.length !== values.size) keys = [...values.keys()];
        const key = keys[index++];
        return key === undefined ? undefined : this.#at(key);
      },
      undefined,
      this,
    );
  }

  #at(key: Key): Value {
    const { of, kind } = this;
    const value = kind === 'keys' ? null : (of.values.get(key) ?? null);
    if (kind === 'values') return value;
    const original = of.originals?.get(key);
    const name = original === undefined ? key : original;
    return kind === 'keys' ? name : new PyTuple([name, value]);
  }
}

function update(
  interp: Interpreter,
  dict: PyDict,
  source: Value | undefined,
  keywords: ReadonlyMap<string, Value> | undefined,
): void {
  if (source instanceof Unknown) dict.tainted ??= source;
  else if (source instanceof PyDict) {
    dict.tainted ??= source.tainted;
    for (const [key, value] of source.entries()) dict.set(key, value);
  } else if (source !== undefined && source !== null) fromPairs(interp, dict, source);
  if (keywords !== undefined) for (const [key, value] of keywords) dict.set(key, value);
}

function fromPairs(interp: Interpreter, dict: PyDict, source: Value): void {
  if (!(source instanceof PyList || source instanceof PyTuple || source instanceof PyIterator)) {
    const keys = findAttribute(interp, source, 'keys');
    if (keys !== undefined) {
      dict.tainted ??= iterateOver(interp, source, key => dict.set(key, getItem(interp, source, key)));
      return;
    }
  }
  const lost = iterateOver(interp, source, pair => {
    const items = itemsOf(interp, pair);
    if (items instanceof Unknown) dict.tainted ??= items;
    else setInDict(dict, items[0] ?? null, items[1] ?? null);
  });
  dict.tainted ??= lost;
}
