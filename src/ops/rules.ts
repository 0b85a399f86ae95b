/** Shape rules that several entries share. Unknown sizes pass through; certain contradictions are a `Mismatch`. */
import type { Maybe } from '../base/known';
import { isUnknown } from '../base/known';
import { text } from '../base/text';
import type { Dim, DType, Shape, TensorType } from '../ir/tensor';
import { isFloat, isComplex, tensor } from '../ir/tensor';
import type { NodeView } from './op';
import { Mismatch } from './op';

/** NumPy broadcasting from the last axis; https://numpy.org/doc/stable/user/basics.broadcasting.html */
export function broadcast(...shapes: readonly Shape[]): Shape {
  let result: readonly Dim[] = [];
  for (const shape of shapes) {
    if (isUnknown(shape)) return shape;
    result = broadcastTwo(result, shape);
  }
  return result;
}

function broadcastTwo(a: readonly Dim[], b: readonly Dim[]): readonly Dim[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    return broadcastDim(left, right);
  });
}

function broadcastDim(a: Dim, b: Dim): Dim {
  // A known size other than 1 decides; against 1 the unknown one stays unknown.
  if (isUnknown(a)) return isUnknown(b) || b === 1 ? a : b;
  if (isUnknown(b)) return a === 1 ? b : a;
  if (a === b || b === 1) return a;
  if (a === 1) return b;
  throw new Mismatch(text('sizes {0} and {1} cannot be broadcast together', a, b));
}

const CATEGORY = (dtype: DType): number => (dtype === 'bool' ? 0 : isComplex(dtype) ? 3 : isFloat(dtype) ? 2 : 1);
const ORDER: readonly DType[] = [
  'bool', 'uint8', 'int8', 'int16', 'int32', 'int64',
  'float8e5m2', 'float8e4m3fn', 'bfloat16', 'float16', 'float32', 'float64', 'complex64', 'complex128',
]; // prettier-ignore

/**
 * PyTorch's type promotion (https://pytorch.org/docs/stable/tensor_attributes.html): tensors with axes decide unless a
 * 0-d operand is of a higher category. ONNX demands equal types, for which this is the identity.
 */
export function promote(types: readonly TensorType[]): Maybe<DType> {
  let best: DType | undefined;
  let bestRanked = false;
  for (const type of types) {
    if (isUnknown(type.dtype)) return type.dtype;
    const ranked = isUnknown(type.shape) || type.shape.length > 0;
    if (best === undefined) [best, bestRanked] = [type.dtype, ranked];
    else [best, bestRanked] = promoteTwo(best, bestRanked, type.dtype, ranked);
  }
  return best ?? 'float32';
}

function promoteTwo(a: DType, aRanked: boolean, b: DType, bRanked: boolean): [DType, boolean] {
  const ranked = aRanked || bRanked;
  if (aRanked !== bRanked) {
    const [strong, weak] = aRanked ? [a, b] : [b, a];
    if (CATEGORY(weak) <= CATEGORY(strong)) return [strong, ranked];
    // An integer tensor with a float scalar takes the default float type.
    return [CATEGORY(weak) === 2 ? 'float32' : weak, ranked];
  }
  if ((a === 'float16' && b === 'bfloat16') || (a === 'bfloat16' && b === 'float16')) return ['float32', ranked];
  if ((a === 'uint8' && b === 'int8') || (a === 'int8' && b === 'uint8')) return ['int16', ranked];
  return [ORDER.indexOf(a) >= ORDER.indexOf(b) ? a : b, ranked];
}

/** One value per spatial axis: a single number stands for all axes, as PyTorch has it. */
export function perAxis(values: readonly number[], axes: number): readonly number[] {
  const [only] = values;
  if (values.length === 1 && only !== undefined) return Array.from({ length: axes }, () => only);
  if (values.length === axes) return values;
  throw new Mismatch(text('expected {0} values for the spatial axes, got {1}', axes, values.length));
}

export interface Window {
  readonly kernel: number;
  readonly stride: number;
  /** Padding before and after together. */
  readonly padding: number;
  readonly dilation: number;
  readonly ceil?: boolean;
  /** Padding before alone: in ceil mode a window must start inside the input or the padding before it. */
  readonly before?: number;
}

/**
 * Output size of a sliding window: ⌊(in + padding − dilation·(kernel − 1) − 1) / stride⌋ + 1
 * (torch.nn.Conv2d and torch.nn.MaxPool2d references; ONNX Conv and MaxPool).
 */
export function windowSize(size: Dim, window: Window): Dim {
  if (isUnknown(size)) return size;
  const { kernel, stride, padding, dilation } = window;
  const room = size + padding - dilation * (kernel - 1) - 1;
  if (room < 0)
    throw new Mismatch(
      text('the kernel of {0} does not fit into {1} with padding', dilation * (kernel - 1) + 1, size + padding),
    );
  if (window.ceil !== true) return Math.floor(room / stride) + 1;
  const count = Math.ceil(room / stride) + 1;
  return (count - 1) * stride >= size + (window.before ?? padding / 2) ? count - 1 : count;
}

export const normaliseAxis = (axis: number, rank: number): number => {
  const found = axis < 0 ? axis + rank : axis;
  if (found < 0 || found >= Math.max(rank, 1))
    throw new Mismatch(text('axis {0} is out of range for {1} axes', axis, rank));
  return found;
};

/** Sizes after reducing some axes. */
export function reduceShape(shape: readonly Dim[], axes: readonly number[], keep: boolean): readonly Dim[] {
  const reduced = new Set(axes.map(axis => normaliseAxis(axis, shape.length)));
  return shape.flatMap((dim, axis) => (reduced.has(axis) ? (keep ? [1] : []) : [dim]));
}

/** Two sizes that must agree; the known one wins. */
export function same(a: Dim, b: Dim, what: string): Dim {
  if (isUnknown(a)) return b;
  if (isUnknown(b) || a === b) return a;
  throw new Mismatch(text('{0}: sizes {1} and {2} differ', what, a, b));
}

/** Type of an element-wise op over all inputs, or of the given dtype. */
export function elementwiseType(node: NodeView, dtype?: DType): TensorType {
  const types = Array.from({ length: node.arity }, (_, input) => input)
    .filter(input => node.has(input))
    .map(input => node.type(input));
  return tensor(dtype ?? promote(types), broadcast(...types.map(type => type.shape)));
}
