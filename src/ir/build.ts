/** Mutable construction of a graph, for front ends and rewrites. Knows nothing of ops: types come from the caller. */
import type { Gap } from '../base/findings';
import type { Attrs, ConstantData, Graph, Module, Node, Origin, Output, Stored, Value, ValueId } from './graph';
import { valueOf } from './graph';
import type { TensorType } from './tensor';

export interface NewNode {
  readonly op: string;
  readonly inputs: readonly (ValueId | undefined)[];
  readonly attrs: Attrs;
  readonly origin: Origin;
  readonly inPlace?: boolean;
}

export class GraphBuilder {
  readonly values: Value[] = [];
  readonly nodes: Node[] = [];
  readonly gaps: Gap[] = [];
  readonly modules: Module[] = [];
  readonly #inputs: ValueId[] = [];
  readonly #released = new Map<ValueId, number>();

  input(name: string, type: TensorType, data?: ConstantData): ValueId {
    const id = this.#add({ type, role: 'input', name, ...(data && { data }) });
    this.#inputs.push(id);
    return id;
  }

  constant(type: TensorType, data?: ConstantData, name?: string): ValueId {
    return this.#add({ type, role: 'constant', ...(data && { data }), ...(name !== undefined && { name }) });
  }

  stored(role: 'parameter' | 'buffer', type: TensorType, stored: Stored, data?: ConstantData): ValueId {
    return this.#add({ type, role, name: stored.path, stored, ...(data && { data }) });
  }

  /** Appends a node with one new value per output type. */
  node(node: NewNode, outputs: readonly { type: TensorType; data?: ConstantData }[]): ValueId[] {
    const ids = outputs.map(({ type, data }) => {
      const id = this.values.length;
      this.values.push(data === undefined ? { id, type, role: 'computed' } : { id, type, role: 'computed', data });
      return id;
    });
    const { op, inputs, attrs, origin, inPlace = false } = node;
    this.nodes.push({ id: this.nodes.length, op, inputs, attrs, origin, inPlace, outputs: ids });
    return ids;
  }

  gap(gap: Gap): void {
    this.gaps.push(gap);
  }

  /** Nothing in the program holds the value any more after the newest node. */
  release(value: ValueId): void {
    this.#released.set(value, this.nodes.length - 1);
  }

  value(id: ValueId): Value {
    return valueOf(this, id);
  }

  type(id: ValueId): TensorType {
    return this.value(id).type;
  }

  finish(name: string, outputs: readonly Output[]): Graph {
    return {
      name,
      inputs: this.#inputs,
      outputs,
      values: this.values,
      nodes: this.nodes,
      modules: this.modules,
      gaps: this.gaps,
      ...(this.#released.size > 0 && { released: this.#released }),
    };
  }

  #add(value: Omit<Value, 'id'>): ValueId {
    const id = this.values.length;
    this.values.push({ ...value, id });
    return id;
  }
}
