/** `class`: bases, body, metaclass, and the order in which attributes are looked up (C3). */
import type { ClassDefinition, Statement } from './ast';
import { bindTo } from './attributes';
import { call, evaluateArguments } from './calls';
import { decorate } from './definitions';
import { PyFunction } from './functions';
import { Frame } from './interpreter';
import type { Interpreter } from './interpreter';
import { spanOf } from './places';
import { Env, PLAIN } from './scope';
import { execute } from './statements';
import type { Value } from './values';
import { objectClass, PyAnything, PyClass, PyDict, PyObject, PyTuple, PyWrapped, typeClass, Unknown } from './values';

export function createClass(interp: Interpreter, node: ClassDefinition, frame: Frame): Value {
  const args = evaluateArguments(interp, node.bases, frame);
  const given = args instanceof Unknown ? [args] : args.positional;
  const keywords = new Map(args instanceof Unknown ? [] : args.keywords);
  const explicit = keywords.get('metaclass');
  keywords.delete('metaclass');
  const env = new Env(frame.env.closure, PLAIN, 'class');
  runBody(interp, node.body.statements, env, frame);
  const bases = given.map(base => abstractBase(interp, base)).filter(base => base instanceof PyClass);
  const meta = explicit instanceof PyClass ? explicit : bases.reduce((found, { cls }) => (cls.isSubclassOf(found) ? cls : found), typeClass); // prettier-ignore
  const annotations = annotationsOf(node.body.statements, frame.module.source?.parsed.text ?? '');
  const cls = build(interp, node.name, bases, env, meta, frame.module.name, annotations);
  if (!(cls instanceof PyClass)) return cls;
  cls.at ??= spanOf(frame.module, { start: node.nameStart, end: node.nameStart + node.name.length });
  cls.annotations = annotations;
  cls.doubt ??= given.find(base => base instanceof Unknown) ?? bases.find(base => base.doubt !== undefined)?.doubt;
  for (const func of env.made ?? []) func.owner = cls;
  nameAttributes(interp, cls);
  afterwards(interp, cls, keywords);
  return decorate(interp, node.decorators, cls, frame);
}

/** `collections.abc` names types, and gives methods to those who derive from them. */
function abstractBase(interp: Interpreter, base: Value): Value {
  const mixin = base instanceof PyAnything ? interp.host.load(interp, '_abstract')?.lookup(base.name) : undefined;
  return mixin instanceof PyClass ? mixin : base;
}

function runBody(interp: Interpreter, statements: readonly Statement[], env: Env, frame: Frame): void {
  const body = new Frame(env, frame.module, frame.func, interp.frame);
  body.at = frame.at;
  const outer = interp.frame;
  interp.frame = body;
  try {
    execute(interp, statements, body);
  } finally {
    interp.frame = outer;
  }
}

function build(
  interp: Interpreter,
  name: string,
  bases: readonly PyClass[],
  env: Env,
  meta: PyClass,
  module: string,
  annotations: ReadonlyMap<string, string> | undefined,
): Value {
  const maker = meta.lookup('__new__');
  if (meta !== typeClass && (maker instanceof PyFunction || maker instanceof PyWrapped)) {
    const names = namesOf(env, module, annotations);
    const made = call(interp, maker instanceof PyWrapped ? maker.inner : maker, {
      positional: [meta, name, new PyTuple(bases), names],
    });
    const init = made instanceof PyClass ? meta.lookup('__init__') : undefined;
    if (init instanceof PyFunction) call(interp, init, { positional: [made, name, new PyTuple(bases), names] });
    return made;
  }
  const cls = makeClass(interp, name, bases, meta, module);
  for (const [key, value] of env.vars) cls.attrs.set(key, value);
  const init = meta.lookup('__init__');
  if (meta !== typeClass && init instanceof PyFunction)
    call(interp, init, { positional: [cls, name, new PyTuple(bases), namesOf(env, module, annotations)] });
  return cls;
}

function namesOf(env: Env, module: string, annotations: ReadonlyMap<string, string> | undefined): PyDict {
  const names = new PyDict();
  for (const [key, value] of env.vars) names.set(key, value);
  names.set('__module__', module);
  const types = new PyDict();
  for (const [key, type] of annotations ?? []) types.set(key, type);
  if (annotations !== undefined) names.set('__annotations__', types);
  return names;
}

export function makeClass(
  interp: Interpreter,
  name: string,
  bases: readonly PyClass[],
  meta: PyClass,
  module: string,
): PyClass {
  const parents = bases.length === 0 ? [objectClass] : bases;
  const order = linearise(parents);
  if (order === undefined) interp.raise('TypeError', 'Cannot create a consistent method resolution order (MRO)');
  return new PyClass(name, parents, order ?? [objectClass], module, meta);
}

/** C3: the bases' orders and the bases themselves, merged so that every class comes before its own bases. */
function linearise(bases: readonly PyClass[]): PyClass[] | undefined {
  const [only] = bases;
  if (bases.length === 1 && only !== undefined) return [...only.mro];
  let lists = [...bases.map(({ mro }) => [...mro]), [...bases]];
  const order: PyClass[] = [];
  for (;;) {
    lists = lists.filter(list => list.length > 0);
    if (lists.length === 0) return order;
    const next = lists.map(([first]) => first).find(first => first !== undefined && !lists.some(list => list.indexOf(first) > 0)); // prettier-ignore
    if (next === undefined) return undefined;
    order.push(next);
    lists = lists.map(list => (list[0] === next ? list.slice(1) : list));
  }
}

/** `__set_name__` of descriptors. */
function nameAttributes(interp: Interpreter, cls: PyClass): void {
  for (const [name, value] of [...cls.attrs]) {
    if (!(value instanceof PyObject) || value instanceof PyClass || value.cls.module === 'builtins') continue;
    if (value instanceof PyAnything) continue;
    const method = value.cls.lookup('__set_name__');
    if (method !== undefined) call(interp, bindTo(interp, method, value, value.cls), { positional: [cls, name] });
  }
}

/** `__init_subclass__` of the bases. */
function afterwards(interp: Interpreter, cls: PyClass, keywords: ReadonlyMap<string, Value>): void {
  const hook = cls.lookupFrom(1, '__init_subclass__');
  if (hook === undefined) return;
  const func = hook instanceof PyWrapped ? hook.inner : hook;
  call(interp, func, { positional: [cls], ...(keywords.size > 0 && { keywords }) });
}

function annotationsOf(statements: readonly Statement[], source: string): Map<string, string> | undefined {
  let found: Map<string, string> | undefined;
  for (const statement of statements)
    if (statement.kind === 'annotated' && statement.target.kind === 'name')
      (found ??= new Map<string, string>()).set(
        statement.target.id,
        source.slice(statement.annotation.start, statement.annotation.end),
      );
  return found;
}
