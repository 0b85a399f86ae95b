/** Which generated values each stored tensor gets: ordinary ones, so that activations neither vanish nor explode. */
import { isUnknown } from '../base/known';
import type { Graph, Value } from '../ir/graph';
import type { DType } from '../ir/tensor';
import { elements, isFloat, storedBytes } from '../ir/tensor';

export type Fill =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'normal'; readonly mean: number; readonly std: number }
  | { readonly kind: 'uniform'; readonly low: number; readonly high: number };

export interface PlannedTensor {
  readonly name: string;
  readonly dtype: DType;
  readonly elements: number;
  /** In the weights file. */
  readonly offset: number;
  readonly bytes: number;
  readonly fill: Fill;
}

export interface Plan {
  readonly file: string;
  readonly seed: number;
  readonly bytes: number;
  readonly tensors: readonly PlannedTensor[];
}

/** What the graph does with a weight. */
export interface WeightUse {
  /** Its first axis is the input's. */
  readonly transposed: boolean;
  /** It ends a branch that is added to what the branch was computed from. */
  readonly endsBranch: boolean;
}

/** ONNX readers map the file into memory, by pages. */
const ALIGNMENT = 4096;

export class Planner {
  readonly #tensors: PlannedTensor[] = [];
  #end = 0;

  constructor(
    readonly file: string,
    readonly seed: number,
  ) {}

  /** Undefined where type or size are not known. */
  add(name: string, value: Value, use: WeightUse): PlannedTensor | undefined {
    const { dtype } = value.type;
    const [count, bytes] = [elements(value.type), storedBytes(value.type)];
    if (isUnknown(dtype) || isUnknown(count) || isUnknown(bytes)) return undefined;
    return this.#place(name, dtype, count, bytes, scaled(fillOf(value, dtype, use.transposed), use));
  }

  /** What activations are like, for an output that nothing computes. */
  noise(name: string, dtype: DType, shape: readonly number[]): PlannedTensor {
    const count = shape.reduce((a, b) => a * b, 1);
    const bytes = storedBytes({ dtype, shape });
    if (isUnknown(bytes)) throw new Error(`no size of ${dtype}`);
    return this.#place(name, dtype, count, bytes, { kind: 'normal', mean: 0, std: 1 });
  }

  #place(name: string, dtype: DType, count: number, bytes: number, fill: Fill): PlannedTensor {
    const tensor = { name, dtype, elements: count, offset: this.#end, bytes, fill };
    this.#tensors.push(tensor);
    this.#end = Math.ceil((this.#end + bytes) / ALIGNMENT) * ALIGNMENT;
    return tensor;
  }

  finish(): Plan {
    return { file: this.file, seed: this.seed, bytes: this.#end, tensors: this.#tensors };
  }
}

/** Of the last layer of a residual branch: a hundred sums of such branches stay within ten times the first. */
const BRANCH_GAIN = 0.2;

const scaled = (fill: Fill, { endsBranch }: WeightUse): Fill =>
  endsBranch && fill.kind === 'normal' ? { ...fill, mean: BRANCH_GAIN * fill.mean, std: BRANCH_GAIN * fill.std } : fill;

/** By what the tensor is: its name's last part where that is a convention, else its rank. */
function fillOf(value: Value, dtype: DType, transposed: boolean): Fill {
  // Indices and masks: 0 is a valid index everywhere.
  if (!isFloat(dtype)) return { kind: 'constant', value: dtype === 'bool' ? 1 : 0 };
  const name = /[^.]*$/.exec(value.stored?.path ?? value.name ?? '')?.[0] ?? '';
  const sizes = isUnknown(value.type.shape) ? [] : value.type.shape.map(dim => (isUnknown(dim) ? 1 : dim));
  if (name === 'running_var') return { kind: 'uniform', low: 0.5, high: 1.5 };
  if (name === 'running_mean' || name.startsWith('bias')) return { kind: 'normal', mean: 0, std: 0.02 };
  if (sizes.length <= 1) return { kind: 'normal', mean: 1, std: 0.05 };
  const [first = 1, ...rest] = sizes;
  // He et al. 2015 (arXiv:1502.01852): a variance of 1/fan-in keeps the activations' scale; half of ReLU's gain.
  const fanIn = transposed
    ? (first * rest.slice(1).reduce((a, b) => a * b, 1)) / Math.max(1, rest.length > 1 ? 4 : 1)
    : rest.reduce((a, b) => a * b, 1);
  return { kind: 'normal', mean: 0, std: Math.sqrt(1.4 / Math.max(1, fanIn)) };
}

/** Parameters whose first axis is the input's: transposed convolutions, and plain `x @ w`. */
export function transposedWeights(graph: Graph): ReadonlySet<number> {
  const found = new Set<number>();
  for (const node of graph.nodes) {
    const [, weight] = node.inputs;
    if (weight !== undefined && ['conv_transpose', 'matmul', 'addmm'].includes(node.op)) found.add(weight);
  }
  return found;
}
