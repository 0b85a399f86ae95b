// Reading `.onnx` files: a fresh process each time, against onnxruntime-node creating a session, against `onnx` loading
// and inferring shapes, and against `onnx-tool` counting. Ratios are theirs over ModelWatt's. Then a file of 2 GB.
import { spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cacheFolder, root } from '../lib.mjs';

export const name = 'ONNX files';

/** Of every kind; larger packages only when they are already there or MODELWATT_ALL_MODELS is 1. */
const LARGE = 50_000_000;
const RUNS = 5;

export async function run({ print }) {
  const program = await bundled();
  const { modelFile, referenceModels } = await import(pathToFileURL(program).href);
  const python = [process.env.MODELWATT_PYTHON, '/usr/bin/python3', 'python3'].find(has('onnx'));
  const tool = python !== undefined && has('onnx_tool')(python);
  if (python === undefined) print('no Python with onnx is at hand (--python PATH): its lines are left out');
  else if (!tool) print(`${python} has no onnx-tool: its column is left out`);
  print(row(['model', 'MB', 'MACs', 'ms', 'MB used', 'onnxruntime', '×', 'onnx', '×', 'onnx-tool', '×', 'its MACs']));
  for (const model of referenceModels) {
    if (model.sizeBytes > LARGE && process.env.MODELWATT_ALL_MODELS !== '1') continue;
    const path = await modelFile(model).catch(() => undefined);
    if (path === undefined) print(`${model.path}: not to be had here`);
    else print(row(compare(program, model, path, python, tool)));
  }
  await hugeFile(print, program);
}

const WIDTHS = [44, 6, 12, 6, 8, 16, 6, 16, 6, 16, 6, 14];
const row = cells => cells.map((cell, at) => (at === 0 ? String(cell).slice(-44).padEnd(44) : String(cell).padStart(WIDTHS[at]))).join(' '); // prettier-ignore
const megabytes = bytes => Math.round(bytes / 1e6);

function compare(program, model, path, python, tool) {
  const specs = model.inputs.map(([input, type, fill]) => `${input}=${type}${fill === undefined ? '' : `=${fill}`}`);
  const own = best(() => node(READ, program, path, ...specs));
  const peers = [
    best(() => node(SESSION, path), 2),
    python && best(() => inPython(python, INFER, path), 1),
    tool && best(() => inPython(python, COUNT, path, JSON.stringify(model.inputs)), 1),
  ];
  const cells = peers.flatMap(peer =>
    peer?.ms === undefined
      ? ['–', '–']
      : [`${Math.round(peer.ms)} ms ${megabytes(peer.rss)} MB`, (peer.ms / own.ms).toFixed(1)],
  );
  const counted = peers[2]?.macs;
  return [model.path, (model.sizeBytes / 1e6).toFixed(1), own.macs, Math.round(own.ms), megabytes(own.rss), ...cells, counted === undefined ? '–' : counted === model.macs ? 'equal' : counted]; // prettier-ignore
}

/** The fastest of several fresh processes: what others do at the same time only ever adds. */
function best(once, runs = RUNS) {
  const results = Array.from({ length: runs }, once).filter(result => result !== undefined);
  return results.sort((a, b) => a.ms - b.ms)[0];
}

function said({ status, stdout }) {
  const line = status === 0 ? stdout.trim().split('\n').at(-1) : undefined;
  try {
    return line === undefined ? undefined : JSON.parse(line);
  } catch {
    return undefined;
  }
}

const LIMITS = { encoding: 'utf8', cwd: root, timeout: 120_000, maxBuffer: 1 << 26 };
const node = (script, ...args) =>
  said(spawnSync(process.execPath, ['--input-type=module', '-e', script, '--', ...args], LIMITS));
const inPython = (python, script, ...args) =>
  said(spawnSync(python, ['-B', '-W', 'ignore', '-c', script, ...args], LIMITS));
const has = module => python =>
  python !== undefined && spawnSync(python, ['-c', `import ${module}`], { stdio: 'ignore' }).status === 0;

const REPORT = `console.log(JSON.stringify({ ...result, ms: performance.now() - began, rss: process.resourceUsage().maxRSS * 1024 }));`;
const READ = `
const [program, path, ...specs] = process.argv.slice(1);
const { countFile } = await import('file://' + program);
const began = performance.now();
const result = await countFile(path, specs);
${REPORT}`;
const SESSION = `
const { InferenceSession } = (await import('onnxruntime-node')).default;
const began = performance.now();
await InferenceSession.create(process.argv[1], { logSeverityLevel: 4 });
const result = {};
${REPORT}`;
const PYTHON_REPORT = `
import json, resource
print(json.dumps({**result, 'ms': 1000 * (time.perf_counter() - began), 'rss': 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}))`;
const INFER = `
import sys, time, onnx
began = time.perf_counter()
onnx.shape_inference.infer_shapes(onnx.load(sys.argv[1]), data_prop=True)
result = {}${PYTHON_REPORT}`;
const COUNT = `
import sys, time, re, json, io, contextlib, numpy, onnx_tool
began = time.perf_counter()
inputs = {}
for name, kind, *fill in json.loads(sys.argv[2]):
    dtype, sizes = re.match(r'(\\w+)\\[(.*)\\]', kind).groups()
    inputs[name] = numpy.full([int(size) for size in sizes.split(',') if size], fill[0] if fill else 0, dtype)
with contextlib.redirect_stdout(io.StringIO()):
    model = onnx_tool.Model(sys.argv[1])
    model.graph.shape_infer(inputs)
    model.graph.profile()
result = {'macs': int(numpy.asarray(model.graph.macs).ravel()[0])}${PYTHON_REPORT}`;

/** The reader, with what finds the models. */
async function bundled() {
  const { build } = await import('esbuild');
  const out = join(cacheFolder, 'bench', 'onnxReader.mjs');
  await mkdir(dirname(out), { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints: ['test/support/onnxBench.ts'],
    outfile: out,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    logLevel: 'warning',
  });
  return out;
}

async function hugeFile(print, program) {
  const { hugeModel } = await import(pathToFileURL(program).href);
  const path = join(cacheFolder, 'bench', 'huge.onnx');
  try {
    const size = writeWithHoles(path, hugeModel());
    const own = best(() => node(READ, program, path));
    print(`${(size / 1e9).toFixed(2)} GB of weights inside one file, made here: ${Math.round(own.ms)} ms, ${megabytes(own.rss)} MB, ${own.parameters} parameters, ${own.macs} MACs`); // prettier-ignore
  } finally {
    await rm(path, { force: true });
  }
}

/** The weights are holes in the file: no disk holds them, and nobody reads them. */
function writeWithHoles(path, pieces) {
  const file = openSync(path, 'w');
  let at = 0;
  for (const piece of pieces) {
    if (typeof piece === 'number') at += piece;
    else at += writeSync(file, piece, 0, piece.length, at);
  }
  ftruncateSync(file, at);
  closeSync(file);
  return at;
}
