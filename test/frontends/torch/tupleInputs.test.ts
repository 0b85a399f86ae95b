/** Arguments of `forward` that are tuples of tensors: their parts are given as `name.0`, `name.1`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countsOf, modelNamed, readPython } from '../../support/torchModels';

const SOURCE = `
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(8, 16, batch_first=True)

    def forward(self, x, state, scale=None):
        hidden, cell = state
        assert isinstance(state, tuple) and scale is not None
        y, (hidden, cell) = self.rnn(x * scale, (hidden, cell))
        return y, hidden, cell
`;

test('a recurrent state is given in two parts', async () => {
  const world = {
    readText: (path: string) => Promise.resolve(path === 'net.py' ? SOURCE : undefined),
    openRange: () => Promise.resolve(undefined),
  };
  const inputs = ['float32[2,5,8]', 'state.0=float32[1,2,16]', 'state.1=float32[1,2,16]', 'scale=float32[8]'];
  const { graph, status } = modelNamed(await readPython({ path: 'net.py', model: 'Net', inputs }, world), 'Net');
  assert.deepEqual(graph.gaps, []);
  assert.equal(status, 'ok');
  assert.deepEqual(countsOf(graph).outputs, ['float32[2,5,16]', 'float32[1,2,16]', 'float32[1,2,16]']);
});
