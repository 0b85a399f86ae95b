/** Names: looked up and bound in functions, classes, comprehensions and modules. */
import { text } from '../../base/text';
import type { Name } from './ast';
import { findBuiltin } from './builtins/index';
import { starLookup } from './imports';
import type { Frame, Interpreter } from './interpreter';
import type { PyModule } from './module';
import type { Value } from './values';

export function lookupName(interp: Interpreter, node: Name, frame: Frame): Value {
  const value = findName(interp, node.id, frame);
  if (value !== undefined) return value;
  frame.at ??= node;
  return interp.raise('NameError', `name '${node.id}' is not defined`);
}

function findName(interp: Interpreter, name: string, frame: Frame): Value | undefined {
  const local = frame.env.lookup(name);
  // Python's None is null here, and is a value.
  return local === undefined ? findGlobal(interp, frame.module, name) : local;
}

export function findGlobal(interp: Interpreter, module: PyModule, name: string): Value | undefined {
  const value = module.bound(name);
  if (value !== undefined) return value;
  let found = starLookup(interp, module, name);
  if (found === undefined) found = findBuiltin(name);
  if (found === undefined) found = module.lookup(name);
  if (found !== undefined) return found;
  if (module.plan?.isDynamic === true) {
    module.plan.runAll();
    const made = module.everything().values.get(name);
    if (made !== undefined) return made;
  }
  // An import of everything from somewhere unknown may have brought the name.
  return module.missing === undefined
    ? undefined
    : interp.unknown(
        'unknown-import',
        text('"{0}" may come from something that could not be read: {1}', name, module.missing.reason),
      );
}

export function bindName(name: string, value: Value, frame: Frame): void {
  const { env } = frame;
  const { info } = env;
  if (env.kind === 'comprehension') {
    // `:=` inside a comprehension binds outside of it.
    let outer = env.parent;
    while (outer?.kind === 'comprehension') outer = outer.parent;
    if (outer === undefined) setGlobal(frame.module, name, value);
    else outer.vars.set(name, value);
  } else if (info.globals.has(name)) setGlobal(frame.module, name, value);
  else if (info.nonlocals.has(name)) env.owner(name)?.vars.set(name, value);
  else if (env.kind === 'module') frame.module.globals.values.set(name, value);
  else env.vars.set(name, value);
}

/** What the module's own text still has to bind is bound first, or it would overwrite this later. */
function setGlobal(module: PyModule, name: string, value: Value): void {
  module.bound(name);
  module.globals.values.set(name, value);
}

export function unbindName(interp: Interpreter, name: string, frame: Frame): void {
  const { env } = frame;
  const gone =
    env.kind === 'module' || env.info.globals.has(name)
      ? frame.module.globals.values.delete(name)
      : env.vars.delete(name);
  if (!gone) interp.raise('NameError', `name '${name}' is not defined`);
}
