/** One reading of one model: interpreter, modules, engine, and what the interpreter asks of them. */
import type { GapCode } from '../../base/findings';
import type { Span } from '../../base/span';
import type { Text } from '../../base/text';
import { text } from '../../base/text';
import type { Host, Limits } from '../python/interpreter';
import { Aborted, Interpreter } from '../python/interpreter';
import type { Loader } from '../python/loader';
import { join, parentOf } from '../python/loader';
import type { PyModule } from '../python/module';
import { isRendered, stdlibModule } from '../python/stdlib/index';
import type { Arguments, Value, Unknown } from '../python/values';
import { PyClass, PyDict, PyList, PyObject, PyTuple } from '../python/values';
import { Calls } from './calls';
import { Constructions } from './constructions';
import type { Construction } from './constructions';
import { fromLibrary, loadTorch } from './names';
import { isRendered as isOfGraphs, libraryModule } from './library/index';
import { Stores } from './stores';
import { Templates } from './templates';
import { Tensor } from './tensor';
import { Torch } from './torch';

const isOurs = (module: string): boolean => module.startsWith('torch.') || isOfGraphs(module);

/** Far more than any network has, and no more than fit into memory. */
const MOST_MODULES = 100_000;

/** `test_net.py`, `net_test.py` and `tests/test_net.py` beside the file and one folder up. */
function testPaths(path: string): readonly string[] {
  const folder = parentOf(path);
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.py$/, '');
  if (/^test_|_test$/.test(name)) return [];
  const folders = ['', 'tests', 'test'].map(part => (part === '' ? folder : join(folder, part)));
  const above = ['tests', 'test'].map(part => join(parentOf(folder), part));
  return [...folders, ...above].flatMap(place => [join(place, `test_${name}.py`), join(place, `${name}_test.py`)]);
}

export class Session implements Host {
  readonly interp: Interpreter;
  readonly torch: Torch;
  readonly constructions = new Constructions();
  readonly stores = new Stores(this.constructions);
  readonly calls: Calls;
  readonly #modules = new Map<string, PyModule>();
  readonly #known = {
    modules: this.#modules,
    installed: (name: string): PyModule | undefined => this.loader.absolute(this.interp, name),
  };
  #moduleClass: PyClass | undefined = undefined;
  #made = 0;
  #templates: Templates | undefined = new Templates();

  constructor(
    private readonly loader: Loader,
    limits?: Limits,
  ) {
    this.interp = new Interpreter(this, limits);
    this.calls = new Calls(this.stores, this.constructions, instance => isOurs(instance.cls.module));
    this.torch = new Torch(this.interp, this.calls, this.stores);
  }

  load(interp: Interpreter, name: string): PyModule | undefined {
    const known = this.#modules.get(name);
    if (known !== undefined) return known;
    const found = loadTorch(interp, name, this.#known) ?? stdlibModule(interp, name) ?? this.#own(interp, name, false) ?? this.loader.absolute(interp, name) ?? this.#own(interp, name, true); // prettier-ignore
    if (found !== undefined) this.#modules.set(name, found);
    return found;
  }

  /** Files beside a file that test it, as they are usually called. */
  testsOf(main: PyModule): readonly PyModule[] {
    const path = main.source?.file;
    return path === undefined ? [] : this.loader.beside(this.interp, testPaths(path));
  }

  /** Whether anything imported that library so far. */
  uses(library: string): boolean {
    return [...this.#modules.keys()].some(name => name === library || name.startsWith(`${library}.`));
  }

  loaded(name: string): PyModule | undefined {
    return this.#modules.get(name) ?? this.loader.named(name);
  }

  /** Our rendering of a library: instead of its source, or where the environment has none. */
  #own(interp: Interpreter, name: string, fallback: boolean): PyModule | undefined {
    const own = libraryModule(name);
    return own?.fallback === fallback ? fromLibrary(interp, own) : undefined;
  }

  loadRelative(interp: Interpreter, from: PyModule, level: number, name: string): PyModule | undefined {
    if (from.path !== '') {
      const rendered = name === '' ? undefined : this.#rendered(interp, this.loader.nameOf(from, level, name));
      return rendered ?? this.loader.relative(interp, from, level, name);
    }
    const base = from.name.split('.').slice(0, from.isPackage ? undefined : -1);
    return this.load(interp, [...base.slice(0, base.length - level + 1), name].filter(part => part !== '').join('.'));
  }

  textOf(from: PyModule, level: number, name: string): string | undefined {
    if (from.path === '' || name === '') return undefined;
    const dotted = this.loader.nameOf(from, level, name);
    return isRendered(dotted) || libraryModule(dotted) !== undefined
      ? undefined
      : this.loader.textOf(from, level, name);
  }

  /** A module that we render also where its own package imports it. */
  #rendered(interp: Interpreter, name: string): PyModule | undefined {
    return isRendered(name) || libraryModule(name)?.fallback === false ? this.load(interp, name) : undefined;
  }

  loadedIn(from: PyModule, name: string): PyModule | undefined {
    return from.path === '' ? undefined : this.loader.loaded(from.path, name);
  }

  gap(code: GapCode, message: Text, at: Span | undefined): void {
    this.torch.gap(code, message, at);
  }

  constructing(interp: Interpreter, cls: PyClass, args: Arguments, make: () => Value): Value {
    this.#doubt(cls);
    if (!this.isModuleClass(cls)) return make();
    if (++this.#made > MOST_MODULES)
      throw new Aborted(text('more than {0} modules were made', MOST_MODULES), interp.here());
    const construction = this.constructions.begin(interp, cls);
    const made = this.#make(cls, args, construction, make);
    if (made instanceof PyObject) this.constructions.remember(made, construction);
    return made;
  }

  #make(cls: PyClass, args: Arguments, construction: Construction, make: () => Value): Value {
    const key = this.torch.isTracing ? undefined : this.#templates?.keyOf(cls, args);
    if (key === undefined) return make();
    const inner = { ...construction, attrs: [] };
    const known = this.#templates?.copyOf(cls, key, (_, copy) => this.constructions.remember(copy, inner));
    if (known !== undefined) return known;
    const { builder } = this.torch;
    const gaps = builder.gaps.length;
    const made = make();
    // What there is to say has to be said at every place.
    const silent = builder === this.torch.builder && builder.gaps.length === gaps;
    if (silent && made instanceof PyObject) this.#templates?.remember(cls, key, made);
    return made;
  }

  /** The library is not ours any more. */
  changedLibrary(): void {
    this.#templates = undefined;
  }

  calling(interp: Interpreter, instance: PyObject, args: Arguments, call: () => Value): Value {
    if (!this.isModuleClass(instance.cls)) return call();
    // PyTorch hands the arguments on in a tuple: they live as long as the module runs.
    const mark = interp.temporaries.length;
    interp.temporaries.push(...args.positional, ...(args.keywords?.values() ?? []));
    this.calls.enter(instance);
    try {
      return call();
    } finally {
      this.calls.leave(this.torch.builder);
      interp.drop(mark);
    }
  }

  calledUnknown(interp: Interpreter, callee: Unknown, args: Arguments): void {
    const values = [...args.positional, ...(args.keywords?.values() ?? [])];
    if (callee.data && !values.some(value => this.#holdsModule(value))) return;
    if (!values.some(value => this.#counts(value, 0))) return;
    this.torch.gap('unknown-call', text('this call could not be followed: {0}', callee.reason), interp.here());
  }

  /** Unknown code with a module in its hands is a gap of its own; what the module was is the best guess after it. */
  answersFor(object: PyObject): boolean {
    return object instanceof Tensor || this.isModuleClass(object.cls);
  }

  /** What a module keeps may be a module with parameters. */
  assignedUnknown(interp: Interpreter, object: PyObject, _: string, value: Unknown): void {
    if (!value.data && this.isModuleClass(object.cls)) this.torch.lost(interp, value);
  }

  isModuleClass(cls: PyClass): boolean {
    if (cls.module === 'builtins') return false;
    this.#moduleClass ??= this.#findModuleClass();
    return this.#moduleClass !== undefined && cls.isSubclassOf(this.#moduleClass);
  }

  #findModuleClass(): PyClass | undefined {
    const module = this.#modules.get('torch.nn.modules.module')?.globals.values.get('Module');
    return module instanceof PyClass ? module : undefined;
  }

  /** Classes with a base or a decorator that is not known. */
  #doubt(cls: PyClass): void {
    const { doubt } = cls;
    if (doubt !== undefined) this.torch.gap(doubt.code, doubt.reason, doubt.at);
  }

  #holdsModule(value: Value): boolean {
    return value instanceof PyObject && this.isModuleClass(value.cls);
  }

  #counts(value: Value, depth: number): boolean {
    if (!(value instanceof PyObject) || depth > 3) return false;
    if (value instanceof Tensor || this.isModuleClass(value.cls)) return true;
    if (value instanceof PyClass) return false;
    if (value instanceof PyTuple || value instanceof PyList) return value.items.some(item => this.#counts(item, depth + 1)); // prettier-ignore
    return value instanceof PyDict && [...value.values.values()].some(item => this.#counts(item, depth + 1));
  }
}
