import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rollUp } from '../../src/estimate/rollup';
import { sketch } from '../support/graphs';

const convNet = () =>
  sketch(to => {
    const x = to.input('float32[1,3,8,8]');
    const y = to.op('conv', [x, to.parameter('float32[4,3,3,3]', 'c.weight'), to.parameter('float32[4]', 'c.bias')], {
      padding: 1,
    });
    return [to.op('relu', [y])];
  });

test('totals are the sums of the layers', () => {
  const cost = rollUp(convNet());
  assert.equal(cost.parameters, 112); // 4·3·3·3 + 4
  assert.equal(cost.weightBytes, 448);
  assert.equal(cost.macs, 6912); // 4·8·8 outputs × 27 taps
  assert.equal(cost.flops, 14_336); // 2 × 6912 + 256 biases + 256 comparisons
  assert.equal(
    cost.layers.reduce((sum, layer) => sum + (layer.macs ?? NaN), 0),
    cost.macs,
  );
  assert.deepEqual(
    cost.layers.map(layer => layer.parameters),
    [112, 0],
  );
});

test('a shared parameter counts once, at its first owner; an unused one counts in the total', () => {
  const cost = rollUp(
    sketch(to => {
      const x = to.input('float32[1,4,8,8]');
      const weight = to.parameter('float32[4,4,1,1]', 'a.weight', { storage: 7 });
      const again = to.parameter('float32[4,4,1,1]', 'b.weight', { storage: 7 });
      to.parameter('float32[5]', 'unused');
      return [to.op('conv', [to.op('conv', [x, weight]), again])];
    }),
  );
  assert.equal(cost.parameters, 21);
  assert.deepEqual(
    cost.layers.map(layer => layer.parameters),
    [16, 0],
  );
});

test('buffers, frozen and uncounted tensors are kept apart', () => {
  const cost = rollUp(
    sketch(to => {
      to.buffer('int64[1]', 'steps');
      to.parameter('float32[10]', 'frozen', { trainable: false });
      to.parameter('float32[3]', 'scale', { counted: false });
      return [to.input('float32[1]')];
    }),
  );
  assert.deepEqual([cost.parameters, cost.trainableParameters, cost.bufferElements, cost.bufferBytes], [10, 0, 1, 8]);
});

test('an op without an entry is a gap and counts nothing, never zero in silence', () => {
  const graph = sketch(to => [to.op('mystery', [to.input('float32[1,4]')])]);
  const cost = rollUp(graph);
  assert.equal(cost.layers[0]?.macs, null);
  assert.deepEqual(
    graph.gaps.map(gap => gap.code),
    ['unknown-op'],
  );
});

test('counts beyond 2^53 are a gap, not a rounded number', () => {
  const graph = sketch(to => {
    const x = to.input('float32[1000000,100000,1000,1000]');
    return [to.op('relu', [x])];
  });
  const codes = [...graph.gaps, ...rollUp(graph).gaps].map(gap => gap.code);
  assert.ok(codes.length > 0, 'a gap says so');
});

test('traffic after fusion leaves the intermediate out on both sides', () => {
  const cost = rollUp(convNet());
  const unfused = cost.layers.reduce((sum, layer) => sum + (layer.bytes ?? NaN), 0);
  assert.equal(unfused - cost.trafficBytes, 2 * 4 * 256);
});

test('an intermediate that something else reads is not fused away', () => {
  const cost = rollUp(
    sketch(to => {
      const x = to.input('float32[1,3,8,8]');
      const y = to.op('conv', [x, to.parameter('float32[4,3,1,1]', 'w')]);
      return [to.op('relu', [y]), y];
    }),
  );
  assert.equal(
    cost.trafficBytes,
    cost.layers.reduce((sum, layer) => sum + (layer.bytes ?? NaN), 0),
  );
});
