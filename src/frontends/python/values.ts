/**
 * The values that the interpreter computes with. None, bool, int, str are JavaScript's null, boolean, number (bigint
 * beyond 2^53) and string; everything else is an object with a class. What is not known is a value too: `Unknown`.
 */
import type { GapCode } from '../../base/findings';
import type { Span } from '../../base/span';
import type { Text } from '../../base/text';
import type { BinaryOperator, CompareOperator } from './ast';
import {
  PyObject,
  anythingClass,
  boolClass,
  bytesClass,
  classmethodClass,
  dictClass,
  ellipsisClass,
  floatClass,
  frozensetClass,
  intClass,
  iteratorClass,
  listClass,
  methodClass,
  noneClass,
  notImplementedClass,
  propertyClass,
  rangeClass,
  setClass,
  sliceClass,
  staticmethodClass,
  strClass,
  superClass,
  tupleClass,
  unknownClass,
} from './classObjects';
import type { PyClass } from './classObjects';
import type { Interpreter } from './interpreter';

export * from './classObjects';

export type Value = null | boolean | number | bigint | string | PyObject;

/** Key of a dict or set: equal Python values have the same key. */
export type Key = null | number | bigint | string | PyObject;

export class PyFloat extends PyObject {
  constructor(
    readonly value: number,
    cls: PyClass = floatClass,
  ) {
    super(cls);
  }
}

/** Bytes and other plain payloads that models do not compute with. */
export class PyBytes extends PyObject {
  constructor(readonly value: string) {
    super(bytesClass);
  }
}

/** An instance of a user's subclass of int, float or str. */
export class PyBoxed extends PyObject {
  constructor(
    readonly value: number | bigint | string,
    cls: PyClass,
  ) {
    super(cls);
  }
}

export class PyTuple extends PyObject {
  constructor(
    readonly items: readonly Value[],
    cls: PyClass = tupleClass,
  ) {
    super(cls);
  }

  /** What a slice of it is. */
  part(items: readonly Value[]): PyTuple {
    return new PyTuple(items);
  }
}

/** Containers that unknown code had in its hands: their content is not known any more. */
interface Tainted {
  tainted: Unknown | undefined;
}

export class PyList extends PyObject implements Tainted {
  #items: Value[];
  #tainted: Unknown | undefined = undefined;
  constructor(items: Value[], cls: PyClass = listClass) {
    super(cls);
    this.#items = items;
  }

  get items(): Value[] {
    return this.#items;
  }

  set items(items: Value[]) {
    this.#items = items;
  }

  get tainted(): Unknown | undefined {
    return this.#tainted;
  }

  set tainted(by: Unknown | undefined) {
    this.#tainted = by;
  }

  /** Where going over it is not the same as going over its items. */
  iterate?(): PyIterator;
}

export class PyDict extends PyObject implements Tainted {
  tainted: Unknown | undefined = undefined;
  readonly values = new Map<Key, Value>();
  /** Keys that are not their own Python value: tuples, bools, floats. */
  originals: Map<Key, Value> | undefined = undefined;

  constructor(cls: PyClass = dictClass) {
    super(cls);
  }

  get(key: Value): Value | undefined {
    return this.values.get(keyOf(key));
  }

  set(key: Value, value: Value): void {
    const place = keyOf(key);
    if (place !== key && !this.values.has(place)) (this.originals ??= new Map<Key, Value>()).set(place, key);
    this.values.set(place, value);
  }

  delete(key: Value): boolean {
    const place = keyOf(key);
    this.originals?.delete(place);
    return this.values.delete(place);
  }

  *keys(): Generator<Value> {
    for (const key of this.values.keys()) yield this.originals?.get(key) ?? key;
  }

  *entries(): Generator<[Value, Value]> {
    for (const [key, value] of this.values) yield [this.originals?.get(key) ?? key, value];
  }
}

export class PySet extends PyObject implements Tainted {
  tainted: Unknown | undefined = undefined;
  readonly members = new Map<Key, Value>();
  constructor(items: Iterable<Value> = [], cls: PyClass = setClass) {
    super(cls);
    for (const item of items) this.add(item);
  }
  add(item: Value): void {
    if (item instanceof Unknown) this.tainted ??= item;
    const key = keyOf(item);
    if (!this.members.has(key)) this.members.set(key, item);
  }
  has(item: Value): boolean {
    return this.members.has(keyOf(item));
  }
}

export class PyRange extends PyObject {
  constructor(
    readonly start: number,
    readonly stop: number,
    readonly step: number,
  ) {
    super(rangeClass);
  }
  get length(): number {
    return Math.max(0, Math.ceil((this.stop - this.start) / this.step));
  }
}

export class PySlice extends PyObject {
  constructor(
    readonly lower: Value,
    readonly upper: Value,
    readonly step: Value,
  ) {
    super(sliceClass);
  }
}

/** `undefined` ends it. */
export class PyIterator extends PyObject {
  constructor(
    readonly next: () => Value | undefined,
    cls: PyClass = iteratorClass,
    /** What it runs over: held alive while it is. */
    readonly over?: Value,
  ) {
    super(cls);
  }
}

export class PyProperty extends PyObject {
  constructor(
    readonly get: Value,
    readonly set: Value,
    /** `functools.cached_property` keeps its value in the instance. */
    readonly cached = false,
  ) {
    super(propertyClass);
  }
}

/** classmethod and staticmethod. */
export class PyWrapped extends PyObject {
  constructor(
    readonly inner: Value,
    kind: 'class' | 'static',
  ) {
    super(kind === 'class' ? classmethodClass : staticmethodClass);
  }
}

export class PyMethod extends PyObject {
  constructor(
    readonly self: Value,
    readonly func: PyObject,
  ) {
    super(methodClass);
  }
}

export class PySuper extends PyObject {
  constructor(
    /** The search begins behind this class. */
    readonly after: PyClass,
    readonly self: Value,
    /** Class whose order is searched. */
    readonly within: PyClass,
  ) {
    super(superClass);
  }
}

/** A value of a binding: it says itself what Python's operations do with it. `undefined`: the operation is not its. */
export abstract class Native extends PyObject {
  abstract attribute(interp: Interpreter, name: string): Value | undefined;
  setAttribute?(interp: Interpreter, name: string, value: Value): boolean;
  binary?(interp: Interpreter, operator: BinaryOperator, other: Value, reflected: boolean): Value | undefined;
  /** `x += y`, where that is not the same as `x = x + y`. */
  augmented?(interp: Interpreter, operator: BinaryOperator, other: Value): Value | undefined;
  unary?(interp: Interpreter, operator: '-' | '+' | '~'): Value | undefined;
  compare?(interp: Interpreter, operator: CompareOperator, other: Value, reflected: boolean): Value | undefined;
  getItem?(interp: Interpreter, index: Value): Value;
  setItem?(interp: Interpreter, index: Value, value: Value): void;
  iterate?(interp: Interpreter): PyIterator | Unknown;
  truth?(interp: Interpreter): boolean | Unknown;
  length?(interp: Interpreter): number | Unknown;
  call?(interp: Interpreter, args: Arguments): Value;
  copy?(interp: Interpreter): Value;
}

/** Of a call, after `*` and `**` were spread. */
export interface Arguments {
  readonly positional: readonly Value[];
  readonly keywords?: ReadonlyMap<string, Value> | undefined;
}

/** Stands for what only type checkers and documentation read: `typing`'s names. Subscripts and calls give itself. */
export class PyAnything extends PyObject {
  constructor(readonly name: string) {
    super(anythingClass);
  }
}

/**
 * A value that could not be established, with the reason and the place. `data` says that it cannot be or hold a
 * tensor or a module, so that losing it changes no count by itself.
 */
export class Unknown extends PyObject {
  constructor(
    readonly reason: Text,
    readonly code: GapCode,
    readonly at: Span | undefined,
    readonly data = false,
  ) {
    super(unknownClass);
  }
}

export const ELLIPSIS = new PyObject(ellipsisClass);
export const NOT_IMPLEMENTED = new PyObject(notImplementedClass);

/** Every object gets a number when it is first part of a composite key. */
const numbers = new WeakMap<PyObject, number>();
let lastNumber = 0;
export function idOf(value: PyObject): number {
  let number = numbers.get(value);
  if (number === undefined) numbers.set(value, (number = ++lastNumber));
  return number;
}

export function keyOf(value: Value): Key {
  if (typeof value === 'string' || typeof value === 'number' || value === null || typeof value === 'bigint')
    return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof PyFloat) return value.value;
  if (value instanceof PyBoxed) return value.value;
  if (value instanceof PyTuple) return `\0(${value.items.map(item => part(keyOf(item))).join(',')})`;
  if (value instanceof PySet && value.cls === frozensetClass)
    return `\0{${[...value.members.keys()].map(part).sort().join(',')}}`;
  if (value instanceof PyBytes) return `\0b${value.value}`;
  return value;
}

function part(key: Key): string {
  if (key instanceof PyObject) return `@${idOf(key)}`;
  return typeof key !== 'string' ? String(key) : key.startsWith('\0') ? key : JSON.stringify(key);
}

export function classOf(value: Value): PyClass {
  // A Python value is none of the other types.
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check
  switch (typeof value) {
    case 'number':
    case 'bigint':
      return intClass;
    case 'string':
      return strClass;
    case 'boolean':
      return boolClass;
    case 'object':
      return value === null ? noneClass : value.cls;
  }
}
