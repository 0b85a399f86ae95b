/**
 * The state of one evaluation: frames, budgets, temporaries, and what the surrounding program offers. The work itself
 * is in functions that take the interpreter first: statements.ts, expressions.ts, calls.ts and so on.
 */
import type { GapCode } from '../../base/findings';
import type { Call, Span } from '../../base/span';
import type { Text } from '../../base/text';
import { text } from '../../base/text';
import type { Expression, Statement } from './ast';
import { prepareBuiltins } from './builtins/index';
import { exception } from './exceptions';
import type { PyFunction } from './functions';
import type { PyModule } from './module';
import { spanOf } from './places';
import type { Env } from './scope';
import type { Arguments, PyClass, PyObject, Value } from './values';
import { Unknown } from './values';

export interface Limits {
  /** Statements and calls. */
  readonly steps: number;
  readonly depth: number;
  /** Elements of one container or characters of one string. */
  readonly size: number;
}

export const DEFAULT_LIMITS: Limits = { steps: 20_000_000, depth: 400, size: 1_000_000 };

/** What the program around the interpreter does for it. */
export interface Host {
  /** `undefined` where there is no such module. May throw `NeedsFiles`. */
  load(interp: Interpreter, name: string): PyModule | undefined;
  /** A module of that name that is there already. */
  loaded?(name: string): PyModule | undefined;
  /** Relative to a module's place, `level` dots up. */
  loadRelative(interp: Interpreter, from: PyModule, level: number, name: string): PyModule | undefined;
  /** The text of such a module, where it has one. May throw `NeedsFiles`. */
  textOf?(from: PyModule, level: number, name: string): string | undefined;
  /** A module of a package that was loaded before. */
  loadedIn?(from: PyModule, name: string): PyModule | undefined;
  gap(code: GapCode, message: Text, at: Span | undefined): void;
  /** Around making an instance of a class that Python text defines. */
  constructing?(interp: Interpreter, cls: PyClass, args: Arguments, make: () => Value): Value;
  /** Around calling an instance. */
  calling?(interp: Interpreter, instance: PyObject, args: Arguments, call: () => Value): Value;
  /** Something not known is called: does that touch what is counted? */
  calledUnknown?(interp: Interpreter, callee: Unknown, args: Arguments): void;
  /** Whether the host itself says what unknown code may have changed about the object, which is then read on as it was. */
  answersFor?(object: PyObject): boolean;
  /** A name of one of our library's modules is given another value. */
  changedLibrary?(): void;
  /** A value that is not known is given to an attribute. */
  assignedUnknown?(interp: Interpreter, object: PyObject, name: string, value: Unknown): void;
}

/** The innermost frame of the user's own text. */
function usersOwn(frame: Frame | undefined): Frame | undefined {
  while (frame !== undefined && (frame.module.isLibrary || frame.at === undefined)) frame = frame.caller;
  return frame;
}

export class Frame {
  /** The call or operation that is being evaluated. */
  at: Expression | Statement | undefined = undefined;
  result: Value = null;
  /** Try blocks around, in this frame, that catch a failing import. */
  catchesImports = 0;
  constructor(
    public env: Env,
    readonly module: PyModule,
    readonly func: PyFunction | undefined,
    public caller: Frame | undefined,
  ) {}
}

/** A Python exception on its way. */
export class Raised extends Error {
  constructor(
    readonly value: PyObject,
    readonly at: Span | undefined,
  ) {
    super(value.cls.name);
  }
}

/** The evaluation cannot go on; no `except` catches it. */
export class Aborted extends Error {
  constructor(
    readonly text: Text,
    readonly at: Span | undefined,
  ) {
    super(text.template);
  }
}

/** Files that are not loaded yet; the front end loads them and evaluates again. */
export class NeedsFiles extends Error {
  constructor(readonly paths: readonly string[]) {
    super('files are needed');
  }
}

export class Interpreter {
  frame: Frame | undefined = undefined;
  depth = 0;
  /** Values that an expression under evaluation still holds. */
  readonly temporaries: Value[] = [];
  /** Exceptions that are being handled, for a bare `raise`. */
  readonly handled: Raised[] = [];
  #steps = 0;
  readonly #calls = new WeakMap<Frame, Call | undefined>();

  constructor(
    readonly host: Host,
    readonly limits: Limits = DEFAULT_LIMITS,
  ) {
    prepareBuiltins();
  }

  /** Lets go of what was held since `mark`. */
  drop(mark: number): void {
    // Not by the length: engines then make the array smaller and have to let it grow again.
    while (this.temporaries.length > mark) this.temporaries.pop();
  }

  step(): void {
    if (++this.#steps > this.limits.steps)
      throw new Aborted(text('more than {0} steps were needed', this.limits.steps), this.here());
  }

  /** Runs with a fresh budget. */
  restart(): void {
    this.#steps = 0;
    this.frame = undefined;
    this.depth = 0;
    this.temporaries.length = 0;
    this.handled.length = 0;
  }

  raise(type: string, message: string): never {
    throw new Raised(exception(type, message), this.here());
  }

  unknown(code: GapCode, reason: Text, node?: Expression, data = false): Unknown {
    const { frame } = this;
    const at = node === undefined || frame === undefined ? this.here() : (spanOf(frame.module, node) ?? this.here());
    return new Unknown(reason, code, at, data);
  }

  /** The innermost call in the user's own text. */
  here(): Span | undefined {
    const frame = this.userFrame();
    return frame?.at === undefined ? undefined : spanOf(frame.module, frame.at);
  }

  userFrame(): Frame | undefined {
    return usersOwn(this.frame);
  }

  /** The call that made the innermost activation of the user's own code, with those around it. */
  callAround(): Call | undefined {
    const frame = this.userFrame();
    return frame && this.#callOf(frame);
  }

  /** Callers stand still while what they called runs. */
  #callOf(frame: Frame): Call | undefined {
    if (this.#calls.has(frame)) return this.#calls.get(frame);
    const caller = usersOwn(frame.caller);
    const at = caller?.at && spanOf(caller.module, caller.at);
    const within = caller && this.#callOf(caller);
    const call = at && { at, ...(within && { within }) };
    this.#calls.set(frame, call);
    return call;
  }

  gap(code: GapCode, message: Text, at = this.here()): void {
    this.host.gap(code, message, at);
  }
}
