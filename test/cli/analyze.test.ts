/** `modelwatt analyze`: its four forms, its exit codes, and files as they come. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import references from '../fixtures/torch/reference.json';
import type { Desk } from '../support/commandLine';
import { openDesk, runInside } from '../support/commandLine';

interface Report {
  readonly schemaVersion: number;
  readonly file: string;
  readonly models: readonly Readonly<Record<string, unknown>>[];
  readonly diagnostics: readonly Readonly<Record<string, unknown>>[];
  readonly error?: { readonly code: string };
}

const SAMPLE = 'test/sample/satellite/resnet.py';
const REFERENCE = references.samples['satellite/resnet.py'].SatelliteResNet;

let desk: Desk;
before(async () => (desk = await openDesk()));
after(() => desk.clear());

async function analyze(
  ...argv: string[]
): Promise<{ code: number | null; report: Report; messages: readonly string[] }> {
  const { code, stdout, messages } = await runInside(['analyze', ...argv, '--format', 'json']);
  return { code, report: JSON.parse(stdout) as Report, messages };
}

test('JSON has the fields of the contract, and PyTorch’s counts', async () => {
  const { code, report, messages } = await analyze(SAMPLE, '--model', 'SatelliteResNet');
  assert.deepEqual([code, messages, report.schemaVersion, report.file], [0, [], 1, SAMPLE]);
  assert.deepEqual(report.diagnostics, []);
  const [model] = report.models;
  assert.ok(model && report.models.length === 1);
  const { parameters, macs } = REFERENCE;
  assert.equal(model['parameters'], parameters);
  assert.equal(model['macs'], macs);
  assert.equal(model['status'], 'ok');
  assert.equal(model['complete'], true);
  const expected = [
    ...['name', 'kind', 'line', 'status', 'complete', 'inputs', 'outputs', 'parameters', 'trainableParameters'],
    ...['bufferElements', 'bufferBytes', 'macs', 'flops', 'weightBytes', 'peakActivationBytes', 'trafficBytes'],
    ...['layers', 'gaps', 'estimate'],
  ];
  assert.deepEqual(expected.filter(field => !(field in model)), []); // prettier-ignore
  const layers = model['layers'] as readonly Readonly<Record<string, unknown>>[];
  assert.equal(layers.reduce((sum, layer) => sum + Number(layer['macs']), 0), macs); // prettier-ignore
  const layer = ['path', 'call', 'op', 'file', 'line', 'callSite', 'parameters', 'macs', 'flops', 'bytes', 'outputs'];
  assert.deepEqual(layer.filter(field => !(field in (layers[0] ?? {}))), []); // prettier-ignore
  const estimate = model['estimate'] as Readonly<Record<string, unknown>>;
  for (const name of ['latencyS', 'energyJ', 'carbonG'])
    assert.deepEqual(Object.keys(estimate[name] as object).slice(0, 5), ['value', 'low', 'high', 'basis', 'source']);
});

test('a table for people, with the layers on request', async () => {
  const { code, stdout } = await runInside(['analyze', SAMPLE, '--model', 'SatelliteResNet']);
  assert.equal(code, 0);
  assert.match(stdout, /SatelliteResNet \(line \d+\): complete/);
  assert.match(stdout, /11,180,682 \(11\.2 M\)/);
  assert.match(stdout, /2\.25 GMACs/);
  assert.doesNotMatch(stdout, /layer1\.0\.conv1/);
  const { stdout: longer } = await runInside(['analyze', SAMPLE, '--model', 'SatelliteResNet', '--layers']);
  assert.match(longer, /layer1\.0\.conv1/);
});

test('a Markdown table with a row for each model', async () => {
  const { code, stdout } = await runInside(['analyze', SAMPLE, '--format', 'markdown']);
  assert.equal(code, 0);
  const rows = stdout.split('\n').filter(line => line.startsWith('|'));
  assert.equal(new Set(rows.map(row => row.split('|').length)).size, 1);
  assert.ok(rows.some(row => row.includes('`SatelliteResNet`') && row.includes('11,180,682')));
});

const GAPPED = `import torch
from torch import nn
import unknown_library

class Net(nn.Module):  # modelwatt: input=float32[1,4]
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)

    def forward(self, x):
        return unknown_library.act(self.fc(x))
`;

test('what cannot be followed is exit code 3, null or a lower bound, and a result in SARIF at its line', async () => {
  const path = await desk.file('gapped.py', GAPPED);
  const { code, report } = await analyze(path);
  assert.equal(code, 3);
  const [model] = report.models;
  assert.deepEqual([model?.['status'], model?.['complete'], model?.['parameters']], ['incomplete', false, 10]);
  const gaps = model?.['gaps'] as readonly Readonly<Record<string, unknown>>[];
  const lines = gaps.map(({ file, line }) => {
    assert.equal(file, path);
    return line;
  });
  // The import that leads nowhere, and the call of what it should have given.
  assert.deepEqual(new Set(lines), new Set([3, 11]));
  const { code: same, stdout } = await runInside(['analyze', path, '--format', 'sarif']);
  assert.equal(same, 3);
  const log = JSON.parse(stdout) as { version: string; runs: { results: { ruleId: string; locations: object[] }[] }[] };
  assert.equal(log.version, '2.1.0');
  assert.deepEqual(log.runs[0]?.results.map(({ ruleId }) => ruleId), gaps.map(gap => gap['code'])); // prettier-ignore
  assert.match(JSON.stringify(log.runs[0].results[0]?.locations), /gapped\.py.*"startLine":11\b/);
});

test('a block that needs arguments fails only when it is asked for', async () => {
  const whole = await analyze(SAMPLE);
  assert.equal(whole.code, 0);
  const block = whole.report.models.find(({ name }) => name === 'BasicBlock');
  assert.deepEqual([block?.['status'], block?.['parameters'], block?.['macs']], ['needs-arguments', null, null]);
  assert.equal((await analyze(SAMPLE, '--model', 'BasicBlock')).code, 3);
  const given = ['--args', 'in_planes=8, planes=8', '--input', 'float32[1,8,4,4]'];
  const { code, report } = await analyze(SAMPLE, '--model', 'BasicBlock', ...given);
  assert.equal(code, 0);
  // Two 3 × 3 convolutions without bias, two normalisations.
  assert.equal(report.models[0]?.['parameters'], 2 * 8 * 8 * 9 + 2 * 16);
  assert.equal(report.models[0]['macs'], 2 * 16 * 8 * 8 * 9);
});

test('an ONNX file', async () => {
  const path = await desk.file('product.onnx', {
    inputs: [{ name: 'x', dtype: 'float32', dims: [3, 8] }],
    outputs: [{ name: 'y', dtype: 'float32', dims: [3, 4] }],
    initializers: [{ name: 'w', dtype: 'float32', dims: [8, 4], data: 0.5 }],
    nodes: [{ op: 'MatMul', inputs: ['x', 'w'], outputs: ['y'] }],
  });
  const { code, report } = await analyze(path);
  assert.equal(code, 0);
  const [model] = report.models;
  assert.deepEqual([model?.['kind'], model?.['parameters'], model?.['macs']], ['onnx', 32, 96]);
});

const rewrites: readonly [name: string, rewrite: (source: string) => string | Uint8Array][] = [
  ['CRLF line ends', source => source.replaceAll('\n', '\r\n')],
  ['lone CR line ends', source => source.replaceAll('\n', '\r')],
  ['a byte order mark', source => `\ufeff${source}`],
  ['tabs', source => source.replaceAll(/^( {4})+/gm, spaces => '\t'.repeat(spaces.length / 4))],
  ['form feeds and no last line end', source => source.replaceAll('\n\n\n', '\n\f\n\n').trimEnd()],
];

for (const [name, rewrite] of rewrites)
  test(`a source with ${name} counts the same, at the same lines`, async () => {
    const source = await readFile(SAMPLE, 'utf8');
    const [plain, changed] = [await desk.file('plain.py', source), await desk.file('changed.py', rewrite(source))];
    const facts = ({ models }: Report): unknown =>
      models.map(({ name: model, line, status, parameters, macs, flops }) => [model, line, status, parameters, macs, flops]); // prettier-ignore
    const [expected, found] = [await analyze(plain), await analyze(changed)];
    assert.equal(found.code, 0);
    assert.deepEqual(facts(found.report), facts(expected.report));
  });

test('a syntax error is bad input, and what stands beside it is still read', async () => {
  const path = await desk.file('broken.py', `${await readFile(SAMPLE, 'utf8')}\n\ndef broken(:\n    pass\n`);
  const { code, report, messages } = await analyze(path);
  assert.equal(code, 2);
  assert.equal(messages.length, 1);
  assert.match(messages[0] ?? '', /^modelwatt: ".*broken\.py" has a syntax error in line \d+; mend it/);
  assert.equal(report.error?.code, 'syntax-error');
  assert.equal(report.models.find(({ name }) => name === 'SatelliteResNet')?.['parameters'], REFERENCE.parameters);
});

const notPython: readonly [name: string, content: string | Uint8Array][] = [
  ['random bytes', Uint8Array.from({ length: 3000 }, (_, index) => (index * 7919 + (index >> 3) * 104729) & 255)],
  ['a null character', 'a = 1\n\0\n'],
  ['half a line', 'class Net(nn.Module'],
  ['brackets without end', '('.repeat(5000)],
];

for (const [name, content] of notPython)
  test(`${name} in a Python file end calmly`, async () => {
    const { code, messages } = await analyze(await desk.file('junk.py', content));
    assert.deepEqual([code, messages.length], [2, 1]);
  });

test('a file without models is no failure', async () => {
  const { code, report } = await analyze(await desk.file('empty.py', ''));
  assert.deepEqual([code, report.models, report.diagnostics], [0, [], []]);
});

test('imports are found beside the file, and on the search path', async () => {
  const path = await desk.file('uses.py', GAPPED);
  await desk.file('unknown_library.py', 'def act(x):\n    return x.relu()\n');
  assert.equal((await analyze(path)).code, 0);
  const elsewhere = await openDesk();
  try {
    const alone = await elsewhere.file('uses.py', GAPPED);
    assert.equal((await analyze(alone)).code, 3);
    assert.equal((await analyze(alone, '--search-path', join(desk.folder))).code, 0);
  } finally {
    await elsewhere.clear();
  }
});
