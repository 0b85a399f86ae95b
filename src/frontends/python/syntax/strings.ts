/** String and number literals: prefixes, quotes, escapes, f-string parts. */
import type { SyntaxNode } from '@lezer/common';
import type { Expression, FString, FStringPart, Float, Int, Str } from '../ast';
import type { Reader } from './reader';
import { childrenOf } from './reader';

type ReadExpression = (reader: Reader, node: SyntaxNode) => Expression;

/** String, FormatString or ContinuedString. */
export function readString(reader: Reader, node: SyntaxNode, expression: ReadExpression): Expression {
  const pieces = node.name === 'ContinuedString' ? childrenOf(node) : [node];
  const at = { start: node.from, end: node.to };
  if (pieces.some(piece => piece.type.isError)) return { kind: 'error', ...at };
  const parts: FStringPart[] = [];
  let bytes = false;
  let formatted = false;
  for (const piece of pieces) {
    const { raw, isBytes, open, close } = delimiters(reader, piece);
    bytes ||= isBytes;
    if (piece.name === 'FormatString') {
      formatted = true;
      parts.push(...formatParts(reader, piece, piece.from + open, piece.to - close, raw, expression));
    } else parts.push(unescape(reader.text.slice(piece.from + open, piece.to - close), raw, isBytes));
  }
  if (formatted) return { kind: 'f-string', parts: merged(parts), ...at } satisfies FString;
  return { kind: 'string', value: parts.join(''), bytes, ...at } satisfies Str;
}

function delimiters(
  reader: Reader,
  piece: SyntaxNode,
): { raw: boolean; isBytes: boolean; open: number; close: number } {
  const [opening = '', prefix = '', quotes = ''] = /^([a-zA-Z]*)('''|"""|'|")/.exec(reader.slice(piece)) ?? [];
  return { raw: /r/i.test(prefix), isBytes: /b/i.test(prefix), open: opening.length, close: quotes.length };
}

function formatParts(
  reader: Reader,
  node: SyntaxNode,
  start: number,
  end: number,
  raw: boolean,
  expression: ReadExpression,
): FStringPart[] {
  const parts: FStringPart[] = [];
  let position = start;
  const literal = (to: number): void => {
    const text = reader.text.slice(position, to).replaceAll('{{', '{').replaceAll('}}', '}');
    if (text !== '') parts.push(unescape(text, raw, false));
  };
  for (const child of childrenOf(node)) {
    if (child.name !== 'FormatReplacement') continue;
    literal(child.from);
    parts.push(...replacement(reader, child, raw, expression));
    position = child.to;
  }
  literal(end);
  return parts;
}

function replacement(reader: Reader, node: SyntaxNode, raw: boolean, expression: ReadExpression): FStringPart[] {
  const inner = childrenOf(node);
  const value = inner.find(child => child.name !== '{');
  if (value === undefined || inner.some(child => child.type.isError))
    return [{ value: reader.error(node), conversion: '', spec: [] }];
  const conversion = inner.find(child => child.name === 'FormatConversion');
  const spec = inner.find(child => child.name === 'FormatSpec');
  const selfDoc = inner.find(child => child.name === 'FormatSelfDoc');
  const filled: FStringPart = {
    value: expression(reader, value),
    conversion: conversion === undefined ? '' : reader.slice(conversion).slice(1),
    spec: spec === undefined ? [] : formatParts(reader, spec, spec.from + 1, spec.to, raw, expression),
  };
  if (selfDoc === undefined) return [filled];
  const shown = spec === undefined && conversion === undefined ? { ...filled, conversion: 'r' } : filled;
  return [reader.text.slice(value.from, selfDoc.to), shown];
}

function merged(parts: readonly FStringPart[]): FStringPart[] {
  const result: FStringPart[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if (typeof part === 'string' && typeof last === 'string') result[result.length - 1] = last + part;
    else result.push(part);
  }
  return result;
}

const SIMPLE: Readonly<Record<string, string>> = {
  n: '\n', t: '\t', r: '\r', '\\': '\\', "'": "'", '"': '"', a: '\x07', b: '\b', f: '\f', v: '\v', '\n': '',
}; // prettier-ignore

function unescape(text: string, raw: boolean, bytes: boolean): string {
  const body = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
  if (raw || !body.includes('\\')) return body;
  return body.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|N\{[^}]*\}|([0-7]{1,3})|([\s\S]))/g,
    (whole: string, x?: string, u?: string, long?: string, octal?: string, other?: string) => {
      if (bytes && (u !== undefined || long !== undefined)) return whole;
      const hex = x ?? u ?? long;
      if (hex !== undefined) return fromCode(parseInt(hex, 16), whole);
      if (octal !== undefined) return fromCode(parseInt(octal, 8), whole);
      return other === undefined ? whole : (SIMPLE[other] ?? whole);
    },
  );
}

const fromCode = (code: number, whole: string): string => (code <= 0x10ffff ? String.fromCodePoint(code) : whole);

export function readNumber(text: string, start: number, end: number): Int | Float | undefined {
  const digits = text.replaceAll('_', '');
  const at = { start, end };
  if (/^0[xob]/i.test(digits)) return integer(digits.replace(/l$/i, ''), at);
  if (/^\d+l?$/i.test(digits)) {
    const plain = digits.replace(/l$/i, '');
    return integer(/^0[0-7]+$/.test(plain) && /[1-7]/.test(plain) ? `0o${plain.slice(1)}` : plain, at);
  }
  const imaginary = /j$/i.test(digits);
  const value = Number(imaginary ? digits.slice(0, -1) : digits);
  return Number.isNaN(value) ? undefined : { kind: 'float', value, imaginary, ...at };
}

function integer(digits: string, at: { start: number; end: number }): Int | undefined {
  const value = Number(digits);
  if (Number.isNaN(value)) return undefined;
  return { kind: 'int', value: Number.isSafeInteger(value) ? value : BigInt(digits), ...at };
}
