/** Which reports are made anew when files change on the disk. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChangedFiles, isConcerned } from '../../src/editor/changedFiles';

const cases: readonly [what: string, key: string, changed: readonly string[], isOpen: boolean, expected: boolean][] = [
  ['a file that may import it', 'b.py', ['a.py'], true, true],
  ['the saved file itself', 'a.py', ['a.py'], true, false],
  ['the changed file where no editor has it', 'a.py', ['a.py'], false, true],
  ['one of several that were saved', 'b.py', ['a.py', 'b.py'], true, true],
  ['a file that imports nothing', 'a.onnx', ['a.py'], false, false],
];
for (const [what, key, changed, isOpen, expected] of cases)
  test(`${what}: ${expected ? 'read again' : 'left alone'}`, () =>
    assert.equal(isConcerned(key, new Set(changed), isOpen), expected));

test('what changes together is told together, once', async () => {
  const told: string[][] = [];
  const files = new ChangedFiles(changed => told.push([...changed]), 5);
  for (const key of ['a.py', 'b.py', 'a.py']) files.add(key);
  await new Promise(resolve => setTimeout(resolve, 20));
  files.add('c.py');
  files.dispose();
  await new Promise(resolve => setTimeout(resolve, 20));
  assert.deepEqual(told, [['a.py', 'b.py']]);
});
