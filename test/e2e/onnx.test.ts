/** `.onnx` files in their own editor: one that cannot be read, and one of 8 000 nodes that stays fluid. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Frame } from 'playwright-core';
import { onnxBytes, type TinyNode } from '../support/onnxBytes';
import { PATIENCE_MS, withWorkbench } from '../support/workbench';

const NODES = 8000;
const LONG = { timeout: 2 * PATIENCE_MS };
/** On two cores that others keep busy; a quiet machine takes a tenth of it. */
const MOST_MS = 1000;

const settings = { 'workbench.editorAssociations': { '*.onnx': 'modelwatt.onnx' } };

test('an unreadable file shows its message, and no empty parts below it', () =>
  withWorkbench('broken', { settings }, async workbench => {
    writeFileSync(join(workbench.folder, 'broken.onnx'), large().subarray(0, 5000));
    await workbench.openFile('broken.onnx');
    const { panel } = workbench;
    await panel.locator('.notice.warning').waitFor(LONG);
    assert.equal(await panel.locator('vscode-panels').isVisible(), false);
    assert.equal(await panel.locator('.summary').isVisible(), false);
    // Mended, it is read again.
    writeFileSync(join(workbench.folder, 'broken.onnx'), large());
    await panel.locator('vscode-panel-tab', { hasText: 'Layers' }).waitFor(LONG);
  }));

test('sorts, scrolls, searches and draws 8 000 unnamed nodes', () =>
  withWorkbench('large', { settings }, async workbench => {
    writeFileSync(join(workbench.folder, 'large.onnx'), large());
    await workbench.openFile('large.onnx');
    const { panel } = workbench;
    await panel.locator('.grid .row').nth(2).waitFor(LONG);
    const frame = await workbench.panelFrame();
    assert.match(await panel.locator('.count').innerText(), /^8,000 layers/);

    const steps: Record<string, number> = {};
    steps['sort'] = await blocked(frame, `document.querySelector('[data-column="macs"]').click()`);
    await panel.locator('[aria-sort="descending"] [data-column="macs"]').waitFor();
    steps['scroll'] = await blocked(frame, `document.querySelector('.grid').scrollTop = 100_000`);
    // Names that are made up say the operator and the place in the file.
    await panel.locator('.layers #filter input').fill('Conv_7998');
    await panel.locator('.count', { hasText: '1 of 8,000' }).waitFor();
    assert.match(await panel.locator('.grid .body .row').first().innerText(), /Conv_7998/);
    await panel.locator('.layers #filter input').fill('');
    await panel.locator('.count', { hasText: /^8,000/ }).waitFor();
    await panel.locator('vscode-panel-tab', { hasText: 'Picture' }).click();
    await panel.locator('.picture .canvas svg').waitFor();
    for (let zoom = 0; zoom < 9; zoom++)
      steps[`zoom ${zoom}`] = await blocked(frame, `document.querySelector('.picture .actions vscode-button').click()`);
    for (const [step, ms] of Object.entries(steps)) assert.ok(ms < MOST_MS, `${step} blocked for ${Math.round(ms)} ms`);
  }));

/** How long the panel is busy with what `act` starts, until it has been laid out: at best, since others may be busy too. */
const blocked = (frame: Frame, act: string): Promise<number> =>
  frame.evaluate<number>(`(async () => {
    const start = performance.now();
    ${act};
    await new Promise(done => setTimeout(done));
    void document.body.offsetHeight;
    return performance.now() - start;
  })()`);

/** Blocks of a convolution, an activation, a sum and a norm, without names, over a batch that is left open. */
function large(): Uint8Array {
  const nodes: TinyNode[] = [];
  for (let index = 0; index < NODES; index += 4) {
    const [x, a, b, c, d] = [index, index + 1, index + 2, index + 3, index + 4].map(at => `v${at}`) as [string, string, string, string, string]; // prettier-ignore
    nodes.push({ op: 'Relu', inputs: [x], outputs: [a] }, { op: 'Add', inputs: [a, x], outputs: [b] });
    nodes.push({ op: 'Conv', inputs: [b, 'w'], outputs: [c] }, { op: 'Sigmoid', inputs: [c], outputs: [d] });
  }
  return onnxBytes({
    inputs: [{ name: 'v0', dtype: 'float32', dims: ['batch', 8, 16, 16] }],
    outputs: [{ name: `v${NODES}`, dtype: 'float32' }],
    initializers: [{ name: 'w', dtype: 'float32', dims: [8, 8, 1, 1], data: 0.5 }],
    nodes,
  });
}
