/** Making instances: `__new__`, `__init__`, and what classes answer when they are called. */
import { call } from './calls';
import { NativeFunction, PyFunction } from './functions';
import type { Interpreter } from './interpreter';
import type { Arguments, Value } from './values';
import { classOf, objectClass, PyClass, PyDict, PyObject, PyWrapped, typeClass } from './values';

/** `object.__new__`, by which classes without layout of their own are recognised. */
export const newObject = new NativeFunction('__new__', (interp, { positional }) => {
  const [cls] = positional;
  if (!(cls instanceof PyClass)) return interp.raise('TypeError', 'object.__new__(X): X is not a type object');
  return emptyInstance(cls);
}, false); // prettier-ignore

export function emptyInstance(cls: PyClass): PyObject {
  const instance = new PyObject(cls);
  instance.dict = new PyDict();
  return instance;
}

export function instantiate(interp: Interpreter, cls: PyClass, args: Arguments): Value {
  if (cls.cls !== typeClass) {
    const metaCall = cls.cls.lookup('__call__');
    if (metaCall instanceof PyFunction)
      return call(interp, metaCall, { positional: [cls, ...args.positional], keywords: args.keywords });
  }
  if (cls === typeClass && args.positional.length === 1) return classOf(args.positional[0] ?? null);
  const make = (): Value => construct(interp, cls, args);
  const { constructing } = interp.host;
  return constructing === undefined ? make() : constructing.call(interp.host, interp, cls, args, make);
}

/** `type.__call__` */
export function construct(interp: Interpreter, cls: PyClass, args: Arguments): Value {
  const maker = cls.lookup('__new__');
  const instance =
    maker === newObject || maker === undefined
      ? emptyInstance(cls)
      : call(interp, maker instanceof PyWrapped ? maker.inner : maker, {
          positional: [cls, ...args.positional],
          keywords: args.keywords,
        });
  if (!classOf(instance).isSubclassOf(cls)) return instance;
  const init = cls.lookup('__init__');
  if (init === undefined || init === objectClass.attrs.get('__init__')) {
    if ((maker === newObject || maker === undefined) && (args.positional.length > 0 || args.keywords !== undefined))
      interp.raise('TypeError', `${cls.name}() takes no arguments`);
    return instance;
  }
  call(interp, init, { positional: [instance, ...args.positional], keywords: args.keywords });
  return instance;
}
