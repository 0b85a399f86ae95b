/** Notebooks: their code cells as one text, magics passed over, places named by cell and line. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InputError } from '../../../src/base/findings';
import { cellAt, pythonOfNotebook } from '../../../src/frontends/python/notebook';
import { spanIn } from '../../../src/frontends/python/places';
import { countsOf, modelNamed, readPython } from '../../support/torchModels';

const PATH = 'test/fixtures/notebooks/cells.ipynb';

const notebook = (...cells: readonly string[]): string =>
  JSON.stringify({ cells: cells.map(source => ({ cell_type: 'code', source })), nbformat: 4 });

const MAGICS: readonly (readonly [cell: string, python: string])[] = [
  ['%matplotlib inline\nx = 1', '0                 \nx = 1'],
  ['  !ls\nx', '  0  \nx'],
  ['model?', '0     '],
  ['help(x)\nx = y', 'help(x)\nx = y'],
  ['names = !ls -a', 'names = input()'],
  ['out = %time f(x)', 'out = input()'],
  ['x = (a\n% b)', 'x = (a\n% b)'],
  ['x = a \\\n% b', 'x = a \\\n% b'],
  ['s = """\n%no\n"""\n%yes', 's = """\n%no\n"""\n0   '],
  ["it = 'not (open'  # nor ( this\n%yes", "it = 'not (open'  # nor ( this\n0   "],
  ['%%time\nx = 1', '0     \nx = 1'],
  ['%%bash\nls (', '      \n    '],
  ['x = 1\r\n%yes', 'x = 1\n0   '],
];

for (const [cell, python] of MAGICS)
  test(`a cell ${JSON.stringify(cell)}`, () => {
    assert.equal(pythonOfNotebook('a.ipynb', notebook(cell)), `#%% cell 1\n${python}\n`);
  });

test('cells keep their numbers, other cells counted', () => {
  const json = JSON.stringify({
    cells: [
      { cell_type: 'markdown', source: '# title' },
      { cell_type: 'code', source: ['a = 1\n', 'b = 2'] },
      { cell_type: 'raw', source: '' },
      { cell_type: 'code', source: 'c = 3' },
    ],
  });
  const source = pythonOfNotebook('a.ipynb', json);
  assert.equal(source, '#%% cell 2\na = 1\nb = 2\n#%% cell 4\nc = 3\n');
  assert.deepEqual(cellAt(source, source.indexOf('b = ')), { cell: 2, start: 11 });
  const at = source.indexOf('c = 3');
  assert.deepEqual(spanIn('a.ipynb', source, at + 4, at + 5), { file: 'a.ipynb:cell 4', start: 4, end: 5, line: 1, column: 4 }); // prettier-ignore
  assert.equal(spanIn('a.py', source, at, at + 1).line, 5);
});

test('older notebooks keep their cells in a worksheet', () => {
  const json = JSON.stringify({ worksheets: [{ cells: [{ cell_type: 'code', input: ['x = 1'] }] }] });
  assert.equal(pythonOfNotebook('a.ipynb', json), '#%% cell 1\nx = 1\n');
});

for (const json of ['', '[]', '{"cells": 3}', '{"cells": [], "metadata": {"kernelspec": {"language": "R"}}}'])
  test(`no notebook of Python: ${json}`, () => {
    assert.throws(() => pythonOfNotebook('a.ipynb', json), InputError);
  });

test('models across cells', async () => {
  const read = await readPython({ path: PATH, inputs: ['float32[2,16]'] });
  assert.deepEqual(read.models.map(({ name, line }) => [name, line]), [['Block', 1], ['Net', 1], ['Gappy', 1]]); // prettier-ignore
  const net = modelNamed(read, 'Net');
  assert.equal(net.status, 'ok');
  assert.equal(countsOf(net.graph).macs, 2 * (16 * 16 + 16 * 3));
});

test('a gap names the cell and the line', async () => {
  const read = await readPython({ path: PATH, inputs: ['float32[2,16]'] });
  const [gap] = modelNamed(read, 'Gappy').graph.gaps;
  assert.deepEqual([gap?.at?.file, gap?.at?.line], [`${PATH}:cell 7`, 4]);
  assert.notEqual(read.gaps.length, 0);
  assert.deepEqual([...new Set(read.gaps.map(({ code, at }) => `${code} ${at?.file}`))], [`syntax-error ${PATH}:cell 8`]); // prettier-ignore
});
