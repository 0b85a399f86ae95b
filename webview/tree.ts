/**
 * The layers as nested modules in the order of execution, for the picture. A module that is entered again later stands
 * there again: the picture is of what runs, not of what is stored.
 */
import type { LayerReport } from '../src/report/view';

export interface Block {
  /** Last part of the path; a chain of modules with one child each is one block. */
  readonly name: string;
  readonly path: string;
  /** Indices into the model's layers, first and one past the last. */
  readonly first: number;
  readonly end: number;
  readonly children: readonly Block[];
}

export function blocksOf(layers: readonly Pick<LayerReport, 'path'>[], name: string): Block {
  const paths = layers.map(({ path }) => segments(path));
  return { name, path: '', first: 0, end: layers.length, children: split(paths, 0, paths.length, 0) };
}

/** `layer1.0.conv1` and ONNX's `/layer1/0/conv1` → layer1, 0, conv1; `block#add[2]` → block, #add[2] */
export function segments(path: string): readonly string[] {
  const [modules = '', op] = path.split('#', 2);
  return [...modules.split(/[./]/).filter(part => part !== ''), ...(op === undefined ? [] : [`#${op}`])];
}

/** Runs of layers that share their path down to `depth`, each a block. */
function split(paths: readonly (readonly string[])[], first: number, end: number, depth: number): Block[] {
  const blocks: Block[] = [];
  for (let start = first; start < end;) {
    const name = paths[start]?.[depth];
    let next = start + 1;
    if (name !== undefined) while (next < end && paths[next]?.[depth] === name) next++;
    blocks.push(blockOf(paths, start, next, depth));
    start = next;
  }
  return blocks;
}

function blockOf(paths: readonly (readonly string[])[], first: number, end: number, depth: number): Block {
  let deep = depth + 1;
  const head = paths[first] ?? [];
  // Everything below shares the next part too: one block with a longer name.
  while (end - first > 1 && isShared(paths, first, end, deep)) deep++;
  const name = head.slice(depth, end - first > 1 ? deep : undefined).join('.') || (head.at(-1) ?? '');
  const path = head.slice(0, end - first > 1 ? deep : undefined).join('.');
  const children = end - first > 1 ? split(paths, first, end, deep) : [];
  return { name: name.replace('.#', '#'), path: path.replace('.#', '#'), first, end, children };
}

function isShared(paths: readonly (readonly string[])[], first: number, end: number, depth: number): boolean {
  const name = paths[first]?.[depth];
  if (name === undefined) return false;
  for (let index = first; index < end; index++) if (paths[index]?.[depth] !== name) return false;
  return true;
}

export const depthOf = (block: Block): number =>
  block.children.length === 0 ? 1 : 1 + Math.max(...block.children.map(depthOf));

/** The block that covers exactly these layers, nearest to the root. */
export function findBlock(root: Block, path: string, first: number): Block | undefined {
  if (root.path === path && root.first === first) return root;
  for (const child of root.children) {
    if (first < child.first || first >= child.end) continue;
    const found = findBlock(child, path, first);
    if (found) return found;
  }
  return undefined;
}

export interface Placed {
  readonly block: Block;
  readonly depth: number;
  /** From 0 to 1 of the picture's height. */
  readonly top: number;
  readonly height: number;
  readonly parent: Placed | undefined;
}

/** A little of the height is dealt out evenly, so that no layer disappears for costing nothing. */
const EVEN_SHARE = 0.12;

/** Heights by what each layer costs; unknown costs count as nothing here, and are labelled. */
export function place(root: Block, costs: readonly (number | null)[]): readonly Placed[] {
  const total = sum(costs, root.first, root.end);
  const layers = root.end - root.first;
  const weights = costs.map(cost => {
    const even = 1 / layers;
    return total > 0 ? (1 - EVEN_SHARE) * ((cost ?? 0) / total) + EVEN_SHARE * even : even;
  });
  const placed: Placed[] = [];
  const visit = (block: Block, depth: number, top: number, parent: Placed | undefined): void => {
    const self: Placed = { block, depth, top, height: sum(weights, block.first, block.end), parent };
    placed.push(self);
    let below = top;
    for (const child of block.children) {
      visit(child, depth + 1, below, self);
      below += sum(weights, child.first, child.end);
    }
  };
  visit(root, 0, 0, undefined);
  return placed;
}

export function sum(values: readonly (number | null)[], first: number, end: number): number {
  let total = 0;
  for (let index = first; index < end; index++) total += values[index] ?? 0;
  return total;
}
