/** Drives a real editor in a headless browser. The selectors are those of VS Code 1.139's workbench. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { cpSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, Frame, FrameLocator, Locator, Page } from 'playwright-core';
import { startBrowser } from '../../.ci/browser.mjs';
import { startEditor, type EditorOptions } from '../../.ci/editor.mjs';

/** Two busy cores: the workbench takes 10 s, a code lens 20 s. Nothing sleeps; everything waits for what it needs. */
export const PATIENCE_MS = 60_000;
const EXTENSION = 'modelwatt.modelwatt';

export interface WorkbenchOptions extends Omit<EditorOptions, 'workspace' | 'vsix' | 'extension'> {
  /** Folder to copy and open; the sample workspace unless given. */
  readonly workspace?: string;
  readonly size?: { readonly width: number; readonly height: number };
  /** Dots per CSS pixel, for screenshots. */
  readonly scale?: number;
}

export class Workbench {
  private constructor(
    readonly page: Page,
    /** The copy that is open, to be looked at or edited from outside. */
    readonly folder: string,
    private readonly end: () => Promise<void>,
  ) {}

  /** Starts editor and browser with the extension: the package in MODELWATT_VSIX, else the working tree. */
  static async open({ workspace = 'test/sample', size, scale, ...options }: WorkbenchOptions = {}): Promise<Workbench> {
    const scratch = await mkdtemp(join(tmpdir(), 'modelwatt-workspace-'));
    const folder = join(scratch, 'sample');
    cpSync(workspace, folder, { recursive: true });
    const vsix = process.env['MODELWATT_VSIX'];
    const extension = vsix ? { vsix } : { extension: resolve('.') };
    const editor = await startEditor({ ...options, ...extension, workspace: folder });
    let browser: Browser | undefined;
    const end = async (): Promise<void> => {
      await browser?.close();
      await editor.stop();
      await rm(scratch, { recursive: true, force: true });
    };
    try {
      browser = await startBrowser();
      const page = await browser.newPage({
        viewport: size ?? { width: 1400, height: 900 },
        deviceScaleFactor: scale ?? 1,
      });
      page.setDefaultTimeout(PATIENCE_MS);
      await page.goto(editor.url);
      const workbench = new Workbench(page, folder, end);
      await workbench.files.first().waitFor();
      return workbench;
    } catch (error) {
      await end();
      throw error;
    }
  }

  close(): Promise<void> {
    return this.end();
  }

  get files(): Locator {
    return this.page.locator('.explorer-folders-view .monaco-list-row');
  }

  /** Opens a file through quick open, which also finds files in folded folders. */
  async openFile(path: string): Promise<void> {
    const { page } = this;
    const name = path.split('/').at(-1) ?? path;
    await this.quickInput('Control+P', path);
    await page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first().click();
    await page.locator('.tabs-container .tab.active', { hasText: name }).waitFor();
  }

  /** Runs a command from the palette by its title, such as `ModelWatt: Profile Model`. */
  async runCommand(title: string): Promise<void> {
    await this.quickInput('F1', `>${title}`);
    const row = this.page.locator('.quick-input-list .monaco-list-row', { hasText: title });
    await row.first().click();
  }

  private async quickInput(key: string, text: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget input.input');
    await this.page.keyboard.press(key);
    await input.waitFor();
    await input.fill(text);
  }

  /** Answers an open question (quick pick or input box): picks the row with this text, or types it. */
  async answer(text: string): Promise<void> {
    const row = this.page.locator('.quick-input-list .monaco-list-row', { hasText: text });
    if ((await row.count()) > 0) return row.first().click();
    await this.page.locator('.quick-input-widget input.input').fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** Code lenses whose text matches, in the active editor. */
  codeLenses(text: RegExp | string): Locator {
    return this.page
      .locator('.editor-group-container.active .codelens-decoration a, .codelens-decoration > span')
      .filter({ hasText: text });
  }

  /** Our item in the status bar, by the end of its id. */
  statusItem(id = 'modelwatt.meter'): Locator {
    return this.page.locator(`.statusbar-item[id*="${EXTENSION}.${id}"]`);
  }

  /** All of ours, whatever they are called: none as long as the extension sleeps. */
  get ownStatusItems(): Locator {
    return this.page.locator(`.statusbar-item[id*="${EXTENSION}"]`);
  }

  /** The document inside our webview; with several panels the last one. */
  get panel(): FrameLocator {
    return this.page
      .frameLocator(`iframe.webview.ready[src*="extensionId=${EXTENSION}"] >> nth=-1`)
      .frameLocator('iframe#active-frame');
  }

  /** The same as a frame, to evaluate in. */
  async panelFrame(): Promise<Frame> {
    const element = await this.panel.locator('body').elementHandle();
    const frame = await element.ownerFrame();
    if (!frame) throw new Error('the panel has no frame');
    return frame;
  }

  get notifications(): Locator {
    return this.page.locator('.notification-toast .notification-list-item-message');
  }

  /** They would stand before what a picture is to show. */
  async hideNotifications(): Promise<void> {
    await this.runCommand('Notifications: Clear All Notifications');
    await this.notifications.first().waitFor({ state: 'detached' });
  }

  get tabs(): Locator {
    return this.page.locator('.tabs-container .tab');
  }

  async closeTab(title: string): Promise<void> {
    await this.tabs.filter({ hasText: title }).first().click({ button: 'middle' });
  }

  /** Text of the file in the active editor, as it is drawn (only visible lines), with plain spaces. */
  async visibleText(): Promise<string> {
    const lines = await this.page.locator('.editor-group-container.active .view-lines').first().innerText();
    return lines.replaceAll('\u00a0', ' ');
  }

  /** Moves the caret to a place (counted from 1). */
  async goTo(line: number, column = 1): Promise<void> {
    await this.quickInput('Control+G', `:${line}:${column}`);
    // It lists the place a moment after the text, once the editor is there, and takes no Enter before.
    const place = this.page.locator('.quick-input-list .monaco-list-row', { hasText: String(line) }).first();
    await place.waitFor();
    await this.page.keyboard.press('Enter');
    await place.waitFor({ state: 'hidden' });
  }

  /** Opens the menu of code actions at the caret, and waits until one with this text is in it. */
  async codeAction(text: RegExp | string): Promise<Locator> {
    await this.page.keyboard.press('Control+.');
    const item = this.page.locator('.action-widget .monaco-list-row').filter({ hasText: text });
    await item.first().waitFor();
    return item.first();
  }

  async screenshot(path: string): Promise<void> {
    await mkdir(join(path, '..'), { recursive: true });
    await this.page.screenshot({ path });
  }
}

/**
 * Runs a test's body; when it fails, what was on the screen goes to out/e2e. Ours is the last word on closing:
 * the editor ends either way.
 */
export async function withWorkbench(
  name: string,
  options: WorkbenchOptions,
  body: (workbench: Workbench) => Promise<void>,
): Promise<void> {
  const workbench = await Workbench.open(options);
  try {
    await body(workbench);
  } catch (error) {
    await workbench.screenshot(`out/e2e/${name.replaceAll(/\W+/g, '-')}.png`).catch(() => undefined);
    throw error;
  } finally {
    await workbench.close();
  }
}
