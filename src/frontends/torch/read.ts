/** Reads one model: constructs it, runs it on tensors without data, and hands out the graph. */
import { isUnknown } from '../../base/known';
import type { Need, ModelRead, StepRead } from '../frontend';
import type { Gap, GapCode } from '../../base/findings';
import type { Span } from '../../base/span';
import { text } from '../../base/text';
import type { Text } from '../../base/text';
import type { Graph } from '../../ir/graph';
import { valueOf } from '../../ir/graph';
import { spanIn } from '../python/places';
import { call, evaluateArguments } from '../python/calls';
import { messageOf } from '../python/exceptions';
import { findAttribute } from '../python/attributes';
import type { Interpreter } from '../python/interpreter';
import { Aborted, DEFAULT_LIMITS, Frame, NeedsFiles, Raised } from '../python/interpreter';
import type { Files } from '../python/loader';
import { Loader } from '../python/loader';
import type { PyModule } from '../python/module';
import { Env, PLAIN } from '../python/scope';
import type { Parsed } from '../python/syntax';
import { parseExpression } from '../python/syntax';
import type { Arguments, Value } from '../python/values';
import { PyList, PyObject, Unknown } from '../python/values';
import { InputError } from '../../base/findings';
import { argumentsFor } from './bundles';
import { doubtAssumedSizes } from './graphNatives';
import type { Choices, ChosenInput, GivenInput } from './inputs';
import { chooseInputs } from './inputs';
import type { FoundModel } from './models';
import { isOverflow } from './models';
import { runSteps, startOf } from './generation';
import { collectOutputs } from './outputs';
import { findArguments } from './constructors';
import { Session } from './session';
import type { Lost } from './stores';

export interface Place {
  readonly files: Files;
  readonly path: string;
  readonly roots: readonly string[];
  readonly parse?: (text: string) => Parsed;
  /** Told of the file's module before anything is asked of it. */
  readonly opened?: (main: PyModule) => void;
}

export interface Wish {
  readonly args?: string | undefined;
  readonly inputs: readonly GivenInput[];
  /** Tokens that are there before the next is made. */
  readonly past?: number | undefined;
}

/** Throws `NeedsFiles`, and `InputError` for arguments that are none. */
export function readModel(place: Place, found: FoundModel, wish: Wish): ModelRead {
  const first = attempt(place, found, wish, 0);
  if (first.next === undefined) return first.read;
  // Sizes were assumed and do not fit: the next usual ones are tried, and the first that fit are taken.
  let before = first.read;
  for (let choice = 1; ; choice++) {
    const { read, next } = attempt(place, found, wish, choice);
    if (next === undefined) return hasMismatch(read) ? first.read : read;
    if (failsAlike(before, read)) return first.read;
    before = read;
  }
}

/** Other sizes, and the same numbers do not fit together: they have nothing to do with the input's. */
function failsAlike(one: ModelRead, other: ModelRead): boolean {
  const [before, after] = [one, other].map(({ graph }) => graph?.gaps.filter(({ code }) => code !== 'assumed') ?? []);
  return JSON.stringify(before) === JSON.stringify(after) && before?.every(({ code }) => code === 'shape-mismatch') === true; // prettier-ignore
}

interface Attempt {
  readonly read: ModelRead;
  /** Another choice of inputs is worth a try. */
  readonly next: number | undefined;
}

function attempt(place: Place, found: FoundModel, wish: Wish, choice: number): Attempt {
  const loader = new Loader(place.files, place.roots, place.parse);
  const session = new Session(loader);
  const main = loader.main(session.interp, place.path);
  place.opened?.(main);
  const head = { name: found.name, kind: found.kind, ...placeOf(main, found) };
  const needs = wish.args === undefined ? found.required : [];
  const args = needs.length === 0 ? undefined : guarded(session, () => findArguments(session.interp, main, found));
  if (needs.length > 0 && args === undefined)
    return done({ ...head, status: 'needs-arguments', needs: needs.map(need), inputs: [] });
  const base =
    args === undefined
      ? head
      : { ...head, arguments: { written: args.written, basis: args.basis, source: args.source } };
  const model = guarded(session, () => makeModel(session, main, found, args?.values ?? wish.args));
  if (!(model instanceof PyObject) || !session.isModuleClass(model.cls)) return done(noModel(session, base, model));
  const choices = guarded(session, () => chooseInputs(session, main, model, found, wish.inputs)) ?? [];
  const { graph, step } = trace(session, main, found.name, model, choices[choice] ?? [], wish.past);
  const read: ModelRead = {
    ...base,
    status: graph.gaps.every(({ code }) => code === 'assumed') ? 'ok' : 'incomplete',
    graph,
    ...(step && { step }),
    inputs: (choices[choice] ?? []).map(({ name, type, basis, source }) => ({ name, type, basis, source })),
  };
  return { read, next: nextChoice(read, choices, choice) };
}

const done = (read: ModelRead): Attempt => ({ read, next: undefined });
const need = (name: string): Need => ({ of: 'argument', name });

const nextChoice = (read: ModelRead, choices: Choices, choice: number): number | undefined =>
  hasMismatch(read) && choice + 1 < choices.length ? choice + 1 : undefined;

/** Errors that no other size of an input mends. */
const WHATEVER_SIZE = /^(NameError|UnboundLocalError|ImportError|ModuleNotFoundError)$/;

const hasMismatch = (read: ModelRead): boolean =>
  read.graph?.gaps.some(({ code, message }) => code === 'shape-mismatch' || (code === 'invalid-model' && !WHATEVER_SIZE.test(String(message.args[0])))) ?? false; // prettier-ignore

function placeOf(main: PyModule, { node }: FoundModel): Pick<ModelRead, 'line' | 'span'> {
  const { source } = main;
  if (source === undefined) return { line: 1 };
  const span = spanIn(source.file, source.parsed.text, node.nameStart, node.nameStart + node.name.length);
  return { line: span.line, span };
}

function noModel(
  session: Session,
  base: Pick<ModelRead, 'name' | 'kind' | 'line' | 'arguments'>,
  value: Value | undefined,
): ModelRead {
  if (value instanceof Unknown) session.torch.lost(session.interp, value);
  else if (value !== undefined) session.torch.gap('unknown-value', text('"{0}" makes no model', base.name), undefined);
  return { ...base, status: 'incomplete', graph: session.torch.builder.finish(base.name, []), inputs: [] };
}

function makeModel(session: Session, main: PyModule, found: FoundModel, args: Arguments | string | undefined): Value {
  const { interp } = session;
  const frame = new Frame(new Env(undefined, PLAIN, 'module'), main, undefined, undefined);
  frame.at = found.node;
  interp.frame = frame;
  const maker = main.lookup(found.name) ?? null;
  const given = typeof args === 'string' ? givenArguments(interp, frame, args) : (args ?? { positional: [] });
  const model = call(interp, maker, given);
  const evaluation = model instanceof PyObject ? findAttribute(interp, model, 'eval') : undefined;
  if (evaluation !== undefined && !(evaluation instanceof Unknown)) call(interp, evaluation, { positional: [] });
  return model;
}

/** `--args`: what stands in the parentheses. */
function givenArguments(interp: Interpreter, frame: Frame, args: string): Arguments {
  const expression = parseExpression(`f(${args}\n)`);
  if (expression?.kind !== 'call')
    throw new InputError(
      'bad-arguments',
      text('"{0}" are no arguments of a Python call', args),
      text("write what stands in the call's parentheses, such as num_classes=10, width=0.5"),
    );
  const bound = evaluateArguments(interp, expression.args, frame);
  if (bound instanceof Unknown)
    throw new InputError('bad-arguments', text('"{0}" cannot be evaluated: {1}', args, bound.reason));
  return bound;
}

function trace(
  session: Session,
  main: PyModule,
  name: string,
  model: PyObject,
  inputs: readonly ChosenInput[],
  past: number | undefined,
): { readonly graph: Graph; readonly step?: StepRead } {
  const { torch, stores, interp } = session;
  torch.trace();
  const note = (lost: readonly Lost[]): void => {
    for (const one of lost) torch.gap(...uncounted(one));
  };
  note(stores.enter(torch.builder, model));
  const steps = past === undefined ? undefined : guarded(session, () => runSteps(session, main, model, inputs, past));
  const result = past === undefined ? guarded(session, () => run(session, main, model, inputs)) : steps?.result;
  note(stores.enterLate(torch.builder));
  torch.lifetimes.end(torch.builder);
  torch.builder.modules.push(...stores.modules());
  const { outputs, lost } = collectOutputs(torch, result ?? null);
  for (const why of lost) torch.lost(interp, why);
  const graph = torch.builder.finish(name, outputs);
  const whole = { ...graph, gaps: [...graph.gaps, ...doubtAssumedSizes(torch, graph), ...lostOutputs(graph)] };
  if (steps === undefined) return { graph: whole };
  const { split, reason } = steps;
  return { graph: whole, step: { ...(split !== undefined && { split }), ...(reason && { reason }) } };
}

function uncounted({ path, why }: Lost): [GapCode, Text, Span | undefined] {
  return why instanceof Unknown
    ? [why.code, text('what "{0}" holds is not known: {1}', path, why.reason), why.at]
    : ['unknown-shape', text('the size of the parameter "{0}" is not known: {1}', path, why.unknown), undefined];
}

/** Something that is put out and not known is a gap, wherever it was lost. */
function lostOutputs(graph: Graph): readonly Gap[] {
  if (graph.gaps.some(({ code }) => code !== 'assumed')) return [];
  return graph.outputs.flatMap(({ name, value }): Gap[] => {
    const { dtype, shape } = valueOf(graph, value).type;
    const lost = isUnknown(dtype) ? dtype : isUnknown(shape) ? shape : shape.find(isUnknown);
    return lost === undefined ? [] : [{ code: 'unknown-value', message: text('the type of the output "{0}" is not known: {1}', name, lost.unknown) }]; // prettier-ignore
  });
}

function run(session: Session, main: PyModule, model: PyObject, inputs: readonly ChosenInput[]): Value {
  const { torch, interp } = session;
  const given = inputs.map(input => ({
    input,
    tensor: torch.input(input.name, input.type, filled(input.type, input.data)),
  }));
  const listed = given.filter(({ input }) => input.listedIn !== undefined).map(({ tensor }) => tensor);
  const rest = given.filter(({ input }) => input.listedIn === undefined);
  const { positional, keywords } = argumentsFor(session, main, model, rest);
  const all = listed.length > 0 ? [new PyList(listed), ...positional] : positional;
  const start = startOf(model, inputs, all.length);
  if (start === undefined) return call(interp, model, { positional: all, keywords });
  torch.gap('assumed', text('"{0}" is assumed to be 0: the text begins', start), undefined);
  return call(interp, model, { positional: all, keywords: new Map(keywords).set(start, 0) });
}

const filled = (type: ChosenInput['type'], data: ChosenInput['data']): ChosenInput['data'] => {
  if (data?.length !== 1 || isUnknown(type.shape)) return data;
  const count = type.shape.reduce<number>((total, dim) => (isUnknown(dim) ? Number.NaN : total * dim), 1);
  return count <= 4096 ? Array.from({ length: count }, () => data[0] ?? 0) : undefined;
};

/** Whether calling the function without arguments makes a model, within a small budget. */
export function makesModel(place: Place, name: string): boolean {
  const loader = new Loader(place.files, place.roots, place.parse);
  const session = new Session(loader, { ...DEFAULT_LIMITS, steps: 500_000 });
  const main = loader.main(session.interp, place.path);
  place.opened?.(main);
  try {
    const made = call(session.interp, main.lookup(name) ?? null, { positional: [] });
    return made instanceof PyObject && session.isModuleClass(made.cls);
  } catch (error) {
    if (error instanceof Raised || error instanceof Aborted || isOverflow(error)) return false;
    throw error;
  }
}

/** Undefined where the evaluation ended early; why it did is a gap. */
function guarded<T>(session: Session, work: () => T): T | undefined {
  const { interp } = session;
  interp.restart();
  try {
    return work();
  } catch (error) {
    if (error instanceof NeedsFiles || error instanceof InputError) throw error;
    explain(session, error);
    return undefined;
  }
}

function explain(session: Session, error: unknown): void {
  const { torch } = session;
  if (error instanceof Raised)
    torch.gap('invalid-model', text('{0} is raised: {1}', error.value.cls.name, messageOf(error.value)), error.at);
  else if (error instanceof Aborted) torch.gap('budget-exhausted', error.text, error.at);
  else if (isOverflow(error)) torch.gap('budget-exhausted', text('the calls are nested too deeply'), undefined);
  // A fault of ours must not take the rest of the report away.
  else torch.gap('reader-failure', text('the reader itself failed here: {0}', String(error)), session.interp.here());
}
