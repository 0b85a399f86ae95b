/** Which sizes and values a model is fed with, and what is asked for. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InputError } from '../../src/base/findings';
import { bindInputs, makeElements } from '../../src/profiler/inputs';
import type { GivenInput, TensorSignature } from '../../src/protocol/profiler';

/** `x=float32[batch,3,?,224]` */
function signature(line: string): TensorSignature {
  const [, name = '', dtype = '', dims = ''] = /^(.*)=(\w+)\[(.*)\]$/.exec(line) ?? [];
  return {
    name,
    dtype,
    dims: dims === '' ? [] : dims.split(',').map(dim => (/^\d+$/.test(dim) ? Number(dim) : dim === '?' ? '' : dim)),
  };
}

const sizes: readonly [
  model: string[],
  given: GivenInput[],
  dims: Record<string, number>,
  fed: string[],
  needs: string[],
][] = [
  [['x=float32[1,3,8,8]'], [], {}, ['x declared 1,3,8,8'], []],
  [['x=float32[batch,3,8,8]'], [], {}, ['x assumed 1,3,8,8'], []],
  [['x=float32[?,3,8,8]'], [], {}, ['x assumed 1,3,8,8'], []],
  [['x=float32[unk__617,3,8,8]'], [], {}, ['x assumed 1,3,8,8'], []],
  [['x=float32[batch,3,8,8]'], [], { batch: 4 }, ['x given 4,3,8,8'], []],
  [['x=float32[?,3,?,?]'], [], {}, [], ['x.2 x 2 224', 'x.3 x 3 224']],
  [['x=float32[?,3,?,?]'], [], { 'x.2': 32, 'x.3': 48 }, ['x assumed 1,3,32,48'], []],
  [['x=float32[?,?,?,3]'], [], {}, [], ['x.1 x 1 224', 'x.2 x 2 224']],
  [['x=float32[1,c,h,w]'], [], {}, [], ['c x 1 3', 'h x 2 224', 'w x 3 224']],
  // A named dim is asked once, and an anonymous first axis alone is no batch.
  [['ids=int64[batch,sequence]', 'mask=int64[batch,sequence]'], [], {}, [], ['sequence ids 1 128']],
  [
    ['ids=int64[batch,sequence]', 'mask=int64[batch,sequence]'],
    [],
    { sequence: 16 },
    ['ids assumed 1,16', 'mask assumed 1,16'],
    [],
  ],
  [['wave=float32[?]'], [], {}, [], ['wave.0 wave 0 128']],
  [['wave=float32[1,samples]'], [], {}, [], ['samples wave 1 16000']],
  [['x=float32[time,batch,80]'], [], {}, [], ['time x 0 128']],
  [['past=float32[batch,12,past_sequence_length,64]'], [], {}, [], ['past_sequence_length past 2 0']],
  // What is given for one input says the named dims of the others.
  [
    ['ids=int64[batch,sequence]', 'mask=int64[batch,sequence]'],
    [{ name: 'mask', dims: [2, 7] }],
    {},
    ['ids given 2,7', 'mask given 2,7'],
    [],
  ],
  [['a=float32[n,?]', 'b=float32[3]'], [{ dims: [2, 5] }], {}, ['a given 2,5', 'b declared 3'], []],
  [
    ['a=float32[?,4]', 'b=float32[?,5]'],
    [{ name: 'b', dims: [1, 5] }, { dims: [6, 4] }],
    {},
    ['a given 6,4', 'b given 1,5'],
    [],
  ],
  [['sr=int64[]'], [{ dims: [], value: 16000 }], {}, ['sr given '], []],
  [['any=float32[]'], [{ dims: [2, 3] }], {}, ['any given 2,3'], []],
];
for (const [model, given, dims, fed, needs] of sizes) {
  test(`${model.join(' ')} given ${JSON.stringify(given)} ${JSON.stringify(dims)}`, () => {
    const bound = bindInputs(model.map(signature), given, dims);
    assert.deepEqual(
      bound.inputs.map(input => `${input.name} ${input.basis} ${input.dims.join(',')}`),
      fed,
    );
    assert.deepEqual(
      bound.needs.map(need => `${need.key} ${need.input} ${need.axis} ${need.suggestion}`),
      needs,
    );
  });
}

const refusals: readonly [model: string[], given: GivenInput[], code: string][] = [
  [['x=float32[1,3]'], [{ name: 'y', dims: [1, 3] }], 'unknown-input'],
  [['x=float32[1,3]'], [{ dims: [1, 3] }, { dims: [1, 3] }], 'too-many-inputs'],
  [['x=float32[1,3]'], [{ dims: [1, 4] }], 'wrong-dims'],
  [['x=float32[1,3]'], [{ dims: [3] }], 'wrong-dims'],
  [['x=float32[n,3]'], [{ dims: [1, 3], dtype: 'int64' }], 'wrong-dtype'],
  [['x=float32[n,3]'], [{ dims: [1, 3], value: [1, 2] }], 'bad-input-value'],
];
for (const [model, given, code] of refusals) {
  test(`${model.join(' ')} refuses ${JSON.stringify(given)}: ${code}`, () => {
    assert.throws(
      () => bindInputs(model.map(signature), given, {}),
      (error: unknown) => error instanceof InputError && error.code === code && error.remedy !== undefined,
    );
  });
}

const fills: readonly [model: string, expected: (values: number[]) => boolean][] = [
  ['x=float32[1,3,4,4]', values => new Set(values).size > 40 && values.some(v => v < 0)],
  ['x=float16[1,64]', values => new Set(values).size > 30],
  ['speed=float32[1]', values => values.join() === '1'],
  ['input_ids=int64[1,32]', values => values.every(v => v >= 1 && v < 10) && new Set(values).size > 4],
  ['attention_mask=int64[1,4]', values => values.join() === '1,1,1,1'],
  ['token_type_ids=int64[1,4]', values => values.join() === '0,0,0,0'],
  ['position_ids=int64[2,3]', values => values.join() === '0,1,2,0,1,2'],
  ['sr=int64[]', values => values.join() === '16000'],
  ['use_cache_branch=bool[1]', values => values.join() === '0'],
  ['flags=bool[3]', values => values.join() === '1,1,1'],
  ['image=uint8[1,3,8,8]', values => values.every(v => v >= 0 && v < 256) && Math.max(...values) > 128],
];
for (const [model, expected] of fills) {
  test(`values of ${model}`, () => {
    const [input] = bindInputs([signature(model)], [], {}).inputs;
    assert.ok(input !== undefined);
    const values = [...(makeElements(input, 1) as ArrayLike<number> & Iterable<number | bigint>)].map(Number);
    assert.ok(expected(values), values.join(' '));
    assert.notEqual(input.source.template, '');
  });
}

test('given values are what is fed', () => {
  const [input] = bindInputs([signature('x=int32[n,2]')], [{ dims: [2, 2], value: [4, 3, 2, 1] }], {}).inputs;
  assert.deepEqual([...(makeElements(input!, 1) as Int32Array)], [4, 3, 2, 1]);
});
