/** Arithmetic on Python's numbers: exact integers of any size, floats, bools as integers. */
import type { BinaryOperator } from './ast';
import type { Interpreter } from './interpreter';
import { text } from '../../base/text';
import { raised } from './power';
import type { Value } from './values';
import { PyFloat } from './values';

export type PyNumber = number | bigint | boolean | PyFloat;

export const isNumber = (value: Value): value is PyNumber =>
  typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean' || value instanceof PyFloat;

export const isInteger = (value: Value): value is number | bigint | boolean =>
  typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean';

export const toDouble = (value: PyNumber): number => (value instanceof PyFloat ? value.value : Number(value));

export const integer = (value: bigint): number | bigint =>
  value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;

/** Negative, zero or positive; undefined where one is not a number (NaN). */
export function compareNumbers(a: PyNumber, b: PyNumber): number | undefined {
  if (typeof a === 'bigint' || typeof b === 'bigint') {
    if (a instanceof PyFloat || b instanceof PyFloat) return sign(toDouble(a) - toDouble(b));
    const difference = BigInt(a) - BigInt(b);
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  }
  const [x, y] = [toDouble(a), toDouble(b)];
  return x === y ? 0 : sign(x - y);
}

const sign = (value: number): number | undefined => (Number.isNaN(value) ? undefined : Math.sign(value));

/** Undefined for operators that numbers do not have (`@`). */
export function arithmetic(interp: Interpreter, operator: BinaryOperator, a: PyNumber, b: PyNumber): Value | undefined {
  if (operator === '/') return divide(interp, toDouble(a), toDouble(b));
  if (a instanceof PyFloat || b instanceof PyFloat) return floating(interp, operator, toDouble(a), toDouble(b));
  if (typeof a === 'boolean' && typeof b === 'boolean' && (operator === '&' || operator === '|' || operator === '^'))
    return operator === '&' ? a && b : operator === '|' ? a || b : a !== b;
  if (typeof a === 'bigint' || typeof b === 'bigint') return large(interp, operator, BigInt(a), BigInt(b));
  return whole(interp, operator, Number(a), Number(b));
}

function divide(interp: Interpreter, a: number, b: number): PyFloat {
  if (b === 0) interp.raise('ZeroDivisionError', 'division by zero');
  return new PyFloat(a / b);
}

function floating(interp: Interpreter, operator: BinaryOperator, a: number, b: number): Value | undefined {
  if (b === 0 && (operator === '//' || operator === '%')) interp.raise('ZeroDivisionError', 'float modulo');
  switch (operator) {
    case '+':
      return new PyFloat(a + b);
    case '-':
      return new PyFloat(a - b);
    case '*':
      return new PyFloat(a * b);
    case '//':
      return new PyFloat(floatQuotient(a, b));
    case '%':
      return new PyFloat(floatRest(a, b));
    case '**':
      return floatPower(interp, a, b);
    default:
      return undefined;
  }
}

/** The exact remainder, with the sign of the divisor: 5.0 % 0.1 is just below 0.1, since 0.1 is a little more. */
export function floatRest(a: number, b: number): number {
  const rest = a % b;
  if (rest === 0) return b < 0 ? -0 : 0;
  return rest < 0 !== b < 0 ? rest + b : rest;
}

/** By the exact remainder: 1.0 // 0.1 is 9.0, although 1 / 0.1 rounds to 10. */
export function floatQuotient(a: number, b: number): number {
  const rest = a % b;
  const quotient = (a - rest) / b - (rest !== 0 && rest < 0 !== b < 0 ? 1 : 0);
  return Number.isFinite(quotient) ? Math.round(quotient) : quotient;
}

function floatPower(interp: Interpreter, a: number, b: number): Value {
  if (a === 0 && b < 0) interp.raise('ZeroDivisionError', '0.0 cannot be raised to a negative power');
  if (a < 0 && Number.isFinite(a) && Number.isFinite(b) && !Number.isInteger(b))
    return interp.unknown('unknown-value', text('"{0}" is not modelled', 'complex'), undefined, true);
  const value = raised(a, b);
  if (Math.abs(value) === Infinity && Number.isFinite(a) && Number.isFinite(b))
    interp.raise('OverflowError', 'Numerical result out of range');
  return new PyFloat(value);
}

function whole(interp: Interpreter, operator: BinaryOperator, a: number, b: number): Value | undefined {
  switch (operator) {
    case '+':
      return safe(a + b, () => BigInt(a) + BigInt(b));
    case '-':
      return safe(a - b, () => BigInt(a) - BigInt(b));
    case '*':
      return safe(a * b, () => BigInt(a) * BigInt(b));
    case '//':
      if (b === 0) interp.raise('ZeroDivisionError', 'integer division or modulo by zero');
      return safe(Math.floor(a / b), () => large(interp, operator, BigInt(a), BigInt(b)) as bigint);
    case '%': {
      if (b === 0) interp.raise('ZeroDivisionError', 'integer division or modulo by zero');
      const rest = a % b;
      return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest + 0;
    }
    case '**':
      return power(interp, a, b);
    case '<<':
      return b < 0 || b > 4096 ? tooLarge(interp) : integer(BigInt(a) << BigInt(b));
    case '>>':
      return integer(BigInt(a) >> BigInt(b));
    case '&':
      return integer(BigInt(a) & BigInt(b));
    case '|':
      return integer(BigInt(a) | BigInt(b));
    case '^':
      return integer(BigInt(a) ^ BigInt(b));
    default:
      return undefined;
  }
}

/** −0 is not an integer. */
const safe = (value: number, exact: () => bigint): number | bigint =>
  Number.isSafeInteger(value) ? value + 0 : integer(exact());

function power(interp: Interpreter, a: number, b: number): Value {
  if (b < 0) {
    if (a === 0) interp.raise('ZeroDivisionError', '0.0 cannot be raised to a negative power');
    return new PyFloat(raised(a, b));
  }
  const value = a ** b;
  if (Number.isSafeInteger(value)) return value;
  return b * Math.log2(Math.abs(a)) > 8192 ? tooLarge(interp) : BigInt(a) ** BigInt(b);
}

const tooLarge = (interp: Interpreter): Value => interp.unknown('too-large', text('the number is too large to count exactly')); // prettier-ignore

function large(interp: Interpreter, operator: BinaryOperator, a: bigint, b: bigint): Value | undefined {
  if (b === 0n && (operator === '//' || operator === '%'))
    interp.raise('ZeroDivisionError', 'integer division or modulo by zero');
  switch (operator) {
    case '+':
      return integer(a + b);
    case '-':
      return integer(a - b);
    case '*':
      return bits(a) + bits(b) > 65_536 ? tooLarge(interp) : integer(a * b);
    case '//':
      return integer(floorDivide(a, b));
    case '%':
      return integer(a - b * floorDivide(a, b));
    case '**':
      return b < 0n || b > 4096n || bits(a) * Number(b) > 65_536 ? tooLarge(interp) : integer(a ** b);
    case '<<':
      return b > 4096n ? tooLarge(interp) : integer(a << b);
    case '>>':
      return integer(a >> b);
    case '&':
      return integer(a & b);
    case '|':
      return integer(a | b);
    case '^':
      return integer(a ^ b);
    default:
      return undefined;
  }
}

const bits = (value: bigint): number => value.toString(16).length * 4;

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}
