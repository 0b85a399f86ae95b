/** The extension sleeps until there is Python, then wakes and shows its meter; in an untrusted workspace too. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PATIENCE_MS, withWorkbench } from '../support/workbench';

const PYTHON_FILE = 'land_cover/unet.py';

test('sleeps until a Python file is opened', () =>
  withWorkbench('wakes', {}, async workbench => {
    // A file of another kind is open and its editor ready: whatever wakes with the editor is awake by now.
    await workbench.openFile('README.md');
    await workbench.page.locator('.view-lines', { hasText: 'Sample workspace' }).waitFor();
    assert.equal(await workbench.ownStatusItems.count(), 0);
    await workbench.openFile(PYTHON_FILE);
    await workbench.statusItem().filter({ hasText: /\d.*W/ }).waitFor({ timeout: PATIENCE_MS });
  }));

test('reads models in an untrusted workspace', () =>
  withWorkbench('untrusted', { trust: false }, async workbench => {
    await workbench.openFile(PYTHON_FILE);
    await workbench.goTo(60);
    await workbench
      .codeLenses(/params/)
      .first()
      .waitFor();
  }));
