// Which Python parser: @lezer/python against web-tree-sitter with tree-sitter-python, on torchvision's model sources.
// Ratios are tree-sitter over lezer: above 1, lezer is ahead. Both parse the same texts in this process.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { root } from '../lib.mjs';
import { readdir } from 'node:fs/promises';

export const name = 'parser';

/** Debian's python3-torchvision; another place may be named. */
const places = [process.env.MODELWATT_TORCHVISION, '/usr/lib/python3/dist-packages/torchvision'];

export async function run({ print }) {
  const files = await corpus();
  if (files.length === 0) {
    print('torchvision is not installed: left out (apt-get install python3-torchvision, or set MODELWATT_TORCHVISION)');
    return;
  }
  const bytes = files.reduce((sum, { text }) => sum + text.length, 0);
  print(`${files.length} files, ${(bytes / 1000).toFixed(0)} kB`);
  const parsers = [await lezer(), await treeSitter()];
  const rows = parsers.map(parser => measure(parser, files));
  const sizes = await Promise.all([bundled('@lezer/python', []), bundled('web-tree-sitter', wasms)]);
  report(print, rows, sizes);
}

async function corpus() {
  const folder = places.find(place => place !== undefined && existsSync(place));
  if (folder === undefined) return [];
  const entries = await readdir(folder, { recursive: true });
  return entries
    .filter(path => path.endsWith('.py') && /^(models|ops)\//.test(path.replaceAll('\\', '/')))
    .sort()
    .map(path => ({ path, text: readFileSync(join(folder, path), 'utf8') }));
}

async function lezer() {
  const began = performance.now();
  const { parser } = await import('@lezer/python');
  const { TreeFragment } = await import('@lezer/common');
  return {
    name: 'lezer',
    startMs: performance.now() - began,
    parse: text => parser.parse(text),
    edit(tree, text, at, inserted) {
      const changed = text.slice(0, at) + inserted + text.slice(at);
      const change = { fromA: at, toA: at, fromB: at, toB: at + inserted.length };
      const fragments = TreeFragment.applyChanges(TreeFragment.addTree(tree), [change]);
      return parser.parse(changed, fragments);
    },
    walk(tree) {
      let nodes = 0;
      let errors = 0;
      const cursor = tree.cursor();
      do {
        nodes++;
        if (cursor.type.isError) errors++;
      } while (cursor.next());
      return { nodes, errors };
    },
    free() {},
  };
}

const wasms = [
  'node_modules/web-tree-sitter/web-tree-sitter.wasm',
  'node_modules/tree-sitter-python/tree-sitter-python.wasm',
];

async function treeSitter() {
  const began = performance.now();
  const { Parser, Language } = await import('web-tree-sitter');
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load(join(root, wasms[1])));
  return {
    name: 'tree-sitter',
    startMs: performance.now() - began,
    parse: text => parser.parse(text),
    edit(tree, text, at, inserted) {
      const changed = text.slice(0, at) + inserted + text.slice(at);
      const position = index => {
        const before = text.slice(0, index);
        return { row: before.split('\n').length - 1, column: index - before.lastIndexOf('\n') - 1 };
      };
      const start = position(at);
      tree.edit({
        startIndex: at,
        oldEndIndex: at,
        newEndIndex: at + inserted.length,
        startPosition: start,
        oldEndPosition: start,
        newEndPosition: { row: start.row, column: start.column + inserted.length },
      });
      return parser.parse(changed, tree);
    },
    walk(tree) {
      let nodes = 0;
      let errors = 0;
      const cursor = tree.walk();
      walking: for (;;) {
        nodes++;
        if (cursor.nodeType === 'ERROR' || cursor.nodeIsMissing) errors++;
        if (cursor.gotoFirstChild() || cursor.gotoNextSibling()) continue;
        while (cursor.gotoParent()) if (cursor.gotoNextSibling()) continue walking;
        break;
      }
      cursor.delete();
      return { nodes, errors };
    },
    free: tree => tree.delete(),
  };
}

function measure(parser, files) {
  const cold = timed(() => files.map(({ text }) => parser.parse(text)));
  const walk = timed(() => cold.value.map(tree => parser.walk(tree)));
  const faulty = walk.value.filter(({ errors }) => errors > 0).length;
  cold.value.forEach(tree => parser.free(tree));
  const rounds = [1, 2, 3].map(() => {
    const parsed = timed(() => files.map(({ text }) => parser.parse(text)));
    const walked = timed(() => parsed.value.map(tree => parser.walk(tree)));
    parsed.value.forEach(tree => parser.free(tree));
    return { parse: parsed.ms, walk: walked.ms };
  });
  return {
    name: parser.name,
    startMs: parser.startMs,
    coldMs: cold.ms,
    warmMs: Math.min(...rounds.map(({ parse }) => parse)),
    walkMs: Math.min(...rounds.map(({ walk }) => walk)),
    faulty,
    edits: edits(parser, files),
    halfTyped: halfTyped(parser, files),
  };
}

/** One character typed at places spread over the three largest files; the edited tree against the whole text's. */
function edits(parser, files) {
  const large = [...files].sort((a, b) => b.text.length - a.text.length).slice(0, 3);
  const times = large.flatMap(({ text }) =>
    Array.from({ length: 60 }, (_, index) => {
      const at = Math.floor(((index + 0.5) / 60) * text.length);
      const tree = parser.parse(text);
      const edited = timed(() => parser.edit(tree, text, at, '1'));
      parser.free(edited.value);
      if (edited.value !== tree) parser.free(tree);
      return edited.ms;
    }),
  );
  times.sort((a, b) => a - b);
  const percentile = p => times[Math.min(times.length - 1, Math.floor(p * times.length))];
  return { p50: percentile(0.5), p95: percentile(0.95), max: percentile(1) };
}

const BROKEN = ['x = conv(', 'x = [1, ', 'if x', 'def f(a, ', 'self.', 'return x +', "s = 'abc", 'for i in'];

/** A half-typed line in the middle of resnet.py: how much of the text falls into error nodes or is lost from its class. */
function halfTyped(parser, files) {
  const file = files.find(({ path }) => path.endsWith('resnet.py')) ?? files[0];
  const line = file.text.indexOf('        out = self.bn2(out)');
  const at = line < 0 ? Math.floor(file.text.length / 2) : line;
  const whole = parser.walk(parser.parse(file.text)).nodes;
  const kept = BROKEN.map(broken => {
    const tree = parser.parse(`${file.text.slice(0, at)}        ${broken}\n${file.text.slice(at)}`);
    const { nodes, errors } = parser.walk(tree);
    parser.free(tree);
    return { ratio: nodes / whole, errors };
  });
  return { errors: kept.reduce((sum, { errors }) => sum + errors, 0), least: Math.min(...kept.map(k => k.ratio)) };
}

function timed(work) {
  const began = performance.now();
  const value = work();
  return { value, ms: performance.now() - began };
}

/** Bytes of a bundle that imports the package, with the files that it loads at run time. */
async function bundled(specifier, assets) {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    stdin: { contents: `export * from '${specifier}';`, resolveDir: root },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'node',
    logLevel: 'silent',
  });
  const code = outputFiles[0].contents;
  const extra = assets.map(path => readFileSync(join(root, path)));
  return {
    bytes: code.length + assets.reduce((sum, path) => sum + statSync(join(root, path)).size, 0),
    gzip: [Buffer.from(code), ...extra].reduce((sum, data) => sum + gzipSync(data).length, 0),
  };
}

function report(print, [ours, other], [ourSize, otherSize]) {
  const ratio = (a, b) => `${(b / a).toFixed(b / a < 10 ? 2 : 0)}×`;
  const row = (what, a, b, unit = 'ms') =>
    print(
      `${what.padEnd(34)} lezer ${a.toFixed(2).padStart(9)} ${unit}  tree-sitter ${b.toFixed(2).padStart(9)} ${unit}  ${ratio(a, b)}`,
    );
  row('load', ours.startMs, other.startMs);
  row('first parse of all files', ours.coldMs, other.coldMs);
  row('parse of all files, warm', ours.warmMs, other.warmMs);
  row('walk of all nodes', ours.walkMs, other.walkMs);
  row('parse and walk, cold', ours.coldMs + ours.walkMs, other.coldMs + other.walkMs);
  for (const p of ['p50', 'p95', 'max']) row(`one character typed, ${p}`, ours.edits[p], other.edits[p]);
  row('bundle', ourSize.bytes / 1000, otherSize.bytes / 1000, 'kB');
  row('bundle, gzip', ourSize.gzip / 1000, otherSize.gzip / 1000, 'kB');
  print(`files with error nodes: lezer ${ours.faulty}, tree-sitter ${other.faulty}`);
  print(
    `half-typed lines (${BROKEN.length}): error nodes lezer ${ours.halfTyped.errors}, tree-sitter ${other.halfTyped.errors}; ` +
      `least share of nodes kept lezer ${ours.halfTyped.least.toFixed(2)}, tree-sitter ${other.halfTyped.least.toFixed(2)}`,
  );
}
