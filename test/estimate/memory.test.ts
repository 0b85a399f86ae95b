import assert from 'node:assert/strict';
import { test } from 'node:test';
import { peakActivations } from '../../src/estimate/memory';
import { sketch } from '../support/graphs';

const MB = 1024; // one float32[256] tensor

test('a chain keeps two tensors alive at once; inputs do not count', () => {
  const graph = sketch(to => {
    const x = to.input('float32[256]');
    return [to.op('relu', [to.op('relu', [to.op('relu', [x])])])];
  });
  assert.deepEqual(peakActivations(graph), { bytes: 2 * MB, lowerBound: false });
});

test('in-place ops reuse the storage', () => {
  const graph = sketch(to => {
    const y = to.op('relu', [to.input('float32[256]')]);
    return [to.op('relu', [y], {}, {}, true)];
  });
  assert.equal(peakActivations(graph).bytes, MB);
});

test('a skip connection keeps its tensor until it is added', () => {
  const graph = sketch(to => {
    const a = to.op('relu', [to.input('float32[256]')]);
    const b = to.op('relu', [to.op('relu', [a])]);
    return [to.op('add', [a, b])];
  });
  assert.equal(peakActivations(graph).bytes, 3 * MB);
});

test('what the program holds on to stays alive although nothing reads it', () => {
  const held = sketch(to => {
    const a = to.op('relu', [to.input('float32[256]')]);
    const b = to.op('relu', [a]);
    const c = to.op('relu', [b]);
    const d = to.op('relu', [c]);
    to.builder.release(a);
    return [d];
  });
  assert.equal(peakActivations(held).bytes, 3 * MB);
});

test('an unknown size makes the peak a lower bound', () => {
  const graph = sketch(to => [to.op('mystery', [to.op('relu', [to.input('float32[256]')])])]);
  assert.deepEqual(peakActivations(graph), { bytes: MB, lowerBound: true });
});
