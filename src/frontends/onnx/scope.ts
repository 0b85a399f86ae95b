/** What names stand for while a graph runs: tensors, and the sequences and optionals that ONNX also has. */
import type { Maybe } from '../../base/known';
import type { ValueId } from '../../ir/graph';
import type { OnnxAttribute, OnnxType } from './model';

export interface Sequence {
  readonly kind: 'sequence';
  readonly items: Maybe<readonly ValueId[]>;
}

export interface Absent {
  readonly kind: 'absent';
}

/** A tensor is its value in the graph. An optional is what is in it, or `Absent`. */
export type Bound = ValueId | Sequence | Absent;

export class Scope {
  readonly #own = new Map<string, Bound>();

  constructor(readonly outer?: Scope) {}

  get(name: string): Bound | undefined {
    // As deep as graphs are nested, which is bounded.
    return this.#own.get(name) ?? this.outer?.get(name);
  }

  /** False where the name is taken: every name is assigned once. */
  set(name: string, bound: Bound): boolean {
    if (this.#own.has(name)) return false;
    this.#own.set(name, bound);
    return true;
  }
}

/** What holds for all nodes of a graph or of a function's body. */
export interface Context {
  readonly opsets: ReadonlyMap<string, number>;
  readonly declared: ReadonlyMap<string, OnnxType>;
  /** Before the made-up names of nodes that have none of their own. */
  readonly place: string;
  /** Before the names of all nodes: inside functions, whose bodies several calls share. */
  readonly prefix: string;
  /** Attributes of the call, for nodes of a function's body that refer to them. */
  readonly call?: ReadonlyMap<string, OnnxAttribute>;
  /** Number of functions that are being called, to refuse those that call themselves. */
  readonly depth: number;
}
