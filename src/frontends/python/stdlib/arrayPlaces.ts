/** Indexing of NumPy's arrays: which elements an index means, and how shapes are broadcast. */
import { text } from '../../../base/text';
import type { Interpreter } from '../interpreter';
import { indexOf, slicePlaces } from '../items';
import type { Value } from '../values';
import { ELLIPSIS, PySlice, PyTuple, Unknown } from '../values';

export interface Places {
  /** Into the row-major elements, in the order of the result. */
  readonly places: readonly number[];
  readonly shape: readonly number[];
}

/** Whole numbers, slices, `...` and `None`; other indices are not followed. */
export function placesOf(interp: Interpreter, shape: readonly number[], index: Value): Places | Unknown {
  const given = index instanceof PyTuple ? index.items : [index];
  const taken = given.filter(item => item !== null && item !== ELLIPSIS).length;
  if (taken > shape.length) interp.raise('IndexError', 'too many indices for array');
  const rest = shape.slice(taken).map(() => new PySlice(null, null, null));
  const gap = given.indexOf(ELLIPSIS);
  const items = gap < 0 ? [...given, ...rest] : [...given.slice(0, gap), ...rest, ...given.slice(gap + 1)];
  let found: Places = { places: [0], shape: [] };
  let axis = 0;
  for (const item of items) {
    if (item === null) {
      found = { places: found.places, shape: [...found.shape, 1] };
      continue;
    }
    const size = shape[axis++] ?? 0;
    const chosen = along(interp, size, item);
    if (chosen instanceof Unknown) return chosen;
    found = {
      places: found.places.flatMap(before => chosen.map(place => before * size + place)),
      shape: item instanceof PySlice ? [...found.shape, chosen.length] : found.shape,
    };
  }
  return found;
}

function along(interp: Interpreter, size: number, item: Value): readonly number[] | Unknown {
  if (item instanceof PySlice) return slicePlaces(interp, item, size);
  if (typeof item === 'object' && !(item instanceof Unknown)) return unfollowed(interp);
  const place = indexOf(interp, item, 'array');
  if (place instanceof Unknown) return place;
  const from = place < 0 ? place + size : place;
  return from >= 0 && from < size ? [from] : interp.raise('IndexError', 'index is out of bounds');
}

const unfollowed = (interp: Interpreter): Unknown =>
  interp.unknown('unknown-value', text('"{0}" of NumPy arrays is not modelled', '__getitem__'), undefined, true);

/** The common shape; undefined where the two do not fit. */
export function broadcast(left: readonly number[], right: readonly number[]): readonly number[] | undefined {
  const rank = Math.max(left.length, right.length);
  const sizes: number[] = [];
  for (let axis = rank; axis > 0; axis--) {
    const [a, b] = [left.at(-axis) ?? 1, right.at(-axis) ?? 1];
    if (axis > left.length || a === 1) sizes.push(axis > right.length ? a : b);
    else if (axis > right.length || b === 1 || a === b) sizes.push(a);
    else return undefined;
  }
  return sizes;
}

/** For every element of the common shape, the place of the element that stands for it. */
export function spread(shape: readonly number[], over: readonly number[]): readonly number[] {
  let places = [0];
  over.forEach((size, axis) => {
    const own = shape[axis - over.length + shape.length];
    places = places.flatMap(before =>
      Array.from({ length: size }, (_, index) => (own === undefined ? before : before * own + (own === 1 ? 0 : index))),
    );
  });
  return places;
}
