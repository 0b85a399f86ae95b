/** The `match` statement. */
import { text } from '../../base/text';
import type { Match, Pattern } from './ast';
import { findAttribute } from './attributes';
import { evaluate } from './expressions';
import type { Frame, Interpreter } from './interpreter';
import { bindName } from './names';
import { spoil } from './spoil';
import type { Completion } from './statements';
import { execute, NORMAL } from './statements';
import { equals, truth } from './truth';
import type { Value } from './values';
import { classOf, PyClass, PyDict, PyList, PyTuple, Unknown } from './values';

export function executeMatch(interp: Interpreter, statement: Match, frame: Frame): Completion {
  const subject = evaluate(interp, statement.subject, frame);
  for (const { pattern, guard, body } of statement.cases) {
    const bound = new Map<string, Value>();
    let matched = matches(interp, pattern, subject, frame, bound);
    if (matched === true) {
      for (const [name, value] of bound) bindName(name, value, frame);
      if (guard !== undefined) matched = truth(interp, evaluate(interp, guard, frame));
    }
    if (matched instanceof Unknown) {
      frame.at = statement.subject;
      interp.gap('unknown-branch', text('which case matches is not known'), matched.at);
      return spoil(interp, statement.cases.flatMap(item => item.body), frame, matched); // prettier-ignore
    }
    if (matched) return execute(interp, body, frame);
  }
  return NORMAL;
}

function matches(
  interp: Interpreter,
  pattern: Pattern,
  subject: Value,
  frame: Frame,
  bound: Map<string, Value>,
): boolean | Unknown {
  switch (pattern.kind) {
    case 'capture':
      if (pattern.name !== '_') bound.set(pattern.name, subject);
      return true;
    case 'value':
      return truth(interp, equals(interp, subject, evaluate(interp, pattern.value, frame)));
    case 'or':
      return anyOf(pattern.options.map(option => () => matches(interp, option, subject, frame, bound)));
    case 'as': {
      const inner = matches(interp, pattern.pattern, subject, frame, bound);
      if (inner === true) bound.set(pattern.name, subject);
      return inner;
    }
    case 'sequence':
      return matchesSequence(interp, pattern.items, subject, frame, bound);
    case 'mapping':
      return matchesMapping(interp, pattern, subject, frame, bound);
    case 'instance':
      return matchesInstance(interp, pattern, subject, frame, bound);
    case 'star':
    case 'unreadable':
      return interp.unknown('unsupported-syntax', text('this pattern is not modelled'));
  }
}

function anyOf(tests: readonly (() => boolean | Unknown)[]): boolean | Unknown {
  for (const test of tests) {
    const answer = test();
    if (answer !== false) return answer;
  }
  return false;
}

function allOf(tests: readonly (() => boolean | Unknown)[]): boolean | Unknown {
  for (const test of tests) {
    const answer = test();
    if (answer !== true) return answer;
  }
  return true;
}

function matchesSequence(
  interp: Interpreter,
  items: readonly Pattern[],
  subject: Value,
  frame: Frame,
  bound: Map<string, Value>,
): boolean | Unknown {
  if (subject instanceof Unknown) return subject;
  if (!(subject instanceof PyList || subject instanceof PyTuple)) return false;
  if (subject instanceof PyList && subject.tainted !== undefined) return subject.tainted;
  const values = subject.items;
  const star = items.findIndex(({ kind }) => kind === 'star');
  const extra = values.length - items.length;
  if (star < 0 ? extra !== 0 : extra < -1) return false;
  return allOf(
    items.map((item, place) => () => {
      if (item.kind !== 'star') {
        const value = values[star >= 0 && place > star ? place + extra : place] ?? null;
        return matches(interp, item, value, frame, bound);
      }
      if (item.name !== '_') bound.set(item.name, new PyList(values.slice(star, star + extra + 1)));
      return true;
    }),
  );
}

function matchesMapping(
  interp: Interpreter,
  pattern: Pattern & { kind: 'mapping' },
  subject: Value,
  frame: Frame,
  bound: Map<string, Value>,
): boolean | Unknown {
  if (subject instanceof Unknown) return subject;
  if (!(subject instanceof PyDict)) return false;
  if (subject.tainted !== undefined) return subject.tainted;
  const rest = new Map(subject.entries());
  const found = allOf(
    pattern.entries.map(({ key, pattern: inner }) => () => {
      const place = evaluate(interp, key, frame);
      const value = subject.get(place);
      rest.delete(place);
      return value !== undefined && matches(interp, inner, value, frame, bound);
    }),
  );
  if (found !== true || pattern.rest === undefined) return found;
  const remaining = new PyDict();
  for (const [key, value] of rest) remaining.set(key, value);
  bound.set(pattern.rest, remaining);
  return true;
}

function matchesInstance(
  interp: Interpreter,
  pattern: Pattern & { kind: 'instance' },
  subject: Value,
  frame: Frame,
  bound: Map<string, Value>,
): boolean | Unknown {
  const cls = evaluate(interp, pattern.type, frame);
  if (subject instanceof Unknown || cls instanceof Unknown) return subject instanceof Unknown ? subject : (cls as Unknown); // prettier-ignore
  if (!(cls instanceof PyClass) || !classOf(subject).isSubclassOf(cls)) return false;
  const names = cls.lookup('__match_args__');
  const positional = names instanceof PyTuple ? names.items : undefined;
  if (pattern.items.length > 0 && positional === undefined)
    return pattern.items.length === 1 && cls.module === 'builtins'
      ? matches(interp, pattern.items[0] ?? { kind: 'unreadable' }, subject, frame, bound)
      : interp.unknown('unsupported-syntax', text('this pattern is not modelled'));
  const parts = [
    ...pattern.items.map((inner, place) => ({ name: String(positional?.[place]), pattern: inner })),
    ...pattern.named,
  ];
  return allOf(
    parts.map(({ name, pattern: inner }) => () => {
      const value = findAttribute(interp, subject, name);
      return value !== undefined && matches(interp, inner, value, frame, bound);
    }),
  );
}
