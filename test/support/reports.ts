/** Reports for tests of what draws them: everything is filled in, and what a test is about is given. */
import { figure, type Figure } from '../../src/base/figure';
import { text } from '../../src/base/text';
import type { ProfileResult } from '../../src/report/profile';
import type { SuggestionReport } from '../../src/report/advice';
import type {
  DiagnosticReport,
  EstimateReport,
  FileReport,
  GapReport,
  LayerReport,
  ModelReport,
} from '../../src/report/view';

export const modelled = (value: number): Figure => figure(value, value / 2, value * 2, 'modelled', 'a test');

export const fileReport = (
  models: readonly ModelReport[],
  diagnostics: readonly DiagnosticReport[] = [],
): FileReport => ({ schemaVersion: 1, file: '/x.py', models, diagnostics });

export function layerReport(known: Partial<LayerReport> = {}): LayerReport {
  return {
    path: 'conv',
    call: 0,
    op: 'conv2d',
    file: '/x.py',
    line: 3,
    callSite: { file: '/x.py', line: 7, column: 12 },
    parameters: 448,
    macs: 442_368,
    flops: 901_120,
    bytes: 79_616,
    outputs: ['float32[1,16,32,32]'],
    latencyS: 0.000_1,
    energyJ: 0.001,
    ...known,
  };
}

export const estimateReport = (known: Partial<EstimateReport> = {}): EstimateReport => ({
  device: 'a processor',
  latencyS: modelled(0.01),
  energyJ: modelled(0.9),
  carbonG: modelled(0.000_1),
  gridGPerKWh: modelled(400),
  assumptions: [],
  ...known,
});

export function modelReport(known: Partial<ModelReport> = {}): ModelReport {
  return {
    name: 'Net',
    kind: 'class',
    line: 1,
    status: 'ok',
    complete: true,
    needs: [],
    inputs: [
      { name: 'x', dtype: 'float32', shape: [1, 3, 32, 32], basis: 'assumed', source: 'a test', text: text('a test') },
    ],
    outputs: [{ name: 'output0', dtype: 'float32', shape: [1, 10] }],
    parameters: 25_557_032,
    trainableParameters: 25_557_032,
    bufferElements: 0,
    bufferBytes: 0,
    macs: 4_089_184_256,
    flops: 8_210_000_000,
    weightBytes: 102_228_128,
    peakActivationBytes: 9_633_792,
    trafficBytes: 300_000_000,
    layers: [layerReport()],
    gaps: [],
    estimate: estimateReport(),
    ...known,
  };
}

export const gapReport = (known: Partial<GapReport> = {}): GapReport => ({
  file: '/x.py',
  line: 9,
  column: 4,
  code: 'unknown-call',
  message: 'a call that nobody knows',
  text: text('a call that nobody knows'),
  ...known,
});

export const diagnosticReport = (known: Partial<DiagnosticReport> = {}): DiagnosticReport => ({
  file: '/x.py',
  line: 2,
  column: 0,
  code: 'invalid-model',
  message: 'this is no model',
  text: text('this is no model'),
  ...known,
});

export const suggestionReport = (known: Partial<SuggestionReport> = {}): SuggestionReport => ({
  id: 'depthwise-separable:conv',
  rule: 'depthwise-separable',
  title: 'Depthwise separable convolution',
  titleText: text('Depthwise separable convolution'),
  why: text('fewer products'),
  layers: ['conv'],
  place: { file: '/x.py', line: 3, column: 8 },
  safety: 'retrain',
  deltas: { parameters: -400, macs: -400_000, bytes: 100, energyJ: null, carbonG: null },
  evidence: [],
  edit: null,
  edits: [],
  editReason: null,
  measured: null,
  ...known,
});

export const measured = (value: number): Figure => figure(value, value * 0.9, value * 1.1, 'measured', 'a test');

export const profileReport = (known: Partial<ProfileResult> = {}): ProfileResult => ({
  ...{ device: 'a processor', provider: 'cpu', runtime: 'a runtime', threads: 2, generatedWeights: true, leftOut: 0 },
  ...{ runs: 100, seconds: 1, latencyS: measured(0.01), energyJ: modelled(0.5), marginalEnergyJ: null, idleW: null },
  carbonG: null,
  runTimes: { fastestS: 0.009, meanS: 0.0102, p95S: 0.011, slowestS: 0.02 },
  ...{ coverage: [], peakMemoryBytes: 1e8, inputs: [], layers: [], unattributedShare: 0, providers: [], notes: [] },
  ...known,
});
