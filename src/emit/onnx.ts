/**
 * A graph as an ONNX model: nodes from the op entries, weights as external data that somebody else writes by the plan.
 * What cannot be emitted is listed with its place; nothing is thrown for it.
 */
import { isUnknown } from '../base/known';
import type { Span } from '../base/span';
import type { Text } from '../base/text';
import { text } from '../base/text';
import type { Graph, Node, Value, ValueId } from '../ir/graph';
import { valueOf } from '../ir/graph';
import type { DType, TensorType } from '../ir/tensor';
import { isFloat } from '../ir/tensor';
import { nodeView } from '../ops/cost';
import type { Emitter, OnnxAttr } from '../ops/op';
import { Mismatch, Undetermined } from '../ops/op';
import { entryOf } from '../ops/registry';
import { DATA_TYPES, encodeElements } from './elements';
import type { Plan } from './plan';
import type { PlannedTensor } from './plan';
import { Planner, transposedWeights } from './plan';
import { branchEnds } from './residual';
import { standIn } from './standIn';
import { Message } from './wire';

/** The newest set whose ops every runtime of the last years has. */
export const OPSET = 17;
const IR_VERSION = 8;

export interface Refusal {
  readonly node: Node;
  readonly why: Text;
  readonly at?: Span;
}

export interface Emitted {
  /** Ops that are not in it, with stand-ins for their outputs. */
  readonly without: readonly Refusal[];
  readonly model: Uint8Array;
  readonly plan: Plan;
  /** Graph node of each ONNX node, by name. */
  readonly nodeOf: ReadonlyMap<string, number>;
}

export type Emission =
  { readonly ok: true; readonly emitted: Emitted } | { readonly ok: false; readonly refusals: readonly Refusal[] };

export interface EmitOptions {
  /** Plain name of the file with the weights, beside the model. */
  readonly weightsFile: string;
  readonly seed: number;
  /** Puts stand-ins in the place of ops that cannot be written, where their outputs' sizes are known. */
  readonly without?: boolean;
}

export function emitOnnx(graph: Graph, options: EmitOptions): Emission {
  const writer = new Writer(graph, new Planner(options.weightsFile, options.seed));
  const refusals: Refusal[] = [];
  const without: Refusal[] = [];
  for (const node of graph.nodes) {
    const refusal = writer.emit(node);
    if (refusal === undefined) continue;
    if (options.without === true && writer.replace(node)) without.push(refusal);
    else refusals.push(refusal);
  }
  if (refusals.length > 0) return { ok: false, refusals };
  return { ok: true, emitted: { ...writer.finish(), without } };
}

class Writer {
  readonly #nodes: Message[] = [];
  readonly #initializers: Message[] = [];
  readonly #names = new Map<ValueId, string>();
  readonly #taken = new Set<string>();
  readonly #nodeOf = new Map<string, number>();
  readonly #transposed: ReadonlySet<ValueId>;
  readonly #branchEnds: ReadonlySet<ValueId>;
  /** Values that nothing stands in for. */
  readonly #absent = new Set<ValueId>();
  #fresh = 0;

  constructor(
    readonly graph: Graph,
    readonly planner: Planner,
  ) {
    this.#transposed = transposedWeights(graph);
    this.#branchEnds = branchEnds(graph);
    graph.inputs.forEach((id, index) => this.#names.set(id, this.#unique(valueOf(graph, id).name ?? `input${index}`)));
  }

  /** Why the node cannot be emitted, or undefined. */
  emit(node: Node): Refusal | undefined {
    const at = node.origin.callSite ?? node.origin.defined;
    const refuse = (why: Text): Refusal => ({ node, why, ...(at && { at }) });
    const emit = entryOf(node.op)?.emit;
    if (emit === undefined) return refuse(text('"{0}" cannot be written as ONNX yet', node.origin.label));
    const before = this.#nodes.length;
    try {
      const made = emit(nodeView(this.graph, node), this.#emitter(node));
      node.outputs.forEach((id, index) => {
        const name = made[index];
        if (name !== undefined) this.#names.set(id, name);
      });
      return undefined;
    } catch (error) {
      if (!(error instanceof Undetermined || error instanceof Mismatch)) throw error;
      // What was written of it so far would run for nothing.
      this.#nodes.length = before;
      return refuse(error.text);
    }
  }

  /**
   * Whether stand-ins could be made for the node's outputs. They belong to no node of the graph. What has no form in
   * ONNX, such as complex numbers, stays absent: whatever takes it is replaced in turn.
   */
  replace(node: Node): boolean {
    const written = node.outputs.filter(id => isWritable(valueOf(this.graph, id).type));
    for (const id of node.outputs) if (!written.includes(id)) this.#absent.add(id);
    if (this.graph.outputs.some(({ value }) => this.#absent.has(value))) return false;
    const source = [...node.inputs, ...this.graph.inputs].find(id => id !== undefined && this.#isWritten(id));
    const dtype = source === undefined ? undefined : valueOf(this.graph, source).type.dtype;
    if (source === undefined || dtype === undefined || isUnknown(dtype)) return false;
    const types = written.map(id => valueOf(this.graph, id).type);
    const made = standIn({ name: this.#nameOf(source), dtype }, types, {
      node: (op, inputs, attrs = {}) => {
        const output = this.#unique(`t${this.#fresh++}`);
        this.#nodes.push(nodeMessage(op, inputs, [output], this.#unique(`stand-in ${node.origin.path}`), attrs));
        return output;
      },
      constant: (type, shape, values) => this.#constant(type, shape, values),
      noise: (type, shape) => {
        const name = this.#unique(`noise${this.#fresh++}`);
        this.#external(name, type, shape, this.planner.noise(name, type, shape));
        return name;
      },
    });
    written.forEach((id, index) => {
      const name = made?.[index];
      if (name !== undefined) this.#names.set(id, name);
    });
    return made !== undefined;
  }

  /** Known already, and different from run to run. */
  #isWritten(id: ValueId): boolean {
    return this.#names.has(id) && ['input', 'computed'].includes(valueOf(this.graph, id).role);
  }

  #constant(dtype: DType, shape: readonly number[], values: readonly number[]): string {
    const name = this.#unique(`c${this.#fresh++}`);
    this.#inline(name, dtype, shape, values);
    return name;
  }

  finish(): Omit<Emitted, 'without'> {
    const { graph } = this;
    const outputs = graph.outputs.map(({ name, value }) => {
      // Its own name for each output, which may be an input or a weight handed through, or the same value twice.
      const own = this.#unique(name);
      this.#nodes.push(nodeMessage('Identity', [this.#nameOf(value)], [own], `output ${own}`, {}));
      return valueInfo(own, valueOf(graph, value).type);
    });
    const message = new Message();
    for (const node of this.#nodes) message.message(1, node);
    message.text(2, graph.name);
    for (const initializer of this.#initializers) message.message(5, initializer);
    for (const id of graph.inputs) message.message(11, valueInfo(this.#nameOf(id), valueOf(graph, id).type));
    for (const output of outputs) message.message(12, output);
    const model = new Message()
      .int(1, IR_VERSION)
      .text(2, 'ModelWatt')
      .message(7, message)
      .message(8, new Message().text(1, '').int(2, OPSET));
    return { model: model.finish(), plan: this.planner.finish(), nodeOf: this.#nodeOf };
  }

  #emitter(node: Node): Emitter {
    const nodes = (
      op: string,
      inputs: readonly (string | undefined)[],
      count: number,
      attrs: Readonly<Record<string, OnnxAttr | undefined>> = {},
    ): readonly string[] => {
      const outputs = Array.from({ length: count }, () => this.#unique(`t${this.#fresh++}`));
      const name = this.#unique(nameOfNode(node));
      this.#nodeOf.set(name, node.id);
      this.#nodes.push(
        nodeMessage(
          op,
          inputs.map(input => input ?? ''),
          outputs,
          name,
          attrs,
        ),
      );
      return outputs;
    };
    const constant = (dtype: DType, shape: readonly number[], values: readonly number[]): string =>
      this.#constant(dtype, shape, values);
    return {
      opset: OPSET,
      has: input => node.inputs[input] !== undefined,
      in: input => {
        const id = node.inputs[input];
        if (id === undefined) throw new Mismatch(text('input {0} is missing', input));
        return this.#nameOf(id);
      },
      node: (op, inputs, attrs) => nodes(op, inputs, 1, attrs)[0] ?? '',
      nodes,
      ints: values => constant('int64', [values.length], values),
      floats: values => constant('float32', [values.length], values),
      scalar: (value, dtype) => constant(dtype, [], [value]),
      filled: (value, dtype, shape) => {
        const count = shape.reduce((a, b) => a * b, 1);
        if (count <= INLINE) return constant(dtype, shape, Array<number>(count).fill(value));
        const [made = ''] = nodes(
          'Expand',
          [constant(dtype, [], [value]), constant('int64', [shape.length], shape)],
          1,
        );
        return made;
      },
    };
  }

  /** Stored tensors are written down when something first reads them. */
  #nameOf(id: ValueId): string {
    const known = this.#names.get(id);
    if (known !== undefined) return known;
    const value = valueOf(this.graph, id);
    if (this.#absent.has(id)) throw new Undetermined(text('it takes what another such operation makes'));
    const shared = this.#sharedName(value);
    const name = shared ?? this.#unique(value.stored?.path ?? value.name ?? `constant${id}`);
    this.#names.set(id, name);
    if (shared === undefined) this.#store(name, value);
    return name;
  }

  readonly #byStorage = new Map<number, string>();

  #sharedName(value: Value): string | undefined {
    return value.stored === undefined ? undefined : this.#byStorage.get(value.stored.storage);
  }

  #store(name: string, value: Value): void {
    const { dtype, shape } = value.type;
    if (value.stored !== undefined) this.#byStorage.set(value.stored.storage, name);
    if (isUnknown(dtype) || isUnknown(shape)) throw new Undetermined(text('the size of "{0}" is not known', name));
    const sizes = shape.map(dim => (isUnknown(dim) ? NaN : dim));
    const data = value.data?.map(element => (isUnknown(element) ? NaN : element));
    const known = data !== undefined && (!data.some(Number.isNaN) || dtype.startsWith('float'));
    const usable = known && !isTrained(value);
    if (usable) this.#inline(name, dtype, sizes, data);
    else {
      const use = { transposed: this.#transposed.has(value.id), endsBranch: this.#branchEnds.has(value.id) };
      const planned = this.planner.add(name, value, use);
      if (planned === undefined) throw new Undetermined(text('the size of "{0}" is not known', name));
      this.#external(name, dtype, sizes, planned);
    }
  }

  #external(name: string, dtype: DType, sizes: readonly number[], { offset, bytes }: PlannedTensor): void {
    const entries = { location: this.planner.file, offset: String(offset), length: String(bytes) };
    const tensor = tensorMessage(name, dtype, sizes);
    for (const [key, entry] of Object.entries(entries)) tensor.message(13, new Message().text(1, key).text(2, entry));
    this.#initializers.push(tensor.int(14, 1));
  }

  #inline(name: string, dtype: DType, shape: readonly number[], values: readonly number[]): void {
    const raw = encodeElements(dtype, values);
    if (raw === undefined) throw new Undetermined(text('constants of type {0} cannot be written', dtype));
    this.#initializers.push(tensorMessage(name, dtype, shape).bytes(9, raw));
  }

  #unique(wanted: string): string {
    let name = wanted;
    for (let index = 1; this.#taken.has(name); index++) name = `${wanted}~${index}`;
    this.#taken.add(name);
    return name;
  }
}

/** What training sets is made up even where the source says what it is before: all zeros would let hardware idle. */
const isTrained = ({ role, type, stored }: Value): boolean =>
  !isUnknown(type.dtype) &&
  isFloat(type.dtype) &&
  (role === 'parameter' || /(^|\.)running_(mean|var)$/.test(stored?.path ?? ''));

/** Larger constants of one value are made by the model itself. */
const INLINE = 1024;

/** Module path and line, for whoever looks at the model: `layer1.0.conv1 resnet.py:118`. */
function nameOfNode(node: Node): string {
  const at = node.origin.callSite ?? node.origin.defined;
  const call = node.origin.call > 0 ? `@${node.origin.call}` : '';
  return `${node.origin.path}${call}${at === undefined ? '' : ` ${at.file.replace(/^.*[\\/]/, '')}:${at.line}`}`;
}

function nodeMessage(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  name: string,
  attrs: Readonly<Record<string, OnnxAttr | undefined>>,
): Message {
  const message = new Message();
  // Trailing absent inputs are left out: some runtimes count them.
  const used = inputs.slice(0, inputs.findLastIndex(input => input !== '') + 1);
  for (const input of used) message.text(1, input);
  for (const output of outputs) message.text(2, output);
  message.text(3, name).text(4, op);
  for (const [key, value] of Object.entries(attrs))
    if (value !== undefined) message.message(5, attributeMessage(key, value));
  return message;
}

function attributeMessage(name: string, value: OnnxAttr): Message {
  const message = new Message().text(1, name);
  if (typeof value === 'number') return message.int(3, value).int(20, 2);
  if (typeof value === 'boolean') return message.int(3, Number(value)).int(20, 2);
  if (typeof value === 'string') return message.text(4, value).int(20, 3);
  if ('float' in value) return message.float(2, value.float).int(20, 1);
  if ('floats' in value) return message.floats(7, value.floats).int(20, 6);
  if ('dtype' in value) return message.int(3, dataType(value.dtype)).int(20, 2);
  const numbers = value.filter(item => typeof item === 'number');
  if (numbers.length === value.length) return message.ints(8, numbers).int(20, 7);
  for (const item of value) message.text(9, String(item));
  return message.int(20, 8);
}

const isWritable = ({ dtype }: TensorType): boolean => !isUnknown(dtype) && encodeElements(dtype, [0]) !== undefined;

function dataType(dtype: DType): number {
  const number = DATA_TYPES[dtype];
  if (number === undefined) throw new Undetermined(text('ONNX has no type {0}', dtype));
  return number;
}

const tensorMessage = (name: string, dtype: DType, shape: readonly number[]): Message =>
  new Message().ints(1, shape).int(2, dataType(dtype)).text(8, name);

function valueInfo(name: string, type: TensorType): Message {
  const tensor = new Message();
  if (!isUnknown(type.dtype)) tensor.int(1, dataType(type.dtype));
  if (!isUnknown(type.shape)) {
    const shape = new Message();
    for (const dim of type.shape) shape.message(1, isUnknown(dim) ? new Message() : new Message().int(1, dim));
    tensor.message(2, shape);
  }
  return new Message().text(1, name).message(2, new Message().message(1, tensor));
}
