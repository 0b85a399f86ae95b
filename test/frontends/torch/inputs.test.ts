/** Where inputs and constructor arguments come from where the request does not say: one model for each kind. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { render } from '../../../src/base/text';
import { printType, readPython } from '../../support/torchModels';

const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  Commented: ['x=float32[2,3,20,20] comment: the comment in line 8'],
  Example: ['x=float32[4,3,24,24] declared: its "example_input_array"'],
  Tested: ['x=float32[1,3,12,12] call: the call in line 8 of test_net.py'],
  Documented: [
    'image=float32[1,5,224,48] comment: the docstring in line 33',
    'mask=float32[1,1,222,46] comment: the docstring in line 33',
  ],
  Typed: ['x=float32[1,7,6] comment: the comment in line 49'],
  Called: ['x=float32[3,3,16,16] call: the call in line 96'],
  Assumed: ['x=float32[1,2,224,224] assumed: assumed: the first layer is a Conv2d'],
  Configured: ['x=float32[1,9] assumed: assumed: the first layer is a Linear', 'sizes=Sizes(): "Sizes" in the file'],
  FromDict: ['x=float32[1,8] assumed: assumed: the first layer is a Linear', 'config=config: "config" in the file'],
};

test('each kind of place is found, and named', async () => {
  const { models } = await readPython({ path: 'test/fixtures/inputs/net.py' });
  const found = models.map(({ name, inputs, arguments: args, status }) => {
    assert.equal(status, 'ok', name);
    const lines = inputs.map(input => `${input.name}=${printType(input.type)} ${input.basis}: ${render(input.source)}`);
    return [name, [...lines, ...(args === undefined ? [] : [`${args.written}: ${render(args.source)}`])]];
  });
  assert.deepEqual(Object.fromEntries(found), EXPECTED);
});
