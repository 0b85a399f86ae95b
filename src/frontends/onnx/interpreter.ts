/**
 * Executes an ONNX graph on types instead of data: every node becomes a node of our graph through its op entry, with
 * small integers carried along so that shapes which the model computes come out as numbers. What cannot be known is a
 * gap. Control flow, functions and sequences are in files of their own.
 */
import type { GapCode } from '../../base/findings';
import { exact, isUnknown, TOO_LARGE, unknown } from '../../base/known';
import type { Text } from '../../base/text';
import { text } from '../../base/text';
import type { GraphBuilder } from '../../ir/build';
import type { Attr, Attrs, Origin, ValueId } from '../../ir/graph';
import type { TensorType } from '../../ir/tensor';
import { elements, tensor } from '../../ir/tensor';
import { applyOp, failOp, MAX_CARRIED_ELEMENTS } from '../../ops/apply';
import type { CoreCall, OnnxNode } from '../../ops/op';
import { onnxOp } from '../../ops/registry';
import { viewOf } from '../../ops/view';
import { refusal } from './check';
import { runIf, runLoop, runScan } from './control';
import { callFunction, functionKey } from './functions';
import { declaredType } from './inputs';
import type { OnnxFunction, OnnxGraph, OnnxModel, OnnxNodeProto, OnnxTensor } from './model';
import { executionOrder } from './order';
import type { Bound, Context, Scope } from './scope';
import { runSequenceOp } from './sequences';
import type { StoredTensor, StoredTensors } from './stored';
import { constantTensor, opKey } from './stored';

/** Nodes that are executed at most, unrolled loops and functions included. The largest real models have some 50,000. */
const MOST_NODES = 100_000;
/** Elements carried at most; beyond that only what shapes need. */
const MOST_CARRIED = 2_000_000;
const FEW_ELEMENTS = 64;
const NOTHING_DECLARED: readonly undefined[] = [];
/** More gaps than anybody reads. */
const MOST_GAPS = 500;

export class Interpreter {
  readonly functions: ReadonlyMap<string, OnnxFunction>;
  /** Inputs that whoever runs the model may leave out. */
  readonly optional = new Set<ValueId>();
  readonly #ids = new Map<OnnxTensor, ValueId>();
  readonly #calls = new Map<string, number>();
  readonly #orders = new Map<readonly OnnxNodeProto[], readonly number[]>();
  /** Nodes so far, those of trials too. */
  executed = 0;
  #carried = 0;

  constructor(
    readonly builder: GraphBuilder,
    model: OnnxModel,
    readonly stored: StoredTensors,
    readonly bindings: ReadonlyMap<string, number>,
  ) {
    this.functions = new Map(model.functions.map(fn => [functionKey(fn.domain, fn.name, fn.overload), fn]));
    stored.all.forEach((one, storage) => {
      this.#ids.set(one.tensor, this.#store(one, storage));
    });
  }

  get exhausted(): boolean {
    return this.executed > MOST_NODES;
  }

  /** At the end, because trials of branches take their gaps back. */
  finishGaps(): void {
    const { gaps } = this.builder;
    if (gaps.length > MOST_GAPS) gaps.length = MOST_GAPS;
    if (this.exhausted)
      this.gap('budget-exhausted', text('more than {0} nodes to execute; the rest is not counted', MOST_NODES));
  }

  /** Binds a graph's initialisers and runs its nodes in `scope`, which has its inputs. */
  runGraph(graph: OnnxGraph, scope: Scope, context: Context): void {
    for (const held of graph.initialisers) {
      const id = this.#ids.get(held);
      // An initialiser that is also an input is that input's default: what the user gave stands.
      if (id !== undefined) scope.set(held.name, id);
    }
    this.runNodes(graph.nodes, scope, { ...context, declared: graph.declared });
  }

  runNodes(nodes: readonly OnnxNodeProto[], scope: Scope, context: Context): void {
    let order = this.#orders.get(nodes);
    if (order === undefined) this.#orders.set(nodes, (order = executionOrder(nodes)));
    for (const index of order) {
      const node = nodes[index];
      if (node === undefined || this.exhausted) return;
      this.executed++;
      this.#runNode(node, scope, { path: this.#pathOf(node, index, context), context });
    }
  }

  #runNode(node: OnnxNodeProto, scope: Scope, place: Place): void {
    const fn = this.functions.size > 0 && this.functions.get(functionKey(node.domain, node.op, node.overload));
    if (fn) {
      if (!place.context.opsets.has(node.domain))
        this.gap('invalid-model', text('it does not say which version of "{0}" it uses', node.domain), place.path);
      callFunction(this, fn, node, scope, place);
      return;
    }
    const refused = refusal(node, place.context.opsets.get(node.domain));
    if (refused !== undefined) this.gap('invalid-model', refused, place.path);
    const constant = this.stored.ofNode.get(node);
    const id = constant && this.#ids.get(constant);
    if (id !== undefined) this.bind(node, scope, place, [id]);
    else if (node.op === 'Constant' && this.#runConstant(node, scope, place)) return;
    else if (node.domain !== '') this.runOp(node, scope, place);
    else if (node.op === 'If') runIf(this, node, scope, place);
    else if (node.op === 'Loop') runLoop(this, node, scope, place);
    else if (node.op === 'Scan') runScan(this, node, scope, place);
    else if (!runSequenceOp(this, node, scope, place)) this.runOp(node, scope, place);
  }

  /** In a function: a constant whose value is an attribute of the call. */
  #runConstant(node: OnnxNodeProto, scope: Scope, place: Place): boolean {
    const [own] = node.attributes;
    const given = own?.kind === 'reference' ? place.context.call?.get(own.to) : undefined;
    // The name says what kind of constant it is, and that is the node's own attribute's.
    const held = own && given && constantTensor({ ...given, name: own.name }, node.outputs[0] ?? '');
    if (held === undefined) return false;
    const dtype = held.dtype ?? unknown(text('the element type of "{0}" is not known', held.name));
    const shape = held.dims.map(dim => exact(dim));
    this.bind(node, scope, place, [this.builder.constant(tensor(dtype, shape), held.data)]);
    return true;
  }

  /** A node that its op entry describes. */
  runOp(node: OnnxNodeProto, scope: Scope, place: Place): void {
    const inputs = node.inputs.map(name => this.tensorOf(name, scope, place));
    this.bind(node, scope, place, this.#apply(node, inputs, place));
  }

  #apply(node: OnnxNodeProto, inputs: readonly (ValueId | undefined)[], place: Place): readonly ValueId[] {
    const key = opKey(node);
    const origin = this.originOf(place.path, node.op);
    const declared = this.#declaredOf(node, place);
    const spelled = onnxOp(key);
    const attrs = attributesOf(node, place.context);
    if (spelled === undefined) {
      const call = { op: `onnx:${key}`, inputs, attrs, origin };
      return applyOp(this.builder, call, { outputs: outputCount(node), declared });
    }
    try {
      const call =
        typeof spelled.spelling === 'function'
          ? spelled.spelling(this.#view(node, inputs, attrs, place))
          : spelled.spelling;
      const core = { op: call.op ?? spelled.entry.name, inputs: pick(call, inputs), attrs: call.attrs ?? {}, origin };
      const carried = this.#mayCarry(inputs);
      const ids = applyOp(this.builder, core, { outputs: outputCount(node), declared, carried });
      for (const id of ids) this.#carried += this.builder.value(id).data?.length ?? 0;
      return ids;
    } catch (error) {
      const call = { op: `onnx:${key}`, inputs, attrs, origin };
      return failOp(this.builder, call, error, { outputs: outputCount(node), declared });
    }
  }

  /** Most models declare their outputs alone. */
  #declaredOf(node: OnnxNodeProto, { context: { declared } }: Place): readonly (TensorType | undefined)[] {
    if (!node.outputs.some(name => declared.has(name))) return NOTHING_DECLARED;
    return node.outputs.map(name => declaredType(declared.get(name), this.bindings));
  }

  /**
   * Elements that the outputs may carry. A value that the user gave may be larger than what shapes are made of, and so
   * may what follows from it: a mask decides where an image is cut.
   */
  #mayCarry(inputs: readonly (ValueId | undefined)[]): number {
    if (this.#carried > MOST_CARRIED) return FEW_ELEMENTS;
    let most = MAX_CARRIED_ELEMENTS;
    for (const id of inputs)
      if (id !== undefined) most = Math.max(most, 2 * (this.builder.value(id).data?.length ?? 0));
    return most;
  }

  /** A node of unknown cost whose outputs have the types that the file declares, if any. */
  unknowns(
    node: OnnxNodeProto,
    inputs: readonly (ValueId | undefined)[],
    place: Place,
    because: Text,
  ): readonly ValueId[] {
    const lost = unknown(because);
    const types = node.outputs.map(
      name => declaredType(place.context.declared.get(name), this.bindings) ?? tensor(lost, lost),
    );
    return this.opaque(node, inputs, place, types);
  }

  opaque(
    node: OnnxNodeProto,
    inputs: readonly (ValueId | undefined)[],
    place: Place,
    types: readonly TensorType[],
  ): readonly ValueId[] {
    const origin = this.originOf(place.path, node.op);
    return this.builder.node(
      { op: `onnx:${opKey(node)}`, inputs, attrs: {}, origin },
      types.map(type => ({ type })),
    );
  }

  /** An op of our own vocabulary, made by something that is no node of one op: a loop's concatenation. */
  core(op: string, inputs: readonly ValueId[], attrs: Attrs, node: OnnxNodeProto, place: Place): ValueId {
    const [id] = applyOp(this.builder, { op, inputs, attrs, origin: this.originOf(place.path, node.op) });
    return id ?? this.lost(text('"{0}" gives nothing', node.op));
  }

  /** Names the outputs of a node. Entries may make fewer than the node asks for. */
  bind(node: OnnxNodeProto, scope: Scope, place: Place, bounds: readonly Bound[]): void {
    node.outputs.forEach((name, index) => {
      if (name === '') return;
      const bound = bounds[index] ?? this.lost(text('output {0} of "{1}" is not known', index, node.op));
      if (!scope.set(name, bound))
        this.gap('invalid-model', text('the name "{0}" is assigned twice', name), place.path);
    });
  }

  /** The tensor of that name; undefined for an absent optional input. */
  tensorOf(name: string, scope: Scope, place: Place): ValueId | undefined {
    if (name === '') return undefined;
    const bound = this.boundOf(name, scope, place);
    if (typeof bound === 'number') return bound;
    if (bound.kind === 'absent') return undefined;
    return this.lost(text('"{0}" is a sequence, not a tensor', name));
  }

  boundOf(name: string, scope: Scope, place: Place): Bound {
    const bound = scope.get(name);
    if (bound !== undefined) return bound;
    const missing = text('nothing makes the value "{0}"', name);
    if (!this.exhausted) this.gap('invalid-model', missing, place.path);
    const lost = this.lost(missing);
    scope.set(name, lost);
    return lost;
  }

  /** A value of which nothing is known. */
  lost(because: Text): ValueId {
    return this.builder.constant(tensor(unknown(because), unknown(because)));
  }

  gap(code: GapCode, message: Text, path?: string): void {
    const { gaps } = this.builder;
    if (gaps.length > MOST_GAPS) return;
    this.builder.gap({ code, message: path === undefined ? message : text('{0}: {1}', path, message) });
  }

  originOf(path: string, label: string): Origin {
    const call = this.#calls.get(path) ?? 0;
    this.#calls.set(path, call + 1);
    return { path, label, call };
  }

  #pathOf(node: OnnxNodeProto, index: number, context: Context): string {
    if (node.name === '') return `${context.place}${node.op}_${index}`;
    return context.prefix + node.name;
  }

  #store({ path, tensor: held, counted, unpacked = held }: StoredTensor, storage: number): ValueId {
    const { data } = held;
    const dtype = unpacked.dtype ?? unknown(text('the element type of "{0}" is not known', path));
    const type = tensor(
      dtype,
      unpacked.dims.map(dim => (dim < 0 ? unknown(text('a size of {0} cannot be', dim)) : exact(dim))),
    );
    if (isUnknown(dtype)) this.gap('invalid-model', dtype.unknown);
    if (held.damaged) this.gap('invalid-model', text('the elements of "{0}" do not fit its sizes', path));
    else if (counted && isUnknown(elements(type))) this.gap('too-large', TOO_LARGE.unknown, path);
    if (!counted && (data !== undefined || isUnknown(dtype) || /^(int64|bool|string)$/.test(dtype)))
      return this.builder.constant(type, data, path);
    return this.builder.stored('parameter', type, { path, storage, trainable: counted, counted }, data);
  }

  #view(node: OnnxNodeProto, inputs: readonly (ValueId | undefined)[], attrs: Attrs, place: Place): OnnxNode {
    const operands = inputs.map(id => (id === undefined ? undefined : this.builder.value(id)));
    return Object.assign(viewOf(operands, attrs), {
      opset: place.context.opsets.get(node.domain) ?? 1,
      domain: node.domain,
      outputCount: outputCount(node),
    });
  }
}

/** A node that gives nothing is not sound, but not worth refusing: it is read as one whose result nobody uses. */
const outputCount = (node: OnnxNodeProto): number => Math.max(1, node.outputs.length);

/** Where a node is: its path and what surrounds it. */
export interface Place {
  readonly path: string;
  readonly context: Context;
}

const NO_ATTRIBUTES: Attrs = {};

/** Attributes as op entries see them: of a tensor its elements, and its type as `name.dtype`. */
export function attributesOf(node: OnnxNodeProto, context: Context): Attrs {
  if (node.attributes.length === 0) return NO_ATTRIBUTES;
  const pairs: [string, Attr][] = [];
  for (const own of node.attributes) {
    const attribute = own.kind === 'reference' ? context.call?.get(own.to) : own;
    if (attribute?.kind === 'value') pairs.push([own.name, attribute.value]);
    else if (attribute?.kind === 'tensor') {
      if (attribute.tensor.data !== undefined) pairs.push([own.name, attribute.tensor.data]);
      if (attribute.tensor.dtype !== undefined) pairs.push([`${own.name}.dtype`, attribute.tensor.dtype]);
    }
  }
  return Object.fromEntries(pairs);
}

function pick(
  call: Partial<CoreCall<number>>,
  inputs: readonly (ValueId | undefined)[],
): readonly (ValueId | undefined)[] {
  return call.inputs?.map(input => (input === undefined ? undefined : inputs[input])) ?? inputs;
}
