// Types, lint and format, side by side.
//   node .ci/check.mjs [folder or file…]     with paths, only what concerns them is said
import { mkdir } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { cacheFolder, elapsed, main, root, run, tally } from './lib.mjs';

const bin = (name, ...path) => join(root, 'node_modules', name, ...path);

const tsc = (project, name) => [
  bin('typescript', 'bin', 'tsc'),
  ...[
    '-p',
    project,
    '--pretty',
    'false',
    '--incremental',
    '--tsBuildInfoFile',
    join(cacheFolder, `${name}.tsbuildinfo`),
  ],
];

const stages = paths => {
  const targets = paths.length > 0 ? paths : ['.'];
  return [
    { name: 'types', args: tsc('.', 'types'), mine: true },
    { name: 'types of the webview', args: tsc('webview', 'webview'), mine: true },
    {
      name: 'lint',
      args: [
        bin('eslint', 'bin', 'eslint.js'),
        ...['--cache', '--cache-strategy', 'content', '--cache-location', join(cacheFolder, 'eslint')],
        ...['--no-warn-ignored', '--no-error-on-unmatched-pattern', '--max-warnings', '0', ...targets],
      ],
    },
    {
      name: 'format',
      args: [
        bin('prettier', 'bin', 'prettier.cjs'),
        ...['--check', '--ignore-unknown', '--no-error-on-unmatched-pattern', '--log-level', 'warn'],
        ...['--cache', '--cache-location', join(cacheFolder, 'prettier'), ...targets],
      ],
    },
  ];
};

export async function check(paths = []) {
  await mkdir(cacheFolder, { recursive: true });
  const results = await Promise.all(stages(paths).map(stage => runStage(stage, paths)));
  return tally(
    results.filter(result => result.ok).length,
    results.filter(result => !result.ok).map(({ name, said }) => ({ name, said })),
  );
}

async function runStage({ name, args, mine }, paths) {
  const began = performance.now();
  const { code, output } = await run(process.execPath, args);
  const said = mine ? concerning(output, paths) : output.trim();
  // With paths given, somebody else's type errors do not count.
  const ok = mine && paths.length > 0 ? said === '' : code === 0;
  console.log(`${ok ? '✔' : '✖'} ${name} (${elapsed(began)})${ok ? '' : `\n${said}`}`);
  return { name, ok, said };
}

function concerning(output, paths) {
  const wanted = paths.map(path => relative(root, resolve(path)).replaceAll('\\', '/'));
  let keep = true;
  const lines = output.split('\n').filter(line => {
    // Continuation lines of a message are indented.
    if (!/^\s/.test(line)) keep = wanted.length === 0 || wanted.some(path => line.startsWith(path));
    return keep && line.trim() !== '';
  });
  return lines.join('\n');
}

await main(import.meta, async args => {
  const { failed } = await check(args);
  return failed > 0 ? 1 : 0;
});
