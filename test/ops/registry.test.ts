/** Every op entry is held to its own examples, which run through the same builder and cost as the front ends'. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isUnknown } from '../../src/base/known';
import { GraphBuilder } from '../../src/ir/build';
import type { Graph } from '../../src/ir/graph';
import { printType } from '../../src/ir/tensor';
import { verifyGraph } from '../../src/ir/verify';
import { nodeCost } from '../../src/ops/cost';
import type { TorchOverload } from '../../src/ops/op';
import { entries } from '../../src/ops/registry';
import { parseSignature } from '../../src/ops/signature';
import { exampleGraph } from '../support/examples';

const isList = (spelling: unknown): spelling is readonly TorchOverload[] => Array.isArray(spelling);

for (const entry of entries) {
  test(`${entry.name} says what it is and where its rule comes from`, () => {
    assert.match(entry.doc, /^\S.*\.$/s);
    assert.ok(entry.source.length > 5);
    assert.ok(entry.examples.length > 0, 'no example');
  });

  entry.examples.forEach((example, index) => {
    test(`${entry.name} example ${index + 1}: ${example.in.join(', ')} ${JSON.stringify(example.attrs ?? {})}`, () => {
      const graph = exampleGraph(entry, example);
      assert.deepEqual(graph.gaps, []);
      assert.deepEqual(verifyGraph(graph), []);
      assert.deepEqual(
        graph.outputs.map(({ value }) => printType(graph.values[value]!.type)),
        [...example.out],
      );
      const { macs, flops, bytes } = nodeCost(graph, graph.nodes[0]!);
      assert.deepEqual({ macs, flops }, { macs: example.macs ?? 0, flops: example.flops ?? 0 });
      if (example.bytes !== undefined) assert.equal(bytes, example.bytes);
      else assert.ok(!isUnknown(bytes));
      for (const [output, data] of Object.entries(example.outData ?? {})) assert.deepEqual(dataOf(graph, output), data);
    });
  });

  for (const [name, spelling] of Object.entries(entry.torch ?? {})) {
    test(`${name} has a signature`, () => {
      for (const overload of isList(spelling) ? spelling : [spelling]) {
        const parameters = parseSignature(typeof overload === 'string' ? overload : overload.signature);
        assert.ok(parameters, JSON.stringify(overload));
        const names = parameters.map(parameter => parameter.name);
        assert.deepEqual([...new Set(names)], names);
        if (name.startsWith('torch.Tensor.')) assert.equal(parameters[0]?.annotation, 'Tensor');
      }
    });
  }
}

const dataOf = (graph: Graph, output: string): unknown => graph.values[graph.outputs[Number(output)]!.value]!.data;

test('names are words in lower case', () => {
  for (const { name } of entries) assert.match(name, /^[a-z][a-z0-9_]*$/);
});

test('spellings are qualified', () => {
  for (const entry of entries) {
    for (const name of Object.keys(entry.torch ?? {})) assert.match(name, /^(torch|torchvision)\.\w[\w.]*$/);
    for (const name of Object.keys(entry.onnx ?? {})) assert.match(name, /^([a-z]+(\.[a-z]+)*:)?[A-Z]\w*$/);
  }
});

test('an unknown op is a gap, not a zero', () => {
  const builder = new GraphBuilder();
  const x = builder.input('x', { dtype: 'float32', shape: [2] });
  const graph = exampleGraph({ name: 'no_such_op' }, { in: ['float32[2]'], out: [] });
  assert.equal(graph.gaps[0]?.code, 'unknown-op');
  assert.ok(isUnknown(nodeCost(graph, graph.nodes[0]!).macs));
  assert.equal(x, 0);
});

const signatures: readonly [text: string, names: string | undefined][] = [
  ['input: Tensor, dim: int = -1, *, keepdim=False', 'input!,dim=-1,keepdim=false'],
  ['tensors: Tensor[], dim=0', 'tensors!,dim=0'],
  ['self: Tensor, *shape', 'self!,shape'],
  ["input: Tensor, size=None, mode='nearest', output=(1, 2)", 'input!,size,mode="nearest",output=[1,2]'],
  ['', ''],
  ['input Tensor', undefined],
  ['input: Tenser', undefined],
  ['x=nothing', undefined],
];
for (const [signature, expected] of signatures)
  test(`signature "${signature}"`, () => {
    const read = parseSignature(signature)
      ?.map(
        ({ name, required, fallback }) =>
          name + (required ? '!' : fallback === undefined ? '' : `=${JSON.stringify(fallback)}`),
      )
      .join(',');
    assert.equal(read, expected);
  });
