/** The rules on who may import whom, and on the size of files. ARCHITECTURE.md says why; this test says whether. */
import assert from 'node:assert/strict';
import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import { test } from 'node:test';
import ts from 'typescript';
import { sourceFiles, type SourceFile } from './support/sources';

const CORE = ['base', 'ir', 'data', 'ops', 'frontends', 'emit', 'estimate', 'advisor', 'report'];
const BELOW_SERVICES = [...CORE, 'meters', 'protocol', 'profiler', 'ledger', 'runs'];

/** Folder of src (or webview) to the folders that it may import besides itself. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  base: [],
  ir: ['base'],
  data: ['base'],
  ops: ['ir', 'base'],
  frontends: ['ops', 'ir', 'base'],
  emit: ['ops', 'ir', 'base'],
  estimate: ['ops', 'ir', 'data', 'base'],
  advisor: ['estimate', 'ops', 'ir', 'base'],
  meters: ['data', 'base'],
  protocol: ['report', 'base'],
  profiler: ['protocol', 'base'],
  report: ['base'],
  nvml: ['meters', 'base'],
  ledger: ['report', 'base'],
  runs: ['report', 'base'],
  services: BELOW_SERVICES,
  analysis: [...BELOW_SERVICES, 'services'],
  metering: [...BELOW_SERVICES, 'services'],
  recorder: [...BELOW_SERVICES, 'services'],
  editor: ['services', 'report', 'protocol', 'base'],
  'extension.ts': ['editor', 'services', 'report', 'protocol', 'base'],
  cli: ['services', 'protocol', 'report', 'base'],
  webview: ['protocol', 'report', 'base'],
};

/** Files that load another program's entry, each only when it is first needed (the build makes it a file of its own). */
const PROGRAM_LOADERS = /^src\/(extension\.ts|cli\/|editor\/|services\/)/;
const PROGRAM_ENTRIES = ['src/analysis/worker', 'src/metering/worker'];

/** Every package in use and the files that may know it. */
const PACKAGES: Readonly<Record<string, RegExp>> = {
  vscode: /^src\/(editor\/|extension\.ts)/,
  'onnxruntime-node': /^src\/profiler\/worker\.ts$/,
  '@lezer/common': /^src\/frontends\/python\/syntax(\.ts|\/)/,
  '@lezer/python': /^src\/frontends\/python\/syntax(\.ts|\/)/,
  koffi: /^src\/nvml\/library\.ts$/,
  systeminformation: /^src\/(services\/ports|metering)\//,
  '@tgwf/co2': /^src\/data\//,
  '@vscode/webview-ui-toolkit': /^webview\/controls\.ts$/,
};

/** Where Node's own modules may be used. Everything else is pure and would run in a browser. */
const NODE = /^src\/(services\/ports|profiler|nvml|analysis|metering|recorder|editor|cli)\/|^src\/extension\.ts$/;

const LINES = 400;
/** Tables, and files that are one table in the shape of code. */
const LONG_ON_PURPOSE: readonly RegExp[] = [/^src\/data\//];

const files = sourceFiles(['src', 'webview'], ['.ts']).filter(({ path }) => !path.endsWith('.d.ts'));

interface Import {
  readonly from: string;
  /** As written. */
  readonly name: string;
  /** Path from the root without its ending, for relative imports. */
  readonly target: string | undefined;
}

function importsOf({ path, text }: SourceFile): Import[] {
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => ({
    from: path,
    name: fileName,
    target: fileName.startsWith('.') ? posix.join(posix.dirname(path), fileName.replace(/\.(ts|js)$/, '')) : undefined,
  }));
}

/** The folder below src, `webview`, or the name of a file directly in src. */
function layerOf(path: string): string {
  const [top, second = ''] = path.split('/');
  return top === 'src' ? second.replace(/^extension$/, 'extension.ts') : (top ?? '');
}

const packageOf = (name: string): string =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');

function layerViolation({ from, target }: Import): string | undefined {
  if (target === undefined) return undefined;
  if (target.endsWith('.json')) return undefined;
  const [layer, imported] = [layerOf(from), layerOf(target)];
  const allowed = LAYERS[layer];
  if (allowed === undefined) return `${from}: the folder ${layer} is not in the layer table`;
  if (imported === layer || allowed.includes(imported)) return undefined;
  if (PROGRAM_ENTRIES.includes(target) && PROGRAM_LOADERS.test(from)) return undefined;
  return `${from} imports ${target}: ${layer} may import ${['itself', ...allowed].join(', ')}`;
}

function packageViolation({ from, name, target }: Import): string | undefined {
  if (target !== undefined) return undefined;
  if (name.startsWith('node:')) return NODE.test(from) ? undefined : `${from} imports ${name}: it is to be pure`;
  if (builtinModules.includes(name)) return `${from} imports ${name}: write node:${name}`;
  const places = PACKAGES[packageOf(name)];
  if (places === undefined) return `${from} imports ${name}, which no rule allows`;
  return places.test(from) ? undefined : `${from} imports ${name}, which only ${places.source} may`;
}

const violations = (rule: (found: Import) => string | undefined): string[] =>
  files.flatMap(importsOf).flatMap(found => rule(found) ?? []);

test('imports are found in every spelling', () => {
  const text = [
    `import type { A } from './a';`,
    `import { type B } from './b';`,
    `export * from './c';`,
    `export type { D } from './d';`,
    `const e = await import('./e');`,
    `import './f';`,
  ].join('\n');
  assert.deepEqual(
    importsOf({ path: 'src/x/y.ts', text }).map(({ target }) => target),
    ['src/x/a', 'src/x/b', 'src/x/c', 'src/x/d', 'src/x/e', 'src/x/f'],
  );
});

test('violations are seen', () => {
  const found = (path: string, name: string): Import[] => importsOf({ path, text: `import {} from '${name}';` });
  assert.match(found('src/ops/conv.ts', '../estimate/roofline').map(layerViolation).join(), /ops may import/);
  assert.match(found('src/editor/lens.ts', '../ir/graph').map(layerViolation).join(), /editor may import/);
  assert.match(found('src/ops/conv.ts', 'vscode').map(packageViolation).join(), /only/);
  assert.match(found('src/ir/graph.ts', 'node:fs').map(packageViolation).join(), /pure/);
  assert.match(found('src/cli/main.ts', 'fs').map(packageViolation).join(), /node:fs/);
  assert.deepEqual(found('src/cli/main.ts', '../analysis/worker').flatMap(layerViolation), [undefined]);
});

test('imports follow the layer table', () => assert.deepEqual(violations(layerViolation), []));

test('packages and Node are used only in their places', () => assert.deepEqual(violations(packageViolation), []));

test('the protocol is types alone, apart from rpc.ts', () => {
  const withValues = files
    .filter(({ path }) => path.startsWith('src/protocol/') && path !== 'src/protocol/rpc.ts')
    .filter(({ text }) => {
      const { outputText } = ts.transpileModule(text, {
        compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, removeComments: true },
      });
      return outputText.replace(/export\s*\{\s*\};?/g, '').trim() !== '';
    })
    .map(({ path }) => path);
  assert.deepEqual(withValues, []);
});

test(`no file is longer than ${LINES} lines, tables apart`, () => {
  const tooLong = files
    .filter(({ path }) => !LONG_ON_PURPOSE.some(pattern => pattern.test(path)))
    .map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > LINES)
    .map(({ path, lines }) => `${path}: ${lines} lines`);
  assert.deepEqual(tooLong, []);
});

test('every file opens by saying what it is for', () => {
  const silent = files.filter(({ text }) => !/^(#!.*\n)?\s*(\/\*\*?|\/\/)/.test(text)).map(({ path }) => path);
  assert.deepEqual(silent, []);
});
