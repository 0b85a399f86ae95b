// Loading and activating the entry in plain Node, with a stand-in for the editor's API that answers at once: what the
// extension itself costs a window, without the editor's own share. Beside it the loading of an empty module.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../lib.mjs';

export const name = 'activation';

const GOAL_MS = 50;
const RUNS = 9;

export async function run({ print }) {
  const folder = mkdtempSync(join(tmpdir(), 'modelwatt-activation-'));
  try {
    const script = join(folder, 'activate.cjs');
    writeFileSync(script, program);
    const times = Array.from({ length: RUNS }, () => spawnSync(process.execPath, [script, root], { encoding: 'utf8' }))
      .map(({ stdout, stderr }) => {
        if (stdout === '') throw new Error(stderr.trim().split('\n').at(-1));
        return JSON.parse(stdout);
      })
      .sort((a, b) => a.load + a.activate - b.load - b.activate);
    const { load, activate, empty } = times[RUNS >> 1];
    print(`load ${load.toFixed(1)} ms, activate ${activate.toFixed(1)} ms (goal ${GOAL_MS} ms in all)`);
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
const [loading, extension] = time(() => require(join(root, 'dist', 'extension.js')));
const context = { subscriptions: [], extensionUri: anything(), workspaceState: { get() {}, update() {}, keys: () => [] }, asAbsolutePath: path => join(root, path) };
const [activating] = time(() => extension.activate(context));
process.stdout.write(JSON.stringify({ load: loading, activate: activating, empty }));
process.exit(0);
`;
