/**
 * Notes under the code of a fixture: `#   ^^^ text` says what the report shows for the columns above the carets. Where
 * the place begins in column 0, the `#` itself stands for the first caret. Compares notes and prints a fixture with the
 * right ones, ready to paste.
 */
import assert from 'node:assert/strict';

export interface Note {
  /** Line of the code, from 1. */
  readonly line: number;
  /** Columns from 0, `end` exclusive. */
  readonly column: number;
  readonly end: number;
  readonly text: string;
}

export interface Fixture {
  /** Lines with the notes, from 1: line numbers of notes refer to these. */
  readonly lines: readonly string[];
  readonly notes: readonly Note[];
}

const NOTE = /^(\s*)#(\s*)(\^+)(?:\s+(.*))?$/;

export function readFixture(text: string): Fixture {
  const lines = text.split('\n');
  const notes: Note[] = [];
  let code = 0;
  lines.forEach((line, index) => {
    const [, indent = '', gap = '', carets, said = ''] = NOTE.exec(line) ?? [];
    if (carets === undefined) {
      code = index + 1;
      return;
    }
    const end = indent.length + 1 + gap.length + carets.length;
    const column = gap === '' && indent === '' ? 0 : end - carets.length;
    notes.push({ line: code, column, end, text: said.trim() });
  });
  return { lines, notes };
}

/**
 * Every expected note must be among the actual ones, and every actual one for which `must` is true among the expected.
 * A mismatch shows the whole fixture with the right notes.
 */
export function assertNotes(
  path: string,
  fixture: Fixture,
  actual: readonly Note[],
  must: (note: Note) => boolean,
): void {
  const expected = new Set(fixture.notes.map(place));
  const wanted = actual.filter(note => must(note) || expected.has(place(note)));
  if (same(fixture.notes, wanted)) return;
  assert.fail(`${path}: the notes differ. As they should be:\n\n${withNotes(fixture, wanted)}\n`);
}

/** The fixture's code with the given notes in place of its own. */
export function withNotes(fixture: Fixture, notes: readonly Note[]): string {
  return fixture.lines
    .flatMap((line, index) => {
      if (NOTE.test(line)) return [];
      const here = notes.filter(note => note.line === index + 1);
      return [line, ...here.sort((a, b) => a.column - b.column).map(render)];
    })
    .join('\n');
}

function render({ column, end, text }: Note): string {
  const carets = '^'.repeat(Math.max(1, end - Math.max(1, column)));
  const lead = column <= 1 ? '#' : `#${' '.repeat(column - 1)}`;
  return `${lead}${carets} ${text}`.trimEnd();
}

const place = (note: Note): string => `${note.line}:${note.column}-${note.end}`;

function same(a: readonly Note[], b: readonly Note[]): boolean {
  const key = (note: Note): string => `${place(note)} ${note.text}`;
  return a.map(key).sort().join('\n') === b.map(key).sort().join('\n');
}
