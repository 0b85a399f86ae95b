/**
 * What an op entry must say. One entry holds everything about one core op: shape rule, cost, spellings in PyTorch and
 * ONNX, emission, source and worked examples, which are its tests. Entries are plain data and small pure functions.
 *
 * Inside an entry two exceptions are the whole error handling: `Undetermined` (we cannot know: a gap) and `Mismatch`
 * (the framework itself would raise). src/ops/apply.ts catches both; nothing else sees them.
 */
import type { Text } from '../base/text';
import type { Attr, Attrs, ConstantData } from '../ir/graph';
import type { Dim, DType, TensorType } from '../ir/tensor';
import type { Maybe } from '../base/known';

/** Thrown for every size that is not known: to note the stack each time is what reading would spend its time on. */
class Unstacked extends Error {
  constructor(readonly text: Text) {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    super(text.template);
    Error.stackTraceLimit = limit;
  }
}

/** The answer depends on something that is not known. */
export class Undetermined extends Unstacked {}

/** The inputs cannot be right: PyTorch or ONNX would refuse to run this. Thrown only where that is certain. */
export class Mismatch extends Unstacked {}

/** Zero, free and unknown are three answers. */
export type Cost =
  | { readonly kind: 'formula'; readonly macs: number; readonly flops: number }
  | { readonly kind: 'free'; readonly because: string }
  | { readonly kind: 'unknown'; readonly because: Text };

/**
 * One multiply-add is 1 MAC and 2 FLOPs; `otherFlops` is the work beside the multiply-adds.
 * Both must be exact integers; `cost.ts` turns results beyond 2^53 into unknown.
 */
export const formula = (macs: number, otherFlops: number): Cost => ({
  kind: 'formula',
  macs,
  flops: 2 * macs + otherFlops,
});
export const free = (because: string): Cost => ({ kind: 'free', because });

/** Typed access to a node's inputs and attributes. Accessors throw `Undetermined` for what is not known. */
export interface NodeView {
  readonly attrs: Attrs;
  /** Number of input slots, absent optional ones included. */
  readonly arity: number;
  has(input: number): boolean;
  type(input: number): TensorType;
  dtype(input: number): Maybe<DType>;
  /** Sizes of a tensor of known rank. */
  shape(input: number): readonly Dim[];
  /** Negative axes count from the end. */
  dim(input: number, axis: number): Dim;
  size(input: number, axis: number): number;
  rank(input: number): number;
  elements(input: number): number;
  /** Elements of a small known tensor, some of them possibly unknown. */
  data(input: number): ConstantData | undefined;
  /** All elements known, or `Undetermined`. */
  numbers(input: number): readonly number[];
  attr(name: string): Attr | undefined;
  number(name: string, fallback?: number): number;
  numbersOf(name: string, fallback?: readonly number[]): readonly number[];
  flag(name: string, fallback?: boolean): boolean;
  text(name: string, fallback?: string): string;
}

/** The same after inference: outputs are there too. */
export interface InferredView extends NodeView {
  readonly outputs: readonly TensorType[];
  outputShape(output?: number): readonly Dim[];
  outputElements(output?: number): number;
}

/** What a spelling maps to: this entry's op, with inputs picked and attributes normalised to the entry's own names. */
export interface CoreCall<Input> {
  /** Defaults to the entry's own name; another core op where one spelling covers several. */
  readonly op?: string;
  readonly inputs: readonly (Input | undefined)[];
  readonly attrs?: Attrs;
}

/** Arguments of a PyTorch call after binding to the signature. `Input` is opaque here. `call` may throw as entries do. */
export interface TorchArguments<Input = unknown> {
  has(name: string): boolean;
  tensor(name: string): Input;
  optionalTensor(name: string): Input | undefined;
  tensors(name: string): readonly Input[];
  type(input: Input): TensorType;
  /** The Python value as an attribute: None → undefined, tuples, lists and torch.Size → numbers, dtypes → their name. */
  attr(name: string): Attr | undefined;
  number(name: string): number;
  numbers(name: string): readonly number[];
  flag(name: string): boolean;
}

/**
 * A PyTorch signature in Python's own syntax (src/ops/signature.ts parses it). Parameters annotated `Tensor` become
 * inputs in the order of the signature (a Python number given there becomes a 0-d constant; float32 or int64, as
 * PyTorch's promotion treats it), `Tensor[]` a list of inputs; all others become attributes of the same name, `*shape`
 * takes either one sequence or several numbers. Defaults of the signature that are not None become attributes too.
 * `inplace` and a trailing `_` in the method's name are handled by the front end.
 *
 * With `call`, the mapping is written out. An array lists overloads, tried in order: one is passed over when the call
 * does not bind, when a tensor meets a parameter that is not annotated `Tensor`, when something else than a tensor or
 * number meets one that is, or when a parameter annotated `int`, `index`, `float`, `str`, `bool`, `dtype` or
 * `int[]` gets another kind of value.
 */
export type TorchSpelling = TorchOverload | readonly TorchOverload[];

export type TorchOverload = string | TorchCall;

export interface TorchCall {
  readonly signature: string;
  readonly call?: <Input>(args: TorchArguments<Input>) => CoreCall<Input>;
  /**
   * What Python gets: 'tuple' even of one tensor, or a named tuple with these fields. Without it one output is a
   * tensor and several are a tuple.
   */
  readonly returns?: 'tuple' | readonly string[];
}

/** An ONNX node as a spelling sees it: attributes by their ONNX names, small constant inputs by position. */
export interface OnnxNode extends NodeView {
  /** Version of the node's own operator set. */
  readonly opset: number;
  readonly domain: string;
  readonly outputCount: number;
}

/** Picks inputs by position. An empty object passes all inputs through without attributes. A function may throw as entries do. */
export type OnnxSpelling = OnnxCall | ((node: OnnxNode) => OnnxCall);

export type OnnxCall = Partial<CoreCall<number>>;

/** `dtype` is written as ONNX's number of the type, for Cast and its like. */
export type OnnxAttr =
  Attr | { readonly float: number } | { readonly floats: readonly number[] } | { readonly dtype: DType };

/** Writes ONNX nodes. Names are opaque strings. */
export interface Emitter {
  /** The default-domain operator set that is written. */
  readonly opset: number;
  in(input: number): string;
  has(input: number): boolean;
  /** One node with one output; returns the output's name. Numbers become int attributes; wrap floats in `{ float }`. */
  node(
    op: string,
    inputs: readonly (string | undefined)[],
    attrs?: Readonly<Record<string, OnnxAttr | undefined>>,
  ): string;
  /** One node with several outputs. */
  nodes(
    op: string,
    inputs: readonly (string | undefined)[],
    outputs: number,
    attrs?: Readonly<Record<string, OnnxAttr | undefined>>,
  ): readonly string[];
  /** A 1-D int64 tensor. */
  ints(values: readonly number[]): string;
  /** A 1-D float32 tensor, for the scales of Resize. */
  floats(values: readonly number[]): string;
  /** A 0-d tensor. */
  scalar(value: number, dtype: DType): string;
  /** A tensor of given shape with one value everywhere. */
  filled(value: number, dtype: DType, shape: readonly number[]): string;
}

export interface Example {
  /** Tensor types as printed: `float32[1,3,224,224]`; `_` for an absent optional input. */
  readonly in: readonly string[];
  readonly attrs?: Attrs;
  readonly out: readonly string[];
  /** Spell the sum out in a comment. Where both counts are omitted they must be 0. */
  readonly macs?: number;
  readonly flops?: number;
  readonly bytes?: number;
  /** Elements of small constant inputs by position, for ops whose shapes depend on them. */
  readonly data?: Readonly<Record<number, readonly number[]>>;
  /** Elements that `evaluate` must give, by output; checked against a runtime too. */
  readonly outData?: Readonly<Record<number, readonly number[]>>;
}

export interface OpEntry {
  readonly name: string;
  /** One sentence: what it computes. */
  readonly doc: string;
  /** Where shape rule and formula come from. */
  readonly source: string;
  readonly infer: (node: NodeView) => readonly TensorType[];
  readonly cost: (node: InferredView) => Cost;
  /** Bytes moved, unfused; defaults to inputs read + outputs written, each once; 0 for views. */
  readonly bytes?: (node: InferredView) => number;
  /** Of an input the share of its elements that is used, where that is not all. */
  readonly share?: (node: InferredView, input: number) => number;
  /** Each output element depends on one place of each input alone: runtimes compute it together with the op before. */
  readonly elementwise?: boolean;
  /**
   * The outputs share input 0's storage and no data moves: always, only where input 0 lies in memory in row-major
   * order without holes ('dense', otherwise it is copied), or as the attributes say. Ask `sharesStorage` (layout.ts).
   */
  readonly view?: true | 'dense' | ((node: NodeView) => boolean);
  /** Of a view that does not keep the order of its input: how each output lies, from how input 0 lies. */
  readonly strides?: (node: InferredView, source: readonly number[], output: number) => readonly number[];
  /** Bytes that the op allocates and frees again on the CPU, where PRODUCT.md counts them in the peak. */
  readonly transient?: (node: InferredView) => number;
  /** Elements of small outputs from elements of small inputs; lets shapes be computed through the graph. */
  readonly evaluate?: (node: InferredView) => readonly (ConstantData | undefined)[];
  readonly torch?: Readonly<Record<string, TorchSpelling>>;
  /** Keys are `Op` in the default domain, `domain:Op` elsewhere. */
  readonly onnx?: Readonly<Record<string, OnnxSpelling>>;
  /**
   * Names of the ONNX tensors that hold the outputs, in order. Without it the op cannot be run from source; the same
   * where it throws `Undetermined`.
   */
  readonly emit?: (node: InferredView, to: Emitter) => readonly string[];
  readonly examples: readonly Example[];
}

export const defineOp = (entry: OpEntry): OpEntry => entry;
