/** `str` and its methods. */
import { getAttribute } from '../attributes';
import { formatMethod, textOrUnknown } from '../format';
import { NativeFunction } from '../functions';
import type { Interpreter } from '../interpreter';
import { itemsOf } from '../iteration';
import { unboxed } from '../truth';
import type { Value } from '../values';
import { PyBoxed, PyBytes, PyClass, PyDict, PyList, PyTuple, strClass, Unknown } from '../values';
import { withDict } from './numbers';
import { addMethods, addStaticMethods, knowing, lostAmong } from './types';

const of = (value: Value | undefined): string => {
  const plain = unboxed(value ?? null);
  return typeof plain === 'string' ? plain : '';
};

const strings = (items: Iterable<string>): PyList => new PyList([...items]);

const number = (value: Value | undefined, fallback: number): number => (typeof value === 'number' ? value : fallback);

/** Characters to strip: whitespace where none are named. */
function strip(text: string, characters: Value | undefined, left: boolean, right: boolean): string {
  const plain = unboxed(characters ?? null);
  const set = typeof plain === 'string' ? new Set(plain) : undefined;
  const goes = (char: string): boolean => (set === undefined ? /\s/.test(char) : set.has(char));
  let start = 0;
  let end = text.length;
  while (left && start < end && goes(text.charAt(start))) start++;
  while (right && end > start && goes(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

function split(text: string, separator: Value | undefined, most: number, fromRight: boolean): string[] {
  const plain = unboxed(separator ?? null);
  const limit = most < 0 ? Infinity : most;
  if (typeof plain !== 'string') {
    const words = text.trim() === '' ? [] : text.trim().split(/\s+/);
    if (words.length - 1 <= limit) return words;
    const match = new RegExp(fromRight ? `^(.*?)((?:\\s+\\S+){${limit}})\\s*$` : `^\\s*((?:\\S+\\s+){${limit}})(.*)$`, 's').exec(text); // prettier-ignore
    if (match === null) return words;
    const [, a = '', b = ''] = match;
    return fromRight ? [a.trim(), ...b.trim().split(/\s+/)] : [...a.trim().split(/\s+/), b];
  }
  const parts = text.split(plain);
  if (parts.length - 1 <= limit) return parts;
  return fromRight
    ? [parts.slice(0, parts.length - limit).join(plain), ...parts.slice(parts.length - limit)]
    : [...parts.slice(0, limit), parts.slice(limit).join(plain)];
}

const title = (text: string): string =>
  text.toLowerCase().replace(/(^|[^\p{L}])(\p{L})/gu, (_, before: string, letter: string) => before + letter.toUpperCase()); // prettier-ignore

function anyOf(value: Value | undefined, test: (text: string) => boolean): boolean {
  return value instanceof PyTuple ? value.items.some(item => test(of(item))) : test(of(value));
}

/** What lies between two places, which count from the end where they are negative. */
function part(text: string, start: Value | undefined, end: Value | undefined): { from: number; text: string } {
  const first = number(start, 0);
  const from = first < 0 ? Math.max(0, text.length + first) : first;
  return { from, text: text.slice(from, typeof end === 'number' ? end : undefined) };
}

function occurrences(text: string, sub: string): number {
  return sub === '' ? text.length + 1 : text.split(sub).length - 1;
}

function find(interp: Interpreter, args: readonly Value[], fromEnd: boolean, raises: boolean): Value {
  const [self, sub, start, end] = args;
  const { from, text } = part(of(self), start, end);
  const place = fromEnd ? text.lastIndexOf(of(sub)) : text.indexOf(of(sub));
  if (place < 0) return raises ? interp.raise('ValueError', 'substring not found') : -1;
  return from + place;
}

function join(interp: Interpreter, separator: Value, items: Value): Value {
  const parts = itemsOf(interp, items);
  if (parts instanceof Unknown) return parts;
  const lost = parts.find(part => part instanceof Unknown);
  if (lost !== undefined) return lost;
  if (parts.some(part => typeof unboxed(part) !== 'string'))
    return interp.raise('TypeError', 'sequence item: expected str instance');
  return parts.map(of).join(of(separator));
}

const is =
  (pattern: RegExp) =>
  (_: Interpreter, [self]: readonly Value[]): Value =>
    pattern.test(of(self));
const map = (change: (text: string) => string) => (_: Interpreter, [self]: readonly Value[]): Value => change(of(self)); // prettier-ignore

export function installStr(): void {
  addStaticMethods(strClass, {
    '__new__(cls, object=None, *args)': (interp, [cls = null, object = null]) => {
      const lost = lostAmong([object]);
      if (lost !== undefined) return lost;
      const value = textOrUnknown(interp, object);
      if (value instanceof Unknown) return value;
      return cls instanceof PyClass && cls !== strClass ? withDict(new PyBoxed(value, cls)) : value;
    },
    'maketrans(*args)': (_, [args = null]) => {
      const table = new PyDict();
      const [from = null, to = null, gone = null] = args instanceof PyTuple ? args.items : [];
      if (from instanceof PyDict)
        for (const [key, made] of from.entries()) table.set(typeof key === 'string' ? codeOf(key) : key, made);
      else [...of(from)].forEach((char, index) => table.set(codeOf(char), [...of(to)][index] ?? ''));
      for (const char of of(gone)) table.set(codeOf(char), null);
      return table;
    },
  });
  addMethods(
    strClass,
    knowing({
      'lower(self)': map(text => text.toLowerCase()),
      'upper(self)': map(text => text.toUpperCase()),
      'casefold(self)': map(text => text.toLowerCase()),
      'capitalize(self)': map(text => text.charAt(0).toUpperCase() + text.slice(1).toLowerCase()),
      'title(self)': map(title),
      'swapcase(self)': map(text => [...text].map(char => (char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase())).join('')), // prettier-ignore
      'strip(self, chars=None)': (_, [self, chars]) => strip(of(self), chars, true, true),
      'lstrip(self, chars=None)': (_, [self, chars]) => strip(of(self), chars, true, false),
      'rstrip(self, chars=None)': (_, [self, chars]) => strip(of(self), chars, false, true),
      'split(self, sep=None, maxsplit=-1)': (_, [self, sep, most]) => strings(split(of(self), sep, number(most, -1), false)), // prettier-ignore
      'rsplit(self, sep=None, maxsplit=-1)': (_, [self, sep, most]) => strings(split(of(self), sep, number(most, -1), true)), // prettier-ignore
      'splitlines(self, keepends=False)': (_, [self]) => strings(of(self).split(/\r\n|\r|\n/).filter((line, index, all) => index < all.length - 1 || line !== '')), // prettier-ignore
      'join(self, iterable)': (interp, [self = '', items = null]) => join(interp, self, items),
      'replace(self, old, new, count=-1)': (_, [self, old, made, count]) => {
        const limit = number(count, -1);
        return limit < 0 ? of(self).replaceAll(of(old), () => of(made)) : split(of(self), old ?? null, limit, false).join(of(made)); // prettier-ignore
      },
      'startswith(self, prefix, start=0, end=None)': (_, [self, prefix, start, end]) =>
        anyOf(prefix, text => part(of(self), start, end).text.startsWith(text)),
      'endswith(self, suffix, start=0, end=None)': (_, [self, suffix, start, end]) =>
        anyOf(suffix, text => part(of(self), start, end).text.endsWith(text)),
      'find(self, sub, start=0, end=None)': (interp, args) => find(interp, args, false, false),
      'rfind(self, sub, start=0, end=None)': (interp, args) => find(interp, args, true, false),
      'index(self, sub, start=0, end=None)': (interp, args) => find(interp, args, false, true),
      'rindex(self, sub, start=0, end=None)': (interp, args) => find(interp, args, true, true),
      'count(self, sub, start=0, end=None)': (_, [self, sub, start, end]) => occurrences(part(of(self), start, end).text, of(sub)), // prettier-ignore
      'partition(self, sep)': (_, [self, sep]) => partition(of(self), of(sep), of(self).indexOf(of(sep)), false),
      'rpartition(self, sep)': (_, [self, sep]) => partition(of(self), of(sep), of(self).lastIndexOf(of(sep)), true),
      'zfill(self, width)': (_, [self, width]) => of(self).replace(/^([+-]?)(.*)$/s, (_whole, sign: string, rest: string) => sign + rest.padStart(number(width, 0) - sign.length, '0')), // prettier-ignore
      'ljust(self, width, fill=None)': (_, [self, width, fill]) => of(self).padEnd(number(width, 0), of(fill) || ' '),
      'rjust(self, width, fill=None)': (_, [self, width, fill]) => of(self).padStart(number(width, 0), of(fill) || ' '),
      'center(self, width, fill=None)': (_, [self, width, fill]) =>
        centred(of(self), number(width, 0), of(fill) || ' '),
      'expandtabs(self, size=8)': (_, [self]) => of(self).replaceAll('\t', '        '),
      'encode(self, *args)': (_, [self]) => new PyBytes(of(self)),
      'translate(self, table)': (_, [self, table]) => [...of(self)].map(char => (table instanceof PyDict ? replaced(table, char) : char)).join(''), // prettier-ignore
      'removeprefix(self, prefix)': (_, [self, prefix]) => (of(self).startsWith(of(prefix)) ? of(self).slice(of(prefix).length) : of(self)), // prettier-ignore
      'removesuffix(self, suffix)': (_, [self, suffix]) => (of(suffix) !== '' && of(self).endsWith(of(suffix)) ? of(self).slice(0, -of(suffix).length) : of(self)), // prettier-ignore
      'isdigit(self)': is(/^\d+$/),
      'isdecimal(self)': is(/^\d+$/),
      'isnumeric(self)': is(/^\d+$/),
      'isalpha(self)': is(/^\p{L}+$/u),
      'isalnum(self)': is(/^[\p{L}\d]+$/u),
      'isspace(self)': is(/^\s+$/),
      'isidentifier(self)': is(/^[A-Za-z_]\w*$/),
      'isupper(self)': (_, [self]) => of(self) !== of(self).toLowerCase() && of(self) === of(self).toUpperCase(),
      'islower(self)': (_, [self]) => of(self) !== of(self).toUpperCase() && of(self) === of(self).toLowerCase(),
      'istitle(self)': (_, [self]) => of(self) === title(of(self)),
    }),
  );
  strClass.attrs.set('format', new NativeFunction('format', (interp, { positional: [self, ...rest], keywords }) => {
    const lost = lostAmong([...rest, ...(keywords?.values() ?? [])]);
    if (lost !== undefined) return lost;
    return formatMethod(interp, of(self), rest, keywords ?? new Map(), (object, name) => getAttribute(interp, object, name)); // prettier-ignore
  })); // prettier-ignore
}

/** Of an odd number of fillers the odd one stands left where the width is odd, as in CPython. */
function centred(text: string, width: number, fill: string): string {
  const missing = Math.max(0, width - text.length);
  const left = (missing >> 1) + (missing & width & 1);
  return fill.repeat(left) + text + fill.repeat(missing - left);
}

const codeOf = (char: string): number => char.codePointAt(0) ?? 0;

function replaced(table: PyDict, char: string): string {
  const made = table.get(codeOf(char));
  return made === undefined ? char : typeof made === 'number' ? String.fromCodePoint(made) : of(made);
}

function partition(text: string, separator: string, place: number, fromRight: boolean): PyTuple {
  if (place < 0) return new PyTuple(fromRight ? ['', '', text] : [text, '', '']);
  return new PyTuple([text.slice(0, place), separator, text.slice(place + separator.length)]);
}
