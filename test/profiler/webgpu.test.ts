/**
 * WebGPU on an adapter in software, where a browser has brought one: probed by running, measured, every node's provider
 * told, and what the adapter cannot run said aloud. Slow as it is, nothing about it but its speed is special.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { render } from '../../src/base/text';
import type { ProfileRun, Profiler } from '../../src/profiler/client';
import { createProfiler } from '../../src/profiler/client';
import { profileResult } from '../../src/services/profileReport';
import type { TinyModel } from '../support/onnxBytes';
import type { Workshop } from '../support/profilerChild';
import { openWorkshop, smallModel } from '../support/profilerChild';
import { modelReport } from '../support/reports';
import { softwareVulkan } from '../support/softwareVulkan';

let workshop: Workshop;
let profiler: Profiler;
let missing = false;
before(async () => {
  workshop = await openWorkshop();
  const environment = softwareVulkan(workshop.scratch);
  missing = environment === undefined;
  profiler = createProfiler({ ...workshop, ...(environment && { environment }) });
});
after(() => workshop.close());

async function measured(model: TinyModel): Promise<ProfileRun & { kind: 'measured' }> {
  const path = await workshop.file('model.onnx', model);
  const source = { kind: 'file', path } as const;
  const outcome = await profiler.profile({ model: source, device: 'webgpu', inputs: [], dims: {}, seconds: 0.5 });
  assert.ok(outcome.kind === 'finished' && outcome.value.kind === 'measured', JSON.stringify(outcome));
  return outcome.value;
}

const needed = 'no adapter in software here; on Debian: apt-get install chromium-common libvulkan1';

describe('WebGPU in software', { timeout: 180_000 }, () => {
  test('works, gives right values, and is not what a user would want to run on', async t => {
    if (missing) {
      t.skip(needed);
      return;
    }
    const probed = await profiler.probe();
    assert.ok(probed.kind === 'finished');
    const webgpu = probed.value.find(({ provider }) => provider === 'webgpu');
    assert.ok(webgpu?.works === true, webgpu && !webgpu.works ? `${render(webgpu.why)}: ${webgpu.detail}` : '');
    const path = await workshop.file('auto.onnx', smallModel);
    const source = { kind: 'file', path } as const;
    const outcome = await profiler.profile({ model: source, device: 'auto', inputs: [], dims: {}, seconds: 0.2 });
    assert.ok(outcome.kind === 'finished' && outcome.value.kind === 'measured');
    assert.equal(outcome.value.provider, 'cpu');
  });

  test('every node is told with its time and where it ran', async t => {
    if (missing) {
      t.skip(needed);
      return;
    }
    const run = await measured(smallModel);
    const nodes = run.trace?.nodes.filter(({ name }) => name === 'mm' || name === 'relu') ?? [];
    assert.deepEqual(nodes.map(({ name, provider }) => [name, provider]).sort(), [
      ['mm', 'WebGpuExecutionProvider'],
      ['relu', 'WebGpuExecutionProvider'],
    ]);
    assert.ok(nodes.every(({ selfS }) => selfS > 0));
  });

  test('what it cannot run falls back to the processor, and the report says so', async t => {
    if (missing) {
      t.skip(needed);
      return;
    }
    // No shader has 64-bit floats.
    const run = await measured({
      inputs: [{ name: 'x', dtype: 'float64', dims: [256, 256] }],
      outputs: [{ name: 'y', dtype: 'float64', dims: [256, 256] }],
      nodes: [{ op: 'MatMul', inputs: ['x', 'x'], outputs: ['y'], name: 'wide' }],
    });
    const result = profileResult(run, { report: modelReport({ kind: 'onnx' }), power: null, device: 'a GPU' });
    assert.deepEqual(result.providers.map(({ provider }) => provider), ['cpu']); // prettier-ignore
    assert.ok(result.notes.some(note => render(note) === '100 % of the time was spent in nodes that ran on "cpu".'));
  });
});
