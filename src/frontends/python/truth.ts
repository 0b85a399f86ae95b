/** Truth, identity, equality, order, membership. An answer may be unknown. */
import { text } from '../../base/text';
import type { CompareOperator } from './ast';
import { findOwnSpecial } from './attributes';
import { call } from './calls';
import type { Interpreter } from './interpreter';
import { iterateOver } from './iteration';
import { compareNumbers, isNumber } from './numbers';
import type { Value } from './values';
import {
  classOf,
  Native,
  NOT_IMPLEMENTED,
  PyAnything,
  PyBoxed,
  PyBytes,
  PyClass,
  PyDict,
  PyFloat,
  PyList,
  PyMethod,
  PyObject,
  PyRange,
  PySet,
  PySlice,
  PyTuple,
  Unknown,
} from './values';

export function truth(interp: Interpreter, value: Value): boolean | Unknown {
  // A Python value is none of the other types.
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check
  switch (typeof value) {
    case 'boolean':
      return value;
    case 'number':
      return value !== 0;
    case 'bigint':
      return value !== 0n;
    case 'string':
      return value !== '';
    case 'object':
      return value !== null && objectTruth(interp, value);
  }
}

function objectTruth(interp: Interpreter, value: PyObject): boolean | Unknown {
  if (value instanceof Unknown) return value;
  if (value instanceof PyFloat) return value.value !== 0;
  const own = findOwnSpecial(interp, value, '__bool__') ?? findOwnSpecial(interp, value, '__len__');
  if (own !== undefined) return truth(interp, call(interp, own, { positional: [] }));
  if (value instanceof PyList) return value.tainted ?? value.items.length > 0;
  if (value instanceof PyTuple) return value.items.length > 0;
  if (value instanceof PyDict) return value.tainted ?? value.values.size > 0;
  if (value instanceof PySet) return value.tainted ?? value.members.size > 0;
  if (value instanceof PyRange) return value.length > 0;
  if (value instanceof PyBoxed || value instanceof PyBytes) return Boolean(value.value);
  if (value instanceof Native) return value.truth?.(interp) ?? true;
  return true;
}

/** `a is b` */
export function isSame(a: Value, b: Value): boolean | Unknown {
  if (a instanceof Unknown) return a;
  if (b instanceof Unknown) return b;
  if (a instanceof PyMethod && b instanceof PyMethod) return false;
  return a === b;
}

export function compare(interp: Interpreter, operator: CompareOperator, a: Value, b: Value): Value {
  switch (operator) {
    case 'is':
      return isSame(a, b);
    case 'is not':
      return not(isSame(a, b));
    case 'in':
      return contains(interp, b, a);
    case 'not in': {
      const inside = contains(interp, b, a);
      return inside instanceof PyObject && !(inside instanceof Unknown) ? inside : not(inside as boolean | Unknown);
    }
    case '==':
      return equals(interp, a, b);
    case '!=':
      return differs(interp, a, b);
    default:
      return order(interp, operator, a, b);
  }
}

const not = (answer: boolean | Unknown): boolean | Unknown => (answer instanceof Unknown ? answer : !answer);

/** As `==` gives it: tensors answer with a tensor. */
export function equals(interp: Interpreter, a: Value, b: Value): Value {
  if (a === b && !(a instanceof PyObject)) return true;
  const special = throughObjects(interp, '==', '__eq__', '__eq__', a, b);
  return special ?? plainEquals(interp, a, b);
}

function differs(interp: Interpreter, a: Value, b: Value): Value {
  const special = throughObjects(interp, '!=', '__ne__', '__ne__', a, b);
  if (special !== undefined) return special;
  const same = equals(interp, a, b);
  if (same instanceof Native) return same;
  const answer = truth(interp, same);
  return not(answer);
}

/** Tensors and classes of Python text that define the comparison. */
function throughObjects(
  interp: Interpreter,
  operator: CompareOperator,
  method: string,
  reflected: string,
  a: Value,
  b: Value,
): Value | undefined {
  if (!(a instanceof PyObject) && !(b instanceof PyObject)) return undefined;
  if (a instanceof Unknown) return a;
  if (b instanceof Unknown) return b;
  if (a instanceof Native) {
    const answer = a.compare?.(interp, operator, b, false);
    if (answer !== undefined) return answer;
  }
  if (b instanceof Native) {
    const answer = b.compare?.(interp, operator, a, true);
    if (answer !== undefined) return answer;
  }
  return ask(interp, method, a, b) ?? ask(interp, reflected, b, a);
}

function ask(interp: Interpreter, method: string, a: Value, b: Value): Value | undefined {
  const special = findOwnSpecial(interp, a, method);
  if (special === undefined) return undefined;
  const answer = call(interp, special, { positional: [b] });
  return answer === NOT_IMPLEMENTED ? undefined : answer;
}

function plainEquals(interp: Interpreter, a: Value, b: Value): boolean | Unknown {
  const [x, y] = [unboxed(a), unboxed(b)];
  if (isNumber(x) && isNumber(y)) return compareNumbers(x, y) === 0;
  if (x === y) return true;
  if (x instanceof PyAnything || y instanceof PyAnything) return unclear(interp);
  if (x instanceof PyTuple && y instanceof PyTuple) return sequenceEquals(interp, x.items, y.items);
  if (x instanceof PyList && y instanceof PyList) return x.tainted ?? y.tainted ?? sequenceEquals(interp, x.items, y.items); // prettier-ignore
  if (x instanceof PyDict && y instanceof PyDict) return dictEquals(interp, x, y);
  if (x instanceof PySet && y instanceof PySet)
    return x.members.size === y.members.size && [...x.members.keys()].every(key => y.members.has(key));
  if (x instanceof PyRange && y instanceof PyRange)
    return x.length === y.length && (x.length === 0 || (x.start === y.start && (x.length === 1 || x.step === y.step)));
  if (x instanceof PyBytes && y instanceof PyBytes) return x.value === y.value;
  if (x instanceof PySlice && y instanceof PySlice)
    return sequenceEquals(interp, [x.lower, x.upper, x.step], [y.lower, y.upper, y.step]);
  return false;
}

const unclear = (interp: Interpreter): Unknown =>
  interp.unknown('unknown-value', text('the comparison is between values that are not known'), undefined, true);

export const unboxed = (value: Value): Value => (value instanceof PyBoxed ? value.value : value);

function sequenceEquals(interp: Interpreter, a: readonly Value[], b: readonly Value[]): boolean | Unknown {
  if (a.length !== b.length) return false;
  let lost: Unknown | undefined;
  for (const [index, item] of a.entries()) {
    const same = truth(interp, equals(interp, item, b[index] ?? null));
    if (same === false) return false;
    if (same instanceof Unknown) lost ??= same;
  }
  return lost ?? true;
}

function dictEquals(interp: Interpreter, a: PyDict, b: PyDict): boolean | Unknown {
  if (a.tainted !== undefined || b.tainted !== undefined) return a.tainted ?? b.tainted ?? false;
  if (a.values.size !== b.values.size) return false;
  for (const [key, value] of a.values) {
    const other = b.values.get(key);
    if (other === undefined) return false;
    const same = truth(interp, equals(interp, value, other));
    if (same !== true) return same;
  }
  return true;
}

const ORDER: Readonly<Record<'<' | '>' | '<=' | '>=', readonly [string, string]>> = {
  '<': ['__lt__', '__gt__'],
  '>': ['__gt__', '__lt__'],
  '<=': ['__le__', '__ge__'],
  '>=': ['__ge__', '__le__'],
};

function order(interp: Interpreter, operator: '<' | '>' | '<=' | '>=', a: Value, b: Value): Value {
  if (typeof a === 'number' && typeof b === 'number') return holds(operator, a - b);
  const [method, reflected] = ORDER[operator];
  const special = throughObjects(interp, operator, method, reflected, a, b);
  if (special !== undefined) return special;
  const [x, y] = [unboxed(a), unboxed(b)];
  if (isNumber(x) && isNumber(y)) {
    const difference = compareNumbers(x, y);
    return difference !== undefined && holds(operator, difference);
  }
  if (typeof x === 'string' && typeof y === 'string') return holds(operator, x < y ? -1 : x > y ? 1 : 0);
  if (x instanceof PySet && y instanceof PySet) return subset(operator, x, y);
  const [left, right] = [sequenceItems(x), sequenceItems(y)];
  if (left !== undefined && right !== undefined && x instanceof PyTuple === y instanceof PyTuple)
    return sequenceOrder(interp, operator, left, right);
  return interp.raise('TypeError', `'${operator}' not supported between instances of '${classOf(a).name}' and '${classOf(b).name}'`); // prettier-ignore
}

const sequenceItems = (value: Value): readonly Value[] | undefined =>
  value instanceof PyTuple || value instanceof PyList ? value.items : undefined;

function sequenceOrder(
  interp: Interpreter,
  operator: '<' | '>' | '<=' | '>=',
  a: readonly Value[],
  b: readonly Value[],
): Value {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const [x = null, y = null] = [a[index], b[index]];
    const same = truth(interp, equals(interp, x, y));
    if (same instanceof Unknown) return same;
    if (!same) return order(interp, operator, x, y);
  }
  return holds(operator, a.length - b.length);
}

function subset(operator: '<' | '>' | '<=' | '>=', a: PySet, b: PySet): boolean {
  const [small, large] = operator.startsWith('<') ? [a, b] : [b, a];
  const inside = [...small.members.keys()].every(key => large.members.has(key));
  return inside && (operator.length === 2 || small.members.size < large.members.size);
}

const holds = (operator: '<' | '>' | '<=' | '>=', difference: number): boolean =>
  operator === '<' ? difference < 0 : operator === '>' ? difference > 0 : operator === '<=' ? difference <= 0 : difference >= 0; // prettier-ignore

/** `item in container` */
export function contains(interp: Interpreter, container: Value, item: Value): Value {
  if (container instanceof Unknown) return container;
  if (typeof container === 'string' && typeof unboxed(item) === 'string')
    return container.includes(unboxed(item) as string);
  const own = findOwnSpecial(interp, container, '__contains__');
  if (own !== undefined) {
    const answer = call(interp, own, { positional: [item] });
    return truth(interp, answer);
  }
  if (container instanceof PyClass) return inClass(interp, container, item);
  if (container instanceof PyDict) return container.tainted ?? hashed(item, () => container.get(item) !== undefined);
  if (container instanceof PySet) return container.tainted ?? hashed(item, () => container.has(item));
  let found = false;
  let unclearItem: Unknown | undefined;
  const lost = iterateOver(interp, container, candidate => {
    const same = candidate === item ? true : truth(interp, equals(interp, candidate, item));
    if (same instanceof Unknown) unclearItem ??= same;
    else if (same) found = true;
    return !found;
  });
  return found ? true : (lost ?? unclearItem ?? false);
}

const hashed = (item: Value, look: () => boolean): boolean | Unknown => (item instanceof Unknown ? item : look());

function inClass(interp: Interpreter, container: PyClass, item: Value): Value {
  const method = container.cls.lookup('__contains__');
  if (method !== undefined) return truth(interp, call(interp, method, { positional: [container, item] }));
  let found = false;
  const lost = iterateOver(interp, container, candidate => void (found ||= candidate === item));
  return lost ?? found;
}
