/** Unified diff of known text edits; no search for differences is needed, since the edits say where they are. */
import type { TextEditReport } from '../../report/advice';

const CONTEXT = 3;

/** Edits of one file, in ascending order and without overlap. */
export function applyEdits(source: string, edits: readonly TextEditReport[]): string {
  let result = '';
  let position = 0;
  for (const edit of edits) {
    result += source.slice(position, edit.start) + edit.text;
    position = edit.end;
  }
  return result + source.slice(position);
}

/** `--- a/file`, `+++ b/file` and hunks with three lines of context, as `patch` and `git apply` read them. */
export function unifiedDiff(file: string, source: string, edits: readonly TextEditReport[]): string {
  const lines = splitLines(source);
  const starts = lineStarts(lines);
  const hunks = group(onePerLine(edits, source, starts).map(edit => changeOf(edit, source, starts)));
  let shift = 0;
  const body = hunks.map(changes => {
    const first = changes[0];
    const last = changes[changes.length - 1];
    if (first === undefined || last === undefined) return '';
    const from = Math.max(0, first.from - CONTEXT);
    const to = Math.min(lines.length, last.to + CONTEXT);
    const printed: string[] = [];
    let position = from;
    for (const change of changes) {
      printed.push(
        ...marked(' ', lines.slice(position, change.from)),
        ...marked('-', lines.slice(change.from, change.to)),
        ...marked('+', change.lines),
      );
      position = change.to;
    }
    printed.push(...marked(' ', lines.slice(position, to)));
    const added = changes.reduce((sum, change) => sum + change.lines.length - (change.to - change.from), 0);
    const header = `@@ -${from + 1},${to - from} +${from + 1 + shift},${to - from + added} @@\n`;
    shift += added;
    return header + printed.join('');
  });
  // An absolute path applies from the root: `patch -p1 -d /`.
  const path = file.replaceAll('\\', '/').replace(/^\/+/, '');
  return `--- a/${path}\n+++ b/${path}\n${body.join('')}`;
}

interface Change {
  /** Whole lines `from` to `to` (exclusive) become `lines`. */
  readonly from: number;
  readonly to: number;
  readonly lines: readonly string[];
}

function changeOf(edit: TextEditReport, source: string, starts: readonly number[]): Change {
  const from = lineAt(starts, edit.start);
  // An edit that ends at the start of a line does not touch that line.
  const last = edit.end > edit.start ? lineAt(starts, edit.end - 1) : from;
  const lineStart = starts[from] ?? 0;
  const lineEnd = starts[last + 1] ?? source.length;
  const replaced = source.slice(lineStart, edit.start) + edit.text + source.slice(edit.end, lineEnd);
  return { from, to: last + 1, lines: splitLines(replaced) };
}

/** Edits that share a line become one. */
function onePerLine(
  edits: readonly TextEditReport[],
  source: string,
  starts: readonly number[],
): readonly TextEditReport[] {
  const merged: TextEditReport[] = [];
  for (const edit of edits) {
    const previous = merged[merged.length - 1];
    const lastLine = previous && lineAt(starts, Math.max(previous.start, previous.end - 1));
    if (previous === undefined || lastLine === undefined || lineAt(starts, edit.start) > lastLine) merged.push(edit);
    else {
      const text = previous.text + source.slice(previous.end, edit.start) + edit.text;
      merged[merged.length - 1] = { ...previous, end: edit.end, text };
    }
  }
  return merged;
}

/** Changes whose contexts touch share a hunk. */
function group(changes: readonly Change[]): Change[][] {
  const hunks: Change[][] = [];
  for (const change of changes) {
    const current = hunks[hunks.length - 1];
    const previous = current?.[current.length - 1];
    if (current !== undefined && previous !== undefined && change.from <= previous.to + 2 * CONTEXT)
      current.push(change);
    else hunks.push([change]);
  }
  return hunks;
}

const splitLines = (source: string): string[] => source.match(/[^\n]*\n|[^\n]+$/g) ?? [];

const marked = (mark: string, lines: readonly string[]): string[] =>
  lines.map(line => (line.endsWith('\n') ? mark + line : `${mark}${line}\n\\ No newline at end of file\n`));

function lineStarts(lines: readonly string[]): number[] {
  const starts = [0];
  for (const line of lines) starts.push((starts[starts.length - 1] ?? 0) + line.length);
  return starts;
}

function lineAt(starts: readonly number[], offset: number): number {
  let line = 0;
  while (line + 1 < starts.length && (starts[line + 1] ?? Infinity) <= offset) line++;
  return line;
}
