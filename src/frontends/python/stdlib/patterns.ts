/** `re`, by way of JavaScript's regular expressions, which agree on what configurations use. */
import type { Interpreter } from '../interpreter';
import { made } from '../builtins/types';
import { addMethods, lostAmong } from '../builtins/types';
import { call } from '../calls';
import { text } from '../../../base/text';
import type { Value } from '../values';
import { nativeClass, objectClass, PyDict, PyList, PyObject, PyTuple, typeClass, Unknown } from '../values';
import { fromArray } from '../iteration';

const patternClass = nativeClass('Pattern', objectClass);
const matchClass = nativeClass('Match', objectClass);
patternClass.cls = typeClass;
matchClass.cls = typeClass;

class PyPattern extends PyObject {
  constructor(
    readonly source: string,
    readonly flags: string,
  ) {
    super(patternClass);
  }
}

class PyMatch extends PyObject {
  constructor(readonly match: RegExpExecArray) {
    super(matchClass);
  }
}

const FLAGS: Readonly<Record<string, number>> = { I: 2, IGNORECASE: 2, M: 8, MULTILINE: 8, S: 16, DOTALL: 16, X: 64, VERBOSE: 64 }; // prettier-ignore

/** Undefined where the pattern has something that JavaScript lacks. */
function translate(source: string): string | undefined {
  if (/\(\?[#<(]|\\[AZ]\b(?!)|\(\?P>|\*\+|\+\+/.test(source.replaceAll(/\(\?<[=!]/g, ''))) return undefined;
  return source
    .replaceAll('(?P<', '(?<')
    .replaceAll(/\(\?P=(\w+)\)/g, '\\k<$1>')
    .replaceAll('\\A', '^')
    .replaceAll('\\Z', '$');
}

function compile(
  interp: Interpreter,
  pattern: Value,
  flags: Value,
  extra: string,
  wrap = (s: string) => s,
): RegExp | Unknown {
  const [source, own] = pattern instanceof PyPattern ? [pattern.source, pattern.flags] : [pattern, flagText(flags)];
  if (source instanceof Unknown) return source;
  if (flags instanceof Unknown) return flags;
  // White space that is not meant to match.
  if (own.includes(VERBOSE)) return interp.unknown('unknown-value', text('this regular expression is not modelled'), undefined, true); // prettier-ignore
  const translated = typeof source === 'string' ? translate(source) : undefined;
  if (translated !== undefined)
    try {
      return new RegExp(wrap(translated), own + extra);
    } catch {
      // Falls through to the answer below.
    }
  return interp.unknown('unknown-value', text('this regular expression is not modelled'), undefined, true);
}

const VERBOSE = 'x';

const flagText = (flags: Value): string => {
  const bits = typeof flags === 'number' ? flags : 0;
  return `${bits & 2 ? 'i' : ''}${bits & 8 ? 'm' : ''}${bits & 16 ? 's' : ''}${bits & 64 ? VERBOSE : ''}`;
};

const subject = (value: Value | undefined): string => (typeof value === 'string' ? value : '');

function find(interp: Interpreter, pattern: Value, string: Value, flags: Value, wrap?: (s: string) => string): Value {
  const lost = lostAmong([string]);
  if (lost !== undefined) return lost;
  const regex = compile(interp, pattern, flags, '', wrap);
  if (regex instanceof Unknown) return regex;
  const match = regex.exec(subject(string));
  return match === null ? null : new PyMatch(match);
}

function all(interp: Interpreter, pattern: Value, string: Value, flags: Value): RegExpExecArray[] | Unknown {
  const lost = lostAmong([string]);
  if (lost !== undefined) return lost;
  const regex = compile(interp, pattern, flags, 'g');
  return regex instanceof Unknown ? regex : [...subject(string).matchAll(regex)];
}

function findAll(interp: Interpreter, pattern: Value, string: Value, flags: Value): Value {
  const matches = all(interp, pattern, string, flags);
  if (matches instanceof Unknown) return matches;
  return new PyList(matches.map(match => (match.length === 1 ? match[0] : match.length === 2 ? (match[1] ?? '') : new PyTuple(match.slice(1).map(group => group ?? ''))))); // prettier-ignore
}

function substitute(
  interp: Interpreter,
  [pattern = null, by = null, string = null, count = 0, flags = 0]: readonly Value[],
): Value {
  const lost = lostAmong([by, string, count]);
  if (lost !== undefined) return lost;
  const regex = compile(interp, pattern, flags, 'g');
  if (regex instanceof Unknown) return regex;
  let left = Number(count) > 0 ? Number(count) : Infinity;
  return subject(string).replace(regex, (...args: unknown[]) => {
    const whole = String(args[0]);
    if (left-- <= 0) return whole;
    const match = new RegExp(regex.source, regex.flags.replace('g', '')).exec(whole);
    if (typeof by !== 'string')
      return match === null ? whole : subject(call(interp, by, { positional: [new PyMatch(match)] }));
    return by.replace(/\\(\d+|g<(\w+)>)/g, (_, index: string, name?: string) => String((name === undefined ? args[Number(index)] : (match?.groups?.[name] ?? args[Number(name)])) ?? '')); // prettier-ignore
  });
}

function split(interp: Interpreter, [pattern = null, string = null, most = 0, flags = 0]: readonly Value[]): Value {
  if (most instanceof Unknown) return most;
  const matches = all(interp, pattern, string, flags);
  if (matches instanceof Unknown) return matches;
  const whole = subject(string);
  const pieces: Value[] = [];
  let from = 0;
  for (const match of matches.slice(0, Number(most) > 0 ? Number(most) : undefined)) {
    const groups = match.slice(1) as (string | undefined)[];
    pieces.push(whole.slice(from, match.index), ...groups.map(group => group ?? null));
    from = match.index + match[0].length;
  }
  return new PyList([...pieces, whole.slice(from)]);
}

const full = (source: string): string => `^(?:${source})$`;
const start = (source: string): string => `^(?:${source})`;

export function patternNames(): ReadonlyMap<string, Value> {
  installMethods();
  return new Map<string, Value>([
    ...made({
      'compile(pattern, flags=0)': (_, [pattern = null, flags = 0]) =>
        flags instanceof Unknown ? flags : typeof pattern === 'string' ? new PyPattern(pattern, flagText(flags)) : pattern, // prettier-ignore
      'match(pattern, string, flags=0)': (interp, [p = null, s = null, f = 0]) => find(interp, p, s, f, start),
      'fullmatch(pattern, string, flags=0)': (interp, [p = null, s = null, f = 0]) => find(interp, p, s, f, full),
      'search(pattern, string, flags=0)': (interp, [p = null, s = null, f = 0]) => find(interp, p, s, f),
      'findall(pattern, string, flags=0)': (interp, [p = null, s = null, f = 0]) => findAll(interp, p, s, f),
      'finditer(pattern, string, flags=0)': (interp, [p = null, s = null, f = 0]) => iterate(interp, p, s, f),
      'sub(pattern, repl, string, count=0, flags=0)': (interp, args) => substitute(interp, args),
      'split(pattern, string, maxsplit=0, flags=0)': (interp, args) => split(interp, args),
      'escape(pattern)': (_, [s = null]) => lostAmong([s]) ?? subject(s).replace(/[^\w]/g, '\\$&'),
    }).map((func): [string, Value] => [func.name, func]),
    ...Object.entries(FLAGS),
  ]);
}

function iterate(interp: Interpreter, pattern: Value, string: Value, flags: Value): Value {
  const matches = all(interp, pattern, string, flags);
  return matches instanceof Unknown ? matches : fromArray(matches.map(match => new PyMatch(match)));
}

function group(value: Value, key: Value): Value {
  if (key instanceof Unknown) return key;
  if (!(value instanceof PyMatch)) return null;
  return (typeof key === 'string' ? value.match.groups?.[key] : value.match[Number(key)]) ?? null;
}

function installMethods(): void {
  addMethods(patternClass, {
    'match(self, string)': (interp, [p = null, s = null]) => find(interp, p, s, 0, start),
    'fullmatch(self, string)': (interp, [p = null, s = null]) => find(interp, p, s, 0, full),
    'search(self, string)': (interp, [p = null, s = null]) => find(interp, p, s, 0),
    'findall(self, string)': (interp, [p = null, s = null]) => findAll(interp, p, s, 0),
    'finditer(self, string)': (interp, [p = null, s = null]) => iterate(interp, p, s, 0),
    'sub(self, repl, string, count=0)': (interp, args) => substitute(interp, args),
    'split(self, string, maxsplit=0)': (interp, args) => split(interp, args),
  });
  addMethods(matchClass, {
    'group(self, *keys)': (_, [self = null, keys = null]) => {
      const wanted = keys instanceof PyTuple ? keys.items : [];
      if (wanted.length > 1) return new PyTuple(wanted.map(key => group(self, key)));
      return group(self, wanted[0] ?? 0);
    },
    '__getitem__(self, key)': (_, [self = null, key = 0]) => group(self, key),
    'groups(self, default=None)': (_, [self = null, fallback = null]) =>
      new PyTuple(
        self instanceof PyMatch ? self.match.slice(1).map(item => (item as string | undefined) ?? fallback) : [],
      ),
    'groupdict(self)': (_, [self = null]) => {
      const dict = new PyDict();
      if (self instanceof PyMatch)
        for (const [key, item] of Object.entries(self.match.groups ?? {})) dict.set(key, item ?? null);
      return dict;
    },
    'start(self)': (_, [self = null]) => (self instanceof PyMatch ? self.match.index : 0),
    'end(self)': (_, [self = null]) => (self instanceof PyMatch ? self.match.index + self.match[0].length : 0),
    'span(self)': (_, [self = null]) => self instanceof PyMatch ? new PyTuple([self.match.index, self.match.index + self.match[0].length]) : null, // prettier-ignore
  });
}
