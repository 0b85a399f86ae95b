// Sizes of what is shipped. The entry is what every window loads that opens a Python file.
import { gzipSync } from 'node:zlib';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib.mjs';

export const name = 'bundles';

const ENTRY_LIMIT_KB = 300;

export async function run({ print }) {
  const files = [
    ...readdirSync(join(root, 'dist')).filter(file => file.endsWith('.js')),
    ...readdirSync(join(root, 'dist', 'webview'))
      .filter(file => /\.(js|css|ttf)$/.test(file))
      .map(file => `webview/${file}`),
  ];
  for (const file of files.sort()) {
    const bytes = readFileSync(join(root, 'dist', file));
    const kB = size => `${(size / 1000).toFixed(1)} kB`.padStart(10);
    print(`${file.padEnd(20)}${kB(bytes.length)}   gzip ${kB(gzipSync(bytes).length)}`);
  }
  const entry = readFileSync(join(root, 'dist', 'extension.js')).length / 1000;
  print(`entry: ${entry.toFixed(1)} kB of at most ${ENTRY_LIMIT_KB} kB, ratio ${(entry / ENTRY_LIMIT_KB).toFixed(2)}`);
}
