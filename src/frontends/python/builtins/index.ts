/** The names that every module has. */
import { exceptionClasses } from '../exceptions';
import type { Value } from '../values';
import { ELLIPSIS, NOT_IMPLEMENTED, objectClass, typeClass } from '../values';
import { functions } from './functions';
import { installDict } from './dict';
import { installList } from './list';
import { installNumbers } from './numbers';
import { installObjects, objectFunctions } from './objects';
import { installSet } from './set';
import { installStr } from './str';
import { classes } from './types';
import { installProtocol } from './protocol';
import { installExceptions } from './exceptions';

let table: ReadonlyMap<string, Value> | undefined;

/** Made at first use: the modules of the interpreter import each other in circles. */
export function findBuiltin(name: string): Value | undefined {
  return (table ??= install()).get(name);
}

export const prepareBuiltins = (): void => void (table ??= install());

function install(): ReadonlyMap<string, Value> {
  installObjects();
  installNumbers();
  installStr();
  installList();
  installDict();
  installSet();
  installExceptions();
  installProtocol();
  return new Map<string, Value>([
    ...[...functions(), ...objectFunctions()].map((func): [string, Value] => [func.name, func]),
    ...classes.map((cls): [string, Value] => [cls.name, cls]),
    ...exceptionClasses,
    ['object', objectClass],
    ['type', typeClass],
    ['Ellipsis', ELLIPSIS],
    ['NotImplemented', NOT_IMPLEMENTED],
    ['__debug__', true],
  ]);
}
