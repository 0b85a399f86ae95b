// Every builder of torchvision, read from its source and counted, beside what real PyTorch counts.
//   npm run verify:torch -- [--python PATH] [--torchvision DIR] [--references FILE] [--only REGEX] [--details]
//
//   --python       a Python with torch and torchvision; without it /usr/bin/python3 and python3 are tried
//   --torchvision  the folder that holds `torchvision/`; without it the one of that Python
//   --references   counts made earlier (JSON rows as torch_builders.py writes them); without it they are made, once a version
//   --only         builders whose name matches
//   --details      the gaps of each incomplete builder, the differences of each wrong one
//
// A builder is equal (complete, all counts the same), incomplete (it says so), or wrong. Ends with 1 if one is wrong.
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { Problem, cacheFolder, main, root, run } from '../lib.mjs';

const OPTIONS = {
  python: { type: 'string' },
  torchvision: { type: 'string' },
  references: { type: 'string' },
  only: { type: 'string' },
  details: { type: 'boolean', default: false },
};

async function compare(row, sources, { modelNamed, countsOf, peakOf, readPython }) {
  const path = join(sources, row.file);
  const inputs = shapesOf(row.input).map(shape => `float32[${shape.join(',')}]`);
  try {
    const read = await readPython({
      path,
      model: row.builder,
      args: argumentsOf(argumentsFor(row)),
      inputs,
      searchPath: [sources],
    });
    const model = modelNamed(read, row.builder);
    const counts = countsOf(model.graph);
    const peak = peakOf(model.graph);
    const gaps = [...read.gaps, ...model.graph.gaps].map(
      gap => `${gap.at?.file ?? ''}:${gap.at?.line ?? ''} ${gap.code}: ${sentence(gap.message)}`,
    );
    const lines = differences(row, counts);
    if (model.status !== 'ok')
      return { kind: 'incomplete', counts, peak, lines: [...new Set(gaps)].slice(0, 12).concat(lines) };
    return { kind: lines.length === 0 ? 'equal' : 'wrong', counts, peak, lines };
  } catch (error) {
    return {
      kind: 'incomplete',
      lines: [
        String(error.stack ?? error)
          .split('\n')
          .slice(0, 6)
          .join('\n    '),
      ],
    };
  }
}

const sentence = ({ template, args }) => template.replace(/\{(\d+)\}/g, (_, index) => String(args[Number(index)]));

function differences(row, counts) {
  const outputs = counts.outputs.map(type => type.replace(/^\w+/, '')).join(' ');
  const wanted = row.outputs.map(shape => `[${shape.join(',')}]`).join(' ');
  return [
    ['parameters', row.params, counts.parameters],
    ['trainable', row.params_trainable, counts.trainableParameters],
    ['buffers', row.buffers, counts.bufferElements],
    ['MACs', row.macs, counts.macs],
    ['outputs', wanted, outputs],
  ].flatMap(([what, expected, found]) => (expected === found ? [] : [`${what}: PyTorch ${expected}, here ${found}`]));
}

/** Without weights a detector's backbone has none either: it would be frozen. */
const argumentsFor = ({ task, kwargs }) => (task === 'detection' ? { ...kwargs, weights_backbone: null } : kwargs);

/** One shape or a list of shapes. */
const shapesOf = input => (Array.isArray(input[0]) ? input : [input]);

const python = value =>
  value === true ? 'True' : value === false ? 'False' : value === null ? 'None' : JSON.stringify(value);
const argumentsOf = (kwargs = {}) =>
  Object.entries(kwargs)
    .map(([name, value]) => `${name}=${python(value)}`)
    .join(', ');

/** Where the sources are and what PyTorch counts for them. */
async function references(options) {
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

async function pythonWithTorch(given) {
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

/** The reading end: the same helper that the tests use. */
async function harness() {
  const { build } = await import('esbuild');
  const out = join(cacheFolder, 'verify', 'torchModels.mjs');
  await mkdir(dirname(out), { recursive: true });
  await writeFile(out, '');
  await build({
    absWorkingDir: root,
    entryPoints: ['test/support/torchModels.ts'],
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

await main(import.meta, async args => {
  const { values: options } = parseArgs({ args, options: OPTIONS });
  const { sources, rows } = await references(options);
  const wanted = rows.filter(
    row =>
      new RegExp(options.only ?? '').test(row.builder) &&
      row.file.endsWith('.py') &&
      existsSync(join(sources, row.file)),
  );
  if (wanted.length === 0) throw new Problem(`None of the ${rows.length} references fits the sources in ${sources}.`);
  const reader = await harness();
  const tally = { equal: 0, incomplete: 0, wrong: 0 };
  console.log(`${'builder'.padEnd(44)} result      params        MACs   peak    ms`);
  for (const row of wanted) {
    const began = performance.now();
    const result = await compare(row, sources, reader);
    tally[result.kind]++;
    const name = row.builder + argumentsOf(row.kwargs).replace(/^(.+)$/, '($1)');
    const peak = result.peak === undefined ? '' : `${Math.round((100 * result.peak) / row.peak_live_bytes_infer)}%`;
    console.log(
      `${name.padEnd(44)} ${result.kind.padEnd(10)} ${String(result.counts?.parameters ?? '').padStart(10)} ` +
        `${String(result.counts?.macs ?? '').padStart(12)} ${peak.padStart(5)} ${String(Math.round(performance.now() - began)).padStart(5)}`,
    );
    if (options.details || result.kind === 'wrong') for (const line of result.lines) console.log(`    ${line}`);
  }
  console.log(`${tally.equal} equal, ${tally.incomplete} incomplete, ${tally.wrong} wrong of ${wanted.length}`);
  return tally.wrong > 0 ? 1 : 0;
});
