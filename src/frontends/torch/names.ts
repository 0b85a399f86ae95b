/** The modules `torch`, `torch.nn` and so on: each name leads to our library, to an op entry, or to a value given here. */
import { text } from '../../base/text';
import { entries, torchOp } from '../../ops/registry';
import { NativeFunction } from '../python/functions';
import { moduleFromSource } from '../python/imports';
import type { Interpreter } from '../python/interpreter';
import { PyModule } from '../python/module';
import type { Parsed } from '../python/syntax';
import { parsePython } from '../python/syntax';
import type { Value } from '../python/values';
import { Unknown } from '../python/values';
import { definingModule, library, libraryModule } from './library/index';
import type { LibraryModule } from './library/index';
import { nativeName, nativeSpellings } from './natives';
import { torchOf } from './torch';
import { dtypes } from './types';

/** Parts of PyTorch that hold neither modules nor operations. */
const HARMLESS = /^torch\.(utils\.(data|tensorboard|cpp_extension)|optim|distributed|onnx|version|_C|multiprocessing|cuda|backends|mps|xpu|profiler|package|testing|random|serialization|storage|types|export|_dynamo|_inductor)\b/; // prettier-ignore

/** Devices that packages beside PyTorch bring. */
const ELSEWHERE = new Set(['npu', 'mlu', 'musa', 'hpu', 'sdaa', 'tpu', 'neuron', 'privateuseone', 'dml']);

export function loadTorch(interp: Interpreter, name: string, known: Map<string, PyModule>): PyModule | undefined {
  if (name !== 'torch' && !name.startsWith('torch.')) return undefined;
  let module = known.get(name);
  if (module === undefined) known.set(name, (module = makeModule(interp, name, known)));
  return module;
}

function makeModule(interp: Interpreter, name: string, known: Map<string, PyModule>): PyModule {
  const own = libraryModule(name);
  const module = own === undefined ? new PyModule(name, true, '', true) : fromLibrary(interp, own);
  module.fallback = wanted => resolve(interp, name, wanted, known);
  return module;
}

const trees = new Map<string, Parsed>();

export function fromLibrary(interp: Interpreter, { module: name, text: source }: LibraryModule): PyModule {
  let parsed = trees.get(name);
  if (parsed === undefined) trees.set(name, (parsed = parsePython(source)));
  return moduleFromSource(interp, new PyModule(name, true, '', true), `${name}.py`, parsed);
}

function resolve(interp: Interpreter, module: string, name: string, known: Map<string, PyModule>): Value | undefined {
  const qualified = `${module}.${name}`;
  const native = nativeName(qualified) ?? (module === 'torch' ? dtypes.get(name) : undefined);
  if (native !== undefined) return native;
  const defining = definingModule(module, name);
  if (defining !== undefined && defining.module !== module)
    return loadTorch(interp, defining.module, known)?.lookup(name);
  if (torchOp(qualified) !== undefined || torchOp(qualified.replace(/([^_])_$/, '$1')) !== undefined)
    return new NativeFunction(name, (inner, args) => torchOf(inner).call(inner, qualified, args), false);
  if (isModule(qualified)) return loadTorch(interp, qualified, known);
  if (name.startsWith('__') || (module === 'torch' && ELSEWHERE.has(name))) return undefined;
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
