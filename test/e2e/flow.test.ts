/** The whole path on the sample workspace: costs, panel, suggestion, profile, meter; and an `.onnx` file. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onnxBytes } from '../support/onnxBytes';
import { PATIENCE_MS, withWorkbench } from '../support/workbench';

const FILE = 'satellite/resnet.py';
const LONG = { timeout: 2 * PATIENCE_MS };

test('shows the costs of a model, applies a suggestion, profiles it', () =>
  withWorkbench('flow', {}, async workbench => {
    const { page, panel } = workbench;
    await workbench.openFile(FILE);
    await workbench.goTo(60);
    await workbench
      .codeLenses(/11\.2 M params/)
      .first()
      .waitFor();

    // The panel, beside the source.
    await workbench
      .codeLenses(/11\.2 M params/)
      .first()
      .click();
    await panel.locator('.grid .row').nth(2).waitFor();
    assert.match(await panel.locator('.summary').innerText(), /11,180,682/);
    await panel.locator('[data-column="macs"]').click();
    await panel.locator('[aria-sort="descending"] [data-column="macs"]').waitFor();

    // A suggestion, with its preview, applied; the file is read again.
    await panel.locator('vscode-panel-tab', { hasText: 'Greener Options' }).click();
    await panel.locator('vscode-button', { hasText: 'Apply' }).first().click();
    // What changes behaviour waits for a tick in the editor's own preview.
    const preview = page.locator('.bulk-edit-panel');
    await preview.locator('.edit-checkbox').first().check(LONG);
    await preview
      .locator('.monaco-button', { hasText: /^Apply/ })
      .first()
      .click();
    await page
      .locator('.codelens-decoration a', { hasText: /1\.45 M params/ })
      .first()
      .waitFor(LONG);

    // Cancelled at once, then to the end.
    await workbench.runCommand('ModelWatt: Profile Model');
    await workbench.answer('satellite_resnet18');
    await page.locator('.notification-toast', { hasText: 'Profiling' }).getByText('Cancel').click(LONG);
    await page.locator('.notification-toast', { hasText: 'Profiling' }).waitFor({ state: 'detached', ...LONG });
    await workbench.runCommand('ModelWatt: Profile Model');
    await workbench.answer('satellite_resnet18');
    await panel.locator('.card', { hasText: 'Measured time' }).waitFor(LONG);
    assert.match(await panel.locator('.card', { hasText: 'Measured time' }).innerText(), /\d+(\.\d+)? ms[^]*measured/);
    assert.match(await workbench.statusItem().innerText(), /\d.*W/);
  }));

test('opens an ONNX file as its costs', () =>
  withWorkbench('onnx', {}, async workbench => {
    writeFileSync(join(workbench.folder, 'tiny.onnx'), tiny());
    await workbench.openFile('tiny.onnx');
    // The editor for binary files takes the focus when it comes, and would close the palette.
    await workbench.page.getByText('Open Anyway').waitFor(LONG);
    await workbench.runCommand('ModelWatt: Show Costs');
    await workbench.panel.locator('.summary').waitFor(LONG);
    assert.match(await workbench.panel.locator('.summary').innerText(), /\d/);
  }));

test('asks a block for its arguments and keeps them above it', () =>
  withWorkbench('arguments', {}, async workbench => {
    const block = [
      'from torch import nn',
      '',
      'class Block(nn.Module):  # modelwatt: input=float32[1,3,8,8]',
      '    def __init__(self, width, depth):',
      '        super().__init__()',
      '        self.layers = nn.Sequential(*[nn.Conv2d(width, width, 1) for _ in range(depth)])',
      '    def forward(self, x):',
      '        return self.layers(x)',
    ];
    writeFileSync(join(workbench.folder, 'block.py'), `${block.join('\n')}\n`);
    await workbench.openFile('block.py');
    await workbench
      .codeLenses(/needs width, depth/)
      .first()
      .click(LONG);
    await workbench.page.locator('.quick-input-widget', { hasText: 'Arguments of Block' }).waitFor();
    await workbench.answer('width=3, depth=2');
    // Two convolutions of 3·3 weights and 3 biases.
    await workbench
      .codeLenses(/^24 params/)
      .first()
      .waitFor(LONG);
    assert.match(await workbench.visibleText(), /^# modelwatt: args=\(width=3, depth=2\)$/m);
  }));

function tiny(): Uint8Array {
  return onnxBytes({
    inputs: [{ name: 'x', dtype: 'float32', dims: [1, 8] }],
    outputs: [{ name: 'y', dtype: 'float32', dims: [1, 4] }],
    initializers: [{ name: 'w', dtype: 'float32', dims: [8, 4], data: 0.5 }],
    nodes: [{ op: 'MatMul', inputs: ['x', 'w'], outputs: ['y'] }],
  });
}
