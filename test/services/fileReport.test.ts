/** What a report says of a model that could not even be constructed, or that was handed inputs it does not take. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyze } from '../../src/services/analysis';
import type { AnalyzeRequest } from '../../src/protocol/analysis';
import type { ModelReport } from '../../src/report/view';
import { nodeWorld } from '../../src/services/ports/world';

async function report(request: Partial<AnalyzeRequest>): Promise<ModelReport> {
  const path = 'test/sample/land_cover/unet.py';
  const host = { processor: 'unknown', cores: 2, threads: 2, virtual: true, laptop: false };
  const { models } = await analyze({ path, model: 'LandCoverUNet', inputs: [], searchPath: [], ...request }, { world: nodeWorld, host, timeZone: 'UTC' }); // prettier-ignore
  const [model] = models;
  assert.ok(model !== undefined);
  return model;
}

test('what could not be constructed has no totals, rather than none at all', async () => {
  const { status, parameters, macs, flops, estimate, gaps } = await report({ args: 'nope=3' });
  assert.deepEqual({ status, parameters, macs, flops, estimate }, { status: 'incomplete', parameters: null, macs: null, flops: null, estimate: null }); // prettier-ignore
  assert.deepEqual(gaps.map(({ code }) => code), ['invalid-model']); // prettier-ignore
});

test('an only input is meant, whatever it is called', async () => {
  const { status } = await report({ inputs: ['y=float32[1,10,64,64]'] });
  assert.equal(status, 'ok');
});

test('an input by a name that is none of the parameters is refused as Python refuses it', async () => {
  const { status, gaps } = await report({ inputs: ['x=float32[1,10,64,64]', 'z=float32[1]'] });
  assert.equal(status, 'incomplete');
  assert.match(gaps[0]?.message ?? '', /unexpected keyword argument 'z'/);
});
