/** Offsets to spans: the report wants lines and columns. */
import type { Span } from '../../base/span';
import type { PyModule } from './module';
import { cellAt, isNotebook } from './notebook';

interface Place {
  readonly start: number;
  readonly end: number;
}

/** Undefined for our own renderings of libraries: their places mean nothing to the user. */
export function spanOf(module: PyModule, { start, end }: Place): Span | undefined {
  const { source } = module;
  if (source === undefined || module.isLibrary) return undefined;
  return spanIn(source.file, source.parsed.text, start, end);
}

export function spanIn(file: string, text: string, start: number, end: number): Span {
  const lines = lineStarts(text);
  const line = lineOf(lines, start);
  const column = start - (lines[line] ?? 0);
  const cell = isNotebook(file) ? cellAt(text, start) : undefined;
  if (cell === undefined) return { file, start, end, line: line + 1, column };
  // Of a notebook the cell is named with the file, and places count within it.
  return {
    file: `${file}:cell ${cell.cell}`,
    start: start - Math.min(cell.start, start),
    end: Math.max(0, end - cell.start),
    line: line + 1 - lineOf(lines, cell.start),
    column,
  };
}

/** Line (from 1) and column of an offset. */
export function lineAt(text: string, offset: number): { readonly line: number; readonly column: number } {
  const lines = lineStarts(text);
  const line = lineOf(lines, offset);
  return { line: line + 1, column: offset - (lines[line] ?? 0) };
}

let lastText: string | undefined;
let lastStarts: readonly number[] = [];
const cache = new Map<string, readonly number[]>();

/** `\n`, `\r\n` and lone `\r` end lines, as Python has it. */
function lineStarts(text: string): readonly number[] {
  if (text === lastText) return lastStarts;
  let starts = cache.get(text);
  if (starts === undefined) {
    if (cache.size > 200) cache.clear();
    cache.set(text, (starts = findLineStarts(text)));
  }
  lastText = text;
  lastStarts = starts;
  return starts;
}

function findLineStarts(text: string): number[] {
  const starts = [0];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 10 || (code === 13 && text.charCodeAt(index + 1) !== 10)) starts.push(index + 1);
  }
  return starts;
}

function lineOf(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
