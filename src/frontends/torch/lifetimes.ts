/**
 * How long tensors live: as long as the program holds them, in variables, arguments, containers, attributes or
 * unfinished expressions. Looked up before every node, as CPython's reference counts would have it.
 */
import type { GraphBuilder } from '../../ir/build';
import type { Interpreter } from '../python/interpreter';
import { PyModule } from '../python/module';
import { PyFunction } from '../python/functions';
import { PyGenerator } from '../python/generators';
import type { Env } from '../python/scope';
import type { Value } from '../python/values';
import { Native, PyClass, PyDict, PyIterator, PyList, PyMethod, PyObject, PySet, PyTuple, Unknown } from '../python/values'; // prettier-ignore
import { Tensor } from './tensor';

/** Such as the hooks of most modules. */
const isEmpty = (value: PyObject): boolean =>
  (value instanceof PyDict ? value.values.size === 0 : value instanceof PySet && value.members.size === 0) &&
  (value.dict === undefined || value.dict.values.size === 0);

export class Lifetimes {
  readonly #live = new Set<Tensor>();
  readonly #made = new WeakSet<Tensor>();
  readonly #seen = new Set<PyObject>();
  #mark = 0;

  made(tensor: Tensor): void {
    this.#live.add(tensor);
    this.#made.add(tensor);
  }

  /** An in-place op made a new value of an old tensor. */
  replaced(old: Tensor, output: Tensor): void {
    this.#live.delete(output);
    this.#live.add(old);
    this.#made.add(old);
  }

  /** Whether the program held the tensor when it was last looked up; what no op made is held by the model. */
  holds(tensor: Tensor): boolean {
    return this.#live.has(tensor) || !this.#made.has(tensor);
  }

  /** Releases what nothing holds any more; `inputs` are held by the op that comes next. */
  sweep(interp: Interpreter, builder: GraphBuilder, inputs: readonly Tensor[]): void {
    if (this.#live.size === 0) return;
    this.#mark++;
    this.#seen.clear();
    for (const input of inputs) input.mark = this.#mark;
    for (const value of interp.temporaries) this.#reach(value);
    for (let { frame } = interp; frame !== undefined; frame = frame.caller) {
      this.#reachEnv(frame.env);
      this.#reach(frame.result);
    }
    for (const tensor of this.#live) {
      if (tensor.mark === this.#mark) continue;
      if (tensor.place?.builder === builder) builder.release(tensor.place.id);
      this.#live.delete(tensor);
    }
  }

  /** What was held when the newest op ran lives as long as that. */
  end(builder: GraphBuilder): void {
    for (const { place } of this.#live) if (place?.builder === builder) builder.release(place.id);
    this.#live.clear();
  }

  #reachEnv(env: Env): void {
    for (let at: Env | undefined = env; at !== undefined; at = at.parent)
      for (const value of at.vars.values()) this.#reach(value);
  }

  #reach(value: Value): void {
    if (!(value instanceof PyObject)) return;
    if (value instanceof Tensor) value.mark = this.#mark;
    else if (
      value instanceof PyClass ||
      value instanceof PyModule ||
      value instanceof Unknown ||
      value instanceof Native
    )
      return;
    else if (!isEmpty(value) && !this.#seen.has(value)) {
      this.#seen.add(value);
      this.#reachInside(value);
    }
  }

  #reachInside(value: PyObject): void {
    if (value instanceof PyTuple || value instanceof PyList) for (const item of value.items) this.#reach(item);
    else if (value instanceof PyDict) for (const item of value.values.values()) this.#reach(item);
    else if (value instanceof PySet) for (const item of value.members.values()) this.#reach(item);
    else if (value instanceof PyMethod) this.#reach(value.self);
    else if (value instanceof PyFunction) this.#reachFunction(value);
    else if (value instanceof PyIterator) {
      if (value.over !== undefined) this.#reach(value.over);
      if (value instanceof PyGenerator) this.#reachEnv(value.frame.env);
    }
    if (value.dict !== undefined) this.#reachAttributes(value.dict);
  }

  /** Closures hold what they captured; that is looked at only where it is small. */
  #reachFunction(func: PyFunction): void {
    if (func.closure !== undefined) this.#reachEnv(func.closure);
  }

  /** Parameters and submodules live anyway. */
  #reachAttributes(dict: PyDict): void {
    const { values } = dict;
    const [modules, parameters, buffers] = [values.get('_modules'), values.get('_parameters'), values.get('_buffers')];
    for (const value of values.values())
      if (value instanceof PyObject && value !== modules && value !== parameters && value !== buffers)
        this.#reach(value);
  }
}
