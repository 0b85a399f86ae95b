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

test('without what cannot be written: refused by name and line, else the rest runs on stand-ins', async () => {
  const asked = { path: FILE, model: 'SpectralMixer', inputs: ['float32[2,8,16]'] };
  const written = readFileSync(FILE, 'utf8').split('\n');
  const line = written.findIndex(text => text.includes('torch.fft.fft(')) + 1;
  const refused = await emitCase(asked);
  assert.ok(refused.kind === 'refused');
  assert.ok(refused.reasons.some(reason => reason.startsWith(`${FILE}:${line} fft`)));
  const emission = await emitCase({ ...asked, without: true });
  assert.ok(emission.kind === 'emitted');
  const { emitted } = emission;
  // The transform, and what takes its complex numbers.
  assert.deepEqual(emitted.without, [`fft:${line}`, `complex_part:${line}`]);
  const folder = await mkdtemp(join(tmpdir(), 'emit-test-'));
  try {
    const path = await placeCase(emitted, folder);
    const runs = await Promise.all(
      [1, 2].map(value =>
        runtime.run(
          path,
          emitted.inputs.map(input => ({ ...input, data: Array<number>(256).fill(value) })),
        ),
      ),
    );
    const [first, second] = runs.map(([output]) => output);
    assert.equal(`${first?.dtype}[${first?.dims.join(',')}]`, emitted.outputs[0]);
    assert.ok(new Set(first?.data).size > 1 && first?.data.every(Number.isFinite));
    // Nothing was computed before the run.
    assert.notDeepEqual(first?.data, second?.data);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
