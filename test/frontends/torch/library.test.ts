/** The library of PyTorch's modules in Python: complete in its index, consistent in itself and with the op entries. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { definingModule, library, libraryModule, libraryNames } from '../../../src/frontends/torch/library/index';
import { nativeName } from '../../../src/frontends/torch/natives';
import { torchOp } from '../../../src/ops/registry';

const FOLDER = 'src/frontends/torch/library';
const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.py'));

test('every file is in the index once', () => {
  const texts = new Map(files.map(name => [readFileSync(`${FOLDER}/${name}`, 'utf8'), name]));
  assert.equal(texts.size, files.length);
  assert.deepEqual(library.map(entry => texts.get(entry.text)).sort(), files.sort());
  assert.equal(new Set(library.map(entry => entry.module)).size, library.length);
});

test('a file opens by saying what it is for', () => {
  assert.deepEqual(
    files.filter(name => !readFileSync(`${FOLDER}/${name}`, 'utf8').startsWith('# ')),
    [],
  );
});

test('names lead to the file that defines them', () => {
  assert.equal(definingModule('torch.nn', 'Conv2d')?.module, 'torch.nn.modules.conv');
  assert.equal(definingModule('torch.nn.modules.conv', '_ConvNd')?.module, 'torch.nn.modules.conv');
  assert.equal(definingModule('torch.nn', '_ConvNd'), undefined);
  assert.equal(definingModule('torch.nn.functional', 'gumbel_softmax')?.module, 'torch.nn._composites');
  assert.equal(libraryModule('torchvision.ops.misc')?.fallback, true);
});

test('imports between the files lead somewhere', () => {
  const lost = library.flatMap(({ module, text }) =>
    Array.from(text.matchAll(/^from (torch\.nn[\w.]*) import (.+)$/gm)).flatMap(([, from = '', names = '']) =>
      names
        .split(', ')
        .filter(name => from !== 'torch.nn.parameter' && definingModule(from, name) === undefined)
        .map(name => `${module}: ${from}.${name}`),
    ),
  );
  assert.deepEqual(lost, []);
});

test('nothing is both a function of the library and an op', () => {
  assert.deepEqual(
    [...libraryNames()].filter(name => torchOp(name) !== undefined),
    [],
  );
});

/** Functions that the library calls and that have no entry yet: calling one is a gap with its name. */
const WITHOUT_ENTRY: readonly string[] = [
  'torch.ctc_loss',
  'torch.nn.functional.fractional_max_pool2d',
  'torch.nn.functional.fractional_max_pool3d',
  'torch.nn.functional.multi_margin_loss',
  'torch.nn.functional.multilabel_margin_loss',
  'torch.nn.functional.multilabel_soft_margin_loss',
  'torch.nn.functional.triplet_margin_with_distance_loss',
];

test('what the library calls has an entry, a definition, or is known to have none', () => {
  const called = new Set(library.flatMap(({ text }) => Array.from(text.matchAll(/\b(F|torch)\.(\w+)\(/g), ([, where, name]) => `${where === 'F' ? 'torch.nn.functional' : 'torch'}.${name ?? ''}`))); // prettier-ignore
  const lacking = [...called].filter(name => {
    const dot = name.lastIndexOf('.');
    if (nativeName(name) !== undefined) return false;
    return torchOp(name) === undefined && definingModule(name.slice(0, dot), name.slice(dot + 1)) === undefined;
  });
  assert.deepEqual(lacking.sort(), [...WITHOUT_ENTRY].sort());
});
