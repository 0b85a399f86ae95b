/** Costs at other commits, over a small repository that the test makes. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { InputError } from '../../src/base/findings';
import { Kept } from '../../src/services/analysis';
import { Changes } from '../../src/services/changes';
import { nodeGit } from '../../src/services/ports/git';
import { nodeWorld } from '../../src/services/ports/world';
import { onnxBytes } from '../support/onnxBytes';

let folder = '';
const git = (...args: string[]): string => gitIn(folder, ...args);
const gitIn = (cwd: string, ...args: string[]): string => execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', 'commit.gpgsign=false', ...args], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }); // prettier-ignore
const write = (name: string, content: string): void => writeFileSync(join(folder, name), content);
const commit = (subject: string): void => {
  git('add', '.');
  git('commit', '-q', '-m', subject);
};

const net = (width: number): string => `import torch.nn as nn
from models.layers import Head


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, ${width}, 3)
        self.head = Head(${width})

    def forward(self, x):  # modelwatt: input=float32[1,3,8,8]
        return self.head(self.conv(x).mean([2, 3]))
`;
const head = (classes: number): string => `import torch.nn as nn


class Head(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.linear = nn.Linear(width, ${classes})

    def forward(self, x):
        return self.linear(x)
`;
/** Parameters of Net. */
const parameters = (width: number, classes: number): number => 28 * width + (width + 1) * classes;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'modelwatt-'));
  mkdirSync(join(folder, 'models'));
  git('init', '-q');
  // A configuration that would run a program if anything asked git to.
  for (const key of ['core.fsmonitor', 'core.pager', 'diff.external', 'gpg.program']) git('config', key, `touch ${join(folder, 'ran')}`); // prettier-ignore
  git('config', 'log.showSignature', 'true');
  write('models/layers.py', head(10));
  write('models/net.py', net(8));
  commit('Add the net');
  write('README.md', 'A net.\n');
  commit('Say what it is');
  write('models/net.py', net(16));
  commit('Widen the net');
  write('models/net.py', `# The net.\n${net(16)}`);
  commit('Comment on the net');
  write('models/layers.py', head(100));
  commit('Tell more classes apart');
  // What the test's own commands ran.
  rmSync(join(folder, 'ran'), { force: true });
});
after(() => rmSync(folder, { recursive: true, force: true }));

const changes = (): Changes =>
  new Changes({
    world: nodeWorld,
    host: {
      processor: 'Test',
      threads: 4,
      cores: 2,
      virtual: false,
      laptop: false,
    },
    timeZone: 'Europe/Berlin',
    git: nodeGit,
    kept: new Kept(),
  });
const request = (path = join(folder, 'models/net.py')) => ({
  path,
  inputs: [],
  searchPath: [],
});
const signal = new AbortController().signal;

test('a revision is compared with the files on the disk, imported ones too', async () => {
  const report = await changes().diff({ ...request(), revision: 'HEAD~3' });
  const [model, ...others] = report.models;
  assert.deepEqual([others.length, report.after.revision, report.before.commit?.length], [0, null, 40]);
  assert.deepEqual([model?.change, model?.complete], ['changed', true]);
  assert.equal(model?.before?.parameters, parameters(8, 10));
  assert.equal(model.after?.parameters, parameters(16, 100));
  assert.equal(model.deltas.parameters, parameters(16, 100) - parameters(8, 10));
  assert.deepEqual(model.layers.map(({ path, change }) => [path, change]), [['conv', 'changed'], ['#mean[0]', 'changed'], ['head.linear', 'changed']]); // prettier-ignore
});

test('two commits are compared without the files on the disk', async () => {
  const report = await changes().diff({
    ...request(),
    revision: 'HEAD~2..HEAD~1',
  });
  assert.deepEqual(report.models.map(({ change, layers }) => [change, layers.length]), [['same', 0]]); // prettier-ignore
});

test('blame finds the commits that changed the cost, also those of imported files', async () => {
  const report = await changes().blame({ ...request(), model: 'Net' }, signal);
  assert.equal(report.commits, 4);
  assert.deepEqual(
    report.changes.map(({ subject, change, deltas, author }) => [subject, change, deltas.parameters, author]),
    [
      ['Tell more classes apart', 'changed', parameters(16, 100) - parameters(16, 10), 'Ada'],
      ['Widen the net', 'changed', parameters(16, 10) - parameters(8, 10), 'Ada'],
      ['Add the net', 'added', parameters(8, 10), 'Ada'],
    ],
  );
});

test('the last commit is what an edited file is compared with, and is read once', async () => {
  const service = changes();
  const path = join(folder, 'models/net.py');
  const first = await service.baseline({ ...request(), text: net(32) });
  assert.equal(first.report?.models[0]?.parameters, parameters(16, 100));
  const again = await service.baseline({
    ...request(path),
    known: first.commit ?? '',
  });
  assert.deepEqual([again.commit, again.report, again.reason], [first.commit, null, null]);
});

test('why there is nothing to compare with is said', async () => {
  const outside = mkdtempSync(join(tmpdir(), 'modelwatt-'));
  try {
    const found = await changes().baseline(request(join(outside, 'net.py')));
    assert.deepEqual([found.report, found.reason?.template], [null, 'the file is in no git repository']);
    const refused = changes().diff({
      ...request(join(outside, 'net.py')),
      revision: 'HEAD',
    });
    await assert.rejects(refused, (error: unknown) => error instanceof InputError && error.code === 'no-repository');
  } finally {
    rmSync(outside, { recursive: true, force: true });
  }
  write('models/new.py', net(8));
  const fresh = await changes().baseline(request(join(folder, 'models/new.py')));
  assert.equal(fresh.reason?.template, 'the last commit does not have this file');
  rmSync(join(folder, 'models/new.py'));
});

test('a text with a syntax error removes no model, and brings none back', async () => {
  const other = mkdtempSync(join(tmpdir(), 'modelwatt-'));
  try {
    const path = join(other, 'net.py');
    const whole = head(10);
    const broken = whole.replace('class Head(', 'class Head((');
    gitIn(other, 'init', '-q');
    for (const [content, subject] of [
      [whole, 'Add'],
      [broken, 'Break'],
      [whole, 'Mend'],
    ] as const) {
      writeFileSync(path, content);
      gitIn(other, 'add', '.');
      gitIn(other, 'commit', '-q', '-m', subject);
    }
    writeFileSync(path, broken);
    const { models } = await changes().diff({ ...request(path), args: '4', revision: 'HEAD' });
    assert.deepEqual(models.map(({ complete, deltas }) => [complete, deltas.parameters]), [[false, null]]); // prettier-ignore
    const back = await changes().diff({ ...request(path), args: '4', revision: 'HEAD~1..HEAD' });
    assert.deepEqual(back.models.map(({ complete, deltas }) => [complete, deltas.parameters]), [[false, null]]); // prettier-ignore
    const blamed = await changes().blame({ ...request(path), args: '4', model: 'Head' }, signal);
    assert.deepEqual(
      blamed.changes.map(({ subject, complete, deltas }) => [subject, complete, deltas.parameters]),
      [
        ['Mend', false, null],
        ['Break', false, null],
        ['Add', true, 50],
      ],
    );
  } finally {
    rmSync(other, { recursive: true, force: true });
  }
});

const product = (width: number): Uint8Array =>
  onnxBytes({
    name: 'product',
    inputs: [{ name: 'x', dtype: 'float32', dims: [1, 8] }],
    outputs: [{ name: 'y', dtype: 'float32', dims: [1, width] }],
    nodes: [{ op: 'MatMul', inputs: ['x', 'w'], outputs: ['y'] }],
    initializers: [{ name: 'w', dtype: 'float32', dims: [8, width] }],
  });

test('an ONNX file is read as it was', async () => {
  const other = mkdtempSync(join(tmpdir(), 'modelwatt-'));
  try {
    const path = join(other, 'product.onnx');
    gitIn(other, 'init', '-q');
    for (const width of [4, 6]) {
      writeFileSync(path, product(width));
      gitIn(other, 'add', '.');
      gitIn(other, 'commit', '-q', '-m', `Width ${width}`);
    }
    writeFileSync(path, product(16));
    const { models } = await changes().diff({ ...request(path), revision: 'HEAD' });
    assert.deepEqual(models.map(({ change, deltas }) => [change, deltas.parameters]), [['changed', 8 * 10]]); // prettier-ignore
    const blamed = await changes().blame({ ...request(path), model: 'product' }, signal);
    assert.deepEqual(
      blamed.changes.map(({ subject, deltas }) => [subject, deltas.parameters]),
      [
        ['Width 6', 8 * 2],
        ['Width 4', 8 * 4],
      ],
    );
  } finally {
    rmSync(other, { recursive: true, force: true });
  }
});

test('the repository is that of the file, whoever calls', async () => {
  process.env['GIT_DIR'] = join(folder, 'nowhere');
  try {
    assert.equal((await changes().baseline(request())).reason, null);
  } finally {
    delete process.env['GIT_DIR'];
  }
});

test('a history that git cannot tell is no empty one', async () => {
  const repository = await nodeGit.open(folder);
  assert.ok('history' in repository);
  const wrong = repository.history('0'.repeat(40), ['models/net.py']);
  await assert.rejects(wrong, (error: unknown) => error instanceof InputError && error.code === 'git-failed');
  assert.equal(await repository.read('HEAD', 'models/none.py'), undefined);
  const cut = repository.read('HEAD', 'models/net.py');
  repository.dispose();
  await assert.rejects(cut, (error: unknown) => error instanceof InputError && error.code === 'git-failed');
});

const refusals: readonly (readonly [revision: string, code: string])[] = [
  ['nowhere', 'unknown-revision'],
  ['--upload-pack=touch', 'unknown-revision'],
];
for (const [revision, code] of refusals)
  test(`the revision "${revision}" is refused`, async () => {
    const refused = changes().diff({ ...request(), revision });
    await assert.rejects(refused, (error: unknown) => error instanceof InputError && error.code === code);
  });

test('nothing that the repository configures has run', async () => {
  const { existsSync } = await import('node:fs');
  assert.equal(existsSync(join(folder, 'ran')), false);
});
