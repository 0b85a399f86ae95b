/** Tensors without data, as Python values. Attributes and operators lead to op entries. */
import { isUnknown } from '../../base/known';
import { text } from '../../base/text';
import type { GraphBuilder } from '../../ir/build';
import type { ConstantData, ValueId } from '../../ir/graph';
import type { TensorType } from '../../ir/tensor';
import type { BinaryOperator, CompareOperator } from '../python/ast';
import type { Interpreter } from '../python/interpreter';
import { fromArray } from '../python/iteration';
import type { PyIterator, Value } from '../python/values';
import { Native, PyTuple, Unknown } from '../python/values';
import { getTensorItem, setTensorItem } from './indexing';
import { tensorAttribute } from './methods';
import { applyOperator, applyComparison, applyUnary } from './operators';
import { torchClass } from './types';
import { torchOf } from './torch';

export const tensorClass = torchClass('Tensor');
export const parameterClass = torchClass('Parameter', tensorClass);
export const bufferClass = torchClass('Buffer', tensorClass);

/** Where a tensor is in a graph under construction. */
export interface Place {
  readonly builder: GraphBuilder;
  readonly id: ValueId;
}

/** `source[mask]`, the mask as large as the source. */
export interface Picked {
  readonly source: Tensor;
  readonly mask: Tensor;
  readonly make: () => Tensor;
}

export class Tensor extends Native {
  place: Place | undefined = undefined;
  requiresGrad: boolean | Unknown = false;
  /** What a mask picks: looked up only when it is used for itself. */
  picked: Picked | undefined = undefined;
  /** Mark of the last sweep that reached it (lifetimes.ts). */
  mark = 0;

  constructor(
    public type: TensorType,
    public data?: ConstantData,
    cls = tensorClass,
  ) {
    super(cls);
  }

  override get takesAttributes(): boolean {
    return true;
  }

  override attribute(interp: Interpreter, name: string): Value | undefined {
    return tensorAttribute(interp, this, name);
  }

  override setAttribute(_: Interpreter, name: string, value: Value): boolean {
    if (name === 'requires_grad') this.requiresGrad = flagFrom(value);
    else if (name === 'data' && value instanceof Tensor) this.replace(value);
    else return false;
    return true;
  }

  /** Becomes what another tensor is, as in-place operations make it. */
  replace(other: Tensor): void {
    this.type = other.type;
    this.data = other.data;
    this.place = other.place;
  }

  override binary(interp: Interpreter, operator: BinaryOperator, other: Value, reflected: boolean): Value | undefined {
    return applyOperator(interp, this, operator, other, reflected, false);
  }

  override augmented(interp: Interpreter, operator: BinaryOperator, other: Value): Value | undefined {
    return applyOperator(interp, this, operator, other, false, true);
  }

  override unary(interp: Interpreter, operator: '-' | '+' | '~'): Value | undefined {
    return operator === '+' ? this : applyUnary(interp, this, operator);
  }

  override compare(
    interp: Interpreter,
    operator: CompareOperator,
    other: Value,
    reflected: boolean,
  ): Value | undefined {
    return applyComparison(interp, this, operator, other, reflected);
  }

  override getItem(interp: Interpreter, index: Value): Value {
    return getTensorItem(interp, this, index);
  }

  override setItem(interp: Interpreter, index: Value, value: Value): void {
    setTensorItem(interp, this, index, value);
  }

  override iterate(interp: Interpreter): PyIterator | Unknown {
    const parts = torchOf(interp).call(interp, 'torch.Tensor.unbind', { positional: [this] });
    if (parts instanceof PyTuple) return fromArray(parts.items, parts);
    return parts instanceof Unknown ? parts : interp.unknown('unknown-shape', text('the number of rows is not known'));
  }

  override truth(interp: Interpreter): boolean | Unknown {
    const value = this.data?.length === 1 ? this.data[0] : undefined;
    if (value === undefined || isUnknown(value))
      return interp.unknown('data-dependent', text('it depends on the values of a tensor'), undefined, true);
    return value !== 0;
  }

  override length(interp: Interpreter): number | Unknown {
    const { shape } = this.type;
    if (isUnknown(shape)) return interp.unknown('unknown-shape', text('the number of axes is not known'), undefined, true); // prettier-ignore
    const [first] = shape;
    if (first === undefined) return interp.raise('TypeError', 'len() of a 0-d tensor');
    return isUnknown(first) ? new Unknown(first.unknown, 'unknown-shape', interp.here(), true) : first;
  }

  override copy(interp: Interpreter): Value {
    const made = new Tensor(this.type, this.data, this.cls);
    made.requiresGrad = this.requiresGrad;
    if (this.place !== undefined && torchOf(interp).isTracing) made.place = this.place;
    return made;
  }
}

/** Whether a tensor is to be trained, as Python has it. */
export const flagFrom = (value: Value): boolean | Unknown => (value instanceof Unknown ? value : value === true);
