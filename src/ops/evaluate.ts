/** Elements of small tensors moved from place to place, for entries that reorder, pick or repeat them. */
import type { Maybe } from '../base/known';
import { unknown } from '../base/known';
import { text } from '../base/text';
import type { ConstantData } from '../ir/graph';
import type { InferredView, NodeView } from './op';
import { known } from './view';

/** Row-major index of a place. */
export const flatIndex = (place: readonly number[], shape: readonly number[]): number =>
  place.reduce((index, coordinate, axis) => index * (shape[axis] ?? 1) + coordinate, 0);

/** All places of a shape in row-major order. */
export function places(shape: readonly number[]): readonly (readonly number[])[] {
  const count = shape.reduce((a, b) => a * b, 1);
  return Array.from({ length: count }, (_, index) => placeOf(index, shape));
}

function placeOf(index: number, shape: readonly number[]): readonly number[] {
  const place: number[] = [];
  let rest = index;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] ?? 1;
    place[axis] = rest % size;
    rest = Math.floor(rest / size);
  }
  return place;
}

/** The place in a tensor of `own` sizes that is broadcast to `place`. */
export const broadcastPlace = (place: readonly number[], own: readonly number[]): readonly number[] =>
  own.map((size, axis) => (size === 1 ? 0 : (place[axis - own.length + place.length] ?? 0)));

export const sizesOf = (node: NodeView, input: number): readonly number[] => node.shape(input).map(known);

export const LOST = unknown(text('the element is not known'));

/** The output's elements, each taken from the place of input 0 that `from` names; undefined where input 0 has no data. */
export function rearrange(
  node: InferredView,
  from: (place: readonly number[]) => readonly number[],
  output = 0,
): ConstantData | undefined {
  const data = node.data(0);
  if (data === undefined) return undefined;
  const shape = sizesOf(node, 0);
  return places(node.outputShape(output).map(known)).map(
    (place): Maybe<number> => data[flatIndex(from(place), shape)] ?? LOST,
  );
}
