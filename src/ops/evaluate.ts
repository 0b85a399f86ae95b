/**
 * Elements of small tensors moved from place to place, for entries that reorder, pick or repeat them. Where each axis of
 * the result takes from an axis of the source, an element's flat index is a sum of one step per axis.
 */
import type { Maybe } from '../base/known';
import { unknown } from '../base/known';
import { text } from '../base/text';
import type { ConstantData } from '../ir/graph';
import type { InferredView, NodeView } from './op';
import { rowMajor } from './strides';
import { known } from './view';

/** What each place of an axis adds to the flat index; NaN where it takes from nowhere. */
export type Steps = readonly number[];

export const LOST = unknown(text('the element is not known'));

export const sizesOf = (node: NodeView, input: number): readonly number[] => node.shape(input).map(known);

/** An axis of `count` places that takes from the places `from`, by default its own. */
export const steps = (count: number, stride: number, from?: (at: number) => number): Steps =>
  Array.from({ length: count }, (_, at) => stride * (from === undefined ? at : from(at)));

/** Flat indices of all places in row-major order. */
export function flatIndices(axes: readonly Steps[]): readonly number[] {
  let sums: readonly number[] = [0];
  for (const axis of axes) {
    const next: number[] = [];
    for (const sum of sums) for (const step of axis) next.push(sum + step);
    sums = next;
  }
  return sums;
}

export const elementsAt = (data: ConstantData, indices: readonly number[]): Maybe<number>[] =>
  indices.map(index => data[index] ?? LOST);

/** The output's elements, from the steps of its axes over input 0; undefined where input 0 has no data. */
export function rearrange(
  node: InferredView,
  axes: (sizes: readonly number[], strides: readonly number[]) => readonly Steps[],
): ConstantData | undefined {
  const data = node.data(0);
  if (data === undefined) return undefined;
  const sizes = sizesOf(node, 0);
  return elementsAt(data, flatIndices(axes(sizes, rowMajor(sizes))));
}

/** Steps over a tensor of `own` sizes that is broadcast to `shape`. */
export function broadcastSteps(shape: readonly number[], own: readonly number[]): readonly Steps[] {
  const [strides, lead] = [rowMajor(own), shape.length - own.length];
  return shape.map((size, axis) => steps(size, (own[axis - lead] ?? 1) === 1 ? 0 : (strides[axis - lead] ?? 0)));
}

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
