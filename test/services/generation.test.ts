/** Making text: what the calls multiply, as PyTorch counts them (test/fixtures/generation/reference.py). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { frontendFor } from '../../src/frontends/index';
import { parseInputSpec } from '../../src/frontends/input';
import type { GenerationReport } from '../../src/report/generation';
import { generationOf, parseGenerate } from '../../src/services/generation';
import { nodeWorld } from '../../src/services/ports/world';
import references from '../fixtures/generation/reference.json';

const FOLDER = 'test/fixtures/generation';

function generation(file: string, prefill: number, decode: number): Promise<GenerationReport> {
  const path = `${FOLDER}/${file}.py`;
  return generationOf('Net', path, { prefill, decode }, past => {
    const frontend = frontendFor(path);
    assert.ok(frontend !== undefined);
    return frontend.read({ path, model: 'Net', inputs: [parseInputSpec('int64[1,4]')], past }, nodeWorld);
  });
}

for (const [file, expected] of Object.entries(references.models))
  test(`${file}.py multiplies as PyTorch does`, async () => {
    const { prefill, decode, firstToken, lastToken, complete } = await generation(file, references.prefill, references.decode); // prettier-ignore
    assert.deepEqual({ prefill: prefill?.macs, decode: decode?.macs, first: firstToken?.macs, last: lastToken?.macs }, expected); // prettier-ignore
    assert.ok(complete);
  });

// Bytes of float32; before the last token there are 9 + 6.
const KEPT: readonly [file: string, method: string, bytes: number][] = [
  ['tuples', 'cache', 4 * (2 * 15 * 8 + 2 * 5 * 4)], // 2 groups of 4 in full, 1 group of 4 in a window of 6
  ['positions', 'cache', 4 * 2 * 32 * 16], // as large as it was made
  ['objects', 'cache', 4 * 2 * 15 * 16],
  ['state', 'cache', 4 * 2 * 16],
  ['nothing', 'recompute', 0],
];
for (const [file, method, bytes] of KEPT)
  test(`${file}.py keeps ${bytes} bytes`, async () => {
    const report = await generation(file, references.prefill, references.decode);
    assert.deepEqual([report.method, report.cacheBytes], [method, bytes]);
  });

test('of many tokens only some are read, and their sum is that of all', async () => {
  const { decode, stepsRead } = await generation('tuples', 2, 60);
  let sum = 0;
  for (let past = 2; past < 62; past++) sum += (await generation('tuples', past, 1)).firstToken?.macs ?? NaN;
  assert.equal(decode?.macs, sum);
  assert.ok(stepsRead < 40, `${stepsRead} steps were read`);
});

test('tokens beyond the longest text are not counted, and it is said why', async () => {
  const { complete, decode, failure } = await generation('positions', 30, 8);
  assert.deepEqual([complete, decode], [false, null]);
  assert.ok(failure !== undefined);
});

test('how many tokens is refused where it says nothing', () => {
  for (const spec of ['', '512', 'prefill=0,decode=1', 'decode=1,prefill=2', 'prefill=1.5,decode=2'])
    assert.throws(() => parseGenerate(spec), /InputError|does not say/);
  assert.deepEqual(parseGenerate('prefill=512, decode=128'), { prefill: 512, decode: 128 });
});
