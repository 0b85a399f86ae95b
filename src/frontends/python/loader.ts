/** Finds modules among files that are already loaded; names what else has to be loaded. Paths have forward slashes. */
import { moduleFromSource } from './imports';
import type { Interpreter } from './interpreter';
import { NeedsFiles } from './interpreter';
import { PyModule } from './module';
import type { Parsed } from './syntax';
import { parsePython } from './syntax';

/** Text by path; null for a file that is not there, undefined for one that nobody looked for yet. */
export type Files = Pick<ReadonlyMap<string, string | null>, 'get'>;

export class Loader {
  readonly #modules = new Map<string, PyModule>();

  constructor(
    private readonly files: Files,
    /** Folders in which absolute imports begin, first match first. */
    private readonly roots: readonly string[],
    private readonly parse: (text: string) => Parsed = parseCached,
  ) {}

  /** The file that is read itself. */
  main(interp: Interpreter, path: string): PyModule {
    return this.#at(interp, this.#dotted(path), path, false) ?? new PyModule('__main__', false, path);
  }

  /** Among those that are loaded. */
  named(name: string): PyModule | undefined {
    for (const module of this.#modules.values()) if (module.name === name) return module;
    return undefined;
  }

  absolute(interp: Interpreter, name: string): PyModule | undefined {
    const path = name.replaceAll('.', '/');
    return this.#first(
      interp,
      name,
      this.roots.map(root => join(root, path)),
    );
  }

  /** A module or package in a folder that something imported already. */
  loaded(folder: string, name: string): PyModule | undefined {
    const base = join(folder, name);
    return this.#modules.get(`${base}.py`) ?? this.#modules.get(join(base, '__init__.py'));
  }

  relative(interp: Interpreter, from: PyModule, level: number, name: string): PyModule | undefined {
    const folder = folderOf(from, level);
    if (name === '') return this.#package(interp, folder, from);
    return this.#first(interp, this.nameOf(from, level, name), [join(folder, name.replaceAll('.', '/'))]);
  }

  /** What `relative` would read. */
  textOf(from: PyModule, level: number, name: string): string | undefined {
    const base = join(folderOf(from, level), name.replaceAll('.', '/'));
    const paths = [join(base, '__init__.py'), `${base}.py`];
    const texts = paths.map(path => this.files.get(path));
    const needed = paths.filter((_, index) => texts[index] === undefined);
    if (needed.length > 0) throw new NeedsFiles(needed);
    return texts.find(content => typeof content === 'string');
  }

  /** Those of the files that are there. */
  beside(interp: Interpreter, paths: readonly string[]): readonly PyModule[] {
    const needed = paths.filter(path => this.files.get(path) === undefined);
    if (needed.length > 0) throw new NeedsFiles(needed);
    return paths.flatMap(path => {
      if (typeof this.files.get(path) !== 'string') return [];
      return this.#at(interp, this.#dotted(path), path, false) ?? [];
    });
  }

  /** The name by which a relative import's module is known everywhere. */
  nameOf(from: PyModule, level: number, name: string): string {
    return this.#dotted(join(folderOf(from, level), name.replaceAll('.', '/')));
  }

  /** With the packages that the file is in. */
  #dotted(path: string): string {
    const parts = [moduleName(path)];
    for (let folder = parentOf(path); folder !== parentOf(folder); folder = parentOf(folder)) {
      const package_ = join(folder, '__init__.py');
      const text = this.files.get(package_);
      if (text === undefined) throw new NeedsFiles([package_]);
      if (text === null) break;
      parts.unshift(folder.slice(folder.lastIndexOf('/') + 1));
    }
    return parts.join('.');
  }

  /** `from . import x`: the folder need not have an `__init__`. */
  #package(interp: Interpreter, folder: string, from: PyModule): PyModule {
    if (from.isPackage && from.path === folder) return from;
    const known = this.#modules.get(folder);
    if (known !== undefined) return known;
    const made = this.#first(interp, folder.slice(folder.lastIndexOf('/') + 1), [folder]) ?? new PyModule(folder, false, folder, true); // prettier-ignore
    this.#modules.set(folder, made);
    return made;
  }

  #first(interp: Interpreter, name: string, bases: readonly string[]): PyModule | undefined {
    const candidates = bases.flatMap(base => [
      { path: join(base, '__init__.py'), isPackage: true },
      { path: `${base}.py`, isPackage: false },
    ]);
    const needed: string[] = [];
    for (const { path, isPackage } of candidates) {
      const text = this.files.get(path);
      if (text === undefined) needed.push(path);
      else if (text !== null && needed.length === 0) return this.#at(interp, name, path, isPackage);
    }
    if (needed.length > 0) throw new NeedsFiles(needed);
    return undefined;
  }

  #at(interp: Interpreter, name: string, path: string, isPackage: boolean): PyModule | undefined {
    const known = this.#modules.get(path);
    // A module that imports the file it is imported by: what it takes from there is not told apart.
    if (known?.reads !== undefined) known.reads.isShared = true;
    if (known !== undefined) return known;
    const text = this.files.get(path);
    if (typeof text !== 'string') return undefined;
    const module = new PyModule(name, false, isPackage ? parentOf(path) : path, isPackage);
    module.globals.set('__file__', path);
    module.globals.set('__spec__', null);
    module.globals.set('__package__', isPackage ? name : name.slice(0, Math.max(0, name.lastIndexOf('.'))));
    this.#modules.set(path, module);
    return moduleFromSource(interp, module, path, this.parse(text));
  }
}

const trees = new Map<string, Parsed>();
const MOST_TREES = 200;

/** By content: a file that did not change is not parsed again. */
export function parseCached(text: string): Parsed {
  let parsed = trees.get(text);
  if (parsed === undefined) {
    if (trees.size >= MOST_TREES) trees.delete(trees.keys().next().value ?? '');
    trees.set(text, (parsed = parsePython(text)));
  }
  return parsed;
}

function folderOf(from: PyModule, level: number): string {
  let folder = from.isPackage ? from.path : parentOf(from.path);
  for (let up = 1; up < level; up++) folder = parentOf(folder);
  return folder;
}

const moduleName = (path: string): string => path.slice(path.lastIndexOf('/') + 1).replace(/\.py$/, '');

export function parentOf(path: string): string {
  const at = path.lastIndexOf('/');
  return at < 0 ? '.' : at === 0 ? '/' : path.slice(0, at);
}

export const join = (folder: string, rest: string): string =>
  folder === '.' || folder === '' ? rest : folder === '/' ? `/${rest}` : `${folder}/${rest}`;

/** The folder of a file and those above it: whichever of them the project's imports begin in. */
export function ancestorsOf(path: string, most = 6): string[] {
  const folders = [parentOf(path)];
  while (folders.length < most) {
    const last = folders.at(-1) ?? '.';
    if (last === '/' || last === '.' || last.endsWith('..')) break;
    folders.push(parentOf(last));
  }
  return folders;
}
