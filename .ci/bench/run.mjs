// What `modelwatt run -- true` takes beyond plain `true`: the best of several, since a busy machine only ever adds.
// Goal: below 150 ms.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../lib.mjs';

export const name = 'run';

const ROUNDS = 20;

export function run({ print }) {
  if (process.platform === 'win32') {
    print('there is no program that does nothing here: left out on this system');
    return;
  }
  const data = mkdtempSync(join(tmpdir(), 'modelwatt-bench-'));
  try {
    const plain = times('true', [], data);
    const node = times(process.execPath, ['-e', '0'], data);
    const recorded = times(process.execPath, [join(root, 'dist', 'cli.js'), 'run', '--quiet', '--', 'true'], data);
    print(`true: ${ms(plain)}; Node alone: ${ms(node)}; modelwatt run -- true: ${ms(recorded)}`);
    print(`start-up cost: ${(recorded[0] - plain[0]).toFixed(0)} ms at best (goal: below 150 ms)`);
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

const ms = sorted => `${sorted[0].toFixed(0)} ms at best, median ${sorted[sorted.length >> 1].toFixed(0)} ms`;

function times(program, args, data) {
  return Array.from({ length: ROUNDS }, () => {
    const began = performance.now();
    const { status } = spawnSync(program, args, { stdio: 'ignore', env: { ...process.env, MODELWATT_DATA: data } });
    if (status !== 0) throw new Error(`${program} ended with ${status}`);
    return performance.now() - began;
  }).sort((a, b) => a - b);
}
