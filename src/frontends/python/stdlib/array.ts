/** NumPy's arrays, as far as constructors compute sizes and rates with them: numbers with a shape, all known. */
import { text } from '../../../base/text';
import type { BinaryOperator, CompareOperator } from '../ast';
import { NativeFunction } from '../functions';
import type { Interpreter } from '../interpreter';
import { fromArray, itemsOf } from '../iteration';
import { arithmetic, compareNumbers, integer, isNumber, toDouble } from '../numbers';
import { unboxed } from '../truth';
import { broadcast, placesOf, spread } from './arrayPlaces';
import type { PyIterator, Value } from '../values';
import {
  nativeClass,
  Native,
  objectClass,
  PyClass,
  PyFloat,
  PyList,
  PyRange,
  PyTuple,
  typeClass,
  Unknown,
} from '../values';

export const arrayClass = nativeClass('ndarray', objectClass, 'numpy');
arrayClass.cls = typeClass;

/** More are data, not sizes. */
export const MOST_ELEMENTS = 65_536;

export class NdArray extends Native {
  constructor(
    /** Row-major; Python numbers. */
    public values: readonly Value[],
    readonly shape: readonly number[],
    /** Type of the elements by its name, where something said it. */
    readonly dtype?: string,
  ) {
    super(arrayClass);
  }

  override attribute(interp: Interpreter, name: string): Value | undefined {
    if (name === 'shape') return new PyTuple(this.shape);
    if (name === 'ndim') return this.shape.length;
    if (name === 'size') return this.values.length;
    if (name === 'T') return this.shape.length < 2 ? this : unmodelled(interp, name);
    const method = METHODS[name];
    if (method !== undefined && Object.hasOwn(METHODS, name))
      return new NativeFunction(
        name,
        (inner, { positional, keywords }) =>
          // An axis, a type, an output: only a whole array is computed with here.
          positional.length + (keywords?.size ?? 0) > (name === 'astype' ? 1 : name === 'reshape' ? 8 : 0)
            ? unmodelled(inner, name)
            : method(inner, this, positional),
        false,
      );
    return name.startsWith('__') ? undefined : unmodelled(interp, name);
  }

  override iterate(): PyIterator {
    return fromArray(this.rows(), this);
  }

  override length(): number {
    return this.shape[0] ?? 0;
  }

  override truth(interp: Interpreter): boolean | Unknown {
    const [only] = this.values;
    if (this.values.length !== 1 || only === undefined) return unmodelled(interp, '__bool__');
    return isNumber(only) && toDouble(only) !== 0;
  }

  /** Parts along the first axis. */
  rows(): Value[] {
    const [count = 0, ...rest] = this.shape;
    if (rest.length === 0) return [...this.values];
    const step = rest.reduce((a, b) => a * b, 1);
    return Array.from(
      { length: count },
      (_, row) => new NdArray(this.values.slice(row * step, (row + 1) * step), rest),
    );
  }

  override getItem(interp: Interpreter, index: Value): Value {
    const found = placesOf(interp, this.shape, index);
    if (found instanceof Unknown) return found;
    const values = found.places.map(place => this.values[place] ?? null);
    return found.shape.length === 0 && !(index instanceof PyTuple && index.items.length === 0)
      ? (values[0] ?? null)
      : new NdArray(values, found.shape);
  }

  override setItem(interp: Interpreter, index: Value, value: Value): void {
    const found = placesOf(interp, this.shape, index);
    const given = toArray(interp, value);
    const over = found instanceof Unknown || given instanceof Unknown ? undefined : broadcast(given.shape, found.shape);
    if (found instanceof Unknown || given instanceof Unknown || over?.join() !== found.shape.join()) {
      const [lost] = [found, given].filter(one => one instanceof Unknown);
      // Which elements there are now is not known any more.
      this.values = this.values.map(() => lost ?? unmodelled(interp, '__setitem__'));
      return;
    }
    const values = [...this.values];
    const sources = spread(given.shape, found.shape);
    found.places.forEach((place, at) => (values[place] = given.values[sources[at] ?? 0] ?? null));
    this.values = values;
  }

  override binary(interp: Interpreter, operator: BinaryOperator, other: Value, reflected: boolean): Value | undefined {
    return this.#each(interp, other, (a, b) => arithmetic(interp, operator, reflected ? b : a, reflected ? a : b));
  }

  override unary(interp: Interpreter, operator: '-' | '+' | '~'): Value | undefined {
    return operator === '~' ? undefined : this.#each(interp, 0, a => arithmetic(interp, operator, 0, a));
  }

  override compare(interp: Interpreter, operator: CompareOperator, other: Value): Value | undefined {
    if (operator === 'in' || operator === 'not in' || operator === 'is' || operator === 'is not') return undefined;
    return this.#each(interp, other, (a, b) => {
      const difference = compareNumbers(a, b) ?? Number.NaN;
      return { '<': difference < 0, '>': difference > 0, '<=': difference <= 0, '>=': difference >= 0, '==': difference === 0, '!=': difference !== 0 }[operator]; // prettier-ignore
    });
  }

  #each(
    interp: Interpreter,
    other: Value,
    combine: (a: number | bigint | boolean | PyFloat, b: number | bigint | boolean | PyFloat) => Value | undefined,
  ): Value | undefined {
    const right = other instanceof NdArray ? other : toArray(interp, other);
    if (right instanceof Unknown) return right;
    const shape = broadcast(this.shape, right.shape);
    if (shape === undefined) return unmodelled(interp, 'broadcasting');
    if (shape.reduce((a, b) => a * b, 1) > MOST_ELEMENTS) return unmodelled(interp, 'broadcasting');
    const sources = spread(right.shape, shape);
    const made = spread(this.shape, shape).map((place, at) => {
      const [a, b] = [this.values[place] ?? 0, right.values[sources[at] ?? 0] ?? 0];
      if (a instanceof Unknown || b instanceof Unknown) return a instanceof Unknown ? a : b;
      return isNumber(a) && isNumber(b) ? combine(a, b) : undefined;
    });
    return made.every(value => value !== undefined) ? new NdArray(made, shape) : undefined;
  }
}

export const unmodelled = (interp: Interpreter, name: string): Unknown =>
  interp.unknown('unknown-value', text('"{0}" of NumPy arrays is not modelled', name), undefined, true);

type Method = (interp: Interpreter, array: NdArray, args: readonly Value[]) => Value;

const METHODS: Readonly<Record<string, Method>> = {
  tolist: (_, array) => nested(array),
  item: (_, array) => array.values[0] ?? null,
  copy: (_, array) => array,
  reshape: (interp, array, sizes) => reshaped(interp, array, sizes),
  transpose: (interp, array) => (array.shape.length < 2 ? array : unmodelled(interp, 'transpose')),
  flatten: (_, array) => new NdArray(array.values, [array.values.length]),
  ravel: (_, array) => new NdArray(array.values, [array.values.length]),
  sum: (interp, array) => total(interp, '+', array.values, 0),
  prod: (interp, array) => total(interp, '*', array.values, 1),
  max: (_, array) => array.values.reduce((a, b) => (number(b) > number(a) ? b : a), array.values[0] ?? null),
  min: (_, array) => array.values.reduce((a, b) => (number(b) < number(a) ? b : a), array.values[0] ?? null),
  mean: (interp, array) => new PyFloat(number(total(interp, '+', array.values, 0)) / array.values.length),
  cumsum: (interp, array) => {
    let sum: Value = 0;
    return new NdArray(array.values.map(value => (sum = total(interp, '+', [sum, value], 0))), [array.values.length]); // prettier-ignore
  },
  astype: (interp, array, [type = null]) => asType(interp, array, type),
  round: (_, array) => roundHalfEven(array),
};

/** Halves go to the even neighbour; whole numbers stay what they are. */
export const roundHalfEven = (array: NdArray): NdArray =>
  new NdArray(array.values.map(value => (value instanceof PyFloat ? new PyFloat(even(value.value)) : value)), array.shape); // prettier-ignore

function even(value: number): number {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}

function reshaped(interp: Interpreter, array: NdArray, given: readonly Value[]): Value {
  const [first] = given;
  const sizes = (first instanceof PyTuple || first instanceof PyList ? first.items : given).map(size => (isNumber(size) ? toDouble(size) : Number.NaN)); // prettier-ignore
  const known = sizes.filter(size => size >= 0).reduce((a, b) => a * b, 1);
  const shape = sizes.map(size => (size === -1 ? array.values.length / known : size));
  if (shape.some(size => !Number.isInteger(size))) return unmodelled(interp, 'reshape');
  if (shape.reduce((a, b) => a * b, 1) !== array.values.length)
    interp.raise('ValueError', `cannot reshape array of size ${array.values.length}`);
  return new NdArray(array.values, shape);
}

const number = (value: Value): number => (isNumber(value) ? toDouble(value) : Number.NaN);

/** What stands for elements: a type, or its name. Undefined for everything else. */
function typeName(type: Value): string | undefined {
  if (typeof type === 'string') return type;
  return type instanceof PyClass ? type.name : undefined;
}

/** `astype(int)` cuts off; the elements of other types are not computed with. */
export function asType(interp: Interpreter, array: NdArray, type: Value): NdArray | Unknown {
  if (type instanceof Unknown) return type;
  const name = typeName(type) ?? '';
  const numbers = array.values.map(number);
  if (/^float/.test(name)) return new NdArray(numbers.map(value => new PyFloat(value)), array.shape, name); // prettier-ignore
  if (!/^u?int/.test(name) || !numbers.every(Number.isFinite)) return unmodelled(interp, 'astype');
  return new NdArray(numbers.map(value => integer(BigInt(Math.trunc(value)))), array.shape, name); // prettier-ignore
}

export function total(interp: Interpreter, operator: '+' | '*', values: readonly Value[], start: Value): Value {
  return values.reduce<Value>(
    (a, b) => (isNumber(a) && isNumber(b) ? (arithmetic(interp, operator, a, b) ?? 0) : a),
    start,
  );
}

const nested = (array: NdArray): Value =>
  array.shape.length === 0
    ? (array.values[0] ?? null)
    : new PyList(array.rows().map(row => (row instanceof NdArray ? nested(row) : row)));

/** From numbers and nested sequences of them. */
export function toArray(interp: Interpreter, given: Value): NdArray | Unknown {
  const value = unboxed(given);
  if (value instanceof Unknown || value instanceof NdArray) return value;
  if (isNumber(value)) return new NdArray([value], []);
  if (!(value instanceof PyList || value instanceof PyTuple || value instanceof PyRange))
    return unmodelled(interp, 'array');
  const items = itemsOf(interp, value);
  if (items instanceof Unknown) return items;
  if (items.length > MOST_ELEMENTS) return unmodelled(interp, 'array');
  return fromRows(interp, items);
}

function fromRows(interp: Interpreter, items: readonly Value[]): NdArray | Unknown {
  const rows = items.map(item => toArray(interp, item));
  const lost = rows.find(row => row instanceof Unknown);
  if (lost !== undefined) return lost;
  const known = rows.filter((row): row is NdArray => row instanceof NdArray);
  const inner = known[0]?.shape ?? [];
  if (known.some(row => row.shape.join() !== inner.join())) return unmodelled(interp, 'array');
  return new NdArray(known.flatMap(row => row.values), [items.length, ...inner]); // prettier-ignore
}
