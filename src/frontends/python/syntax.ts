/**
 * Python text to our own tree. This file and the folder of the same name are all that knows the parser library
 * (Lezer, chosen by .ci/bench/parser.mjs): it runs synchronously anywhere, and mends half-typed code.
 */
import type { SyntaxNode, Tree } from '@lezer/common';
import { TreeFragment } from '@lezer/common';
import { parser } from '@lezer/python';
import type { Expression, Module, SyntaxError } from './ast';
import { readExpression } from './syntax/expressions';
import { Reader } from './syntax/reader';
import { readStatements } from './syntax/statements';

export interface Parsed {
  readonly text: string;
  readonly module: Module;
  readonly comments: readonly Comment[];
  /** Strings of several lines, in order. */
  readonly blocks: readonly Range[];
  /** Opaque: for parsing the next version of the same text faster. */
  readonly tree: unknown;
}

export interface Comment {
  readonly start: number;
  /** With the leading `#`. */
  readonly text: string;
}

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Never throws; `errors` of the module say what could not be read. */
export function parsePython(text: string, before?: Parsed): Parsed {
  const tree = parser.parse(prepared(text), before === undefined ? undefined : fragments(before, text));
  const errors: SyntaxError[] = [];
  const comments: Comment[] = [];
  const blocks: Range[] = [];
  scan(tree, text, { errors, comments, blocks });
  const statements = readStatements(new Reader(text), tree.topNode);
  return { text, module: { statements, errors }, comments, blocks, tree };
}

/** A single expression, as in `--args`; undefined where the text is something else. */
export function parseExpression(text: string): Expression | undefined {
  const tree = parser.parse(prepared(text));
  const statement = tree.topNode.firstChild;
  if (statement?.name !== 'ExpressionStatement' || statement.nextSibling !== null || hasError(tree)) return undefined;
  const child: SyntaxNode | null = statement.firstChild;
  return child === null || child.nextSibling !== null ? undefined : readExpression(new Reader(text), child);
}

/**
 * Same length, so that offsets stand. The grammar takes `1.` for the beginning of an attribute, so the point becomes a
 * digit; values are read from the original text. A form feed is a blank.
 */
function prepared(text: string): string {
  return text
    .replace(/(?<![\w.])(\d[\d_]*)\.(?=$|[^\w.]|[eE][+-]?\d|[jJ]\b)/gm, '$10')
    .replaceAll('\f', ' ')
    .replace(/^\ufeff/, ' ');
}

function fragments(before: Parsed, text: string): readonly TreeFragment[] {
  const old = before.text;
  const most = Math.min(old.length, text.length);
  let start = 0;
  while (start < most && old.charCodeAt(start) === text.charCodeAt(start)) start++;
  let same = 0;
  while (same < most - start && old.charCodeAt(old.length - 1 - same) === text.charCodeAt(text.length - 1 - same))
    same++;
  const change = { fromA: start, toA: old.length - same, fromB: start, toB: text.length - same };
  return TreeFragment.applyChanges(TreeFragment.addTree(before.tree as Tree), [change]);
}

interface Scanned {
  readonly errors: SyntaxError[];
  readonly comments: Comment[];
  readonly blocks: Range[];
}

function scan(tree: Tree, text: string, { errors, comments, blocks }: Scanned): void {
  let reached = -1;
  tree.iterate({
    enter: node => {
      const { name, from, to } = node;
      if (name === 'Comment') comments.push({ start: from, text: text.slice(from, to) });
      else if ((name === 'String' || name === 'FormatString') && hasLines(text, from, to))
        blocks.push({ start: from, end: to });
      if (!node.type.isError || isHarmless(node.node)) return;
      // Neighbouring errors have one cause.
      if (node.from > reached + 1 || reached < 0) errors.push({ kind: 'error', start: node.from, end: node.to });
      reached = node.to;
    },
  });
}

function hasLines(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (text.charCodeAt(at) === 10) return true;
  return false;
}

/** The grammar wants something after `yield`; Python does not. */
const isHarmless = (error: SyntaxNode): boolean =>
  error.from === error.to && error.prevSibling?.name === 'yield' && error.nextSibling === null;

function hasError(tree: Tree): boolean {
  let found = false;
  tree.iterate({ enter: node => void (found ||= node.type.isError && !isHarmless(node.node)) });
  return found;
}
