/** einops by its patterns. The expected shapes were printed by einops 0.8 itself. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { World } from '../../../src/frontends/frontend';
import { countsOf, modelNamed, readPython } from '../../support/torchModels';

const SOURCE = (init: string, forward: string): string => `
import torch
from torch import nn
from einops import einsum, pack, parse_shape, rearrange, reduce, repeat, unpack
from einops.layers.torch import EinMix, Rearrange, Reduce

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        ${init}
    def forward(self, x):
        ${forward}
`;

const world = (source: string): World => ({
  readText: path => Promise.resolve(path === 'net.py' ? source : undefined),
  openRange: () => Promise.resolve(undefined),
});

interface Row {
  readonly init?: string;
  readonly forward: string;
  readonly input: string;
  readonly outputs: readonly string[];
  readonly parameters?: number;
  readonly macs?: number;
}

const ROWS: readonly Row[] = [
  { forward: "return rearrange(x, 'b c (h p) (w q) -> b (h w) (p q c)', p=2, q=4)", input: 'float32[2,3,8,8]', outputs: ['float32[2,8,24]'] }, // prettier-ignore
  { forward: "return rearrange(x, 'b ... -> ... b')", input: 'float32[2,3,4]', outputs: ['float32[3,4,2]'] },
  { forward: "return rearrange(x, 'b ... d -> b (...) d')", input: 'float32[2,3,4,5]', outputs: ['float32[2,12,5]'] },
  { forward: "return rearrange(x, 'b n -> b 1 n 1')", input: 'float32[2,3]', outputs: ['float32[2,1,3,1]'] },
  { forward: "return rearrange([x, x, x], 'k b n -> b (k n)')", input: 'float32[2,3]', outputs: ['float32[2,9]'] },
  { forward: "return reduce(x, 'b c (h 2) (w 2) -> b c h w', 'max')", input: 'float32[1,3,8,6]', outputs: ['float32[1,3,4,3]'] }, // prettier-ignore
  { forward: "return reduce(x, 'b c h w -> b c () ()', 'mean')", input: 'float32[1,3,8,6]', outputs: ['float32[1,3,1,1]'] }, // prettier-ignore
  { forward: "return reduce(x, 'b n d -> d', 'sum')", input: 'float32[2,3,4]', outputs: ['float32[4]'] },
  { forward: "return repeat(x, 'h w -> b h w c', b=2, c=5)", input: 'float32[3,4]', outputs: ['float32[2,3,4,5]'] },
  { forward: "return repeat(x, 'b n -> b (n r) 2', r=3)", input: 'float32[3,4]', outputs: ['float32[3,12,2]'] },
  { forward: "return repeat(x, '1 n d -> b n d', b=7)", input: 'float32[1,4,5]', outputs: ['float32[7,4,5]'] },
  { forward: "return einsum(x, x, 'batch i dim, batch j dim -> batch i j')", input: 'float32[2,3,4]', outputs: ['float32[2,3,3]'], macs: 72 }, // prettier-ignore
  {
    forward:
      "packed, shapes = pack([x, x[:, 0]], 'b * d'); back = unpack(packed, shapes, 'b * d'); return packed, *back",
    input: 'float32[2,3,4]',
    outputs: ['float32[2,4,4]', 'float32[2,3,4]', 'float32[2,4]'],
  },
  { forward: "return x.new_zeros(parse_shape(x, '_ c h _')['c'], parse_shape(x, 'b ...')['b'])", input: 'float32[2,3,4,5]', outputs: ['float32[3,2]'] }, // prettier-ignore
  {
    init: "self.net = nn.Sequential(Rearrange('b c (h p1) (w p2) -> b (h w) (p1 p2 c)', p1=4, p2=4), nn.Linear(48, 5), Reduce('b n d -> b d', 'mean'))",
    forward: 'return self.net(x)',
    input: 'float32[1,3,8,8]',
    outputs: ['float32[1,5]'],
    parameters: 245,
    macs: 960,
  },
  {
    init: "self.mix = EinMix('t b (head cin) -> t b (head cout)', weight_shape='head cin cout', bias_shape='head cout', head=2, cin=3, cout=5)",
    forward: 'return self.mix(x)',
    input: 'float32[4,1,6]',
    outputs: ['float32[4,1,10]'],
    parameters: 40,
    macs: 120,
  },
];

for (const { init = 'pass', forward, input, outputs, parameters = 0, macs = 0 } of ROWS)
  test(`${forward.replace('return ', '')} of ${input}`, async () => {
    const read = await readPython({ path: 'net.py', model: 'Net', inputs: [input] }, world(SOURCE(init, forward)));
    const { graph, status } = modelNamed(read, 'Net');
    assert.deepEqual(graph.gaps, []);
    assert.equal(status, 'ok');
    const counts = countsOf(graph);
    assert.deepEqual({ outputs: counts.outputs, parameters: counts.parameters, macs: counts.macs }, { outputs, parameters, macs }); // prettier-ignore
  });

test('a pattern that does not fit is what einops raises', async () => {
  const source = SOURCE('pass', "return rearrange(x, 'b (h p) -> b h p', p=3)");
  const { graph } = modelNamed(await readPython({ path: 'net.py', model: 'Net', inputs: ['float32[1,7]'] }, world(source)), 'Net'); // prettier-ignore
  assert.deepEqual(graph.gaps.map(({ code }) => code), ['invalid-model']); // prettier-ignore
});
