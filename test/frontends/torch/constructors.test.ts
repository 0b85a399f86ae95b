/** What constructors are called with where the request does not say. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { render } from '../../../src/base/text';
import { rollUp } from '../../../src/estimate/rollup';
import { readPython } from '../../support/torchModels';

const expected: readonly [model: string, parameters: number | undefined, found: string | undefined][] = [
  // Its only call is inside of another class, where its argument is whatever that class is given.
  ['Block', undefined, undefined],
  ['Commented', 4 * 5 + 5 * 2, 'SIZES["small"], head=nn.Linear(4, 2): the comment in line 16'],
  // The first call depends on something that nobody knows.
  ['Called', 2 * 8 * 9, 'SIZES["large"], depth=depth: the call in line 49'],
  ['Net', 3 * 5 * 6, undefined],
];

test('arguments come from a comment, or from a call whose arguments are known', async () => {
  const { models } = await readPython({ path: 'test/fixtures/torch/constructors.py' });
  const found = models.map(({ name, graph, arguments: args }) => [
    name,
    graph === undefined ? undefined : rollUp(graph).parameters,
    args === undefined ? undefined : `${args.written}: ${render(args.source)}`,
  ]);
  assert.deepEqual(found, expected);
});

test('what the request gives comes first', async () => {
  const { models } = await readPython({ path: 'test/fixtures/torch/constructors.py', model: 'Called', args: '3, 1' });
  const [model] = models;
  assert.equal(model?.graph && rollUp(model.graph).parameters, 3 * 4);
  assert.equal(model?.arguments, undefined);
});
