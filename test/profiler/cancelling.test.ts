/** Cancelling in the stages before a model is open: while its weights are written, and while devices are looked for. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { ProfileJob, ProfileProgress } from '../../src/profiler/client';
import { createProfiler } from '../../src/profiler/client';
import { onnxBytes } from '../support/onnxBytes';
import type { Workshop } from '../support/profilerChild';
import { openWorkshop, smallModel } from '../support/profilerChild';

let workshop: Workshop;
before(async () => void (workshop = await openWorkshop()));
after(() => workshop.close());

/** Four hundred megabytes: seconds of writing. */
const bytes = 4e8;
const fill = { kind: 'normal', mean: 0, std: 1 } as const;
const tensors = [{ name: 'w', dtype: 'float32', elements: bytes / 4, offset: 0, bytes, fill }];
const heavy = {
  kind: 'emitted',
  model: onnxBytes(smallModel),
  plan: { file: 'w.bin', seed: 1, bytes, tensors },
} as const;

const stages: readonly [ProfileProgress['stage'], Pick<ProfileJob, 'model' | 'device'>][] = [
  ['weights', { model: heavy, device: 'cpu' }],
  ['probing', { model: heavy, device: 'auto' }],
];
for (const [stage, more] of stages)
  test(`cancelled while ${stage}: within a second, and nothing is left`, async () => {
    const controller = new AbortController();
    let askedAt = 0;
    const outcome = await createProfiler(workshop).profile(
      { inputs: [], dims: {}, seconds: 20, ...more },
      {
        signal: controller.signal,
        onProgress: progress => {
          if (progress.stage !== stage || askedAt > 0) return;
          askedAt = performance.now();
          controller.abort();
        },
      },
    );
    assert.deepEqual(outcome, { kind: 'cancelled' });
    assert.ok(askedAt > 0 && performance.now() - askedAt < 1000, `${performance.now() - askedAt} ms`);
    assert.deepEqual(readdirSync(workshop.temporaryFolder), []);
  });
