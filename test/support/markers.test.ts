/** The reader of notes under fixtures. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertNotes, readFixture, withNotes } from './markers';

const text = [
  'a = f(x)',
  '#   ^^^^ float32[1]',
  '#^^^^^^^ wide',
  'b = 1',
  '    # ^ no note',
  '    #  ^^ note',
  '',
].join('\n');

test('notes refer to the code line above, columns from 0', () => {
  assert.deepEqual(readFixture(text).notes, [
    { line: 1, column: 4, end: 8, text: 'float32[1]' },
    { line: 1, column: 0, end: 8, text: 'wide' },
    { line: 4, column: 6, end: 7, text: 'no note' },
    { line: 4, column: 7, end: 9, text: 'note' },
  ]);
});

test('printed notes are read back as they were', () => {
  const fixture = readFixture(text);
  const printed = withNotes(fixture, fixture.notes);
  const places = (all: string): string[] =>
    readFixture(all)
      .notes.map(note => `${note.column}-${note.end} ${note.text}`)
      .sort();
  assert.deepEqual(places(printed), places(text));
});

test('a wrong, a missing and an unexpected note each fail, showing the right ones', () => {
  const fixture = readFixture('y = f(x)\n#   ^^^^ float32[1]');
  const right = { line: 1, column: 4, end: 8, text: 'float32[2]' };
  const gap = { line: 1, column: 0, end: 1, text: 'unknown-call: f' };
  const never = (): boolean => false;
  assert.throws(() => assertNotes('f.py', fixture, [right], never), /\^\^\^\^ float32\[2\]/);
  assert.throws(() => assertNotes('f.py', fixture, [], never), /y = f/);
  assert.throws(
    () => assertNotes('f.py', fixture, [{ ...right, text: 'float32[1]' }, gap], () => true),
    /unknown-call: f/,
  );
  assertNotes('f.py', fixture, [{ ...right, text: 'float32[1]' }, gap], never);
});
