// node_modules as the lock file has it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { must, readJson, root } from './lib.mjs';

/** Runs `npm ci` unless what is installed matches the lock file. */
export async function ensureModules() {
  if (matches()) return;
  console.log('Installing the packages of the lock file (npm ci) …');
  // The variable also reaches npm versions that do not know the key in .npmrc: no download of CUDA libraries.
  const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' };
  const what = 'Installing packages (this needs the npm registry; nothing else)';
  await must(what, 'npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { env });
}

/** npm notes what it installed in node_modules; packages for other systems are optional and absent. */
function matches() {
  const installedPath = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedPath)) return false;
  const wanted = readJson(join(root, 'package-lock.json')).packages;
  const installed = readJson(installedPath).packages;
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (path === '') return true;
    const found = installed[path];
    return found === undefined ? optional === true : found.version === version && existsSync(join(root, path));
  });
}
