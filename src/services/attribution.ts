/**
 * Which layer each node of a trace belongs to. Names survive mostly: optimisations lengthen some, and files leave many
 * nodes without one, which are then found by their position among the others.
 */
import type { TracedNode } from '../protocol/profiler';
import type { LayerReport } from '../report/view';

export interface Attribution {
  /** Seconds per run by index of the layer. */
  readonly layers: ReadonlyMap<number, number>;
  readonly unattributedS: number;
}

/** `byName` has the layer of each node by its name, where the model was written by us. */
export function attribute(
  nodes: readonly TracedNode[],
  layers: readonly LayerReport[],
  byName?: Readonly<Record<string, number>>,
): Attribution {
  const names = byName === undefined ? namesOf(layers) : new Map(Object.entries(byName).map(([k, v]) => [k, [v]]));
  const named = nodes.map(node =>
    byName === undefined && isMadeUp(node) ? undefined : layersByName(node.name, names),
  );
  const positions = new Positions(nodes, named, layers);
  const ownersOf = (place: number): readonly number[] | undefined => {
    const node = nodes[place];
    return node && (named[place] ?? positions.layerAt(node) ?? layersByName(node.name, names));
  };
  const times = new Map<number, number>();
  let unattributedS = 0;
  nodes.forEach((node, place) => {
    const owners = ownersOf(place) ?? ownersOf(productBeside(nodes, place)) ?? [];
    for (const owner of owners) times.set(owner, (times.get(owner) ?? 0) + node.selfS / owners.length);
    if (owners.length === 0) unattributedS += node.selfS;
  });
  return { layers: times, unattributedS };
}

/**
 * Where the runtime makes a Gemm of a product and a sum, it puts reshapes of its own before and after it. A trace is in
 * the order of execution: the place of the nearest Gemm on that side, -1 where the node is none of these reshapes.
 */
function productBeside(nodes: readonly TracedNode[], place: number): number {
  const side = /^gemm_(input|output)_reshape/.exec(nodes[place]?.name ?? '')?.[1];
  if (side === undefined) return -1;
  const isProduct = ({ op }: TracedNode): boolean => op === 'Gemm';
  const after = place + 1;
  if (side === 'output') return nodes.slice(0, place).findLastIndex(isProduct);
  const found = nodes.slice(after).findIndex(isProduct);
  return found < 0 ? -1 : after + found;
}

/**
 * The runtime calls a node without a name by its op and its own number, which leaves Constants out; the reader counts
 * them. Some exporters write such names, too: then the position finds the same layer.
 */
const isMadeUp = ({ name, op, index }: TracedNode): boolean => name === '' || name === `${op}_${index}`;

/** A path that is called several times, in a loop or as a function, has a layer per call. */
function namesOf(layers: readonly LayerReport[]): ReadonlyMap<string, readonly number[]> {
  const names = new Map<string, number[]>();
  layers.forEach(({ path }, index) => {
    const own = names.get(path);
    if (own === undefined) names.set(path, [index]);
    else own.push(index);
  });
  return names;
}

/** The longest known beginning of the name: an optimisation appends to the name of the first node it fuses. */
function layersByName(name: string, names: ReadonlyMap<string, readonly number[]>): readonly number[] | undefined {
  for (let end = name.length; end > 0; end--) {
    if (end < name.length && !/[/_\-.:]/.test(name.charAt(end))) continue;
    const found = names.get(name.slice(0, end));
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * The runtime numbers nodes in file order without Constants, as the layers are. Control flow and functions shift the
 * numbers, so the nearest node that is known by name says by how much.
 */
class Positions {
  readonly #anchors: readonly { readonly index: number; readonly layer: number }[];

  constructor(
    nodes: readonly TracedNode[],
    found: readonly (readonly number[] | undefined)[],
    readonly layers: readonly LayerReport[],
  ) {
    this.#anchors = nodes
      .flatMap(({ index, op }, at) => {
        const [layer] = found[at] ?? [];
        return layer !== undefined && index >= 0 && layers[layer]?.op === op ? [{ index, layer }] : [];
      })
      .sort((a, b) => a.index - b.index);
  }

  layerAt({ index, op }: TracedNode): readonly number[] | undefined {
    if (index < 0) return undefined;
    const below = this.#anchors.findLast(anchor => anchor.index <= index);
    const above = this.#anchors.find(anchor => anchor.index > index);
    const guesses = [index, ...[below, above].flatMap(anchor => (anchor ? [anchor.layer + index - anchor.index] : []))];
    const layer = guesses.find(guess => this.#fits(guess, op));
    return layer === undefined ? undefined : [layer];
  }

  /** The reader calls a node without a name by its op and its number. */
  #fits(layer: number, op: string): boolean {
    const candidate = this.layers[layer];
    return candidate?.op === op && new RegExp(`(^|/)${op}_\\d+$`).test(candidate.path);
  }
}
