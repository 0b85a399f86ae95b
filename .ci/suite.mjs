// Bundles TypeScript tests with esbuild and runs them with node:test.
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Problem, root, run, tally } from './lib.mjs';

/** Runs test files (paths from the root); says what failed as it comes; returns the counts. */
export async function runSuite(files, { keep = false, only, timeoutMs = 120_000, env = {} } = {}) {
  // A folder per run: two runs at once must not take each other's bundles away.
  const out = join(root, 'out', 'test', String(process.pid));
  try {
    await removeOld(dirname(out));
    const outputs = await bundle(files, out);
    return await runTests(outputs, out, { only, timeoutMs, env });
  } finally {
    if (!keep) await rm(out, { recursive: true, force: true });
  }
}

/** Bundles of runs that were killed. */
async function removeOld(folder) {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const { mtimeMs } = await stat(join(folder, name)).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > 3_600_000) await rm(join(folder, name), { recursive: true, force: true });
  }
}

async function bundle(files, out) {
  const { build } = await import('esbuild');
  await mkdir(out, { recursive: true });
  const result = await build({
    absWorkingDir: root,
    entryPoints: files,
    outdir: out,
    outbase: root,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    loader: { '.py': 'text' },
    sourcemap: true,
    metafile: true,
    logLevel: 'warning',
    // Once bundled, the product's own files all lie in dist.
    define: { __dirname: JSON.stringify(join(root, 'dist')) },
    plugins: [ownPlace, scripts],
  }).catch(error => {
    throw new Problem(`The tests could not be bundled: ${error.errors?.length ?? 1} error(s) above.`);
  });
  return Object.entries(result.metafile.outputs)
    .filter(([, output]) => output.entryPoint)
    .map(([path]) => path);
}

/** `import.meta.url` in a test means the test's own place, not its bundle's. */
const ownPlace = {
  name: 'own-place',
  setup(build) {
    build.onLoad({ filter: /[/\\]test[/\\].*\.ts$/ }, async ({ path }) => ({
      loader: 'ts',
      contents: (await readFile(path, 'utf8'))
        .replaceAll(/\bimport\.meta\.url\b/g, JSON.stringify(pathToFileURL(path).href))
        .replaceAll(/\bimport\.meta\.dirname\b/g, JSON.stringify(dirname(path)))
        .replaceAll(/\bimport\.meta\.filename\b/g, JSON.stringify(path)),
    }));
  },
};

/** The scripts stay where they are: they find the repository by their own place. */
const scripts = {
  name: 'scripts',
  setup(build) {
    build.onResolve({ filter: /\/\.ci\/.*\.mjs$/ }, ({ path, resolveDir }) => ({
      path: pathToFileURL(resolve(resolveDir, path)).href,
      external: true,
    }));
  },
};

async function runTests(outputs, out, { only, timeoutMs, env }) {
  const results = join(out, 'results.json');
  const { code } = await run(
    process.execPath,
    [
      '--enable-source-maps',
      '--test',
      `--test-timeout=${timeoutMs}`,
      `--test-reporter=${pathToFileURL(join(root, '.ci', 'reporter.mjs')).href}`,
      '--test-reporter-destination=stdout',
      ...(only ? [`--test-name-pattern=${only}`] : []),
      ...outputs,
    ],
    { echo: true, env: { ...process.env, ...env, UNIT_RESULTS: results, NODE_OPTIONS: '' } },
  );
  const report = await readFile(results, 'utf8').then(JSON.parse, () => undefined);
  if (report === undefined)
    return tally(0, [{ name: 'unit tests', said: `the runner ended with ${code} and no result` }]);
  if (code !== 0 && report.failed === 0)
    report.failures.push({ name: 'unit tests', said: `the runner ended with ${code}` });
  return tally(report.passed, report.failures);
}
