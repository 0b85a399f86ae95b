/** `math`. */
import { text } from '../../../base/text';
import type { Interpreter } from '../interpreter';
import { toFloat, toInt } from '../builtins/numbers';
import { toInteger } from '../builtins/functions';
import { knowing, made } from '../builtins/types';
import { findSpecial } from '../attributes';
import { call } from '../calls';
import { integer, isInteger } from '../numbers';
import { itemsOf } from '../iteration';
import { binary } from '../operators';
import { unboxed } from '../truth';
import type { Value } from '../values';
import { PyFloat, PyObject, PyTuple, Unknown } from '../values';

/** Of one number; `domain` is where PyTorch's and Python's answer is an error. */
const real =
  (compute: (x: number) => number, allowed: (x: number) => boolean = () => true) =>
  (interp: Interpreter, [x = null]: readonly Value[]): Value => {
    const value = toFloat(interp, x);
    if (!(value instanceof PyFloat)) return value;
    if (!allowed(value.value)) return interp.raise('ValueError', 'math domain error');
    return new PyFloat(compute(value.value));
  };

const whole =
  (method: string, compute: (x: number) => number) =>
  (interp: Interpreter, [x = null]: readonly Value[]): Value => {
    const plain = unboxed(x);
    if (isInteger(plain)) return typeof plain === 'boolean' ? Number(plain) : plain;
    const own =
      plain instanceof PyObject && !(plain instanceof PyFloat) ? findSpecial(interp, plain, method) : undefined;
    if (own !== undefined) return call(interp, own, { positional: [] });
    const value = toFloat(interp, x);
    if (!(value instanceof PyFloat)) return value;
    if (!Number.isFinite(value.value)) return interp.raise('OverflowError', 'cannot convert float infinity to integer');
    return toInteger(compute(value.value));
  };

const positive = (x: number): boolean => x > 0;

const two =
  (compute: (x: number, y: number) => number) =>
  (interp: Interpreter, [x = null, y = null]: readonly Value[]): Value => {
    const [a, b] = [toFloat(interp, x), toFloat(interp, y)];
    return a instanceof PyFloat && b instanceof PyFloat ? new PyFloat(compute(a.value, b.value)) : a instanceof PyFloat ? b : a; // prettier-ignore
  };

const power = (interp: Interpreter, x: Value, y: Value): Value => {
  const [a, b] = [toFloat(interp, x), toFloat(interp, y)];
  return a instanceof Unknown ? a : b instanceof Unknown ? b : binary(interp, '**', a, b);
};

const predicate =
  (test: (x: number) => boolean) =>
  (interp: Interpreter, [x = null]: readonly Value[]): Value => {
    const value = toFloat(interp, x);
    return value instanceof PyFloat ? test(value.value) : value;
  };

export function mathNames(): ReadonlyMap<string, Value> {
  const functions = made(
    knowing({
      'sqrt(x)': real(Math.sqrt, x => x >= 0),
      'exp(x)': real(Math.exp),
      'expm1(x)': real(Math.expm1),
      'log2(x)': real(Math.log2, positive),
      'log10(x)': real(Math.log10, positive),
      'log1p(x)': real(Math.log1p, x => x > -1),
      'sin(x)': real(Math.sin),
      'cos(x)': real(Math.cos),
      'tan(x)': real(Math.tan),
      'asin(x)': real(Math.asin),
      'acos(x)': real(Math.acos),
      'atan(x)': real(Math.atan),
      'sinh(x)': real(Math.sinh),
      'cosh(x)': real(Math.cosh),
      'tanh(x)': real(Math.tanh),
      'fabs(x)': real(Math.abs),
      'radians(x)': real(x => (x * Math.PI) / 180),
      'degrees(x)': real(x => (x * 180) / Math.PI),
      'erf(x)': real(erf),
      'floor(x)': whole('__floor__', Math.floor),
      'ceil(x)': whole('__ceil__', Math.ceil),
      'trunc(x)': whole('__trunc__', Math.trunc),
      'pow(x, y)': (interp, [x = null, y = null]) => power(interp, x, y),
      'atan2(x, y)': two(Math.atan2),
      'fmod(x, y)': two((x, y) => x % y),
      'copysign(x, y)': two((x, y) => Math.abs(x) * (y < 0 || Object.is(y, -0) ? -1 : 1)),
      'hypot(x, y)': two(Math.hypot),
      'log(x, base=None)': (interp, [x = null, base = null]) => logarithm(interp, x, base),
      'isnan(x)': predicate(Number.isNaN),
      'isinf(x)': predicate(x => Math.abs(x) === Infinity),
      'isfinite(x)': predicate(Number.isFinite),
      'isclose(a, b, *, rel_tol=None, abs_tol=None)': (interp, args) => isClose(interp, args),
      'prod(iterable, *, start=1)': (interp, [iterable = null, start = 1]) => product(interp, iterable, start),
      'fsum(iterable)': (interp, [iterable = null]) => {
        const items = itemsOf(interp, iterable);
        return items instanceof Unknown ? items : items.reduce((a, b) => binary(interp, '+', a, b), new PyFloat(0));
      },
      'gcd(*args)': (interp, [args = null]) => reduceIntegers(interp, args, 0n, gcd),
      'lcm(*args)': (interp, [args = null]) => reduceIntegers(interp, args, 1n, (a, b) => (a === 0n || b === 0n ? 0n : (a * b) / gcd(a, b))), // prettier-ignore
      'factorial(n)': (interp, [n = null]) => (natural(n) ? factorial(interp, n) : notWhole(interp)),
      'comb(n, k)': (interp, [n = null, k = null]) => (natural(n) && natural(k) ? integer(combinations(BigInt(n), BigInt(k))) : notWhole(interp)), // prettier-ignore
      'isqrt(n)': (interp, [n = null]) => (natural(n) ? Math.floor(Math.sqrt(n)) : notWhole(interp)),
      'modf(x)': (interp, [x = null]) => {
        const value = toFloat(interp, x);
        return value instanceof PyFloat ? new PyTuple([new PyFloat(value.value % 1), new PyFloat(Math.trunc(value.value))]) : value; // prettier-ignore
      },
    }),
  );
  return new Map<string, Value>([
    ...functions.map((func): [string, Value] => [func.name, func]),
    ['pi', new PyFloat(Math.PI)],
    ['e', new PyFloat(Math.E)],
    ['tau', new PyFloat(2 * Math.PI)],
    ['inf', new PyFloat(Infinity)],
    ['nan', new PyFloat(Number.NaN)],
  ]);
}

function isClose(interp: Interpreter, args: readonly Value[]): Value {
  const [a = null, b = null, relative = null, absolute = null] = args;
  const numbers = [a, b, relative ?? new PyFloat(1e-9), absolute ?? 0].map(value => toFloat(interp, value));
  const [x = 0, y = 0, share = 0, least = 0] = numbers.map(value => (value instanceof PyFloat ? value.value : 0));
  const lost = numbers.find(value => !(value instanceof PyFloat));
  if (lost !== undefined) return lost;
  return x === y || Math.abs(x - y) <= Math.max(share * Math.max(Math.abs(x), Math.abs(y)), least);
}

function logarithm(interp: Interpreter, x: Value, base: Value): Value {
  const value = toFloat(interp, x);
  const radix = base === null ? new PyFloat(Math.E) : toFloat(interp, base);
  if (!(value instanceof PyFloat)) return value;
  if (!(radix instanceof PyFloat)) return radix;
  if (value.value <= 0 || radix.value <= 0) return interp.raise('ValueError', 'math domain error');
  // log2 and log10 are exact for powers of their bases, as Python's quotient nearly always is.
  const result = base === null ? Math.log(value.value) : Math.log(value.value) / Math.log(radix.value);
  return new PyFloat(result);
}

export function product(interp: Interpreter, iterable: Value, start: Value): Value {
  const items = itemsOf(interp, iterable);
  return items instanceof Unknown ? items : items.reduce((a, b) => binary(interp, '*', a, b), start);
}

function reduceIntegers(
  interp: Interpreter,
  args: Value,
  start: bigint,
  combine: (a: bigint, b: bigint) => bigint,
): Value {
  let total = start;
  for (const item of args instanceof PyTuple ? args.items : []) {
    const value = toInt(interp, item, null);
    if (!isInteger(value)) return value;
    total = combine(total, BigInt(value));
  }
  return integer(total < 0n ? -total : total);
}

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

function combinations(n: bigint, k: bigint): bigint {
  if (k < 0n || k > n) return 0n;
  let value = 1n;
  for (let i = 1n; i <= k; i++) value = (value * (n - k + i)) / i;
  return value;
}

/** Abramowitz and Stegun 7.1.26 is too coarse; a series and a continued fraction serve. */
function erf(x: number): number {
  const magnitude = Math.abs(x);
  if (magnitude > 6) return Math.sign(x);
  let term = magnitude;
  let total = magnitude;
  for (let n = 1; n < 200; n++) {
    term *= (-magnitude * magnitude) / n;
    total += term / (2 * n + 1);
  }
  return (Math.sign(x) * 2 * total) / Math.sqrt(Math.PI);
}

/** Larger ones are no sizes. */
const MOST_NATURAL = 1000;

const natural = (value: Value): value is number => typeof value === 'number' && value >= 0;

const notWhole = (interp: Interpreter): Value =>
  interp.raise('ValueError', 'a whole number that is not negative is expected');

function factorial(interp: Interpreter, count: number): Value {
  if (count > MOST_NATURAL)
    return interp.unknown('unknown-value', text('more than {0} is not computed', MOST_NATURAL), undefined, true);
  let value = 1n;
  for (let k = 2n; k <= BigInt(count); k++) value *= k;
  return integer(value);
}
