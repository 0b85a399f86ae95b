// Every builder of torchvision, read from its source and counted, beside what real PyTorch counts.
//   npm run verify:torch -- [--python PATH] [--torchvision DIR] [--references FILE] [--only REGEX] [--details] [--part PART]
//
//   --python       a Python with torch and torchvision; without it /usr/bin/python3 and python3 are tried
//   --torchvision  the folder that holds `torchvision/`; without it the one of that Python
//   --references   counts made earlier (JSON rows as torch_builders.py writes them); without it they are made, once a version
//   --only         builders whose name matches
//   --details      the gaps of each incomplete builder, the differences of each wrong one
//   --part         counts; values: whole models written as ONNX compute what PyTorch computes (values.mjs); profile:
//                  profiles run in this PyTorch (profile.mjs); without it all of them, but with --only the counts alone
//
// A builder is equal (complete, all counts the same), incomplete (it says so), or wrong. Ends with 1 if one is wrong.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { main } from '../lib.mjs';
import { argumentsFor, argumentsOf, chosenRows, harness, pythonWithTorch, references, shapesOf } from './cases.mjs';
import { checkProfiles } from './profile.mjs';
import { Table, compare } from './reading.mjs';
import { compareValues } from './values.mjs';

const OPTIONS = {
  python: { type: 'string' },
  torchvision: { type: 'string' },
  references: { type: 'string' },
  only: { type: 'string' },
  details: { type: 'boolean', default: false },
  part: { type: 'string' },
};

const expectedOf = row => ({
  parameters: row.params,
  trainableParameters: row.params_trainable,
  bufferElements: row.buffers,
  macs: row.macs,
  outputs: row.outputs.map(shape => `[${shape.join(',')}]`),
});

await main(import.meta, async args => {
  const { values: options } = parseArgs({ args, options: OPTIONS });
  const parts = options.part?.split(',') ?? (options.only === undefined ? ['counts', 'values', 'profile'] : ['counts']);
  const found = await references(options);
  const wrong = parts.includes('counts') ? await compareCounts(found, options) : 0;
  const different = parts.includes('values')
    ? await compareValues((await pythonWithTorch(options.python)).python, found, options.only)
    : 0;
  const surprises = parts.includes('profile') ? await checkProfiles((await pythonWithTorch(options.python)).python) : 0;
  return wrong + different + surprises > 0 ? 1 : 0;
});

async function compareCounts({ sources, rows }, options) {
  const wanted = chosenRows(rows, sources, options.only);
  const reader = await harness('test/support/torchModels.ts');
  const table = new Table('builder', options.details);
  for (const row of wanted) {
    const asked = {
      path: join(sources, row.file),
      model: row.builder,
      args: argumentsOf(argumentsFor(row)),
      inputs: shapesOf(row.input).map(shape => `float32[${shape.join(',')}]`),
      searchPath: [sources],
    };
    const name = row.builder + argumentsOf(row.kwargs).replace(/^(.+)$/, '($1)');
    await table.row(name, row.peak_live_bytes_infer, () => compare(reader, asked, expectedOf(row)));
  }
  return table.end(wanted.length);
}
