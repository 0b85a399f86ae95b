/** `int`, `float`, `bool`: conversions and methods. */
import { text } from '../../../base/text';
import { call } from '../calls';
import { findSpecial } from '../attributes';
import type { Interpreter } from '../interpreter';
import { integer, isInteger, isNumber, toDouble } from '../numbers';
import { truth, unboxed } from '../truth';
import { NativeFunction } from '../functions';
import type { Value } from '../values';
import {
  anythingClass,
  boolClass,
  bytesClass,
  classOf,
  complexClass,
  floatClass,
  intClass,
  Native,
  PyBoxed,
  PyBytes,
  PyClass,
  PyDict,
  PyFloat,
  PyObject,
  PyProperty,
  Unknown,
} from '../values';
import { toInteger } from './functions';
import { addMethods, addStaticMethods } from './types';

export function installNumbers(): void {
  addStaticMethods(intClass, {
    '__new__(cls, x=0, base=None)': (interp, [cls = null, x = 0, base = null]) =>
      base instanceof Unknown ? base : boxed(cls, intClass, toInt(interp, x, base)),
    'from_bytes(*args, **kwargs)': interp => interp.unknown('unknown-value', text('"{0}" is not modelled', 'int.from_bytes'), undefined, true), // prettier-ignore
  });
  addStaticMethods(floatClass, {
    '__new__(cls, x=0)': (interp, [cls = null, x = 0]) => boxed(cls, floatClass, toFloat(interp, x)),
  });
  addStaticMethods(boolClass, {
    '__new__(cls, x=False)': (interp, [, x = false]) => truth(interp, x),
  });
  addStaticMethods(complexClass, { '__new__(cls, *args)': interp => notComputed(interp, 'complex') });
  addStaticMethods(bytesClass, { '__new__(cls, *args)': interp => notComputed(interp, 'bytes') });
  addMethods(bytesClass, { 'decode(self, *args)': (_, [self = null]) => (self instanceof PyBytes ? self.value : '') });
  addMethods(intClass, {
    'bit_length(self)': (_, [self = 0]) => BigInt(unboxed(self) as number).toString(2).replace('-', '').length * (unboxed(self) === 0 ? 0 : 1), // prettier-ignore
    'conjugate(self)': (_, [self = 0]) => self,
    '__index__(self)': (_, [self = 0]) => self,
    '__int__(self)': (_, [self = 0]) => self,
    '__float__(self)': (_, [self = 0]) => new PyFloat(Number(unboxed(self))),
    '__hash__(self)': (_, [self = 0]) => self,
  });
  addMethods(floatClass, {
    'is_integer(self)': (_, [self = null]) => self instanceof PyFloat && Number.isInteger(self.value),
    '__float__(self)': (_, [self = 0]) => self,
    '__int__(self)': (_, [self = null]) => (self instanceof PyFloat ? toInteger(Math.trunc(self.value)) : 0),
    'hex(self)': () => '',
  });
  // NumPy's numbers are Python's here.
  for (const cls of [intClass, floatClass])
    addMethods(cls, {
      'item(self)': (_, [self = 0]) => self,
      'tolist(self)': (_, [self = 0]) => self,
      'astype(self, dtype)': (interp, [self = 0, dtype = null]) => ofType(interp, self, dtype),
    });
  for (const [name, get] of [
    ['real', (self: Value): Value => self],
    ['numerator', (self: Value): Value => self],
    ['imag', (): Value => 0],
    ['denominator', (): Value => 1],
  ] as const)
    intClass.attrs.set(name, new PyProperty(new NativeFunction(name, (_, { positional: [self = null] }) => get(self)), null)); // prettier-ignore
  anythingClass.attrs.set('__name__', 'Any');
}

function ofType(interp: Interpreter, value: Value, dtype: Value): Value {
  const name = dtype instanceof PyClass ? dtype.name : dtype;
  if (typeof name === 'string' && /^u?int\d*$/.test(name)) return toInt(interp, value, null);
  if (typeof name === 'string' && /^float\d*$/.test(name)) return toFloat(interp, value);
  return interp.unknown('unknown-value', text('"{0}" is not modelled', 'astype'), undefined, true);
}

/** An instance of the user's own subclass keeps its class. */
function boxed(cls: Value, base: PyClass, value: Value): Value {
  if (!(cls instanceof PyClass) || cls === base || value instanceof Unknown) return value;
  const made =
    value instanceof PyFloat ? new PyFloat(value.value, cls) : new PyBoxed(typeof value === 'boolean' ? Number(value) : (value as number), cls); // prettier-ignore
  return withDict(made);
}

export function withDict<T extends PyObject>(made: T): T {
  made.dict ??= new PyDict();
  return made;
}

export function toInt(interp: Interpreter, x: Value, base: Value): Value {
  const value = unboxed(x);
  if (value instanceof Unknown) return value;
  if (isInteger(value)) return typeof value === 'boolean' ? Number(value) : value;
  if (value instanceof PyFloat) {
    if (!Number.isFinite(value.value)) interp.raise('OverflowError', 'cannot convert float infinity to integer');
    return toInteger(Math.trunc(value.value));
  }
  if (typeof value === 'string') return parseInteger(interp, value, base);
  return through(interp, value, '__int__') ?? through(interp, value, '__index__') ?? refuse(interp, 'int', value);
}

function parseInteger(interp: Interpreter, text: string, base: Value): Value {
  const digits = text.trim().replaceAll('_', '');
  const radix = base === null ? 10 : Number(base);
  const [, sign = '', body = ''] = /^([+-]?)(?:0[xXoObB](?=[0-9a-fA-F]))?([0-9a-zA-Z]+)$/.exec(digits) ?? [];
  if (radix === 10 && /^\d+$/.test(body) && !/^[+-]?0[xXoObB]/.test(digits)) return integer(BigInt(sign + body));
  const value = radix === 10 ? Number.NaN : inBase(sign, body, radix === 0 ? baseOf(digits) : radix);
  if (Number.isNaN(value)) return interp.raise('ValueError', `invalid literal for int() with base ${radix}: '${text}'`);
  return value;
}

/** Of a literal that says so itself. */
const baseOf = (digits: string): number =>
  /0[xX]/.test(digits) ? 16 : /0[oO]/.test(digits) ? 8 : /0[bB]/.test(digits) ? 2 : 10;

const inBase = (sign: string, body: string, radix: number): number =>
  [...body].every(digit => Number.parseInt(digit, radix) >= 0) ? Number.parseInt(sign + body, radix) : Number.NaN;

export function toFloat(interp: Interpreter, x: Value): Value {
  const value = unboxed(x);
  if (value instanceof Unknown) return value;
  if (value instanceof PyFloat) return value.cls === floatClass ? value : new PyFloat(value.value);
  if (isNumber(value)) return new PyFloat(toDouble(value));
  if (typeof value === 'string') {
    const word = value.trim().toLowerCase().replaceAll('_', '');
    if (/^[+-]?(inf|infinity)$/.test(word)) return new PyFloat(word.startsWith('-') ? -Infinity : Infinity);
    if (/^[+-]?nan$/.test(word)) return new PyFloat(Number.NaN);
    const number = word === '' ? Number.NaN : Number(word);
    if (Number.isNaN(number)) return interp.raise('ValueError', `could not convert string to float: '${value}'`);
    return new PyFloat(number);
  }
  return through(interp, value, '__float__') ?? refuse(interp, 'float', value);
}

function through(interp: Interpreter, value: Value, name: string): Value | undefined {
  if (!(value instanceof PyObject)) return undefined;
  const method = value instanceof Native ? value.attribute(interp, name) : findSpecial(interp, value, name);
  return method === undefined ? undefined : call(interp, method, { positional: [] });
}

const refuse = (interp: Interpreter, type: string, value: Value): never =>
  interp.raise('TypeError', `${type}() argument must be a string or a number, not '${classOf(value).name}'`);

const notComputed = (interp: Interpreter, name: string): Unknown =>
  interp.unknown('unknown-value', text('"{0}" is not modelled', name), undefined, true);
