// Profiles in a real PyTorch: small models and samples run and agree with the reading; failures have a message and a
// traceback.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readJson, root } from '../lib.mjs';
import { harness } from './cases.mjs';

const SECONDS = 1;

const BROKEN = `import torch
from torch import nn

class NeedsMore(nn.Module):
    def __init__(self, width=4):
        super().__init__()
        self.fc = nn.Linear(width, 2)
    def forward(self, x):
        return self.fc(x)

class Fails(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)
    def forward(self, x):
        if x.sum() != x.sum() + 1:
            raise ValueError("by design")
        return self.fc(x)

class TakesMemory(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)
    def forward(self, x):
        torch.empty(10 ** 14)
        return self.fc(x)
`;

const failures = folder => [
  { what: 'wrong arguments', path: join(folder, 'broken.py'), model: 'NeedsMore', args: 'depth=3', code: 'arguments' },
  { what: 'a failing forward', path: join(folder, 'broken.py'), model: 'Fails', code: 'forward' },
  { what: 'too much memory', path: join(folder, 'broken.py'), model: 'TakesMemory', code: 'out-of-memory' },
  { what: 'a missing import', path: join(folder, 'lost.py'), model: 'Net', code: 'import' },
];

/** Prints a table; resolves with the number of surprises. */
export async function checkProfiles(python) {
  const { profileReally } = await harness('test/support/torchProfile.ts');
  const models = [
    ...readJson(join(root, 'test/fixtures/emission/cases.json')).map(one => ({
      ...one,
      path: 'test/fixtures/emission/models.py',
    })),
    { path: 'test/sample/air_quality/forecast.py', model: 'AirQualityLSTM', inputs: ['float32[1,168,10]'] },
    { path: 'test/sample/land_cover/unet.py', model: 'LandCoverUNet', inputs: ['float32[1,10,256,256]'] },
  ];
  let surprises = 0;
  console.log(`\n${'profile in PyTorch'.padEnd(44)} result          ms  time without a line`);
  for (const { path, model, inputs } of models) {
    const result = await profileReally(python, { path: join(root, path), model, inputs }, SECONDS);
    const differing = result.said.filter(
      text => / the reading /.test(text) && !/leaves out what runs in fused kernels/.test(text),
    );
    const isRight = result.kind === 'finished' && differing.length === 0;
    if (!isRight) surprises++;
    const ms = result.latencyS === undefined ? '' : (1000 * result.latencyS).toFixed(2);
    const lost = result.lostShare == null ? '' : `${(100 * result.lostShare).toFixed(1)} %`;
    console.log(`${model.padEnd(44)} ${(isRight ? 'agrees' : result.kind).padEnd(10)} ${ms.padStart(7)}  ${lost}`);
    for (const text of result.kind === 'finished' ? differing : result.said) console.log(`    ${text}`);
  }
  const folder = await mkdtemp(join(tmpdir(), 'modelwatt-verify-'));
  try {
    await writeFile(join(folder, 'broken.py'), BROKEN);
    await writeFile(join(folder, 'lost.py'), `import no_such_package_here\n${BROKEN.replace('NeedsMore', 'Net')}`);
    for (const { what, code, ...asked } of failures(folder)) {
      const result = await profileReally(python, { inputs: ['float32[1,4]'], ...asked }, SECONDS);
      const isRight = result.kind === code && result.hasTraceback;
      if (!isRight) surprises++;
      console.log(`${what.padEnd(44)} ${isRight ? 'as it should' : result.kind}: ${result.said.join('; ')}`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return surprises;
}
