// Cold `modelwatt analyze` of the sample models against a Python that imports PyTorch, builds the model, runs it once
// under a dispatch counter (test/fixtures/torch/counting.py) and prints the same counts. Ratios are Python over ModelWatt.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../lib.mjs';

export const name = 'cold analyze against PyTorch';

const MODELS = [
  ['satellite/resnet.py', 'satellite_resnet18', 'torch.randn(1, 13, 64, 64)'],
  ['land_cover/unet.py', 'LandCoverUNet', 'torch.randn(1, 10, 256, 256)'],
  ['air_quality/forecast.py', 'AirQualityLSTM', 'torch.randn(1, 168, 10)'],
];
const RUNS = 5;

export async function run({ print }) {
  const python = [process.env.MODELWATT_PYTHON, '/usr/bin/python3', 'python3'].find(hasTorch);
  if (python === undefined) print('no Python with PyTorch is at hand (MODELWATT_PYTHON): its side is left out');
  for (const [file, model, input] of MODELS) {
    const path = join(root, 'test', 'sample', file);
    const own = timed(process.execPath, [
      join(root, 'dist/cli.js'),
      'analyze',
      path,
      '--model',
      model,
      '--format',
      'json',
    ]);
    const [{ parameters, macs }] = JSON.parse(own.stdout).models;
    print(`${model}: ${own.seconds.toFixed(2)} s, ${parameters} parameters, ${macs} MACs`);
    if (python === undefined) continue;
    const peer = timed(python, ['-B', '-W', 'ignore', '-c', program(path, model, input)]);
    const counted = peer.stdout.trim() || peer.stderr.trim().split('\n').at(-1);
    print(`  PyTorch: ${peer.seconds.toFixed(2)} s, ${counted}; ratio ${(peer.seconds / own.seconds).toFixed(1)}`);
  }
}

const hasTorch = python =>
  python !== undefined && spawnSync(python, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0;

/** Median of several cold runs after one that warms the file cache. */
function timed(command, args) {
  const seconds = [];
  let result;
  for (let run = 0; run <= RUNS; run++) {
    const began = performance.now();
    result = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
    if (run > 0) seconds.push((performance.now() - began) / 1000);
  }
  seconds.sort((a, b) => a - b);
  return { seconds: seconds[RUNS >> 1], stdout: result.stdout, stderr: result.stderr };
}

const program = (path, model, input) => `
import importlib.util, sys, torch
sys.path.insert(0, ${JSON.stringify(join(root, 'test', 'fixtures', 'torch'))})
import counting
spec = importlib.util.spec_from_file_location('m', ${JSON.stringify(path)})
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
model = module.${model}().eval()
counts = counting.count(model, (${input},))
print(counts['parameters'], 'parameters,', counts['macs'], 'MACs')
`;
