/** Steps in memory, in elements, from one place of an axis to the next: how a tensor lies in its storage. */

export type Strides = readonly number[];

/** Row-major order without holes. */
export function rowMajor(sizes: readonly number[]): Strides {
  const strides: number[] = [];
  let step = 1;
  for (let axis = sizes.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= Math.max(1, sizes[axis] ?? 1);
  }
  return strides;
}

/** Axes of size 1 lie anywhere. */
export function isRowMajor(sizes: readonly number[], strides: Strides): boolean {
  const expected = rowMajor(sizes);
  return sizes.includes(0) || sizes.every((size, axis) => size === 1 || strides[axis] === expected[axis]);
}

/** Images whose channels lie innermost. */
export function isChannelsLast(sizes: readonly number[], strides: Strides): boolean {
  if (sizes.length !== 4 || isRowMajor(sizes, strides)) return false;
  const order = [0, 2, 3, 1];
  return isRowMajor(
    order.map(axis => sizes[axis] ?? 1),
    order.map(axis => strides[axis] ?? 1),
  );
}

/** Without holes, its axes in the order in which those of `strides` lie; ties keep their order. */
export function inOrderOf(sizes: readonly number[], strides: Strides): Strides {
  const order = sizes.map((_, axis) => axis).sort((a, b) => (strides[b] ?? 0) - (strides[a] ?? 0) || a - b);
  const packed = rowMajor(order.map(axis => sizes[axis] ?? 1));
  return sizes.map((_, axis) => packed[order.indexOf(axis)] ?? 1);
}

/**
 * Strides of another shape over the same memory, or undefined where that needs a copy. An axis may be split anywhere,
 * neighbours may be joined where the outer one steps over the whole of the inner ones
 * (aten/src/ATen/TensorUtils.cpp, computeStride).
 */
export function viewStrides(
  sizes: readonly number[],
  strides: Strides,
  wanted: readonly number[],
): Strides | undefined {
  if (sizes.includes(0) || sizes.length === 0) return rowMajor(wanted);
  const result: number[] = [];
  let axis = wanted.length - 1;
  let base = strides.at(-1) ?? 1;
  let [chunk, filled] = [1, 1];
  for (let at = sizes.length - 1; at >= 0; at--) {
    chunk *= sizes[at] ?? 1;
    if (at > 0 && (sizes[at - 1] === 1 || strides[at - 1] === chunk * base)) continue;
    while (axis >= 0 && (filled < chunk || wanted[axis] === 1)) {
      result[axis] = filled * base;
      filled *= wanted[axis] ?? 1;
      axis--;
    }
    if (filled !== chunk) return undefined;
    base = strides[at - 1] ?? base;
    [chunk, filled] = [1, 1];
  }
  return axis < 0 ? result : undefined;
}
