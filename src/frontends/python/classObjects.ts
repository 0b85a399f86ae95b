/** What every value is built on: objects, classes with their method resolution order, and Python's own classes. */
import type { Span } from '../../base/span';
import type { PyDict, Unknown, Value } from './values';

export class PyObject {
  /** Attributes of this instance; absent on values that have none. */
  declare dict: PyDict | undefined;
  // Not as a field with a value: engines make fields by a call, for every value of every evaluation.
  constructor(public cls: PyClass) {
    this.dict = undefined;
  }

  /** Whether attributes can be given to it though it has none yet: its `dict` is made with the first. */
  get takesAttributes(): boolean {
    return false;
  }
}

/** Changes with every change to any class, so that caches of lookups know when they are stale. */
let epoch = 0;

export class PyClass extends PyObject {
  readonly attrs = new Map<string, Value>();
  readonly mro: readonly PyClass[];
  /** Places of fields, for errors and for dataclasses: names in order with the text of their annotation. */
  annotations: Map<string, string> | undefined = undefined;
  at: Span | undefined = undefined;
  /** A decorator that is not known was assumed to change nothing; or a base is not known. */
  doubt: Unknown | undefined = undefined;
  readonly #found = new Map<string, Value | undefined>();
  #foundIn = -1;

  /** `mro` begins with the class itself, which the caller cannot name yet: it gives the rest. */
  constructor(
    readonly name: string,
    readonly bases: readonly PyClass[],
    rest: readonly PyClass[],
    /** Dotted name of the module that defines it. */
    readonly module: string,
    meta?: PyClass,
  ) {
    super(meta as PyClass);
    this.mro = [this, ...rest];
  }

  lookup(name: string): Value | undefined {
    if (this.#foundIn !== epoch) {
      this.#found.clear();
      this.#foundIn = epoch;
    }
    const cached = this.#found.get(name);
    if (cached !== undefined || this.#found.has(name)) return cached;
    const found = this.lookupFrom(0, name);
    this.#found.set(name, found);
    return found;
  }

  /** From a place in the method resolution order on, as `super()` does. */
  lookupFrom(place: number, name: string): Value | undefined {
    for (let index = place; index < this.mro.length; index++) {
      const value = this.mro[index]?.attrs.get(name);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  /** Another number whenever an attribute of any class was changed. */
  static get epoch(): number {
    return epoch;
  }

  set(name: string, value: Value): void {
    this.attrs.set(name, value);
    epoch++;
  }

  delete(name: string): boolean {
    epoch++;
    return this.attrs.delete(name);
  }

  isSubclassOf(other: PyClass): boolean {
    return this === other || this.mro.includes(other);
  }
}

/** A class that Python itself or a binding provides. */
export function nativeClass(name: string, base?: PyClass, module = 'builtins'): PyClass {
  const bases = base === undefined ? [] : [base];
  return new PyClass(name, bases, base === undefined ? [] : base.mro, module, base?.cls);
}

export const objectClass = new PyClass('object', [], [], 'builtins');
export const typeClass = nativeClass('type', objectClass);
objectClass.cls = typeClass;
typeClass.cls = typeClass;

const builtin = (name: string, base: PyClass = objectClass): PyClass => {
  const made = nativeClass(name, base);
  made.cls = typeClass;
  return made;
};

export const noneClass = builtin('NoneType');
export const intClass = builtin('int');
export const boolClass = builtin('bool', intClass);
export const floatClass = builtin('float');
export const complexClass = builtin('complex');
export const strClass = builtin('str');
export const bytesClass = builtin('bytes');
export const listClass = builtin('list');
export const tupleClass = builtin('tuple');
export const dictClass = builtin('dict');
export const setClass = builtin('set');
export const frozensetClass = builtin('frozenset');
export const rangeClass = builtin('range');
export const sliceClass = builtin('slice');
export const functionClass = builtin('function');
export const nativeFunctionClass = builtin('builtin_function_or_method');
export const codeClass = builtin('code');
export const methodClass = builtin('method');
export const moduleClass = builtin('module');
export const generatorClass = builtin('generator');
export const iteratorClass = builtin('iterator');
export const viewClass = builtin('dict_view');
export const propertyClass = builtin('property');
export const classmethodClass = builtin('classmethod');
export const staticmethodClass = builtin('staticmethod');
export const superClass = builtin('super');
export const ellipsisClass = builtin('ellipsis');
export const notImplementedClass = builtin('NotImplementedType');
export const unknownClass = builtin('unknown');
export const anythingClass = builtin('typing');
