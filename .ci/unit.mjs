// Unit tests: test/**/*.test.ts apart from those that need an editor.
//   node .ci/unit.mjs [folder or file…] [--keep] [--only PATTERN]
// `--only` passes a pattern of test names on; `--keep` leaves the bundles in out/test for a debugger.
// The working folder of every test is the repository's root.
import { relative, resolve } from 'node:path';
import { Problem, filesBelow, main, root } from './lib.mjs';
import { runSuite } from './suite.mjs';

const elsewhere = /^test\/(host|e2e|sample|fixtures)\//;

export async function unitTests({ paths = [], ...options } = {}) {
  return runSuite(await chosen(paths), options);
}

async function chosen(paths) {
  const all = await filesBelow('test', path => path.endsWith('.test.ts') && !elsewhere.test(path));
  const wanted = paths.map(path => relative(root, resolve(path)).replaceAll('\\', '/'));
  const files =
    wanted.length === 0 ? all : all.filter(file => wanted.some(path => file === path || file.startsWith(`${path}/`)));
  if (files.length === 0)
    throw new Problem(`No unit test under ${paths.join(', ') || 'test'} (files end in .test.ts).`);
  return files;
}

await main(import.meta, async args => {
  const only = args.includes('--only') ? args[args.indexOf('--only') + 1] : undefined;
  const paths = args.filter(arg => !arg.startsWith('--') && arg !== only);
  const { passed, failed } = await unitTests({ paths, keep: args.includes('--keep'), only });
  return failed > 0 || passed === 0 ? 1 : 0;
});
