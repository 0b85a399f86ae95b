/**
 * What nobody means to write, or nobody wrote by hand: read within a bound, right or with a gap, and never a crash. Time is
 * the processor's, since a busy machine makes everything slow.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ModelRead, World } from '../../../src/frontends/frontend';
import { countsOf, readPython } from '../../support/torchModels';

type Files = Readonly<Record<string, string>>;

/** Far above what they take, far below what is not bounded. */
const MOST_SECONDS = 30;

async function readAll(files: Files): Promise<readonly ModelRead[]> {
  const world: World = {
    readText: path => Promise.resolve(files[path]),
    openRange: () => Promise.resolve(undefined),
  };
  const since = process.cpuUsage();
  const { models } = await readPython({ path: 'main.py', inputs: ['float32[2,4]'] }, world);
  const { user, system } = process.cpuUsage(since);
  assert.ok((user + system) / 1e6 < MOST_SECONDS, `${(user + system) / 1e6} s`);
  return models;
}

const net = (constructor: string, forward = 'return self.lin(x)', head = '', tail = ''): string =>
  `from torch import nn\n${head}\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n${indented(constructor)}\n        self.lin = nn.Linear(4, 3)\n    def forward(self, x):\n${indented(forward)}\n${tail}\n`;
const indented = (text: string): string =>
  text
    .split('\n')
    .map(line => `        ${line}`)
    .join('\n');

const MACS = 2 * 4 * 3;

/** Read to the end, and right. */
const EXACT: readonly (readonly [name: string, files: Files])[] = [
  ['files that import each other', {
    'main.py': net('self.more = other.make()', 'return self.lin(x)', 'import other\nWIDTH = 4'),
    'other.py': 'import main\nfrom torch import nn\ndef make():\n    return nn.Identity(main.WIDTH)\n',
  }],
  ['names of Python and PyTorch that mean something else here', {
    'main.py': net('list = len = 3', 'torch = x\nF = self.lin\nreturn F(torch)', 'def sum(*args):\n    return 4'),
  }],
  ['a class that is defined twice', {
    'main.py': net('pass', 'return self.lin(x)', 'class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.lin = nn.Linear(400, 3)\n'),
  }],
  ['a class that depends on the version', {
    'main.py': net('self.part = Part()', 'return self.lin(self.part(x))', 'import sys\nif sys.version_info >= (3, 0):\n    class Part(nn.Identity):\n        pass\nelse:\n    class Part(nn.Dropout):\n        pass\n'),
  }],
  ['everything imported from a file', { 'main.py': net('self.size = SIZE', 'return self.lin(x)', 'from other import *'), 'other.py': 'SIZE = 4\n' }],
  ['a list that holds itself', { 'main.py': net('a = []\na.append(a)\nself.a = a\nself.same = a == a[0]\nself.said = repr(a)\nd = {}\nd["d"] = d\nself.d = d') }],
  ['five megabytes of generated text', {
    'main.py': net('pass', 'return self.lin(x)', Array.from({ length: 90_000 }, (_, index) => `NAME_${index} = ["${index}", ${index}, ${index} * 2.5, (1, 2)]`).join('\n')),
  }],
  ['a dict literal of a hundred thousand entries', {
    'main.py': net('self.n = TABLE[7]', 'return self.lin(x)', `TABLE = {${Array.from({ length: 100_000 }, (_, index) => `${index}: "${index}"`).join(', ')}}`),
  }],
]; // prettier-ignore

for (const [name, files] of EXACT)
  test(`exact: ${name}`, async () => {
    const graph = (await readAll(files)).find(one => one.name === 'Net')?.graph;
    assert.ok(graph !== undefined);
    const missed = graph.gaps.filter(({ code }) => code !== 'assumed');
    assert.deepEqual(missed, []);
    assert.equal(countsOf(graph).macs, MACS);
  });

const deep = (open: string, inner: string, close: string, depth: number): string => open.repeat(depth) + inner + close.repeat(depth); // prettier-ignore

/** Not followed to the end, which is said. */
const GAPS: readonly (readonly [name: string, files: Files])[] = [
  ['everything imported from somewhere unknown', { 'main.py': net('self.part = Part()', 'return self.lin(self.part(x))', 'from nowhere import *') }],
  ['a class that depends on what is not known', { 'main.py': net('self.part = Part()', 'return self.lin(self.part(x))', 'import nowhere\nif nowhere.flag:\n    class Part(nn.Identity):\n        pass\nelse:\n    class Part(nn.Linear):\n        pass\n') }],
  ['a recursion ten thousand deep', { 'main.py': net('self.n = down(10000)', 'return self.lin(x)', 'def down(n):\n    return 0 if n == 0 else 1 + down(n - 1)') }],
  ['modules ten thousand deep', { 'main.py': net('m = nn.Identity()\nfor _ in range(10000):\n    m = nn.Sequential(m)\nself.m = m', 'return self.lin(self.m(x))') }],
  ['a loop without an end', { 'main.py': net('while True:\n    pass') }],
  ['a loop without an end that fills a list', { 'main.py': net('a = []\nwhile True:\n    a.append(nn.Identity())') }],
  ['a generator without an end', { 'main.py': net('self.n = sum(forever())', 'return self.lin(x)', 'def forever():\n    while True:\n        yield 1') }],
  ['a comprehension of a billion elements', { 'main.py': net('self.a = [i for i in range(1000) for j in range(1000) for k in range(1000)]') }],
  ['a list that doubles again and again', { 'main.py': net('a = [0]\nfor _ in range(60):\n    a = a + a\nself.m = nn.Sequential(*[nn.Identity() for _ in a])') }],
  ['a text that doubles again and again', { 'main.py': net('a = "a"\nfor _ in range(60):\n    a = a + a\nself.m = nn.ModuleDict({a: nn.Identity()})') }],
  ['text that is repeated too often', { 'main.py': net('self.m = nn.Sequential(*[nn.Identity() for _ in "a" * 10 ** 12])') }],
  ['powers of powers', { 'main.py': net('self.m = nn.Linear(4, 9 ** 9 ** 9)') }],
  ['a property that asks for itself', { 'main.py': net('self.n = self.size', 'return self.lin(x)').replace('    def forward', '    @property\n    def size(self):\n        return self.size\n    def forward') }],
]; // prettier-ignore

for (const [name, files] of GAPS)
  test(`a gap: ${name}`, async () => {
    const model = (await readAll(files)).find(one => one.name === 'Net');
    assert.ok(model !== undefined, 'the class is listed');
    assert.equal(model.status, 'incomplete');
    assert.ok((model.graph?.gaps ?? []).some(({ code }) => code !== 'assumed'));
  });

/** Whatever comes of it: within the bound, and nothing that was not read is complete. */
const BOUNDED: readonly (readonly [name: string, text: string])[] = [
  ['ten thousand brackets', net(`self.n = ${deep('(', '1', ')', 10_000)}`)],
  ['ten thousand lists in lists', net(`self.n = ${deep('[', '', ']', 10_000)}`)],
  ['ten thousand additions', net(`self.n = ${Array.from({ length: 10_000 }, () => '1').join(' + ')}`)],
  ['a thousand blocks in blocks', net(Array.from({ length: 1000 }, (_, index) => `${' '.repeat(index)}if True:`).join('\n'))],
  ['a chain of ten thousand attributes', net(`self.n = self${'.n'.repeat(10_000)}`)],
  ['Python 2', net('print "building"\nexec "x = 1" in {}\nself.n = `1` <> 2')],
  ['magics in a file', net('%matplotlib inline\n!pip install torch')],
  ['no text at all', ''],
  ['zeros', '\0'.repeat(10_000)],
  ['one line of a megabyte', `x = "${'a'.repeat(1_000_000)}"\n${net('pass')}`],
]; // prettier-ignore

for (const [name, text] of BOUNDED)
  test(`bounded: ${name}`, async () => {
    const models = await readAll({ 'main.py': text });
    for (const { status, graph } of models)
      if (status === 'ok') assert.equal(graph && countsOf(graph).macs, MACS, 'complete is right');
  });
