// The profiler: what its loop adds to bare `session.run` in the same process, how soon the first number is there, what
// writing a model as ONNX takes, and how much of a profiled run maps back to a line. torchvision's models are read from
// MODELWATT_TORCHVISION (the folder that holds `torchvision/`) where it is set or a system's Python has it.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder, root } from '../lib.mjs';
import { harness } from '../verify/cases.mjs';

export const name = 'profiler';

const SOURCES = [process.env.MODELWATT_TORCHVISION, '/usr/lib/python3/dist-packages'].find(
  folder => folder !== undefined && existsSync(join(folder, 'torchvision')),
);
const SAMPLES = [
  ['test/sample/satellite/resnet.py', 'satellite_resnet18'],
  ['test/sample/air_quality/forecast.py', 'AirQualityLSTM'],
  ['test/sample/land_cover/unet.py', 'LandCoverUNet'],
].map(([file, model]) => ({ path: join(root, file), model, search: [] }));

const vision = (file, model) =>
  SOURCES === undefined ? [] : [{ path: join(SOURCES, 'torchvision/models', file), model, search: [SOURCES] }];

export async function run({ print }) {
  const resnet18 = vision('resnet.py', 'resnet18')[0] ?? SAMPLES[0];
  await overhead(print);
  await firstNumber(resnet18, print);
  for (const one of [...vision('vision_transformer.py', 'vit_b_16'), ...vision('resnet.py', 'resnet152')])
    emission(one, print);
  for (const one of [...SAMPLES, ...vision('resnet.py', 'resnet18'), ...vision('vision_transformer.py', 'vit_b_16')])
    mapped(one, print);
}

/**
 * Our loop and a bare one take turns in one process by hundredths of a second, in chunks of a thousandth, which one first changing too. What other
 * programs take only ever adds: the faster chunks of both are compared, at several quantiles.
 */
async function overhead(print) {
  const { emitCase, placeCase } = await harness('test/support/emission.ts');
  await harness('src/profiler/timing.ts');
  const folder = await mkdtemp(join(tmpdir(), 'modelwatt-bench-'));
  try {
    for (const [model, inputs] of [
      ['Perceptron', ['float32[3,20]']],
      ['SmallResNet', ['float32[2,3,32,32]']],
    ]) {
      const emission = await emitCase({ path: join(root, 'test/fixtures/emission/models.py'), model, inputs });
      const path = await placeCase(emission.emitted, folder);
      const shape = /\[(.*)\]/.exec(inputs[0])[1].split(',').map(Number);
      const { stdout, stderr } = spawnSync(
        process.execPath,
        ['--input-type=module', '-e', LOOPS, path, JSON.stringify(shape)],
        {
          encoding: 'utf8',
          cwd: root,
        },
      );
      if (stdout === '') throw new Error(stderr);
      const { bare, ours, low, high, chunks } = JSON.parse(stdout);
      print(
        `${model}: bare session.run ${(1e6 * bare).toFixed(1)} µs, in our loop ${(1e6 * ours).toFixed(1)} µs: ` +
          `${percent(ours / bare)} more, ${percent(low)} to ${percent(high)} by quantile of ${chunks} chunks (goal: below 2 %)`,
      );
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const percent = ratio => `${(100 * (ratio - 1)).toFixed(2)} %`;

const LOOPS = `
import ort from 'onnxruntime-node';
import { timeRuns } from ${JSON.stringify(join(cacheFolder, 'verify', 'timing.mjs'))};
const [path, shape] = process.argv.slice(-2);
const session = await ort.InferenceSession.create(path, { logSeverityLevel: 3, intraOpNumThreads: 1 });
const dims = JSON.parse(shape);
const feeds = { [session.inputNames[0]]: new ort.Tensor('float32', new Float32Array(dims.reduce((a, b) => a * b, 1)).fill(0.5), dims) };
const now = () => performance.now() / 1000;
const [CHUNK_S, ROUNDS] = [0.001, 400];
for (let i = 0; i < 500; i++) await session.run(feeds);
const timed = async runs => { const start = now(); for (let i = 0; i < runs; i++) await session.run(feeds); return (now() - start) / runs; };
// The best of many: chunks of both kinds shall last equally long, so that both are as seldom interrupted.
let best = Infinity;
for (let i = 0; i < 200; i++) best = Math.min(best, await timed(5));
const count = Math.max(1, Math.round(CHUNK_S / best));
const bare = [], ours = [];
const bareChunks = async () => { for (let i = 0; i < 10; i++) bare.push(await timed(count)); };
const ourChunks = async () => { const { windows } = await timeRuns(() => session.run(feeds), 10 * CHUNK_S, now); ours.push(...windows.map(({ seconds, runs }) => seconds / runs)); };
for (let round = 0; round < ROUNDS; round++) for (const turn of round % 2 ? [bareChunks, ourChunks] : [ourChunks, bareChunks]) await turn();
const quantile = (values, q) => values.sort((a, b) => a - b)[Math.floor(q * (values.length - 1))];
const ratios = [0.05, 0.1, 0.2, 0.3].map(q => quantile(ours, q) / quantile(bare, q));
console.log(JSON.stringify({ bare: quantile(bare, 0.1), ours: quantile(ours, 0.1), low: Math.min(...ratios), high: Math.max(...ratios), chunks: bare.length }));
process.exit();
`;

const argumentsFor = ({ path, model, search }) => [
  path,
  '--model',
  model,
  ...search.flatMap(folder => ['--search-path', folder]),
];

/** From asking, with nothing read and no weights kept, to the median of the first window; the meter's second of idle apart. */
async function firstNumber({ path, model, search }, print) {
  const { secondsToFirstNumber } = await harness('test/support/firstNumber.ts');
  const seconds = await secondsToFirstNumber(path, model, search);
  print(`${model}: ${seconds.toFixed(1)} s from pressing Profile to the first number (goal: below 5 s)`);
}

const EMIT = `
const { readFileSync } = require('node:fs');
const before = process.memoryUsage.rss();
import(process.argv[1]).then(async ({ emitCase }) => {
  const asked = JSON.parse(process.argv[2]);
  await emitCase(asked);
  const start = performance.now();
  const { emitted } = await emitCase(asked);
  console.log(JSON.stringify({ seconds: (performance.now() - start) / 1000, peak: process.resourceUsage().maxRSS * 1024, bytes: emitted.model.length, nodes: emitted.nodes }));
});
`;

/** Reading and writing out, in a process of its own; the second time, when the files are parsed. */
function emission({ path, model, search }, print) {
  const asked = { path, model, inputs: ['float32[1,3,224,224]'], searchPath: search };
  const script = join(cacheFolder, 'verify', 'emission.mjs');
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', EMIT, script, JSON.stringify(asked)], {
    encoding: 'utf8',
  });
  if (stdout === '') throw new Error(stderr);
  const { seconds, peak, bytes, nodes } = JSON.parse(stdout);
  print(
    `${model}: read and written as ONNX in ${seconds.toFixed(2)} s, ${nodes} nodes, ${(bytes / 1e6).toFixed(2)} MB without weights, peak memory of the process ${(peak / 1e6).toFixed(0)} MB`,
  );
}

function mapped(one, print) {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [
      join(root, 'dist/cli.js'),
      'profile',
      ...argumentsFor(one),
      '--device',
      'cpu',
      '--seconds',
      '1',
      '--format',
      'json',
    ],
    { encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  if (stdout === '') throw new Error(stderr);
  const [{ layers }] = JSON.parse(stdout).models;
  const share = layers.filter(({ line }) => line !== null).reduce((sum, layer) => sum + (layer.share ?? 0), 0);
  print(`${one.model}: ${(100 * share).toFixed(1)} % of the profiled time maps back to a line (goal: 98 %)`);
}
