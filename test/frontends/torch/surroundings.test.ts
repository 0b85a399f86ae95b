/** Names that come round about, and values of NumPy and distributions that models compute with: each in a few lines. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { World } from '../../../src/frontends/frontend';
import { countsOf, modelNamed, readPython } from '../../support/torchModels';

type Files = Readonly<Record<string, string>>;

async function read(files: Files, inputs: readonly string[]): Promise<ReturnType<typeof modelNamed>> {
  const world: World = {
    readText: path => Promise.resolve(files[path]),
    openRange: () => Promise.resolve(undefined),
  };
  return modelNamed(await readPython({ path: 'main.py', model: 'Net', inputs }, world), 'Net');
}

const net = (constructor: string, forward: string, head = ''): string =>
  `import torch\nfrom torch import nn\n${head}\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n${indented(constructor)}\n    def forward(self, x):\n${indented(forward)}\n`;

const indented = (text: string): string =>
  text
    .split('\n')
    .map(line => `        ${line}`)
    .join('\n');

const CASES: readonly (readonly [name: string, files: Files, inputs: readonly string[], macs: number, outputs: readonly string[]])[] = [
  [
    'a package whose modules take names from it that it takes from them',
    {
      'main.py': 'from models import Net as Inner\ndef Net():\n    return Inner()\n',
      'models/__init__.py': 'from .base import *\nfrom .net import *\nfrom .other import *\n',
      'models/base.py': 'from torch import nn\nclass Base(nn.Module):\n    pass\n',
      'models/net.py': 'from models import Base\nfrom torch import nn\nclass Net(Base):\n    def __init__(self):\n        super().__init__()\n        self.lin = nn.Linear(4, 3)\n    def forward(self, x):\n        return self.lin(x)\n',
      'models/other.py': 'from models import Base\nclass Other(Base):\n    pass\n',
    },
    ['float32[2,4]'], 24, ['float32[2,3]'],
  ],
  [
    'a folder without an init file',
    {
      'main.py': net('self.lin = blocks.make()', 'return self.lin(x)', 'from parts import blocks'),
      'parts/blocks.py': 'from torch import nn\ndef make():\n    return nn.Linear(4, 3)\n',
    },
    ['float32[2,4]'], 24, ['float32[2,3]'],
  ],
  [
    'a dict whose attributes are its items',
    { 'main.py': net('self.lin = nn.Linear(4, Config(width=3).width)', 'return self.lin(x)', 'class Config(dict):\n    def __init__(self, *args, **kwargs):\n        super().__init__(*args, **kwargs)\n        self.__dict__ = self\n') },
    ['float32[2,4]'], 24, ['float32[2,3]'],
  ],
  [
    "NumPy's numbers, types and identity matrices",
    { 'main.py': net("self.lin = nn.Linear(4, np.ceil(np.log(8)).astype('int').item())\nself.at = np.array([0, 1], dtype=np.long)", 'eye = torch.from_numpy(np.eye(4).astype(np.float32))\nreturn self.lin(x @ eye)[self.at] + x.new_tensor(1.5)', 'import numpy as np') },
    ['float32[2,4]'], 2 * 4 * 4 + 2 * 4 * 3, ['float32[2,3]'],
  ],
  [
    'a mask put into the same mask',
    { 'main.py': net('self.lin = nn.Linear(4, 3)', 'y = x * 2\nmask = y < x\ny[mask] = x[mask]\nreturn self.lin(y)') },
    ['float32[2,4]'], 24, ['float32[2,3]'],
  ],
  [
    'distributions',
    { 'main.py': net('self.lin = nn.Linear(4, 3)', 'policy = Categorical(logits=self.lin(x))\naction = policy.sample()\nnoise = Normal(x, 1.0).rsample()\nreturn policy.log_prob(action), noise, Bernoulli(logits=x).probs', 'from torch.distributions import Bernoulli, Normal\nfrom torch.distributions.categorical import Categorical') },
    ['float32[2,4]'], 24, ['float32[2]', 'float32[2,4]', 'float32[2,4]'],
  ],
]; // prettier-ignore

for (const [name, files, inputs, macs, outputs] of CASES)
  test(name, async () => {
    const { status, graph } = await read(files, inputs);
    assert.deepEqual(graph.gaps, []);
    assert.equal(status, 'ok');
    const counts = countsOf(graph);
    assert.equal(counts.macs, macs);
    assert.deepEqual(counts.outputs, outputs);
  });

test('a mask that picks an unknown number of elements is a gap where they are used', async () => {
  const { status, graph } = await read({ 'main.py': net('self.lin = nn.Linear(4, 3)', 'return self.lin(x), x[x > 0]') }, ['float32[2,4]']); // prettier-ignore
  assert.equal(status, 'incomplete');
  assert.notEqual(graph.gaps.length, 0);
});

test('what is put out and not known is a gap', async () => {
  const { status } = await read({ 'main.py': net('self.lin = nn.Linear(4, 3)', 'return torch.from_numpy(np.fft.fft(np.ones(3)))', 'import numpy as np') }, ['float32[2,4]']); // prettier-ignore
  assert.equal(status, 'incomplete');
});
