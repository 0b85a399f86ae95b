/**
 * Recurrent networks. MACs: time × batch × directions × gates × H·(I + H) per layer, which is time × batch × the
 * elements of all weight matrices, projections included. Beside them, per step and hidden unit: two products are added,
 * biases 2 per gate, sigmoid 4, tanh 1, and the state's update.
 */
import type { Dim, TensorType } from '../ir/tensor';
import { elements, tensor } from '../ir/tensor';
import { isUnknown } from '../base/known';
import { text } from '../base/text';
import type { Emitter, InferredView, NodeView, OnnxNode, OpEntry } from './op';
import { defineOp, formula, Mismatch, Undetermined } from './op';
import { known } from './view';

interface Kind {
  readonly name: 'lstm' | 'gru' | 'rnn_tanh' | 'rnn_relu';
  readonly gates: number;
  /** Tensors of state: hidden, and for LSTM the cell. */
  readonly states: 1 | 2;
  /** Primitive steps per hidden unit and step, beside products, their sum and biases. */
  readonly steps: number;
  /** PyTorch's order of gates as positions in ONNX's. */
  readonly order: readonly number[];
  readonly onnx: 'LSTM' | 'GRU' | 'RNN';
  readonly doc: string;
}

const KINDS: readonly Kind[] = [
  {
    name: 'lstm',
    gates: 4,
    states: 2,
    steps: 18, // 3 sigmoids, 2 tanh; f·c + i·g is 3, o·tanh(c) is 1
    order: [0, 3, 1, 2], // i f g o → i o f c
    onnx: 'LSTM',
    doc: 'Long short-term memory over a sequence, all layers and directions.',
  },
  {
    name: 'gru',
    gates: 3,
    states: 1,
    steps: 14, // 2 sigmoids, 1 tanh; r·(…) is 1, (1 − z)·n + z·h is 4
    order: [1, 0, 2], // r z n → z r h
    onnx: 'GRU',
    doc: 'Gated recurrent units over a sequence, all layers and directions.',
  },
  {
    name: 'rnn_tanh',
    gates: 1,
    states: 1,
    steps: 1,
    order: [0],
    onnx: 'RNN',
    doc: 'Elman network with tanh over a sequence, all layers and directions.',
  },
  {
    name: 'rnn_relu',
    gates: 1,
    states: 1,
    steps: 1,
    order: [0],
    onnx: 'RNN',
    doc: 'Elman network with ReLU over a sequence, all layers and directions.',
  },
];

/** Inputs: x, states, then per layer and direction weight_ih, weight_hh, biases, projection. */
const network = (kind: Kind): OpEntry =>
  defineOp({
    name: kind.name,
    doc: kind.doc,
    source: `torch.nn.${kind.onnx} reference`,
    infer: node => {
      const { time, batch, layers, directions, hidden, out } = shapeOf(kind, node);
      const sequence = node.flag('batch_first') ? [batch, time] : [time, batch];
      const state = (size: Dim): TensorType => tensor(node.dtype(0), [layers * directions, batch, size]);
      const y = tensor(node.dtype(0), [...sequence, isUnknown(out) ? out : out * directions]);
      return [y, state(out), state(hidden)].slice(0, 1 + kind.states);
    },
    cost: node => {
      const { time, batch, layers, directions, hidden } = shapeOf(kind, node);
      const steps = known(time) * known(batch);
      const weights = parametersOf(kind, node).map(input => node.type(input));
      const macs = steps * weights.filter(isMatrix).reduce((sum, type) => sum + known(elements(type)), 0);
      const perUnit = kind.steps + kind.gates * (node.flag('has_biases') ? 3 : 1);
      return formula(macs, steps * layers * directions * known(hidden) * perUnit);
    },
    torch: {
      [`torch.${kind.name}`]: `input: Tensor, hx: Tensor${kind.states === 2 ? '[]' : ''}, params: Tensor[], has_biases, num_layers, dropout, train, bidirectional, batch_first`,
    },
    emit: (node, to) => emitNetwork(kind, node, to),
    examples: examplesOf(kind),
  });

interface NetworkShape {
  readonly time: Dim;
  readonly batch: Dim;
  readonly layers: number;
  readonly directions: number;
  readonly hidden: Dim;
  /** Size of the output of one direction: the projection's where there is one. */
  readonly out: Dim;
}

const isMatrix = (type: TensorType): boolean => !isUnknown(type.shape) && type.shape.length === 2;

const parametersOf = (kind: Kind, node: NodeView): readonly number[] =>
  Array.from({ length: node.arity - 1 - kind.states }, (_, index) => index + 1 + kind.states);

function shapeOf(kind: Kind, node: NodeView): NetworkShape {
  if (node.rank(0) !== 3) throw new Mismatch(text('a recurrent network takes 3 axes, not {0}', node.rank(0)));
  const [first = 1, second = 1] = node.shape(0);
  const [time, batch] = node.flag('batch_first') ? [second, first] : [first, second];
  const layers = node.number('num_layers');
  const directions = node.flag('bidirectional') ? 2 : 1;
  const [inner, outer] = [1 + kind.states, 2 + kind.states];
  const [given, expected] = [node.dim(0, 2), node.dim(inner, 1)];
  if (!isUnknown(given) && !isUnknown(expected) && given !== expected)
    throw new Mismatch(text('expected an input of {0} features, got {1}', expected, given));
  const rows = node.dim(outer, 0);
  const hidden = isUnknown(rows) ? rows : rows / kind.gates;
  return { time, batch, layers, directions, hidden, out: node.dim(outer, 1) };
}

/** One ONNX op per layer; gates in ONNX's order. */
function emitNetwork(kind: Kind, node: InferredView, to: Emitter): readonly string[] {
  const { layers, directions, hidden, out } = shapeOf(kind, node);
  if (known(hidden) !== known(out)) throw new Undetermined(text('ONNX has no LSTM with a projection'));
  const parameters = parametersOf(kind, node).map(input => to.in(input));
  const each = parameters.length / (layers * directions);
  const states = Array.from({ length: kind.states }, (_, state) => perLayer(to, to.in(1 + state), layers));
  const last: string[][] = states.map(() => []);
  let x = node.flag('batch_first') ? to.node('Transpose', [to.in(0)], { perm: [1, 0, 2] }) : to.in(0);
  for (let layer = 0; layer < layers; layer++) {
    const own = Array.from({ length: directions }, (_, direction) => {
      const start = (layer * directions + direction) * each;
      return parameters.slice(start, start + each);
    });
    const weights = [0, 1].map(part =>
      stack(
        to,
        own.map(part_ => reordered(kind, to, part_[part] ?? '')),
      ),
    );
    const biases = node.flag('has_biases')
      ? stack(
          to,
          own.map(part => joined(kind, to, part.slice(2, 4))),
        )
      : undefined;
    const inputs = [x, ...weights, biases, undefined, ...states.map(state => state[layer])];
    const [y = '', ...ends] = to.nodes(kind.onnx, inputs, 1 + kind.states, {
      hidden_size: known(hidden),
      direction: directions === 2 ? 'bidirectional' : 'forward',
      ...(kind.onnx === 'GRU' && { linear_before_reset: 1 }),
      ...(kind.name === 'rnn_relu' && { activations: Array<string>(directions).fill('Relu') }),
    });
    ends.forEach((end, state) => last[state]?.push(end));
    // [time, directions, batch, H] → [time, batch, directions·H]
    x = to.node('Reshape', [to.node('Transpose', [y], { perm: [0, 2, 1, 3] }), to.ints([0, 0, -1])]);
  }
  const y = node.flag('batch_first') ? to.node('Transpose', [x], { perm: [1, 0, 2] }) : x;
  return [y, ...last.map(ends => (ends.length === 1 ? (ends[0] ?? '') : to.node('Concat', ends, { axis: 0 })))];
}

const perLayer = (to: Emitter, state: string, layers: number): readonly string[] =>
  layers === 1 ? [state] : to.nodes('Split', [state], layers, { axis: 0 });

function reordered(kind: Kind, to: Emitter, name: string): string {
  if (kind.gates === 1) return name;
  const gates = to.nodes('Split', [name], kind.gates, { axis: 0 });
  return to.node(
    'Concat',
    kind.order.map(gate => gates[gate]),
    { axis: 0 },
  );
}

const joined = (kind: Kind, to: Emitter, biases: readonly string[]): string =>
  to.node(
    'Concat',
    biases.map(bias => reordered(kind, to, bias)),
    { axis: 0 },
  );

/** Directions along a new first axis. */
function stack(to: Emitter, parts: readonly string[]): string {
  const apart = parts.map(part => to.node('Unsqueeze', [part, to.ints([0])]));
  return apart.length === 1 ? (apart[0] ?? '') : to.node('Concat', apart, { axis: 0 });
}

/** Two layers of 4 units, forwards; one layer of 3, both ways, batch first, without biases. */
function examplesOf({ gates, states, steps }: Kind): OpEntry['examples'] {
  const weights = (rows: number, input: number, hidden: number): string[] => [
    `float32[${rows},${input}]`,
    `float32[${rows},${hidden}]`,
  ];
  const biases = [`float32[${gates * 4}]`, `float32[${gates * 4}]`];
  const state = (shape: string): string[] => Array<string>(states).fill(`float32[${shape}]`);
  const plain = { dropout: 0, train: false };
  return [
    {
      in: [
        'float32[5,2,3]',
        ...state('2,2,4'),
        ...weights(gates * 4, 3, 4),
        ...biases,
        ...weights(gates * 4, 4, 4),
        ...biases,
      ],
      attrs: { ...plain, has_biases: true, num_layers: 2, bidirectional: false, batch_first: false },
      out: ['float32[5,2,4]', ...state('2,2,4')],
      macs: 10 * gates * 4 * (3 + 4 + 4 + 4), // 5 steps × 2 sequences
      flops: 20 * gates * 4 * 15 + 10 * 2 * 4 * (steps + 3 * gates),
    },
    {
      in: ['float32[2,5,3]', ...state('2,2,3'), ...weights(gates * 3, 3, 3), ...weights(gates * 3, 3, 3)],
      attrs: { ...plain, has_biases: false, num_layers: 1, bidirectional: true, batch_first: true },
      out: ['float32[2,5,6]', ...state('2,2,3')],
      macs: 10 * 2 * gates * 3 * 6,
      flops: 40 * gates * 3 * 6 + 10 * 2 * 3 * (steps + gates),
    },
  ];
}

/** ONNX's own ops: one layer; W [directions, gates·H, I], R [directions, gates·H, H], B [directions, 2·gates·H]. */
const layer = (kind: Kind): OpEntry =>
  defineOp({
    name: `onnx_${kind.onnx.toLowerCase()}`,
    doc: `One recurrent layer as ONNX has it (${kind.onnx}), in one or both directions.`,
    source: `ONNX ${kind.onnx}-22`,
    infer: node => {
      const [first = 1, second = 1] = node.shape(0);
      const [time, batch] = node.flag('batch_first') ? [second, first] : [first, second];
      const directions = node.dim(1, 0);
      const hidden = node.number('hidden_size');
      const dtype = node.dtype(0);
      const y = node.flag('batch_first') ? [batch, time, directions, hidden] : [time, directions, batch, hidden];
      const state = tensor(dtype, node.flag('batch_first') ? [batch, directions, hidden] : [directions, batch, hidden]);
      return [tensor(dtype, y), state, ...(kind.states === 2 ? [state] : [])].slice(0, node.number('outputs', 1));
    },
    cost: node => {
      const steps = node.size(0, 0) * node.size(0, 1);
      const perUnit = kind.steps + kind.gates * (node.has(3) ? 3 : 1);
      const macs = steps * (node.elements(1) + node.elements(2));
      return formula(macs, steps * node.size(1, 0) * node.number('hidden_size') * perUnit);
    },
    onnx: {
      [kind.onnx]: readLayer,
      ...(kind.onnx === 'LSTM' && { 'com.microsoft:DynamicQuantizeLSTM': readLayer }),
    },
    examples: [
      // 5 steps × 2 sequences × (gates·4 × 3 + gates·4 × 4)
      {
        in: [
          'float32[5,2,3]',
          `float32[1,${kind.gates * 4},3]`,
          `float32[1,${kind.gates * 4},4]`,
          `float32[1,${kind.gates * 8}]`,
        ],
        attrs: { hidden_size: 4, batch_first: false, outputs: 2 },
        out: ['float32[5,1,2,4]', 'float32[1,2,4]'],
        macs: 10 * kind.gates * 4 * 7,
        flops: 20 * kind.gates * 4 * 7 + 10 * 4 * (kind.steps + 3 * kind.gates),
      },
    ],
  });

function readLayer(node: OnnxNode): { attrs: Record<string, number | boolean> } {
  return {
    attrs: {
      // Required in practice; the recurrence's second axis says it where it is left out.
      hidden_size: node.attr('hidden_size') === undefined ? node.size(2, 2) : node.number('hidden_size'),
      batch_first: node.number('layout', 0) === 1,
      outputs: node.outputCount,
    },
  };
}

export const networks: readonly OpEntry[] = KINDS.map(network);
export const layers: readonly OpEntry[] = KINDS.filter(kind => kind.name !== 'rnn_relu').map(layer);
