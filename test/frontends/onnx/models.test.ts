/** Real models agree with what a runtime executed: parameters, MACs by op, output shapes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isUnknown } from '../../../src/base/known';
import { render } from '../../../src/base/text';
import { rollUp } from '../../../src/estimate/rollup';
import { onnx } from '../../../src/frontends/onnx/read';
import type { Graph } from '../../../src/ir/graph';
import { printType } from '../../../src/ir/tensor';
import { verifyGraph } from '../../../src/ir/verify';
import { nodeCost } from '../../../src/ops/cost';
import { nodeWorld } from '../../../src/services/ports/world';
import { modelFile, referenceModels, specsOf } from '../../support/onnxModels';

/** Packages beyond this are fetched only when asked for: MODELWATT_ALL_MODELS=1. */
const LARGE = 50_000_000;
const all = process.env['MODELWATT_ALL_MODELS'] === '1';

for (const model of referenceModels) {
  if (model.sizeBytes > LARGE && !all) continue;
  test(`${model.package} ${model.path}`, async context => {
    const path = await modelFile(model);
    if (path === undefined) {
      context.skip('libonnx-testdata is not installed');
      return;
    }
    const { models } = await onnx.read({ path, inputs: specsOf(model) }, nodeWorld);
    const { graph, status } = models[0]!;
    assert.ok(graph);
    assert.deepEqual(verifyGraph(graph), []);
    const total = rollUp(graph);
    assert.equal(total.parameters, model.parameters);
    if (model.dataDependent) {
      assert.equal(status, 'incomplete');
      assert.ok(graph.gaps.length > 0);
      assert.ok(total.macs <= model.macs, `${total.macs} MACs, at most ${model.macs}`);
      return;
    }
    assert.deepEqual(graph.gaps.map(({ message }) => render(message)).slice(0, 5), []);
    assert.equal(status, 'ok');
    assert.deepEqual(
      graph.outputs.map(({ name, value }) => [name, printType(graph.values[value]!.type)]),
      model.outputs,
    );
    assert.deepEqual(macsByOp(graph), model.macsByOp);
    assert.equal(total.macs, model.macs);
  });
}

function macsByOp(graph: Graph): Record<string, number> {
  const found: Record<string, number> = {};
  for (const node of graph.nodes) {
    const { macs } = nodeCost(graph, node);
    if (isUnknown(macs)) assert.fail(`${node.origin.path}: ${render(macs.unknown)}`);
    if (macs > 0) found[node.origin.label] = (found[node.origin.label] ?? 0) + macs;
  }
  return found;
}
