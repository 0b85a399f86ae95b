import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TextEditReport } from '../../../src/report/advice';
import { applyEdits, unifiedDiff } from '../../../src/services/edits/diff';

const SOURCE = Array.from({ length: 30 }, (_, index) => `line ${index + 1}\n`).join('');

const edit = (find: string, replacement: string, source = SOURCE): TextEditReport => {
  const start = source.indexOf(find);
  return { file: 'm.py', start, end: start + find.length, text: replacement };
};

const cases: readonly [name: string, source: string, edits: readonly TextEditReport[]][] = [
  ['one word', SOURCE, [edit('line 5\n', 'line five\n')]],
  ['a removed line', SOURCE, [edit('line 5\n', '')]],
  ['two far apart', SOURCE, [edit('line 3\n', 'a\nb\n'), edit('line 25', 'x')]],
  ['two close together', SOURCE, [edit('line 8\n', ''), edit('line 10', 'ten\nten and a half')]],
  [
    'two on one line',
    'a = f(b) + g(c)\nend\n',
    [edit('f(b)', 'F', 'a = f(b) + g(c)\nend\n'), edit('g(c)', 'G', 'a = f(b) + g(c)\nend\n')],
  ],
  ['no newline at the end', 'one\ntwo', [{ file: 'm.py', start: 4, end: 7, text: 'deux' }]],
  ['the first line', SOURCE, [edit('line 1\n', 'first\n')]],
];

for (const [name, source, edits] of cases)
  test(`the diff of ${name} applies with git to what the edits make`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'diff-'));
    try {
      writeFileSync(join(folder, 'm.py'), source);
      writeFileSync(join(folder, 'change.diff'), unifiedDiff('m.py', source, edits));
      execFileSync('git', ['apply', '--unsafe-paths', 'change.diff'], { cwd: folder, stdio: 'pipe' });
      assert.equal(readFileSync(join(folder, 'm.py'), 'utf8'), applyEdits(source, edits));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

for (const [file, path] of [
  ['models/m.py', 'models/m.py'],
  ['/srv/m.py', 'srv/m.py'],
  ['models\\m.py', 'models/m.py'],
] as const)
  test(`the diff of ${file} names ${path}`, () => {
    const [before, after] = unifiedDiff(file, SOURCE, [edit('line 5', 'x')]).split('\n');
    assert.deepEqual([before, after], [`--- a/${path}`, `+++ b/${path}`]);
  });
