/** Which files a text's imports may lead to, so that they can be loaded before the evaluation asks for them one by one. */
import { join, parentOf } from './loader';

/** `from … import …` and `import …` at the start of a line; names in parentheses may go on over lines. */
const IMPORT = /^[ \t]*(?:from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n#;]*)|import[ \t]+([\w., \t]+))/gm;

/** What only a type checker reads. */
const UNREAD = /^([ \t]*)if[ \t]+(?:typing\.)?TYPE_CHECKING[ \t]*:[^\n]*\n(?:\1[ \t]+[^\n]*(?:\n|$)|[ \t]*\n)*/gm;

/** Paths without `roots` in front are relative to the file. `isGiven` tells modules that need no file. */
export function importedFiles(
  path: string,
  source: string,
  roots: readonly string[],
  isGiven: (module: string) => boolean,
): ReadonlySet<string> {
  const found = new Set<string>();
  const add = (base: string): void => void found.add(join(base, '__init__.py')).add(`${base}.py`);
  for (const [, dots = '', from = '', names = '', plain] of source.replace(UNREAD, '').matchAll(IMPORT)) {
    if (dots !== '') {
      let folder = parentOf(path);
      for (let up = 1; up < dots.length; up++) folder = parentOf(folder);
      if (from !== '') add(join(folder, from.replaceAll('.', '/')));
      else for (const [name] of names.matchAll(/\b\w+\b(?!\s+as\b)/g)) add(join(folder, name));
      continue;
    }
    for (const module of plain?.split(',') ?? [from]) {
      const name = /^\s*([\w.]+)/.exec(module)?.[1];
      if (name === undefined || isGiven(name)) continue;
      const parts = name.split('.');
      for (const [index] of parts.entries())
        for (const root of roots) add(join(root, parts.slice(0, index + 1).join('/')));
    }
  }
  return found;
}
