// The ledger under crashes: two writers at once are killed at random moments, a thousand times by default, while a
// reader reads. No acknowledged record may be lost, and no reader may fail.
//   npm run verify:ledger -- [--kills N]
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { atEnd, elapsed, main, root } from '../lib.mjs';
import { rmSync } from 'node:fs';

await main(import.meta, async args => {
  const { values } = parseArgs({ args, options: { kills: { type: 'string', default: '1000' } } });
  const out = join(root, 'out', 'ledger-crash', `${process.pid}.mjs`);
  atEnd(() => rmSync(out, { force: true }));
  await build({
    absWorkingDir: root,
    entryPoints: ['test/support/ledgerCrash.ts'],
    outfile: out,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'warning',
  });
  const { crash } = await import(pathToFileURL(out).href);
  const began = performance.now();
  const result = await crash(Number(values.kills), line => console.log(line));
  console.log(
    `${result.kills} kills, ${result.acknowledged} records acknowledged, ${result.lost.length} lost, ` +
      `${result.pieces} pieces left by killed writers, ${result.reads} reads meanwhile, ${elapsed(began)}`,
  );
  return result.lost.length > 0 ? 1 : 0;
});
