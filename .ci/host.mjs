// Tests inside the real extension host: test/host, loaded by the editor itself beside the extension.
//   node .ci/host.mjs [--only TEXT]
import { mkdtempSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBrowser } from './browser.mjs';
import { build } from './build.mjs';
import { startEditor } from './editor.mjs';
import { elapsed, main, root, tally } from './lib.mjs';

/** The module in test/host prints a line of this form for each test. */
const MARK = 'MODELWATT-HOST ';
const LIMIT_MS = 300_000;

export async function hostTests({ only } = {}) {
  const out = join(root, 'out', `host-${process.pid}`);
  const scratch = mkdtempSync(join(tmpdir(), 'modelwatt-host-'));
  let editor;
  let browser;
  try {
    await bundle(out);
    await cp(join(root, 'test', 'sample'), join(scratch, 'sample'), { recursive: true });
    editor = await startEditor({
      workspace: join(scratch, 'sample'),
      developmentPath: root,
      testsPath: join(out, 'index.js'),
      env: { MODELWATT_ONLY: only ?? '', MODELWATT_DATA: join(scratch, 'data') },
    });
    browser = await startBrowser();
    return await collect(await browser.newPage(), editor);
  } finally {
    await browser?.close();
    await editor?.stop();
    for (const folder of [out, scratch]) await rm(folder, { recursive: true, force: true });
  }
}

async function bundle(out) {
  const { default: esbuild } = await import('esbuild');
  const shared = {
    absWorkingDir: root,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
  };
  await esbuild.build({
    ...shared,
    entryPoints: ['test/host/index.ts'],
    outdir: out,
    external: ['vscode'],
    sourcemap: 'inline',
  });
}

async function collect(page, editor) {
  const began = performance.now();
  const results = [];
  const log = [];
  let report;
  const ended = new Promise(done => (report = done));
  await page.exposeFunction('codeAutomationLog', (severity, args) => {
    const line = args.map(arg => (typeof arg === 'string' ? arg : JSON.stringify(arg))).join(' ');
    if (line.startsWith(MARK)) results.push(JSON.parse(line.slice(MARK.length)));
    else log.push(`${severity}: ${line}`);
  });
  await page.exposeFunction('codeAutomationExit', code => report(code));
  const timer = setTimeout(() => report('nothing within 300 s'), LIMIT_MS);
  await page.goto(editor.url);
  const code = await ended;
  clearTimeout(timer);
  const failures = results.filter(({ error }) => error !== undefined).map(({ name, error }) => ({ name, said: error }));
  // The host says itself when it is through: a crash in the middle is no success.
  const through = results.some(({ end }) => end === true);
  if (!through) failures.push({ name: 'extension host', said: `ended early (${code}):\n${log.slice(-30).join('\n')}` });
  for (const { name, said } of failures) console.log(`\n✖ ${name}\n  ${said.replaceAll('\n', '\n  ')}`);
  const passed = results.filter(({ name, error }) => name !== undefined && error === undefined).length;
  console.log(
    `${failures.length ? '\n' : ''}extension host: ${passed} passed, ${failures.length} failed (${elapsed(began)})`,
  );
  return tally(passed, failures);
}

await main(import.meta, async args => {
  await build({ partial: true });
  const only = args.includes('--only') ? args[args.indexOf('--only') + 1] : undefined;
  const { failed } = await hostTests({ only });
  return failed > 0 ? 1 : 0;
});
