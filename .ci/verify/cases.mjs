// What the checks of real models share: torchvision's builders with the counts that PyTorch made of them, and bundling.
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Problem, cacheFolder, root, run } from '../lib.mjs';

/** One shape or a list of shapes. */
export const shapesOf = input => (Array.isArray(input[0]) ? input : [input]);

const python = value =>
  value === true ? 'True' : value === false ? 'False' : value === null ? 'None' : JSON.stringify(value);
export const argumentsOf = (kwargs = {}) =>
  Object.entries(kwargs)
    .map(([name, value]) => `${name}=${python(value)}`)
    .join(', ');

/** Without weights a detector's backbone has none either: it would be frozen. */
export const argumentsFor = ({ task, kwargs }) =>
  task === 'detection' ? { ...kwargs, weights_backbone: null } : kwargs;

/** The rows that `--only` wants and the sources hold. */
export function chosenRows(rows, sources, only = '') {
  const wanted = rows.filter(
    row => new RegExp(only).test(row.builder) && row.file.endsWith('.py') && existsSync(join(sources, row.file)),
  );
  if (wanted.length === 0) throw new Problem(`None of the ${rows.length} references fits the sources in ${sources}.`);
  return wanted;
}

/** Where the sources are and what PyTorch counts for them. */
export async function references(options) {
  if (options.references !== undefined && options.torchvision !== undefined) {
    const rows = JSON.parse(await readFile(options.references, 'utf8'));
    return { sources: resolve(options.torchvision), rows: rows.filter(row => row.task !== 'detection' || row.macs) };
  }
  const found = await pythonWithTorch(options.python);
  const sources = resolve(options.torchvision ?? found.sources);
  if (options.references !== undefined)
    return { sources, rows: JSON.parse(await readFile(options.references, 'utf8')) };
  const cached = join(cacheFolder, `torchvision-${found.version}.json`);
  if (!existsSync(cached)) {
    console.log(`Counting every builder with ${found.python}; this takes some minutes, once …`);
    const script = join(root, '.ci', 'verify', 'torch_builders.py');
    const { code } = await run(found.python, ['-B', '-W', 'ignore', script, cached], { echo: true });
    if (code !== 0) throw new Problem(`${found.python} could not count torchvision's builders.`);
  }
  return { sources, rows: JSON.parse(await readFile(cached, 'utf8')) };
}

export async function pythonWithTorch(given) {
  const question = 'import torch, torchvision; print(torchvision.__version__, torchvision.__path__[0], sep="\\n")';
  for (const candidate of given === undefined ? ['/usr/bin/python3', 'python3'] : [given]) {
    const { code, output } = await run(candidate, ['-B', '-c', question]).catch(() => ({ code: 1, output: '' }));
    if (code !== 0) continue;
    const [version, path] = output.trim().split('\n').slice(-2);
    return { python: candidate, version, sources: dirname(path) };
  }
  throw new Problem(
    'There is no Python with torch and torchvision here. Give one with --python (a virtual environment with ' +
      '"pip install torch torchvision", or Debian\'s python3-torchvision), or both --torchvision and --references.',
  );
}

/** A module of ours, bundled; what the tests use serves here too. */
export async function harness(source) {
  const { build } = await import('esbuild');
  const out = join(cacheFolder, 'verify', source.replace(/^.*\/|\.ts$/g, '') + '.mjs');
  await mkdir(dirname(out), { recursive: true });
  await writeFile(out, '');
  await build({
    absWorkingDir: root,
    entryPoints: [source],
    outfile: out,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    loader: { '.py': 'text' },
    // The parser is found beside the bundle.
    packages: 'external',
    logLevel: 'warning',
  });
  return import(pathToFileURL(out).href);
}
