// The package that is shipped, one per system because of the native runtime.
//   node .ci/package.mjs [linux-x64|linux-arm64|win32-x64|win32-arm64|darwin-arm64] [--out FILE]
// What it may hold is listed in .vscodeignore; the runtime's binaries for the target are added here.
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { Problem, main, must, readJson, root } from './lib.mjs';

/** onnxruntime-node has no binary for an Intel Mac. */
export const targets = ['linux-x64', 'linux-arm64', 'win32-x64', 'win32-arm64', 'darwin-arm64'];
export const LIMIT_MB = 25;

/** Packages what is in dist. Returns the file, its size in bytes and the files in it. */
export async function packageExtension({ target = 'linux-x64', out } = {}) {
  if (!targets.includes(target))
    throw new Problem(`There is no runtime for ${target}; targets are ${targets.join(', ')}.`);
  const { name, version } = readJson(join(root, 'package.json'));
  const file = resolve(out ?? join(root, `${name}-${target}-${version}.vsix`));
  await mkdir(dirname(file), { recursive: true });
  const scratch = mkdtempSync(join(tmpdir(), 'modelwatt-package-'));
  try {
    const ignore = join(scratch, 'ignore');
    const binaries = `!node_modules/onnxruntime-node/bin/napi-v6/${target.replace('-', '/')}/**\n`;
    // Absent for targets other than the system that packages: there the meter goes without it.
    const calls = `!node_modules/@koromix/koffi-${target}/**\n`;
    await writeFile(ignore, (await readFile(join(root, '.vscodeignore'), 'utf8')) + binaries + calls);
    const vsce = join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
    const options = [
      '--target',
      target,
      '--out',
      file,
      '--ignoreFile',
      ignore,
      '--allow-missing-repository',
      '--no-rewrite-relative-links',
    ];
    await must('Packaging', process.execPath, [vsce, 'package', ...options]);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  const { size } = await stat(file);
  return { file, size, files: await contents(file) };
}

/** Names in a VSIX, from the central directory that ends the zip file. */
export async function contents(file) {
  const bytes = await readFile(file);
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0) throw new Problem(`${file} is no zip file.`);
  const names = [];
  let at = bytes.readUInt32LE(end + 16);
  for (let count = bytes.readUInt16LE(end + 10); count > 0; count--) {
    const [name, extra, comment] = [
      bytes.readUInt16LE(at + 28),
      bytes.readUInt16LE(at + 30),
      bytes.readUInt16LE(at + 32),
    ];
    names.push(bytes.toString('utf8', at + 46, at + 46 + name));
    at += 46 + name + extra + comment;
  }
  return names.sort();
}

await main(import.meta, async args => {
  const { values, positionals } = parseArgs({ args, options: { out: { type: 'string' } }, allowPositionals: true });
  await build();
  const { file, size, files } = await packageExtension({ target: positionals[0], ...values });
  console.log(`${file}: ${(size / 1e6).toFixed(1)} MB, ${files.length} files`);
  if (size > LIMIT_MB * 1e6) throw new Problem(`The package is larger than ${LIMIT_MB} MB.`);
});
