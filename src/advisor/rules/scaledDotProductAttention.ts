/**
 * Hand-written attention → scaled_dot_product_attention. The products stay; the n×n scores are no longer written to
 * and read from memory, which a fused kernel (FlashAttention) turns into time and energy.
 */
import { isUnknown } from '../../base/known';
import type { Text } from '../../base/text';
import { text } from '../../base/text';
import type { Graph, Node, ValueId } from '../../ir/graph';
import { valueOf } from '../../ir/graph';
import { applyOp } from '../../ops/apply';
import type { Edit, Match, Rule } from '../rule';

export const scaledDotProductAttention: Rule = {
  id: 'scaled-dot-product-attention',
  title: text('Use scaled_dot_product_attention instead of hand-written attention'),
  why: text(
    'The fused function computes the same values without writing the scores of all pairs of positions to memory.',
  ),
  safety: 'exact',
  evidence: [
    {
      paper: 'arXiv:2205.14135',
      says: 'FlashAttention: exact attention with fewer accesses to memory, 3× faster GPT-2 training at a sequence of 1024',
    },
  ],
  detect: graph => {
    const uses = useCounts(graph);
    const makers = new Map(graph.nodes.flatMap(node => node.outputs.map(output => [output, node] as const)));
    return graph.nodes
      .filter(node => node.op === 'softmax')
      .flatMap(softmax => matchAt({ graph, uses, makers }, softmax));
  },
};

interface Context {
  readonly graph: Graph;
  readonly uses: ReadonlyMap<ValueId, number>;
  readonly makers: ReadonlyMap<ValueId, Node>;
}

function matchAt(context: Context, softmax: Node): Match[] {
  const { graph } = context;
  const scaled = upstream(context, softmax);
  const second = downstream(context, softmax);
  if (scaled === undefined || second === undefined || !isLastAxis(graph, softmax)) return [];
  const { product, factor, between } = scaled;
  const [query, transposed] = product.inputs;
  const keys = transposed === undefined ? undefined : context.makers.get(transposed);
  const [key] = keys?.inputs ?? [];
  const [, value] = second.product.inputs;
  if (
    query === undefined ||
    key === undefined ||
    value === undefined ||
    keys === undefined ||
    !swapsLastAxes(graph, keys)
  )
    return [];
  const size = lastSize(graph, query);
  if (size === undefined) return [];
  const usual = Math.abs(factor * Math.sqrt(size) - 1) < 1e-6;
  const removes = [product, ...between, softmax, ...second.between, second.product].map(node => node.id);
  if (context.uses.get(keys.outputs[0] ?? -1) === 1) removes.push(keys.id);
  const at = second.product.origin.callSite;
  return [
    {
      key:
        softmax.origin.callSite === undefined
          ? softmax.origin.path
          : `${softmax.origin.callSite.file}:${softmax.origin.callSite.start}:${softmax.origin.path}`,
      layers: [...new Set([product, softmax, second.product].map(node => node.origin.path))],
      ...(at && { at }),
      replacements: [
        {
          removes,
          makes: second.product.outputs,
          build: (builder, map) =>
            applyOp(builder, {
              op: 'scaled_dot_product_attention',
              inputs: [map(query), map(key), map(value)],
              attrs: usual ? {} : { scale: factor },
              origin: { ...second.product.origin, label: 'scaled_dot_product_attention' },
            }),
        },
      ],
      edit: editOf(scaled, softmax, second, usual),
    },
  ];
}

function editOf(scaled: Upstream, softmax: Node, second: Downstream, usual: boolean): Edit {
  const none = (reason: Text): Edit => ({ kind: 'none', reason });
  const spans = [scaled.product, softmax, second.product].map(node => node.origin.callSite);
  const [first, middle, last] = spans;
  if (first === undefined || middle === undefined || last === undefined)
    return none(text('the model has no source here to edit'));
  const dropouts = second.between.flatMap(node => node.origin.callSite ?? []);
  const [scaling, ...more] = scaled.between.map(node => node.origin.callSite);
  if (usual) return { kind: 'attention', first, softmax: middle, second: last, scale: 'default', dropouts };
  if (scaled.between.length === 0)
    return { kind: 'attention', first, softmax: middle, second: last, scale: 'one', dropouts };
  if (scaling === undefined || more.length > 0) return none(text('the scores are scaled in several steps'));
  return { kind: 'attention', first, softmax: middle, second: last, scale: scaling, dropouts };
}

interface Upstream {
  readonly product: Node;
  /** What the product is multiplied by before the softmax. */
  readonly factor: number;
  readonly between: readonly Node[];
}

/** softmax ← (· scale)* ← matmul; a mask or anything else in between is not this pattern. */
function upstream(context: Context, softmax: Node): Upstream | undefined {
  const between: Node[] = [];
  let factor = 1;
  let [value] = softmax.inputs;
  for (let steps = 0; steps < 4; steps++) {
    const node = value === undefined ? undefined : context.makers.get(value);
    if (node === undefined || value === undefined || context.uses.get(value) !== 1) return undefined;
    if (node.op === 'matmul') return { product: node, factor, between };
    const scale = scaleOf(context.graph, node);
    if (scale === undefined) return undefined;
    factor *= scale;
    between.push(node);
    [value] = node.inputs;
  }
  return undefined;
}

/** A product with, or a division by, one known number. */
function scaleOf(graph: Graph, node: Node): number | undefined {
  const [, by] = node.inputs;
  const [number, ...more] = by === undefined ? [] : (valueOf(graph, by).data ?? []);
  if (number === undefined || isUnknown(number) || more.length > 0 || number === 0) return undefined;
  if (node.op === 'mul') return number;
  return node.op === 'div' ? 1 / number : undefined;
}

interface Downstream {
  readonly product: Node;
  readonly between: readonly Node[];
}

/** softmax → (dropout in eval mode) → matmul with the weights on the left. */
function downstream(context: Context, softmax: Node): Downstream | undefined {
  const between: Node[] = [];
  let [value] = softmax.outputs;
  for (let steps = 0; steps < 3; steps++) {
    if (value === undefined || context.uses.get(value) !== 1) return undefined;
    const reader = context.graph.nodes.find(node => node.inputs.includes(value));
    if (reader === undefined) return undefined;
    if (reader.op === 'matmul') return reader.inputs[0] === value ? { product: reader, between } : undefined;
    if (reader.op !== 'identity') return undefined;
    between.push(reader);
    [value] = reader.outputs;
  }
  return undefined;
}

function isLastAxis(graph: Graph, softmax: Node): boolean {
  const [input] = softmax.inputs;
  const shape = input === undefined ? undefined : valueOf(graph, input).type.shape;
  if (shape === undefined || isUnknown(shape) || shape.length < 3) return false;
  const axis = softmax.attrs['dim'] ?? softmax.attrs['axis'];
  return axis === -1 || axis === shape.length - 1;
}

/** Whether a node only swaps the last two axes of its input. */
function swapsLastAxes(graph: Graph, node: Node): boolean {
  const [input] = node.inputs;
  const shape = input === undefined ? undefined : valueOf(graph, input).type.shape;
  if (shape === undefined || isUnknown(shape)) return false;
  const rank = shape.length;
  const position = (axis: unknown): number => (typeof axis === 'number' ? (axis < 0 ? axis + rank : axis) : -1);
  const order = node.attrs['dims'];
  if (node.op !== 'permute' || !Array.isArray(order) || order.length !== rank) return false;
  return order.every(
    (axis: unknown, index) =>
      position(axis) === (index === rank - 1 ? rank - 2 : index === rank - 2 ? rank - 1 : index),
  );
}

function lastSize(graph: Graph, value: ValueId): number | undefined {
  const { shape } = valueOf(graph, value).type;
  const size = isUnknown(shape) ? undefined : shape[shape.length - 1];
  return size === undefined || isUnknown(size) ? undefined : size;
}

function useCounts(graph: Graph): ReadonlyMap<ValueId, number> {
  const uses = new Map<ValueId, number>();
  const count = (value: ValueId): void => void uses.set(value, (uses.get(value) ?? 0) + 1);
  for (const node of graph.nodes) for (const input of node.inputs) if (input !== undefined) count(input);
  for (const { value } of graph.outputs) count(value);
  return uses;
}
