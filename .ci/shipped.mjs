// What a package must and must not hold.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, tally } from './lib.mjs';

const ALLOWED = [
  /^\[Content_Types\]\.xml$/,
  /^extension\.vsixmanifest$/,
  /^extension\/(package(\.nls(\.[\w-]+)?)?\.json|readme\.md|changelog\.md|LICENSE(\.txt|\.md)?)$/i,
  /^extension\/dist\/[\w-]+\.js$/,
  /^extension\/dist\/webview\/[\w-]+\.(js|css|ttf)$/,
  /^extension\/media\/(icons\/[\w-]+\.(svg|png)|l10n\/bundle\.l10n\.[\w-]+\.json)$/,
  /^extension\/media\/screenshots\/[\w-]+-dark\.png$/,
  /^extension\/node_modules\/onnxruntime-node\/(package\.json|dist\/\w+\.js)$/,
  /^extension\/node_modules\/onnxruntime-node\/bin\/napi-v6\/linux\/x64\/[\w.]+$/,
  /^extension\/node_modules\/koffi\/(package\.json|LICENSE\.txt|(src\/koffi\/)?index\.cjs|src\/koffi\/src\/static\.cjs)$/,
  /^extension\/node_modules\/@koromix\/koffi-linux-x64\/(package\.json|README\.md|index\.js|(linux|musl)_x64\/koffi\.node)$/,
  /^extension\/node_modules\/onnxruntime-common\/(package\.json|dist\/cjs\/[\w.-]+\.(js|json))$/,
];

const NEEDED = [
  ...[
    'extension.js',
    'analysis.js',
    'metering.js',
    'profiler.js',
    'nvml.js',
    'recorder.js',
    'cli.js',
    'webview/panel.js',
    'webview/panel.css',
  ].map(name => `extension/dist/${name}`),
  'extension/package.json',
  'extension/package.nls.zh-cn.json',
  'extension/media/l10n/bundle.l10n.zh-cn.json',
  'extension/node_modules/onnxruntime-node/bin/napi-v6/linux/x64/onnxruntime_binding.node',
  'extension/node_modules/onnxruntime-common/dist/cjs/package.json',
];

const ENTRY_LIMIT = 300_000;

/** Checks the names in a package for linux-x64, its size in bytes, and where the native runtime is asked for. */
export function shipped(files, size, limitMb) {
  const entry = readFileSync(join(root, 'dist', 'extension.js'));
  const checks = [
    ['the package is small', size < limitMb * 1e6, `${size} bytes, more than ${limitMb} MB`],
    ['the package holds nothing else', ...none(files.filter(file => !ALLOWED.some(pattern => pattern.test(file))))],
    ['the package holds what it needs', ...none([...NEEDED, ...pictures()].filter(file => !files.includes(file)))],
    [
      'the entry is small',
      entry.length < ENTRY_LIMIT,
      `dist/extension.js has ${entry.length} bytes, more than ${ENTRY_LIMIT}`,
    ],
    ['only the profiler knows the native runtime', ...none(bundlesNaming('onnxruntime-node'))],
    ['only its child knows the caller of NVIDIA’s library', ...none(bundlesNaming('koffi'))],
  ];
  const failures = checks.filter(([, ok]) => !ok).map(([name, , said]) => ({ name, said }));
  for (const { name, said } of failures) console.log(`✖ ${name}: ${said}`);
  return tally(checks.length - failures.length, failures);
}

/** What the README shows. */
const pictures = () =>
  [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/!\[[^\]]*\]\((media[^)]*)\)/g)].map(
    ([, path]) => `extension/${path}`,
  );

const none = list => [list.length === 0, list.join(', ')];

const bundlesNaming = name =>
  ['extension', 'analysis', 'metering', 'cli']
    .filter(bundle => readFileSync(join(root, 'dist', `${bundle}.js`), 'utf8').includes(`require("${name}")`))
    .map(bundle => `dist/${bundle}.js`);
