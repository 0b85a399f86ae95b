/**
 * Einstein summation, counted as PyTorch executes it without a path optimiser: operands are joined in pairs from left
 * to right; labels that only one operand has and the output lacks are summed first; a pair that contracts a label is
 * the product of its distinct labels in MACs, a pair that contracts none is an element-wise product.
 */
import { isUnknown } from '../base/known';
import { text } from '../base/text';
import type { Dim } from '../ir/tensor';
import { tensor } from '../ir/tensor';
import type { InferredView, NodeView } from './op';
import { defineOp, formula, Mismatch } from './op';
import { promote } from './rules';
import { known } from './view';

type Labels = readonly string[];

interface Equation {
  readonly operands: readonly Labels[];
  readonly output: Labels;
  readonly sizes: ReadonlyMap<string, Dim>;
}

export const einsum = defineOp({
  name: 'einsum',
  doc: 'Einstein summation by an equation.',
  source: 'torch.einsum reference; ONNX Einsum-12',
  infer: node => {
    const { output, sizes } = parse(node);
    const types = Array.from({ length: node.arity }, (_, input) => node.type(input));
    return [
      tensor(
        promote(types),
        output.map(label => sizes.get(label) ?? 1),
      ),
    ];
  },
  cost: node => {
    const { macs, steps } = work(node);
    return formula(macs, steps);
  },
  torch: {
    'torch.einsum': {
      signature: 'equation: str, *operands: Tensor[]',
      call: args => ({ inputs: args.tensors('operands'), attrs: { equation: args.attr('equation') } }),
    },
  },
  onnx: { Einsum: node => ({ attrs: { equation: node.text('equation') } }) },
  emit: (node, to) => [
    to.node(
      'Einsum',
      Array.from({ length: node.arity }, (_, input) => to.in(input)),
      { equation: node.text('equation').replaceAll(' ', '') },
    ),
  ],
  examples: [
    // b·i·j·k = 2·3·4·5
    {
      in: ['float32[2,3,4]', 'float32[2,4,5]'],
      attrs: { equation: 'bij,bjk->bik' },
      out: ['float32[2,3,5]'],
      macs: 120,
      flops: 240,
      bytes: 376, // 4 × (24 + 40 + 30)
    },
    // an outer product contracts nothing
    { in: ['float32[3]', 'float32[4]'], attrs: { equation: 'i,j->ij' }, out: ['float32[3,4]'], macs: 0, flops: 12 },
    // k is summed first (3·4 steps), then i: 3·5 MACs
    { in: ['float32[3,4]', 'float32[3,5]'], attrs: { equation: 'ik,ij->j' }, out: ['float32[5]'], macs: 15, flops: 42 },
    // (ab,bc): 2·3·4, then (ac,cd): 2·4·5
    {
      in: ['float32[2,3]', 'float32[3,4]', 'float32[4,5]'],
      attrs: { equation: 'ab,bc,cd->ad' },
      out: ['float32[2,5]'],
      macs: 64,
      flops: 128,
    },
    // heads: b·h·i·j·d = 1·2·3·4·8
    {
      in: ['float32[1,2,3,8]', 'float32[1,2,4,8]'],
      attrs: { equation: '...id,...jd->...ij' },
      out: ['float32[1,2,3,4]'],
      macs: 192,
      flops: 384,
    },
    // one value for all: nothing is contracted over j
    {
      in: ['float32[2,3,1]', 'float32[2,1,4]'],
      attrs: { equation: 'bij,bjd->bid' },
      out: ['float32[2,3,4]'],
      macs: 0,
      flops: 24,
    },
    // j is summed first where the other operand has one of it
    { in: ['float32[3,5]', 'float32[1]'], attrs: { equation: 'ij,j->i' }, out: ['float32[3]'], macs: 0, flops: 18 },
    // a trace: the diagonal is a view, its sum 3 steps; no arrow: labels that occur once, in alphabetical order
    { in: ['float32[3,3]'], attrs: { equation: 'ii' }, out: ['float32[]'], macs: 0, flops: 3 },
    { in: ['float32[2,3]', 'float32[3,4]'], attrs: { equation: 'zb, ba' }, out: ['float32[4,2]'], macs: 24, flops: 48 },
  ],
});

function work(node: InferredView): { macs: number; steps: number } {
  const { operands, output, sizes } = parse(node);
  const volume = (labels: Iterable<string>): number =>
    [...labels].reduce((product, label) => product * known(sizes.get(label) ?? 1), 1);
  let macs = 0;
  let steps = 0;
  // An axis of size 1 is contracted by nobody: it is as if it were not there.
  const real = operands.map((labels, input) => labels.filter((_, axis) => node.dim(input, axis) !== 1));
  const reduced = real.map((labels, index) => {
    const distinct = new Set(labels);
    const kept = [...distinct].filter(
      label => output.includes(label) || real.some((other, at) => at !== index && other.includes(label)),
    );
    if (kept.length < distinct.size) steps += volume(distinct);
    return kept;
  });
  let left = reduced[0] ?? [];
  reduced.slice(1).forEach((right, index) => {
    const later = reduced.slice(index + 2);
    const needed = (label: string): boolean => output.includes(label) || later.some(labels => labels.includes(label));
    const joined = [...new Set([...left, ...right])];
    const kept = joined.filter(needed);
    if (kept.length < joined.length) macs += volume(joined);
    else steps += volume(joined);
    left = kept;
  });
  return { macs, steps };
}

/** Axes of the ellipsis get labels of their own, counted from the last axis so that operands of different rank align. */
function parse(node: NodeView): Equation {
  const [terms = '', target] = node.text('equation').replaceAll(' ', '').split('->');
  const inputs = terms.split(',');
  if (inputs.length !== node.arity)
    throw new Mismatch(text('the equation names {0} operands, there are {1}', inputs.length, node.arity));
  const operands = inputs.map((term, input) => expand(term, node.rank(input)));
  const sizes = new Map<string, Dim>();
  operands.forEach((labels, input) => {
    labels.forEach((label, axis) => sizes.set(label, agree(sizes.get(label), node.dim(input, axis), label)));
  });
  const dots = [...sizes.keys()].filter(label => label.startsWith('.')).sort((a, b) => dotIndex(b) - dotIndex(a));
  const output = target === undefined ? implicitOutput(operands, dots) : explicitOutput(target, dots);
  const stray = output.find(label => !sizes.has(label));
  if (stray !== undefined) throw new Mismatch(text('no operand has the label "{0}"', stray));
  return { operands, output, sizes };
}

const dotIndex = (label: string): number => Number(label.slice(1));

const letters = (term: string): Labels => Array.from(term);

function expand(term: string, rank: number): Labels {
  const [before = '', after] = term.split('...');
  const named = before.length + (after?.length ?? 0);
  if (after === undefined ? named !== rank : named > rank)
    throw new Mismatch(text('the term "{0}" does not fit {1} axes', term, rank));
  const count = after === undefined ? 0 : rank - named;
  const dots = Array.from({ length: count }, (_, axis) => `.${count - 1 - axis}`);
  return [...letters(before), ...dots, ...letters(after ?? '')];
}

function agree(a: Dim | undefined, b: Dim, label: string): Dim {
  if (a === undefined || a === 1 || isUnknown(a))
    return a === undefined || a === 1 ? b : isUnknown(b) || b === 1 ? a : b;
  if (isUnknown(b) || b === 1 || a === b) return a;
  throw new Mismatch(text('label "{0}" has sizes {1} and {2}', label, a, b));
}

function implicitOutput(operands: readonly Labels[], dots: Labels): Labels {
  const all = operands.flat().filter(label => !label.startsWith('.'));
  return [...dots, ...[...new Set(all)].filter(label => all.indexOf(label) === all.lastIndexOf(label)).sort()];
}

function explicitOutput(target: string, dots: Labels): Labels {
  const [before = '', after] = target.split('...');
  return after === undefined ? letters(before) : [...letters(before), ...dots, ...letters(after)];
}
