/** Which layer gets which node's time: names as they are, lengthened, made up by the runtime, or missing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TracedNode } from '../../src/protocol/profiler';
import type { LayerReport } from '../../src/report/view';
import { attribute } from '../../src/services/attribution';

/** `path:Op` */
const layer = (line: string): LayerReport => {
  const [path = '', op = ''] = line.split(':');
  const nothing = { parameters: null, macs: null, flops: null, bytes: null, latencyS: null, energyJ: null };
  return { path, op, call: 0, file: 'm.onnx', line: null, callSite: null, outputs: [], ...nothing };
};

/** `name:Op@index`, each a second long. */
const node = (line: string): TracedNode => {
  const [, name = '', op = '', index = ''] = /^(.*):(\w+)@(-?\d+)$/.exec(line) ?? [];
  return { name, op, index: Number(index), provider: 'CPUExecutionProvider', selfS: 1 };
};

const cases: readonly [name: string, layers: string[], nodes: string[], expected: Record<string, number>][] = [
  ['by name', ['a:Conv', 'b:Relu'], ['b:Relu@1', 'a:Conv@0'], { 'a:Conv': 1, 'b:Relu': 1 }],
  [
    'an optimisation lengthens the name of what it fused',
    ['fc:MatMul', 'add:Add'],
    ['fc/MatMulAddFusion:Gemm@7'],
    { 'fc:MatMul': 1 },
  ],
  [
    'a longer name of another node is not a lengthened one',
    ['conv1:Conv', 'conv10:Conv'],
    ['conv10:Conv@1', 'conv10_x:Conv@9'],
    { 'conv10:Conv': 2 },
  ],
  ['what nobody knows stays over', ['a:Conv'], ['Transpose:Transpose@55', 'a:Conv@0'], { 'a:Conv': 1, over: 1 }],
  [
    'several calls of one path share its time',
    ['body:Add', 'body:Add', 'other:Relu'],
    ['body:Add@3'],
    { 'body:Add': 1 },
  ],
  [
    // Constants at 1 and 2 of the file: the reader counts them, the runtime does not. Names cross over.
    'names made up by the runtime are positions',
    ['Mul_0:Mul', 'Mul_3:Mul', 'Mul_4:Mul', 'Mul_5:Mul'],
    ['Mul_1:Mul@1', 'Mul_2:Mul@2', 'Mul_3:Mul@3'],
    { 'Mul_3:Mul': 1, 'Mul_4:Mul': 1, 'Mul_5:Mul': 1 },
  ],
  [
    'names that an exporter wrote that way are found by position, too',
    ['Conv_0:Conv', 'Relu_1:Relu', 'Conv_2:Conv'],
    ['Conv_0:Conv@0', 'Relu_1:Relu@1', 'Conv_2:Conv@2'],
    { 'Conv_0:Conv': 1, 'Relu_1:Relu': 1, 'Conv_2:Conv': 1 },
  ],
  [
    // Two layers of a function come before what the runtime numbers 3 and 4; `tail` says so.
    'a node known by name says how far the numbers are shifted',
    ['f/x:Add', 'f/y:Add', 'f/z:Add', 'head:Conv', 'Mul_9:Mul', 'tail:Conv'],
    ['head:Conv@1', 'Mul_2:Mul@2', 'tail:Conv@3'],
    { 'head:Conv': 1, 'Mul_9:Mul': 1, 'tail:Conv': 1 },
  ],
  [
    'the reshapes that the runtime puts around a product are its own',
    ['a:Gemm', 'b:Gemm'],
    [
      'gemm_input_reshape_token_3:Reshape@20',
      'a:Gemm@22',
      'gemm_output_reshape_token_5:Reshape@41',
      'gemm_input_reshape_token_4:Reshape@23',
      'b:Gemm@25',
      'gemm_output_reshape:Reshape@26',
    ],
    { 'a:Gemm': 3, 'b:Gemm': 3 },
  ],
  ['a reshape without its product stays over', ['a:Gemm'], ['a:Gemm@0', 'gemm_input_reshape:Reshape@3'], { 'a:Gemm': 1, over: 1 }], // prettier-ignore
  ['a position with another op is none', ['Conv_0:Conv', 'Relu_1:Relu'], ['Mul_1:Mul@1'], { over: 1 }],
];
for (const [name, layers, nodes, expected] of cases) {
  test(`attribution: ${name}`, () => {
    const { layers: times, unattributedS } = attribute(nodes.map(node), layers.map(layer));
    const found: Record<string, number> = {};
    for (const [index, time] of times) found[layers[index]!] = (found[layers[index]!] ?? 0) + time;
    if (unattributedS > 0) found['over'] = unattributedS;
    assert.deepEqual(found, expected);
  });
}

test('names that we wrote are taken at their word', () => {
  const byName = { Conv_0: 1, Conv_1: 0 };
  const { layers } = attribute(['Conv_0:Conv@0', 'Conv_1:Conv@1'].map(node), ['a:Conv', 'b:Conv'].map(layer), byName);
  assert.deepEqual([...layers].sort(), [
    [0, 1],
    [1, 1],
  ]);
  const { layers: only } = attribute([node('Conv_0:Conv@0')], ['a:Conv', 'b:Conv'].map(layer), byName);
  assert.deepEqual([...only], [[1, 1]]);
});
