/** Graph networks: the layers of torch_geometric and DGL as they really count, and what is said where data decides. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rollUp } from '../../../src/estimate/rollup';
import { verifyGraph } from '../../../src/ir/verify';
import references from '../../fixtures/graphs/reference.json';
import { countsOf, modelNamed, readPython } from '../../support/torchModels';

const FOLDER = 'test/fixtures/graphs';
const NODES = 'float32[100,32]';
const EDGES = 'int64[2,400]';

/** Counted with the real libraries, on edges of which none leads from a node to itself. */
for (const { file, model, args = '', inputs, ...counted } of references as readonly ((typeof references)[number] & {
  args?: string;
})[])
  // prettier-ignore
  test(`${file} ${model}(${args}) counts as the library does`, async () => {
    const read = modelNamed(await readPython({ path: `${FOLDER}/${file}`, model, args, inputs }), model);
    assert.deepEqual(read.graph.gaps.filter(({ code }) => code !== 'assumed'), []); // prettier-ignore
    assert.equal(read.status, 'ok');
    assert.deepEqual(verifyGraph(read.graph), []);
    const { parameters, trainableParameters, bufferElements, macs, outputs } = countsOf(read.graph);
    assert.deepEqual({ parameters, trainableParameters, bufferElements, macs, outputs }, counted);
  });

async function read(file: string, model: string, inputs: readonly string[]): Promise<ReturnType<typeof modelNamed>> {
  return modelNamed(await readPython({ path: `${FOLDER}/${file}`, model, args: '', inputs }), model);
}

test('features of edges that loops are added to: how many there are is data', async () => {
  const { status, graph } = await read('geometric_models.py', 'GatEdge', [NODES, EDGES, 'float32[400,5]']);
  assert.equal(status, 'incomplete');
  assert.deepEqual(graph.gaps.map(({ code }) => code), ['assumed', 'data-dependent']); // prettier-ignore
});

test('edges that are known are counted without those from a node to itself', async () => {
  const { status, graph } = await read('geometric_models.py', 'GatEdge', [NODES, 'int64[2,400]=0', 'float32[400,5]']);
  assert.equal(status, 'ok');
  // 100 nodes × 32 × 16, and 100 loops × 5 × 16.
  assert.equal(countsOf(graph).macs, 59_200);
});

test('pooling by an index of which nothing is known says so; with its elements it is exact', async () => {
  const unknown = await read('geometric_models.py', 'Gin', [NODES, EDGES, 'batch=int64[100]']);
  assert.equal(unknown.status, 'incomplete');
  assert.deepEqual(unknown.graph.gaps.map(({ code }) => code), ['data-dependent']); // prettier-ignore
  const known = await read('geometric_models.py', 'Gin', [NODES, EDGES, 'batch=int64[100]=3']);
  assert.equal(known.status, 'ok');
  assert.deepEqual(countsOf(known.graph).outputs, ['float32[4,2]']);
});

const flopsOf = async (model: string, inputs: readonly string[]): Promise<{ macs: unknown; flops: unknown }> => {
  const { status, graph } = await read('sparse_models.py', model, inputs);
  assert.equal(status, 'ok');
  const { macs, flops } = rollUp(graph);
  return { macs, flops };
};

test('aggregation is flops, not multiply-adds', async () => {
  const macs = 100 * 32 * 16;
  assert.deepEqual(await flopsOf('Products', [NODES, EDGES]), { macs, flops: 2 * macs + 4 * 2 * 16 * 400 });
  assert.deepEqual(await flopsOf('Adjacent', [NODES, EDGES]), { macs, flops: 2 * macs + 16 * 400 });
  assert.deepEqual(await flopsOf('Scattered', ['float32[400,32]', 'int64[400]']), { macs: 0, flops: 400 * 32 });
});

test('groups that only an index knows are a gap', async () => {
  const { status, graph } = await read('sparse_models.py', 'Groups', ['float32[400,32]', 'int64[400]']);
  assert.equal(status, 'incomplete');
  assert.deepEqual(countsOf(graph).outputs, ['float32[1,32]']);
});
