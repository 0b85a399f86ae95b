/** Whether what was measured is still of the model that is shown. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KeptProfile, type Standing, standing } from '../../src/editor/profiles';
import type { ModelReport } from '../../src/report/view';
import { layerReport, modelReport, profileReport } from '../support/reports';

const kept: KeptProfile = { model: modelReport(), result: profileReport(), text: null, when: 0 };
const [input] = kept.model.inputs;
const batch = (size: number): Partial<ModelReport> => ({
  inputs: input ? [{ ...input, shape: [size, 3, 32, 32], basis: 'given' }] : [],
});

const cases: readonly [what: string, now: ModelReport | undefined, expected: Standing][] = [
  ['read again', modelReport(), 'current'],
  ['moved to another line', modelReport({ line: 5, layers: [layerReport({ line: 9 })] }), 'current'],
  ['gone', undefined, 'outdated'],
  ['wider', modelReport({ parameters: 1 }), 'outdated'],
  ['with another op', modelReport({ layers: [layerReport({ op: 'conv3d' })] }), 'outdated'],
  ['with another output', modelReport({ layers: [layerReport({ outputs: ['float16[1]'] })] }), 'outdated'],
  ['longer', modelReport({ layers: [layerReport(), layerReport()] }), 'outdated'],
  ['at another batch size', modelReport({ ...batch(8), layers: [layerReport({ macs: 1 })] }), 'other-sizes'],
  ['wider, at another batch size', modelReport({ ...batch(8), parameters: 1 }), 'outdated'],
];
for (const [what, now, expected] of cases)
  test(`a model ${what}: ${expected}`, () => assert.equal(standing(kept, now), expected));
