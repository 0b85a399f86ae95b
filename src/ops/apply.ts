/**
 * Adds a node to a graph through its entry: infers types, carries small constants, and turns what cannot be known
 * into a gap. The one way by which front ends and rewrites create nodes.
 */
import type { Gap } from '../base/findings';
import type { Unknown } from '../base/known';
import { exact, isUnknown, unknown } from '../base/known';
import type { Span } from '../base/span';
import type { Text } from '../base/text';
import { text } from '../base/text';
import type { GraphBuilder, NewNode } from '../ir/build';
import type { ConstantData, Value, ValueId } from '../ir/graph';
import type { TensorType } from '../ir/tensor';
import { elements, tensor } from '../ir/tensor';
import type { OpEntry } from './op';
import { Mismatch, Undetermined } from './op';
import { entryOf } from './registry';
import type { View } from './view';
import { inferredView, viewOf } from './view';

/** Constants above this many elements are not carried: they are data, not shapes. */
export const MAX_CARRIED_ELEMENTS = 4096;

export interface ApplyOptions {
  /** Number of outputs to make when the entry cannot tell. */
  readonly outputs?: number;
  /** Types that the file itself declares, used (marked as a gap all the same) where inference fails. */
  readonly declared?: readonly (TensorType | undefined)[];
  /** Carry constants of at most so many elements; for front ends that must bound their memory. */
  readonly carried?: number;
}

export function applyOp(builder: GraphBuilder, node: NewNode, options: ApplyOptions = {}): ValueId[] {
  const entry = entryOf(node.op);
  if (entry === undefined) {
    const gap = text('no entry for the op "{0}"; its cost is not counted', node.origin.label);
    return addUnknown(builder, node, 'unknown-op', gap, options);
  }
  const operands = node.inputs.map(id => (id === undefined ? undefined : builder.value(id)));
  const view = viewOf(operands, node.attrs);
  try {
    const types = entry.infer(view).map(sound);
    noteDataDependent(builder, node, operands, types);
    const data = evaluate(entry, view, types, options.carried ?? MAX_CARRIED_ELEMENTS);
    return builder.node(
      node,
      types.map((type, index) => ({ type, ...(data[index] && { data: data[index] }) })),
    );
  } catch (error) {
    return failOp(builder, node, error, options);
  }
}

/** Adds a node whose entry or spelling threw: `Mismatch` and `Undetermined` become gaps, anything else is thrown on. */
export function failOp(builder: GraphBuilder, node: NewNode, error: unknown, options: ApplyOptions = {}): ValueId[] {
  if (error instanceof Mismatch) return addUnknown(builder, node, 'shape-mismatch', error.text, options);
  if (error instanceof Undetermined) return addUndetermined(builder, node, error.text, options);
  throw error;
}

/** A size is a whole number from 0 on; beyond 2^53 it is unknown. What came out otherwise came from what cannot be. */
function sound(type: TensorType): TensorType {
  if (isUnknown(type.shape) || type.shape.every(dim => isUnknown(dim) || (Number.isSafeInteger(dim) && dim >= 0)))
    return type;
  const shape = type.shape.map(dim => {
    if (isUnknown(dim) || (Number.isInteger(dim) && dim >= 0)) return isUnknown(dim) ? dim : exact(dim);
    throw new Mismatch(text('a size of {0} cannot be', dim));
  });
  return tensor(type.dtype, shape);
}

/** Sizes get lost where all were known before: the elements of an input decide them. Further on they are just unknown. */
function noteDataDependent(
  builder: GraphBuilder,
  node: NewNode,
  operands: readonly (Value | undefined)[],
  types: readonly TensorType[],
): void {
  if (operands.some(operand => operand !== undefined && lostSize(operand.type) !== undefined)) return;
  const lost = types.map(lostSize).find(reason => reason !== undefined);
  if (lost !== undefined) addGap(builder, node, 'data-dependent', lost.unknown);
}

function lostSize(type: TensorType): Unknown | undefined {
  return isUnknown(type.shape) ? type.shape : type.shape.find(isUnknown);
}

/** A failing evaluation only means that the elements are not known; the types stand. */
function evaluate(
  entry: OpEntry,
  view: View,
  types: readonly TensorType[],
  most: number,
): readonly (ConstantData | undefined)[] {
  if (entry.evaluate === undefined) return [];
  for (const type of types) {
    const count = elements(type);
    if (isUnknown(count) || count > most) return [];
  }
  try {
    return entry.evaluate(inferredView(view, types));
  } catch (error) {
    if (error instanceof Undetermined || error instanceof Mismatch) return [];
    throw error;
  }
}

/** What an input's own unknown size says has been said where that size was lost. */
function addUndetermined(builder: GraphBuilder, node: NewNode, reason: Text, options: ApplyOptions): ValueId[] {
  const operands = node.inputs.map(id => (id === undefined ? undefined : builder.value(id)));
  const inherited = operands.some(
    operand =>
      operand !== undefined &&
      builder.gaps.length > 0 &&
      [operand.type.dtype, lostSize(operand.type)].some(
        part => part !== undefined && isUnknown(part) && part.unknown === reason,
      ),
  );
  return inherited
    ? makeUnknown(builder, node, reason, options)
    : addUnknown(builder, node, 'unknown-shape', reason, options);
}

function addUnknown(
  builder: GraphBuilder,
  node: NewNode,
  code: Gap['code'],
  message: Text,
  options: ApplyOptions,
): ValueId[] {
  addGap(builder, node, code, message);
  return makeUnknown(builder, node, message, options);
}

function makeUnknown(builder: GraphBuilder, node: NewNode, message: Text, options: ApplyOptions): ValueId[] {
  const lost = unknown(message);
  const types = Array.from(
    { length: options.outputs ?? 1 },
    (_, index) => options.declared?.[index] ?? tensor(lost, lost),
  );
  return builder.node(
    node,
    types.map(type => ({ type })),
  );
}

function addGap(builder: GraphBuilder, node: NewNode, code: Gap['code'], message: Text): void {
  const at: Span | undefined = node.origin.callSite ?? node.origin.defined;
  builder.gap({ code, message: text('{0}: {1}', node.origin.path, message), ...(at && { at }) });
}
