/** Small models of many kinds, read from source, written as ONNX with generated weights, and run in the real runtime. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { emitCase, placeCase } from '../support/emission';
import { Runtime } from '../support/runtime';

const FILE = 'test/fixtures/emission/models.py';
const cases = JSON.parse(readFileSync('test/fixtures/emission/cases.json', 'utf8')) as readonly {
  readonly model: string;
  readonly inputs: readonly string[];
}[];

const runtime = new Runtime();
after(() => runtime.stop());

for (const { model, inputs } of cases)
  test(model, async () => {
    const emission = await emitCase({ path: FILE, model, inputs });
    assert.ok(emission.kind === 'emitted', 'reasons' in emission ? emission.reasons.join('; ') : '');
    const { emitted } = emission;
    const folder = await mkdtemp(join(tmpdir(), 'emit-test-'));
    try {
      const made = await runtime.run(await placeCase(emitted, folder), emitted.inputs);
      assert.deepEqual(
        made.map(({ dtype, dims }) => `${dtype}[${dims.join(',')}]`),
        emitted.outputs,
      );
      for (const { name, data } of made) {
        assert.ok(data.every(Number.isFinite), `${name} has values that are no numbers`);
        const size = Math.max(...data.map(Math.abs));
        assert.ok(size > 1e-3 && size < 1e3, `${name} reaches ${size}`);
        assert.ok(new Set(data).size > 1, `${name} is constant`);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
