/**
 * What takes the place of an op that has no ONNX form, so that the rest can be run: outputs of the same sizes, made of
 * ordinary values and the mean of an input. Made of constants alone, all that follows would be computed before the run.
 */
import { isUnknown } from '../base/known';
import type { DType, TensorType } from '../ir/tensor';
import { isFloat } from '../ir/tensor';
import type { OnnxAttr } from '../ops/op';

export interface StandInTools {
  /** Adds a node with one output. */
  readonly node: (op: string, inputs: readonly string[], attrs?: Readonly<Record<string, OnnxAttr>>) => string;
  readonly constant: (dtype: DType, shape: readonly number[], values: readonly number[]) => string;
  /** A stored tensor of ordinary values. */
  readonly noise: (dtype: DType, shape: readonly number[]) => string;
}

/** How much of the mean goes in: the noise keeps its scale whatever the input is. */
const PART = 1e-3;

/** Names of stand-ins for outputs of these types; undefined where a type is not known. `source` depends on the model's inputs. */
export function standIn(
  source: { readonly name: string; readonly dtype: DType },
  outputs: readonly TensorType[],
  { node, constant, noise }: StandInTools,
): readonly string[] | undefined {
  const known = outputs.map(knownType);
  if (!known.every(type => type !== undefined)) return undefined;
  const float = source.dtype === 'float32' ? source.name : node('Cast', [source.name], { to: { dtype: 'float32' } });
  const mean = node('ReduceMean', [float], { keepdims: 0 });
  const cast = (name: string, dtype: DType): string =>
    dtype === 'float32' ? name : node('Cast', [name], { to: { dtype } });
  return known.map(({ dtype, shape }) =>
    isFloat(dtype)
      ? node('Add', [noise(dtype, shape), cast(node('Mul', [mean, constant('float32', [], [PART])]), dtype)])
      : // Zeros: a valid index everywhere.
        node('Expand', [
          cast(node('Mul', [mean, constant('float32', [], [0])]), dtype),
          constant('int64', [shape.length], shape),
        ]),
  );
}

function knownType({ dtype, shape }: TensorType): { dtype: DType; shape: readonly number[] } | undefined {
  if (isUnknown(dtype) || isUnknown(shape)) return undefined;
  const sizes = shape.flatMap(dim => (isUnknown(dim) ? [] : [dim]));
  return sizes.length === shape.length ? { dtype, shape: sizes } : undefined;
}
