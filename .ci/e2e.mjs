// The flow in a browser: test/e2e against the packaged extension, installed in a real editor.
//   node .ci/e2e.mjs [file…] [--linked] [--vsix FILE] [--keep] [--only PATTERN]
// `--linked` takes the working tree's dist in place of a package: quicker while writing tests.
// Pictures of what was on the screen when a test failed go to out/e2e.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { installEditor } from './editor.mjs';
import { Problem, atEnd, filesBelow, main, root } from './lib.mjs';
import { packageExtension } from './package.mjs';
import { runSuite } from './suite.mjs';
import { ensureChromium } from './system.mjs';

/** Runs the flow against a VSIX, or against the working tree where none is given. */
export async function e2eTests({ vsix, paths = [], ...options } = {}) {
  const wanted = paths.map(path => relative(root, resolve(path)).replaceAll('\\', '/'));
  const files = await filesBelow(
    'test/e2e',
    path => path.endsWith('.test.ts') && (wanted.length === 0 || wanted.includes(path)),
  );
  if (files.length === 0) throw new Problem('No test in test/e2e.');
  // Here, so that an installation's time is not a test's.
  await installEditor();
  await ensureChromium();
  return runSuite(files, { ...options, timeoutMs: 420_000, env: { MODELWATT_VSIX: vsix ?? '' } });
}

await main(import.meta, async args => {
  const flags = {
    linked: { type: 'boolean' },
    keep: { type: 'boolean' },
    vsix: { type: 'string' },
    only: { type: 'string' },
  };
  const { values, positionals } = parseArgs({ args, options: flags, allowPositionals: true });
  if (!values.vsix) await build();
  const vsix = values.linked ? undefined : (values.vsix ?? (await freshPackage()));
  const { failed } = await e2eTests({ vsix, paths: positionals, keep: values.keep, only: values.only });
  return failed > 0 ? 1 : 0;
});

async function freshPackage() {
  const folder = mkdtempSync(join(tmpdir(), 'modelwatt-vsix-'));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  return (await packageExtension({ out: join(folder, 'modelwatt.vsix') })).file;
}
