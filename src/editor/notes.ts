/** What the editor marks in a file: what could not be read, each place once, calmly. */
import type { Text } from '../base/text';
import { text } from '../base/text';
import type { FileReport } from '../report/view';
import type { FileState } from './reports';

export interface Note {
  /** From 1; the column from 0. */
  readonly line: number;
  readonly column: number;
  readonly code: string;
  readonly level: 'warning' | 'information' | 'hint';
  readonly message: string;
}

/** Notes of the file itself: gaps in what it imports are listed in the panel. */
export function notesOf(state: FileState, path: string, say: (message: Text) => string): readonly Note[] {
  if (state.problem && state.report === null) return [problemNote(state.problem, path, say)];
  const { report } = state;
  if (report === null) return [];
  const found = [...fileNotes(report, path, say), ...(state.stale ? [] : gapNotes(report, path, say))];
  return [...new Map(found.map(note => [`${note.line}:${note.column}:${note.message}`, note])).values()];
}

function problemNote(problem: NonNullable<FileState['problem']>, path: string, say: (message: Text) => string): Note {
  const remedy = problem.remedy === null ? '' : `: ${say(problem.remedy)}`;
  // A text that is edited shows its problem above each model; a binary file has no other place.
  const level = path.endsWith('.onnx') ? 'information' : 'hint';
  return { line: 1, column: 0, code: 'unreadable', level, message: `${say(problem.text)}${remedy}` };
}

const fileNotes = ({ diagnostics }: FileReport, path: string, say: (message: Text) => string): Note[] =>
  diagnostics
    .filter(diagnostic => diagnostic.file === path)
    .map(({ line, column, code, text: message }) => ({
      line,
      column,
      code,
      // Python's own tools report syntax errors louder than we need to.
      level: code === 'syntax-error' ? 'hint' : 'information',
      message: say(message),
    }));

/** Blocks that wait for arguments have nothing to complain about. */
const gapNotes = ({ models }: FileReport, path: string, say: (message: Text) => string): Note[] =>
  models
    .filter(({ status }) => status !== 'needs-arguments')
    .flatMap(({ gaps }) => gaps)
    .filter(({ file, code }) => file === path && code !== 'assumed')
    .map(({ line, column, code, text: message }) => ({
      line,
      column,
      code,
      level: code === 'shape-mismatch' ? 'warning' : 'hint',
      message: say(text('Not counted: {0}', say(message))),
    }));
