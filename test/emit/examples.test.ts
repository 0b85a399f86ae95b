/** Every worked example of every entry is written as a model and run: types and known elements must be the entry's own. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { isUnknown } from '../../src/base/known';
import { emitOnnx } from '../../src/emit/onnx';
import type { Graph } from '../../src/ir/graph';
import { valueOf } from '../../src/ir/graph';
import { parseType, printType } from '../../src/ir/tensor';
import type { Example, OpEntry } from '../../src/ops/op';
import { entries } from '../../src/ops/registry';
import { exampleGraph } from '../support/examples';
import type { Fed } from '../support/runtime';
import { Runtime } from '../support/runtime';

const runtime = new Runtime();
after(() => runtime.stop());

/** What the runtime's JavaScript binding cannot be fed with or cannot run on a CPU. */
const UNRUNNABLE = /bfloat16|float8|float4|int4|uint4|int2|complex|string/;

for (const entry of entries) {
  if (entry.emit === undefined) continue;
  entry.examples.forEach((example, index) => {
    if ([...example.in, ...example.out].some(type => UNRUNNABLE.test(type))) return;
    test(`${entry.name}, example ${index + 1}`, () => check(entry, example));
  });
}

async function check(entry: OpEntry, example: Example): Promise<void> {
  const graph = exampleGraph(entry, example);
  const emission = emitOnnx(graph, { weightsFile: 'w.bin', seed: 1 });
  // An entry may refuse some of its variants, with a reason; that it is all of them shows in the count below.
  if (!emission.ok) return;
  const outputs = await runtime.run(emission.emitted.model, feeds(graph));
  outputs.forEach((made, index) => {
    const declared = valueOf(graph, graph.outputs[index]?.value ?? -1).type;
    assert.equal(`${made.dtype}[${made.dims.join(',')}]`, printType(declared));
    const expected = example.outData?.[index];
    if (expected !== undefined) assert.deepEqual(made.data.map(plain), expected.map(plain));
  });
}

/** Minus zero is zero. */
const plain = (value: number): number => value + 0;

function feeds(graph: Graph): Fed[] {
  return graph.inputs.map(id => {
    const { name = '', type, data } = valueOf(graph, id);
    const parsed = parseType(printType(type));
    if (parsed === undefined || isUnknown(parsed.dtype) || isUnknown(parsed.shape))
      throw new Error(`unknown input ${name}`);
    const numbers = data?.map(element => (isUnknown(element) ? NaN : element));
    return { name, dtype: parsed.dtype, dims: parsed.shape.map(Number), ...(numbers && { data: numbers }) };
  });
}

test('every entry that can be emitted emits at least one of its examples', () => {
  const silent = entries.filter(
    entry =>
      entry.emit !== undefined &&
      !entry.examples.some(example => emitOnnx(exampleGraph(entry, example), { weightsFile: 'w.bin', seed: 1 }).ok),
  );
  assert.deepEqual(
    silent.map(entry => entry.name),
    [],
  );
});
