/** Built-in functions over values and collections. */
import { evaluateText, executeText } from '../dynamic';
import { orElse } from '../orElse';
import { text } from '../../../base/text';
import { call } from '../calls';
import { fixed, format, repr } from '../format';
import { NativeFunction } from '../functions';
import { PyGenerator } from '../generators';
import type { Interpreter } from '../interpreter';
import { lengthOf } from '../items';
import { fromGenerator, getIterator, isMaybe, itemsOf, iterateOver } from '../iteration';
import { findSpecial } from '../attributes';
import { integer, isInteger, isNumber, toDouble } from '../numbers';
import { binary } from '../operators';
import { compare, truth, unboxed } from '../truth';
import type { Value } from '../values';
import { classOf, idOf, Native, PyFloat, PyIterator, PyList, PyObject, PyRange, PyTuple, Unknown } from '../values';
import type { Methods } from './types';
import { knowing, made } from './types';

const textual: Methods = {
  'repr(obj)': (interp, [object = null]) => repr(interp, object),
  'ascii(obj)': (interp, [object = null]) => repr(interp, object),
  'format(value, spec=None)': (interp, [value = null, spec]) =>
    format(interp, value, typeof spec === 'string' ? spec : ''),
  'chr(i)': (_, [code = 0]) => String.fromCodePoint(Number(code)),
  'ord(c)': (_, [char = '']) => (typeof char === 'string' ? (char.codePointAt(0) ?? 0) : 0),
  'bin(x)': (interp, [x = 0]) => format(interp, x, '#b'),
  'hex(x)': (interp, [x = 0]) => format(interp, x, '#x'),
  'oct(x)': (interp, [x = 0]) => format(interp, x, '#o'),
};

export const functions = (): readonly NativeFunction[] =>
  made({
    ...knowing(textual),
    'len(obj)': (interp, [object = null]) => lengthOf(interp, object),
    'print(*args, **kwargs)': () => null,
    'input(prompt=None)': interp => interp.unknown('data-dependent', text('"input()" asks the user'), undefined, true),
    'id(obj)': (_, [object = null]) => (object instanceof PyObject ? idOf(object) : 0),
    'hash(obj)': (interp, [object = null]) =>
      isInteger(object)
        ? object
        : interp.unknown('unknown-value', text('"{0}" is not modelled', 'hash'), undefined, true),
    'abs(x)': (interp, [x = null]) => absolute(interp, x),
    'round(number, ndigits=None)': (interp, [x = null, digits = null]) => round(interp, x, digits),
    'pow(base, exp, mod=None)': (interp, [a = null, b = null, m = null]) => {
      const raised = binary(interp, '**', a, b);
      return m === null ? raised : binary(interp, '%', raised, m);
    },
    'divmod(a, b)': (interp, [a = null, b = null]) =>
      new PyTuple([binary(interp, '//', a, b), binary(interp, '%', a, b)]),
    'sum(iterable, start=0)': (interp, [iterable = null, start = 0]) => {
      let total = start;
      return iterateOver(interp, iterable, item => void (total = binary(interp, '+', total, item))) ?? total;
    },
    'any(iterable)': (interp, [iterable = null]) => decide(interp, iterable, true),
    'all(iterable)': (interp, [iterable = null]) => decide(interp, iterable, false),
    'sorted(iterable, *, key=None, reverse=False)': (interp, [iterable = null, key = null, reverse = false]) => {
      const items = itemsOf(interp, iterable);
      return items instanceof Unknown ? items : sorted(interp, items, key, reverse);
    },
    'reversed(sequence)': (interp, [sequence = null]) => {
      const own = findSpecial(interp, sequence, '__reversed__');
      if (own !== undefined) return call(interp, own, { positional: [] });
      const items = itemsOf(interp, sequence);
      return items instanceof Unknown ? items : fromGenerator(items.reverse().values(), sequence);
    },
    'enumerate(iterable, start=0)': (interp, [iterable = null, start = 0]) => {
      const iterator = getIterator(interp, iterable);
      if (iterator instanceof Unknown) return iterator;
      const first = indexValue(interp, start);
      if (first instanceof Unknown) return first;
      let index = first;
      return new PyIterator(
        () => {
          const item = iterator.next();
          return item === undefined || isMaybe(item) ? item : new PyTuple([index++, item]);
        },
        undefined,
        iterable,
      );
    },
    'zip(*iterables, strict=False)': (interp, [iterables = null]) => zip(interp, iterables),
    'map(func, *iterables)': (interp, [func = null, iterables = null]) => {
      const tuples = zip(interp, iterables);
      if (!(tuples instanceof PyIterator)) return tuples;
      return new PyIterator(
        () => {
          const args = tuples.next();
          return args instanceof PyTuple ? call(interp, func, { positional: args.items }) : args;
        },
        undefined,
        iterables,
      );
    },
    'filter(func, iterable)': (interp, [func = null, iterable = null]) => filter(interp, func, iterable),
    'iter(obj, sentinel=None)': (interp, [object = null]) => getIterator(interp, object),
    'next(iterator, *default)': (interp, [iterator = null, fallback = null]) => next(interp, iterator, fallback),
    'open(*args, **kwargs)': interp => interp.unknown('unknown-value', text('files are not read'), undefined, true),
    'exec(source, globals=None, locals=None)': (interp, [source = null, globals = null, locals = null]) => executeText(interp, source, globals, locals), // prettier-ignore
    'eval(source, globals=None, locals=None)': (interp, [source = null, globals = null, locals = null]) => evaluateText(interp, source, globals, locals), // prettier-ignore
    'compile(*args, **kwargs)': interp => interp.unknown('unknown-call', text('"{0}" is not modelled', 'compile')),
    '__import__(*args, **kwargs)': interp =>
      interp.unknown('unknown-call', text('"{0}" is not modelled', '__import__')),
  }).concat(
    new NativeFunction('min', (interp, { positional, keywords }) => extreme(interp, '<', positional, keywords)),
    new NativeFunction('max', (interp, { positional, keywords }) => extreme(interp, '>', positional, keywords)),
  );

function absolute(interp: Interpreter, x: Value): Value {
  const value = unboxed(x);
  if (value instanceof PyFloat) return new PyFloat(Math.abs(value.value));
  if (isInteger(value))
    return typeof value === 'bigint' ? integer(value < 0n ? -value : value) : Math.abs(Number(value));
  if (x instanceof Unknown) return x;
  const own = x instanceof Native ? x.attribute(interp, '__abs__') : findSpecial(interp, x, '__abs__');
  if (own !== undefined) return call(interp, own, { positional: [] });
  return interp.raise('TypeError', `bad operand type for abs(): '${classOf(x).name}'`);
}

/** Halves go to the even neighbour. */
function round(interp: Interpreter, x: Value, digits: Value): Value {
  const value = unboxed(x);
  if (value instanceof Unknown || digits instanceof Unknown) return value instanceof Unknown ? value : digits;
  if (isInteger(value) && (digits === null || Number(digits) >= 0))
    return typeof value === 'boolean' ? Number(value) : value;
  if (!isNumber(value)) {
    const own = findSpecial(interp, x, '__round__');
    return own === undefined ? interp.raise('TypeError', `type ${classOf(x).name} doesn't define __round__ method`) : call(interp, own, { positional: [digits] }); // prettier-ignore
  }
  const number = toDouble(value);
  if (digits === null) return Number.isFinite(number) ? toInteger(halfEven(number)) : interp.raise('OverflowError', 'cannot convert float infinity to integer'); // prettier-ignore
  const places = Number(digits);
  if (!(value instanceof PyFloat)) return roundedWhole(BigInt(value), 10n ** BigInt(Math.min(-places, 400)));
  if (!Number.isFinite(number)) return value;
  return new PyFloat(places >= 0 ? Number(fixed(number, Math.min(100, places))) : halfEven(number / 10 ** -places) * 10 ** -places); // prettier-ignore
}

function roundedWhole(value: bigint, unit: bigint): number | bigint {
  const rest = ((value % unit) + unit) % unit;
  const floor = value - rest;
  const up = rest * 2n > unit || (rest * 2n === unit && (floor / unit) % 2n !== 0n);
  return integer(up ? floor + unit : floor);
}

export function halfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest < 0.5 || (rest === 0.5 && floor % 2 === 0) ? floor : floor + 1;
}

export const toInteger = (value: number): number | bigint =>
  Number.isSafeInteger(value) ? value + 0 : Number.isInteger(value) ? integer(BigInt(value)) : Math.trunc(value) + 0;

function decide(interp: Interpreter, iterable: Value, stopAt: boolean): Value {
  let unclear: Unknown | undefined;
  let found = false;
  const lost = iterateOver(interp, iterable, item => {
    const holds = truth(interp, item);
    if (holds instanceof Unknown) unclear ??= holds;
    else if (holds === stopAt) found = true;
    return !found;
  });
  return found ? stopAt : (lost ?? unclear ?? !stopAt);
}

/** Stable; an answer that is not known makes the whole order unknown. */
export function sorted(interp: Interpreter, items: readonly Value[], key: Value, reverse: Value): Value {
  const keyed = items.map(item => ({ item, by: key === null ? item : call(interp, key, { positional: [item] }) }));
  let lost: Unknown | undefined;
  const less = (a: Value, b: Value): boolean => {
    const answer = truth(interp, compare(interp, '<', a, b));
    if (answer instanceof Unknown) lost ??= answer;
    return answer === true;
  };
  const backwards = truth(interp, reverse);
  if (backwards instanceof Unknown) return backwards;
  keyed.sort((a, b) => (backwards ? (less(b.by, a.by) ? -1 : less(a.by, b.by) ? 1 : 0) : less(a.by, b.by) ? -1 : less(b.by, a.by) ? 1 : 0)); // prettier-ignore
  return lost ?? new PyList(keyed.map(({ item }) => item));
}

function zip(interp: Interpreter, iterables: Value): Value {
  const iterators: PyIterator[] = [];
  for (const iterable of iterables instanceof PyTuple ? iterables.items : []) {
    const iterator = getIterator(interp, iterable);
    if (iterator instanceof Unknown) return iterator;
    iterators.push(iterator);
  }
  return new PyIterator(
    () => {
      const items: Value[] = [];
      for (const iterator of iterators) {
        const item = iterator.next();
        if (item === undefined || isMaybe(item)) return item;
        items.push(item);
      }
      return iterators.length === 0 ? undefined : new PyTuple(items);
    },
    undefined,
    iterables,
  );
}

function filter(interp: Interpreter, func: Value, iterable: Value): Value {
  const iterator = getIterator(interp, iterable);
  if (iterator instanceof Unknown) return iterator;
  return new PyIterator(
    () => {
      for (let item = iterator.next(); item !== undefined; item = iterator.next()) {
        if (isMaybe(item)) return item;
        const holds = truth(interp, func === null ? item : call(interp, func, { positional: [item] }));
        if (holds instanceof Unknown) return new Unknown(holds.reason, 'unknown-trip-count', holds.at);
        if (holds) return item;
      }
      return undefined;
    },
    undefined,
    iterable,
  );
}

function next(interp: Interpreter, iterator: Value, fallback: Value): Value {
  if (iterator instanceof Unknown) return iterator;
  let item: Value | undefined;
  if (iterator instanceof PyIterator) item = iterator.next();
  else {
    const own = findSpecial(interp, iterator, '__next__');
    if (own === undefined) return interp.raise('TypeError', `'${classOf(iterator).name}' object is not an iterator`);
    return call(interp, own, { positional: [] });
  }
  if (item !== undefined) return item;
  const [value] = fallback instanceof PyTuple ? fallback.items : [];
  if (value !== undefined) return value;
  if (fallback instanceof PyTuple && fallback.items.length > 0) return null;
  return iterator instanceof PyGenerator && iterator.frame.result !== null
    ? interp.raise('StopIteration', '')
    : interp.raise('StopIteration', '');
}

function extreme(
  interp: Interpreter,
  operator: '<' | '>',
  positional: readonly Value[],
  keywords: ReadonlyMap<string, Value> | undefined,
): Value {
  const [only = null] = positional;
  const items = positional.length === 1 ? itemsOf(interp, only) : positional;
  if (items instanceof Unknown) return items;
  const key = keywords?.get('key') ?? null;
  const weigh = (item: Value): Value => (key === null ? item : call(interp, key, { positional: [item] }));
  let best = items[0];
  if (best === undefined)
    return orElse(keywords?.get('default'), () => interp.raise('ValueError', 'arg is an empty sequence')) ?? null;
  let bestBy = weigh(best);
  for (const item of items.slice(1)) {
    const by = weigh(item);
    const better = truth(interp, compare(interp, operator, by, bestBy));
    if (better instanceof Unknown) return better;
    if (better) [best, bestBy] = [item, by];
  }
  return best;
}

export const rangeFrom = (interp: Interpreter, parts: readonly Value[]): Value => {
  const lost = parts.find(part => part instanceof Unknown);
  if (lost !== undefined) return lost;
  const numbers = parts.map(part => indexValue(interp, part));
  const missing = numbers.find(number => number instanceof Unknown);
  if (missing !== undefined) return missing;
  const [a = 0, b, c = 1] = numbers.map(Number);
  if (c === 0) interp.raise('ValueError', 'range() arg 3 must not be zero');
  return b === undefined ? new PyRange(0, a, 1) : new PyRange(a, b, c);
};

function indexValue(interp: Interpreter, value: Value): number | Unknown {
  const plain = unboxed(value);
  if (plain instanceof Unknown) return plain;
  if (isInteger(plain)) return Number(plain);
  const own = plain instanceof Native ? plain.attribute(interp, '__index__') : findSpecial(interp, plain, '__index__');
  if (own !== undefined) {
    const result = call(interp, own, { positional: [] });
    if (isInteger(result)) return Number(result);
    if (result instanceof Unknown) return result;
  }
  return interp.raise('TypeError', `'${classOf(value).name}' object cannot be interpreted as an integer`);
}
