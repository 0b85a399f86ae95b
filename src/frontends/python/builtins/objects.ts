/** `object`, `type`, `super`, `property` and the functions that look into objects. */
import { text } from '../../../base/text';
import {
  deleteAttribute,
  findAttribute,
  getAttribute,
  plainAttribute,
  setAttribute,
  setPlainAttribute,
} from '../attributes';
import { call } from '../calls';
import { makeClass } from '../classes';
import { str } from '../format';
import { NativeFunction, PyFunction } from '../functions';
import { construct, newObject } from '../instances';
import { namespaceOf } from '../imports';
import type { Interpreter } from '../interpreter';
import { PyModule } from '../module';
import type { Value } from '../values';
import {
  classmethodClass,
  classOf,
  generatorClass,
  idOf,
  methodClass,
  Native,
  objectClass,
  PyAnything,
  PyClass,
  PyDict,
  propertyClass,
  PyList,
  PyMethod,
  PyObject,
  PyProperty,
  PySlice,
  PySuper,
  PyTuple,
  PyWrapped,
  rangeClass,
  sliceClass,
  staticmethodClass,
  superClass,
  typeClass,
  Unknown,
} from '../values';
import { PyGenerator } from '../generators';
import { rangeFrom } from './functions';
import { addMethods, addStaticMethods, made } from './types';

export const objectFunctions = (): readonly NativeFunction[] =>
  made({
    'isinstance(obj, cls)': (interp, [object = null, cls = null]) => isInstance(interp, object, cls),
    'issubclass(cls, other)': (interp, [cls = null, other = null]) =>
      cls instanceof PyClass
        ? among(interp, cls, other)
        : cls instanceof Unknown
          ? cls
          : other instanceof Unknown
            ? other
            : false,
    'callable(obj)': (_, [object = null]) =>
      object instanceof Unknown
        ? object
        : object instanceof PyObject &&
          (object instanceof PyFunction ||
            object instanceof NativeFunction ||
            object instanceof PyMethod ||
            object instanceof PyClass ||
            object instanceof PyAnything ||
            (object instanceof Native && object.call !== undefined) ||
            object.cls.lookup('__call__') !== undefined),
    'getattr(obj, name, *default)': (interp, [object = null, name = null, fallback = null]) => {
      if (name instanceof Unknown) return name;
      const value = findAttribute(interp, object, String(name));
      if (value !== undefined) return value;
      if (fallback instanceof PyTuple && fallback.items.length > 0) return fallback.items[0] ?? null;
      return getAttribute(interp, object, String(name));
    },
    'setattr(obj, name, value)': (interp, [object = null, name = null, value = null]) => {
      if (typeof name === 'string') setAttribute(interp, object, name, value);
      else if (name instanceof Unknown) interp.host.assignedUnknown?.(interp, object as PyObject, '?', name);
      return null;
    },
    'delattr(obj, name)': (interp, [object = null, name = null]) => {
      deleteAttribute(interp, object, String(name));
      return null;
    },
    'hasattr(obj, name)': (interp, [object = null, name = null]) => {
      if (object instanceof Unknown) return object;
      if (name instanceof Unknown) return name;
      const value = findAttribute(interp, object, String(name));
      if (!(value instanceof Unknown)) return value !== undefined;
      // Whether a library has a name that we do not know depends on its version.
      const unsure = object instanceof PyModule || (object instanceof PyObject && object.dict?.tainted === value);
      return unsure ? value : true;
    },
    'vars(*obj)': (interp, [objects = null]) => {
      const [object = null] = objects instanceof PyTuple ? objects.items : [];
      return findAttribute(interp, object, '__dict__') ?? new PyDict();
    },
    'dir(*obj)': (_, [objects = null]) => {
      const [object = null] = objects instanceof PyTuple ? objects.items : [];
      const own = object instanceof PyObject ? [...(object.dict?.keys() ?? [])] : [];
      const cls = object instanceof PyClass ? object : classOf(object);
      return new PyList([...new Set([...own, ...cls.mro.flatMap(({ attrs }) => [...attrs.keys()])])].sort());
    },
    'globals()': interp => (interp.frame === undefined ? new PyDict() : namespaceOf(interp, interp.frame.module)),
    'locals()': interp => {
      const dict = new PyDict();
      for (const [name, value] of interp.frame?.env.vars ?? []) dict.set(name, value);
      return dict;
    },
  });

/** Unknown where a class in question is not known and no other matches. */
export function isInstance(interp: Interpreter, object: Value, cls: Value): Value {
  if (object instanceof Unknown) return object;
  const own = classOf(object);
  const answer = among(interp, own, cls);
  if (answer === true) return true;
  // Our generators are iterators too; `__class__` may say otherwise.
  if (cls instanceof PyClass && object instanceof PyGenerator) return cls === generatorClass;
  return own.doubt === undefined ? answer : own.doubt;
}

function among(interp: Interpreter, cls: PyClass, other: Value): Value {
  if (other instanceof PyClass) {
    const check = other.cls === typeClass ? undefined : other.cls.lookup('__subclasscheck__');
    if (check instanceof PyFunction) return call(interp, check, { positional: [other, cls] });
    return cls.isSubclassOf(other);
  }
  if (other instanceof PyTuple) {
    let unclear: Value = false;
    for (const item of other.items) {
      const answer = among(interp, cls, item);
      if (answer === true) return true;
      if (answer instanceof Unknown) unclear = answer;
    }
    return unclear;
  }
  if (other === null) return cls.name === 'NoneType';
  if (other instanceof Unknown) return other;
  if (other instanceof PyAnything) return abstractly(interp, cls, other);
  return false;
}

/** `collections.abc` and `typing` names: by the methods that they ask for. */
const ABSTRACT: Readonly<Record<string, readonly string[]>> = {
  Iterable: ['__iter__'], Sized: ['__len__'], Callable: ['__call__'], Hashable: ['__hash__'], Container: ['__contains__'],
  Iterator: ['__next__'],
}; // prettier-ignore
const CONCRETE: Readonly<Record<string, readonly string[]>> = {
  Iterable: ['list', 'tuple', 'dict', 'set', 'frozenset', 'str', 'range', 'generator', 'iterator', 'bytes'],
  Sequence: ['list', 'tuple', 'str', 'range', 'bytes'],
  MutableSequence: ['list'],
  Mapping: ['dict'],
  MutableMapping: ['dict'],
  Set: ['set', 'frozenset'],
  Sized: ['list', 'tuple', 'dict', 'set', 'frozenset', 'str', 'range', 'bytes'],
  Collection: ['list', 'tuple', 'dict', 'set', 'frozenset', 'str', 'range', 'bytes'],
  Container: ['list', 'tuple', 'dict', 'set', 'frozenset', 'str', 'range', 'bytes'],
  Iterator: ['generator', 'iterator'],
  Generator: ['generator'],
  Callable: ['function', 'builtin_function_or_method', 'method', 'type'],
  List: ['list'], Tuple: ['tuple'], Dict: ['dict'], Type: ['type'], Hashable: ['int', 'str', 'float', 'tuple', 'bool'],
  Number: ['int', 'float', 'complex', 'bool'], Real: ['int', 'float', 'bool'], Integral: ['int', 'bool'],
}; // prettier-ignore

function abstractly(interp: Interpreter, cls: PyClass, other: PyAnything): Value {
  if (cls.mro.some(({ name, module }) => module === '_abstract' && name === other.name)) return true;
  const concrete = CONCRETE[other.name];
  const methods = ABSTRACT[other.name];
  if (concrete === undefined && methods === undefined)
    return interp.unknown('unknown-value', text('whether it is a "{0}" is not known', other.name), undefined, true);
  if (cls.mro.some(({ name, module }) => module === 'builtins' && concrete?.includes(name) === true)) return true;
  return methods?.every(method => cls.lookup(method) !== undefined) ?? false;
}

/** `super()` takes class and object from the method that runs. */
function makeSuper(interp: Interpreter, given: readonly Value[]): Value {
  const [cls, self] = given;
  if (cls instanceof Unknown || self instanceof Unknown) return cls instanceof Unknown ? cls : (self ?? null);
  if (cls instanceof PyClass && self !== undefined) return superOf(cls, self);
  const { frame } = interp;
  const owner = frame?.func?.owner;
  const first = frame?.func?.code.parameters[0]?.name;
  const object = first === undefined ? undefined : frame?.env.lookup(first);
  if (owner === undefined || object === undefined) return interp.raise('RuntimeError', 'super(): no arguments');
  return superOf(owner, object);
}

function superOf(cls: PyClass, self: Value): PySuper {
  const own = classOf(self);
  // In `__new__`, class methods and metaclasses the object is a class.
  const within = self instanceof PyClass && self.isSubclassOf(cls) ? self : own;
  return new PySuper(cls, self, within);
}

function ownAttribute(interp: Interpreter, object: Value, name: string): Value {
  const value = object instanceof Native ? findAttribute(interp, object, name) : plainAttribute(interp, object, name);
  if (value !== undefined) return value;
  return interp.raise('AttributeError', `'${classOf(object).name}' object has no attribute '${name}'`);
}

export function installObjects(): void {
  objectClass.attrs.set('__new__', newObject);
  addMethods(objectClass, {
    '__init__(self, *args, **kwargs)': () => null,
    '__setattr__(self, name, value)': (interp, [self = null, name = null, value = null]) => {
      setPlainAttribute(interp, self, String(name), value);
      return null;
    },
    '__delattr__(self, name)': (interp, [self = null, name = null]) => {
      if (!(self instanceof PyObject) || self.dict?.delete(name) !== true) interp.raise('AttributeError', String(name));
      return null;
    },
    '__getattribute__(self, name)': (interp, [self = null, name = null]) => ownAttribute(interp, self, String(name)),
    '__hash__(self)': (_, [self = null]) => (self instanceof PyObject ? idOf(self) : 0),
    '__dir__(self)': (_, [self = null]) => new PyList(self instanceof PyObject ? [...(self.dict?.keys() ?? [])] : []),
    '__reduce__(self)': interp => interp.unknown('unknown-value', text('"{0}" is not modelled', '__reduce__')),
  });
  const init = new NativeFunction('__init_subclass__', () => null);
  objectClass.attrs.set('__init_subclass__', new PyWrapped(init, 'class'));
  installType();
  installDescriptors();
}

function installType(): void {
  const create = (interp: Interpreter, args: readonly Value[]): Value => {
    const [meta = null, name = null, bases = null, names = null] = args;
    if (!(meta instanceof PyClass)) return interp.raise('TypeError', 'type.__new__(X): X is not a type object');
    if (bases === null) return classOf(name);
    const parents = bases instanceof PyTuple ? bases.items.filter(base => base instanceof PyClass) : [];
    const cls = makeClass(interp, str(interp, name), parents, meta, interp.frame?.module.name ?? '__main__');
    if (names instanceof PyDict)
      for (const [key, value] of names.entries()) {
        if (typeof key !== 'string') continue;
        cls.set(key, value);
        if (value instanceof PyFunction) value.owner ??= cls;
      }
    return cls;
  };
  addStaticMethods(typeClass, { '__new__(meta, name, bases=None, names=None, **kwargs)': create });
  addMethods(typeClass, {
    '__init__(cls, *args, **kwargs)': () => null,
    'mro(cls)': (_, [cls = null]) => new PyList(cls instanceof PyClass ? [...cls.mro] : []),
    '__subclasses__(cls)': interp => interp.unknown('unknown-value', text('"{0}" is not modelled', '__subclasses__')),
    '__prepare__(*args, **kwargs)': () => new PyDict(),
  });
  typeClass.attrs.set('__call__', new NativeFunction('__call__', (interp, { positional, keywords }) => {
    const [cls = null, ...rest] = positional;
    return cls instanceof PyClass ? construct(interp, cls, { positional: rest, keywords }) : null;
  })); // prettier-ignore
}

function installDescriptors(): void {
  addStaticMethods(superClass, {
    '__new__(cls, *args)': (interp, [, args = null]) => makeSuper(interp, args instanceof PyTuple ? args.items : []),
  });
  addStaticMethods(propertyClass, {
    '__new__(cls, fget=None, fset=None, fdel=None, doc=None)': (_, [, get = null, set = null]) =>
      new PyProperty(get, set),
  });
  addMethods(propertyClass, {
    'setter(self, func)': (_, [self = null, set = null]) => new PyProperty(self instanceof PyProperty ? self.get : null, set), // prettier-ignore
    'getter(self, func)': (_, [self = null, get = null]) => new PyProperty(get, self instanceof PyProperty ? self.set : null), // prettier-ignore
    'deleter(self, func)': (_, [self = null]) => self,
    '__get__(self, obj, cls=None)': (interp, [self = null, object = null]) =>
      self instanceof PyProperty ? call(interp, self.get, { positional: [object] }) : null,
  });
  addStaticMethods(methodClass, {
    '__new__(cls, func, obj)': (interp, [, func = null, object = null]) => {
      if (func instanceof Unknown) return func;
      return func instanceof PyObject ? new PyMethod(object, func) : interp.raise('TypeError', 'first argument must be callable'); // prettier-ignore
    },
  });
  addStaticMethods(classmethodClass, { '__new__(cls, func)': (_, [, func = null]) => new PyWrapped(func, 'class') });
  addStaticMethods(staticmethodClass, { '__new__(cls, func)': (_, [, func = null]) => new PyWrapped(func, 'static') });
  addStaticMethods(sliceClass, {
    '__new__(cls, *args)': (_, [, args = null]) => {
      const [a = null, b, c = null] = args instanceof PyTuple ? args.items : [];
      return b === undefined ? new PySlice(null, a, null) : new PySlice(a, b, c);
    },
  });
  for (const name of ['lower:start', 'upper:stop', 'step:step']) {
    const [field = 'step', attr = 'step'] = name.split(':');
    const get = new NativeFunction(attr, (_, { positional: [self] }) =>
      self instanceof PySlice ? self[field as 'lower' | 'upper' | 'step'] : null,
    );
    sliceClass.attrs.set(attr, new PyProperty(get, null));
  }
  addStaticMethods(rangeClass, {
    '__new__(cls, *args)': (interp, [, args = null]) => rangeFrom(interp, args instanceof PyTuple ? args.items : []),
  });
  installGenerators();
}

function installGenerators(): void {
  addMethods(generatorClass, {
    'send(self, value)': (interp, [self = null, value = null]) =>
      self instanceof PyGenerator ? (self.send(value) ?? interp.raise('StopIteration', '')) : null,
    'close(self)': () => null,
    '__next__(self)': (interp, [self = null]) =>
      self instanceof PyGenerator ? (self.next() ?? interp.raise('StopIteration', '')) : null,
    '__iter__(self)': (_, [self = null]) => self,
  });
}
