/** The built-in classes by name, and how methods get onto them. */
import type { NativeFunction } from '../functions';
import { native } from '../functions';
import type { Interpreter } from '../interpreter';
import type { PyClass, Value } from '../values';
import {
  boolClass,
  bytesClass,
  classmethodClass,
  complexClass,
  dictClass,
  floatClass,
  frozensetClass,
  intClass,
  listClass,
  propertyClass,
  PyDict,
  PyList,
  PySet,
  PyTuple,
  PyWrapped,
  rangeClass,
  setClass,
  sliceClass,
  staticmethodClass,
  strClass,
  superClass,
  tupleClass,
  Unknown,
} from '../values';

export const classes: readonly PyClass[] = [
  intClass, boolClass, floatClass, complexClass, strClass, bytesClass, listClass, tupleClass, dictClass, setClass,
  frozensetClass, rangeClass, sliceClass, propertyClass, classmethodClass, staticmethodClass, superClass,
]; // prettier-ignore

/** For functions that compute with all that they are given: where part of it is not known, neither is the answer. */
export const knowing = (methods: Methods): Methods =>
  Object.fromEntries(
    Object.entries(methods).map(([head, body]) => [
      head,
      (interp: Interpreter, args: readonly Value[]) => lostAmong(args) ?? body(interp, args),
    ]),
  );

/** The first value that is not known, also inside containers: data that was computed from it is not known either. */
export function lostAmong(values: Iterable<Value>, depth = 0): Unknown | undefined {
  for (const value of values) {
    const lost = value instanceof Unknown ? value : depth < 4 ? lostIn(value, depth + 1) : undefined;
    if (lost !== undefined) return new Unknown(lost.reason, lost.code, lost.at, true);
  }
  return undefined;
}

function lostIn(value: Value, depth: number): Unknown | undefined {
  if (value instanceof PyTuple) return lostAmong(value.items, depth);
  if (value instanceof PyList) return value.tainted ?? lostAmong(value.items, depth);
  if (value instanceof PyDict) return value.tainted ?? lostAmong(value.values.values(), depth);
  return value instanceof PySet ? (value.tainted ?? lostAmong(value.members.values(), depth)) : undefined;
}

type Body = (interp: Interpreter, args: readonly Value[]) => Value;

/** `name(signature)` to what it does. The first argument is the object itself. */
export type Methods = Readonly<Record<string, Body>>;

const HEAD = /^(\w+)\((.*)\)$/;

export function addMethods(cls: PyClass, methods: Methods): void {
  for (const func of made(methods)) cls.attrs.set(func.name, func);
}

export function addClassMethods(cls: PyClass, methods: Methods): void {
  for (const func of made(methods)) cls.attrs.set(func.name, new PyWrapped(func, 'class'));
}

export function addStaticMethods(cls: PyClass, methods: Methods): void {
  for (const func of made(methods)) cls.attrs.set(func.name, new PyWrapped(func, 'static'));
}

export const made = (methods: Methods): NativeFunction[] =>
  Object.entries(methods).map(([head, body]) => {
    const [, name = head, signature = ''] = HEAD.exec(head) ?? [];
    return native(name, signature, body);
  });
