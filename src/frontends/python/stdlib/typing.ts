/** `typing` and `abc`: names that mean nothing when the program runs. */
import { native, NativeFunction } from '../functions';
import type { Value } from '../values';
import { PyAnything, PyClass, objectClass, typeClass } from '../values';

/** Decorators that give back what they got. */
const IDENTITY = new Set(['final', 'no_type_check', 'runtime_checkable', 'overload', 'runtime', 'override']);

export function typingName(name: string): Value | undefined {
  if (name.startsWith('__')) return undefined;
  if (IDENTITY.has(name)) return identity(name);
  if (name === 'cast') return native('cast', 'type, value', (_, [, value = null]) => value);
  if (name === 'NewType') return native('NewType', 'name, type', () => identity('NewType'));
  if (name === 'TypeVar' || name === 'ParamSpec') return native(name, 'name, *args, **kwargs', () => new PyAnything(name)); // prettier-ignore
  return new PyAnything(name);
}

const identity = (name: string): NativeFunction =>
  new NativeFunction(name, (_, { positional: [value = null] }) => value);

export function abcNames(): ReadonlyMap<string, Value> {
  const abc = new PyClass('ABC', [objectClass], [objectClass], 'abc', typeClass);
  return new Map<string, Value>([
    ['ABC', abc],
    ['ABCMeta', typeClass],
    ['abstractmethod', identity('abstractmethod')],
    ['abstractproperty', identity('abstractproperty')],
    ['abstractclassmethod', identity('abstractclassmethod')],
    ['abstractstaticmethod', identity('abstractstaticmethod')],
  ]);
}
