/**
 * Jupyter notebooks: the code cells as one text of Python, in which a comment line opens each cell, so that a place in
 * the text can be said as a cell and a line of it. What only IPython understands is blanked out, characters kept.
 */
import { InputError } from '../../base/findings';
import { text } from '../../base/text';

export const isNotebook = (path: string): boolean => /\.ipynb$/i.test(path);

/** Cell magics below which there is Python all the same. */
const PYTHON_MAGICS = /^%%(time|timeit|capture|prun|python3?|pypy)\b/;

/** Throws `InputError` for what is no notebook of Python. */
export function pythonOfNotebook(path: string, json: string): string {
  const cells = cellsOf(parse(path, json));
  if (cells === undefined) throw notANotebook(path);
  return cells.flatMap((cell, index) => (cell === undefined ? [] : [`${OPENING}${index + 1}`, plain(cell)])).join('\n') + '\n'; // prettier-ignore
}

const OPENING = '#%% cell ';

const notANotebook = (path: string): InputError =>
  new InputError('bad-notebook', text('"{0}" is no Python notebook', path), text('give a .ipynb file with code cells of Python')); // prettier-ignore

function parse(path: string, json: string): unknown {
  try {
    return JSON.parse(json.replace(/^\uFEFF/, ''));
  } catch {
    throw notANotebook(path);
  }
}

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>)[name] : undefined; // prettier-ignore

/** The text of each code cell; undefined for the others, which count too. */
function cellsOf(notebook: unknown): (string | undefined)[] | undefined {
  const language = field(field(notebook, 'metadata'), 'kernelspec');
  const named = field(language, 'language') ?? field(field(field(notebook, 'metadata'), 'language_info'), 'name');
  if (typeof named === 'string' && !/python/i.test(named)) return undefined;
  // Before version 4 cells stood in worksheets.
  const sheets = field(notebook, 'worksheets');
  const cells = field(notebook, 'cells') ?? (Array.isArray(sheets) ? field(sheets[0], 'cells') : undefined);
  if (!Array.isArray(cells)) return undefined;
  return cells.map(cell => {
    if (field(cell, 'cell_type') !== 'code') return undefined;
    const source = field(cell, 'source') ?? field(cell, 'input');
    return Array.isArray(source) ? source.map(String).join('') : typeof source === 'string' ? source : '';
  });
}

/** A cell without what is not Python. */
function plain(cell: string): string {
  const body = cell.replace(/\r\n?/g, '\n');
  const first = /^\s*%%\S*/.exec(body)?.[0].trim();
  if (first !== undefined && !PYTHON_MAGICS.test(first)) return body.replace(/[^\n]/g, ' ');
  let state: State = { depth: 0, quote: undefined, continued: false };
  return body
    .split('\n')
    .map(line => {
      const shown = isStart(state) ? withoutMagic(line) : line;
      state = after(shown, state);
      return shown;
    })
    .join('\n');
}

const blank = (line: string, indent: string): string => `${indent}0${' '.repeat(Math.max(0, line.length - indent.length - 1))}`; // prettier-ignore

/** `%matplotlib inline`, `!pip install …`, `model?`; what a command gives back is not known. */
function withoutMagic(line: string): string {
  const indent = /^\s*/.exec(line)?.[0] ?? '';
  const rest = line.slice(indent.length);
  if (/^[%!?]/.test(rest) || /^[\w.]+\?{1,2}\s*$/.test(rest)) return blank(line, indent);
  const assigned = /^([\w.]+(?:\s*,\s*[\w.]+)*\s*=\s*)[!%][^=]/.exec(rest);
  return assigned === null ? line : `${indent}${assigned[1] ?? ''}input()`;
}

interface State {
  readonly depth: number;
  readonly quote: string | undefined;
  readonly continued: boolean;
}

const isStart = ({ depth, quote, continued }: State): boolean => depth === 0 && quote === undefined && !continued;

/** Whether the next line goes on with a bracket, a string in three quotes, or after a backslash. */
function after(line: string, from: State): State {
  let { depth, quote } = from;
  for (let at = 0; at < line.length; at++) {
    const char = line[at] ?? '';
    if (quote !== undefined) {
      if (char === '\\') at++;
      else if (line.startsWith(quote, at)) {
        at += quote.length - 1;
        quote = undefined;
      }
    } else if (char === '#') break;
    else if (char === '"' || char === "'") {
      quote = line.startsWith(char.repeat(3), at) ? char.repeat(3) : char;
      at += quote.length - 1;
    } else if ('([{'.includes(char)) depth++;
    else if (')]}'.includes(char)) depth = Math.max(0, depth - 1);
  }
  // A string in single quotes ends with its line.
  if (quote?.length === 1) quote = undefined;
  return { depth, quote, continued: line.endsWith('\\') };
}

export interface CellPlace {
  readonly cell: number;
  /** Offset at which the cell's own text begins. */
  readonly start: number;
}

/** The cell that a place of the joined text is in. */
export function cellAt(source: string, offset: number): CellPlace | undefined {
  let line = source.lastIndexOf('\n', offset - 1) + 1;
  for (;;) {
    const end = source.indexOf('\n', line);
    const number = source.startsWith(OPENING, line) ? Number(source.slice(line + OPENING.length, end < 0 ? undefined : end)) : Number.NaN; // prettier-ignore
    if (Number.isInteger(number)) return { cell: number, start: end < 0 ? source.length : end + 1 };
    if (line === 0) return undefined;
    line = source.lastIndexOf('\n', line - 2) + 1;
  }
}
