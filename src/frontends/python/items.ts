/** `a[b]`, `a[b] = c`, `del a[b]`, and slices of sequences. */
import { text } from '../../base/text';
import { bindTo, findOwnSpecial, findSpecial } from './attributes';
import { call } from './calls';
import type { Interpreter } from './interpreter';
import { itemsOf } from './iteration';
import { isInteger } from './numbers';
import { repr } from './format';
import { unboxed } from './truth';
import type { Value } from './values';
import {
  classOf,
  Native,
  PyAnything,
  PyBoxed,
  PyClass,
  PyDict,
  PyList,
  PyObject,
  PyRange,
  PySlice,
  PyTuple,
  Unknown,
} from './values';

export function getItem(interp: Interpreter, object: Value, index: Value): Value {
  if (object instanceof Unknown || object instanceof PyAnything) return object;
  const own = ownMethod(interp, object, '__getitem__');
  if (own !== undefined) return call(interp, own, { positional: [index] });
  if (object instanceof PyDict) return fromDict(interp, object, index);
  if (object instanceof Native && object.getItem !== undefined) return object.getItem(interp, index);
  if (object instanceof PyClass) return fromClass(interp, object, index);
  if (index instanceof Unknown) return index;
  if (object instanceof PyList)
    return object.tainted ?? fromSequence(interp, object.items, index, items => new PyList(items), 'list');
  if (object instanceof PyTuple) return fromSequence(interp, object.items, index, items => object.part(items), 'tuple');
  if (object instanceof PyRange) return fromRange(interp, object, index);
  const value = unboxed(object);
  if (typeof value === 'string') return fromSequence(interp, [...value], index, items => items.join(''), 'string');
  return interp.raise('TypeError', `'${classOf(object).name}' object is not subscriptable`);
}

/** Methods of classes that Python text defines come first, even on subclasses of built-in containers. */
function ownMethod(interp: Interpreter, object: Value, name: string): Value | undefined {
  if (!(object instanceof PyObject) || object instanceof Native) return undefined;
  if (object instanceof PyClass) {
    const inMeta = object.cls.lookup(name);
    return inMeta === undefined ? undefined : bindTo(interp, inMeta, object, object.cls);
  }
  return findOwnSpecial(interp, object, name);
}

function fromDict(interp: Interpreter, dict: PyDict, key: Value): Value {
  if (dict.tainted !== undefined) return dict.tainted;
  if (key instanceof Unknown) return key;
  const value = dict.get(key);
  if (value !== undefined) return value;
  const missing = dict.cls.lookup('__missing__');
  if (missing !== undefined) return call(interp, missing, { positional: [dict, key] });
  return interp.raise('KeyError', repr(interp, key));
}

/** `List[int]`, `MyGeneric[T]`: the class itself. */
function fromClass(interp: Interpreter, cls: PyClass, index: Value): Value {
  const own = cls.lookup('__class_getitem__');
  if (own === undefined) return cls;
  return call(interp, bindTo(interp, own, cls, cls.cls), { positional: [index] });
}

function fromSequence<T>(
  interp: Interpreter,
  items: readonly (T & Value)[],
  index: Value,
  slice: (items: (T & Value)[]) => Value,
  kind: string,
): Value {
  if (index instanceof PySlice) {
    const places = slicePlaces(interp, index, items.length);
    return places instanceof Unknown ? places : slice(places.flatMap(place => items.slice(place, place + 1)));
  }
  const place = indexOf(interp, index, kind);
  if (place instanceof Unknown) return place;
  const value = items[place < 0 ? place + items.length : place];
  return value ?? (value === null ? null : interp.raise('IndexError', `${kind} index out of range`));
}

/** The integer that an index stands for. */
export function indexOf(interp: Interpreter, index: Value, kind: string): number | Unknown {
  const plain = unboxed(index);
  if (isInteger(plain)) return Number(plain);
  if (plain instanceof Unknown) return plain;
  if (plain instanceof PyObject) {
    const own = findIndex(interp, plain);
    if (own !== undefined) return own;
  }
  return interp.raise('TypeError', `${kind} indices must be integers or slices, not ${classOf(index).name}`);
}

/** `__index__`, which 0-d integer tensors have too. */
function findIndex(interp: Interpreter, value: PyObject): number | Unknown | undefined {
  const method =
    value instanceof Native ? value.attribute(interp, '__index__') : findSpecial(interp, value, '__index__');
  if (method === undefined) return undefined;
  const result = call(interp, method, { positional: [] });
  return isInteger(result) ? Number(result) : result instanceof Unknown ? result : undefined;
}

/** The places that a slice of a sequence of this length names, in order. */
export function slicePlaces(interp: Interpreter, slice: PySlice, length: number): number[] | Unknown {
  const bounds = sliceBounds(interp, slice, length);
  if (bounds instanceof Unknown) return bounds;
  const places: number[] = [];
  for (let at = bounds.start; bounds.step > 0 ? at < bounds.stop : at > bounds.stop; at += bounds.step) places.push(at);
  return places;
}

export interface Bounds {
  readonly start: number;
  readonly stop: number;
  readonly step: number;
}

export function sliceBounds(interp: Interpreter, slice: PySlice, length: number): Bounds | Unknown {
  const part = (value: Value): number | undefined | Unknown =>
    value === null ? undefined : indexOf(interp, value, 'slice');
  const step = part(slice.step) ?? 1;
  const lower = part(slice.lower);
  const upper = part(slice.upper);
  if (step instanceof Unknown) return step;
  if (lower instanceof Unknown) return lower;
  if (upper instanceof Unknown) return upper;
  if (step === 0) interp.raise('ValueError', 'slice step cannot be zero');
  const [least, most] = step > 0 ? [0, length] : [-1, length - 1];
  const clamp = (value: number | undefined, fallback: number): number =>
    value === undefined ? fallback : Math.min(most, Math.max(least, value < 0 ? value + length : value));
  return { start: clamp(lower, step > 0 ? least : most), stop: clamp(upper, step > 0 ? most : least), step };
}

function fromRange(interp: Interpreter, range: PyRange, index: Value): Value {
  if (index instanceof PySlice) {
    const bounds = sliceBounds(interp, index, range.length);
    if (bounds instanceof Unknown) return bounds;
    const at = (place: number): number => range.start + place * range.step;
    return new PyRange(at(bounds.start), at(bounds.stop), range.step * bounds.step);
  }
  const place = indexOf(interp, index, 'range');
  if (place instanceof Unknown) return place;
  const found = place < 0 ? place + range.length : place;
  if (found < 0 || found >= range.length) interp.raise('IndexError', 'range object index out of range');
  return range.start + found * range.step;
}

export function setItem(interp: Interpreter, object: Value, index: Value, value: Value): void {
  if (object instanceof Unknown || object instanceof PyAnything) return;
  const own = ownMethod(interp, object, '__setitem__');
  if (own !== undefined) call(interp, own, { positional: [index, value] });
  else if (object instanceof PyDict) setInDict(object, index, value);
  else if (object instanceof Native && object.setItem !== undefined) object.setItem(interp, index, value);
  else if (object instanceof PyList) setInList(interp, object, index, value);
  else interp.raise('TypeError', `'${classOf(object).name}' object does not support item assignment`);
}

export function setInDict(dict: PyDict, key: Value, value: Value): void {
  if (key instanceof Unknown) dict.tainted ??= key;
  else dict.set(key, value);
}

function setInList(interp: Interpreter, list: PyList, index: Value, value: Value): void {
  if (index instanceof Unknown) {
    list.tainted ??= index;
    return;
  }
  if (index instanceof PySlice) {
    setSlice(interp, list, index, value);
    return;
  }
  const place = indexOf(interp, index, 'list');
  if (place instanceof Unknown) {
    list.tainted ??= place;
    return;
  }
  const found = place < 0 ? place + list.items.length : place;
  if (found < 0 || found >= list.items.length) interp.raise('IndexError', 'list assignment index out of range');
  list.items[found] = value;
}

function setSlice(interp: Interpreter, list: PyList, slice: PySlice, value: Value): void {
  const items = itemsOf(interp, value);
  const bounds = sliceBounds(interp, slice, list.items.length);
  if (items instanceof Unknown || bounds instanceof Unknown) {
    list.tainted ??= items instanceof Unknown ? items : bounds instanceof Unknown ? bounds : undefined;
    return;
  }
  if (bounds.step === 1) {
    list.items.splice(bounds.start, Math.max(0, bounds.stop - bounds.start), ...items);
    return;
  }
  const places = slicePlaces(interp, slice, list.items.length);
  if (places instanceof Unknown) return;
  if (places.length !== items.length)
    interp.raise('ValueError', `attempt to assign sequence of size ${items.length} to extended slice of size ${places.length}`); // prettier-ignore
  places.forEach((place, index) => (list.items[place] = items[index] ?? null));
}

export function deleteItem(interp: Interpreter, object: Value, index: Value): void {
  if (object instanceof Unknown || object instanceof PyAnything) return;
  const own = ownMethod(interp, object, '__delitem__');
  if (own !== undefined) {
    call(interp, own, { positional: [index] });
    return;
  }
  if (object instanceof PyDict) {
    if (index instanceof Unknown) object.tainted ??= index;
    else if (!object.delete(index)) interp.raise('KeyError', repr(interp, index));
    return;
  }
  if (object instanceof PyList) {
    deleteFromList(interp, object, index);
    return;
  }
  interp.raise('TypeError', `'${classOf(object).name}' object doesn't support item deletion`);
}

function deleteFromList(interp: Interpreter, list: PyList, index: Value): void {
  const places =
    index instanceof PySlice ? slicePlaces(interp, index, list.items.length) : indexOf(interp, index, 'list');
  if (places instanceof Unknown) {
    list.tainted ??= places;
    return;
  }
  const gone = new Set(
    (typeof places === 'number' ? [places] : places).map(place => (place < 0 ? place + list.items.length : place)),
  );
  if (typeof places === 'number' && !gone.has(Math.min(list.items.length - 1, Math.max(0, [...gone][0] ?? 0))))
    interp.raise('IndexError', 'list assignment index out of range');
  list.items = list.items.filter((_, place) => !gone.has(place));
}

/** `len(a)` */
export function lengthOf(interp: Interpreter, object: Value): number | Unknown {
  if (object instanceof Unknown) return object;
  const own = ownMethod(interp, object, '__len__');
  if (own !== undefined) {
    const length = call(interp, own, { positional: [] });
    return isInteger(length) ? Number(length) : length instanceof Unknown ? length : 0;
  }
  if (typeof object === 'string') return object.length;
  if (object instanceof PyList) return object.tainted ?? object.items.length;
  if (object instanceof PyTuple) return object.items.length;
  if (object instanceof PyDict) return object.tainted ?? object.values.size;
  if (object instanceof PyRange) return object.length;
  if (object instanceof Native && object.length !== undefined) return object.length(interp);
  if (object instanceof PyObject && 'members' in object) return (object.members as Map<unknown, unknown>).size;
  if (object instanceof PyBoxed && typeof object.value === 'string') return object.value.length;
  if (object instanceof PyAnything)
    return interp.unknown('unknown-value', text('the length of "{0}" is not known', object.name));
  return interp.raise('TypeError', `object of type '${classOf(object).name}' has no len()`);
}
