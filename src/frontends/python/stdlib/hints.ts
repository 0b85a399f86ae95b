/** Annotations as values: names are looked up where the class is defined; what is more than a name is only a type. */
import { findAttribute } from '../attributes';
import type { Interpreter } from '../interpreter';
import type { PyModule } from '../module';
import { parseExpression } from '../syntax';
import type { Expression } from '../ast';
import type { Value } from '../values';
import { PyAnything, PyClass, PyDict, Unknown } from '../values';

/** Of the class alone, or with those of its bases. */
export function annotationsOf(interp: Interpreter, cls: Value, inherited: boolean): Value {
  const found = new PyDict();
  if (!(cls instanceof PyClass)) return found;
  for (const base of inherited ? cls.mro.toReversed() : [cls]) {
    const module = interp.host.loaded?.(base.module);
    for (const [name, written] of base.annotations ?? []) found.set(name, typeNamed(interp, module, written));
  }
  return found;
}

function typeNamed(interp: Interpreter, module: PyModule | undefined, written: string): Value {
  const value = module === undefined ? undefined : named(interp, module, parseExpression(written));
  return value === undefined || value instanceof Unknown ? new PyAnything(written) : value;
}

function named(interp: Interpreter, module: PyModule, node: Expression | undefined): Value | undefined {
  if (node?.kind === 'string') return named(interp, module, parseExpression(node.value));
  if (node?.kind === 'name') return module.lookup(node.id);
  if (node?.kind !== 'attribute') return undefined;
  const object = named(interp, module, node.object);
  return object === undefined ? undefined : findAttribute(interp, object, node.name);
}
