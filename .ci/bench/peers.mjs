// ModelWatt against Python's tools on six models of torchvision: from the start of the program to the counts. Cold is the command
// line, warm the same reading again in one process. Ratios are the tool's time over cold ModelWatt's.
//   node .ci/bench.mjs peers [--python PYTHON]
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../lib.mjs';

export const name = 'against the counters of Python';

const MODELS = ['resnet18', 'resnet50', 'vit_b_16', 'efficientnet_b0', 'convnext_tiny', 'swin_t'];
const FILES = { vit_b_16: 'vision_transformer', efficientnet_b0: 'efficientnet', convnext_tiny: 'convnext', swin_t: 'swin_transformer' }; // prettier-ignore
const TOOLS = {
  torch: "PyTorch's flop counter",
  fvcore: 'fvcore',
  ptflops: 'ptflops',
};
const RUNS = 3;

export async function run({ print, python: given }) {
  const python = [given, process.env.MODELWATT_PYTHON, 'python3', '/usr/bin/python3'].find(candidate => folderOf(candidate) !== undefined); // prettier-ignore
  if (python === undefined) {
    print('left out: no Python with torchvision is at hand (--python PYTHON)');
    return;
  }
  const folder = folderOf(python);
  for (const model of MODELS) {
    const path = join(folder, 'models', `${FILES[model] ?? 'resnet'}.py`);
    const cold = coldReading(path, model);
    const warm = await warmReading(path, model);
    print(`${model}: ${counts(cold)}; cold ${seconds(cold.seconds)} and ${(cold.kilobytes / 1000).toFixed(0)} MB, warm ${(1000 * warm).toFixed(0)} ms`); // prettier-ignore
    for (const [tool, called] of Object.entries(TOOLS)) print(`  ${called}: ${peer(python, tool, model, cold)}`);
  }
}

/** torchvision's folder as that Python has it. */
function folderOf(python) {
  if (python === undefined) return undefined;
  const program = "import importlib.util, os; print(os.path.dirname(importlib.util.find_spec('torchvision').origin))";
  const { status, stdout } = spawnSync(python, ['-c', program], {
    encoding: 'utf8',
  });
  return status === 0 ? stdout.trim() : undefined;
}

/** The median of a few runs, with the most memory that any of them held. */
function coldReading(path, model) {
  const program = `process.argv.splice(1, 1); require(${JSON.stringify(join(root, 'dist', 'cli.js'))}); process.on('exit', () => process.stderr.write(String(process.resourceUsage().maxRSS)))`;
  const runs = Array.from({ length: RUNS }, () => {
    const began = performance.now();
    const args = ['-e', program, 'modelwatt', 'modelwatt', 'analyze', path, '--model', model, '--format', 'json'];
    const { stdout, stderr } = spawnSync(process.execPath, args, {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    return {
      seconds: (performance.now() - began) / 1000,
      kilobytes: Number(/\d+$/.exec(stderr)?.[0]),
      stdout,
    };
  });
  runs.sort((one, other) => one.seconds - other.seconds);
  const { seconds: median, stdout } = runs[RUNS >> 1];
  const [{ parameters, macs }] = JSON.parse(stdout).models;
  return {
    seconds: median,
    kilobytes: Math.max(...runs.map(({ kilobytes }) => kilobytes)),
    parameters,
    macs,
  };
}

async function warmReading(path, model) {
  const { createAnalysis } = createRequire(import.meta.url)(join(root, 'dist', 'analysis.js'));
  const times = [];
  for (let run = 0; run < 10; run++) {
    // Another analysis each time: nothing is remembered but the programs themselves.
    const analysis = createAnalysis();
    const began = performance.now();
    await analysis.analyze({ path, model, inputs: [], searchPath: [] }, { signal: new AbortController().signal, progress: () => undefined }); // prettier-ignore
    times.push((performance.now() - began) / 1000);
  }
  return times.sort((one, other) => one - other)[times.length >> 1];
}

function peer(python, tool, model, cold) {
  const script = join(root, '.ci', 'verify', 'peers.py');
  const began = performance.now();
  const { status, stdout, stderr } = spawnSync(python, ['-B', script, tool, model], { encoding: 'utf8' });
  const took = (performance.now() - began) / 1000;
  if (status !== 0) return `failed: ${stderr.trim().split('\n').at(-1)}`;
  const result = JSON.parse(stdout.trim().split('\n').at(-1));
  if (result.missing !== undefined) return `left out, this Python has no ${result.missing}`;
  const share = (result.macs / cold.macs).toFixed(3);
  return `${counts(result)} (${share} of the MACs); ${seconds(took)}, ratio ${(took / cold.seconds).toFixed(1)}`;
}

const counts = ({ parameters, macs }) => `${parameters} parameters, ${macs} MACs`;
const seconds = value => `${value.toFixed(2)} s`;
