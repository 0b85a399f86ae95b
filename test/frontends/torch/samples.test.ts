/** The sample workspace, counted as real PyTorch counts it (test/fixtures/torch/reference.py). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verifyGraph } from '../../../src/ir/verify';
import references from '../../fixtures/torch/reference.json';
import type { Reference } from '../../support/torchModels';
import { countsOf, countsOfReference, modelNamed, readPython } from '../../support/torchModels';

const samples: Readonly<Record<string, Readonly<Record<string, Reference>>>> = references.samples;

for (const [file, models] of Object.entries(samples)) {
  const path = `test/sample/${file}`;
  test(`${path} has the models that PyTorch ran, and no others without arguments`, async () => {
    const read = await readPython({ path });
    assert.deepEqual(read.gaps, []);
    const whole = read.models.filter(model => model.status !== 'needs-arguments').map(model => model.name);
    assert.deepEqual(whole.sort(), Object.keys(models).sort());
  });

  for (const [name, reference] of Object.entries(models))
    test(`${name} in ${path} counts as in PyTorch, its inputs found in the file`, async () => {
      const model = modelNamed(await readPython({ path, model: name }), name);
      assert.deepEqual(model.graph.gaps, []);
      assert.equal(model.status, 'ok');
      assert.notEqual(model.inputs[0]?.basis, 'assumed');
      assert.deepEqual(verifyGraph(model.graph), []);
      assert.deepEqual(countsOf(model.graph), countsOfReference(reference));
    });
}
