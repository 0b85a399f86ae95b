/**
 * The tensors that a file stores: initialisers and constants of all graphs and functions, each once, and whether it
 * counts as a parameter: more than 1 element (16 for a Constant node), of a type that weights have, and used
 * somewhere other than as a shape, bound, scale or zero point.
 */
import type { DType } from '../../ir/tensor';
import { isFloat } from '../../ir/tensor';
import type { OnnxAttribute, OnnxFunction, OnnxGraph, OnnxModel, OnnxNodeProto, OnnxTensor } from './model';
import { isInt32Weight, isStructural, isWeight } from './roles';

export interface StoredTensor {
  readonly path: string;
  readonly tensor: OnnxTensor;
  readonly counted: boolean;
  /** What it stands for where elements of few bits are packed into bytes. */
  readonly unpacked?: Pick<OnnxTensor, 'dtype' | 'dims'>;
}

export interface StoredTensors {
  /** In the file's order. */
  readonly all: readonly StoredTensor[];
  /** What a Constant node holds, or what a ConstantOfShape node makes that stands for a weight. */
  readonly ofNode: ReadonlyMap<OnnxNodeProto, OnnxTensor>;
}

export const opKey = (node: OnnxNodeProto): string => (node.domain === '' ? node.op : `${node.domain}:${node.op}`);

export function collectStored(model: OnnxModel): StoredTensors {
  const found = new Collection();
  found.graph(model.graph, undefined);
  for (const fn of model.functions) found.function(fn);
  return found.result();
}

interface Draft {
  readonly path: string;
  readonly tensor: OnnxTensor;
  readonly threshold: number;
  /** Set for what ConstantOfShape makes: a weight only if it is used as nothing else. */
  readonly generatedBy?: OnnxNodeProto;
  unpacked?: StoredTensor['unpacked'];
  asParameter: boolean;
  asInt32Weight: boolean;
  asWeight: boolean;
  asOther: boolean;
}

interface Names {
  readonly own: Map<string, Draft | undefined>;
  readonly outer: Names | undefined;
}

/** Smallest parameters: an initialiser of 2 elements, a Constant of 17. */
const INITIALISER = 2;
const CONSTANT = 17;

class Collection {
  readonly #drafts: Draft[] = [];
  readonly #ofNode = new Map<OnnxNodeProto, OnnxTensor>();

  graph(graph: OnnxGraph, outer: Names | undefined): void {
    const names: Names = { own: new Map(), outer };
    for (const { name } of graph.inputs) names.own.set(name, undefined);
    for (const tensor of graph.initialisers)
      names.own.set(tensor.name, this.#add({ path: tensor.name, tensor, threshold: INITIALISER }));
    this.#nodes(graph.nodes, names);
    for (const { name } of graph.outputs) use(lookUp(names, name), '', 0);
  }

  function(fn: OnnxFunction): void {
    const names: Names = { own: new Map(fn.inputs.map(name => [name, undefined])), outer: undefined };
    this.#nodes(fn.nodes, names);
  }

  result(): StoredTensors {
    const kept = this.#drafts.filter(draft => draft.generatedBy === undefined || (draft.asWeight && !draft.asOther));
    for (const { generatedBy, tensor } of kept) if (generatedBy !== undefined) this.#ofNode.set(generatedBy, tensor);
    return {
      all: kept.map(draft => ({
        path: draft.path,
        tensor: draft.tensor,
        counted: isCounted(draft),
        ...(draft.unpacked && { unpacked: draft.unpacked }),
      })),
      ofNode: this.#ofNode,
    };
  }

  #nodes(nodes: readonly OnnxNodeProto[], names: Names): void {
    for (const node of nodes) for (const output of node.outputs) names.own.set(output, this.#constant(node, output));
    for (const node of nodes) {
      const [output] = node.outputs;
      if (node.op === 'ConstantOfShape' && node.domain === '' && output !== undefined)
        names.own.set(output, this.#generated(node, output, names));
    }
    for (const node of nodes) {
      const key = opKey(node);
      for (const [position, name] of node.inputs.entries()) {
        const draft = name === '' ? undefined : lookUp(names, name);
        if (draft === undefined) continue;
        use(draft, key, position);
        if (draft.tensor.dtype === 'uint8') draft.unpacked ??= unpack(node, key, position, draft.tensor.dims);
      }
      for (const attribute of node.attributes) if (attribute.kind === 'graph') this.graph(attribute.graph, names);
    }
  }

  #constant(node: OnnxNodeProto, output: string): Draft | undefined {
    if (node.op !== 'Constant' || node.domain !== '') return undefined;
    const [attribute] = node.attributes;
    const tensor = attribute && constantTensor(attribute, output);
    if (tensor === undefined) return undefined;
    this.#ofNode.set(node, tensor);
    return this.#add({ path: output, tensor, threshold: CONSTANT });
  }

  #generated(node: OnnxNodeProto, output: string, names: Names): Draft | undefined {
    const shape = lookUp(names, node.inputs[0] ?? '')?.tensor.data;
    const value = node.attributes.find(({ name }) => name === 'value');
    const dtype = value?.kind === 'tensor' ? value.tensor.dtype : 'float32';
    if (shape === undefined || dtype === undefined || !isFloat(dtype)) return undefined;
    const tensor: OnnxTensor = { name: output, dtype, dims: shape, damaged: false };
    return this.#add({ path: output, tensor, threshold: INITIALISER, generatedBy: node });
  }

  #add(draft: Pick<Draft, 'path' | 'tensor' | 'threshold' | 'generatedBy'>): Draft {
    const added: Draft = { ...draft, asParameter: false, asInt32Weight: false, asWeight: false, asOther: false };
    this.#drafts.push(added);
    return added;
  }
}

function use(draft: Draft | undefined, op: string, position: number): void {
  if (draft === undefined) return;
  draft.asParameter ||= !isStructural(op, position);
  draft.asInt32Weight ||= isInt32Weight(op, position);
  if (isWeight(op, position)) draft.asWeight = true;
  else draft.asOther = true;
}

function lookUp(names: Names, name: string): Draft | undefined {
  for (let scope: Names | undefined = names; scope !== undefined; scope = scope.outer) {
    const found = scope.own.get(name);
    if (found !== undefined || scope.own.has(name)) return found;
  }
  return undefined;
}

const WEIGHT_INTEGERS: ReadonlySet<DType> = new Set(['int8', 'uint8', 'int4', 'uint4']);

function isCounted({ tensor, threshold, asParameter, asInt32Weight }: Draft): boolean {
  const count = tensor.dims.reduce((product, dim) => product * dim, 1);
  if (tensor.dtype === undefined || count < threshold) return false;
  if (tensor.dtype === 'int32') return asInt32Weight;
  return asParameter && (isFloat(tensor.dtype) || WEIGHT_INTEGERS.has(tensor.dtype));
}

/** Tables, and the experts' three matrices. */
const isPackedAlongLast = (op: string, position: number): boolean =>
  (op === 'com.microsoft:GatherBlockQuantized' && position === 0) ||
  (op === 'com.microsoft:QMoE' && [2, 5, 8].includes(position));

const PACKED: Readonly<Record<number, DType>> = { 2: 'uint2', 4: 'uint4' };

/** Weights of few bits per element that an op takes as bytes: of MatMulNBits by its K and N, others by their own dims. */
function unpack(
  node: OnnxNodeProto,
  op: string,
  position: number,
  dims: readonly number[],
): StoredTensor['unpacked'] | undefined {
  const number = (name: string): number | undefined => {
    const attribute = node.attributes.find(found => found.name === name);
    return attribute?.kind === 'value' && typeof attribute.value === 'number' ? attribute.value : undefined;
  };
  const bits = number(op === 'com.microsoft:QMoE' ? 'expert_weight_bits' : 'bits') ?? 4;
  const dtype = PACKED[bits];
  if (dtype === undefined) return undefined;
  const [rows, columns] = [number('N'), number('K')];
  if (/^com\.microsoft:MatMul(NBits|Bnb4)$/.test(op) && position === 1 && rows !== undefined && columns !== undefined)
    return { dtype, dims: [rows, columns] };
  if (isPackedAlongLast(op, position))
    return { dtype, dims: dims.map((dim, axis) => (axis === dims.length - 1 ? (dim * 8) / bits : dim)) };
  return undefined;
}

/** The tensor of a Constant node, whichever attribute it is written in. */
export function constantTensor(attribute: OnnxAttribute, output: string): OnnxTensor | undefined {
  if (attribute.kind === 'tensor') return attribute.tensor;
  if (attribute.kind !== 'value') return undefined;
  const { name, value } = attribute;
  const dtype: DType = name.includes('string') ? 'string' : name.includes('float') ? 'float32' : 'int64';
  const list = Array.isArray(value) ? (value as readonly (number | string)[]) : [value];
  const data = list.filter(item => typeof item === 'number');
  const dims = name.endsWith('s') ? [list.length] : [];
  return { name: output, dtype, dims, damaged: false, ...(data.length === list.length && { data }) };
}
