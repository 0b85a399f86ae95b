/**
 * A statement's code without its comments and blank lines, and where each line of it stands: two versions of a text
 * with the same code mean the same, only in other places.
 */
import type { Parsed } from './syntax';

export interface CodeLines {
  readonly code: string;
  /** Offsets of its lines from the statement's beginning, and how many lines below it they are. */
  readonly starts: readonly number[];
  readonly rows: readonly number[];
}

/** Comments that mean something to readers of models. */
const TELLING = /^#\s*(?:type|modelwatt)\s*:/;

/** Line ends that a backslash takes back, and those of old Macs: such text is left as it is. */
const PECULIAR = /\\\r?\n|\r(?!\n)/;

export function codeLines(parsed: Parsed, start: number, end: number): CodeLines {
  const { text } = parsed;
  const isPlain = !PECULIAR.test(text.slice(start, end));
  const commentAt = isPlain ? commentsFrom(parsed, start) : () => undefined;
  const isInside = isPlain ? blocksFrom(parsed, start) : () => true;
  const pieces: string[] = [];
  const starts: number[] = [];
  const rows: number[] = [];
  for (let at = start, row = 0; at < end; row++) {
    const newline = text.indexOf('\n', at);
    const lineEnd = newline < 0 || newline > end ? end : newline;
    const comment = commentAt(at, lineEnd);
    const piece = isInside(at, lineEnd) ? text.slice(at, lineEnd) : text.slice(at, comment ?? lineEnd).trimEnd();
    if (piece !== '' || isInside(at, lineEnd)) {
      pieces.push(piece);
      starts.push(at - start);
      rows.push(row);
    }
    at = lineEnd + 1;
  }
  return { code: pieces.join('\n'), starts, rows };
}

/** Gives where a comment begins in a line; lines are asked for in their order. */
function commentsFrom({ comments }: Parsed, start: number): (from: number, to: number) => number | undefined {
  let next = firstBehind(comments.length, index => (comments[index]?.start ?? 0) >= start);
  return (from, to) => {
    while ((comments[next]?.start ?? Infinity) < from) next++;
    const found = comments[next];
    return found !== undefined && found.start < to && !TELLING.test(found.text) ? found.start : undefined;
  };
}

/** Whether the line's end is part of a string, or its beginning is. */
function blocksFrom({ blocks }: Parsed, start: number): (from: number, to: number) => boolean {
  let next = firstBehind(blocks.length, index => (blocks[index]?.end ?? 0) > start);
  return (from, to) => {
    while ((blocks[next]?.end ?? Infinity) <= from) next++;
    return (blocks[next]?.start ?? Infinity) < to;
  };
}

function firstBehind(count: number, isBehind: (index: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBehind(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Where a place in one version is in another with the same code; undefined where it is in none of its lines. */
export function movedTo(from: CodeLines, to: CodeLines, offset: number): { offset: number; rows: number } | undefined {
  const line = firstBehind(from.starts.length, index => (from.starts[index] ?? 0) > offset) - 1;
  const [before, after] = [from.starts[line], to.starts[line]];
  if (before === undefined || after === undefined) return undefined;
  return { offset: offset + after - before, rows: (to.rows[line] ?? 0) - (from.rows[line] ?? 0) };
}
