/**
 * Dense convolution → depthwise convolution followed by a pointwise one. Fewer multiply-adds by 1/Co + 1/k², but the
 * depthwise part is bound by memory, which only estimating again (or measuring) shows.
 */
import { isUnknown } from '../../base/known';
import type { Text } from '../../base/text';
import { text } from '../../base/text';
import type { GraphBuilder } from '../../ir/build';
import type { Graph, Node, ValueId } from '../../ir/graph';
import { valueOf } from '../../ir/graph';
import { tensor } from '../../ir/tensor';
import { applyOp } from '../../ops/apply';
import type { Replacement } from '../../ops/rewrite';
import type { CallSource, Match, Rule } from '../rule';
import type { Site } from '../sites';
import { pathsOf, sites } from '../sites';
import { bind, CONV_PARAMETERS, isText } from '../source';

/** Narrower layers lose more accuracy than they save; the first layer of a network is such a one. */
const MIN_CHANNELS = 16;
/** One edit changes every layer of the site, so most of the site's weights must be in layers that qualify. */
const MIN_QUALIFYING = 0.8;

export const depthwiseSeparable: Rule = {
  id: 'depthwise-separable-conv',
  title: text('Replace the dense convolution by a depthwise separable one'),
  why: text(
    'Filtering each channel by itself and mixing channels with a 1×1 convolution needs far fewer multiply-adds; the network must be trained again and may lose about a point of accuracy.',
  ),
  safety: 'retrain',
  evidence: [
    {
      paper: 'arXiv:1704.04861',
      says: 'MobileNet with separable instead of full convolutions: 569 M instead of 4866 M MACs, 70.6 % instead of 71.7 % ImageNet top-1',
    },
    {
      paper: 'arXiv:1610.02357',
      says: 'Xception: 22.9 M instead of 23.6 M parameters, 79.0 % instead of 78.2 % ImageNet top-1',
    },
  ],
  detect: graph => sites(graph, node => shapeOf(graph, node) !== undefined).flatMap(site => matchSite(graph, site)),
};

interface ConvShape {
  readonly out: number;
  readonly in: number;
  readonly kernel: readonly number[];
}

/** Sizes of a dense convolution with a kernel above 1×1 and a stored weight; undefined for all else. */
function shapeOf(graph: Graph, node: Node): ConvShape | undefined {
  const [, weight] = node.inputs;
  if (node.op !== 'conv' || weight === undefined || (node.attrs['groups'] ?? 1) !== 1) return undefined;
  const { type, role } = valueOf(graph, weight);
  if (role !== 'parameter' || isUnknown(type.shape) || type.shape.length !== 4) return undefined;
  const [out, channels, ...kernel] = type.shape.map(dim => (isUnknown(dim) ? NaN : dim));
  if (out === undefined || channels === undefined || !kernel.every(size => size >= 2) || kernel.every(size => size < 3))
    return undefined;
  return { out, in: channels, kernel };
}

function matchSite(graph: Graph, site: Site): Match[] {
  let all = 0;
  let qualifying = 0;
  for (const node of site.nodes) {
    const shape = shapeOf(graph, node);
    if (shape === undefined) continue;
    const weights = shape.in * shape.out;
    all += weights;
    if (shape.in >= MIN_CHANNELS && shape.out >= MIN_CHANNELS) qualifying += weights;
  }
  if (qualifying === 0 || qualifying < MIN_QUALIFYING * all) return [];
  const shared = new Map<ValueId, Weights>();
  return [
    {
      key: site.key,
      layers: pathsOf(site.nodes),
      ...(site.at && { at: site.at }),
      replacements: site.nodes.map(node => separate(graph, node, shared)),
      edit:
        site.at === undefined
          ? { kind: 'none', reason: text('the model has no source here to edit') }
          : { kind: 'construction', at: site.at, rewrite: rewriteCall },
    },
  ];
}

interface Weights {
  readonly depthwise: ValueId;
  readonly pointwise: ValueId;
}

function separate(graph: Graph, node: Node, shared: Map<ValueId, Weights>): Replacement {
  const [input, weight, bias] = node.inputs;
  return {
    removes: [node.id],
    makes: node.outputs,
    build: (builder, map) => {
      const { depthwise, pointwise } = weightsOf(graph, builder, node, weight, shared);
      const { origin, attrs } = node;
      const at = (part: string): typeof origin => ({ ...origin, path: `${origin.path}.${part}` });
      const channels = shapeOf(graph, node)?.in ?? 1;
      const [middle] = applyOp(builder, {
        op: 'conv',
        inputs: [input === undefined ? undefined : map(input), depthwise],
        attrs: { ...attrs, groups: channels },
        origin: at('0'),
      });
      const mixed = [middle, pointwise, bias === undefined ? undefined : map(bias)];
      return applyOp(builder, { op: 'conv', inputs: mixed, attrs: { groups: 1 }, origin: at('1') });
    },
  };
}

/** A module that is called twice gets one pair of new weights. */
function weightsOf(
  graph: Graph,
  builder: GraphBuilder,
  node: Node,
  weight: ValueId | undefined,
  shared: Map<ValueId, Weights>,
): Weights {
  const shape = shapeOf(graph, node);
  if (weight === undefined || shape === undefined) throw new Error('not a dense convolution');
  const known = shared.get(weight);
  if (known !== undefined && builder.values[known.depthwise]?.name === `${node.origin.path}.0.weight`) return known;
  const { type, stored } = valueOf(graph, weight);
  const add = (part: string, dims: readonly number[], storage: number): ValueId =>
    builder.stored('parameter', tensor(type.dtype, dims), {
      path: `${node.origin.path}.${part}.weight`,
      storage,
      trainable: stored?.trainable ?? true,
      counted: true,
    });
  // Storage ids only tell tensors apart; negative ones cannot clash with the reader's.
  const made = {
    depthwise: add('0', [shape.in, 1, ...shape.kernel], -2 * weight - 2),
    pointwise: add('1', [shape.out, shape.in, 1, 1], -2 * weight - 3),
  };
  shared.set(weight, made);
  return made;
}

/** `nn.Conv2d(a, b, 3, padding=1)` → `nn.Sequential(nn.Conv2d(a, a, 3, padding=1, groups=a, bias=False), nn.Conv2d(a, b, 1))`. */
export function rewriteCall(call: CallSource): string | Text {
  const bound = bind(call, CONV_PARAMETERS);
  if (isText(bound)) return bound;
  const [channels, out] = [bound.get('in_channels'), bound.get('out_channels')];
  if (channels === undefined || out === undefined) return text('the call does not name its channels');
  if (!channels.repeatable) return text('the number of channels is computed by a call, and would be computed twice');
  const module = call.callee.replace(/Conv2d$/, '');
  if (!/^([A-Za-z_]\w*\.)*Conv2d$/.test(call.callee)) return text('"{0}" is not PyTorch\'s own Conv2d', call.callee);
  const window = ['kernel_size', 'stride', 'padding', 'dilation', 'padding_mode'].flatMap(name => {
    const argument = bound.get(name);
    return argument === undefined
      ? []
      : [name === 'kernel_size' && argument.name === undefined ? argument.text : `${name}=${argument.text}`];
  });
  const place = ['device', 'dtype'].flatMap(name => bound.get(name)?.text.replace(/^/, `${name}=`) ?? []);
  const bias = bound.get('bias');
  const first = [channels.text, channels.text, ...window, `groups=${channels.text}`, 'bias=False', ...place];
  const second = [channels.text, out.text, '1', ...(bias === undefined ? [] : [`bias=${bias.text}`]), ...place];
  return `${module}Sequential(${call.callee}(${first.join(', ')}), ${call.callee}(${second.join(', ')}))`;
}
