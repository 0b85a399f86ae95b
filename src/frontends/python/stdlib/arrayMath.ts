/** More of what NumPy computes with small arrays: questions to all elements, rounding, counting, sums of products. */
import type { Interpreter } from '../interpreter';
import { isNumber, toDouble } from '../numbers';
import type { Value } from '../values';
import { PyFloat, PyList, PyTuple, Unknown } from '../values';
import { MOST_ELEMENTS, NdArray, roundHalfEven, toArray, unmodelled } from './array';

type Implementation = (interp: Interpreter, args: readonly Value[]) => Value;

/** Of an array whose elements are all known. */
const ofKnown =
  (compute: (interp: Interpreter, array: NdArray, rest: readonly Value[]) => Value): Implementation =>
  (interp, [given = null, ...rest]) => {
    const array = toArray(interp, given);
    if (array instanceof Unknown) return array;
    const lost = [...array.values, ...rest].find(value => value instanceof Unknown);
    return lost ?? compute(interp, array, rest);
  };

const number = (value: Value): number => (isNumber(value) ? toDouble(value) : Number.NaN);

export const computations: Readonly<Record<string, Implementation>> = {
  'atleast_1d(a)': ofKnown((_, array) => (array.shape.length === 0 ? new NdArray(array.values, [1]) : array)),
  'any(a)': ofKnown((_, array) => array.values.some(value => number(value) !== 0)),
  'all(a)': ofKnown((_, array) => array.values.every(value => number(value) !== 0)),
  'round(a, decimals=0)': ofKnown((interp, array, [decimals]) => (decimals === 0 ? roundHalfEven(array) : unmodelled(interp, 'round'))), // prettier-ignore
  'rint(a)': ofKnown((_, array) => roundHalfEven(array)),
  'unique(a, return_counts=False)': ofKnown((interp, array, [counted]) => unique(interp, array, counted === true)),
  'expand_dims(a, axis)': ofKnown((interp, array, [axis = null]) => {
    if (typeof axis !== 'number') return unmodelled(interp, 'expand_dims');
    return new NdArray(array.values, array.shape.toSpliced(axis < 0 ? axis + array.shape.length + 1 : axis, 0, 1), array.dtype); // prettier-ignore
  }),
  'swapaxes(a, axis1, axis2)': ofKnown((interp, array, [first = null, second = null]) => {
    if (typeof first !== 'number' || typeof second !== 'number') return unmodelled(interp, 'swapaxes');
    const order = array.shape.map((_, axis) => axis);
    const [one, other] = [first, second].map(axis => (axis < 0 ? axis + order.length : axis)) as [number, number];
    [order[one], order[other]] = [other, one];
    return turned(array, order);
  }),
  'einsum(equation, *operands)': einsum,
};

function unique(interp: Interpreter, array: NdArray, counted: boolean): Value {
  const counts = new Map<number, { value: Value; count: number }>();
  for (const value of array.values) {
    const known = counts.get(number(value));
    if (known === undefined) counts.set(number(value), { value, count: 1 });
    else known.count++;
  }
  if ([...counts.keys()].some(Number.isNaN)) return unmodelled(interp, 'unique');
  const sorted = [...counts].sort(([a], [b]) => a - b).map(([, one]) => one);
  const values = new NdArray(sorted.map(({ value }) => value), [sorted.length]); // prettier-ignore
  return counted
    ? new PyTuple([
        values,
        new NdArray(
          sorted.map(({ count }) => count),
          [sorted.length],
        ),
      ])
    : values;
}

/** With its axes in another order. */
function turned(array: NdArray, order: readonly number[]): NdArray {
  const steps = stepsOf(array.shape);
  const shape = order.map(axis => array.shape[axis] ?? 1);
  const values = everyPlace(shape).map(at => array.values[at.reduce((sum, index, axis) => sum + index * (steps[order[axis] ?? 0] ?? 0), 0)] ?? null); // prettier-ignore
  return new NdArray(values, shape, array.dtype);
}

const stepsOf = (shape: readonly number[]): number[] => shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1)); // prettier-ignore

/** All indices in their order. */
function everyPlace(shape: readonly number[]): number[][] {
  let places: number[][] = [[]];
  for (const size of shape) places = places.flatMap(before => Array.from({ length: size }, (_, index) => [...before, index])); // prettier-ignore
  return places;
}

/** Written out with an arrow; labels are single letters. */
function einsum(interp: Interpreter, [equation = null, given = null]: readonly Value[]): Value {
  const [inputs = '', output] = typeof equation === 'string' ? equation.replaceAll(' ', '').split('->') : [];
  const items = given instanceof PyTuple || given instanceof PyList ? given.items : [];
  const labels = inputs.split(',');
  if (output === undefined || labels.length !== items.length || !/^[A-Za-z,]+$/.test(inputs)) return unmodelled(interp, 'einsum'); // prettier-ignore
  const arrays: NdArray[] = [];
  for (const item of items) {
    const array = toArray(interp, item);
    if (array instanceof Unknown) return array;
    const lost = array.values.find(value => value instanceof Unknown);
    if (lost !== undefined) return lost;
    arrays.push(array);
  }
  const sizes = new Map(labels.flatMap((own, index) => [...own].map((label, axis) => [label, arrays[index]?.shape[axis] ?? 1] as const))); // prettier-ignore
  const order = [...new Set([...output, ...sizes.keys()])];
  const shape = order.map(label => sizes.get(label) ?? 1);
  if (shape.reduce((a, b) => a * b, 1) > MOST_ELEMENTS) return unmodelled(interp, 'einsum');
  const kept = shape.slice(0, output.length);
  const sums = new Float64Array(kept.reduce((a, b) => a * b, 1));
  const block = sums.length === 0 ? 1 : shape.reduce((a, b) => a * b, 1) / sums.length;
  const steps = labels.map((own, index) => {
    const ofArray = stepsOf(arrays[index]?.shape ?? []);
    return order.map(label => [...own].reduce((sum, one, axis) => sum + (one === label ? (ofArray[axis] ?? 0) : 0), 0));
  });
  everyPlace(shape).forEach((at, place) => {
    const terms = arrays.map((array, index) => number(array.values[at.reduce((sum, here, axis) => sum + here * (steps[index]?.[axis] ?? 0), 0)] ?? null)); // prettier-ignore
    const slot = Math.floor(place / block);
    sums[slot] = (sums[slot] ?? 0) + terms.reduce((a, b) => a * b, 1);
  });
  return new NdArray(Array.from(sums, value => new PyFloat(value)), kept); // prettier-ignore
}
