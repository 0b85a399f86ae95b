/**
 * What all element-wise entries share: types, cost by primitive steps, evaluation of small constants, and casts when
 * they are written as ONNX, which does not promote types.
 */
import type { Maybe } from '../base/known';
import { isUnknown, TOO_LARGE } from '../base/known';
import type { ConstantData } from '../ir/graph';
import type { DType } from '../ir/tensor';
import { elements, isComplex, isFloat } from '../ir/tensor';
import { broadcastSteps, elementsAt, flatIndices } from './evaluate';
import type { Emitter, Example, InferredView, NodeView, OpEntry } from './op';
import { defineOp, formula } from './op';
import { elementwiseType } from './rules';
import { known } from './view';

export interface Elementwise {
  readonly name: string;
  readonly doc: string;
  readonly source: string;
  /** Primitive steps per output element: add, multiply, compare, exp, … 1 each. Selecting and moving is 0. */
  readonly steps: number | ((node: InferredView) => number);
  /** Number of inputs of the standard example. */
  readonly inputs?: number;
  /** 'float': integers become float32, as in `sqrt`; a dtype: the result always has it, as in comparisons. */
  readonly result?: 'float' | DType | ((node: NodeView) => 'float' | DType | undefined);
  readonly torch?: OpEntry['torch'];
  readonly onnx?: OpEntry['onnx'];
  /** The name of an ONNX op of the same inputs, or how to write it; inputs come already cast to one type. */
  readonly emit?: string | ((x: readonly string[], to: Emitter, node: InferredView) => string);
  readonly evaluate?: (x: readonly number[], node: InferredView) => Maybe<number>;
  /** Instead of the standard example. */
  readonly examples?: readonly Example[];
}

export function elementwise(op: Elementwise): OpEntry {
  const { emit, evaluate } = op;
  return defineOp({
    name: op.name,
    doc: op.doc,
    source: op.source,
    elementwise: true,
    infer: node => [elementwiseType(node, resultType(node, op.result))],
    cost: node => formula(0, stepsOf(op, node) * node.outputElements()),
    ...(evaluate && { evaluate: node => [mapData(node, (...x) => evaluate(x, node))] }),
    ...(op.torch && { torch: op.torch }),
    ...(op.onnx && { onnx: op.onnx }),
    ...(emit !== undefined && {
      emit: (node, to) => {
        const x = castInputs(node, to);
        return [typeof emit === 'string' ? to.node(emit, x) : emit(x, to, node)];
      },
    }),
    examples: op.examples ?? [standardExample(op)],
  });
}

const stepsOf = (op: Elementwise, node: InferredView): number =>
  typeof op.steps === 'number' ? op.steps : op.steps(node);

/** 2 × 3 elements; the second input is broadcast. 4 bytes per element read and written. */
function standardExample(op: Elementwise): Example {
  const inputs = ['float32[2,3]', 'float32[3]', 'float32[2,1]'].slice(0, op.inputs ?? 1);
  const read = [6, 3, 2].slice(0, inputs.length).reduce((a, b) => a + b);
  const result = typeof op.result !== 'string' || op.result === 'float' ? 'float32' : op.result;
  const size = result === 'bool' ? 1 : 4;
  const steps = typeof op.steps === 'number' ? op.steps : NaN;
  return { in: inputs, out: [`${result}[2,3]`], macs: 0, flops: 6 * steps, bytes: 4 * read + 6 * size };
}

/** Undefined means: promote the inputs. */
function resultType(node: NodeView, result: Elementwise['result']): DType | undefined {
  const wanted = typeof result === 'function' ? result(node) : result;
  if (wanted !== 'float') return wanted;
  const { dtype } = elementwiseType(node);
  return isUnknown(dtype) || isFloat(dtype) || isComplex(dtype) ? undefined : 'float32';
}

/** The element type in which the inputs meet: the result's, or for comparisons the promoted one. */
function meetingType(node: InferredView): Maybe<DType> {
  const promoted = elementwiseType(node).dtype;
  const [output] = node.outputs;
  return output === undefined || isUnknown(output.dtype) || output.dtype === 'bool' ? promoted : output.dtype;
}

export function castInputs(node: InferredView, to: Emitter): readonly string[] {
  const dtype = known(meetingType(node));
  return Array.from({ length: node.arity }, (_, input) => input)
    .filter(input => node.has(input))
    .map(input => operand(node, to, input, dtype));
}

/** Input as a tensor of the element type: literals are written in it, others are cast where they differ. */
export function operand(node: InferredView, to: Emitter, input: number, dtype: DType): string {
  const type = node.type(input);
  const [value] = node.data(input) ?? [];
  if (value !== undefined && !isUnknown(value) && !isUnknown(type.shape) && type.shape.length === 0)
    return to.scalar(value, dtype);
  return type.dtype === dtype ? to.in(input) : to.node('Cast', [to.in(input)], { to: { dtype } });
}

/** The input's element type; float32 where it is not known. */
export function dtypeOf(node: NodeView, input = 0): DType {
  const dtype = node.dtype(input);
  return isUnknown(dtype) ? 'float32' : dtype;
}

/** Applies a function to the elements of all present inputs, broadcast; undefined unless all inputs carry data. */
export function mapData(
  node: InferredView,
  compute: (...x: readonly number[]) => Maybe<number>,
): ConstantData | undefined {
  const inputs = Array.from({ length: node.arity }, (_, input) => input).filter(input => node.has(input));
  const [type] = node.outputs;
  if (type === undefined || inputs.some(input => node.data(input) === undefined)) return undefined;
  const shape = node.outputShape().map(known);
  const sources = inputs.map(input => spread(node.data(input) ?? [], shape, node.shape(input).map(known)));
  const integers = !isUnknown(type.dtype) && !isFloat(type.dtype);
  const x: number[] = [];
  return Array.from({ length: known(elements(type)) }, (_, index) => {
    for (let input = 0; input < sources.length; input++) {
      const value = sources[input]?.[index] ?? TOO_LARGE;
      if (isUnknown(value)) return value;
      x[input] = value;
    }
    const result = compute(...x);
    return !isUnknown(result) && integers && !Number.isSafeInteger(result) && !x.includes(result) ? TOO_LARGE : result;
  });
}

/** Elements of a tensor of `own` sizes that is broadcast to `shape`. */
const spread = (data: ConstantData, shape: readonly number[], own: readonly number[]): ConstantData =>
  shape.length === own.length && shape.every((size, axis) => size === own[axis])
    ? data
    : elementsAt(data, flatIndices(broadcastSteps(shape, own)));
