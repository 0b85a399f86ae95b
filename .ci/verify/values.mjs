// Whole models beside PyTorch: its random weights are given to the emitted graph by parameter name, and both compute the
// same inputs. Equal means max|a−b| ≤ 1e-4·max|b| for every output, finite and not constant.
import { existsSync } from 'node:fs';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readJson, root, run } from '../lib.mjs';
import { argumentsFor, argumentsOf, harness, shapesOf } from './cases.mjs';
import { runModel } from './emission.mjs';

const TOLERANCE = 1e-4;

/** Of torchvision: one of each kind, the smallest that is typical. */
const BUILDERS =
  /^(resnet18|mobilenet_v2|mobilenet_v3_small|densenet121|vit_b_16|swin_t|swin_v2_t|convnext_tiny|efficientnet_b0|efficientnet_v2_s|regnet_y_400mf|shufflenet_v2_x0_5|squeezenet1_1|mnasnet0_5|googlenet|inception_v3|resnext50_32x4d|maxvit_t|r3d_18|mvit_v1_b|s3d|swin3d_t|deeplabv3_mobilenet_v3_large|lraspp_mobilenet_v3_large|raft_small)$/;

const own = (file, model, inputs) => ({ name: model, file: join(root, file), model, kwargs: {}, inputs, search: [] });

/** Our own small models and samples, then torchvision's. */
function casesOf({ sources, rows }) {
  const fixtures = readJson(join(root, 'test/fixtures/emission/cases.json')).map(({ model, inputs }) =>
    own('test/fixtures/emission/models.py', model, inputs),
  );
  const samples = [
    own('test/sample/air_quality/forecast.py', 'AirQualityLSTM', ['float32[1,168,10]']),
    own('test/sample/air_quality/forecast.py', 'AirQualityTCN', ['float32[1,168,10]']),
    own('test/sample/land_cover/unet.py', 'LandCoverUNet', ['float32[1,10,256,256]']),
  ];
  // Some rows name a folder, some a file of another version.
  const vision = rows
    .filter(row => row.file.endsWith('.py') && existsSync(join(sources, row.file)))
    .map(row => ({
      name: row.builder,
      file: join(sources, row.file),
      model: row.builder,
      // A backbone's weights would be fetched from the network.
      kwargs: row.task === 'segmentation' ? { ...row.kwargs, weights_backbone: null } : argumentsFor(row),
      inputs: shapesOf(row.input).map(shape => `float32[${shape.join(',')}]`),
      search: [sources],
    }));
  return { own: [...fixtures, ...samples], vision };
}

/** Prints a table; resolves with the number of models that differ. */
export async function compareValues(python, references, only) {
  const { emitCase } = await harness('test/support/emission.ts');
  const { own, vision } = casesOf(references);
  const wanted =
    only === undefined
      ? [...own, ...vision.filter(({ name }) => BUILDERS.test(name))]
      : [...own, ...vision].filter(({ name }) => new RegExp(only).test(name));
  console.log(`\n${'model'.padEnd(44)} result      largest |a−b| / max|b|`);
  let different = 0;
  for (const one of wanted) {
    const result = await compareOne(one, python, emitCase);
    if (result.kind !== 'equal') different++;
    const error = result.error === undefined ? '' : result.error.toExponential(1);
    console.log(`${one.name.padEnd(44)} ${result.kind.padEnd(10)}  ${error} ${result.why ?? ''}`);
  }
  console.log(`${wanted.length - different} of ${wanted.length} compute what PyTorch computes`);
  return different;
}

async function compareOne(one, python, emitCase) {
  const emission = await emitCase({
    path: one.file,
    model: one.model,
    args: argumentsOf(one.kwargs),
    inputs: one.inputs,
    searchPath: one.search,
  });
  if (emission.kind !== 'emitted') return { kind: emission.kind, why: emission.reasons.slice(0, 2).join('; ') };
  const { emitted } = emission;
  const folder = await mkdtemp(join(tmpdir(), 'modelwatt-verify-'));
  try {
    const job = join(folder, 'job.json');
    await writeFile(job, JSON.stringify({ ...one, folder }));
    const script = join(root, '.ci', 'verify', 'torch_values.py');
    const { code, output } = await run(python, ['-B', '-W', 'ignore', script, job]);
    if (code !== 0) return { kind: 'failed', why: `PyTorch: ${output.trim().split('\n').at(-1)}` };
    const missing = await giveWeights(emitted.plan, folder);
    if (missing.length > 0) return { kind: 'wrong', why: `PyTorch has no ${missing.slice(0, 3).join(', ')}` };
    await writeFile(join(folder, 'model.onnx'), emitted.model);
    const inputs = emitted.inputs.map((input, index) => ({ ...input, path: join(folder, `input${index}.bin`) }));
    const made = await runModel({ model: join(folder, 'model.onnx'), inputs, outputs: folder });
    if (made.error !== undefined) return { kind: 'failed', why: made.error };
    return await judge(made.outputs, readJson(join(folder, 'outputs.json')), folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** PyTorch's values where the plan would have made some up. Names that PyTorch does not have are returned. */
async function giveWeights(plan, folder) {
  const index = readJson(join(folder, 'weights.json'));
  const [from, to] = [await open(join(folder, 'torch.bin')), await open(join(folder, plan.file), 'w')];
  try {
    await to.truncate(plan.bytes);
    const missing = [];
    for (const { name, bytes, offset } of plan.tensors) {
      const found = index[name];
      if (found?.bytes !== bytes) {
        missing.push(`${name} of ${bytes} bytes`);
        continue;
      }
      const buffer = Buffer.alloc(bytes);
      await from.read(buffer, 0, bytes, found.offset);
      await to.write(buffer, 0, bytes, offset);
    }
    return missing;
  } finally {
    await from.close();
    await to.close();
  }
}

async function judge(outputs, types, folder) {
  const found = outputs.map(({ type }) => type).join(' ');
  if (found !== types.join(' ')) return { kind: 'wrong', why: `PyTorch gives ${types.join(' ')}, here ${found}` };
  let worst = 0;
  for (const [index, { type }] of outputs.entries()) {
    if (!type.startsWith('float32')) continue;
    const [a, b] = await Promise.all(
      ['output', 'torch'].map(async name => floats(await readFile(join(folder, `${name}${index}.bin`)))),
    );
    const [error, why] = relativeError(a, b);
    worst = Math.max(worst, error);
    if (why !== undefined) return { kind: 'wrong', error: worst, why: `${type}: ${why}` };
  }
  return worst <= TOLERANCE ? { kind: 'equal', error: worst } : { kind: 'wrong', error: worst };
}

const floats = bytes => new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));

function relativeError(a, b) {
  let [difference, size, low, high] = [0, 0, Infinity, -Infinity];
  for (let i = 0; i < b.length; i++) {
    if (!Number.isFinite(a[i]) || !Number.isFinite(b[i])) return [Infinity, 'not finite'];
    difference = Math.max(difference, Math.abs(a[i] - b[i]));
    size = Math.max(size, Math.abs(b[i]));
    low = Math.min(low, b[i]);
    high = Math.max(high, b[i]);
  }
  return [difference / size, b.length > 1 && !(high > low) ? 'constant' : undefined];
}
