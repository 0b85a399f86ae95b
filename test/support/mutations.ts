/**
 * Changes of a Python file that hide one thing from a reader, or change one constant: what a reader may still claim to
 * know afterwards is tested with them. Each is made from the syntax tree, so the file stays valid Python.
 */
import { parsePython } from '../../src/frontends/python/syntax';

export interface Mutation {
  readonly kind: 'unknown-call' | 'unknown-value' | 'unknown-branch';
  /** 1-based, of what was changed. */
  readonly line: number;
  /** What was changed, shortened. */
  readonly of: string;
  readonly text: string;
  /** The same place with something known instead; where these count differently, the place matters. */
  readonly alternatives: readonly string[];
}

interface Piece {
  readonly start: number;
  readonly end: number;
  readonly kind: string;
  readonly value?: unknown;
}

/** What is imported from nowhere. Its lines stand before everything else but `from __future__`. */
const IMPORT = 'import mystery_kernels as mystery_';

/** All mutations of a text, in the order of the places. */
export function mutationsOf(text: string): Mutation[] {
  const found: Mutation[] = [];
  const { module } = parsePython(text);
  visit(module.statements, piece => {
    found.push(...mutationsAt(text, piece));
  });
  return found;
}

function mutationsAt(text: string, piece: Piece): Mutation[] {
  const old = text.slice(piece.start, piece.end);
  const line = text.slice(0, piece.start).split('\n').length;
  const base = { line, of: old.length > 60 ? `${old.slice(0, 57)}...` : old };
  const put = (now: string): string => `${text.slice(0, piece.start)}${now}${text.slice(piece.end)}`;
  if (STATEMENTS.has(piece.kind)) {
    if (old.includes('\n')) return [];
    const hidden = withImport(put(`if mystery_.flag(): ${old}`));
    return [{ ...base, kind: 'unknown-branch', text: hidden, alternatives: [put('pass')] }];
  }
  const alternatives = otherValues(piece).map(put);
  return [
    { ...base, kind: 'unknown-call', text: withImport(put(`mystery_.same((${old}))`)), alternatives },
    { ...base, kind: 'unknown-value', text: withImport(put('mystery_.value')), alternatives },
  ];
}

function withImport(text: string): string {
  const future = [...text.matchAll(/^from __future__ .*\n/gm)].at(-1);
  const place = future === undefined ? 0 : future.index + future[0].length;
  return `${text.slice(0, place)}${IMPORT}\n${text.slice(place)}`;
}

function otherValues({ kind, value }: Piece): string[] {
  if (kind === 'int') return [String(Number(value) + 1), String(Number(value) * 2)];
  if (kind === 'constant') return value === 'True' ? ['False'] : value === 'False' ? ['True'] : [];
  return [];
}

const STATEMENTS = new Set(['assign', 'augmented', 'expression', 'return', 'raise', 'continue', 'break']);
/** Where no expression stands that could be wrapped: targets, annotations, what only names something. */
const SKIPPED = new Set(['target', 'targets', 'annotation', 'returns', 'parameters', 'pattern', 'decorators', 'parts']);
const BARE = new Set(['slice', 'starred', 'error', 'string', 'f-string', 'yield', 'await', 'named']);

function visit(node: unknown, found: (piece: Piece) => void, isStatement = true): void {
  if (Array.isArray(node)) {
    for (const item of node) visit(item, found, isStatement);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  const { kind } = node as { kind?: unknown };
  if (isPiece(node) && isChangeable(node, isStatement)) found(node);
  for (const [name, value] of Object.entries(node)) {
    if (SKIPPED.has(name)) continue;
    if (name === 'index' && isBareIndex(value)) continue;
    // `super()` needs its own name to be seen by Python's compiler.
    if (name === 'callee' && (value as { id?: string }).id === 'super') continue;
    visit(value, found, BLOCKS.has(name) && kind !== 'lambda');
  }
  if (kind === 'def' || kind === 'class') {
    const { body } = node as { body: { statements: unknown } };
    visit(body.statements, found, true);
  }
}

const BLOCKS = new Set(['body', 'otherwise', 'finally', 'handlers', 'cases', 'statements']);

const isPiece = (node: object): node is Piece => 'start' in node && 'end' in node && 'kind' in node;

function isChangeable(piece: Piece, isStatement: boolean): boolean {
  if (STATEMENTS.has(piece.kind)) {
    const { value } = piece as { value?: Piece };
    return isStatement && !(piece.kind === 'expression' && value?.kind === 'string');
  }
  return EXPRESSIONS.has(piece.kind) && !BARE.has(piece.kind);
}

const EXPRESSIONS = new Set([
  'name', 'attribute', 'call', 'int', 'float', 'constant', 'subscript', 'tuple', 'list', 'binary', 'unary', 'bool',
  'compare', 'conditional', 'dict', 'list-comprehension', 'generator', 'lambda',
]); // prettier-ignore

function isBareIndex(value: unknown): boolean {
  const { kind, items } = value as { kind?: string; items?: readonly { kind: string }[] };
  return kind === 'slice' || (kind === 'tuple' && (items ?? []).some(item => BARE.has(item.kind)));
}
