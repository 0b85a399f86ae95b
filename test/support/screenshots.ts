/**
 * The pictures of the README, of three themes and of the Chinese interface, taken in a real editor
 * (`npm run screenshots`, or with the names of looks behind it). MODELWATT_SCREENSHOTS names another folder for them.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { smallPng } from './smallPng';
import { Workbench } from './workbench';

const FOLDER = process.env['MODELWATT_SCREENSHOTS'] ?? 'media/screenshots';
const PATIENCE = { timeout: 180_000 };

interface Look {
  readonly name: string;
  readonly theme: string;
  readonly locale?: string;
}

const LOOKS: readonly Look[] = [
  { name: 'dark', theme: 'Default Dark Modern' },
  { name: 'light', theme: 'Default Light Modern' },
  { name: 'high-contrast', theme: 'Default High Contrast' },
  { name: 'chinese', theme: 'Default Dark Modern', locale: 'zh-cn' },
];

const SETTINGS = {
  'editor.minimap.enabled': false,
  'editor.occurrencesHighlight': 'off',
  'editor.matchBrackets': 'never',
  'workbench.hover.delay': 200,
  'workbench.reduceMotion': 'on',
  'modelwatt.profile.seconds': 3,
};

async function takeAll({ name, theme, locale }: Look): Promise<void> {
  const workbench = await Workbench.open({
    settings: { ...SETTINGS, 'workbench.colorTheme': theme },
    size: { width: 1360, height: 800 },
    ...(locale !== undefined && { locale }),
  });
  const { page, panel } = workbench;
  const lens = (text: RegExp) => page.locator('.codelens-decoration a', { hasText: text }).first();
  const take = async (what: string): Promise<void> => {
    await mkdir(FOLDER, { recursive: true });
    await writeFile(join(FOLDER, `${what}-${name}.png`), smallPng(await page.screenshot()));
  };
  const aside = (): Promise<void> => page.mouse.move(640, 6);
  const tab = (id: string): Promise<void> => panel.locator(`vscode-panel-tab#tab-${id}`).click();
  try {
    await workbench.openFile('satellite/resnet.py');
    await workbench.goTo(60);
    await lens(/11\.2 M/).waitFor(PATIENCE);
    await lens(/greener option|更环保|节能/).waitFor(PATIENCE);
    await workbench.statusItem().filter({ hasText: /\d.*W/ }).waitFor(PATIENCE);
    await workbench.statusItem().hover();
    const tooltip = page.locator('.monaco-hover', { hasText: 'RAPL' });
    await tooltip.waitFor(PATIENCE);
    // It fades in.
    await page.waitForTimeout(500);
    await take('status-bar');
    await aside();
    await tooltip.waitFor({ state: 'detached', ...PATIENCE });
    await take('codelens');
    // Room for what is beside the source.
    await page.keyboard.press('Control+B');
    await lens(/11\.2 M/).click();
    await panel.locator('.grid .row').nth(2).waitFor(PATIENCE);
    await aside();
    await take('panel');
    if (theme === LOOKS[0]?.theme && locale === undefined) {
      await tab('picture');
      await panel.locator('.block').first().waitFor(PATIENCE);
      await aside();
      await take('panel-picture');
    }
    await panel.locator('vscode-button#profile').click();
    await panel.locator('vscode-panel-view#view-measured table').first().waitFor(PATIENCE);
    await aside();
    await page.locator('.notification-toast', { hasText: 'SatelliteResNet' }).first().waitFor(PATIENCE);
    await page.keyboard.press('Escape');
    await workbench.hideNotifications();
    await take('panel-after-profile');
    await tab('suggestions');
    await panel.locator('article vscode-button').first().click();
    await page.locator('.bulk-edit-panel .edit-checkbox').first().check(PATIENCE);
    await aside();
    await take('suggestion-preview');
  } catch (error) {
    await writeFile(join('out', `screenshots-${name}.png`), await page.screenshot());
    throw error;
  } finally {
    await workbench.close();
  }
}

const wanted = process.argv.slice(2);
for (const look of LOOKS) if (wanted.length === 0 || wanted.includes(look.name)) await takeAll(look);
