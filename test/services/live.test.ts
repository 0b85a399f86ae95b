/** A file that is edited: after every edit the numbers are those of a cold reading, and only what changed is sent. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAnalysis } from '../../src/analysis/worker';
import type { AnalysisPorts } from '../../src/services/analysis';
import { Kept } from '../../src/services/analysis';
import type { FileReport, ModelReport } from '../../src/report/view';
import { coldReading, LiveEditor, staysEqual } from '../support/liveEditor';

const NET = `
import torch
import torch.nn as nn

from blocks import Stem

WIDTH = 16
LAYERS = {}


def register(func):
    LAYERS[func.__name__] = func
    return func


class Block(nn.Module):
    def __init__(self, width: int, kernel: int = 3):
        super().__init__()
        self.conv = nn.Conv2d(width, width, kernel, padding=1)
        self.norm = nn.BatchNorm2d(width)

    def forward(self, x):
        y = self.conv(x)
        return torch.relu(self.norm(y))


# modelwatt: input=float32[1,3,32,32]
class Net(nn.Module):
    def __init__(self, depth: int = 2, width: int = WIDTH):
        super().__init__()
        self.stem = Stem(3, width)
        self.blocks = nn.Sequential(*[Block(width) for _ in range(depth)])
        self.head = nn.Linear(width, 10)

    def forward(self, x):
        y = self.blocks(self.stem(x))
        y = y.mean([2, 3])
        return self.head(y)


def _net(depth, **kwargs):
    model = Net(depth, **kwargs)
    return model


@register
def small(**kwargs) -> Net:
    return _net(1, **kwargs)


@register
def large(**kwargs) -> Net:
    return _net(4, width=32, **kwargs)


class Other(nn.Module):
    """Doc."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(8, 4)

    def forward(self, x):
        return self.linear(x)


if __name__ == '__main__':
    other = Other()
    other(torch.randn(5, 8))
`;
const STEM = `
import torch.nn as nn


class Stem(nn.Module):
    def __init__(self, channels, width):
        super().__init__()
        self.conv = nn.Conv2d(channels, width, 3, stride=2, padding=1)

    def forward(self, x):
        return self.conv(x)
`;

const files = new Map([['/p/blocks.py', STEM]]);

const ports = (kept?: Kept): AnalysisPorts => ({
  world: { readText: path => Promise.resolve(files.get(path)), openRange: () => Promise.resolve(undefined) },
  host: { processor: 'Test', threads: 4, cores: 2, virtual: false, laptop: false },
  timeZone: 'Europe/Berlin',
  ...(kept && { kept }),
});

const request = (text: string) => ({ path: '/p/net.py', text, inputs: [], searchPath: [] });
const cold = (text: string): Promise<FileReport> => coldReading(createAnalysis(ports()), '/p/net.py', text);
const openEditor = (): LiveEditor => new LiveEditor(createAnalysis(ports(new Kept())), '/p/net.py');

const lineOf = (text: string, part: string): number => text.slice(0, text.indexOf(part)).split('\n').length;

for (const seed of [1, 2])
  test(`after every edit the result equals a cold reading (seed ${seed})`, () =>
    staysEqual(openEditor(), NET, cold, { seed, count: 60 }));

const changes: readonly (readonly [what: string, old: string, by: string, sent: readonly string[]])[] = [
  ['nothing', 'WIDTH', 'WIDTH', []],
  // Both are in the registry that either of them changes.
  ['one builder', '_net(1, **kwargs)', '_net(3, **kwargs)', ['small', 'large']],
  ['the shared block: what is made of it, the model without arguments first', 'padding=1)\n        self.norm', 'padding=2)\n        self.norm', ['Block', 'Net', 'small', 'large']], // prettier-ignore
  [
    'comments and empty lines: what moved',
    'y = self.blocks',
    '# A comment.\n\n        y = self.blocks',
    ['Net', 'small', 'large', 'Other'],
  ],
  [
    'a comment at an end of a line: nothing',
    'self.linear = nn.Linear(8, 4)',
    'self.linear = nn.Linear(8, 4)  # why?',
    [],
  ],
  ['a string of several lines', '"""Doc."""', '"""Doc.\n\n    # More.\n    """', ['Other']],
  ['another model', 'nn.Linear(8, 4)', 'nn.Linear(8, 5)', ['Other']],
  // The call of Other stands among the module's own statements, and shares their variables.
  ['a constant', 'WIDTH = 16', 'WIDTH = 24', ['Net', 'small', 'large', 'Other']],
  ['a comment that says the input', '[1,3,32,32]', '[1,3,64,64]', ['Net', 'small', 'large']],
  ['the call that shows the input', 'randn(5, 8)', 'randn(6, 8)', ['Other']],
];
for (const [what, old, by, expected] of changes)
  test(`an edit of ${what} sends what it changes and no more`, async () => {
    const editor = openEditor();
    await editor.read(NET, 1);
    const text = NET.replace(old, by);
    const { report, sent } = await editor.read(text, lineOf(NET, old));
    assert.deepEqual(sent, expected);
    assert.deepEqual(report.models, (await cold(text)).models);
  });

test('a file that is imported and changes is read again', async () => {
  const editor = openEditor();
  const before = await editor.read(NET, 1);
  files.set('/p/blocks.py', STEM.replace('3, stride=2', '5, stride=2'));
  try {
    const { report } = await editor.read(NET, 1);
    assert.notDeepEqual(report.models, before.report.models);
    assert.deepEqual(report.models, (await cold(NET)).models);
  } finally {
    files.set('/p/blocks.py', STEM);
  }
});

test('a reading that nobody waits for ends between two models', async () => {
  const controller = new AbortController();
  const analysis = createAnalysis(ports(new Kept()));
  const sent: string[] = [];
  const progress = (model: ModelReport): void => {
    sent.push(model.name);
    controller.abort();
  };
  const reading = analysis.analyze({ ...request(NET), live: {} }, { signal: controller.signal, progress });
  await assert.rejects(async () => reading, { name: 'AbortError' });
  assert.equal(sent.length, 1);
});
