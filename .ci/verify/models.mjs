// Models of public repositories, read from their source and counted, beside what real PyTorch counts.
//   npm run verify:models -- --references FILE [--sources DIR] [--torchvision DIR] [--only REGEX] [--details]
//   npm run verify:models -- --references FILE --run [--totals FILE] …
//   npm run verify:models -- --cases FILE --python PATH [--only REGEX] [--details]
//
//   --references   rows as in shared/data/pytorch-models.json: repository, file, builder, arguments, inputs, all counts
//                  and a row per module; rows of other frameworks are left out
//   --sources      a folder of checkouts, DIR/owner/name; a row whose repository is neither there nor a package on PyPI
//                  is left out, and named at the end
//   --torchvision  the folder that holds `torchvision/`, for its rows; without it /usr/lib/python3/dist-packages
//   --cases        models to count with real PyTorch: a list of {id, root, file, model, args?, inputs, search?}, in which
//                  `inputs` are specs as the command line takes them and `search` are further folders for imports
//   --python       a Python with PyTorch and what the cases import; its counts are kept, by the text of the case
//   --run          writes every model that is equal as ONNX with generated weights, too, and runs it
//   --totals       with --run: torchvision's builders as well, as verify:emission does; a table as shared/data/torchvision-totals.json
//   --only         rows and cases whose name matches
//   --details      the gaps of each incomplete model, the differences of each wrong one
//
// Packages come from PyPI by `pip download --no-deps`, once for each version, and are unpacked beside the build's cache:
// nothing of them is installed or run. A model is equal (complete, all counts the same), incomplete (it says so) or
// wrong. Ends with 1 if one is wrong, or was written and did not run as predicted.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Problem, cacheFolder, main, root, run } from '../lib.mjs';
import { argumentsOf, harness, shapesOf } from './cases.mjs';
import { emitAndRun, verifyEmission } from './emission.mjs';
import { Table, compare } from './reading.mjs';

const OPTIONS = {
  references: { type: 'string' },
  cases: { type: 'string' },
  python: { type: 'string' },
  sources: { type: 'string' },
  torchvision: { type: 'string', default: '/usr/lib/python3/dist-packages' },
  run: { type: 'boolean', default: false },
  totals: { type: 'string' },
  only: { type: 'string' },
  details: { type: 'boolean', default: false },
};

/** Repositories that PyPI has as a package. A version behind the repository's name goes before the one given here. */
const PACKAGES = {
  'huggingface/pytorch-image-models': ['timm', '1.0.31'],
  'huggingface/transformers': ['transformers', '5.12.1'],
  'lucidrains/vit-pytorch': ['vit-pytorch', '1.26.11'],
};

/** What a row's keywords mean where the model takes them in another way than as arguments. */
const ARGUMENTS = {
  'karpathy/minGPT GPT': kwargs =>
    `next(config for config in [GPT.get_default_config()] if config.merge_from_dict(dict(${argumentsOf(kwargs)})) is None)`,
};

/** A row of the references as the reader is asked for it. */
function askedOf(row, folder) {
  const [, builder = row.builder, config] = /^(\w+)\((\w+)\)$/.exec(row.builder) ?? [];
  const { config: named, ...kwargs } = row.kwargs;
  const rest = ARGUMENTS[nameOf(row)]?.(kwargs) ?? argumentsOf(kwargs);
  const args =
    config === undefined ? [named && `config=${named}()`, rest].filter(Boolean).join(', ') : `${config}(${rest})`;
  return { path: join(folder, row.file), model: builder, args, inputs: inputsOf(row), searchPath: [folder] };
}

/** The rows give shapes only: what an embedding takes are indices, and a recurrent state is a tuple of its parts. */
function inputsOf({ input, input_kwargs: named = {}, modules }) {
  const shapes = shapesOf(input);
  const embeds = modules.some(({ type }) => type === 'Embedding');
  const spec = shape => `${embeds && shape.length <= 2 ? 'int64' : 'float32'}[${shape.join(',')}]`;
  const [first, ...others] = shapes;
  const state = others.map((shape, index) => (others.length > 1 ? `hidden.${index}=${spec(shape)}` : spec(shape)));
  return [spec(first), ...state, ...Object.entries(named).map(([name, shape]) => `${name}=${spec(shape)}`)];
}

const expectedOf = row => ({
  parameters: row.params,
  trainableParameters: row.params_trainable,
  bufferElements: row.buffers,
  macs: row.macs,
  outputs: row.outputs.map(shape => `[${shape.join(',')}]`),
});

const RECURRENT = new Set(['LSTM', 'GRU', 'RNN']);

/** What differs between the rows of modules and the graph: own parameters, own MACs, the output of modules without parts. */
function moduleDifferences(rows, graph, { macsByModule }, printType) {
  const parameters = ownParameters(graph);
  const outputs = new Map();
  for (const node of graph.nodes) {
    const path = node.origin.path.replace(/#.*$/, '');
    const [value] = node.outputs;
    if (value !== undefined) outputs.set(path, printType(graph.values[value].type).replace(/^\w+/, ''));
  }
  const lines = [];
  const check = (name, what, wanted, found) => {
    if (wanted !== found) lines.push(`${name || 'the model itself'}: ${what}: PyTorch ${wanted}, here ${found}`);
  };
  const isTied =
    rows.reduce((total, { params }) => total + params, 0) > [...parameters.values()].reduce((a, b) => a + b, 0);
  for (const { name, type, params, macs = {}, leaf = false, calls = 0, outs = [] } of rows) {
    // A shared tensor is in the row of each of its modules; here it belongs to the first.
    if (!isTied || parameters.has(name)) check(name, 'parameters', params, parameters.get(name) ?? 0);
    check(name, 'MACs', Object.values(macs).reduce((a, b) => a + b, 0), macsByModule[name] ?? 0); // prettier-ignore
    const found = outputs.get(name);
    // What moves nothing (dropout) has no op; recurrent layers have several results.
    if (leaf && calls === 1 && outs.length === 1 && !RECURRENT.has(type) && found !== undefined)
      check(name, 'output', `[${outs[0].join(',')}]`, found);
  }
  return lines.slice(0, 12);
}

/** By module: each tensor counts where it was found first. */
function ownParameters(graph) {
  const found = new Map();
  const seen = new Set();
  for (const value of graph.values) {
    if (value?.role !== 'parameter' || !value.stored.counted || seen.has(value.stored.storage)) continue;
    seen.add(value.stored.storage);
    const path = value.stored.path.split('.').slice(0, -1).join('.');
    const count = value.type.shape.reduce((total, dim) => total * dim, 1);
    found.set(path, (found.get(path) ?? 0) + count);
  }
  return found;
}

/** The folder of a row's source; undefined where there is none. */
async function sourceOf(row, options) {
  const [repository, version] = row.repo.split(' ');
  if (repository === 'torchvision')
    return existsSync(join(options.torchvision, row.file)) ? options.torchvision : undefined;
  const checkout = options.sources === undefined ? undefined : resolve(options.sources, repository);
  if (checkout !== undefined && existsSync(join(checkout, row.file))) return checkout;
  const [name, pinned] = PACKAGES[repository] ?? [];
  return name === undefined ? undefined : unpacked(name, version ?? pinned);
}

const unpacking = new Map();

function unpacked(name, version) {
  const key = `${name}-${version}`;
  if (!unpacking.has(key)) unpacking.set(key, unpack(name, version, join(cacheFolder, 'packages', key)));
  return unpacking.get(key);
}

async function unpack(name, version, folder) {
  if (existsSync(join(folder, 'complete'))) return folder;
  console.log(`Fetching ${name} ${version} from PyPI …`);
  await mkdir(folder, { recursive: true });
  const pip = [
    '-m',
    'pip',
    'download',
    '--quiet',
    '--no-deps',
    '--only-binary=:all:',
    '--dest',
    folder,
    `${name}==${version}`,
  ];
  const { code, output } = await run('python3', pip);
  const wheel = (await readdir(folder)).find(file => file.endsWith('.whl'));
  if (code !== 0 || wheel === undefined) throw new Problem(`pip could not fetch ${name} ${version}:\n${output}`);
  const { code: failed } = await run('python3', ['-m', 'zipfile', '-e', join(folder, wheel), folder]);
  if (failed !== 0) throw new Problem(`${wheel} could not be unpacked.`);
  await writeFile(join(folder, 'complete'), '');
  return folder;
}

async function references(options, reader) {
  const rows = JSON.parse(await readFile(options.references, 'utf8'));
  const wanted = rows.filter(row => row.modules !== undefined && new RegExp(options.only ?? '').test(nameOf(row)));
  const table = new Table('model', options.details);
  const missing = [];
  const ran = {};
  for (const row of wanted) {
    const folder = await sourceOf(row, options);
    if (folder === undefined) missing.push(nameOf(row));
    else {
      const asked = askedOf(row, folder);
      await table.row(nameOf(row), row.peak_live_bytes_infer, () =>
        compare(reader, asked, expectedOf(row), (graph, counts) =>
          moduleDifferences(row.modules, graph, counts, reader.printType),
        ),
      );
      if (options.run) await runToo(asked, ran, options.details);
    }
  }
  if (options.run)
    console.log(
      `run: ${Object.entries(ran)
        .map(([kind, count]) => `${count} ${kind}`)
        .join(', ')}`,
    );
  for (const name of missing) console.log(`${name.padEnd(56)} no source`);
  const code = table.end(wanted.length - missing.length);
  const odd = ['refused', 'failed', 'wrong', 'odd'].some(kind => ran[kind] > 0);
  if (options.totals === undefined || !options.run) return odd ? 1 : code;
  const { totals, torchvision, only, details } = options;
  return Math.max(odd ? 1 : code, await verifyEmission({ references: totals, torchvision, only, details }));
}

/** A line below the counts. What was not read completely is not written. */
async function runToo(asked, ran, details) {
  const { kind, runMs, reasons } = await emitAndRun(asked, await harness('test/support/emission.ts'));
  ran[kind] = (ran[kind] ?? 0) + 1;
  const shown = kind === 'equal' ? `ran in ${Math.round(runMs)} ms, outputs as predicted` : `${kind}: ${reasons.slice(0, details ? undefined : 2).join('; ')}`; // prettier-ignore
  if (kind !== 'incomplete' || details) console.log(`    ${shown}`);
}

const nameOf = ({ repo, builder }) => `${repo.split(' ')[0]} ${builder}`;

async function cases(options, reader) {
  if (options.python === undefined)
    throw new Problem('Give --python: a Python with PyTorch and what the cases import.');
  const all = JSON.parse(await readFile(options.cases, 'utf8'));
  const wanted = all.filter(({ id }) => new RegExp(options.only ?? '').test(id));
  const table = new Table('case', options.details);
  const failed = [];
  for (const one of wanted) {
    const counted = await countedBy(options.python, one);
    if (counted.error !== undefined) failed.push(`${one.id}: ${counted.error}`);
    else {
      const { root: folder, file, model, args = '', inputs, search = [] } = one;
      const asked = { path: join(folder, file), model, args, inputs, searchPath: [folder, ...search] };
      await table.row(one.id, counted.peakActivationBytes, () => compare(reader, asked, counted));
    }
  }
  for (const line of failed) console.log(`PyTorch could not count ${line}`);
  return table.end(wanted.length - failed.length);
}

/** What PyTorch counts for a case, once for each text of it. */
async function countedBy(python, one) {
  const text = JSON.stringify({ python, ...one });
  const file = join(cacheFolder, 'cases', `${createHash('sha256').update(text).digest('hex').slice(0, 24)}.json`);
  if (!existsSync(file)) {
    await mkdir(join(cacheFolder, 'cases'), { recursive: true });
    const script = join(root, '.ci', 'verify', 'count_case.py');
    const { code, output } = await run(python, ['-B', '-W', 'ignore', script, JSON.stringify(one), file]);
    if (code !== 0 || !existsSync(file))
      return { error: output.trim().split('\n').at(-1) ?? 'it ended without a word' };
  }
  return JSON.parse(await readFile(file, 'utf8'));
}

await main(import.meta, async args => {
  const { values: options } = parseArgs({ args, options: OPTIONS });
  if ((options.references === undefined) === (options.cases === undefined))
    throw new Problem('Give either --references FILE or --cases FILE.');
  const reader = await harness('test/support/torchModels.ts');
  return options.cases === undefined ? references(options, reader) : cases(options, reader);
});
