/** The iteration protocol. An iterator's `next` gives undefined at the end; an unknown collection has no iterator. */
import { text } from '../../base/text';
import { bindTo, findSpecial } from './attributes';
import { call } from './calls';
import { NativeFunction } from './functions';
import type { Interpreter } from './interpreter';
import { Raised } from './interpreter';
import type { Value } from './values';
import {
  classOf,
  Native,
  PyAnything,
  PyBoxed,
  PyBytes,
  PyClass,
  PyDict,
  PyIterator,
  PyList,
  PyRange,
  PySet,
  PyTuple,
  Unknown,
} from './values';

export function getIterator(interp: Interpreter, value: Value): PyIterator | Unknown {
  if (value instanceof PyIterator) return value;
  if (typeof value === 'string') return fromArray([...value], value);
  if (value instanceof Unknown) return value;
  const custom = ownIterator(interp, value);
  if (custom !== undefined) return custom;
  if (value instanceof PyList) return value.tainted ?? overList(value);
  if (value instanceof PyTuple) return fromArray(value.items, value);
  if (value instanceof PyDict) return value.tainted ?? fromArray([...value.keys()], value);
  if (value instanceof PySet) return value.tainted ?? fromArray([...value.members.values()], value);
  if (value instanceof PyRange) return overRange(value);
  if (value instanceof Native && value.iterate !== undefined) return value.iterate(interp);
  if (value instanceof PyBytes)
    return fromArray(
      Array.from(value.value, char => char.charCodeAt(0)),
      value,
    );
  if (value instanceof PyBoxed && typeof value.value === 'string') return fromArray([...value.value], value);
  if (value instanceof PyAnything)
    return interp.unknown('unknown-value', text('"{0}" cannot be iterated over', value.name));
  return interp.raise('TypeError', `'${classOf(value).name}' object is not iterable`);
}

/** Calls `visit` for each item; it may return false to stop. Gives the reason where the items are not known. */
export function iterateOver(
  interp: Interpreter,
  value: Value,
  visit: (item: Value) => boolean | undefined | void, // eslint-disable-line @typescript-eslint/no-invalid-void-type -- most visitors give nothing
): Unknown | undefined {
  const iterator = getIterator(interp, value);
  if (iterator instanceof Unknown) return iterator;
  for (let item = iterator.next(); item !== undefined; item = iterator.next()) {
    interp.step();
    if (isMaybe(item)) return item;
    if (visit(item) === false) return undefined;
  }
  return undefined;
}

/** Stands for items of which it is not known how many there are. */
export const isMaybe = (item: Value | undefined): item is Unknown =>
  item instanceof Unknown && item.code === 'unknown-trip-count';

export function itemsOf(interp: Interpreter, value: Value): Value[] | Unknown {
  if (value instanceof PyTuple && value.cls.module === 'builtins') return [...value.items];
  const items: Value[] = [];
  return iterateOver(interp, value, item => void items.push(item)) ?? items;
}

export function fromArray(items: readonly Value[], over?: Value): PyIterator {
  let index = 0;
  return new PyIterator(() => items[index++], undefined, over);
}

/** Sees what is appended meanwhile, as Python does. */
function overList(value: PyList): PyIterator {
  if (value.iterate !== undefined) return value.iterate();
  let index = 0;
  return new PyIterator(() => value.items[index++], undefined, value);
}

function overRange(range: PyRange): PyIterator {
  let index = 0;
  const { length, start, step } = range;
  return new PyIterator(() => (index < length ? start + step * index++ : undefined), undefined, range);
}

export function fromGenerator(items: Iterator<Value>, over?: Value): PyIterator {
  return new PyIterator(
    () => {
      const { done, value } = items.next() as IteratorResult<Value, undefined>;
      return done === true ? undefined : value;
    },
    undefined,
    over,
  );
}

/** `__iter__` or `__getitem__` of a class that Python text defines. */
function ownIterator(interp: Interpreter, value: Value): PyIterator | Unknown | undefined {
  const cls = value instanceof PyClass ? value.cls : classOf(value);
  if (cls.module === 'builtins') return undefined;
  const iter = cls.lookup('__iter__');
  if (iter !== undefined && !(iter instanceof NativeFunction)) {
    const made = call(interp, bindTo(interp, iter, value, cls), { positional: [] });
    if (made instanceof PyIterator || made instanceof Unknown) return made;
    return made === value ? throughNext(interp, made) : (throughNext(interp, made) ?? getIterator(interp, made));
  }
  if (value instanceof PyClass) return undefined;
  const next = throughNext(interp, value);
  if (next !== undefined) return next;
  const getter = value instanceof Native || isContainer(value) ? undefined : findSpecial(interp, value, '__getitem__');
  return getter === undefined ? undefined : throughIndices(interp, value, getter);
}

const isContainer = (value: Value): boolean =>
  value instanceof PyList || value instanceof PyTuple || value instanceof PyDict || value instanceof PySet;

function throughNext(interp: Interpreter, value: Value): PyIterator | undefined {
  const next = findSpecial(interp, value, '__next__');
  if (next === undefined) return undefined;
  return new PyIterator(() => untilRaised(interp, 'StopIteration', () => call(interp, next, { positional: [] })));
}

function throughIndices(interp: Interpreter, value: Value, getter: Value): PyIterator {
  let index = 0;
  return new PyIterator(
    () => untilRaised(interp, 'IndexError', () => call(interp, getter, { positional: [index++] })),
    undefined,
    value,
  );
}

/** Undefined where Python code ends the iteration by an exception. */
export function untilRaised(interp: Interpreter, type: string, work: () => Value): Value | undefined {
  const { frame, depth } = interp;
  const mark = interp.temporaries.length;
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Raised) || !error.value.cls.mro.some(({ name }) => name === type)) throw error;
    interp.frame = frame;
    interp.depth = depth;
    interp.drop(mark);
    return undefined;
  }
}
