// What the extension costs a window that opens a Python file: in the real editor, as its own list of running extensions
// tells it; and in plain Node with a stand-in for the editor's API that answers at once, which is our share of that.
// Beside it the loading of an empty module, and an extension of the editor's own.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBrowser } from '../browser.mjs';
import { startEditor } from '../editor.mjs';
import { root } from '../lib.mjs';

export const name = 'activation';

const GOAL_MS = 50;
const RUNS = 9;
const WINDOWS = 5;
const PATIENCE_MS = 60_000;

export async function run({ print }) {
  alone(print);
  await inEditor(print);
}

/** Windows one after the other: each has an extension host of its own. The first one finds nothing in the disk's cache. */
async function inEditor(print) {
  const editor = await startEditor({ workspace: join(root, 'test', 'sample'), extension: root });
  let browser;
  try {
    browser = await startBrowser();
    const windows = [];
    for (let window = 0; window < WINDOWS; window++) windows.push(await activationTimes(browser, editor.url));
    const [first, ...later] = windows;
    const ours = times => times.get('ModelWatt');
    const middle = later.map(ours).sort((a, b) => a - b)[later.length >> 1];
    const others = [...(later.at(-1) ?? [])].filter(([title]) => title !== 'ModelWatt');
    print(`in the editor: ${middle} ms (goal ${GOAL_MS} ms), in its first window ${ours(first)} ms`);
    print(`others in that window: ${others.map(([title, ms]) => `${title} ${ms} ms`).join(', ') || 'none'}`);
  } finally {
    await browser?.close();
    await editor.stop();
  }
}

/** Milliseconds of loading and activating by extension, as the editor's own list has them. */
async function activationTimes(browser, url) {
  // Tall: rows that are out of sight do not exist.
  const page = await browser.newPage({ viewport: { width: 1200, height: 3000 } });
  page.setDefaultTimeout(PATIENCE_MS);
  try {
    await page.goto(url);
    await page.locator('.explorer-folders-view .monaco-list-row').first().waitFor();
    await pick(page, 'Control+P', 'satellite/resnet.py', 'resnet.py');
    await page.locator('.codelens-decoration').first().waitFor();
    await pick(page, 'F1', '>Developer: Show Running Extensions', 'Show Running Extensions');
    const shown = page.locator('.runtime-extensions-editor .extension');
    await shown
      .filter({ hasText: 'ModelWatt' })
      .filter({ hasText: /\d+\s*ms/ })
      .first()
      .waitFor();
    const rows = await shown.evaluateAll(found =>
      found.map(row => ['.name', '.activation-time'].map(part => row.querySelector(part)?.textContent)),
    );
    const known = rows.map(([title, time]) => [title, Number(/(\d+)\s*ms/.exec(time ?? '')?.[1] ?? NaN)]);
    return new Map(known.filter(([, ms]) => !Number.isNaN(ms)));
  } finally {
    await page.close();
  }
}

async function pick(page, key, typed, row) {
  const input = page.locator('.quick-input-widget input.input');
  await page.keyboard.press(key);
  await input.waitFor();
  await input.fill(typed);
  await page.locator('.quick-input-list .monaco-list-row', { hasText: row }).first().click();
}

function alone(print) {
  const folder = mkdtempSync(join(tmpdir(), 'modelwatt-activation-'));
  try {
    const script = join(folder, 'activate.cjs');
    writeFileSync(script, program);
    const times = Array.from({ length: RUNS }, () => spawnSync(process.execPath, [script, root], { encoding: 'utf8' }))
      .map(({ stdout, stderr }) => {
        if (stdout === '') throw new Error(/^\w*Error: .*$/m.exec(stderr)?.[0] ?? stderr);
        return JSON.parse(stdout);
      })
      .sort((a, b) => a.load + a.activate - b.load - b.activate);
    const { load, activate, processor, empty } = times[RUNS >> 1];
    print(`in plain Node: load ${load.toFixed(1)} ms, activate ${activate.toFixed(1)} ms (goal ${GOAL_MS} ms in all)`);
    print(`processor time of both, which a busy machine does not lengthen: ${processor.toFixed(1)} ms`);
    print(`an empty module: ${empty.toFixed(2)} ms; ratio ${((load + activate) / empty).toFixed(0)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const program = `
const Module = require('node:module');
const { join } = require('node:path');
const { writeFileSync } = require('node:fs');
const root = process.argv[2];
const anything = () => new Proxy(function () {}, {
  get: (_, key) => (key === Symbol.toPrimitive ? () => '' : key === 'then' ? undefined : key === Symbol.iterator ? () => [][Symbol.iterator]() : key === 'language' ? 'en' : anything()),
  apply: () => anything(),
  construct: () => ({ event: () => anything(), fire() {}, dispose() {} }),
});
const load = Module._load;
Module._load = (name, ...rest) => (name === 'vscode' ? anything() : load(name, ...rest));
const time = work => { const began = performance.now(); const value = work(); return [performance.now() - began, value]; };
writeFileSync(join(__dirname, 'empty.cjs'), '');
const [empty] = time(() => require('./empty.cjs'));
const used = process.cpuUsage();
const [loading, extension] = time(() => require(join(root, 'dist', 'extension.js')));
const context = { subscriptions: [], extension: { packageJSON: { version: '0' } }, extensionUri: anything(), globalStorageUri: { fsPath: __dirname }, workspaceState: { get() {}, update() {}, keys: () => [] }, asAbsolutePath: path => join(root, path) };
const [activating] = time(() => extension.activate(context));
const { user, system } = process.cpuUsage(used);
process.stdout.write(JSON.stringify({ load: loading, activate: activating, processor: (user + system) / 1000, empty }));
process.exit(0);
`;
