/**
 * The busiest methods of `torch.nn.Module` done at once instead of interpreted: what library/module.py says about them
 * stays the meaning, and is run wherever a case is not the plain one.
 */
import { getAttribute, setAttribute, setPlainAttribute } from '../python/attributes';
import { call } from '../python/calls';
import type { Quick } from '../python/functions';
import { NativeFunction, PyFunction } from '../python/functions';
import type { Interpreter } from '../python/interpreter';
import { fromGenerator, iterateOver } from '../python/iteration';
import type { Arguments, PyIterator, Value } from '../python/values';
import { classOf, PyClass, PyDict, PyObject, PyProperty, PySet, PyTuple, Unknown } from '../python/values';
import { bufferClass, parameterClass } from './tensor';

type Name = '_parameters' | '_buffers' | '_modules';
const REGISTRIES: readonly Name[] = ['_parameters', '_buffers', '_modules'];
const NOTHING: Arguments = { positional: [] };

/** `@quick` of our library. */
export const quick = new NativeFunction('quick', (_, { positional: [func = null] }) => {
  if (func instanceof PyFunction) func.quick = QUICK[func.name];
  return func;
}, false); // prettier-ignore

const QUICK: Readonly<Record<string, Quick>> = {
  __init__: begin,
  __setattr__: assign,
  __getattr__: find,
  __call__: run,
  train,
  named_modules: namedModules,
  modules: (interp, func, args) => seconds(namedModules(interp, ownOf(func, 'named_modules'), args)),
  named_children: namedChildren,
  children: (interp, func, args) => seconds(namedChildren(interp, ownOf(func, 'named_children'), args)),
};

/** A dict that does what dicts do, its content known. */
function plainDict(value: Value | undefined): PyDict | undefined {
  if (!(value instanceof PyDict) || value.tainted !== undefined) return undefined;
  return answers(value.cls, DICT_METHODS) ? value : undefined;
}

const DICT_METHODS = ['__setitem__', '__getitem__', '__contains__', '__delitem__', '__iter__', 'items', 'values'];

interface Checked {
  readonly epoch: number;
  readonly plain: boolean;
}
const checkedDicts = new WeakMap<PyClass, Checked>();

function answers(cls: PyClass, names: readonly string[]): boolean {
  const known = checkedDicts.get(cls);
  if (known?.epoch === PyClass.epoch) return known.plain;
  const plain = names.every(name => cls.lookup(name) instanceof NativeFunction);
  checkedDicts.set(cls, { epoch: PyClass.epoch, plain });
  return plain;
}

const checkedModules = new WeakMap<PyClass, Checked>();

/** Attributes of the instance are where our library keeps them. */
function isPlain(cls: PyClass): boolean {
  const known = checkedModules.get(cls);
  if (known?.epoch === PyClass.epoch) return known.plain;
  const plain =
    !(cls.lookup('__getattribute__') instanceof PyFunction) &&
    [...REGISTRIES, '_forward_hooks', '_forward_pre_hooks', '__dict__'].every(
      name => !(cls.lookup(name) instanceof PyProperty),
    );
  checkedModules.set(cls, { epoch: PyClass.epoch, plain });
  return plain;
}

function attributesOf(self: Value | undefined): PyDict | undefined {
  if (!(self instanceof PyObject) || !isPlain(self.cls)) return undefined;
  const { dict } = self;
  return dict === undefined || dict.tainted !== undefined ? undefined : dict;
}

function begin(interp: Interpreter, func: PyFunction, { positional }: Arguments): Value | undefined {
  const [self] = positional;
  const ordered = func.module.bound('OrderedDict');
  if (!(self instanceof PyObject) || !(ordered instanceof PyClass)) return undefined;
  setPlainAttribute(interp, self, 'training', true);
  for (const name of ['_parameters', '_buffers', '_non_persistent_buffers_set', '_modules', '_forward_pre_hooks', '_forward_hooks']) // prettier-ignore
    setPlainAttribute(interp, self, name, name === '_non_persistent_buffers_set' ? new PySet() : call(interp, ordered, NOTHING)); // prettier-ignore
  return null;
}

function assign(interp: Interpreter, { owner }: PyFunction, args: Arguments): Value | undefined {
  const [self, name, value] = args.positional;
  if (args.positional.length !== 3 || args.keywords !== undefined || typeof name !== 'string') return undefined;
  const attributes = attributesOf(self);
  const [parameters, buffers, modules] = REGISTRIES.map(registry => plainDict(attributes?.values.get(registry)));
  if (!attributes || !parameters || !buffers || !modules || value === undefined || value instanceof Unknown)
    return undefined;
  const kept = value instanceof PyObject ? registryFor(value.cls, owner, { parameters, buffers, modules }) : undefined;
  if (kept === null) return undefined;
  if (kept !== undefined) {
    attributes.delete(name);
    for (const registry of [parameters, buffers, modules]) if (registry !== kept) registry.delete(name);
    kept.set(name, value);
  } else if (buffers.values.has(name) || parameters.values.has(name) || modules.values.has(name)) return undefined;
  else setPlainAttribute(interp, self ?? null, name, value);
  return null;
}

/** Null where the class leaves it open. */
function registryFor(
  cls: PyClass,
  module: PyClass | undefined,
  { parameters, buffers, modules }: Readonly<Record<'parameters' | 'buffers' | 'modules', PyDict>>,
): PyDict | null | undefined {
  if (cls.module === 'builtins') return undefined;
  if (cls.doubt !== undefined || module === undefined) return null;
  if (cls.isSubclassOf(parameterClass)) return parameters;
  if (cls.isSubclassOf(module)) return modules;
  return cls.isSubclassOf(bufferClass) ? buffers : undefined;
}

function find(interp: Interpreter, _: PyFunction, { positional: [self, name] }: Arguments): Value | undefined {
  const attributes = attributesOf(self);
  if (attributes === undefined || typeof name !== 'string') return undefined;
  for (const registry of REGISTRIES) {
    const entries = attributes.values.get(registry);
    if (entries === undefined) continue;
    const found = plainDict(entries);
    if (found === undefined) return undefined;
    const value = found.values.get(name);
    if (value !== undefined) return value;
  }
  return interp.raise('AttributeError', `'${classOf(self ?? null).name}' object has no attribute '${name}'`);
}

function run(interp: Interpreter, _: PyFunction, { positional, keywords }: Arguments): Value | undefined {
  const [self, ...rest] = positional;
  const attributes = attributesOf(self);
  if (self === undefined || attributes === undefined) return undefined;
  for (const name of ['_forward_pre_hooks', '_forward_hooks']) {
    const hooks = plainDict(attributes.values.get(name));
    if (hooks?.values.size !== 0) return undefined;
  }
  // As PyTorch does it, the arguments are held while the module runs.
  const mark = interp.temporaries.length;
  interp.temporaries.push(...rest, ...(keywords?.values() ?? []));
  const result = call(interp, getAttribute(interp, self, 'forward'), { positional: rest, keywords });
  interp.drop(mark);
  return result;
}

function train(interp: Interpreter, func: PyFunction, { positional, keywords }: Arguments): Value | undefined {
  const [self, mode = true] = positional;
  const children = submodules(self);
  if (self === undefined || children === undefined || positional.length > 2 || keywords !== undefined) return undefined;
  if (!isOwn(func, self, 'children') || !isOwn(func, self, 'named_children')) return undefined;
  setAttribute(interp, self, 'training', mode);
  for (const child of new Set(children.map(([, one]) => one)))
    call(interp, getAttribute(interp, child, 'train'), { positional: [mode] });
  return self;
}

/** In their order, without those that are None; undefined where what they are is not known. */
function submodules(self: Value | undefined): readonly (readonly [string, PyObject])[] | undefined {
  const modules = plainDict(attributesOf(self)?.values.get('_modules'));
  if (modules === undefined) return undefined;
  const found: [string, PyObject][] = [];
  for (const [name, module] of modules.values) {
    if (module === null) continue;
    if (typeof name !== 'string' || !(module instanceof PyObject) || module instanceof Unknown) return undefined;
    found.push([name, module]);
  }
  return found;
}

const ownOf = ({ owner }: PyFunction, name: string): PyFunction | undefined => {
  const own = owner?.attrs.get(name);
  return own instanceof PyFunction ? own : undefined;
};

/** Whether the object's method is our library's. */
const isOwn = (func: PyFunction, object: Value, name: string): boolean =>
  classOf(object).lookup(name) === ownOf(func, name);

function namedChildren(_: Interpreter, func: PyFunction | undefined, args: Arguments): PyIterator | undefined {
  const [self] = args.positional;
  const children = submodules(self);
  if (self === undefined || children === undefined || args.positional.length > 1 || args.keywords !== undefined)
    return undefined;
  if (func === undefined || !isOwn(func, self, 'named_children')) return undefined;
  const walk = function* (): Generator<Value> {
    const seen = new Set<PyObject>();
    // Looked at when the first is asked for: until then the program may have changed them.
    for (const [name, child] of submodules(self) ?? children) {
      if (seen.has(child)) continue;
      seen.add(child);
      yield new PyTuple([name, child]);
    }
  };
  return fromGenerator(walk(), self);
}

function namedModules(interp: Interpreter, func: PyFunction | undefined, args: Arguments): PyIterator | undefined {
  const [self] = args.positional;
  if (func === undefined || self === undefined || args.positional.length > 1 || args.keywords !== undefined)
    return undefined;
  if (!isOwn(func, self, 'named_modules') || submodules(self) === undefined) return undefined;
  return fromGenerator(walkModules(interp, func, self, '', new PySet()), self);
}

function* walkModules(
  interp: Interpreter,
  func: PyFunction,
  module: Value,
  prefix: string,
  memo: PySet,
): Generator<Value> {
  const children = isOwn(func, module, 'named_modules') ? submodules(module) : undefined;
  if (children === undefined) {
    const found: Value[] = [];
    const lost = iterateOver(interp, call(interp, getAttribute(interp, module, 'named_modules'), { positional: [memo, prefix] }), pair => void found.push(pair)); // prettier-ignore
    yield* found;
    if (lost !== undefined) yield lost;
    return;
  }
  if (memo.has(module)) return;
  memo.add(module);
  yield new PyTuple([prefix, module]);
  for (const [name, child] of submodules(module) ?? children)
    yield* walkModules(interp, func, child, prefix === '' ? name : `${prefix}.${name}`, memo);
}

/** Of pairs the second. */
function seconds(pairs: PyIterator | undefined): Value | undefined {
  if (pairs === undefined) return undefined;
  const { next, over } = pairs;
  const walk = function* (): Generator<Value> {
    for (let pair = next(); pair !== undefined; pair = next())
      yield pair instanceof PyTuple ? (pair.items[1] ?? null) : pair;
  };
  return fromGenerator(walk(), over);
}
