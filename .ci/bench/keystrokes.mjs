// From an edit received by the analysis worker's service to new numbers, by class of edit, on torchvision's files. Half of the
// edits change a shape or a parameter, a tenth a block that all builders use. MODELWATT_TORCHVISION names the folder
// of torchvision's `models`, MODELWATT_EDITS how many edits are made, MODELWATT_CHECK compares every Nth with a cold reading.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib.mjs';

export const name = 'keystrokes';

/** Goals in ms at the 95th percentile: the model at the cursor, and all of the file. */
const FILES = [
  ['resnet.py', 16, 150],
  ['swin_transformer.py', 50, 150],
  ['efficientnet.py', 50, 150],
];

export async function run({ print }) {
  const folder = process.env.MODELWATT_TORCHVISION ?? '/usr/lib/python3/dist-packages/torchvision/models';
  const [count, check] = [process.env.MODELWATT_EDITS ?? '200', process.env.MODELWATT_CHECK ?? '1'];
  for (const [file, firstGoal, allGoal] of FILES) {
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
    const { coldMs, timings, rss, heap } = JSON.parse(stdout);
    print(`${file}: cold ${coldMs.toFixed(0)} ms; ${timings.length} edits, resident ${mega(rss)}, heap ${mega(heap)}`);
    const kinds = [...new Set(timings.map(({ kind }) => kind))].sort();
    for (const kind of kinds) print(row(kind, timings.filter(timing => timing.kind === kind))); // prettier-ignore
    print(row('all', timings));
    const ratio = (field, goal) => (percentile(timings, field, 0.95) / goal).toFixed(2);
    print(`  against the goals: model at the cursor ${ratio('firstMs', firstGoal)} of ${firstGoal} ms, all models ${ratio('allMs', allGoal)} of ${allGoal} ms`); // prettier-ignore
  }
}

const mega = bytes => `${(bytes / 1e6).toFixed(0)} MB`;

function row(kind, timings) {
  const show = (field, share) => percentile(timings, field, share).toFixed(1).padStart(7);
  const part = field => `${show(field, 0.5)} ${show(field, 0.95)}`;
  return `  ${kind.padEnd(10)}${String(timings.length).padStart(4)}  first p50 p95 ms${part('firstMs')}  all${part('allMs')}  CPU${part('cpuMs')}`;
}

function percentile(timings, field, share) {
  const sorted = timings.map(timing => timing[field]).sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}
