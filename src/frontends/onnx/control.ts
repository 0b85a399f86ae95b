/**
 * If, Loop and Scan. What is known to execute is executed: the branch that the condition chooses, the body as often as
 * the trip count says. Where that is not known there is a gap, and the totals stay lower bounds: the cheaper branch,
 * no iteration at all.
 */
import { isUnknown, unknown } from '../../base/known';
import type { Text } from '../../base/text';
import { text } from '../../base/text';
import type { ConstantData, Node, Value, ValueId } from '../../ir/graph';
import type { Dim, TensorType } from '../../ir/tensor';
import { tensor } from '../../ir/tensor';
import { nodeCost } from '../../ops/cost';
import type { Interpreter, Place } from './interpreter';
import { attributesOf } from './interpreter';
import type { OnnxGraph, OnnxNodeProto } from './model';
import type { Bound } from './scope';
import { Scope } from './scope';

/** Recurrences over long inputs stay below; endless loops do not. */
const MOST_ITERATIONS = 10_000;
/** Nodes that one loop executes at most, so that reading takes no longer than people wait. */
const MOST_UNROLLED = 20_000;

export function runIf(run: Interpreter, node: OnnxNodeProto, scope: Scope, place: Place): void {
  const condition = scalarOf(run, node.inputs[0] ?? '', scope, place);
  const branches = ['then_branch', 'else_branch'] as const;
  const runBranch = (branch: (typeof branches)[number]): readonly Bound[] =>
    runBody(run, node, branch, new Scope(scope), place).outputs;
  if (condition !== undefined) {
    run.bind(node, scope, place, runBranch(condition !== 0 ? 'then_branch' : 'else_branch'));
    return;
  }
  run.gap('unknown-branch', text('the condition is not known; the cheaper branch is counted'), place.path);
  const start = mark(run);
  const [first, second] = branches.map(branch => trial(run, start, () => runBranch(branch)));
  if (first === undefined || second === undefined) return;
  const chosen = cheaper(first, second);
  const other = chosen === first ? second : first;
  restore(run, chosen);
  run.bind(
    node,
    scope,
    place,
    chosen.outputs.map((bound, index) => joinBounds(run, bound, chosen, other.outputs[index], other)),
  );
}

export function runLoop(run: Interpreter, node: OnnxNodeProto, scope: Scope, place: Place): void {
  const [trips = '', condition = '', ...carried] = node.inputs;
  const most = trips === '' ? Infinity : scalarOf(run, trips, scope, place);
  const initially = condition === '' ? 1 : scalarOf(run, condition, scope, place);
  const initial = carried.map(name => run.boundOf(name, scope, place));
  const start = mark(run);
  let because = text('how often the loop runs is not known; it is not counted');
  if (most !== undefined && initially !== undefined) {
    const outcome = unroll(run, node, scope, place, { most, condition: initially, state: initial });
    if (typeof outcome === 'object') {
      const scans = outcome.scans.map(items => stacked(run, items, 0, node, place));
      run.bind(node, scope, place, [...outcome.state, ...scans]);
      return;
    }
    rewind(run, start);
    if (outcome === 'long') because = text('the loop runs too often to be followed; it is not counted');
  }
  run.gap('unknown-trip-count', because, place.path);
  const body = trial(run, mark(run), () => iterate(run, node, scope, place, undefined, initial).outputs);
  const [, ...results] = body.outputs;
  const joined = initial.map((bound, index) => joinBounds(run, bound, undefined, results[index], body));
  const scans = results.slice(initial.length).map(bound => lostScan(run, bound, body, because));
  run.bind(node, scope, place, [...joined, ...scans]);
}

export function runScan(run: Interpreter, node: OnnxNodeProto, scope: Scope, place: Place): void {
  const attrs = attributesOf(node, place.context);
  // Before version 9 there is a first input of lengths and a first axis of batches, each of which runs by itself.
  const batched = (place.context.opsets.get('') ?? 1) < 9;
  const inputs = batched ? node.inputs.slice(1) : node.inputs;
  const count = typeof attrs['num_scan_inputs'] === 'number' ? attrs['num_scan_inputs'] : inputs.length;
  const states = Math.max(0, inputs.length - count);
  const scanned = inputs.slice(states).map(name => run.tensorOf(name, scope, place));
  const initial = inputs.slice(0, states).map(name => run.boundOf(name, scope, place));
  const scan: ScanOf = {
    inputAxes: batched ? [] : numbersOf(attrs['scan_input_axes']),
    outputAxes: batched ? [] : numbersOf(attrs['scan_output_axes']),
    reversed: numbersOf(attrs[batched ? 'directions' : 'scan_input_directions']),
    run: (state, slices) => runBody(run, node, 'body', new Scope(scope), place, [...state, ...slices]).outputs,
  };
  const batches = batched ? sizeOf(run, scanned[0] ?? numberOf(initial[0]), 0) : 1;
  const results: (readonly ValueId[])[] = [];
  const part = (id: ValueId | undefined, index: number): ValueId | undefined =>
    batched && id !== undefined ? run.core('select', [id], { dim: 0, index }, node, place) : id;
  let known = batches !== undefined && batches <= MOST_ITERATIONS && (!batched || (node.inputs[0] ?? '') === '');
  for (let index = 0; known && index < (batches ?? 0) && !run.exhausted; index++) {
    const state = initial.map(bound => (batched ? (part(numberOf(bound), index) ?? bound) : bound));
    const result = scanOnce(run, scan, state, scanned.map(id => part(id, index)), node, place); // prettier-ignore
    if (result === undefined) known = false;
    else if (!batched) run.bind(node, scope, place, result);
    else results.push(result.map(bound => numberOf(bound) ?? run.lost(text('"{0}" gives nothing', node.op))));
  }
  if (!known || (batched && results.length === 0)) {
    const because = text('how often the scan runs is not known; it is not counted');
    run.gap('unknown-trip-count', because, place.path);
    run.bind(node, scope, place, run.unknowns(node, [], place, because));
  } else if (batched) {
    const first = results[0] ?? [];
    run.bind(node, scope, place, first.map((_, output) => stacked(run, results.map(row => row[output] ?? 0), 0, node, place))); // prettier-ignore
  }
}

interface ScanOf {
  readonly inputAxes: readonly number[];
  readonly outputAxes: readonly number[];
  readonly reversed: readonly number[];
  readonly run: (state: readonly Bound[], slices: readonly Bound[]) => readonly Bound[];
}

const numberOf = (bound: Bound | undefined): ValueId | undefined => (typeof bound === 'number' ? bound : undefined);

/** States and collected outputs; undefined where the length is not known. */
function scanOnce(
  run: Interpreter,
  scan: ScanOf,
  initial: readonly Bound[],
  scanned: readonly (ValueId | undefined)[],
  node: OnnxNodeProto,
  place: Place,
): readonly Bound[] | undefined {
  const axisOf = (index: number): number => scan.inputAxes[index] ?? 0;
  const length = scanned.map((id, index) => sizeOf(run, id, axisOf(index))).find(size => size !== undefined);
  if (length === undefined || length > MOST_ITERATIONS) return undefined;
  const sliceAt = (step: number): Bound[] =>
    scanned.map((id, index) => {
      const at = scan.reversed[index] === 1 ? length - 1 - step : step;
      if (id === undefined) return run.lost(text('input {0} is missing', index));
      return run.core('select', [id], { dim: axisOf(index), index: at }, node, place);
    });
  let state = initial;
  const scans: Bound[][] = node.outputs.slice(initial.length).map(() => []);
  const limit = run.executed + MOST_UNROLLED;
  for (let step = 0; step < length && !run.exhausted; step++) {
    if (run.executed > limit) return undefined;
    const outputs = scan.run(state, sliceAt(step));
    state = outputs.slice(0, initial.length);
    outputs.slice(initial.length).forEach((bound, index) => scans[index]?.push(bound));
  }
  return [...state, ...scans.map((items, index) => stacked(run, items, scan.outputAxes[index] ?? 0, node, place))];
}

const numbersOf = (attr: unknown): readonly number[] => (Array.isArray(attr) ? (attr as number[]) : []);

function sizeOf(run: Interpreter, id: ValueId | undefined, axis: number): number | undefined {
  if (id === undefined) return undefined;
  const { shape } = run.builder.type(id);
  const size = isUnknown(shape) ? undefined : shape.at(axis);
  return typeof size === 'number' ? size : undefined;
}

interface Loop {
  readonly most: number;
  readonly condition: number;
  readonly state: readonly Bound[];
}

interface Outcome {
  readonly state: readonly Bound[];
  readonly scans: readonly (readonly Bound[])[];
}

/** Where the condition cannot be followed, or not that far, why. */
function unroll(
  run: Interpreter,
  node: OnnxNodeProto,
  scope: Scope,
  place: Place,
  { most, condition, state }: Loop,
): Outcome | 'unknown' | 'long' {
  const scans: Bound[][] = node.outputs.slice(state.length).map(() => []);
  const limit = run.executed + MOST_UNROLLED;
  let going: number | undefined = condition;
  let current = state;
  for (let step = 0; step < most && going !== 0 && !run.exhausted; step++) {
    if (step >= MOST_ITERATIONS || run.executed > limit) return 'long';
    const [next, ...results]: readonly Bound[] = iterate(run, node, scope, place, step, current).outputs;
    going = typeof next === 'number' ? firstOf(run.builder.value(next).data) : undefined;
    // With the last iteration done the condition no longer matters.
    if (going === undefined && step + 1 < most) return 'unknown';
    current = results.slice(0, state.length);
    results.slice(state.length).forEach((bound, index) => scans[index]?.push(bound));
  }
  return { state: current, scans };
}

function iterate(
  run: Interpreter,
  node: OnnxNodeProto,
  scope: Scope,
  place: Place,
  step: number | undefined,
  state: readonly Bound[],
): Body {
  const counter = run.builder.constant(tensor('int64', []), step === undefined ? undefined : [step]);
  const going = run.builder.constant(tensor('bool', []), step === undefined ? undefined : [1]);
  return runBody(run, node, 'body', new Scope(scope), place, [counter, going, ...state]);
}

interface Body {
  readonly outputs: readonly Bound[];
}

export function runBody(
  run: Interpreter,
  node: OnnxNodeProto,
  name: string,
  inner: Scope,
  place: Place,
  inputs: readonly Bound[] = [],
): Body {
  const graph = graphOf(node, name);
  if (graph === undefined) {
    const missing = text('"{0}" has no graph "{1}"', node.op, name);
    run.gap('invalid-model', missing, place.path);
    return { outputs: node.outputs.map(() => run.lost(missing)) };
  }
  graph.inputs.forEach((input, index) => {
    const bound = inputs[index];
    if (bound !== undefined) inner.set(input.name, bound);
  });
  const { context } = place;
  run.runGraph(graph, inner, { ...context, place: `${place.path}/${name}/` });
  return { outputs: graph.outputs.map(output => run.boundOf(output.name, inner, place)) };
}

function graphOf(node: OnnxNodeProto, name: string): OnnxGraph | undefined {
  const attribute = node.attributes.find(found => found.name === name);
  return attribute?.kind === 'graph' ? attribute.graph : undefined;
}

function scalarOf(run: Interpreter, name: string, scope: Scope, place: Place): number | undefined {
  const id = run.tensorOf(name, scope, place);
  return id === undefined ? undefined : firstOf(run.builder.value(id).data);
}

function firstOf(data: ConstantData | undefined): number | undefined {
  const first = data?.[0];
  return typeof first === 'number' ? first : undefined;
}

/** The scan outputs of all iterations along a new axis. */
function stacked(run: Interpreter, items: readonly Bound[], axis: number, node: OnnxNodeProto, place: Place): ValueId {
  const ids = items.filter(item => typeof item === 'number');
  if (ids.length > 0 && ids.length === items.length) return run.core('stack', ids, { dim: axis }, node, place);
  return run.lost(text('"{0}" ran no iteration; the shape of what it collects is not known', node.op));
}

function lostScan(run: Interpreter, bound: Bound, body: Trial, because: Text): ValueId {
  const type = typeof bound === 'number' ? body.valueOf(bound)?.type : undefined;
  const lost = unknown(because);
  if (type === undefined) return run.lost(because);
  return run.builder.constant(tensor(type.dtype, isUnknown(type.shape) ? lost : [lost, ...type.shape]));
}

/** Lengths of the builder's lists, to go back to. */
interface Mark {
  readonly nodes: number;
  readonly values: number;
  readonly gaps: number;
}

/** What was executed on trial and taken back. */
interface Trial {
  readonly nodes: readonly Node[];
  readonly values: readonly Value[];
  readonly gaps: Interpreter['builder']['gaps'];
  readonly outputs: readonly Bound[];
  readonly macs: number;
  valueOf(id: ValueId): Value | undefined;
}

function mark({ builder }: Interpreter): Mark {
  return { nodes: builder.nodes.length, values: builder.values.length, gaps: builder.gaps.length };
}

function rewind({ builder }: Interpreter, { nodes, values, gaps }: Mark): void {
  builder.nodes.length = nodes;
  builder.values.length = values;
  builder.gaps.length = Math.min(gaps, builder.gaps.length);
}

function trial(run: Interpreter, start: Mark, execute: () => readonly Bound[]): Trial {
  const outputs = execute();
  const { builder } = run;
  const nodes = builder.nodes.slice(start.nodes);
  const values = builder.values.slice(start.values);
  const gaps = builder.gaps.slice(start.gaps);
  const graph = builder.finish('', []);
  const macs = nodes.reduce((total, node) => {
    const cost = nodeCost(graph, node).macs;
    return total + (isUnknown(cost) ? 0 : cost);
  }, 0);
  rewind(run, start);
  const valueOf = (id: ValueId): Value | undefined =>
    id < start.values ? builder.values[id] : values[id - start.values];
  return { nodes, values, gaps, outputs, macs, valueOf };
}

/** Ids are positions, so what was taken back can be put back at the same mark. */
function restore({ builder }: Interpreter, { nodes, values, gaps }: Trial): void {
  for (const value of values) builder.values.push(value);
  for (const node of nodes) builder.nodes.push(node);
  for (const gap of gaps) builder.gap(gap);
}

/** A branch that these sizes cannot pass through is not the one that is taken. */
function cheaper(a: Trial, b: Trial): Trial {
  const fails = ({ gaps }: Trial): boolean => gaps.some(({ code }) => code === 'shape-mismatch');
  if (fails(a) !== fails(b)) return fails(a) ? b : a;
  return b.macs < a.macs ? b : a;
}

/** What is true of both: sizes that differ are unknown. */
function joinBounds(
  run: Interpreter,
  kept: Bound,
  keptIn: Trial | undefined,
  other: Bound | undefined,
  otherIn: Trial,
): Bound {
  const because = text('it depends on which way the model takes');
  if (typeof kept !== 'number' || typeof other !== 'number')
    return typeof kept === 'number' ? run.lost(because) : { kind: 'sequence', items: unknown(because) };
  const [a, b] = [keptIn === undefined ? run.builder.values[kept] : keptIn.valueOf(kept), otherIn.valueOf(other)];
  if (a === undefined || b === undefined) return run.lost(because);
  const type = joinTypes(a.type, b.type, because);
  const data = sameData(a.data, b.data) ? a.data : undefined;
  if (type === a.type && data === a.data) return kept;
  return run.builder.constant(type, data);
}

function joinTypes(a: TensorType, b: TensorType, because: Text): TensorType {
  const lost = unknown(because);
  const dtype = a.dtype === b.dtype ? a.dtype : lost;
  if (isUnknown(a.shape) || isUnknown(b.shape) || a.shape.length !== b.shape.length) return tensor(dtype, lost);
  const other = b.shape;
  const shape = a.shape.map((dim, axis): Dim => (dim === other[axis] ? dim : lost));
  return dtype === a.dtype && shape.every((dim, axis) => dim === (a.shape as readonly Dim[])[axis])
    ? a
    : tensor(dtype, shape);
}

const sameData = (a: ConstantData | undefined, b: ConstantData | undefined): boolean =>
  a === b ||
  (a !== undefined && b !== undefined && a.length === b.length && a.every((item, index) => item === b[index]));
