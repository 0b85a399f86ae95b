/** `diff` and `blame` as somebody types them: exit codes, messages, and what is printed. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import type { Desk } from '../support/commandLine';
import { openDesk, runInside } from '../support/commandLine';

const net = (width: number): string => `import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, ${width}, 3)

    def forward(self, x):  # modelwatt: input=float32[1,3,8,8]
        return self.conv(x)
`;

let desk: Desk;
let path = '';
before(async () => {
  desk = await openDesk();
  const git = (...args: string[]): void => void execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', 'commit.gpgsign=false', ...args], { cwd: desk.folder, stdio: 'ignore' }); // prettier-ignore
  git('init', '-q');
  path = await desk.file('net.py', net(8));
  git('add', '.');
  git('commit', '-q', '-m', 'Add the net');
  await desk.file('net.py', net(16));
});
after(() => desk.clear());

interface Printed {
  readonly models: readonly { readonly change: string; readonly deltas: { readonly parameters: number | null } }[];
  readonly error?: { readonly code: string };
}
const json = (stdout: string): Printed => JSON.parse(stdout) as Printed;

test('diff tells what an edit changed', async () => {
  const { code, stdout, messages } = await runInside(['diff', 'HEAD', path, '--format', 'json']);
  assert.deepEqual([code, messages], [0, []]);
  assert.deepEqual(
    json(stdout).models.map(({ change, deltas }) => [change, deltas.parameters]),
    [['changed', 8 * 28]],
  );
});

test('diff of a text with a syntax error says so and claims nothing', async () => {
  const broken = await desk.file('net.py', net(16).replace('class Net(', 'class Net(('));
  const { code, stdout, messages } = await runInside(['diff', 'HEAD', broken, '--format', 'json']);
  await desk.file('net.py', net(16));
  assert.equal(code, 2);
  assert.match(messages.join('\n'), /syntax error in line/);
  const { models, error } = json(stdout);
  assert.deepEqual([models.map(({ deltas }) => deltas.parameters), error?.code], [[null], 'syntax-error']);
});

test('blame names the commits that changed a model', async () => {
  const { code, stdout } = await runInside(['blame', path, '--model', 'Net']);
  assert.equal(code, 0);
  assert.match(stdout, /1 of 1 commits[^]*Add the net \(Ada\)/);
});

const refusals: readonly [what: string, argv: () => readonly string[], message: RegExp][] = [
  ['a commit that is none', () => ['diff', 'nowhere', path], /there is no commit "nowhere"/],
  ['a model that no version has', () => ['diff', 'HEAD', path, '--model', 'Nat'], /no commit has a model "Nat"/],
  ['a blame without a model', () => ['blame', path], /which model is not said/],
  ['a blame for a model that never was', () => ['blame', path, '--model', 'Nat'], /no commit has a model "Nat"/],
];
for (const [what, argv, message] of refusals)
  test(`${what} is refused in one line`, async () => {
    const { code, stdout, messages } = await runInside(argv());
    assert.deepEqual([code, stdout, messages.length], [2, '', 1]);
    assert.match(messages[0] ?? '', message);
  });
