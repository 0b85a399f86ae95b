/** Functions: those that Python text defines, and those that we provide. */
import type { Expression, Parameter, Statement } from './ast';
import type { Interpreter } from './interpreter';
import type { PyModule } from './module';
import type { Env } from './scope';
import type { Arguments, PyClass, Unknown, Value } from './values';
import { functionClass, nativeFunctionClass, PyDict, PyObject, PyTuple } from './values';

/** A `def` or a `lambda`. */
export interface Code {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  /** A lambda's expression, or statements. */
  readonly body: { readonly statements: readonly Statement[] } | { readonly expression: Expression };
  readonly async: boolean;
  readonly node: { readonly start: number; readonly end: number };
}

/** Does what a function does, or gives undefined where its own text has to say. */
export type Quick = (interp: Interpreter, func: PyFunction, args: Arguments) => Value | undefined;

export class PyFunction extends PyObject {
  quick: Quick | undefined = undefined;
  /** The class whose body holds the definition: where `super()` begins. */
  owner: PyClass | undefined = undefined;
  /** A decorator that is not known was assumed to change nothing. */
  doubt: Unknown | undefined = undefined;
  constructor(
    readonly code: Code,
    /** By parameter name. */
    readonly defaults: ReadonlyMap<string, Value>,
    readonly closure: Env | undefined,
    readonly module: PyModule,
    public name: string,
  ) {
    super(functionClass);
  }

  override get takesAttributes(): boolean {
    return true;
  }
}

export class NativeFunction extends PyObject {
  constructor(
    readonly name: string,
    readonly invoke: (interp: Interpreter, args: Arguments) => Value,
    /** Becomes a method when it is found on a class. */
    readonly binds = true,
  ) {
    super(nativeFunctionClass);
  }
}

/** Parameters in the order in which a call fills them. */
export interface Signature {
  readonly plain: readonly Named[];
  readonly positionalOnly: number;
  readonly star: string | undefined;
  readonly keywordOnly: readonly Named[];
  readonly doubleStar: string | undefined;
}
interface Named {
  readonly name: string;
}

const signatures = new WeakMap<readonly Parameter[], Signature>();

export function signatureOf(parameters: readonly Parameter[]): Signature {
  let signature = signatures.get(parameters);
  if (signature === undefined) {
    signature = {
      plain: parameters.filter(({ form }) => form === 'plain' || form === 'positional-only'),
      positionalOnly: parameters.filter(({ form }) => form === 'positional-only').length,
      star: parameters.find(({ form }) => form === 'star')?.name,
      keywordOnly: parameters.filter(({ form }) => form === 'keyword-only'),
      doubleStar: parameters.find(({ form }) => form === 'double-star')?.name,
    };
    signatures.set(parameters, signature);
  }
  return signature;
}

/** What most calls are: positional arguments for plain parameters. False where `bind` has to look. */
export function bindPlain(
  { plain, star, keywordOnly, doubleStar }: Signature,
  { positional, keywords }: Arguments,
  defaults: ReadonlyMap<string, Value>,
  variables: Map<string, Value>,
): boolean {
  if (star !== undefined || doubleStar !== undefined || keywordOnly.length > 0 || keywords !== undefined) return false;
  if (positional.length > plain.length) return false;
  for (let index = 0; index < plain.length; index++) {
    const name = plain[index]?.name ?? '';
    const value = index < positional.length ? positional[index] : defaults.get(name);
    if (value === undefined) return false;
    variables.set(name, value);
  }
  return true;
}

/** Gives every parameter its value through `set`, or raises what Python raises. */
export function bind(
  interp: Interpreter,
  name: string,
  signature: Signature,
  args: Arguments,
  fallback: (name: string) => Value | undefined,
  set: (name: string, value: Value) => void,
): void {
  const { plain, star, keywordOnly, doubleStar } = signature;
  const { positional, keywords } = args;
  const count = Math.min(positional.length, plain.length);
  if (positional.length > plain.length && star === undefined)
    interp.raise('TypeError', `${name}() takes ${plain.length} positional arguments but ${positional.length} were given`); // prettier-ignore
  for (let index = 0; index < count; index++) set(plain[index]?.name ?? '', positional[index] ?? null);
  if (star !== undefined) set(star, new PyTuple(positional.slice(count)));
  let used = 0;
  const fill = (parameter: string, keyword: boolean): void => {
    const given = keyword ? keywords?.get(parameter) : undefined;
    if (given !== undefined) used++;
    // Python's None is null here, and is given all the same.
    const value = given === undefined ? fallback(parameter) : given;
    if (value === undefined) interp.raise('TypeError', `${name}() missing 1 required argument: '${parameter}'`);
    else set(parameter, value);
  };
  for (let index = count; index < plain.length; index++)
    fill(plain[index]?.name ?? '', index >= signature.positionalOnly);
  for (const parameter of keywordOnly) fill(parameter.name, true);
  if (doubleStar !== undefined) set(doubleStar, rest(interp, name, signature, args, count));
  else if (keywords !== undefined && used < keywords.size) refuse(interp, name, signature, keywords, count);
}

function rest(interp: Interpreter, name: string, signature: Signature, args: Arguments, count: number): PyDict {
  const dict = new PyDict();
  if (args.keywords === undefined) return dict;
  for (const [keyword, value] of args.keywords) {
    const place = signature.plain.findIndex(parameter => parameter.name === keyword);
    if (place >= signature.positionalOnly && place < count) multiple(interp, name, keyword);
    if (place < signature.positionalOnly && !signature.keywordOnly.some(parameter => parameter.name === keyword))
      dict.set(keyword, value);
  }
  return dict;
}

function refuse(
  interp: Interpreter,
  name: string,
  signature: Signature,
  keywords: ReadonlyMap<string, Value>,
  count: number,
): never {
  for (const keyword of keywords.keys()) {
    const place = signature.plain.findIndex(parameter => parameter.name === keyword);
    if (place >= 0 && place < count) multiple(interp, name, keyword);
    if (place < 0 && !signature.keywordOnly.some(parameter => parameter.name === keyword))
      interp.raise('TypeError', `${name}() got an unexpected keyword argument '${keyword}'`);
  }
  return interp.raise('TypeError', `${name}() got some positional-only arguments passed as keyword arguments`);
}

const multiple = (interp: Interpreter, name: string, keyword: string): never =>
  interp.raise('TypeError', `${name}() got multiple values for argument '${keyword}'`);

type Body = (interp: Interpreter, args: readonly Value[]) => Value;

/**
 * A function of ours with a Python signature: `a, b=None, *args, key=None, **kw`. Parameters come in order; a default
 * must be None, True, False, or a whole number; `*args` come as a tuple and `**kw` as a dict.
 */
export function native(name: string, signature: string, body: Body): NativeFunction {
  let parsed: ParsedSignature | undefined;
  return new NativeFunction(name, (interp, args) => {
    parsed ??= parseSignature(signature);
    const { names, defaults, shape } = parsed;
    if (args.keywords === undefined && isPlain(shape) && args.positional.length === names.length)
      return body(interp, args.positional);
    const values: Value[] = names.map(() => null);
    bind(
      interp,
      name,
      shape,
      args,
      parameter => defaults.get(parameter),
      (parameter, value) => (values[names.indexOf(parameter)] = value),
    );
    return body(interp, values);
  });
}

const isPlain = (shape: Signature): boolean =>
  shape.star === undefined && shape.doubleStar === undefined && shape.keywordOnly.length === 0;

interface ParsedSignature {
  readonly names: readonly string[];
  readonly defaults: ReadonlyMap<string, Value>;
  readonly shape: Signature;
}

function parseSignature(signature: string): ParsedSignature {
  const names: string[] = [];
  const defaults = new Map<string, Value>();
  const plain: Named[] = [];
  const keywordOnly: Named[] = [];
  let [star, doubleStar, positionalOnly, starred]: [string | undefined, string | undefined, number, boolean] =
    [undefined, undefined, 0, false]; // prettier-ignore
  for (const part of signature
    .split(',')
    .map(piece => piece.trim())
    .filter(piece => piece !== '')) {
    const [word = '', literal] = part.split('=').map(piece => piece.trim());
    if (word === '/') positionalOnly = plain.length;
    else if (word === '*') starred = true;
    else {
      const name = word.replace(/^\*+/, '');
      names.push(name);
      if (literal !== undefined) defaults.set(name, readLiteral(literal));
      if (word.startsWith('**')) doubleStar = name;
      else if (word.startsWith('*')) [star, starred] = [name, true];
      else (starred ? keywordOnly : plain).push({ name });
    }
  }
  return { names, defaults, shape: { plain, positionalOnly, star, keywordOnly, doubleStar } };
}

const readLiteral = (literal: string): Value =>
  literal === 'None' ? null : literal === 'True' ? true : literal === 'False' ? false : Number(literal);
