import assert from 'node:assert/strict';
import { test } from 'node:test';
import { advise } from '../../src/advisor/run';
import { figure } from '../../src/base/figure';
import { gramsPerKWh } from '../../src/base/units';
import { hostDevice } from '../../src/estimate/device';
import { rollUp } from '../../src/estimate/rollup';
import type { Graph } from '../../src/ir/graph';
import { verifyGraph } from '../../src/ir/verify';
import type { Sketch } from '../support/graphs';
import { sketch } from '../support/graphs';

const DEVICE = hostDevice({
  processor: 'Intel(R) Core(TM) i7-8700 CPU',
  threads: 12,
  cores: 6,
  virtual: false,
  laptop: false,
});
const GRID = figure(gramsPerKWh(400), gramsPerKWh(300), gramsPerKWh(500), 'assumed', 'test');

const suggestions = (graph: Graph, rule: string) => advise(graph, DEVICE, GRID).filter(found => found.rule.id === rule);

const dense = (to: Sketch, channels = 64, kernel = 3) => {
  const x = to.input(`float32[1,${channels},28,28]`);
  const weight = to.parameter(`float32[64,${channels},${kernel},${kernel}]`, 'conv.weight');
  return to.op(
    'conv',
    [x, weight, to.parameter('float32[64]', 'conv.bias')],
    { padding: (kernel - 1) / 2 },
    { path: 'conv' },
  );
};

test('a dense 3×3 convolution can be separated; the delta is the difference of two readings', () => {
  const graph = sketch(to => [dense(to)]);
  const [found, ...more] = suggestions(graph, 'depthwise-separable-conv');
  assert.ok(found !== undefined && more.length === 0);
  assert.deepEqual(verifyGraph(found.rewritten), []);
  assert.equal(found.deltas.parameters, 64 * 9 + 64 * 64 - 64 * 64 * 9);
  assert.equal(found.deltas.macs, 28 * 28 * (64 * 9 + 64 * 64 - 64 * 64 * 9));
  assert.equal(found.deltas.macs, rollUp(found.rewritten).macs - rollUp(graph).macs);
  assert.ok(found.deltas.energyJ.value < 0);
  assert.deepEqual(found.match.layers, ['conv']);
});

test('a module that is called twice keeps one pair of weights', () => {
  const graph = sketch(to => {
    const x = to.input('float32[1,64,28,28]');
    const weight = to.parameter('float32[64,64,3,3]', 'conv.weight');
    const call = (input: number, index: number) =>
      to.op('conv', [input, weight], { padding: 1 }, { path: 'conv', call: index });
    return [call(call(x, 0), 1)];
  });
  const found = suggestions(graph, 'depthwise-separable-conv');
  assert.deepEqual(
    found.map(({ rewritten }) => rollUp(rewritten).parameters),
    Array(found.length).fill(64 * 9 + 64 * 64),
  );
});

for (const [name, draw] of [
  ['the first layer of a network', (to: Sketch) => dense(to, 3)],
  ['a pointwise convolution', (to: Sketch) => dense(to, 64, 1)],
  [
    'a depthwise convolution',
    (to: Sketch) =>
      to.op('conv', [to.input('float32[1,64,28,28]'), to.parameter('float32[64,1,3,3]', 'w')], {
        padding: 1,
        groups: 64,
      }),
  ],
] as const)
  test(`${name} is left alone`, () => {
    assert.deepEqual(
      suggestions(
        sketch(to => [draw(to)]),
        'depthwise-separable-conv',
      ),
      [],
    );
  });

const normed = (to: Sketch, x: number) =>
  to.op('batch_norm', [
    x,
    ...['weight', 'bias'].map(name => to.parameter('float32[64]', `bn.${name}`)),
    ...['mean', 'var'].map(name => to.buffer('float32[64]', `bn.${name}`)),
  ]);

test('a bias before a batch normalisation can go', () => {
  const [found] = suggestions(
    sketch(to => [normed(to, dense(to))]),
    'conv-bias-before-norm',
  );
  assert.equal(found?.deltas.parameters, -64);
  assert.equal(found.deltas.macs, 0);
  assert.equal(found.rule.safety, 'exact');
});

test('a bias stays where something else reads the convolution, or no norm follows', () => {
  const shared = sketch(to => {
    const y = dense(to);
    return [normed(to, y), y];
  });
  assert.deepEqual(suggestions(shared, 'conv-bias-before-norm'), []);
  assert.deepEqual(
    suggestions(
      sketch(to => [to.op('relu', [dense(to)])]),
      'conv-bias-before-norm',
    ),
    [],
  );
});

interface AttentionOptions {
  readonly scale?: number;
  readonly keepWeights?: boolean;
  readonly mask?: boolean;
}

const attention = ({ scale = 1 / 8, keepWeights = false, mask = false }: AttentionOptions = {}) =>
  sketch(to => {
    const [q, k, v] = ['q', 'k', 'v'].map(name => to.input('float32[1,4,128,64]', name)) as [number, number, number];
    let scores = to.op('matmul', [q, to.op('permute', [k], { dims: [0, 1, 3, 2] })]);
    scores = to.op('mul', [scores, to.number(scale)]);
    if (mask) scores = to.op('add', [scores, to.input('float32[128,128]', 'mask')]);
    const weights = to.op('softmax', [scores], { dim: -1 });
    const y = to.op('matmul', [weights, v]);
    return keepWeights ? [y, weights] : [y];
  });

test('hand-written attention keeps its products and loses the traffic of its scores', () => {
  const [found] = suggestions(attention(), 'scaled-dot-product-attention');
  assert.ok(found !== undefined);
  assert.deepEqual(verifyGraph(found.rewritten), []);
  assert.deepEqual([found.deltas.parameters, found.deltas.macs], [0, 0]);
  assert.ok(found.deltas.bytes < 0 && found.deltas.energyJ.value < 0);
  assert.deepEqual(
    found.rewritten.nodes.map(node => node.op),
    ['scaled_dot_product_attention'],
  );
  assert.equal(found.rewritten.nodes[0]?.attrs['scale'], undefined);
});

test('another factor than 1/√E is passed on', () => {
  const [found] = suggestions(attention({ scale: 0.5 }), 'scaled-dot-product-attention');
  assert.equal(found?.rewritten.nodes[0]?.attrs['scale'], 0.5);
});

test('attention whose weights are returned, or that has a mask, is left alone', () => {
  assert.deepEqual(suggestions(attention({ keepWeights: true }), 'scaled-dot-product-attention'), []);
  assert.deepEqual(suggestions(attention({ mask: true }), 'scaled-dot-product-attention'), []);
});
