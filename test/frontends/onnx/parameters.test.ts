/** Which stored tensors count as parameters. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printType } from '../../../src/ir/tensor';
import type { TinyInitializer, TinyModel, TinyNode, TinyType } from '../../support/onnxBytes';
import { readModel } from '../../support/onnxReading';

const x = { name: 'x', dtype: 'float32', dims: [1, 4, 8, 8] } as const;
const stored = (name: string, dtype: TinyType, ...dims: number[]): TinyInitializer => ({
  name,
  dtype,
  dims,
  data: new Uint8Array(
    ({ int64: 8, float64: 8, float32: 4, int32: 4, float16: 2, bfloat16: 2, int4: 0.5 }[dtype as string] ?? 1) *
      dims.reduce((a, b) => a * b, 1),
  ),
});
const node = (op: string, ...inputs: string[]): TinyNode => ({ op, inputs, outputs: [`${op}.out`] });
const constant = (tensor: TinyInitializer): TinyNode => ({
  op: 'Constant',
  inputs: [],
  outputs: [tensor.name],
  attrs: { value: { tensor } },
});

const cases: readonly [what: string, parameters: number, model: Pick<TinyModel, 'nodes' | 'initializers'>][] = [
  ['a weight', 16, { nodes: [node('Conv', 'x', 'w')], initializers: [stored('w', 'float32', 4, 4, 1, 1)] }],
  ['a half weight', 16, { nodes: [node('Conv', 'x', 'w')], initializers: [stored('w', 'float16', 4, 4, 1, 1)] }],
  ['a single number', 0, { nodes: [node('Mul', 'x', 'w')], initializers: [stored('w', 'float32', 1)] }],
  ['two numbers', 2, { nodes: [node('Add', 'x', 'w')], initializers: [stored('w', 'float32', 2, 1, 1)] }],
  ['a tensor that nothing uses', 0, { nodes: [node('Relu', 'x')], initializers: [stored('w', 'float32', 9)] }],
  ['a tensor used twice', 9, { nodes: [node('Mul', 'x', 'w'), node('Add', 'x', 'w')], initializers: [stored('w', 'float32', 9)] }],
  ['integers', 0, { nodes: [node('Gather', 'x', 'w')], initializers: [stored('w', 'int64', 9)] }],
  ['8-bit weights', 32, { nodes: [node('MatMulInteger', 'q', 'w')], initializers: [stored('w', 'int8', 8, 4)] }],
  ['scales', 0, { nodes: [node('Resize', 'x', '', 's')], initializers: [stored('s', 'float32', 4)] }],
  ['bounds', 0, { nodes: [node('Clip', 'x', 'b')], initializers: [stored('b', 'float32', 2)] }],
  ['scales of quantised weights', 8, { nodes: [node('DequantizeLinear', 'w', 's', 'z')], initializers: [stored('w', 'int8', 4, 2), stored('s', 'float32', 4), stored('z', 'int8', 4)] }],
  ['a 32-bit bias', 4, { nodes: [node('DequantizeLinear', 'b', 's')], initializers: [stored('b', 'int32', 4), stored('s', 'float32', 4)] }],
  ['a Constant of 16 elements', 0, { nodes: [constant(stored('w', 'float32', 16)), node('Add', 'x', 'w')] }],
  ['a Constant of 17 elements', 17, { nodes: [constant(stored('w', 'float32', 17)), node('Add', 'x', 'w')] }],
  ['batch-norm statistics', 16, { nodes: [node('BatchNormalization', 'x', 'a', 'b', 'c', 'd')], initializers: ['a', 'b', 'c', 'd'].map(name => stored(name, 'float32', 4)) }],
]; // prettier-ignore

for (const [what, parameters, model] of cases)
  test(`${what}: ${parameters} parameters`, async () => {
    const read = await readModel({ inputs: [x, { name: 'q', dtype: 'uint8', dims: [2, 8] }], ...model });
    assert.equal(read.parameters, parameters);
  });

test('a weight that the graph makes of a size counts, a state does not', async () => {
  const sized = { name: 'size', dtype: 'int64', dims: [4], data: [6, 4, 3, 3] } as const;
  const made: TinyNode = { op: 'ConstantOfShape', inputs: ['size'], outputs: ['w'] };
  const weight = await readModel({ inputs: [x], initializers: [sized], nodes: [made, node('Conv', 'x', 'w')] });
  assert.deepEqual([weight.parameters, weight.macs], [216, 36 * 216]);
  const state = await readModel({
    inputs: [x],
    initializers: [sized],
    nodes: [made, node('Conv', 'x', 'w'), node('Relu', 'w')],
  });
  assert.equal(state.parameters, 0);
});

test('weights of four bits in bytes count as the elements they are', async () => {
  const initializers = [stored('w', 'uint8', 16, 2, 16), stored('s', 'float32', 32)];
  const product: TinyNode = {
    ...node('MatMulNBits', 'a', 'w', 's'),
    domain: 'com.microsoft',
    attrs: { K: { int: 64 }, N: { int: 16 }, bits: { int: 4 }, block_size: { int: 32 } },
  };
  const inputs = [{ name: 'a', dtype: 'float32', dims: [2, 64] }] as const;
  const read = await readModel({
    inputs,
    initializers,
    nodes: [product],
    otherOpsets: [{ domain: 'com.microsoft', version: 1 }],
  });
  assert.deepEqual([read.parameters, read.macs], [1024, 2048]);
  const weight = read.graph.values.find(({ stored: held }) => held?.path === 'w');
  assert.equal(weight && printType(weight.type), 'uint4[16,64]');
});
