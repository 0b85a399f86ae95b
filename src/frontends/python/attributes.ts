/** `a.b`, `a.b = c`, `del a.b`: descriptors, instances, classes, modules, as Python's data model has them. */
import { text } from '../../base/text';
import { call } from './calls';
import { NativeFunction, PyFunction } from './functions';
import { member, namespaceOf } from './imports';
import { orElse } from './orElse';
import type { Interpreter } from './interpreter';
import { Raised } from './interpreter';
import { PyModule } from './module';
import type { Value } from './values';
import {
  classOf,
  codeClass,
  Native,
  objectClass,
  PyAnything,
  PyClass,
  PyDict,
  PyMethod,
  PyObject,
  PyProperty,
  PySuper,
  PyTuple,
  PyWrapped,
  Unknown,
} from './values';

/** Undefined where there is no such attribute. */
export function findAttribute(interp: Interpreter, object: Value, name: string): Value | undefined {
  if (object instanceof PyObject) {
    if (object instanceof Unknown || object instanceof PyAnything) return object;
    if (object instanceof PyModule) return moduleAttribute(interp, object, name);
    if (object instanceof PyClass) return classAttribute(interp, object, name);
    if (object instanceof PySuper) return superAttribute(interp, object, name);
    if (object instanceof Native) {
      const value = object.attribute(interp, name);
      if (value !== undefined) return value;
    }
  }
  return instanceAttribute(interp, object, name);
}

/** Raises AttributeError where there is none. */
export function getAttribute(interp: Interpreter, object: Value, name: string): Value {
  const value = findAttribute(interp, object, name);
  if (value !== undefined) return value;
  if (object instanceof PyModule) return interp.raise('AttributeError', `module '${object.name}' has no attribute '${name}'`); // prettier-ignore
  if (object instanceof PyClass) return interp.raise('AttributeError', `type object '${object.name}' has no attribute '${name}'`); // prettier-ignore
  return interp.raise('AttributeError', `'${classOf(object).name}' object has no attribute '${name}'`);
}

function instanceAttribute(interp: Interpreter, object: Value, name: string): Value | undefined {
  const cls = classOf(object);
  const own = cls.lookup('__getattribute__');
  const value = own instanceof PyFunction ? answered(interp, own, object, name) : plainAttribute(interp, object, name);
  // Python's None is null here, and is a value.
  return orElse(
    orElse(value, () => dynamicAttribute(interp, object, cls, name)),
    // What a base that is not known brings may be just that.
    () => cls.doubt,
  );
}

/** As `object.__getattribute__` finds it. */
export function plainAttribute(interp: Interpreter, object: Value, name: string): Value | undefined {
  const cls = classOf(object);
  const found = cls.lookup(name);
  if (found instanceof PyProperty && !found.cached) return readProperty(interp, found, object);
  if (object instanceof PyObject && object.dict !== undefined) {
    const own = object.dict.values.get(name);
    if (own !== undefined) return own;
  }
  if (found !== undefined) return bindTo(interp, found, object, cls);
  const special = specialAttribute(object, cls, name);
  if (special !== undefined) return special;
  return object instanceof PyObject ? object.dict?.tainted : undefined;
}

/** `__getattr__`; its AttributeError means that there is none. */
function dynamicAttribute(interp: Interpreter, object: Value, cls: PyClass, name: string): Value | undefined {
  const getter = cls.lookup('__getattr__');
  return getter === undefined ? undefined : answered(interp, getter, object, name);
}

/** What such a method answers; its AttributeError means that there is none. */
function answered(interp: Interpreter, getter: Value, object: Value, name: string): Value | undefined {
  const { frame, depth } = interp;
  try {
    return call(interp, getter, { positional: [object, name] });
  } catch (error) {
    if (!(error instanceof Raised) || error.value.cls.name !== 'AttributeError') throw error;
    interp.frame = frame;
    interp.depth = depth;
    return undefined;
  }
}

function specialAttribute(object: Value, cls: PyClass, name: string): Value | undefined {
  if (name === '__class__') return cls;
  if (!(object instanceof PyObject)) return undefined;
  if (name === '__dict__') return dictFor(object);
  if (object instanceof PyFunction) {
    if (name === '__name__' || name === '__qualname__') return object.name;
    if (name === '__module__') return object.module.name;
    if (name === '__doc__' || name === '__wrapped__') return name === '__doc__' ? null : undefined;
    if (name === '__annotations__') return new PyDict();
    if (name === '__code__') return codeObject(object);
    if (name === '__defaults__') return new PyTuple([...object.defaults.values()]);
    if (name === '__globals__') return object.module.everything();
  }
  if (object instanceof NativeFunction && (name === '__name__' || name === '__qualname__')) return object.name;
  if (object instanceof PyMethod) {
    if (name === '__self__') return object.self;
    if (name === '__func__') return object.func;
    return specialAttribute(object.func, classOf(object.func), name);
  }
  if (name === '__doc__') return null;
  if (name === '__module__') return cls.module;
  return undefined;
}

/** What can be asked of a function's code: its parameters, positional ones first. */
function codeObject({ code, name }: PyFunction): PyObject {
  const made = new PyObject(codeClass);
  const ofForm = (forms: readonly string[]): readonly string[] =>
    code.parameters.filter(({ form }) => forms.includes(form)).map(parameter => parameter.name);
  const positional = ofForm(['positional-only', 'plain']);
  const keywordOnly = ofForm(['keyword-only']);
  made.dict = new PyDict();
  made.dict.set('co_name', name);
  made.dict.set('co_varnames', new PyTuple([...positional, ...keywordOnly, ...ofForm(['star', 'double-star'])]));
  made.dict.set('co_argcount', positional.length);
  made.dict.set('co_kwonlyargcount', keywordOnly.length);
  return made;
}

function readProperty(interp: Interpreter, property: PyProperty, object: Value): Value {
  const value = call(interp, property.get, { positional: [object] });
  return value;
}

/** What a class attribute is when it is found through an instance. */
export function bindTo(interp: Interpreter, found: Value, object: Value, cls: PyClass): Value {
  if (!(found instanceof PyObject)) return found;
  if (found instanceof PyFunction) return new PyMethod(object, found);
  if (found instanceof NativeFunction) return found.binds ? new PyMethod(object, found) : found;
  if (found instanceof PyWrapped) return unwrap(found, cls);
  if (found instanceof PyProperty) {
    const value = readProperty(interp, found, object);
    if (found.cached && object instanceof PyObject) {
      const name = found.get instanceof PyFunction ? found.get.name : undefined;
      if (name !== undefined) object.dict?.set(name, value);
    }
    return value;
  }
  const getter = hasOwnBehaviour(found) ? found.cls.lookup('__get__') : undefined;
  return getter === undefined ? found : call(interp, getter, { positional: [found, object, cls] });
}

const hasOwnBehaviour = (value: PyObject): boolean => !(value instanceof PyClass) && value.cls.module !== 'builtins';

const unwrap = (wrapped: PyWrapped, cls: PyClass): Value =>
  wrapped.cls.name === 'staticmethod' || !(wrapped.inner instanceof PyObject)
    ? wrapped.inner
    : new PyMethod(cls, wrapped.inner);

function classAttribute(interp: Interpreter, cls: PyClass, name: string): Value | undefined {
  const meta = cls.cls;
  // A class's own, never its base's; what a metaclass put among the attributes is the class's own too.
  if (name === '__annotations__') return cls.attrs.get(name) ?? classSpecial(cls, name);
  const found = cls.lookup(name);
  if (found !== undefined) {
    if (found instanceof PyWrapped) return unwrap(found, cls);
    if (found instanceof PyObject && hasOwnBehaviour(found) && !(found instanceof Native)) {
      const getter = found.cls.lookup('__get__');
      if (getter !== undefined) return call(interp, getter, { positional: [found, null, cls] });
    }
    return found;
  }
  const special = classSpecial(cls, name);
  if (special !== undefined) return special;
  const inMeta = meta.lookup(name);
  if (inMeta !== undefined) return bindTo(interp, inMeta, cls, meta);
  return undefined;
}

function classSpecial(cls: PyClass, name: string): Value | undefined {
  switch (name) {
    case '__name__':
    case '__qualname__':
      return cls.name;
    case '__module__':
      return cls.module;
    case '__mro__':
      return new PyTuple(cls.mro);
    case '__bases__':
      return new PyTuple(cls.bases.length === 0 && cls !== objectClass ? [objectClass] : cls.bases);
    case '__base__':
      return cls.bases[0] ?? null;
    case '__class__':
      return cls.cls;
    case '__doc__':
      return null;
    case '__dict__':
      return dictOf(cls.attrs);
    case '__annotations__':
      return dictOf(cls.annotations ?? new Map());
    default:
      return undefined;
  }
}

function dictOf(entries: ReadonlyMap<string, Value>): PyDict {
  const dict = new PyDict();
  for (const [key, value] of entries) dict.set(key, value);
  return dict;
}

function superAttribute(interp: Interpreter, object: PySuper, name: string): Value | undefined {
  const place = object.within.mro.indexOf(object.after);
  const found = object.within.lookupFrom(place + 1, name);
  if (found === undefined) {
    if (name === '__class__') return object.within;
    return undefined;
  }
  if (name === '__new__') return found;
  // In a class method `self` is the class itself.
  if (object.self instanceof PyClass && found instanceof PyFunction) {
    const inMeta = object.within !== object.self && object.self.cls.lookup(name) !== undefined;
    return inMeta ? new PyMethod(object.self, found) : found;
  }
  return bindTo(interp, found, object.self, object.within);
}

function moduleAttribute(interp: Interpreter, module: PyModule, name: string): Value | undefined {
  const own = module.lookup(name);
  if (own !== undefined) return own;
  if (name === '__dict__') return namespaceOf(interp, module);
  if (module.path !== '') return orElse(member(interp, module, name), () => madeName(interp, module, name));
  // What has no file of its own has as attributes the modules that were imported, and answers for all other names itself.
  return (module.isPackage ? interp.host.loadedIn?.(module, name) : undefined) ?? module.missing;
}

/** A module that brings the names of others or writes its own table may have any name. */
function madeName(interp: Interpreter, module: PyModule, name: string): Value | undefined {
  const { plan, source } = module;
  const open = plan !== undefined && (plan.stars.length > 0 || source?.parsed.text.includes('globals()') === true);
  if (!open || name.startsWith('__')) return undefined;
  return interp.unknown('unknown-import', text('"{0}" of "{1}" is made when it is asked for', name, module.name));
}

export function setAttribute(interp: Interpreter, object: Value, name: string, value: Value): void {
  if (object instanceof Unknown || object instanceof PyAnything) return;
  if (object instanceof PyModule) {
    object.globals.set(name, value);
    if (object.isLibrary) interp.host.changedLibrary?.();
    return;
  }
  if (object instanceof PyClass) {
    object.set(name, value);
    return;
  }
  const setter = classOf(object).lookup('__setattr__');
  if (setter !== undefined && !(setter instanceof NativeFunction)) {
    call(interp, setter, { positional: [object, name, value] });
    return;
  }
  setPlainAttribute(interp, object, name, value);
}

/** As `object.__setattr__` does it. */
export function setPlainAttribute(interp: Interpreter, object: Value, name: string, value: Value): void {
  if (name === '__class__' && value instanceof PyClass && object instanceof PyObject) {
    object.cls = value;
    return;
  }
  // `self.__dict__ = self`: items and attributes are the same.
  if (name === '__dict__' && value instanceof PyDict && object instanceof PyObject && !(object instanceof Native)) {
    object.dict = value;
    return;
  }
  if (object instanceof Native && object.setAttribute?.(interp, name, value) === true) return;
  const found = classOf(object).lookup(name);
  if (found instanceof PyProperty && !found.cached) {
    if (found.set === null) interp.raise('AttributeError', `can't set attribute '${name}'`);
    call(interp, found.set, { positional: [object, value] });
    return;
  }
  if (found instanceof PyObject && hasOwnBehaviour(found)) {
    const setter = found.cls.lookup('__set__');
    if (setter !== undefined) {
      call(interp, setter, { positional: [found, object, value] });
      return;
    }
  }
  if (object instanceof PyClass) {
    object.set(name, value);
    return;
  }
  const dict = object instanceof PyObject ? dictFor(object) : undefined;
  if (!(object instanceof PyObject) || dict === undefined) {
    interp.raise('AttributeError', `'${classOf(object).name}' object has no attribute '${name}'`);
    return;
  }
  if (value instanceof Unknown) interp.host.assignedUnknown?.(interp, object, name, value);
  dict.set(name, value);
}

const dictFor = (object: PyObject): PyDict | undefined =>
  object.takesAttributes ? (object.dict ??= new PyDict()) : object.dict;

export function deleteAttribute(interp: Interpreter, object: Value, name: string): void {
  if (object instanceof Unknown || object instanceof PyAnything) return;
  const deleter = classOf(object).lookup('__delattr__');
  if (deleter !== undefined && !(deleter instanceof NativeFunction)) {
    call(interp, deleter, { positional: [object, name] });
    return;
  }
  const gone =
    object instanceof PyClass ? object.delete(name) : object instanceof PyObject && object.dict?.delete(name) === true;
  if (!gone) interp.raise('AttributeError', name);
}

/** Looks a dunder method up on the class, as operators do; undefined where it is not defined. */
export function findSpecial(interp: Interpreter, object: Value, name: string): Value | undefined {
  const cls = classOf(object);
  const found = cls.lookup(name);
  if (found === undefined || found === null) return undefined;
  return bindTo(interp, found, object, cls);
}

/** The same, where Python text defines it: what built-in classes do is done without asking them. */
export function findOwnSpecial(interp: Interpreter, object: Value, name: string): Value | undefined {
  if (!(object instanceof PyObject) || object.cls.module === 'builtins' || object instanceof Native) return undefined;
  const found = object.cls.lookup(name);
  if (found === undefined || found === null || found instanceof NativeFunction) return undefined;
  return bindTo(interp, found, object, object.cls);
}

/** A value that stands for an attribute that we do not model. */
export const unmodelled = (interp: Interpreter, owner: string, name: string): Unknown =>
  interp.unknown('unknown-value', text('"{0}.{1}" is not modelled', owner, name));
