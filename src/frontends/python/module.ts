/** A module: its globals, made lazily from its source, or given by a binding. */
import type { Parsed } from './syntax';
import type { Plan } from './plan';
import type { Reads } from './reads';
import type { Unknown, Value } from './values';
import { moduleClass, PyDict, PyObject } from './values';

export interface Source {
  /** As the report shows it. */
  readonly file: string;
  readonly parsed: Parsed;
}

export class PyModule extends PyObject {
  readonly globals: PyDict;
  plan: Plan | undefined = undefined;
  source: Source | undefined = undefined;
  /** Where names come from that nothing in the text binds; for bindings. */
  fallback: ((name: string) => Value | undefined) | undefined = undefined;
  /** Everything can be asked of it, nothing is known: an import that was not found. */
  missing: Unknown | undefined = undefined;
  /** Notes what is asked of it, where somebody wants to know. */
  reads: Reads | undefined = undefined;

  constructor(
    readonly name: string,
    /** Our own rendering of a library: errors and places are reported at the caller. */
    readonly isLibrary: boolean,
    /** Folder of a package, and the file otherwise; empty for modules without files. */
    readonly path = '',
    readonly isPackage = false,
  ) {
    super(moduleClass);
    this.globals = new PyDict();
    this.dict = this.globals;
    this.globals.values.set('__name__', name);
  }

  /** What the module's own text binds. */
  bound(name: string): Value | undefined {
    const { plan } = this;
    this.reads?.name(name);
    if (plan?.isPending(name) === true) plan.demand(name);
    return this.globals.values.get(name);
  }

  /** All its names at once. */
  everything(): PyDict {
    if (this.reads !== undefined) this.reads.everything = true;
    return this.globals;
  }

  /** As seen from outside: with what a binding gives. */
  lookup(name: string): Value | undefined {
    const value = this.bound(name);
    if (value !== undefined || this.fallback === undefined) return value;
    const given = this.fallback(name);
    if (given !== undefined) this.globals.values.set(name, given);
    return given;
  }
}
