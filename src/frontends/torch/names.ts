/** The modules `torch`, `torch.nn` and so on: each name leads to our library, to an op entry, or to a value given here. */
import { text } from '../../base/text';
import { entries, torchOp } from '../../ops/registry';
import { NativeFunction } from '../python/functions';
import { member, moduleFromSource } from '../python/imports';
import type { Interpreter } from '../python/interpreter';
import { PyModule } from '../python/module';
import { orElse } from '../python/orElse';
import type { Parsed } from '../python/syntax';
import { parsePython } from '../python/syntax';
import type { Value } from '../python/values';
import { Unknown } from '../python/values';
import { definingModule, isRendered, library, libraryModule } from './library/index';
import type { LibraryModule } from './library/index';
import { nativeName, nativeSpellings } from './natives';
import { torchOf } from './torch';
import { dtypes } from './types';

/** Parts of PyTorch that hold neither modules nor operations. */
const HARMLESS = /^torch\.(utils\.(data|tensorboard|cpp_extension)|optim|distributed|onnx|version|_C|multiprocessing|cuda|backends|mps|xpu|profiler|package|testing|random|serialization|storage|types|export|_dynamo|_inductor)\b/; // prettier-ignore

/** Devices that packages beside PyTorch bring. */
const ELSEWHERE = new Set(['npu', 'mlu', 'musa', 'hpu', 'sdaa', 'tpu', 'neuron', 'privateuseone', 'dml']);

/** Modules of this reading by their names, and where the environment's own source of one is found. */
export interface Known {
  readonly modules: Map<string, PyModule>;
  readonly installed: (name: string) => PyModule | undefined;
}

/** A module of PyTorch, or of a library whose code generates code: ours stands before what is installed. */
export function loadTorch(interp: Interpreter, name: string, known: Known): PyModule | undefined {
  const isTorch = name === 'torch' || name.startsWith('torch.');
  if (!isTorch && !(isRendered(name) && isModule(name))) return undefined;
  let module = known.modules.get(name);
  if (module === undefined) known.modules.set(name, (module = makeModule(interp, name, known)));
  return module;
}

function makeModule(interp: Interpreter, name: string, known: Known): PyModule {
  const own = libraryModule(name);
  const module = own === undefined ? new PyModule(name, true, '', true) : fromLibrary(interp, own);
  module.fallback = isRendered(name)
    ? wanted => orElse(resolve(interp, name, wanted, known), () => fromInstalled(interp, name, wanted, known))
    : wanted => orElse(resolve(interp, name, wanted, known), () => missingName(interp, name, wanted));
  return module;
}

/** What we did not render is read from the environment. */
function fromInstalled(interp: Interpreter, module: string, name: string, known: Known): Value | undefined {
  if (name.startsWith('__')) return undefined;
  const source = known.installed(module);
  return source === undefined ? undefined : member(interp, source, name);
}

const trees = new Map<string, Parsed>();

export function fromLibrary(interp: Interpreter, { module: name, text: source }: LibraryModule): PyModule {
  let parsed = trees.get(name);
  if (parsed === undefined) trees.set(name, (parsed = parsePython(source)));
  return moduleFromSource(interp, new PyModule(name, true, '', true), `${name}.py`, parsed);
}

function resolve(interp: Interpreter, module: string, name: string, known: Known): Value | undefined {
  const qualified = `${module}.${name}`;
  const native = orElse(nativeName(qualified), () => (module === 'torch' ? dtypes.get(name) : undefined));
  if (native !== undefined) return native;
  const defining = definingModule(module, name);
  if (defining !== undefined && defining.module !== module)
    return loadTorch(interp, defining.module, known)?.lookup(name);
  if (torchOp(qualified) !== undefined || torchOp(qualified.replace(/([^_])_$/, '$1')) !== undefined)
    return new NativeFunction(name, (inner, args) => torchOf(inner).call(inner, qualified, args), false);
  return isModule(qualified) ? loadTorch(interp, qualified, known) : undefined;
}

function missingName(interp: Interpreter, module: string, name: string): Value | undefined {
  if (name.startsWith('__') || (module === 'torch' && ELSEWHERE.has(name))) return undefined;
  const qualified = `${module}.${name}`;
  const harmless = HARMLESS.test(`${qualified}.`);
  return new Unknown(text('no entry for "{0}"', qualified), 'unknown-op', interp.here(), harmless);
}

let modules: ReadonlySet<string> | undefined;

/** Every dotted name that leads to something. */
function isModule(name: string): boolean {
  modules ??= new Set([
    ...library.flatMap(entry => [entry.module, ...entry.alsoIn]).flatMap(prefixes),
    ...entries.flatMap(entry => Object.keys(entry.torch ?? {})).flatMap(spelled => prefixes(spelled).slice(0, -1)),
    ...[...nativeSpellings()].flatMap(name => prefixes(name).slice(0, -1)),
    ...['torch.nn.parameter', 'torch.cuda', 'torch.backends', 'torch.utils', 'torch.cuda.amp', 'torch.types'],
  ]);
  return modules.has(name) && name !== 'torch.Tensor';
}

function prefixes(name: string): string[] {
  const parts = name.split('.');
  return parts.map((_, index) => parts.slice(0, index + 1).join('.'));
}

/** A method of tensors that is composed in Python. */
export function methodOfLibrary(interp: Interpreter, name: string): Value | undefined {
  const defining = definingModule('torch.Tensor', name);
  return defining === undefined ? undefined : interp.host.load(interp, defining.module)?.lookup(name);
}
