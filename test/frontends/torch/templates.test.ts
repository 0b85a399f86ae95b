import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rollUp } from '../../../src/estimate/rollup';
import { nodeWorld } from '../../../src/services/ports/world';
import { modelNamed, readPython } from '../../support/torchModels';

const HEAD =
  'import torch\nimport torch.nn as nn\n\n\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n';
const FORWARD = '\n    def forward(self, x):\n        return self.b(self.a(x))\n';

const cases: readonly (readonly [what: string, body: string, parameters: number])[] = [
  ['equal modules have parameters of their own', 'self.a = nn.Linear(4, 4)\nself.b = nn.Linear(4, 4)', 40],
  [
    'what is changed afterwards is not copied',
    'self.a = nn.Linear(4, 4)\nself.a.bias = None\nself.b = nn.Linear(4, 4)',
    36,
  ],
  ['True is another argument than 1', 'self.a = nn.Linear(4, 4, True)\nself.b = nn.Linear(4, 4, False)', 36],
  [
    'shared parameters stay shared',
    'self.a = nn.Linear(4, 4)\nself.b = nn.Linear(4, 4)\nself.b.weight = self.a.weight',
    24,
  ],
  [
    'a changed library class is not taken for ours',
    'self.a = nn.Linear(4, 4)\nold = nn.Linear.__init__\nnn.Linear.__init__ = lambda self, i, o: old(self, i, o, bias=False)\nself.b = nn.Linear(4, 4)',
    36,
  ],
  [
    'modules inside are copied with it',
    'self.a = nn.TransformerEncoderLayer(4, 2, 8)\nself.b = nn.TransformerEncoderLayer(4, 2, 8)',
    2 * 172,
  ],
];

for (const [what, body, parameters] of cases)
  test(what, async () => {
    const lines = body
      .split('\n')
      .map(line => `        ${line}\n`)
      .join('');
    const source = HEAD + lines + FORWARD;
    const world = { ...nodeWorld, readText: (path: string) => Promise.resolve(path === 'net.py' ? source : undefined) };
    const read = await readPython({ path: 'net.py', model: 'Net', inputs: ['float32[1,3,4]'] }, world);
    const { graph } = modelNamed(read, 'Net');
    assert.deepEqual(graph.gaps, []);
    assert.equal(rollUp(graph).parameters, parameters);
  });
