// From an edit received by the analysis worker's service to new numbers, by class of edit, on torchvision's files. Half of the
// edits change a shape or a parameter, a tenth a block that all builders use. MODELWATT_TORCHVISION names the folder
// of torchvision's `models`, MODELWATT_EDITS how many edits are made, MODELWATT_CHECK compares every Nth with a cold reading.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { FILES, table } from '../keystrokes.mjs';
import { root } from '../lib.mjs';

export const name = 'keystrokes';

export async function run({ print }) {
  const folder = process.env.MODELWATT_TORCHVISION ?? '/usr/lib/python3/dist-packages/torchvision/models';
  const [count, check] = [process.env.MODELWATT_EDITS ?? '200', process.env.MODELWATT_CHECK ?? '1'];
  for (const { file, ...goals } of FILES) {
    const path = join(folder, file);
    if (!existsSync(path)) {
      print(`${file}: left out, there is no ${path}`);
      continue;
    }
    const args = ['--expose-gc', join(root, '.ci', 'keystrokes.mjs'), path, '--edits', count, '--check', check];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    if (status !== 0) {
      print(`${file}: ${stderr.trim().split('\n').slice(0, 6).join('\n  ')}`);
      continue;
    }
    print(`${file}:`);
    for (const line of table(JSON.parse(stdout), goals)) print(`  ${line}`);
  }
}
