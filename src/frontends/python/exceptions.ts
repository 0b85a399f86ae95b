/** Python's own exceptions: names and their places in the hierarchy. */
import { nativeClass, objectClass, PyDict, PyObject, PyTuple, typeClass } from './values';
import type { Value, PyClass } from './values';

/** Name to base, in an order in which bases come first. */
const HIERARCHY: readonly (readonly [string, string])[] = [
  ['Exception', 'BaseException'], ['KeyboardInterrupt', 'BaseException'], ['SystemExit', 'BaseException'],
  ['GeneratorExit', 'BaseException'], ['StopIteration', 'Exception'], ['StopAsyncIteration', 'Exception'],
  ['ArithmeticError', 'Exception'], ['ZeroDivisionError', 'ArithmeticError'], ['OverflowError', 'ArithmeticError'],
  ['FloatingPointError', 'ArithmeticError'], ['AssertionError', 'Exception'], ['AttributeError', 'Exception'],
  ['BufferError', 'Exception'], ['EOFError', 'Exception'], ['ImportError', 'Exception'],
  ['ModuleNotFoundError', 'ImportError'], ['LookupError', 'Exception'], ['IndexError', 'LookupError'],
  ['KeyError', 'LookupError'], ['MemoryError', 'Exception'], ['NameError', 'Exception'],
  ['UnboundLocalError', 'NameError'], ['OSError', 'Exception'], ['FileNotFoundError', 'OSError'],
  ['FileExistsError', 'OSError'], ['PermissionError', 'OSError'], ['ConnectionError', 'OSError'],
  ['TimeoutError', 'OSError'], ['ReferenceError', 'Exception'], ['RuntimeError', 'Exception'],
  ['NotImplementedError', 'RuntimeError'], ['RecursionError', 'RuntimeError'], ['SyntaxError', 'Exception'],
  ['SystemError', 'Exception'], ['TypeError', 'Exception'], ['ValueError', 'Exception'],
  ['UnicodeError', 'ValueError'], ['UnicodeDecodeError', 'UnicodeError'], ['UnicodeEncodeError', 'UnicodeError'],
  ['Warning', 'Exception'], ['DeprecationWarning', 'Warning'], ['PendingDeprecationWarning', 'Warning'],
  ['RuntimeWarning', 'Warning'], ['SyntaxWarning', 'Warning'], ['UserWarning', 'Warning'],
  ['FutureWarning', 'Warning'], ['ImportWarning', 'Warning'], ['UnicodeWarning', 'Warning'],
  ['BytesWarning', 'Warning'], ['ResourceWarning', 'Warning'],
]; // prettier-ignore

const base = nativeClass('BaseException', objectClass);
export const exceptionClasses = new Map<string, PyClass>([['BaseException', base]]);
for (const [name, parent] of HIERARCHY) exceptionClasses.set(name, nativeClass(name, exceptionClasses.get(parent)));
exceptionClasses.set('IOError', exceptionClasses.get('OSError') ?? base);
exceptionClasses.set('EnvironmentError', exceptionClasses.get('OSError') ?? base);
for (const cls of exceptionClasses.values()) cls.cls = typeClass;

export const baseException = base;

export function exception(type: string, ...args: readonly Value[]): PyObject {
  return fillException(new PyObject(exceptionClasses.get(type) ?? base), args);
}

export function fillException(instance: PyObject, args: readonly Value[]): PyObject {
  instance.dict ??= new PyDict();
  instance.dict.set('args', new PyTuple(args));
  return instance;
}

export const isException = (cls: PyClass): boolean => cls.isSubclassOf(base);

/** What Python would print behind the name of the exception. */
export function messageOf(value: PyObject): string {
  const args = value.dict?.get('args');
  if (!(args instanceof PyTuple)) return '';
  const [first] = args.items;
  return typeof first === 'string' ? first : typeof first === 'number' ? String(first) : '';
}
