/**
 * The engine behind `torch`: turns calls into nodes of the graph through the op entries. While a model is constructed
 * tensors live in a graph that is thrown away; when it is run, in the one that is handed out.
 */
import type { GapCode } from '../../base/findings';
import { isUnknown } from '../../base/known';
import type { Span } from '../../base/span';
import type { Text } from '../../base/text';
import { text } from '../../base/text';
import { GraphBuilder } from '../../ir/build';
import type { Attrs, ConstantData, ValueId } from '../../ir/graph';
import type { DType, TensorType } from '../../ir/tensor';
import { tensor as tensorType } from '../../ir/tensor';
import { applyOp, failOp } from '../../ops/apply';
import type { CoreCall, TorchCall, TorchOverload } from '../../ops/op';
import { Mismatch, Undetermined } from '../../ops/op';
import { entryOf, torchOp } from '../../ops/registry';
import type { Interpreter } from '../python/interpreter';
import { PyFloat, PyList, PyTuple, Unknown } from '../python/values';
import type { Arguments, Value } from '../python/values';
import type { Bound, Operand } from './bind';
import { argumentsOf, bindOverload, doubleOf, operandOf, signatureOf } from './bind';
import type { Calls } from './calls';
import { handledByArgument } from './handled';
import { Lifetimes } from './lifetimes';
import { namedTuple } from './results';
import type { Stores } from './stores';
import type { Place } from './tensor';
import { Tensor } from './tensor';
import { elementsOf } from './literals';
import { Views } from './views';

interface Options {
  readonly inPlace?: boolean;
}

const engines = new WeakMap<Interpreter, Torch>();

export function torchOf(interp: Interpreter): Torch {
  const engine = engines.get(interp);
  if (engine === undefined) throw new Error('this interpreter has no torch');
  return engine;
}

export class Torch {
  builder = new GraphBuilder();
  /** A model runs: what is computed now is counted. */
  isTracing = false;
  readonly lifetimes = new Lifetimes();
  readonly views = new Views();
  /** Sizes that stand for what only data decides, and where they were assumed. */
  readonly assumedSizes = new Map<number, { readonly at: Span | undefined }>();
  readonly #noted = new Set<string>();

  constructor(
    interp: Interpreter,
    readonly calls: Calls,
    readonly stores: Stores,
  ) {
    engines.set(interp, this);
  }

  /** From now on nodes go into the graph that is handed out. Gaps of the construction stay. */
  trace(): void {
    const { gaps } = this.builder;
    this.builder = new GraphBuilder();
    for (const gap of gaps) this.builder.gap(gap);
    this.isTracing = true;
  }

  gap(code: GapCode, message: Text, at: Span | undefined): void {
    const key = `${code} ${JSON.stringify(message)} ${at?.file} ${at?.start}`;
    if (this.#noted.has(key)) return;
    this.#noted.add(key);
    this.builder.gap({ code, message, ...(at && { at }) });
  }

  /** What depends on an unknown value is not counted: said once for each cause. */
  lost(interp: Interpreter, why: Unknown): Unknown {
    this.gap(why.code, why.reason, why.at ?? interp.here());
    return new Unknown(why.reason, why.code, why.at ?? interp.here());
  }

  /** A PyTorch function or method by its qualified name; a trailing `_` works in place. */
  call(interp: Interpreter, name: string, args: Arguments, options: Options = {}): Value {
    const handled = handledByArgument(interp, name, args);
    if (handled !== undefined) return handled;
    const plain = name.replace(/([^_])_$/, '$1');
    const spelled = torchOp(name) ?? torchOp(plain);
    const inPlace = options.inPlace === true || (torchOp(name) === undefined && plain !== name) || args.keywords?.get('inplace') === true; // prettier-ignore
    const label = plain.slice(plain.lastIndexOf('.') + 1);
    if (spelled === undefined) return this.#unknownOp(interp, name, label, args);
    const lost = unknownOperand(args);
    if (lost !== undefined) return this.lost(interp, lost);
    const overloads = (Array.isArray(spelled.spelling) ? spelled.spelling : [spelled.spelling]) as readonly TorchOverload[]; // prettier-ignore
    const spellings = overloads.map((overload): TorchCall => (typeof overload === 'string' ? { signature: overload } : overload)); // prettier-ignore
    const found = bindOverload(spellings, ({ signature }) => signature, args);
    if (found !== undefined) {
      const works = inPlace || flagOf(found.bound, 'inplace');
      return this.#applyCall(interp, spelled.entry.name, label, found.overload, found.bound, works);
    }
    return this.#refused(interp, label, args);
  }

  #applyCall(
    interp: Interpreter,
    entry: string,
    label: string,
    spelling: TorchCall,
    bound: Bound,
    inPlace: boolean,
  ): Value {
    const parameters = signatureOf(spelling.signature);
    const values = argumentsOf(parameters, bound, operand => operand instanceof Tensor ? operand.type : scalarType(operand)); // prettier-ignore
    let core: CoreCall<Operand>;
    try {
      core = spelling.call === undefined ? plainCall(parameters, bound, values) : spelling.call(values);
    } catch (error) {
      if (!(error instanceof Undetermined) && !(error instanceof Mismatch)) throw error;
      return this.#failed(interp, entry, label, error, spelling.returns);
    }
    const outputs = this.apply(interp, core.op ?? entry, core.inputs, core.attrs ?? {}, label, inPlace);
    return this.#handed(outputs, spelling.returns);
  }

  /** What Python gets. Of an op that could not be followed: as many unknown tensors as it has names, or one unknown. */
  #handed(outputs: readonly Tensor[], returns: TorchCall['returns']): Value {
    const [first] = outputs;
    if (returns === undefined || outputs.length !== 1 || first === undefined) return namedTuple(outputs, returns);
    const { shape } = first.type;
    if (!isUnknown(shape)) return namedTuple(outputs, returns);
    if (returns === 'tuple') return new Unknown(shape.unknown, 'unknown-shape', undefined);
    return namedTuple([first, ...returns.slice(1).map(() => new Tensor(first.type))], returns);
  }

  #failed(interp: Interpreter, op: string, label: string, error: unknown, returns: TorchCall['returns']): Value {
    this.#sweep(interp, []);
    const { origin } = this.calls.originOf(interp, label);
    const ids = failOp(this.builder, { op, inputs: [], attrs: {}, origin }, error);
    return this.#handed(this.#wrap(ids), returns);
  }

  /** One node by the entry's own name. */
  apply(
    interp: Interpreter,
    op: string,
    inputs: readonly (Operand | undefined)[],
    attrs: Attrs,
    label: string,
    inPlace = false,
  ): readonly Tensor[] {
    interp.step();
    const tensors = inputs.filter(input => input instanceof Tensor);
    this.#sweep(interp, tensors);
    const [first] = inputs;
    const changes = inPlace && first instanceof Tensor;
    const ids = inputs.map(input => (input === undefined ? undefined : this.#idOf(input)));
    const { origin, note } = this.calls.originOf(interp, label);
    const made = applyOp(this.builder, { op, inputs: ids, attrs, origin, inPlace: changes });
    note(this.builder.nodes.length - 1);
    const outputs = this.#wrap(made);
    const [output] = outputs;
    if (first instanceof Tensor && !changes) for (const one of outputs) this.views.made(one, first, op, attrs);
    if (!changes || output === undefined) return outputs;
    this.lifetimes.replaced(first, output);
    first.replace(output);
    this.views.written(this, interp, first);
    return [first, ...outputs.slice(1)];
  }

  #sweep(interp: Interpreter, inputs: readonly Tensor[]): void {
    if (this.isTracing) this.lifetimes.sweep(interp, this.builder, inputs);
  }

  #wrap(ids: readonly ValueId[]): Tensor[] {
    return ids.map(id => {
      const { type, data } = this.builder.value(id);
      const made = new Tensor(type, data);
      made.place = { builder: this.builder, id };
      if (this.isTracing) this.lifetimes.made(made);
      return made;
    });
  }

  #idOf(operand: Operand): ValueId {
    if (operand instanceof Tensor) return this.placeOf(operand).id;
    return this.builder.constant(scalarType(operand), [Number(operand instanceof PyFloat ? operand.value : operand)]);
  }

  /** Where a tensor is in the current graph; what was made before enters as parameter, buffer or constant. */
  placeOf(tensor: Tensor): Place {
    const { place, picked } = tensor;
    if (place?.builder === this.builder) return place;
    if (picked !== undefined) {
      tensor.picked = undefined;
      tensor.replace(picked.make());
      if (tensor.place !== undefined) return tensor.place;
    }
    const id = (this.isTracing ? this.stores.idOf(this.builder, tensor) : undefined) ?? this.builder.constant(tensor.type, tensor.data); // prettier-ignore
    return (tensor.place = { builder: this.builder, id });
  }

  input(name: string, type: TensorType, data?: ConstantData): Tensor {
    const made = new Tensor(type, data);
    made.place = { builder: this.builder, id: this.builder.input(name, type, data) };
    return made;
  }

  /** `torch.tensor([...])` and lists used as an index. */
  fromValues(interp: Interpreter, values: Value, dtype?: DType): Tensor | Unknown {
    const read = elementsOf(interp, values);
    if (read instanceof Unknown) return read;
    return new Tensor(tensorType(dtype ?? read.dtype, read.shape), read.data);
  }

  /** Writes a value into a view: the tensor that is viewed changes with it. */
  assignPart(interp: Interpreter, whole: Tensor, target: Tensor, value: Value, what: Text): void {
    const method = value instanceof Tensor ? 'torch.Tensor.copy_' : 'torch.Tensor.fill_';
    if (torchOp(method) === undefined)
      this.gap('unknown-op', text('{0} is not modelled', what.template), interp.here());
    else this.call(interp, method, { positional: [target, value] }, { inPlace: true });
    whole.data = undefined;
  }

  unknownMethod(interp: Interpreter, _tensor: Tensor, name: string): Unknown {
    return new Unknown(text('no entry for "{0}"', `torch.Tensor.${name}`), 'unknown-op', interp.here());
  }

  #unknownOp(interp: Interpreter, name: string, label: string, args: Arguments): Value {
    const why = new Unknown(text('no entry for "{0}"', name), 'unknown-op', interp.here());
    const inputs = args.positional.filter(value => value instanceof Tensor);
    if (!this.isTracing || inputs.length === 0) return this.lost(interp, why);
    const [made] = this.apply(interp, entryOf(label) === undefined ? name : `torch.${name}`, inputs, {}, label);
    return made ?? this.lost(interp, why);
  }

  /** No overload takes these arguments: PyTorch may take them all the same, in a form that is not modelled. */
  #refused(interp: Interpreter, label: string, args: Arguments): Value {
    const why = new Unknown(text('these arguments of "{0}" are not modelled', label), 'unknown-call', interp.here());
    return args.positional.some(value => value instanceof Tensor) || this.isTracing ? this.lost(interp, why) : why;
  }
}

/** Parameters annotated as tensors are inputs in their order, all others attributes. */
function plainCall(
  parameters: ReturnType<typeof signatureOf>,
  bound: Bound,
  values: ReturnType<typeof argumentsOf>,
): CoreCall<Operand> {
  const inputs: (Operand | undefined)[] = [];
  const attrs: Record<string, Attrs[string]> = {};
  for (const { name, annotation } of parameters) {
    if (annotation === 'Tensor') {
      const value = bound.get(name);
      inputs.push(value === undefined || value === null ? undefined : operandOf(value, name));
    } else if (annotation === 'Tensor[]') inputs.push(...values.tensors(name));
    else if (name !== 'inplace') {
      const value = values.attr(name);
      if (value !== undefined) attrs[name] = value;
    }
  }
  while (inputs.length > 0 && inputs.at(-1) === undefined) inputs.pop();
  return { inputs, attrs };
}

const flagOf = (bound: Bound, name: string): boolean => bound.get(name) === true;

export function scalarType(operand: Exclude<Operand, Tensor>): TensorType {
  const dtype: DType = operand instanceof PyFloat ? 'float32' : typeof operand === 'boolean' ? 'bool' : 'int64';
  return tensorType(dtype, []);
}

/** An unknown that stands where a tensor may: whatever comes out is unknown. Unknown plain arguments are the binder's. */
function unknownOperand(args: Arguments): Unknown | undefined {
  const values = [...args.positional, ...(args.keywords?.values() ?? [])];
  const direct = values.find(value => value instanceof Unknown && !value.data);
  if (direct instanceof Unknown) return direct;
  for (const value of values) {
    if (value instanceof PyList && value.tainted !== undefined) return value.tainted;
    if (value instanceof PyList || value instanceof PyTuple) {
      const inside = value.items.find(item => item instanceof Unknown && !item.data);
      if (inside instanceof Unknown) return inside;
    }
  }
  return args.positional[0] instanceof Unknown ? args.positional[0] : undefined;
}

export const numberOf = (operand: Exclude<Operand, Tensor>): number => doubleOf(operand);
