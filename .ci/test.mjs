// `npm test`: everything that must hold, on a fresh clone or a used one. Ends with "N passed, N failed".
// All stages run even when one fails; the failures are named at the end.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atEnd, elapsed, main, tally } from './lib.mjs';
import { ensureModules } from './modules.mjs';

const results = [];

/** Runs a stage; what it throws is one failure under its name. */
async function stage(name, work) {
  const began = performance.now();
  console.log(`\n── ${name}`);
  let result;
  try {
    result = await work();
  } catch (error) {
    const said = String(error?.stack ?? error);
    console.log(said);
    result = tally(0, [{ name, said }]);
  }
  console.log(`── ${name}: ${result.passed} passed, ${result.failed} failed (${elapsed(began)})`);
  results.push({ name, ...result });
}

async function allStages() {
  const { installEditor } = await import('./editor.mjs');
  const { ensureChromium } = await import('./system.mjs');
  const scratch = mkdtempSync(join(tmpdir(), 'modelwatt-test-'));
  atEnd(() => rmSync(scratch, { recursive: true, force: true }));
  const vsix = join(scratch, 'modelwatt.vsix');
  await stage('editor and browser', async () => {
    await installEditor();
    await ensureChromium();
    return tally(1);
  });
  await stage('build', async () => {
    const { build } = await import('./build.mjs');
    await build();
    return tally(1);
  });
  await stage('check', async () => (await import('./check.mjs')).check());
  await stage('unit tests', async () => (await import('./unit.mjs')).unitTests());
  await stage('extension host', async () => (await import('./host.mjs')).hostTests());
  await stage('package', async () => packageStage(vsix));
  await stage('flow in the browser', async () => (await import('./e2e.mjs')).e2eTests({ vsix }));
}

async function packageStage(vsix) {
  const { packageExtension, LIMIT_MB } = await import('./package.mjs');
  const { shipped } = await import('./shipped.mjs');
  const { size, files } = await packageExtension({ out: vsix });
  console.log(`${(size / 1e6).toFixed(1)} MB, ${files.length} files`);
  return shipped(files, size, LIMIT_MB);
}

await main(import.meta, async () => {
  const began = performance.now();
  try {
    await ensureModules();
    await allStages();
  } catch (error) {
    console.log(String(error?.stack ?? error));
    results.push({ name: 'npm test', ...tally(0, [{ name: 'npm test', said: String(error) }]) });
  }
  const failures = results.flatMap(({ name, failures }) => failures.map(failure => `${name}: ${failure.name}`));
  if (failures.length > 0) console.log(`\nFailed:\n${failures.map(line => `  ✖ ${line}`).join('\n')}`);
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  console.log(`\n${elapsed(began)}\n${passed} passed, ${failures.length} failed`);
  return failures.length > 0 || passed === 0 ? 1 : 0;
});
