/** The functions of NumPy by which constructors compute sizes and rates; everything else of it is not known. */
import type { Interpreter } from '../interpreter';
import { made } from '../builtins/types';
import { isNumber, toDouble } from '../numbers';
import { unboxed } from '../truth';
import type { PyClass, Value } from '../values';
import { floatClass, intClass, nativeClass, PyFloat, Unknown } from '../values';
import { joins } from './arrayJoin';
import { computations } from './arrayMath';
import { asType, arrayClass, MOST_ELEMENTS, NdArray, toArray, total, unmodelled } from './array';

/** Element by element; a number stays a number. */
const each =
  (compute: (x: number) => number) =>
  (interp: Interpreter, [x = null]: readonly Value[]): Value => {
    const array = toArray(interp, x);
    if (array instanceof Unknown) return array;
    const values = array.values.map(value => value instanceof Unknown ? value : new PyFloat(compute(isNumber(value) ? toDouble(value) : Number.NaN))); // prettier-ignore
    return array.shape.length === 0 ? (values[0] ?? null) : new NdArray(values, array.shape);
  };

const over =
  (operator: '+' | '*', start: number) =>
  (interp: Interpreter, [x = null, axis = null]: readonly Value[]): Value => {
    const array = toArray(interp, x);
    if (array instanceof Unknown) return array;
    if (axis !== null && axis !== 0) return axis instanceof Unknown ? axis : unmodelled(interp, 'axis');
    return axis === null || array.shape.length < 2 ? total(interp, operator, array.values, start) : reduced();
    function reduced(): Value {
      const rows = (array as NdArray).rows();
      return rows.reduce<Value>(
        (a, b) => (a instanceof NdArray ? (a.binary(interp, operator, b, false) ?? a) : b),
        null,
      );
    }
  };

const pick =
  (better: (a: number, b: number) => boolean) =>
  (interp: Interpreter, [x = null]: readonly Value[]): Value => {
    const array = toArray(interp, x);
    if (array instanceof Unknown) return array;
    return array.values.reduce<Value>((a, b) => (better(double(b), double(a)) ? b : a), array.values[0] ?? null);
  };

const double = (value: Value): number => {
  const plain = unboxed(value);
  return isNumber(plain) ? toDouble(plain) : Number.NaN;
};

/** With numbers for its first `count` arguments; what else stands there is not computed with. */
const ofNumbers =
  (count: number, compute: (interp: Interpreter, args: readonly Value[]) => Value) =>
  (interp: Interpreter, args: readonly Value[]): Value => {
    for (const value of args.slice(0, count).map(unboxed)) {
      if (value instanceof Unknown) return value;
      if (!isNumber(value) && value !== null) return unmodelled(interp, 'array');
    }
    return compute(interp, args);
  };

function linspace(interp: Interpreter, [start = 0, stop = 0, num = 50, endpoint = true]: readonly Value[]): Value {
  const [a, b, count] = [double(start), double(stop), double(num)];
  if (!(count <= MOST_ELEMENTS) || endpoint instanceof Unknown) return unmodelled(interp, 'array');
  const step = (b - a) / Math.max(1, endpoint === true ? count - 1 : count);
  return new NdArray(Array.from({ length: count }, (_value, index) => new PyFloat(index === count - 1 && endpoint === true && count > 1 ? b : a + index * step)), [count]); // prettier-ignore
}

function arange(interp: Interpreter, [first = 0, second = null, by = 1]: readonly Value[]): Value {
  const [start, stop] = second === null ? [0, first] : [first, second];
  const whole = [start, stop, by].every(value => typeof value === 'number');
  const count = Math.max(0, Math.ceil((double(stop) - double(start)) / double(by)));
  if (!(count <= MOST_ELEMENTS)) return unmodelled(interp, 'array');
  const values = Array.from({ length: count }, (_value, index) => double(start) + index * double(by));
  return new NdArray(whole ? values : values.map(value => new PyFloat(value)), [count]);
}

const filled =
  (value: number) =>
  (interp: Interpreter, [shape = null]: readonly Value[]): Value => {
    const sizes = toArray(interp, shape);
    if (sizes instanceof Unknown) return sizes;
    const counts = sizes.values.map(double);
    const elements = counts.reduce((a, b) => a * b, 1);
    if (!(elements <= MOST_ELEMENTS)) return unmodelled(interp, 'array');
    return new NdArray(
      Array.from({ length: elements }, () => new PyFloat(value)),
      counts,
    );
  };

function identity(interp: Interpreter, rows: Value, columns: Value): Value {
  const [height, width] = [double(rows), double(columns)];
  if (!(height * width <= MOST_ELEMENTS)) return unmodelled(interp, 'array');
  const at = (place: number): PyFloat => new PyFloat(Number(Math.floor(place / width) === place % width));
  return new NdArray(
    Array.from({ length: height * width }, (_value, place) => at(place)),
    [height, width],
  );
}

function array(interp: Interpreter, [data = null, dtype = null]: readonly Value[]): Value {
  const made = toArray(interp, data);
  return dtype === null || made instanceof Unknown ? made : asType(interp, made, dtype);
}

/** Types of elements: they convert a number, and name what an array holds. */
const TYPES = [
  'float16',
  'float32',
  'float64',
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
];

/** Other names of those types. */
const ALIASES: readonly (readonly [name: string, type: string])[] = [
  ['long', 'int64'], ['int_', 'int64'], ['longlong', 'int64'], ['intp', 'int64'], ['intc', 'int32'], ['double', 'float64'],
  ['float_', 'float64'], ['single', 'float32'], ['half', 'float16'],
]; // prettier-ignore

const typed = (name: string): PyClass => nativeClass(name, name.startsWith('f') ? floatClass : intClass, 'numpy');

export function numpyNames(): ReadonlyMap<string, Value> {
  const functions = made({
    ...joins,
    ...computations,
    'array(data, dtype=None, copy=True)': array,
    'asarray(data, dtype=None)': array,
    'linspace(start, stop, num=50, endpoint=True)': ofNumbers(3, linspace),
    'arange(start, stop=None, step=1, dtype=None)': ofNumbers(3, arange),
    'zeros(shape, dtype=None)': filled(0),
    'ones(shape, dtype=None)': filled(1),
    'eye(N, M=None)': (interp, [rows = null, columns = null]) =>
      identity(interp, rows, columns === null ? rows : columns),
    'identity(n)': (interp, [rows = null]) => identity(interp, rows, rows),
    'prod(a, axis=None)': over('*', 1),
    'sum(a, axis=None)': over('+', 0),
    'cumsum(a)': (interp, [x = null]) => {
      const values = toArray(interp, x);
      if (values instanceof Unknown) return values;
      let sum: Value = 0;
      return new NdArray(values.values.map(value => (sum = total(interp, '+', [sum, value], 0))), [values.values.length]); // prettier-ignore
    },
    'max(a)': pick((a, b) => a > b),
    'min(a)': pick((a, b) => a < b),
    'amax(a)': pick((a, b) => a > b),
    'amin(a)': pick((a, b) => a < b),
    'sqrt(x)': each(Math.sqrt),
    'exp(x)': each(Math.exp),
    'log(x)': each(Math.log),
    'log2(x)': each(Math.log2),
    'log10(x)': each(Math.log10),
    'sin(x)': each(Math.sin),
    'cos(x)': each(Math.cos),
    'tanh(x)': each(Math.tanh),
    'abs(x)': each(Math.abs),
    'floor(x)': each(Math.floor),
    'ceil(x)': each(Math.ceil),
    'power(x, y)': (interp, [x = null, y = null]) => {
      const base = toArray(interp, x);
      const result = base instanceof Unknown ? base : (base.binary(interp, '**', y, false) ?? null);
      return result instanceof NdArray && result.shape.length === 0 ? (result.values[0] ?? null) : result;
    },
  });
  return new Map<string, Value>([
    ...functions.map((func): [string, Value] => [func.name, func]),
    ['ndarray', arrayClass],
    ...TYPES.map((name): [string, Value] => [name, typed(name)]),
    ...ALIASES.map(([name, type]): [string, Value] => [name, typed(type)]),
    ['pi', new PyFloat(Math.PI)],
    ['e', new PyFloat(Math.E)],
    ['inf', new PyFloat(Infinity)],
    ['Inf', new PyFloat(Infinity)],
    ['nan', new PyFloat(Number.NaN)],
    ['newaxis', null],
  ]);
}
