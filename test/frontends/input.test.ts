/** Input SPECs: what they mean, and that bad ones are refused with a remedy. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InputError } from '../../src/base/findings';
import { loadValue, parseInputSpec, type InputSpec } from '../../src/frontends/input';
import { printType } from '../../src/ir/tensor';

const good: readonly [spec: string, name: string | undefined, type: string, value?: InputSpec['value']][] = [
  ['float32[1,3,224,224]', undefined, 'float32[1,3,224,224]'],
  ['1x3x224x224', undefined, 'float32[1,3,224,224]'],
  ['7', undefined, 'float32[7]'],
  ['x=1x8', 'x', 'float32[1,8]'],
  ['input_ids=int64[1,128]', 'input_ids', 'int64[1,128]'],
  ['sr=int64[]=16000', 'sr', 'int64[]', 16000],
  ['int64[]=-3', undefined, 'int64[]', -3],
  ['use_cache_branch=bool[1]=false', 'use_cache_branch', 'bool[1]', 0],
  ['gpu_0/data_0=float32[ 1, 3 ]=0.5', 'gpu_0/data_0', 'float32[1,3]', 0.5],
  ['a=b=uint8[2]', 'a=b', 'uint8[2]'],
  ['past.0.key=float16[1,6,0,64]', 'past.0.key', 'float16[1,6,0,64]'],
  ['ids=int64[2]=@a dir/ids.json', 'ids', 'int64[2]', { file: 'a dir/ids.json' }],
  ['  x=bfloat16[]  ', 'x', 'bfloat16[]'],
];
for (const [spec, name, type, value] of good)
  test(`"${spec}" is ${type}`, () => {
    const read = parseInputSpec(spec);
    assert.equal(read.name, name);
    assert.equal(printType(read.type), type);
    assert.deepEqual(read.value, value);
  });

const bad: readonly [spec: string, code: string][] = [
  ['', 'bad-input-spec'],
  ['x', 'bad-input-spec'],
  ['float33[1]', 'bad-input-spec'],
  ['float32[1,-2]', 'bad-input-spec'],
  ['float32[1,,2]', 'bad-input-spec'],
  ['float32[1', 'bad-input-spec'],
  ['float32[1.5]', 'bad-input-spec'],
  ['float32[99999999999999999999]', 'bad-input-spec'],
  ['1x3x', 'bad-input-spec'],
  ['1x-3', 'bad-input-spec'],
  ['int64[]=', 'bad-input-value'],
  ['int64[]=ten', 'bad-input-value'],
  ['int64[]=@', 'bad-input-value'],
];
for (const [spec, code] of bad)
  test(`"${spec}" is refused`, () =>
    assert.throws(
      () => parseInputSpec(spec),
      (error: unknown) => error instanceof InputError && error.code === code && error.remedy !== undefined,
    ));

const files: Record<string, string> = {
  'two.json': '[[1], [true]]',
  'one.json': '5',
  'bad.json': '[',
  'text.json': '["a"]',
};
const readText = (path: string): Promise<string | undefined> => Promise.resolve(files[path]);

test('values fill the tensor or come from a file', async () => {
  const load = (spec: string, limit = 100): Promise<unknown> => loadValue(parseInputSpec(spec), readText, limit);
  assert.deepEqual(await load('int64[3]=4'), [4, 4, 4]);
  assert.deepEqual(await load('int64[0]=4'), []);
  assert.equal(await load('int64[3]=4', 2), undefined);
  assert.equal(await load('int64[3]'), undefined);
  assert.deepEqual(await load('int64[2,1]=@two.json'), [1, 1]);
  assert.deepEqual(await load('int64[2]=@one.json'), [5, 5]);
  for (const spec of ['int64[3]=@two.json', 'int64[2]=@bad.json', 'int64[1]=@text.json', 'int64[1]=@none.json'])
    await assert.rejects(load(spec), InputError);
});
