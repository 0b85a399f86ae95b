/** `tensor[index]`: single places, slices, new axes, lists and masks, one op for each kind in a row. */
import { isUnknown, unknown as unknownSize } from '../../base/known';
import { text } from '../../base/text';
import { tensor as tensorType } from '../../ir/tensor';
import type { Interpreter } from '../python/interpreter';
import { indexOf } from '../python/items';
import { isInteger } from '../python/numbers';
import { NdArray } from '../python/stdlib/array';
import { unboxed } from '../python/truth';
import type { Value } from '../python/values';
import { ELLIPSIS, PyFloat, PyList, PyRange, PySlice, PyTuple, Unknown } from '../python/values';
import type { Operand } from './bind';
import { Tensor } from './tensor';
import { torchOf } from './torch';

/** Beyond every size; Python's slices are clamped. */
const END = 9_223_372_036_854_774_784;

export function getTensorItem(interp: Interpreter, tensor: Tensor, index: Value): Value {
  const parts = expand(interp, tensor, index instanceof PyTuple ? index.items : [index]);
  if (parts instanceof Unknown) return torchOf(interp).lost(interp, parts);
  let current = tensor;
  // Places come first from the back, so that the axes in front keep their numbers.
  const cut = sliced(interp, current, parts);
  if (cut instanceof Unknown) return torchOf(interp).lost(interp, cut);
  current = cut;
  let axis = 0;
  const advanced: { axis: number; value: Tensor }[] = [];
  for (const part of parts) {
    if (part === null) {
      current = one(torchOf(interp).apply(interp, 'unsqueeze', [current], { dim: axis }, 'unsqueeze'));
      axis++;
    } else if (typeof part === 'number')
      current = one(torchOf(interp).apply(interp, 'select', [current], { dim: axis, index: part }, 'select')); // prettier-ignore
    else if (part instanceof PySlice) axis++;
    else {
      advanced.push({ axis, value: part });
      axis += part.type.dtype === 'bool' && !isUnknown(part.type.shape) ? part.type.shape.length : 1;
    }
  }
  if (advanced.length === 0) return current;
  const make = (): Tensor =>
    one(torchOf(interp).apply(interp, 'index', [current, ...advanced.map(({ value }) => value)], { dims: advanced.map(({ axis: at }) => at) }, 'index')); // prettier-ignore
  const [first] = advanced;
  if (advanced.length > 1 || first === undefined || !isWholeMask(first.value, current) || !torchOf(interp).isTracing) return make(); // prettier-ignore
  const picked = new Tensor(tensorType(current.type.dtype, [unknownSize(text('the elements decide how many there are'))])); // prettier-ignore
  picked.picked = { source: current, mask: first.value, make };
  return picked;
}

/** A mask of every element, none of them known. */
const isWholeMask = (mask: Tensor, { type: { shape } }: Tensor): boolean =>
  mask.type.dtype === 'bool' && JSON.stringify(mask.type.shape) === JSON.stringify(shape);

const one = ([tensor]: readonly Tensor[]): Tensor => {
  if (tensor === undefined) throw new Error('an op made no output');
  return tensor;
};

type Part = null | number | PySlice | Tensor;

/** The ellipsis spelled out, everything in a form that an op understands. */
function expand(interp: Interpreter, tensor: Tensor, given: readonly Value[]): readonly Part[] | Unknown {
  const { shape } = tensor.type;
  if (isUnknown(shape)) return new Unknown(shape.unknown, 'unknown-shape', interp.here());
  const taken = given.reduce<number>((count, part) => count + axesOf(part), 0);
  const parts: Part[] = [];
  for (const part of given) {
    if (part === ELLIPSIS)
      for (let count = taken; count < shape.length; count++) parts.push(new PySlice(null, null, null));
    else {
      const read = readPart(interp, part);
      if (read instanceof Unknown) return read;
      parts.push(read);
    }
  }
  return taken > shape.length ? interp.raise('IndexError', 'too many indices for tensor') : parts;
}

const axesOf = (part: Value): number =>
  part === null || part === ELLIPSIS
    ? 0
    : part instanceof Tensor && part.type.dtype === 'bool' && !isUnknown(part.type.shape)
      ? part.type.shape.length
      : 1;

function readPart(interp: Interpreter, part: Value): Part | Unknown {
  const value = unboxed(part);
  if (value === null || value instanceof PySlice) return value;
  if (value instanceof Unknown) return value;
  if (isInteger(value)) return Number(value);
  if (value instanceof Tensor) return asPlace(value);
  if (value instanceof PyList || value instanceof PyTuple || value instanceof PyRange || value instanceof NdArray)
    // prettier-ignore
    return torchOf(interp).fromValues(interp, value);
  return indexOf(interp, value, 'tensor');
}

/** A 0-d integer tensor of known value is that place. */
function asPlace(tensor: Tensor): Part | Unknown {
  const { shape, dtype } = tensor.type;
  const value = tensor.data?.[0];
  if (!isUnknown(shape) && shape.length === 0 && dtype !== 'bool' && value !== undefined && !isUnknown(value)) return value; // prettier-ignore
  return dtype === 'bool' ? (placesOf(tensor) ?? tensor) : tensor;
}

/** A vector of truth values that are all known picks the places where it is true. */
function placesOf({ type: { shape }, data }: Tensor): Tensor | undefined {
  if (isUnknown(shape) || shape.length !== 1 || data === undefined || data.some(isUnknown)) return undefined;
  const found = [...data.keys()].filter(place => data[place] !== 0);
  return new Tensor(tensorType('int64', [found.length]), found);
}

/** All real slices in one op. */
function sliced(interp: Interpreter, tensor: Tensor, parts: readonly Part[]): Tensor | Unknown {
  const axes: number[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  const steps: number[] = [];
  let axis = 0;
  for (const part of parts) {
    if (part === null) continue;
    if (part instanceof PySlice && !isWhole(part)) {
      const [start, end, step] = [part.lower, part.upper, part.step].map(bound => bound === null ? undefined : indexOf(interp, bound, 'slice')); // prettier-ignore
      for (const bound of [start, end, step]) if (bound instanceof Unknown) return bound;
      const stride = typeof step === 'number' ? step : 1;
      axes.push(axis);
      starts.push(typeof start === 'number' ? start : stride > 0 ? 0 : END);
      ends.push(typeof end === 'number' ? end : stride > 0 ? END : -END);
      steps.push(stride);
    }
    axis += part instanceof Tensor && part.type.dtype === 'bool' && !isUnknown(part.type.shape) ? part.type.shape.length : 1; // prettier-ignore
  }
  if (axes.length === 0) return tensor;
  return one(torchOf(interp).apply(interp, 'slice', [tensor], { axes, starts, ends, steps }, 'slice'));
}

const isWhole = ({ lower, upper, step }: PySlice): boolean => lower === null && upper === null && (step === null || step === 1); // prettier-ignore

/** `tensor[index] = value`: the tensor's elements are not known afterwards. */
export function setTensorItem(interp: Interpreter, tensor: Tensor, index: Value, value: Value): void {
  const torch = torchOf(interp);
  const parts = expand(interp, tensor, index instanceof PyTuple ? index.items : [index]);
  if (parts instanceof Unknown || value instanceof Unknown)
    torch.lost(interp, parts instanceof Unknown ? parts : (value as Unknown));
  else if (putSlices(interp, tensor, parts, value) || putPlaces(interp, tensor, parts, value)) return;
  else if (torch.isTracing) {
    const target = getTensorItem(interp, tensor, index);
    if (target instanceof Tensor)
      torch.assignPart(interp, tensor, target, value, text('assigning to part of a tensor'));
  }
  // What is read later is no longer what was there before.
  torch.apply(interp, 'changed', [tensor], {}, 'copy_', true);
}

/** What an op takes as its second operand. */
function operandIn(value: Value): Operand | undefined {
  const plain = unboxed(value);
  return plain instanceof Tensor || typeof plain === 'number' || typeof plain === 'boolean' || plain instanceof PyFloat ? plain : undefined; // prettier-ignore
}

/** Index tensors for the first axes, or a mask of all: `x[rows, columns] = value`. */
function putPlaces(interp: Interpreter, tensor: Tensor, parts: readonly Part[], value: Value): boolean {
  const operand = operandIn(value);
  const indices = parts.filter(part => part instanceof Tensor);
  const whole = parts.slice(indices.length).every(part => part instanceof PySlice && isWhole(part));
  if (operand instanceof Tensor && putPicked(interp, tensor, indices, operand)) return true;
  if (operand === undefined || indices.length === 0 || !whole || parts.slice(0, indices.length).some(part => !(part instanceof Tensor))) return false; // prettier-ignore
  if (indices.length > 1 && indices.some(({ type }) => type.dtype === 'bool')) return false;
  const dims = indices.map((_, axis) => axis);
  torchOf(interp).apply(interp, 'index_put', [tensor, operand, ...indices], { dims }, 'index_put_', true);
  return true;
}

/** `x[mask] = y[mask]`: elements of the one take the places of the other's, however many there are. */
function putPicked(interp: Interpreter, tensor: Tensor, indices: readonly Tensor[], value: Tensor): boolean {
  const [mask] = indices;
  const { picked } = value;
  if (picked === undefined || mask === undefined || indices.length > 1 || picked.mask !== mask || !isWholeMask(mask, tensor)) return false; // prettier-ignore
  torchOf(interp).apply(interp, 'masked_scatter', [tensor, mask, picked.source], {}, 'index_put_', true);
  return true;
}

/** Writes through slices and single places as one op, so that what reads the tensor later reads what was written. */
function putSlices(interp: Interpreter, tensor: Tensor, parts: readonly Part[], value: Value): boolean {
  const operand = operandIn(value);
  if (operand === undefined || parts.some(part => part instanceof Tensor || part === null)) return false;
  const places: { axis: number; start: number; end: number; step: number }[] = [];
  const dropped: number[] = [];
  for (const [axis, part] of parts.entries()) {
    if (typeof part === 'number') {
      places.push({ axis, start: part, end: part === -1 ? END : part + 1, step: 1 });
      dropped.push(axis);
    } else if (part instanceof PySlice && !isWhole(part)) {
      const bounds = [part.lower, part.upper, part.step].map(bound => bound === null ? undefined : indexOf(interp, bound, 'slice')); // prettier-ignore
      if (bounds.some(bound => bound !== undefined && typeof bound !== 'number')) return false;
      const [start = 0, end = END, step = 1] = bounds as (number | undefined)[];
      if (step < 1) return false;
      places.push({ axis, start, end, step });
    }
  }
  const list = (pick: (place: (typeof places)[number]) => number): number[] => places.map(pick);
  const attrs = { axes: list(p => p.axis), starts: list(p => p.start), ends: list(p => p.end), steps: list(p => p.step), dropped }; // prettier-ignore
  torchOf(interp).apply(interp, 'slice_put', [tensor, operand], attrs, 'copy_', true);
  return true;
}
