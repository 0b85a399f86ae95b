/** Looking for suggestions stops when nobody waits for them any more. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { advise } from '../../src/services/advice';
import { isCancelled } from '../../src/protocol/rpc';

const MODELS = ['One', 'Two', 'Three'];
const source = `import torch.nn as nn
${MODELS.map(
  name => `

class ${name}(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(64, 64, 3, padding=1)

    def forward(self, x):  # modelwatt: input=float32[1,64,8,8]
        return self.conv(x)
`,
).join('')}`;

function setUp(turns: number) {
  const cancel = new AbortController();
  let left = turns;
  const ports = {
    world: {
      readText: (path: string) => Promise.resolve(path === '/net.py' ? source : undefined),
      openRange: () => Promise.resolve(undefined),
    },
    host: { processor: 'Test', threads: 4, cores: 2, virtual: false, laptop: false },
    timeZone: 'Europe/Berlin',
    pause: () => {
      if (left-- === 0) cancel.abort();
      return Promise.resolve();
    },
  };
  return { ask: advise({ path: '/net.py', inputs: [], searchPath: [] }, ports, cancel.signal), left: () => left };
}

test('every model is looked at', async () => {
  const { models } = await setUp(9).ask;
  assert.deepEqual(
    models.map(({ name, suggestions }) => [name, suggestions.length > 0]),
    MODELS.map(name => [name, true]),
  );
});

test('the rest is left out once nobody waits', async () => {
  const { ask, left } = setUp(1);
  await assert.rejects(ask, isCancelled);
  assert.equal(left(), -1);
});
