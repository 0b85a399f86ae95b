/** Requests and files that cannot be served: one line that says what and how to mend it, exit code 2, an error object. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../src/base/findings';
import { refused as refusedBySystem } from '../../src/cli/operand';
import type { TinyModel } from '../support/onnxBytes';
import { onnxBytes } from '../support/onnxBytes';
import type { Desk } from '../support/commandLine';
import { openDesk, runInside } from '../support/commandLine';

let desk: Desk;

const SOURCE = `from torch import nn

class Head(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.fc = nn.Linear(width, 2)

    def forward(self, x):
        return self.fc(x)

class Net(nn.Module):  # modelwatt: input=float32[1,4]
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)

    def forward(self, x):
        return self.fc(x)
`;

const MODEL: TinyModel = {
  inputs: [{ name: 'x', dtype: 'float32', dims: [1, 8] }],
  outputs: [{ name: 'y', dtype: 'float32', dims: [1, 4] }],
  initializers: [{ name: 'w', dtype: 'float32', dims: [8, 4], data: 0.5 }],
  nodes: [{ op: 'MatMul', inputs: ['x', 'w'], outputs: ['y'] }],
};

const LFS = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12345\n`;

before(async () => {
  desk = await openDesk();
  const whole = onnxBytes(MODEL);
  const files: Readonly<Record<string, string | Uint8Array>> = {
    'net.py': SOURCE,
    'nothing.py': '',
    'net.onnx': whole,
    'cut.onnx': whole.subarray(0, whole.length - 40),
    'random.onnx': Uint8Array.from({ length: 3000 }, (_, index) => (index * 7919 + (index >> 3) * 104729) & 255),
    'empty.onnx': '',
    'pointer.onnx': LFS,
    'note.txt': 'x',
  };
  for (const [name, content] of Object.entries(files)) await desk.file(name, content);
  await mkdir(join(desk.folder, 'folder.py'));
});
after(() => desk.clear());

/** A word with a `/` in front is a file of the desk. */
type Case = readonly [argv: string, code: string, line: RegExp];

const requests: readonly Case[] = [
  ['frobnicate', 'unknown-command', /"frobnicate" is no command; see "modelwatt --help"/],
  ['analyze', 'missing-operand', /the operand FILE is missing; see "modelwatt analyze --help"/],
  ['analyze /net.py /net.py', 'extra-operand', /net\.py" is one operand too many/],
  ['analyze /net.py --frob', 'bad-option', /there is no option "--frob"; see "modelwatt analyze --help"/],
  ['analyze /net.py -x', 'bad-option', /there is no option "-x"/],
  ['analyze /net.py --constructor', 'bad-option', /there is no option "--constructor"/],
  ['analyze /net.py --model', 'bad-option', /"--model" needs a value; write --model NAME/],
  ['analyze /net.py --model --layers', 'bad-option', /"--model" needs a value; .* write --model=--layers/],
  ['analyze /net.py --layers=3', 'bad-option', /"--layers" takes no value/],
  ['analyze /net.py --format xml', 'bad-option', /cannot be "xml"; choose one of table, json, markdown, sarif/],
  ['advise /net.py --format sarif', 'bad-option', /cannot be "sarif"; choose one of table, json/],
  ['profile /net.py --device npu', 'bad-option', /cannot be "npu"; choose one of auto, cpu, cuda, webgpu/],
  ['profile /net.py --seconds 0', 'bad-option', /a number of seconds above 0, not "0"; for example --seconds 5/],
  ['meter --seconds soon', 'bad-option', /a number of seconds above 0, not "soon"/],
  ['meter --seconds 1e9', 'bad-option', /not "1e9"/],
  ['meter more', 'extra-operand', /"more" is one operand too many/],
  ['analyze /net.py --model Nope', 'unknown-model', /no model "?(named )?"?Nope".*Head, Net/],
  ['analyze /net.py --input frob', 'bad-input-spec', /"frob" does not describe an input; write name=dtype/],
  ['analyze /net.py --input float32[1,-3]', 'bad-input-spec', /"float32\[1,-3\]" does not describe an input/],
  ['analyze /net.py --input float33[1,3]', 'bad-input-spec', /"float33" .* is no element type; use a type such as/],
  ['analyze /net.py --args x=', 'bad-arguments', /"x=" are no arguments of a Python call; write/],
  ['analyze /net.py --region XX', 'unknown-region', /no grid intensity for the region "XX"; give an ISO/],
  ['analyze /net.py --device-name abacus', 'unknown-device', /no figures for a device named "abacus"; choose/],
  ['analyze /net.py --search-path /nowhere', 'missing-folder', /there is no folder ".*nowhere"; check the path/],
  ['advise /net.py --apply nope', 'unknown-suggestion', /there is no suggestion "nope"; see the ids/],
  ['profile /net.py', 'several-models', /defines several models; choose one of Head, Net/],
  ['profile /net.py --model Head', 'needs-arguments', /these arguments are missing: width; give them with --args/],
  ['profile /nothing.py', 'unknown-model', /defines no model/],
];

const files: readonly Case[] = [
  ['/missing.py', 'missing-file', /there is no file ".*missing\.py"; check the path/],
  ['/missing.onnx', 'missing-file', /there is no file ".*missing\.onnx"; check the path/],
  ['/net.py/below.py', 'missing-file', /there is no file/],
  ['/folder.py', 'is-a-folder', /folder\.py" is a folder; name a file in it/],
  ['/note.txt', 'unsupported-file', /not a kind of file that ModelWatt reads; give a \.py, \.ipynb or \.onnx file/],
  ['/cut.onnx', 'truncated-file', /cut\.onnx" .*; .*again/],
  ['/random.onnx', 'invalid-model', /random\.onnx" is no valid ONNX model.*; check/],
  ['/empty.onnx', 'empty-file', /empty\.onnx" is empty; export or download the model again/],
  ['/pointer.onnx', 'git-lfs-pointer', /is a Git LFS pointer, not the model itself; run "git lfs pull"/],
];

const wordsOf = (argv: string): string[] =>
  argv
    .split(' ')
    .filter(word => word !== '')
    .map(word => (word.startsWith('/') ? join(desk.folder, word) : word));

async function refused(words: readonly string[], code: string, line: RegExp): Promise<void> {
  const plain = await runInside(words);
  assert.deepEqual([plain.code, plain.stdout, plain.messages.length], [2, '', 1]);
  assert.match(plain.messages[0] ?? '', line);
  assert.match(plain.messages[0] ?? '', /^modelwatt: /);
  const json = await runInside([...words, ...(words.includes('--format') ? [] : ['--format', 'json'])]);
  assert.deepEqual([json.code, json.messages], [2, plain.messages]);
  if (words.includes('--format')) return;
  const { error, ...others } = JSON.parse(json.stdout) as { error: Record<string, string | null> };
  assert.deepEqual(others, {});
  assert.deepEqual(Object.keys(error).sort(), ['code', 'message', 'remedy']);
  assert.equal(error['code'], code);
  assert.equal(`modelwatt: ${[error['message'], error['remedy']].filter(Boolean).join('; ')}`, plain.messages[0]);
}

for (const [argv, code, line] of requests)
  test(`modelwatt ${argv} is refused`, async () => {
    const words = wordsOf(argv);
    // A value that is missing at the end would swallow the format.
    if (/--model$/.test(argv)) assert.match((await runInside(words)).messages[0] ?? '', line);
    else await refused(words, code, line);
  });

for (const command of ['analyze', 'profile', 'advise'])
  for (const [file, code, line] of files)
    test(`modelwatt ${command} ${file} is refused`, () => refused([command, ...wordsOf(file)], code, line));

test('without a command nothing is done', async () => {
  const line = 'modelwatt: the command is missing; see "modelwatt --help"';
  assert.deepEqual(await runInside([]), { code: 2, stdout: '', messages: [line] });
});

for (const code of ['EACCES', 'EPERM', 'EROFS'])
  test(`what the system says with ${code} is a refusal`, () => {
    const refusal = refusedBySystem('a.py', Object.assign(new Error(code), { code }));
    assert.ok(refusal instanceof InputError);
    assert.equal(refusal.code, 'no-permission');
  });

test('every length of a cut model is refused or read, and never a fault', async () => {
  const whole = onnxBytes(MODEL);
  for (let length = 1; length < whole.length; length += 3) {
    const path = await desk.file('part.onnx', whole.subarray(0, length));
    const { code, messages } = await runInside(['analyze', path, '--format', 'json']);
    assert.ok(code === 2 || code === 3, `${length} bytes: exit ${code}`);
    assert.equal(messages.length, code === 2 ? 1 : 0, `${length} bytes: ${messages.join('\n')}`);
  }
});
