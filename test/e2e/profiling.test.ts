/** Profiles in the editor: line hints and their fading, two profiles side by side, other sizes, export, PyTorch, CUDA. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { PATIENCE_MS, withWorkbench, type Workbench } from '../support/workbench';

const FILE = 'small.py';
const LONG = { timeout: 2 * PATIENCE_MS };
const QUICK = { 'modelwatt.profile.device': 'cpu', 'modelwatt.profile.seconds': 1 };

const SOURCE = `import torch
from torch import nn


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(768, 768)

    def forward(self, x):
        return torch.relu(self.fc(x))


class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.block = Block()
        self.head = nn.Linear(768, 3)

    def forward(self, x):
        x = self.block(x)
        return self.head(x)


model = Small()
model(torch.randn(4, 768))
`;
const CALLS_BLOCK = SOURCE.split('\n').findIndex(line => line.includes('self.block(x)')) + 1;

/** A workspace with one small file. */
async function inEditor(
  name: string,
  settings: EditorSettings,
  body: (workbench: Workbench) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'modelwatt-small-'));
  writeFileSync(join(folder, FILE), SOURCE);
  try {
    await withWorkbench(name, { settings, workspace: folder }, async workbench => {
      await open(workbench);
      await body(workbench);
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type EditorSettings = Readonly<Record<string, string | number>>;

async function open(workbench: Workbench): Promise<void> {
  await workbench.openFile(FILE);
  await workbench
    .codeLenses(/params/)
    .first()
    .waitFor();
}

const measured = (workbench: Workbench) => workbench.panel.locator('.card', { hasText: 'Measured time' });

/** Runs a command and picks the model that it asks for. */
async function run(workbench: Workbench, command: string): Promise<void> {
  await workbench.runCommand(command);
  await workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Small' }).first().click(LONG);
}

/** What stands behind the ends of lines: decorations write it as content of pseudo-elements. */
const lineEnds = (workbench: Workbench): Promise<readonly string[]> => workbench.page.evaluate<string[]>(LINE_ENDS);

/** As text: it runs in the page. */
const LINE_ENDS = `[...document.querySelectorAll('.view-lines .view-line span[class*="ced-"]')]
  .map(span => getComputedStyle(span, '::after').content.replaceAll('\u00a0', ' '))
  .filter(content => content.includes('%'))`;

async function eventually<T>(what: string, probe: () => Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end;) {
    const found = await probe();
    if (found !== undefined) return found;
    await new Promise(done => setTimeout(done, 200));
  }
  throw new Error(`waited in vain for ${what}`);
}

test('line hints, their fading, and two profiles side by side', () =>
  inEditor('profiling', QUICK, async workbench => {
    await run(workbench, 'ModelWatt: Profile Model');
    await measured(workbench).waitFor(LONG);
    // Block's call has all that ran inside, so it and the head together are the whole.
    const fresh = await eventually('hints at the ends of lines', async () => {
      const ends = await lineEnds(workbench);
      return ends.length >= 3 ? ends : undefined;
    });
    assert.ok(
      fresh.every(end => !end.includes('before the change')),
      fresh.join('\n'),
    );
    assert.ok(
      fresh.some(end => /^"\d+ %.* · .*[µmn]?s/.test(end)),
      fresh.join('\n'),
    );

    await run(workbench, 'ModelWatt: Profile Model with Other Sizes');
    await workbench.page.locator('.quick-input-widget input.input').waitFor();
    await workbench.page.locator('.quick-input-widget input.input').fill('8');
    await workbench.page.keyboard.press('Enter');
    await workbench.panel.locator('option', { hasText: 'float32[4,768]' }).waitFor({ state: 'attached', ...LONG });
    assert.match(await workbench.panel.locator('.measured').innerText(), /float32\[8,768\]/);

    await workbench.goTo(CALLS_BLOCK, 1);
    await workbench.page.keyboard.press('End');
    await workbench.page.keyboard.type('  # changed');
    await eventually('hints that fade', async () => {
      const ends = await lineEnds(workbench);
      return ends.length > 0 && ends.every(end => end.includes('before the change')) ? ends : undefined;
    });
  }));

test('what has no ONNX form is named with its line, and the rest can be profiled without it', () =>
  inEditor('without', QUICK, async workbench => {
    await workbench.goTo(CALLS_BLOCK, 1);
    await workbench.page.keyboard.press('End');
    await workbench.page.keyboard.type(' + torch.fft.fft(x).real');
    await workbench.page.locator('.view-lines', { hasText: 'fft.fft' }).waitFor();
    await run(workbench, 'ModelWatt: Profile Model');
    const toast = workbench.page.locator('.notification-toast', { hasText: `(line ${CALLS_BLOCK})` });
    await toast.locator('.monaco-button', { hasText: 'Profile Without Them' }).click(LONG);
    await measured(workbench).waitFor(LONG);
    assert.match(await workbench.panel.locator('.measured').innerText(), /2 operations are not in it/);
  }));

test('exports a model, and forgets generated weights', () =>
  inEditor('export', QUICK, async workbench => {
    await run(workbench, 'ModelWatt: Export to ONNX');
    // The editor's own dialog of a server's files, with the name that is proposed.
    const input = workbench.page.locator('.quick-input-widget input.input');
    await eventually('a proposed name', async () =>
      (await input.inputValue()).endsWith('Small.onnx') ? true : undefined,
    );
    await workbench.page.locator('.quick-input-widget .monaco-button', { hasText: 'OK' }).click();
    await workbench.notifications.filter({ hasText: 'exported with generated weights' }).waitFor(LONG);
    assert.deepEqual(
      ['Small.onnx', 'Small.onnx.data'].map(name => existsSync(join(workbench.folder, name))),
      [true, true],
    );

    await run(workbench, 'ModelWatt: Profile Model');
    await measured(workbench).waitFor(LONG);
    await workbench.runCommand('ModelWatt: Remove Generated Weights');
    await workbench.notifications.filter({ hasText: 'generated weights are removed' }).waitFor(LONG);
    await workbench.runCommand('ModelWatt: Remove Generated Weights');
    await workbench.notifications.filter({ hasText: 'No generated weights were kept' }).waitFor(LONG);
  }));

test('profiles in PyTorch after asking once, with the traceback of what fails one click away', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'modelwatt-stand-in-'));
  const scenario = join(folder, 'scenario');
  const python = join(folder, 'python');
  writeFileSync(scenario, 'ok');
  writeFileSync(
    python,
    `#!/bin/sh\nexec '${process.execPath}' '${resolve('test/support/standInPython.mjs')}' "$(cat '${scenario}')" "$@"\n`,
  );
  chmodSync(python, 0o755);
  try {
    await inEditor('pytorch', { ...QUICK, 'modelwatt.python': python }, async workbench => {
      const asked = workbench.page.locator('.monaco-dialog-box', { hasText: 'imports this file' });
      await run(workbench, 'ModelWatt: Profile Model with PyTorch');
      await asked.locator('.monaco-button', { hasText: 'Run It' }).click(LONG);
      await measured(workbench).waitFor(LONG);
      assert.match(await workbench.panel.locator('.measured').innerText(), /PyTorch 9\.9[^]*Run in your own PyTorch/);

      writeFileSync(scenario, 'import');
      await run(workbench, 'ModelWatt: Profile Model with PyTorch');
      const toast = workbench.page.locator('.notification-toast', { hasText: 'could not be imported' });
      await toast.waitFor(LONG);
      // It was asked once.
      assert.equal(await asked.count(), 0);
      await toast.locator('.monaco-button', { hasText: 'Show Traceback' }).click();
      await workbench.page.locator('.view-lines', { hasText: 'Traceback' }).first().waitFor(LONG);
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test(
  'CUDA is set up after asking, and nothing but the known package is taken',
  { skip: process.platform !== 'linux' || process.arch !== 'x64' },
  async () => {
    const server = createServer((_, response) => response.end('another file'));
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/package.whl`;
    try {
      await inEditor('cuda', { 'modelwatt.profile.cudaPackage': url }, async workbench => {
        await workbench.runCommand('ModelWatt: Set Up CUDA');
        const dialog = workbench.page.locator('.monaco-dialog-box', { hasText: 'onnxruntime-gpu' });
        assert.match(await dialog.innerText(), /247 MB[^]*127\.0\.0\.1/);
        await dialog.locator('.monaco-button', { hasText: 'Download' }).click();
        await workbench.notifications.filter({ hasText: 'SHA-256' }).waitFor(LONG);
        await workbench.runCommand('ModelWatt: Remove CUDA');
        await workbench.notifications.filter({ hasText: 'No CUDA libraries were set up' }).waitFor(LONG);
      });
    } finally {
      server.close();
    }
  },
);
