/** Binary, unary and augmented operators over all kinds of values. */
import { text } from '../../base/text';
import type { BinaryOperator } from './ast';
import { findSpecial } from './attributes';
import { call } from './calls';
import { percentFormat } from './format';
import type { Interpreter } from './interpreter';
import { itemsOf } from './iteration';
import { arithmetic, isInteger, isNumber } from './numbers';
import { truth, unboxed } from './truth';
import type { Value } from './values';
import {
  classOf,
  complexClass,
  dictClass,
  Native,
  NOT_IMPLEMENTED,
  PyAnything,
  PyBytes,
  PyClass,
  PyDict,
  PyFloat,
  PyList,
  PyObject,
  PySet,
  PyTuple,
  Unknown,
  viewClass,
} from './values';

const METHODS: Readonly<Record<BinaryOperator, string>> = {
  '+': 'add', '-': 'sub', '*': 'mul', '/': 'truediv', '//': 'floordiv', '%': 'mod', '**': 'pow', '@': 'matmul',
  '<<': 'lshift', '>>': 'rshift', '&': 'and', '|': 'or', '^': 'xor',
}; // prettier-ignore

export function binary(interp: Interpreter, operator: BinaryOperator, a: Value, b: Value): Value {
  if (isNumber(a) && isNumber(b)) {
    const result = arithmetic(interp, operator, a, b);
    if (result !== undefined) return result;
  }
  const result = objects(interp, operator, a, b) ?? plain(interp, operator, unboxed(a), unboxed(b));
  if (result !== undefined) return result;
  if (isComplex(a) && (isComplex(b) || isNumber(b))) return a;
  if (isComplex(b) && isNumber(a)) return b;
  return interp.raise('TypeError', `unsupported operand type(s) for ${operator}: '${classOf(a).name}' and '${classOf(b).name}'`); // prettier-ignore
}

/** One stands for all: what they are is not followed. */
const isComplex = (value: Value): boolean => value instanceof PyObject && value.cls === complexClass;

function objects(interp: Interpreter, operator: BinaryOperator, a: Value, b: Value): Value | undefined {
  if (!(a instanceof PyObject) && !(b instanceof PyObject)) return undefined;
  if (a instanceof Unknown) return bothUnknown(a, b);
  if (b instanceof Unknown) return bothUnknown(b, a);
  if (a instanceof Native) {
    const result = a.binary?.(interp, operator, b, false);
    if (result !== undefined) return result;
  }
  const own = ask(interp, `__${METHODS[operator]}__`, a, b);
  if (own !== undefined) return own;
  if (b instanceof Native) {
    const result = b.binary?.(interp, operator, a, true);
    if (result !== undefined) return result;
  }
  return ask(interp, `__r${METHODS[operator]}__`, b, a) ?? typing(a, b);
}

/** With a tensor on the other side the result may be a tensor. */
const bothUnknown = (a: Unknown, b: Value): Unknown =>
  a.data && b instanceof Native ? new Unknown(a.reason, a.code, a.at) : a;

/** `int | None` in an annotation or an isinstance. */
function typing(a: Value, b: Value): Value | undefined {
  if (a instanceof PyAnything) return a;
  if (b instanceof PyAnything) return b;
  const isType = (value: Value): boolean => value instanceof PyClass || value === null;
  return isType(a) && isType(b) && (a !== null || b !== null) ? new PyTuple([a, b]) : undefined;
}

function ask(interp: Interpreter, method: string, a: Value, b: Value): Value | undefined {
  if (!(a instanceof PyObject) || a.cls.module === 'builtins' || a instanceof Native) return undefined;
  const special = findSpecial(interp, a, method);
  if (special === undefined) return undefined;
  const result = call(interp, special, { positional: [b] });
  return result === NOT_IMPLEMENTED ? undefined : result;
}

function plain(interp: Interpreter, operator: BinaryOperator, a: Value, b: Value): Value | undefined {
  switch (operator) {
    case '+':
      return join(interp, a, b);
    case '*':
      return isInteger(b) ? repeat(interp, a, Number(b)) : isInteger(a) ? repeat(interp, b, Number(a)) : both(interp, operator, a, b); // prettier-ignore
    case '%':
      return typeof a === 'string' ? (lostIn(b) ?? percentFormat(interp, a, b)) : both(interp, operator, a, b);
    case '|':
      return a instanceof PyDict && b instanceof PyDict ? merge(a, b) : sets(operator, a, b);
    case '&':
    case '-':
    case '^':
      return sets(operator, a, b) ?? both(interp, operator, a, b);
    default:
      return both(interp, operator, a, b);
  }
}

/** A text with something in it that is not known is not known. */
const lostIn = (value: Value): Value | undefined =>
  value instanceof PyTuple ? value.items.find(item => item instanceof Unknown) : undefined;

/** Subclasses of int and float lose their class in arithmetic. */
const both = (interp: Interpreter, operator: BinaryOperator, a: Value, b: Value): Value | undefined =>
  isNumber(a) && isNumber(b) ? arithmetic(interp, operator, a, b) : undefined;

function join(interp: Interpreter, a: Value, b: Value): Value | undefined {
  if (typeof a === 'string' && typeof b === 'string') return checked(interp, a.length + b.length) ?? a + b;
  if (a instanceof PyList && b instanceof PyList)
    return a.tainted ?? b.tainted ?? checked(interp, a.items.length + b.items.length) ?? new PyList([...a.items, ...b.items]); // prettier-ignore
  if (a instanceof PyTuple && b instanceof PyTuple) return new PyTuple([...a.items, ...b.items]);
  if (a instanceof PyBytes && b instanceof PyBytes) return new PyBytes(a.value + b.value);
  return both(interp, '+', a, b);
}

function repeat(interp: Interpreter, value: Value, times: number): Value | undefined {
  const count = Math.max(0, times);
  if (typeof value === 'string') return checked(interp, value.length * count) ?? value.repeat(count);
  if (isNumber(value)) return arithmetic(interp, '*', value, times);
  if (!(value instanceof PyList || value instanceof PyTuple)) return undefined;
  if (value instanceof PyList && value.tainted !== undefined) return value.tainted;
  const large = checked(interp, value.items.length * count);
  if (large !== undefined) return large;
  const items = Array.from({ length: count }, () => value.items).flat();
  return value instanceof PyList ? new PyList(items) : new PyTuple(items);
}

export function checked(interp: Interpreter, size: number): Unknown | undefined {
  if (size <= interp.limits.size) return undefined;
  return interp.unknown('too-large', text('a collection of {0} elements is too large', size));
}

function merge(a: PyDict, b: PyDict): Value {
  const merged = new PyDict(a.cls === dictClass ? dictClass : a.cls);
  for (const source of [a, b]) for (const [key, value] of source.entries()) merged.set(key, value);
  return a.tainted ?? b.tainted ?? merged;
}

/** Views of dicts are sets too, where operators meet them. */
function setOf(value: Value): Value {
  if (!(value instanceof PyList) || value.cls !== viewClass) return value;
  return value.tainted ?? new PySet(value.items);
}

function sets(operator: '|' | '&' | '-' | '^', left: Value, right: Value): Value | undefined {
  return sameSets(operator, setOf(left), setOf(right));
}

function sameSets(operator: '|' | '&' | '-' | '^', a: Value, b: Value): Value | undefined {
  if (a instanceof Unknown || b instanceof Unknown) return a instanceof Unknown ? a : b;
  if (!(a instanceof PySet)) return undefined;
  if (!(b instanceof PySet)) return undefined;
  if (a.tainted ?? b.tainted) return a.tainted ?? b.tainted;
  const [left, right] = [[...a.members], [...b.members]];
  const kept =
    operator === '|' ? [...left, ...right]
    : operator === '&' ? left.filter(([key]) => b.members.has(key))
    : operator === '-' ? left.filter(([key]) => !b.members.has(key))
    : [...left.filter(([key]) => !b.members.has(key)), ...right.filter(([key]) => !a.members.has(key))]; // prettier-ignore
  return new PySet(kept.map(([, item]) => item), a.cls); // prettier-ignore
}

/** `a += b`: lists, sets and dicts change in place; so do tensors, and classes with `__iadd__`. */
export function augmented(interp: Interpreter, operator: BinaryOperator, a: Value, b: Value): Value {
  if (a instanceof PyList && operator === '+') return extend(interp, a, b);
  if (a instanceof Native) {
    if (b instanceof Unknown) return bothUnknown(b, a);
    const result = a.augmented?.(interp, operator, b);
    if (result !== undefined) return result;
  }
  if (a instanceof PySet && operator === '|' && b instanceof PySet) {
    for (const item of b.members.values()) a.add(item);
    return a;
  }
  if (a instanceof PyDict && operator === '|' && b instanceof PyDict) {
    for (const [key, value] of b.entries()) a.set(key, value);
    return a;
  }
  return ask(interp, `__i${METHODS[operator]}__`, a, b) ?? binary(interp, operator, a, b);
}

function extend(interp: Interpreter, list: PyList, more: Value): Value {
  const items = itemsOf(interp, more);
  if (items instanceof Unknown) {
    list.tainted ??= items;
    return list;
  }
  const large = checked(interp, list.items.length + items.length);
  if (large !== undefined) list.tainted ??= large;
  else for (const item of items) list.items.push(item);
  return list;
}

const UNARY = { '-': '__neg__', '+': '__pos__', '~': '__invert__' } as const;

export function unary(interp: Interpreter, operator: '-' | '+' | '~' | 'not', operand: Value): Value {
  if (operator === 'not') {
    const answer = truth(interp, operand);
    return answer instanceof Unknown ? answer : !answer;
  }
  if (operand instanceof Unknown || operand instanceof PyAnything) return operand;
  const value = unboxed(operand);
  if (value instanceof PyFloat && operator !== '~') return operator === '-' ? new PyFloat(-value.value) : value;
  if (isInteger(value)) {
    const result = operator === '~' ? arithmetic(interp, '-', -1, value) : arithmetic(interp, operator, 0, value);
    if (result !== undefined) return result;
  }
  if (operand instanceof Native) {
    const result = operand.unary?.(interp, operator);
    if (result !== undefined) return result;
  }
  if (isComplex(operand) && operator !== '~') return operand;
  const own = operand instanceof PyObject ? findSpecial(interp, operand, UNARY[operator]) : undefined;
  if (own !== undefined) return call(interp, own, { positional: [] });
  return interp.raise('TypeError', `bad operand type for unary ${operator}: '${classOf(operand).name}'`);
}
