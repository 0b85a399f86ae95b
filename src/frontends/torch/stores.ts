/** Parameters and buffers: found by walking the model, entered into the graph once for each object. */
import { isUnknown, unknown } from '../../base/known';
import type { Unknown as UnknownSize } from '../../base/known';
import type { Span } from '../../base/span';
import { text } from '../../base/text';
import type { GraphBuilder } from '../../ir/build';
import type { Module, ValueId } from '../../ir/graph';
import { elements } from '../../ir/tensor';
import type { Value } from '../python/values';
import { PyDict, PyObject, Unknown } from '../python/values';
import type { Constructions } from './constructions';
import { parameterClass, Tensor } from './tensor';

/** Something of the model whose parameters cannot be counted: their size is not known, or what it is at all. */
export interface Lost {
  readonly path: string;
  readonly why: UnknownSize | Unknown;
}

const MADE_LATE = unknown(text('it is made while the model runs'));

/** One of PyTorch's modules that take their sizes from their first input. */
const isLazy = (module: PyObject): boolean =>
  module.cls.mro.some(({ name, module: home }) => /^_?Lazy/.test(name) && home.startsWith('torch.'));

export class Stores {
  readonly #ids = new Map<Tensor, ValueId>();
  readonly #paths = new Map<PyObject, string>();
  /** Paths of all parameters and buffers so far. */
  readonly #entered = new Set<string>();
  #root: PyObject | undefined = undefined;

  constructor(readonly constructions: Constructions) {}

  /** Enters everything that the model holds. Returns what cannot be counted. */
  enter(builder: GraphBuilder, root: PyObject): readonly Lost[] {
    this.#root = root;
    const lost: Lost[] = [];
    this.#walk(root, '', new Set(), (path, module) => this.#enterModule(builder, path, module, lost));
    return lost;
  }

  /**
   * After a forward: enters what lazy modules have made in it. What else the forward makes is no part of the model as
   * it was built: a value put in a parameter's place is an activation, and a parameter of its own cannot be counted.
   */
  enterLate(builder: GraphBuilder): readonly Lost[] {
    const lost: Lost[] = [];
    if (this.#root === undefined) return lost;
    this.#walk(this.#root, '', new Set(), (path, module) => {
      if (isLazy(module)) this.#enterModule(builder, path, module, lost);
      else {
        noteHidden(path, module, lost);
        eachOf(module, '_parameters', (name, value) => {
          if (!(value instanceof Tensor) || this.#ids.has(value)) return;
          const own = inside(path, name);
          if (!this.#entered.has(own)) lost.push({ path: own, why: MADE_LATE });
        });
      }
    });
    return lost;
  }

  modules(): Module[] {
    const found: Module[] = [];
    if (this.#root === undefined) return found;
    this.#walk(this.#root, '', new Set(), (path, module) => {
      const defined = this.constructions.of(module)?.defined;
      found.push({ path, type: module.cls.name, ...(defined && { defined }) });
    });
    return found;
  }

  pathOf(module: PyObject): string | undefined {
    const known = this.#paths.get(module);
    if (known !== undefined || this.#root === undefined) return known;
    // Made after the model was entered.
    this.#walk(this.#root, '', new Set(), (path, found) => {
      if (!this.#paths.has(found)) this.#paths.set(found, path);
    });
    return this.#paths.get(module);
  }

  /** Undefined where the tensor is neither parameter nor buffer of the model. */
  idOf(builder: GraphBuilder, tensor: Tensor): ValueId | undefined {
    const known = this.#ids.get(tensor);
    if (known !== undefined || this.#root === undefined) return known;
    // A lazy module makes its parameters when it first runs.
    if (tensor.cls === parameterClass) this.enterLate(builder);
    return this.#ids.get(tensor);
  }

  #walk(module: PyObject, path: string, seen: Set<PyObject>, visit: (path: string, module: PyObject) => void): void {
    if (seen.has(module)) return;
    seen.add(module);
    visit(path, module);
    eachOf(module, '_modules', (name, child) => {
      if (child instanceof PyObject && !(child instanceof Tensor) && !(child instanceof Unknown))
        this.#walk(child, inside(path, name), seen, visit);
    });
  }

  #enterModule(builder: GraphBuilder, path: string, module: PyObject, lost: Lost[]): void {
    if (!this.#paths.has(module)) this.#paths.set(module, path);
    noteHidden(path, module, lost);
    const at = this.constructions.of(module)?.defined;
    for (const registry of ['_parameters', '_buffers'] as const)
      eachOf(module, registry, (name, value) => {
        if (value instanceof Tensor && !this.#ids.has(value))
          this.#enterTensor(builder, registry, inside(path, name), value, at, lost);
      });
  }

  #enterTensor(
    builder: GraphBuilder,
    registry: '_parameters' | '_buffers',
    path: string,
    value: Tensor,
    at: Span | undefined,
    lost: Lost[],
  ): void {
    if (this.#entered.has(path)) return;
    this.#entered.add(path);
    const role = registry === '_parameters' ? 'parameter' : 'buffer';
    const trainable = role === 'parameter' && value.requiresGrad === true;
    if (role === 'parameter' && value.requiresGrad instanceof Unknown)
      lost.push({ path: `${path}.requires_grad`, why: value.requiresGrad });
    const stored = { path, storage: this.#ids.size, trainable, counted: true, ...(at && { at }) };
    const id = builder.stored(role, value.type, stored, value.data);
    this.#ids.set(value, id);
    value.place = { builder, id };
    const count = elements(value.type);
    if (isUnknown(count)) lost.push({ path, why: count });
  }
}

const inside = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

/** What was registered without its being known what it is. */
function noteHidden(path: string, module: PyObject, lost: Lost[]): void {
  for (const registry of ['_modules', '_parameters', '_buffers'])
    eachOf(module, registry, (name, why) => {
      if (why instanceof Unknown) lost.push({ path: inside(path, name), why });
    });
}

/** Not as a generator: every module is looked at several times. */
function eachOf(module: PyObject, registry: string, visit: (name: string, value: Value) => void): void {
  const dict = module.dict?.get(registry);
  if (!(dict instanceof PyDict) || dict.values.size === 0) return;
  dict.values.forEach((value, name) => {
    if (typeof name === 'string' && !(dict.originals?.has(name) ?? false)) visit(name, value);
  });
}
