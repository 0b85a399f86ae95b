// Every builder of torchvision, read from its source and counted, beside what real PyTorch counts.
//   npm run verify:torch -- [--python PATH] [--torchvision DIR] [--references FILE] [--only REGEX] [--details] [--part PART]
//
//   --python       a Python with torch and torchvision; without it /usr/bin/python3 and python3 are tried
//   --torchvision  the folder that holds `torchvision/`; without it the one of that Python
//   --references   counts made earlier (JSON rows as torch_builders.py writes them); without it they are made, once a version
//   --only         builders whose name matches
//   --details      the gaps of each incomplete builder, the differences of each wrong one
//   --part         counts, or values: whole models written as ONNX compute what PyTorch computes (values.mjs); without
//                  it both, but with --only the counts alone
//
// A builder is equal (complete, all counts the same), incomplete (it says so), or wrong. Ends with 1 if one is wrong.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { main } from '../lib.mjs';
import { argumentsFor, argumentsOf, chosenRows, harness, pythonWithTorch, references, shapesOf } from './cases.mjs';
import { compareValues } from './values.mjs';

const OPTIONS = {
  python: { type: 'string' },
  torchvision: { type: 'string' },
  references: { type: 'string' },
  only: { type: 'string' },
  details: { type: 'boolean', default: false },
  part: { type: 'string' },
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

await main(import.meta, async args => {
  const { values: options } = parseArgs({ args, options: OPTIONS });
  const parts = options.part?.split(',') ?? (options.only === undefined ? ['counts', 'values'] : ['counts']);
  const found = await references(options);
  const wrong = parts.includes('counts') ? await compareCounts(found, options) : 0;
  const different = parts.includes('values')
    ? await compareValues((await pythonWithTorch(options.python)).python, found, options.only)
    : 0;
  return wrong + different > 0 ? 1 : 0;
});

async function compareCounts({ sources, rows }, options) {
  const wanted = chosenRows(rows, sources, options.only);
  const reader = await harness('test/support/torchModels.ts');
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
  return tally.wrong;
}
