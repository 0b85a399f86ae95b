// Edits of torchvision's files as somebody makes them who works on its models: after every single one the live reading has
// to equal a cold one, byte for byte. Says how long the live readings took, by class of edit.
//   npm run verify:edits -- [--torchvision DIR] [--edits N] [--seed S] [--only REGEX]
//
//   --torchvision  the folder that holds `torchvision/` (Debian's python3-torchvision)
//   --edits        how many per file (200)
//   --seed         of the edits (1); each run of a seed makes the same ones
//   --only         files whose name matches
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Problem, main, root } from '../lib.mjs';
import { build } from '../build.mjs';
import { FILES, table } from '../keystrokes.mjs';

const OPTIONS = {
  torchvision: { type: 'string', default: '/usr/lib/python3/dist-packages' },
  edits: { type: 'string', default: '200' },
  seed: { type: 'string', default: '1' },
  only: { type: 'string', default: '.' },
};

await main(import.meta, async args => {
  const { values } = parseArgs({ args, options: OPTIONS });
  const folder = join(values.torchvision, 'torchvision', 'models');
  if (!existsSync(folder))
    throw new Problem(`There is no ${folder}: install python3-torchvision, or name a copy with --torchvision.`);
  await build();
  let failed = 0;
  for (const { file, firstGoal, allGoal } of FILES.filter(one => new RegExp(values.only).test(one.file))) {
    const script = join(root, '.ci', 'keystrokes.mjs');
    const run = spawnSync(process.execPath, ['--expose-gc', script, join(folder, file), '--edits', values.edits, '--seed', values.seed, '--check', '1'], { encoding: 'utf8', maxBuffer: 1 << 28 }); // prettier-ignore
    if (run.status === 0) {
      const result = JSON.parse(run.stdout);
      console.log(
        `${file}: ${result.timings.length} edits, each equal to a cold reading (${result.compared} of whole text)`,
      );
      for (const line of table(result, { firstGoal, allGoal })) console.log(`  ${line}`);
    } else {
      failed++;
      console.log(`${file}: ${run.stderr.trim().split('\n').slice(0, 12).join('\n  ')}`);
    }
  }
  return failed > 0 ? 1 : 0;
});
