/** What cannot be written out says why, in the words of whoever reads it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InputError } from '../../src/base/findings';
import { render } from '../../src/base/text';
import { emit } from '../../src/services/emission';

const SOURCE = `import torch.nn as nn
from somewhere import unseen


class Net(nn.Module):
    def forward(self, x):  # modelwatt: input=float32[1,3,8,8]
        return unseen(x)
`;

const ports = {
  world: {
    readText: (path: string) => Promise.resolve(path === '/net.py' ? SOURCE : undefined),
    openRange: () => Promise.resolve(undefined),
  },
  host: { processor: 'Test', threads: 4, cores: 2, virtual: false, laptop: false },
  timeZone: 'Europe/Berlin',
};

test('a model with a gap is refused with the reason of the gap, which is translated with it', async () => {
  const refused = emit({ path: '/net.py', model: 'Net', inputs: [], searchPath: [] }, ports);
  await assert.rejects(refused, (error: unknown) => {
    assert.ok(error instanceof InputError && error.code === 'incomplete-model');
    assert.match(render(error.text), /: this call could not be followed/);
    assert.match(
      render(error.text, template => template.toUpperCase()),
      /: THIS CALL COULD NOT BE FOLLOWED/,
    );
    return true;
  });
});
