/** The pictures of the README and of the three themes, taken in a real editor (`npm run screenshots`). */
import { Workbench } from './workbench';

const FOLDER = 'media/screenshots';
const PATIENCE = { timeout: 180_000 };

interface Look {
  readonly name: string;
  readonly theme: string;
}

const LOOKS: readonly Look[] = [
  { name: 'dark', theme: 'Default Dark Modern' },
  { name: 'light', theme: 'Default Light Modern' },
  { name: 'high-contrast', theme: 'Default High Contrast' },
];

for (const { name, theme } of LOOKS) {
  const workbench = await Workbench.open({
    settings: { 'workbench.colorTheme': theme, 'editor.minimap.enabled': false, 'modelwatt.profile.seconds': 2 },
    size: { width: 1280, height: 800 },
  });
  try {
    const { page, panel } = workbench;
    await workbench.openFile('satellite/resnet.py');
    await workbench.goTo(60);
    const lens = page.locator('.codelens-decoration a', { hasText: /11\.2 M params/ }).first();
    await lens.waitFor(PATIENCE);
    await page
      .locator('.codelens-decoration a', { hasText: /greener option/ })
      .first()
      .waitFor(PATIENCE);
    await workbench.statusItem().filter({ hasText: /\d.*W/ }).waitFor(PATIENCE);
    await workbench.screenshot(`${FOLDER}/codelens-${name}.png`);
    await lens.click();
    await panel.locator('.grid .row').nth(2).waitFor(PATIENCE);
    await workbench.screenshot(`${FOLDER}/panel-${name}.png`);
    await panel.locator('vscode-button#profile').click();
    await panel.locator('.card', { hasText: 'Measured time' }).waitFor(PATIENCE);
    await workbench.screenshot(`${FOLDER}/panel-after-profile-${name}.png`);
    await panel.locator('vscode-panel-tab', { hasText: 'Greener Options' }).click();
    await panel.locator('vscode-button', { hasText: 'Apply' }).first().click();
    await page.locator('.bulk-edit-panel .edit-checkbox').first().waitFor(PATIENCE);
    await workbench.screenshot(`${FOLDER}/suggestion-preview-${name}.png`);
  } finally {
    await workbench.close();
  }
}
