/** NumPy's arrays out of several: joined along an axis, stacked along a new one, grids. */
import type { Interpreter } from '../interpreter';
import { itemsOf } from '../iteration';
import type { Value } from '../values';
import { PyList, PyTuple, Unknown } from '../values';
import { MOST_ELEMENTS, NdArray, toArray, unmodelled } from './array';

type Implementation = (interp: Interpreter, args: readonly Value[]) => Value;

export const joins: Readonly<Record<string, Implementation>> = {
  'concatenate(arrays, axis=0)': (interp, [arrays = null, axis = 0]) => joined(interp, arrays, axis, one => one),
  'stack(arrays, axis=0)': (interp, [arrays = null, axis = 0]) =>
    joined(interp, arrays, axis, (one, at) => new NdArray(one.values, one.shape.toSpliced(at, 0, 1), one.dtype), 1),
  'vstack(tup)': (interp, [arrays = null]) =>
    joined(interp, arrays, 0, one => (one.shape.length < 2 ? new NdArray(one.values, [1, one.values.length]) : one)),
  'meshgrid(*xi, indexing=None)': (interp, [axes = null, indexing = null]) => grids(interp, axes, indexing),
};

/** Undefined where they are not all known. */
function arraysOf(interp: Interpreter, value: Value): readonly NdArray[] | Unknown {
  if (!(value instanceof PyTuple || value instanceof PyList)) return toArrayRows(interp, value);
  const items = itemsOf(interp, value);
  if (items instanceof Unknown) return items;
  const found: NdArray[] = [];
  for (const item of items) {
    const array = toArray(interp, item);
    if (array instanceof Unknown) return array;
    found.push(array);
  }
  return found;
}

function toArrayRows(interp: Interpreter, value: Value): readonly NdArray[] | Unknown {
  const whole = toArray(interp, value);
  return whole instanceof Unknown ? whole : arraysOf(interp, new PyTuple(whole.rows()));
}

/** `added` axes are new. */
function joined(
  interp: Interpreter,
  arrays: Value,
  axis: Value,
  prepare: (one: NdArray, at: number) => NdArray,
  added = 0,
): Value {
  const given = arraysOf(interp, arrays);
  if (given instanceof Unknown) return given;
  const [first] = given;
  if (first === undefined || typeof axis !== 'number') return unmodelled(interp, 'axis');
  const at = axis < 0 ? axis + first.shape.length + added : axis;
  const parts = given.map(one => prepare(one, at));
  const [{ shape } = first] = parts;
  const fits = parts.every(part => part.shape.length === shape.length && part.shape.every((size, index) => index === at || size === shape[index])); // prettier-ignore
  if (!fits || at < 0 || at >= shape.length)
    return interp.raise('ValueError', 'all the input array dimensions except for the concatenation axis must match exactly'); // prettier-ignore
  const sizes = shape.map((size, index) => (index === at ? parts.reduce((sum, part) => sum + (part.shape[at] ?? 0), 0) : size)); // prettier-ignore
  const outer = product(shape.slice(0, at));
  const values: Value[] = [];
  for (let row = 0; row < outer; row++)
    for (const part of parts) {
      const block = product(part.shape.slice(at));
      for (let place = row * block; place < (row + 1) * block; place++) values.push(part.values[place] ?? null);
    }
  return new NdArray(values, sizes, first.dtype);
}

function grids(interp: Interpreter, axes: Value, indexing: Value): Value {
  const given = arraysOf(interp, axes);
  if (given instanceof Unknown) return given;
  if (indexing instanceof Unknown) return indexing;
  const isSwapped = indexing !== 'ij' && given.length > 1;
  const order = given.map((_, index) => (isSwapped && index < 2 ? 1 - index : index));
  const shape = order.map(index => given[index]?.values.length ?? 0);
  if (product(shape) > MOST_ELEMENTS) return unmodelled(interp, 'array');
  const made = given.map((one, index) => {
    const along = order.indexOf(index);
    const inner = product(shape.slice(along + 1));
    const values = Array.from({ length: product(shape) }, (_value, place) => one.values[Math.floor(place / inner) % one.values.length] ?? null); // prettier-ignore
    return new NdArray(values, shape, one.dtype);
  });
  return new PyList(made);
}

const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);
