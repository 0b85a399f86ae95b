/**
 * Modules of PyTorch that were constructed before with equal arguments are copied instead of constructed again: their
 * constructors are our own library's, which depend on nothing but their arguments. Most of a network's modules are
 * repeated, so this is most of the work of constructing one.
 */
import { NativeFunction, PyFunction } from '../python/functions';
import type { Arguments, Value } from '../python/values';
import {
  PyClass,
  PyDict,
  PyFloat,
  PyList,
  PyObject,
  PyProperty,
  PySet,
  PyTuple,
  PyWrapped,
  typeClass,
} from '../python/values';
import { Tensor } from './tensor';
import { TorchDType } from './types';

/** Told of each object with attributes that a copy is made of. */
export type Copied = (original: PyObject, copy: PyObject) => void;

const untold: Copied = () => undefined;

export class Templates {
  readonly #known = new Map<PyClass, Map<string, PyObject | null>>();
  readonly #plain = new Map<PyClass, { readonly epoch: number; readonly plain: boolean }>();

  /** Undefined where calls of this class with these arguments cannot be told apart by a key. */
  keyOf(cls: PyClass, args: Arguments): string | undefined {
    if (!this.#isPlain(cls)) return undefined;
    const parts: string[] = [];
    for (const value of args.positional) {
      const part = keyPart(value);
      if (part === undefined) return undefined;
      parts.push(part);
    }
    for (const [name, value] of args.keywords ?? []) {
      const part = keyPart(value);
      if (part === undefined) return undefined;
      parts.push(`${name}=${part}`);
    }
    return parts.join();
  }

  copyOf(cls: PyClass, key: string, copied: Copied): PyObject | undefined {
    const template = this.#known.get(cls)?.get(key);
    return template === null || template === undefined ? undefined : (copy(template, copied) as PyObject);
  }

  /** Remembers how a module is when its constructor has just run; never the module itself, which the program changes. */
  remember(cls: PyClass, key: string, made: PyObject): void {
    let known = this.#known.get(cls);
    if (known === undefined) this.#known.set(cls, (known = new Map<string, PyObject | null>()));
    if (known.has(key)) return;
    try {
      known.set(key, copy(made, untold) as PyObject);
    } catch (error) {
      if (!(error instanceof Uncopyable)) throw error;
      known.set(key, null);
    }
  }

  /** Whether everything that the class does is our library's. */
  #isPlain(cls: PyClass): boolean {
    const { epoch } = PyClass;
    const known = this.#plain.get(cls);
    if (known?.epoch === epoch) return known.plain;
    const plain = cls.cls === typeClass && cls.mro.every(isLibrary);
    if (known !== undefined && known.plain && !plain) this.#known.delete(cls);
    this.#plain.set(cls, { epoch, plain });
    return plain;
  }
}

const isLibrary = (cls: PyClass): boolean =>
  (cls.module === 'builtins' || cls.module.startsWith('torch.')) && [...cls.attrs.values()].every(isOurs);

/** Functions of the user's that were put into one of our classes make it another class. */
function isOurs(value: Value): boolean {
  if (value instanceof PyFunction) return value.module.isLibrary;
  if (value instanceof PyWrapped) return isOurs(value.inner);
  if (value instanceof PyProperty) return isOurs(value.get) && isOurs(value.set);
  return true;
}

function keyPart(value: Value): string | undefined {
  if (typeof value === 'string') return JSON.stringify(value);
  if (!(value instanceof PyObject)) return typeof value === 'bigint' ? `${value}n` : String(value);
  if (value instanceof PyFloat) return `f${Object.is(value.value, -0) ? '-0' : value.value}`;
  if (value instanceof TorchDType) return value.dtype;
  if (!(value instanceof PyTuple)) return undefined;
  const parts = value.items.map(keyPart);
  return parts.includes(undefined) ? undefined : `(${value.cls.name}:${parts.join()})`;
}

class Uncopyable extends Error {}

function copy(template: PyObject, copied: Copied): Value {
  const done = new Map<PyObject, PyObject>();
  const one = (value: Value): Value => {
    if (!(value instanceof PyObject) || isShared(value)) return value;
    const known = done.get(value);
    if (known !== undefined) return known;
    if (value instanceof PyTuple) return value.items.some(isChangeable) ? tuple(value) : value;
    const made = shell(value);
    done.set(value, made);
    fill(value, made, one);
    if (value.constructor === PyObject) copied(value, made);
    return made;
  };
  const tuple = (value: PyTuple): PyTuple => new PyTuple(value.items.map(one), value.cls);
  return one(template);
}

/** What nobody changes, or what all instances have in common. */
const isShared = (value: PyObject): boolean =>
  value instanceof PyFloat ||
  value instanceof PyClass ||
  value instanceof NativeFunction ||
  value instanceof TorchDType ||
  (value instanceof PyFunction && value.closure === undefined && value.module.isLibrary);

const isChangeable = (value: Value): boolean =>
  value instanceof PyObject && !isShared(value) && !(value instanceof PyTuple && !value.items.some(isChangeable));

function shell(value: PyObject): PyObject {
  if (value instanceof PyDict && value.tainted === undefined) return new PyDict(value.cls);
  if (value instanceof PyList && value.tainted === undefined) return new PyList([], value.cls);
  if (value instanceof PySet && value.tainted === undefined) return new PySet([], value.cls);
  if (value instanceof Tensor) {
    const made = new Tensor(value.type, value.data, value.cls);
    made.requiresGrad = value.requiresGrad;
    made.place = value.place;
    return made;
  }
  if (value.constructor === PyObject) return new PyObject(value.cls);
  throw new Uncopyable();
}

function fill(value: PyObject, made: PyObject, one: (value: Value) => Value): void {
  if (value.dict !== undefined) made.dict = one(value.dict) as PyDict;
  if (value instanceof PyDict && made instanceof PyDict) {
    for (const [key, item] of value.values) {
      if (key instanceof PyObject) throw new Uncopyable();
      made.values.set(key, one(item));
    }
    if (value.originals !== undefined) made.originals = new Map(value.originals);
  } else if (value instanceof PyList && made instanceof PyList) made.items = value.items.map(one);
  else if (value instanceof PySet && made instanceof PySet) {
    if ([...value.members.keys()].some(key => key instanceof PyObject)) throw new Uncopyable();
    for (const [key, item] of value.members) made.members.set(key, item);
  }
}
