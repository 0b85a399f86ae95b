/** Input types: from what was given, what the file declares, what names suggest; and what has to be asked for. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { render } from '../../../src/base/text';
import { bindDim, resolveDim, wellKnownSize } from '../../../src/frontends/onnx/dims';
import { printType } from '../../../src/ir/tensor';
import type { TinyModel, TinyTensor } from '../../support/onnxBytes';
import { onnxBytes } from '../../support/onnxBytes';
import { readBytes, readModel, refuses, type Reading } from '../../support/onnxReading';

const expressions: readonly [expression: string, value: number | undefined][] = [
  ['n', 6],
  ['n + 2', 8],
  ['2*n', 12],
  ['n / 4', 1],
  ['n // 4', 1],
  ['floor(n/4) + 1', 2],
  ['past + n', 16],
  ['max(n, past) - min(n, past)', 4],
  ['(n + past) * 3 - -1', 49],
  ['ceil(n / 4)', 2],
  ['n + m', undefined],
  ['n +', undefined],
  ['n - 7', undefined],
  ['foo(n)', undefined],
  ['((((n', undefined],
  ['', undefined],
];
for (const [expression, value] of expressions)
  test(`"${expression}" is ${value}`, () => {
    const bindings = new Map([['n', 6], ['past', 10]]); // prettier-ignore
    assert.equal(resolveDim(expression, bindings), value);
  });

test('a deep expression ends', () => {
  assert.equal(resolveDim('('.repeat(900) + 'n' + ')'.repeat(90), new Map([['n', 1]])), undefined);
});

test('a size that is given solves simple expressions', () => {
  const bindings = new Map<string, number>();
  bindDim('encoder_sequence_length / 2', 16, bindings);
  bindDim('past + 1', 5, bindings);
  assert.equal(bindings.get('encoder_sequence_length'), 32);
  assert.equal(bindings.get('past'), 4);
});

const names: readonly [name: string, size: number | undefined][] = [
  ['batch', 1],
  ['batch_size', 1],
  ['N', 1],
  ['sequence_length', 128],
  ['decoder_sequence_length', 128],
  ['past_sequence_length', 0],
  ['height', 224],
  ['samples', 16_000],
  ['num_anchors', undefined],
  ['whatever', undefined],
];
for (const [name, size] of names)
  test(`the name ${name} suggests ${size}`, () => assert.equal(wellKnownSize(name), size));

const model = (...inputs: TinyTensor[]): TinyModel => ({
  inputs,
  outputs: [{ name: 'y', dtype: 'float32' }],
  nodes: [{ op: 'Relu', inputs: ['x'], outputs: ['y'] }],
});

const shown = ({ read }: Reading): string[] =>
  read.inputs.map(({ name, type, basis, source }) => `${name} ${printType(type)} ${basis}: ${render(source)}`);

test('fixed sizes are the declared ones', async () => {
  const read = await readModel(model({ name: 'x', dtype: 'float32', dims: [1, 3, 8, 8] }));
  assert.deepEqual(shown(read), ['x float32[1,3,8,8] declared: from the file']);
});

test('names that say what they are get a size, which is said', async () => {
  const read = await readModel(model({ name: 'x', dtype: 'float32', dims: ['batch_size', 3, 'height', 'width'] }));
  assert.equal(read.status, 'ok');
  assert.deepEqual(shown(read), [
    'x float32[1,3,224,224] assumed: from the file; assumed batch_size = 1, height = 224, width = 224',
  ]);
});

test('a nameless first size of several is the batch', async () => {
  const read = await readModel(model({ name: 'x', dtype: 'float32', dims: [null, 4] }));
  assert.deepEqual(shown(read), ['x float32[1,4] assumed: from the file; assumed [0] = 1']);
});

test('what nothing suggests is asked for by name, once', async () => {
  const read = await readModel(
    model(
      { name: 'x', dtype: 'float32', dims: ['batch', 3, 'rows', null] },
      { name: 'z', dtype: 'int64', dims: ['rows', 4] },
    ),
  );
  assert.equal(read.status, 'needs-arguments');
  assert.deepEqual(read.read.needs, [
    { of: 'dim', name: 'rows', input: 'x', axis: 2, suggestion: 224 },
    { of: 'dim', name: '', input: 'x', axis: 3, suggestion: 224 },
  ]);
  assert.deepEqual(shown(read)[0]?.split(':')[0], 'x float32[1,3,?,?] assumed');
});

test('question marks have nothing in common', async () => {
  const read = await readModel(
    model({ name: 'x', dtype: 'float32', dims: ['?', '?'] }, { name: 'z', dtype: 'int64', dims: [4, '?'] }),
    ['x=float32[2,5]'],
  );
  assert.deepEqual(read.read.needs, [{ of: 'dim', name: '', input: 'z', axis: 1, suggestion: 128 }]);
});

test('one input that is given tells the sizes of others', async () => {
  const read = await readModel(
    model(
      { name: 'x', dtype: 'float32', dims: ['batch', 'rows'] },
      { name: 'z', dtype: 'int64', dims: ['rows * 2', 'batch'] },
    ),
    ['x=float32[2,5]'],
  );
  assert.deepEqual(shown(read), ['x float32[2,5] given: as given', 'z int64[10,2] declared: from the file']);
});

test('specs without a name go to the inputs in order', async () => {
  const inputs: TinyTensor[] = [
    { name: 'x', dtype: 'float32', dims: [null, null] },
    { name: 'z', dtype: 'int64', dims: [null] },
  ];
  const read = await readModel(model(...inputs), ['2x7', 'int64[3]=1']);
  assert.deepEqual(
    read.read.inputs.map(({ type }) => printType(type)),
    ['float32[2,7]', 'int64[3]'],
  );
  assert.deepEqual(read.graph.values[read.graph.inputs[1]!]!.data, [1, 1, 1]);
});

test('a value may come from a file', async () => {
  const bytes = onnxBytes({
    inputs: [
      { name: 'x', dtype: 'float32', dims: [6] },
      { name: 'shape', dtype: 'int64', dims: [2] },
    ],
    outputs: [{ name: 'y', dtype: 'float32' }],
    nodes: [{ op: 'Reshape', inputs: ['x', 'shape'], outputs: ['y'] }],
  });
  const read = await readBytes(bytes, ['shape=int64[2]=@s.json'], { 's.json': '[2, -1]' });
  assert.deepEqual(read.outputs, ['float32[2,3]']);
});

test('an initialiser among the inputs is no input', async () => {
  const read = await readModel({
    ...model({ name: 'x', dtype: 'float32', dims: [2] }, { name: 'w', dtype: 'float32', dims: [2] }),
    initializers: [{ name: 'w', dtype: 'float32', dims: [2], data: 1 }],
  });
  assert.deepEqual(
    read.read.inputs.map(({ name }) => name),
    ['x'],
  );
});

const x: TinyTensor = { name: 'x', dtype: 'float32', dims: ['batch', 3] };
const refused: readonly [spec: string, code: string][] = [
  ['y=float32[1,3]', 'unknown-input'],
  ['x=float32[1,4]', 'input-mismatch'],
  ['x=float32[3]', 'input-mismatch'],
  ['x=float16[1,3]', 'input-mismatch'],
];
for (const [spec, code] of refused) test(`"${spec}" is refused`, () => refuses(readModel(model(x), [spec]), code));

test('more specs than inputs are refused', () => refuses(readModel(model(x), ['1x3', '1x3']), 'unknown-input'));

test('another model of the file does not exist', async () => {
  const { onnx } = await import('../../../src/frontends/onnx/read');
  const { memoryWorld } = await import('../../support/onnxModels');
  const world = memoryWorld({ 'm.onnx': onnxBytes(model(x)) });
  await refuses(onnx.read({ path: 'm.onnx', model: 'Net', inputs: [] }, world), 'unknown-model');
  assert.equal((await onnx.read({ path: 'm.onnx', model: 'tiny', inputs: [] }, world)).models.length, 1);
});
