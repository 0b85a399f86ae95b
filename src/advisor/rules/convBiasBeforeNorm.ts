/** A convolution's bias right before a batch normalisation: the norm subtracts the mean, and the bias with it. */
import type { Text } from '../../base/text';
import { text } from '../../base/text';
import type { Graph, Node } from '../../ir/graph';
import { valueOf } from '../../ir/graph';
import { applyOp } from '../../ops/apply';
import type { CallSource, Match, Rule } from '../rule';
import { pathsOf, sites } from '../sites';
import { bind, CONV_PARAMETERS, isText, STARRED } from '../source';

export const convBiasBeforeNorm: Rule = {
  id: 'conv-bias-before-norm',
  title: text('Leave out the convolution bias before the batch normalisation'),
  why: text(
    'The normalisation subtracts the mean of each channel, and the bias with it: the bias costs parameters, memory and time without effect. To keep a trained checkpoint, subtract its bias from the running mean.',
  ),
  safety: 'exact',
  evidence: [
    {
      paper: 'arXiv:1502.03167',
      says: 'section 3.2: the bias b can be ignored, since its effect is cancelled by the mean subtraction',
    },
  ],
  detect: graph => {
    const followed = new Set(biasesBeforeNorms(graph).map(node => node.id));
    return sites(graph, node => node.op === 'conv').flatMap(site => {
      const [first] = site.nodes;
      // One edit changes all layers of the site, so all of them must be followed by a norm.
      if (first === undefined || !site.nodes.every(node => followed.has(node.id))) return [];
      const match: Match = {
        key: site.key,
        layers: pathsOf(site.nodes),
        ...(site.at && { at: site.at }),
        replacements: site.nodes.map(node => ({
          removes: [node.id],
          makes: node.outputs,
          build: (builder, map) => {
            const inputs = node.inputs.slice(0, 2).map(input => (input === undefined ? undefined : map(input)));
            return applyOp(builder, { op: 'conv', inputs, attrs: node.attrs, origin: node.origin });
          },
        })),
        edit:
          site.at === undefined
            ? { kind: 'none', reason: text('the model has no source here to edit') }
            : { kind: 'construction', at: site.at, rewrite: withoutBias },
      };
      return [match];
    });
  },
};

/** Convolutions with a stored bias whose only reader is a batch normalisation. */
function biasesBeforeNorms(graph: Graph): readonly Node[] {
  const readers = new Map<number, Node[]>();
  for (const node of graph.nodes)
    for (const input of node.inputs) if (input !== undefined) readers.set(input, [...(readers.get(input) ?? []), node]);
  const outputs = new Set(graph.outputs.map(output => output.value));
  return graph.nodes.filter(node => {
    const [result] = node.outputs;
    const [, , bias] = node.inputs;
    if (node.op !== 'conv' || bias === undefined || result === undefined || outputs.has(result)) return false;
    const [reader, ...others] = readers.get(result) ?? [];
    return (
      valueOf(graph, bias).role === 'parameter' &&
      others.length === 0 &&
      reader?.op === 'batch_norm' &&
      reader.inputs[0] === result
    );
  });
}

export function withoutBias(call: CallSource): string | Text {
  if (call.arguments.some(argument => argument.starred)) return STARRED;
  if (!/(^|\.)Conv[123]d$/.test(call.callee)) return text('"{0}" is not PyTorch\'s own convolution', call.callee);
  const bound = bind(call, CONV_PARAMETERS);
  if (isText(bound)) return bound;
  const bias = bound.get('bias');
  const kept = call.arguments.map(argument => {
    if (argument === bias) return argument.name === undefined ? 'False' : 'bias=False';
    return argument.name === undefined ? argument.text : `${argument.name}=${argument.text}`;
  });
  return `${call.callee}(${[...kept, ...(bias === undefined ? ['bias=False'] : [])].join(', ')})`;
}
