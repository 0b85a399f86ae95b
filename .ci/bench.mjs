// Benchmarks: every file in .ci/bench, or those named. They print figures and ratios against a peer of the same run; nothing passes or fails.
//   node .ci/bench.mjs [name…] [--python PATH]      the Python that has the peers; without it those at hand are tried
import { readdir } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { Problem, main, root } from './lib.mjs';
import { ensureModules } from './modules.mjs';

main(import.meta, async args => {
  const { values, positionals: names } = parseArgs({
    args,
    options: { python: { type: 'string' } },
    allowPositionals: true,
  });
  if (values.python !== undefined) process.env.MODELWATT_PYTHON = values.python;
  const folder = join(root, '.ci', 'bench');
  const all = (await readdir(folder)).filter(file => file.endsWith('.mjs')).map(file => file.slice(0, -4));
  const unknown = names.filter(name => !all.includes(name));
  if (unknown.length > 0) throw new Problem(`No benchmark named ${unknown.join(', ')}; there are ${all.join(', ')}.`);
  await ensureModules();
  await build();
  const busy = `load average ${loadavg()[0].toFixed(1)}`;
  console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} threads, ${busy}, Node ${process.version}`);
  for (const file of names.length > 0 ? names : all) {
    const bench = await import(pathToFileURL(join(folder, `${file}.mjs`)).href);
    console.log(`\n## ${bench.name}`);
    try {
      await bench.run({ print: line => console.log(line) });
    } catch (error) {
      console.log(`left out: ${error instanceof Error ? error.message : error}`);
    }
  }
});
