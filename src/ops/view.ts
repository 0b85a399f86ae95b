/** The `NodeView` over plain types, attributes and small constants. */
import { isUnknown, product } from '../base/known';
import type { Maybe } from '../base/known';
import { text } from '../base/text';
import type { Attrs, ConstantData } from '../ir/graph';
import type { Dim, TensorType } from '../ir/tensor';
import type { InferredView, NodeView } from './op';
import { Mismatch, Undetermined } from './op';

export interface Operand {
  readonly type: TensorType;
  readonly data?: ConstantData | undefined;
}

export function viewOf(operands: readonly (Operand | undefined)[], attrs: Attrs): NodeView {
  const operand = (index: number): Operand => {
    const found = operands[index];
    if (found === undefined) throw new Mismatch(text('input {0} is missing', index));
    return found;
  };
  const shape = (index: number): readonly Dim[] => known(operand(index).type.shape);
  const dim = (index: number, axis: number): Dim => dimOf(shape(index), axis);
  return {
    attrs,
    arity: operands.length,
    has: index => operands[index] !== undefined,
    type: index => operand(index).type,
    dtype: index => operand(index).type.dtype,
    shape,
    dim,
    size: (index, axis) => known(dim(index, axis)),
    rank: index => shape(index).length,
    elements: index => known(product(shape(index))),
    data: index => elementsOf(operands[index]),
    numbers: index => {
      const data = elementsOf(operand(index));
      if (data === undefined) throw new Undetermined(text('the elements of input {0} are not known', index));
      return data.map(known);
    },
    ...attributes(attrs),
  };
}

/** Of a tensor without elements all elements are known. */
function elementsOf(operand: Operand | undefined): ConstantData | undefined {
  if (operand === undefined || operand.data !== undefined) return operand?.data;
  const { shape } = operand.type;
  return !isUnknown(shape) && shape.includes(0) ? [] : undefined;
}

/** Completes `view` itself: copying it for every node is what reading a large model would spend its time on. */
export function inferredView(view: NodeView, outputs: readonly TensorType[]): InferredView {
  const output = (index: number): TensorType => {
    const found = outputs[index];
    if (found === undefined) throw new RangeError(`no output ${index}`);
    return found;
  };
  return Object.assign(view, {
    outputs,
    outputShape: (index = 0) => known(output(index).shape),
    outputElements: (index = 0) => known(product(known(output(index).shape))),
  });
}

/** The value, or `Undetermined` with its reason. */
export function known<T>(value: Maybe<T>): T {
  if (isUnknown(value)) throw new Undetermined(value.unknown);
  return value;
}

/** Longer lists of sizes, pieces or axes than any model has would only fill the memory. */
const LONGEST = 1_000_000;

/** A list of a length that the model says. */
export function listOf<T>(length: number, make: (index: number) => T): T[] {
  if (length > LONGEST) throw new Undetermined(text('a list of {0} is more than is followed', length));
  return Array.from({ length }, (_, index) => make(index));
}

/** A size by axis; negative axes count from the end. */
export function dimOf(shape: readonly Dim[], axis: number): Dim {
  const found = shape[axis < 0 ? axis + shape.length : axis];
  if (found === undefined) throw new Mismatch(text('axis {0} is out of range for {1} axes', axis, shape.length));
  return found;
}

function attributes(attrs: Attrs): Pick<NodeView, 'attr' | 'number' | 'numbersOf' | 'flag' | 'text'> {
  const wrong = (name: string): never => {
    if (attrs[name] === undefined) throw new Undetermined(text('attribute "{0}" is not known', name));
    throw new Mismatch(text('attribute "{0}" has the wrong type', name));
  };
  return {
    attr: name => attrs[name],
    number: (name, fallback) => {
      const value = attrs[name] ?? fallback;
      return typeof value === 'number' ? value : typeof value === 'boolean' ? Number(value) : wrong(name);
    },
    numbersOf: (name, fallback) => {
      const value = attrs[name] ?? fallback;
      if (typeof value === 'number') return [value];
      if (!Array.isArray(value)) return wrong(name);
      return value.map((item: unknown) => (typeof item === 'number' ? item : wrong(name)));
    },
    flag: (name, fallback) => {
      const value = attrs[name] ?? fallback;
      return typeof value === 'boolean' ? value : typeof value === 'number' ? value !== 0 : wrong(name);
    },
    text: (name, fallback) => {
      const value = attrs[name] ?? fallback;
      return typeof value === 'string' ? value : wrong(name);
    },
  };
}
