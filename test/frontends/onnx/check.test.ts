/** Models that a runtime refuses are not complete; what it says of each was seen in onnxruntime 1.32. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TinyModel, TinyNode } from '../../support/onnxBytes';
import { readModel } from '../../support/onnxReading';

type Change = Omit<TinyModel, 'nodes'> & { readonly node?: Partial<TinyNode> };

const pool: TinyNode = {
  op: 'MaxPool',
  inputs: ['x'],
  outputs: ['y'],
  attrs: { kernel_shape: { ints: [2, 2] }, strides: { ints: [2, 2] } },
};

const changed = ({ node, ...model }: Change): TinyModel => ({
  opset: 17,
  inputs: [{ name: 'x', dtype: 'float32', dims: [1, 3, 8, 8] }],
  outputs: [{ name: 'y', dtype: 'float32' }],
  nodes: [{ ...pool, ...node }],
  ...model,
});

const attrs = (more: TinyNode['attrs']): Change => ({ node: { attrs: { ...pool.attrs, ...more } } });
const relu = (more: Partial<TinyNode>): Change => ({ node: { op: 'Relu', attrs: {}, ...more } });

const REFUSED: readonly (readonly [what: string, change: Change, says: RegExp])[] = [
  ['an attribute that is misspelt', attrs({ stride: { ints: [2, 2] } }), /no attribute "stride"/],
  ['an attribute of a later version', { ...attrs({ ceil_mode: { int: 1 } }), opset: 9 }, /no attribute "ceil_mode"/],
  ['an attribute of another type', attrs({ kernel_shape: { int: 2 } }), /"kernel_shape" has the wrong type/],
  ['a text that it cannot be', attrs({ auto_pad: { text: 'SAME' } }), /"auto_pad" cannot be "SAME"/],
  ['a missing attribute', { node: { attrs: {} } }, /attribute "kernel_shape" is missing/],
  ['too many inputs', relu({ inputs: ['x', 'x'] }), /it has 2 inputs and takes 1/],
  ['too few inputs', { node: { op: 'Add', attrs: {} } }, /it has 1 inputs and needs 2/],
  ['too many outputs', relu({ outputs: ['y', 'z'] }), /it has 2 outputs and gives 1/],
  ['an operator of a later version', { node: { op: 'Gelu', attrs: {} } }, /version 17 of the operators has no "Gelu"/],
  ['an operator that was taken out', { node: { op: 'Upsample', attrs: {} } }, /version 17 of the operators has no/],
  ['an operator that an old version does not have', { ...relu({ op: 'Where', inputs: ['x', 'x', 'x'] }), opset: 5 }, /version 5 of the operators has no "Where"/],
  ['no version of the format', { irVersion: 0 }, /which version of the format/],
  ['a version of the format from nowhere', { irVersion: 2 ** 40 }, /no version 1099511627776 of the format/],
  ['a version of the operators from nowhere', { opset: 2 ** 40 }, /no version 1099511627776 of the operators/],
  ['an output of no type', { outputs: [{ name: 'y', dtype: 'none' }] }, /element type of "y" is not known/],
  ['no outputs', { outputs: [] }, /it has no outputs/],
]; // prettier-ignore

for (const [what, change, says] of REFUSED)
  test(`${what}: a gap`, async () => {
    const read = await readModel(changed(change));
    assert.equal(read.status, 'incomplete');
    assert.match(read.texts.join('\n'), says);
  });

const TAKEN: readonly (readonly [what: string, change: Change])[] = [
  ['nothing odd', {}],
  ['a name that is the runtime’s own', attrs({ __seen: { int: 1 } })],
  ['an attribute from the version on that has it', { ...attrs({ ceil_mode: { int: 0 } }), opset: 10 }],
  ['an operator of a version that nobody knows yet', { ...relu({ attrs: { later: { int: 1 } } }), opset: 99 }],
];

for (const [what, change] of TAKEN)
  test(`${what}: complete`, async () => {
    const read = await readModel(changed(change));
    assert.deepEqual([read.status, read.texts], ['ok', []]);
  });
