// Every builder of torchvision that is read completely, written as ONNX with generated weights, loaded and run in the real
// runtime: its outputs must have the shapes that the reader predicted, and ordinary values. One at a time; weights are
// removed after each.
//   npm run verify:emission -- [--python PATH] [--torchvision DIR] [--references FILE] [--only REGEX] [--no-run] [--details]
//
//   --python, --torchvision, --references, --only   as for verify:torch
//   --no-run    write them only
//   --details   every reason of each builder that is not written
//
// Ends with 1 if one that was written does not load, run, or give the predicted shapes, or if one cannot be written.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { main, root, run } from '../lib.mjs';
import { argumentsFor, argumentsOf, chosenRows, harness, references, shapesOf } from './cases.mjs';

const OPTIONS = {
  python: { type: 'string' },
  torchvision: { type: 'string' },
  references: { type: 'string' },
  only: { type: 'string' },
  'no-run': { type: 'boolean', default: false },
  details: { type: 'boolean', default: false },
};

const RUN_LIMIT_MS = 600_000;

/** Runs a model on given inputs in a process of its own, which a crash may end. */
export async function runModel(job) {
  const script = join(root, '.ci', 'verify', 'run_model.mjs');
  const { code, output, timedOut } = await run(process.execPath, [script, JSON.stringify(job)], {
    timeoutMs: RUN_LIMIT_MS,
  });
  if (timedOut) return { error: `still running after ${RUN_LIMIT_MS / 1000} s` };
  try {
    return JSON.parse(output.trim().split('\n').at(-1));
  } catch {
    return { error: `ended with ${code}: ${output.slice(-300)}` };
  }
}

const askedOf = (row, sources) => ({
  path: join(sources, row.file),
  model: row.builder,
  args: argumentsOf(argumentsFor(row)),
  inputs: shapesOf(row.input).map(shape => `float32[${shape.join(',')}]`),
  searchPath: [sources],
});

/** One model, written, loaded and run; its weights are gone afterwards. `tools` are those of test/support/emission.ts. */
export async function emitAndRun(asked, { emitCase, placeCase, placeInputs }, runs = true) {
  const emission = await emitCase(asked);
  if (emission.kind !== 'emitted') return { kind: emission.kind, reasons: [...new Set(emission.reasons)] };
  const { emitted } = emission;
  if (!runs) return { kind: 'emitted', reasons: [] };
  const folder = await mkdtemp(join(tmpdir(), 'modelwatt-verify-'));
  try {
    const model = await placeCase(emitted, folder);
    const paths = await placeInputs(emitted, folder);
    const made = await runModel({
      model,
      inputs: emitted.inputs.map((input, index) => ({ ...input, path: paths[index] })),
    });
    if (made.error !== undefined) return { kind: 'failed', reasons: [made.error] };
    const found = made.outputs.map(({ type }) => type).join(' ');
    const wanted = emitted.outputs.join(' ');
    const { runMs, outputs } = made;
    if (found !== wanted) return { kind: 'wrong', runMs, reasons: [`predicted ${wanted}, got ${found}`] };
    const odd = outputs.filter(
      ({ low, high, finite }) => finite === false || !(Math.max(-low, high) > 1e-6) || high > 1e6,
    );
    return odd.length > 0
      ? { kind: 'odd', runMs, outputs, reasons: odd.map(({ type, low, high }) => `${type} from ${low} to ${high}`) }
      : { kind: 'equal', runMs, outputs, reasons: [] };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The whole table; 1 where a model did not do what was predicted of it. */
export async function verifyEmission(options) {
  const { sources, rows } = await references(options);
  const wanted = chosenRows(rows, sources, options.only);
  const tools = await harness('test/support/emission.ts');
  const tally = {};
  console.log(`${'builder'.padEnd(44)} result       run ms  outputs`);
  for (const row of wanted) {
    const result = await emitAndRun(askedOf(row, sources), tools, !options['no-run']);
    tally[result.kind] = (tally[result.kind] ?? 0) + 1;
    const ranges = (result.outputs ?? [])
      .slice(0, 3)
      .map(({ low, high }) => (low === undefined ? '' : `${low.toPrecision(2)}…${high.toPrecision(2)}`));
    const name = row.builder + argumentsOf(row.kwargs).replace(/^(.+)$/, '($1)');
    const ms = result.runMs === undefined ? '' : Math.round(result.runMs);
    console.log(`${name.padEnd(44)} ${result.kind.padEnd(10)} ${String(ms).padStart(8)}  ${ranges.join(' ')}`);
    const shown = options.details ? result.reasons : result.reasons.slice(0, result.kind === 'incomplete' ? 0 : 3);
    for (const line of shown) console.log(`    ${line}`);
  }
  console.log(
    Object.entries(tally)
      .map(([kind, count]) => `${count} ${kind}`)
      .join(', ') + ` of ${wanted.length}`,
  );
  return ['refused', 'failed', 'wrong', 'odd'].some(kind => tally[kind] > 0) ? 1 : 0;
}

await main(import.meta, args => verifyEmission(parseArgs({ args, options: OPTIONS }).values));
