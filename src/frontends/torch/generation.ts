/**
 * A model that makes tokens one after another: it runs over the tokens that are there, and then over one more with what
 * it kept of them. How it hands that on is told by the names of its parameters and by what it returns, whoever wrote it.
 */
import { isUnknown } from '../../base/known';
import type { Text } from '../../base/text';
import { text } from '../../base/text';
import { tensor } from '../../ir/tensor';
import { findAttribute } from '../python/attributes';
import { call } from '../python/calls';
import { evaluate } from '../python/expressions';
import { PyFunction } from '../python/functions';
import { Frame } from '../python/interpreter';
import type { PyModule } from '../python/module';
import { Env, PLAIN } from '../python/scope';
import type { Value } from '../python/values';
import { PyClass, PyDict, PyList, PyObject, PyTuple, Unknown } from '../python/values';
import { argumentsFor } from './bundles';
import type { ChosenInput } from './inputs';
import { forwardFunction, forwardParameters } from './inputs';
import type { Session } from './session';
import { Tensor } from './tensor';

/** Parameters that take what was kept, as models call them. */
const KEPT = /^(?:past|(?:past_)?(?:key_values?|kvs?|kv_caches?)|past_key_value_states|layer_past|caches?|cache_params|presents?|mems|memor(?:y|ies)|states?|hiddens?|hidden_states?|h_?x|h_?0|inference_params|incremental_state)$/; // prettier-ignore

/** Parameters that say how many tokens there are already. */
const POSITION = /^(?:start_?pos|pos(?:ition)?|offset|start|cur_?pos|index_pos|seq_?pos|past_len(?:gth)?|cache_len(?:gth)?|t0)$/; // prettier-ignore

/** Parameters that take the places of the tokens as a tensor. */
const PLACES = /^(?:input_pos|position_ids|positions|cache_position)$/;

/** A parameter that says where the text goes on, where nobody gives it a value. */
export function startOf(model: PyObject, inputs: readonly ChosenInput[], positional: number): string | undefined {
  const { names, required } = forwardParameters(model);
  const given = new Set(inputs.map(({ name }) => name));
  return required.find(name => POSITION.test(name) && !given.has(name) && names.indexOf(name) >= positional);
}

export interface Steps {
  /** Undefined where nothing is kept and the next token takes the whole text again. */
  readonly split: number | undefined;
  readonly reason: Text | undefined;
  readonly result: Value;
}

/** Both calls, one after the other, in the graph that is being made. */
export function runSteps(
  session: Session,
  main: PyModule,
  model: PyObject,
  inputs: readonly ChosenInput[],
  past: number,
): Steps {
  const { interp, torch } = session;
  const tokens = tokensOf(inputs);
  if (tokens === undefined)
    return { split: undefined, reason: text('no input of the model holds tokens'), result: null };
  const names = new Set(forwardParameters(model).names);
  const kept = [...names].find(name => KEPT.test(name) && !inputs.some(input => input.name === name));
  const position = [...names].find(name => POSITION.test(name));
  const handed = kept === undefined ? undefined : freshFor(session, model, kept);
  const step = (length: number, start: number, keep: Value | undefined): Value => {
    const isNext = start > 0;
    const given = sized(inputs, tokens, length, start)
      .filter(({ name }) => name !== position)
      .map(input => ({ input, tensor: torch.input(isNext ? `${input.name} (next)` : input.name, input.type) }));
    const { positional, keywords } = argumentsFor(session, main, model, given);
    const named = new Map(keywords);
    if (names.has('use_cache')) named.set('use_cache', true);
    if (kept !== undefined && keep !== undefined) named.set(kept, keep);
    else if (kept !== undefined && !isNext && forwardParameters(model).required.includes(kept)) named.set(kept, null);
    if (position !== undefined) named.set(position, start);
    const places = [...names].find(name => PLACES.test(name) && forwardParameters(model).required.includes(name));
    if (places !== undefined) named.set(places, placesFrom(session, start, length));
    return call(interp, model, { positional, keywords: named });
  };
  const first = step(past, 0, handed);
  const found = kept === undefined ? undefined : (keptIn(session, first, kept) ?? handed);
  if (found === undefined && position === undefined)
    return { split: undefined, reason: whyNothing(kept), result: first };
  // The caller holds what was kept, and has done with the rest.
  if (found !== undefined) interp.temporaries.push(found);
  const split = torch.builder.nodes.length;
  return { split, reason: undefined, result: step(1, past, found) };
}

const whyNothing = (kept: string | undefined): Text =>
  kept === undefined
    ? text('"forward" takes nothing that was kept of earlier tokens')
    : text('what "forward" takes as "{0}" is not among what it returns', kept);

/** Whole numbers in rows. */
const isTokens = ({ type: { dtype, shape } }: ChosenInput): boolean =>
  (dtype === 'int64' || dtype === 'int32') && !isUnknown(shape) && (shape.length === 1 || shape.length === 2);

const tokensOf = (inputs: readonly ChosenInput[]): ChosenInput | undefined =>
  inputs.find(input => isTokens(input) && /ids?$|tok|idx|inputs?$|^x$|text|src/i.test(input.name) && !PLACES.test(input.name)) ??
  inputs.find(input => isTokens(input) && !PLACES.test(input.name) && !/mask/.test(input.name)); // prettier-ignore

/** What has the length of the tokens goes along; a mask says of all of them whether they count. */
function sized(inputs: readonly ChosenInput[], tokens: ChosenInput, length: number, start: number): ChosenInput[] {
  const old = lengthOf(tokens);
  return inputs.map(input => {
    const { shape, dtype } = input.type;
    const axis = isUnknown(shape) ? -1 : input === tokens ? shape.length - 1 : shape.indexOf(old, Math.min(1, shape.length - 1)); // prettier-ignore
    if (isUnknown(shape) || axis < 0) return input;
    const size = /mask/.test(input.name) ? start + length : length;
    // The values that were given have the old length.
    const { data: _, ...rest } = input;
    return { ...rest, type: tensor(dtype, shape.map((dim, at) => (at === axis ? size : dim))) }; // prettier-ignore
  });
}

const lengthOf = ({ type: { shape } }: ChosenInput): number => (isUnknown(shape) ? -1 : Number(shape.at(-1)));

function placesFrom(session: Session, start: number, length: number): Tensor {
  const data = Array.from({ length }, (_, index) => start + index);
  return session.torch.input(start > 0 ? 'places (next)' : 'places', tensor('int64', [length]), data);
}

/** An object that the caller makes, where the annotation says which and it can be made without arguments. */
function freshFor(session: Session, model: PyObject, name: string): Value | undefined {
  const func = forwardFunction(model);
  const annotation = func?.code.parameters.find(parameter => parameter.name === name)?.annotation;
  if (!(func instanceof PyFunction) || annotation?.kind !== 'name') return undefined;
  const { interp } = session;
  const frame = new Frame(new Env(undefined, PLAIN, 'module'), func.module, undefined, interp.frame);
  const cls = evaluate(interp, annotation, frame);
  if (!(cls instanceof PyClass) || cls.module === 'builtins' || cls.isSubclassOf(new Tensor(tensor('int64', [])).cls)) return undefined; // prettier-ignore
  const init = cls.lookup('__init__');
  const needs = init instanceof PyFunction ? init.code.parameters.slice(1).filter(({ form, fallback }) => form === 'plain' && fallback === undefined) : []; // prettier-ignore
  return needs.length > 0 ? undefined : call(interp, cls, { positional: [] });
}

/** By its name, or, of a tuple, what stands last and holds tensors. */
function keptIn({ interp }: Session, result: Value, name: string): Value | undefined {
  if (!(result instanceof PyObject) || result instanceof Unknown || result instanceof Tensor) return undefined;
  if (result instanceof PyTuple || result instanceof PyList) {
    const last = result.items.findLast(holdsTensors);
    return result.items.length > 1 && last !== result.items[0] ? last : undefined;
  }
  for (const candidate of [
    name,
    ...(result instanceof PyDict
      ? [...result.values.keys()].filter(key => typeof key === 'string' && KEPT.test(key))
      : []),
  ]) {
    // prettier-ignore
    if (typeof candidate !== 'string') continue;
    const value = result instanceof PyDict ? (result.get(candidate) ?? findAttribute(interp, result, candidate)) : findAttribute(interp, result, candidate); // prettier-ignore
    if (value !== undefined && value !== null && !(value instanceof Unknown)) return value;
  }
  return undefined;
}

function holdsTensors(value: Value, depth = 0): boolean {
  if (value instanceof Tensor) return true;
  if (!(value instanceof PyObject) || value instanceof Unknown || depth > 4) return false;
  if (value instanceof PyTuple || value instanceof PyList) return value.items.some(item => holdsTensors(item, depth + 1)); // prettier-ignore
  const inside = value instanceof PyDict ? value.values : value.dict?.values;
  return [...(inside?.values() ?? [])].some(item => holdsTensors(item, depth + 1));
}
