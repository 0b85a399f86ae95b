/** The `NodeView` over plain types, attributes and small constants. */
import { isUnknown, product } from '../base/known';
import type { Maybe } from '../base/known';
import { text } from '../base/text';
import type { Attr, Attrs, ConstantData } from '../ir/graph';
import type { Dim, DType, TensorType } from '../ir/tensor';
import type { InferredView, NodeView } from './op';
import { Mismatch, Undetermined } from './op';

export interface Operand {
  readonly type: TensorType;
  readonly data?: ConstantData | undefined;
}

export function viewOf(operands: readonly (Operand | undefined)[], attrs: Attrs): View {
  return new View(operands, attrs);
}

/** One class with its outputs from the start: reading a large model makes hundreds of thousands of these. */
export class View implements InferredView {
  outputs: readonly TensorType[] = [];

  constructor(
    private readonly operands: readonly (Operand | undefined)[],
    readonly attrs: Attrs,
  ) {}

  get arity(): number {
    return this.operands.length;
  }

  has(input: number): boolean {
    return this.operands[input] !== undefined;
  }

  type(input: number): TensorType {
    return this.operand(input).type;
  }

  dtype(input: number): Maybe<DType> {
    return this.operand(input).type.dtype;
  }

  shape(input: number): readonly Dim[] {
    return known(this.operand(input).type.shape);
  }

  dim(input: number, axis: number): Dim {
    return dimOf(known(this.operand(input).type.shape), axis);
  }

  size(input: number, axis: number): number {
    return known(this.dim(input, axis));
  }

  rank(input: number): number {
    return known(this.operand(input).type.shape).length;
  }

  elements(input: number): number {
    return known(product(known(this.operand(input).type.shape)));
  }

  data(input: number): ConstantData | undefined {
    return elementsOf(this.operands[input]);
  }

  numbers(input: number): readonly number[] {
    const data = elementsOf(this.operand(input));
    if (data === undefined) throw new Undetermined(text('the elements of input {0} are not known', input));
    return data.map(known);
  }

  attr(name: string): Attr | undefined {
    return this.attrs[name];
  }

  number(name: string, fallback?: number): number {
    const value = this.attrs[name] ?? fallback;
    return typeof value === 'number' ? value : typeof value === 'boolean' ? Number(value) : this.wrong(name);
  }

  numbersOf(name: string, fallback?: readonly number[]): readonly number[] {
    const value = this.attrs[name] ?? fallback;
    if (typeof value === 'number') return [value];
    if (!Array.isArray(value)) return this.wrong(name);
    return value.every((item): item is number => typeof item === 'number') ? value : this.wrong(name);
  }

  flag(name: string, fallback?: boolean): boolean {
    const value = this.attrs[name] ?? fallback;
    return typeof value === 'boolean' ? value : typeof value === 'number' ? value !== 0 : this.wrong(name);
  }

  text(name: string, fallback?: string): string {
    const value = this.attrs[name] ?? fallback;
    return typeof value === 'string' ? value : this.wrong(name);
  }

  outputShape(index = 0): readonly Dim[] {
    return known(this.output(index).shape);
  }

  outputElements(index = 0): number {
    return known(product(known(this.output(index).shape)));
  }

  private operand(index: number): Operand {
    const found = this.operands[index];
    if (found === undefined) throw new Mismatch(text('input {0} is missing', index));
    return found;
  }

  private output(index: number): TensorType {
    const found = this.outputs[index];
    if (found === undefined) throw new RangeError(`no output ${index}`);
    return found;
  }

  private wrong(name: string): never {
    if (this.attrs[name] === undefined) throw new Undetermined(text('attribute "{0}" is not known', name));
    throw new Mismatch(text('attribute "{0}" has the wrong type', name));
  }
}

/** The same view with some of its answers replaced, and only these. */
export const replacing = <V extends NodeView>(node: V, answers: Partial<V>): V =>
  Object.assign(Object.create(node) as V, answers);

/** Of a tensor without elements all elements are known. */
function elementsOf(operand: Operand | undefined): ConstantData | undefined {
  if (operand === undefined || operand.data !== undefined) return operand?.data;
  const { shape } = operand.type;
  return !isUnknown(shape) && shape.includes(0) ? [] : undefined;
}

/** Completes `view` itself. */
export function inferredView(view: View, outputs: readonly TensorType[]): InferredView {
  view.outputs = outputs;
  return view;
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
