// Bundles for the editor, its workers, the command line and the panel, into dist.
//   node .ci/build.mjs [--partial] [--watch] [--dev]
// `--partial` skips entries whose source does not exist; `--dev` leaves the names readable.
import { chmod, mkdir, rm, stat } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Problem, elapsed, filesBelow, main, root } from './lib.mjs';

/** Output name in dist to source. Each may load another by import(): that stays a reference, nothing is bundled twice. */
export const programs = {
  extension: 'src/extension.ts',
  analysis: 'src/analysis/worker.ts',
  metering: 'src/metering/worker.ts',
  profiler: 'src/profiler/worker.ts',
  nvml: 'src/nvml/child.ts',
  recorder: 'src/recorder/main.ts',
  cli: 'src/cli/main.ts',
};
export const panel = { script: 'webview/main.ts', style: 'webview/style.css' };

const isThere = path => existsSync(join(root, path));

/** `out` is where the bundles go, from the root; what else lies there is removed. */
export async function build({ partial = false, watch = false, dev = false, out = 'dist' } = {}) {
  const { default: esbuild } = await import('esbuild');
  const missing = [...Object.values(programs), ...Object.values(panel)].filter(path => !isThere(path));
  if (missing.length > 0 && !partial)
    throw new Problem(`Entries are missing: ${missing.join(', ')} (--partial skips them).`);
  const options = allOptions(dev, out).filter(({ entryPoints }) => Object.keys(entryPoints).length > 0);
  await mkdir(join(root, out), { recursive: true });
  if (watch) {
    await Promise.all(
      options.map(async option => (await esbuild.context({ ...option, plugins: [...option.plugins, told] })).watch()),
    );
    return new Map();
  }
  const results = await Promise.all(
    options.map(option =>
      esbuild.build(option).catch(error => {
        throw new Problem(`The build failed: ${error.errors?.length ?? error} error(s).`);
      }),
    ),
  );
  await removeOthers(
    results.flatMap(result => Object.keys(result.metafile.outputs)),
    out,
  );
  if (isThere(`${out}/cli.js`)) await chmod(join(root, out, 'cli.js'), 0o755);
  return sizes(out);
}

function allOptions(dev, out) {
  const existing = table => Object.fromEntries(Object.entries(table).filter(([, path]) => isThere(path)));
  const { cli, ...others } = existing(programs);
  const shared = {
    absWorkingDir: root,
    outdir: out,
    bundle: true,
    minify: !dev,
    keepNames: false,
    sourcemap: 'linked',
    sourcesContent: false,
    metafile: true,
    logLevel: 'warning',
    legalComments: 'none',
  };
  const node = {
    ...shared,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    external: ['vscode', 'onnxruntime-node', 'koffi'],
    // PyTorch's modules in our own words are Python files, read as text.
    loader: { '.py': 'text' },
    // import() becomes a lazy require: the extension host, workers and plain Node all load it the same way.
    supported: { 'dynamic-import': false },
    plugins: [otherPrograms],
  };
  return [
    { ...node, entryPoints: others },
    { ...node, entryPoints: cli ? { cli } : {}, banner: { js: '#!/usr/bin/env node' } },
    {
      ...shared,
      entryPoints: existing({ 'webview/panel': panel.script }),
      format: 'iife',
      platform: 'browser',
      target: 'es2022',
      plugins: [],
    },
    {
      ...shared,
      entryPoints: existing({ 'webview/panel': panel.style }),
      loader: { '.ttf': 'file', '.woff2': 'file', '.svg': 'dataurl' },
      // Beside the style: the panel may load from no other folder.
      assetNames: 'webview/[name]',
      plugins: [],
    },
  ];
}

/** A reference from one program to another is a file beside it. */
const otherPrograms = {
  name: 'other-programs',
  setup(build) {
    const outputs = new Map(Object.entries(programs).map(([name, path]) => [join(root, path), `./${name}.js`]));
    build.onResolve({ filter: /^\.{1,2}\// }, ({ path, resolveDir, kind }) => {
      if (kind === 'entry-point') return undefined;
      const output = outputs.get(`${resolve(resolveDir, path.replace(/\.(js|ts)$/, ''))}.ts`);
      return output === undefined ? undefined : { path: output, external: true };
    });
  },
};

/** In watch mode, says when a bundle is new. */
const told = {
  name: 'told',
  setup(build) {
    build.onEnd(({ errors }) => {
      const names = Object.keys(build.initialOptions.entryPoints).join(', ');
      console.log(
        `${new Date().toLocaleTimeString()} ${names}: ${errors.length === 0 ? 'built' : `${errors.length} error(s)`}`,
      );
    });
  },
};

/** What an earlier build left. Afterwards, not before: a program that runs from dist meanwhile finds its files. */
async function removeOthers(outputs, out) {
  const ours = new Set(outputs);
  for (const path of await filesBelow(out)) if (!ours.has(path)) await rm(join(root, path));
}

async function sizes(out) {
  const names = [...Object.keys(programs).map(name => `${name}.js`), 'webview/panel.js', 'webview/panel.css'];
  const found = new Map();
  for (const name of names) if (isThere(`${out}/${name}`)) found.set(name, (await stat(join(root, out, name))).size);
  return found;
}

await main(import.meta, async args => {
  const began = performance.now();
  const watch = args.includes('--watch');
  const built = await build({ partial: args.includes('--partial'), dev: args.includes('--dev'), watch });
  for (const [name, bytes] of built) console.log(`${name.padEnd(18)} ${(bytes / 1000).toFixed(1).padStart(8)} kB`);
  if (!watch) console.log(`built in ${elapsed(began)}`);
});
