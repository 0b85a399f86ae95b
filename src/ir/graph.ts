/**
 * The graph that a model executes: a straight line of ops over tensors without data. Front ends unroll modules,
 * calls and known control flow, so there is no control flow here; what could not be followed is a gap. Immutable.
 */
import type { Gap } from '../base/findings';
import type { Maybe } from '../base/known';
import type { Call, Span } from '../base/span';
import type { TensorType } from './tensor';

export type ValueId = number;

export type Attr = number | string | boolean | readonly number[] | readonly string[];
export type Attrs = Readonly<Record<string, Attr | undefined>>;

/** Elements of a small integer, boolean or scalar tensor in row-major order, carried so that shapes can be computed. */
export type ConstantData = readonly Maybe<number>[];

export interface Value {
  readonly id: ValueId;
  readonly type: TensorType;
  readonly role: 'input' | 'parameter' | 'buffer' | 'constant' | 'computed';
  /** Input or tensor name where the source gives one. */
  readonly name?: string;
  readonly data?: ConstantData;
  /** Present on parameters and buffers. */
  readonly stored?: Stored;
}

export interface Stored {
  /** Qualified name at the first owner: `layer1.0.conv1.weight`. */
  readonly path: string;
  /** Equal numbers mean one shared tensor. */
  readonly storage: number;
  readonly trainable: boolean;
  /** PRODUCT.md's rules exclude some stored tensors from `parameters` (ONNX shapes, bounds, scales); false for those. */
  readonly counted: boolean;
  readonly at?: Span;
}

/** Where an attribute's value was written, and whether an edit there touches other layers too. */
export interface Provenance {
  readonly span: Span;
  readonly shared: boolean;
}

export interface Origin {
  /** Module path (`layer1.0.conv1`), `<module>#<op>[n]` for functional ops, or the ONNX node's name. */
  readonly path: string;
  /** The source's own name of the op: `conv2d`, `Conv`. */
  readonly label: string;
  /** Number of earlier calls of the same path. */
  readonly call: number;
  /** Where the module is constructed; for functional ops the call. */
  readonly defined?: Span;
  readonly callSite?: Span;
  /** The call that the code around `callSite` ran in. */
  readonly within?: Call;
  /** Provenance of attributes and constructor arguments by name. */
  readonly attrs?: Readonly<Record<string, Provenance>>;
}

export interface Node {
  readonly id: number;
  /** Name of the core op; `registry` in src/ops has its entry, or it is an op without one (cost unknown). */
  readonly op: string;
  readonly inputs: readonly (ValueId | undefined)[];
  readonly outputs: readonly ValueId[];
  readonly attrs: Attrs;
  /** Output 0 overwrites input 0. */
  readonly inPlace: boolean;
  readonly origin: Origin;
}

/** A module instance, for grouping layers and for rules that edit where a module is constructed. */
export interface Module {
  readonly path: string;
  readonly type: string;
  readonly defined?: Span;
}

export interface Output {
  readonly name: string;
  readonly value: ValueId;
}

export interface Graph {
  readonly name: string;
  readonly inputs: readonly ValueId[];
  readonly outputs: readonly Output[];
  /** Indexed by id. Parameters and buffers are here even when nothing uses them. */
  readonly values: readonly Value[];
  /** In execution order. */
  readonly nodes: readonly Node[];
  readonly modules: readonly Module[];
  /**
   * From source: index of the node after which nothing in the program holds the value any more. A value without an
   * entry lives until its last use.
   */
  readonly released?: ReadonlyMap<ValueId, number>;
  readonly gaps: readonly Gap[];
}

export function valueOf(graph: Pick<Graph, 'values'>, id: ValueId): Value {
  const value = graph.values[id];
  if (value === undefined) throw new RangeError(`no value ${id}`);
  return value;
}
