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
  PyWrapped,
  rangeClass,
  setClass,
  sliceClass,
  staticmethodClass,
  strClass,
  superClass,
  tupleClass,
} from '../values';

export const classes: readonly PyClass[] = [
  intClass, boolClass, floatClass, complexClass, strClass, bytesClass, listClass, tupleClass, dictClass, setClass,
  frozensetClass, rangeClass, sliceClass, propertyClass, classmethodClass, staticmethodClass, superClass,
]; // prettier-ignore

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
