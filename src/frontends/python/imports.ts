/** `import`: modules are found by the host; their bodies run when their names are asked for. */
import { orElse } from './orElse';
import { text } from '../../base/text';
import type { Import, ImportFrom, Statement } from './ast';
import { effectsOf } from './scope';
import { exceptionClasses } from './exceptions';
import type { Interpreter } from './interpreter';
import { Frame, Raised } from './interpreter';
import { iterateOver } from './iteration';
import { PyModule } from './module';
import { bindName } from './names';
import { Plan } from './plan';
import { spanOf } from './places';
import { Env, PLAIN } from './scope';
import { executeOne } from './statements';
import type { Parsed } from './syntax';
import type { Value } from './values';
import { Unknown } from './values';
import { messageOf } from './exceptions';

export function executeImport(interp: Interpreter, statement: Import, frame: Frame): void {
  for (const { module: name, as } of statement.names) {
    const chain = loadChain(interp, name);
    const value = as === undefined ? chain[0] : chain.at(-1);
    bindName(as ?? name.split('.')[0] ?? name, value ?? missing(interp, statement, name, frame), frame);
  }
}

/** The packages on the way and the module itself; empty where there is no such module. */
function loadChain(interp: Interpreter, name: string): readonly PyModule[] {
  const parts = name.split('.');
  const found = parts.map((_, index) => interp.host.load(interp, parts.slice(0, index + 1).join('.')));
  if (found.at(-1) === undefined) return [];
  // A folder without `__init__` is a package all the same.
  const chain = found.map(
    (module, index) => module ?? new PyModule(parts.slice(0, index + 1).join('.'), false, '', true),
  );
  chain.forEach((module, index) => {
    const next = chain[index + 1];
    if (next !== undefined) module.globals.set(parts[index + 1] ?? '', next);
  });
  return chain;
}

export function executeImportFrom(interp: Interpreter, statement: ImportFrom, frame: Frame): void {
  const { level, module: name } = statement;
  if (level === 0 && name === '__future__') return;
  const module = level === 0 ? loadAbsolute(interp, name) : interp.host.loadRelative(interp, frame.module, level, name); // prettier-ignore
  for (const { name: wanted, as } of statement.names) {
    if (wanted === '*') bindAll(interp, statement, module, frame);
    else {
      // A folder without `__init__` holds modules all the same.
      const value = module === undefined ? (level === 0 ? loadAbsolute(interp, `${name}.${wanted}`) : undefined) : member(interp, module, wanted); // prettier-ignore
      bindName(as, value === undefined ? missing(interp, statement, `${'.'.repeat(level)}${name}`, frame, module === undefined ? undefined : wanted) : value, frame); // prettier-ignore
    }
  }
}

export function loadAbsolute(interp: Interpreter, name: string): PyModule | undefined {
  return loadChain(interp, name).at(-1);
}

/** A name of a module, or a module inside a package, whoever imported that. */
export function member(interp: Interpreter, module: PyModule, name: string): Value | undefined {
  // An object that imports on demand knows its modules by their names, without importing others.
  const early = module.plan?.isReplaced === true && module.isPackage && module.lookup(name) === undefined ? inPackage(interp, module, name) : undefined; // prettier-ignore
  const value = early ?? orElse(module.lookup(name), () => starLookup(interp, module, name));
  if (value !== undefined) return value;
  // Of a package of which nothing is known a name need not be a module.
  const opaque = module.missing !== undefined && module.path === '';
  const submodule = module.isPackage && !name.startsWith('__') ? inPackage(interp, module, name) : undefined;
  if (submodule !== undefined && !(opaque && submodule.plan === undefined)) {
    module.globals.set(name, submodule);
    return submodule;
  }
  return module.missing ?? dynamicMember(interp, module, name);
}

const inPackage = (interp: Interpreter, module: PyModule, name: string): PyModule | undefined =>
  module.path === ''
    ? interp.host.load(interp, `${module.name}.${name}`)
    : interp.host.loadRelative(interp, module, 1, name);

/** A module's own `__getattr__`. */
function dynamicMember(interp: Interpreter, module: PyModule, name: string): Value | undefined {
  if (module.plan?.names.has('__getattr__') !== true) return undefined;
  return interp.unknown('unknown-import', text('"{0}" of "{1}" is made when it is asked for', name, module.name));
}

function missing(
  interp: Interpreter,
  statement: Import | ImportFrom,
  module: string,
  frame: Frame,
  name?: string,
): Value {
  if (frame.catchesImports > 0) interp.raise('ImportError', module);
  const reason =
    name === undefined
      ? text('the module "{0}" was not found', module)
      : text('"{0}" was not found in the module "{1}"', name, module);
  return new Unknown(reason, 'unknown-import', spanOf(frame.module, statement) ?? interp.here());
}

function bindAll(interp: Interpreter, statement: ImportFrom, module: PyModule | undefined, frame: Frame): void {
  if (module === undefined) {
    const lost = missing(interp, statement, statement.module, frame);
    if (lost instanceof Unknown) frame.module.missing ??= lost;
    return;
  }
  for (const name of publicNames(interp, module)) {
    const value = member(interp, module, name);
    if (value !== undefined) bindName(name, value, frame);
  }
}

/** What `from module import *` brings. */
export function publicNames(interp: Interpreter, module: PyModule): readonly string[] {
  module.everything();
  const all = module.lookup('__all__');
  if (all !== undefined && !(all instanceof Unknown)) {
    const names: string[] = [];
    iterateOver(interp, all, name => void (typeof name === 'string' && names.push(name)));
    return names;
  }
  const own = [...(module.plan?.names ?? []), ...[...module.globals.values.keys()].filter(key => typeof key === 'string')]; // prettier-ignore
  const stars = (module.plan?.stars ?? []).flatMap(statement => {
    const source = starSource(interp, module, statement);
    return source === undefined ? [] : publicNames(interp, source);
  });
  return [...new Set([...own, ...stars])].filter(name => !name.startsWith('_'));
}

/** A module's names as a dict, as `__dict__` and `globals()` give it: everything in it has run. */
export function namespaceOf(interp: Interpreter, module: PyModule): Value {
  if (module.fallback !== undefined)
    return interp.unknown('unknown-value', text('not all names of "{0}" are known', module.name));
  module.plan?.runAll();
  for (const statement of module.plan?.stars ?? []) {
    const source = starSource(interp, module, statement);
    if (source === undefined) continue;
    for (const name of publicNames(interp, source)) if (module.bound(name) === undefined) member(interp, module, name);
  }
  return module.missing ?? module.everything();
}

function starSource(interp: Interpreter, module: PyModule, statement: Statement): PyModule | undefined {
  if (statement.kind !== 'import-from') return undefined;
  const { level, module: name } = statement;
  const source = level === 0 ? loadAbsolute(interp, name) : interp.host.loadRelative(interp, module, level, name);
  if (source === undefined)
    module.missing ??= new Unknown(text('the module "{0}" was not found', name), 'unknown-import', spanOf(module, statement)); // prettier-ignore
  return source;
}

/** Names that are being looked for behind stars, by module: another name of the same module may be, too. */
const searching = new Map<PyModule, Set<string>>();

/** A name that a module has by `from … import *`. */
export function starLookup(interp: Interpreter, module: PyModule, name: string): Value | undefined {
  const stars = module.plan?.stars;
  if (stars === undefined || stars.length === 0 || name.startsWith('__')) return undefined;
  const under = searching.get(module) ?? new Set<string>();
  if (under.has(name)) return undefined;
  searching.set(module, under.add(name));
  try {
    for (const statement of module.plan?.isReplaced === true ? likeliestFirst(stars, name) : stars) {
      if (!mayExport(interp, module, statement, name)) continue;
      const source = starSource(interp, module, statement);
      if (source === undefined || !exports(interp, source, name) || borrows(interp, source, name, module)) continue;
      const value = orElse(
        orElse(source.lookup(name), () => starLookup(interp, source, name)),
        () => source.missing,
      );
      if (value === undefined) continue;
      module.globals.set(name, value);
      return value;
    }
    return undefined;
  } finally {
    under.delete(name);
    if (under.size === 0) searching.delete(module);
  }
}

/** On demand a name comes from the one module that has it: most often one that is called as the name begins. */
function likeliestFirst(stars: readonly Statement[], name: string): readonly Statement[] {
  const wanted = name.toLowerCase();
  const rank = (statement: Statement): number => {
    const plain = statement.kind === 'import-from' ? statement.module.replace(/[._]|^(?:modeling|configuration)_/g, '').toLowerCase() : ''; // prettier-ignore
    return wanted.startsWith(plain) ? plain.length : 0;
  };
  return stars.toSorted((a, b) => rank(b) - rank(a));
}

/** A module whose text has neither the name nor a way to get names from elsewhere need not be parsed. */
function mayExport(interp: Interpreter, module: PyModule, statement: Statement, name: string): boolean {
  if (statement.kind !== 'import-from' || statement.level === 0) return true;
  const content = interp.host.textOf?.(module, statement.level, statement.module);
  return content === undefined || content.includes(name) || /import\s*\(?\s*\*|\bglobals\(|\bsys\.modules\b|\bsetattr\b|\bexec\(/.test(content); // prettier-ignore
}

/** `from package import name` in a module that the package itself brings by a star: the name is another's. */
function borrows(interp: Interpreter, source: PyModule, name: string, from: PyModule): boolean {
  return (source.source?.parsed.module.statements ?? []).some(statement => {
    if (statement.kind !== 'import-from' || !statement.names.some(one => one.as === name)) return false;
    const { level, module } = statement;
    return (level === 0 ? loadAbsolute(interp, module) : interp.host.loadRelative(interp, source, level, module)) === from; // prettier-ignore
  });
}

function exports(interp: Interpreter, module: PyModule, name: string): boolean {
  const all = module.plan?.names.has('__all__') === true ? module.lookup('__all__') : undefined;
  if (all === undefined || all instanceof Unknown) return !name.startsWith('_');
  const listed = (): boolean => {
    let found = false;
    iterateOver(interp, all, item => void (found ||= item === name));
    return found;
  };
  if (listed()) return true;
  // Decorators may add their function to the list when it is made.
  return module.plan?.isPending(name) === true && module.bound(name) !== undefined && listed();
}

/** A module that is executed from its text, name by name. */
export function moduleFromSource(interp: Interpreter, module: PyModule, file: string, parsed: Parsed): PyModule {
  module.source = { file, parsed };
  module.plan = new Plan(parsed.module, (statement, place) => {
    const work = (): void => runTopLevel(interp, module, statement);
    if (module.reads === undefined) work();
    else module.reads.inStep(place, work);
  });
  return module;
}

function runTopLevel(interp: Interpreter, module: PyModule, statement: Statement): void {
  const outer = interp.frame;
  const mark = interp.temporaries.length;
  const { depth } = interp;
  const frame = new Frame(new Env(undefined, PLAIN, 'module'), module, undefined, outer);
  interp.frame = frame;
  try {
    executeOne(interp, statement, frame);
  } catch (error) {
    if (!(error instanceof Raised)) throw error;
    interp.drop(mark);
    interp.depth = depth;
    const why = new Unknown(
      text('{0} is raised here: {1}', error.value.cls.name, messageOf(error.value)),
      'unknown-value',
      error.at ?? spanOf(module, statement),
    );
    for (const name of effectsOf([statement]).binds) module.globals.values.set(name, why);
    const importing = exceptionClasses.get('ImportError');
    if (importing !== undefined && error.value.cls.isSubclassOf(importing)) throw error;
  } finally {
    interp.frame = outer;
  }
}
