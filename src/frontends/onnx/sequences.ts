/** Ops on sequences and optionals. They move no data: a sequence is the list of values that are in it. */
import { isUnknown, unknown } from '../../base/known';
import type { Text } from '../../base/text';
import { text } from '../../base/text';
import type { ValueId } from '../../ir/graph';
import { tensor } from '../../ir/tensor';
import { runBody } from './control';
import type { Interpreter, Place } from './interpreter';
import { attributesOf } from './interpreter';
import type { OnnxNodeProto } from './model';
import type { Bound, Sequence } from './scope';
import { Scope } from './scope';

type Run = (run: Interpreter, node: OnnxNodeProto, scope: Scope, place: Place) => readonly Bound[];

/** Returns false for ops that are none of these. */
export function runSequenceOp(run: Interpreter, node: OnnxNodeProto, scope: Scope, place: Place): boolean {
  const own = OPS[node.op];
  if (own !== undefined) {
    run.bind(node, scope, place, own(run, node, scope, place));
    return true;
  }
  // Identity of a sequence or of nothing.
  if (node.op !== 'Identity') return false;
  const bound = run.boundOf(node.inputs[0] ?? '', scope, place);
  if (typeof bound === 'number') return false;
  run.bind(node, scope, place, [bound]);
  return true;
}

const sequence = (items: readonly ValueId[]): Sequence => ({ kind: 'sequence', items });
const lostSequence = (because: Text): Sequence => ({ kind: 'sequence', items: unknown(because) });

function itemsOf(run: Interpreter, node: OnnxNodeProto, scope: Scope, place: Place): Sequence['items'] {
  const bound = run.boundOf(node.inputs[0] ?? '', scope, place);
  if (typeof bound === 'number' || bound.kind === 'absent')
    return unknown(text('"{0}" is no sequence', node.inputs[0] ?? ''));
  return bound.items;
}

/** A scalar input whose element is known; negative ones count from the end. */
function indexOf(run: Interpreter, node: OnnxNodeProto, input: number, scope: Scope, place: Place): number | undefined {
  const name = node.inputs[input] ?? '';
  const id = run.tensorOf(name, scope, place);
  const [index] = id === undefined ? [] : (run.builder.value(id).data ?? []);
  return typeof index === 'number' ? index : undefined;
}

const OPS: Readonly<Record<string, Run | undefined>> = {
  SequenceEmpty: () => [sequence([])],
  SequenceConstruct: (run, node, scope, place) => [
    sequence(node.inputs.flatMap(name => run.tensorOf(name, scope, place) ?? [])),
  ],
  SequenceInsert: (run, node, scope, place) => {
    const items = itemsOf(run, node, scope, place);
    const added = run.tensorOf(node.inputs[1] ?? '', scope, place);
    if (isUnknown(items) || added === undefined) return [{ kind: 'sequence', items }];
    const index = (node.inputs[2] ?? '') === '' ? items.length : indexOf(run, node, 2, scope, place);
    return [index === undefined ? lostSequence(UNKNOWN_INDEX) : sequence(items.toSpliced(index, 0, added))];
  },
  SequenceErase: (run, node, scope, place) => {
    const items = itemsOf(run, node, scope, place);
    if (isUnknown(items)) return [{ kind: 'sequence', items }];
    const index = (node.inputs[1] ?? '') === '' ? -1 : indexOf(run, node, 1, scope, place);
    return [index === undefined ? lostSequence(UNKNOWN_INDEX) : sequence(items.toSpliced(index, 1))];
  },
  SequenceAt: (run, node, scope, place) => {
    const items = itemsOf(run, node, scope, place);
    const index = indexOf(run, node, 1, scope, place);
    const because = isUnknown(items) ? items.unknown : UNKNOWN_INDEX;
    const item = isUnknown(items) || index === undefined ? undefined : items.at(index);
    if (item !== undefined) return [item];
    run.gap('unknown-value', because, place.path);
    return [run.lost(because)];
  },
  SequenceLength: (run, node, scope, place) => {
    const items = itemsOf(run, node, scope, place);
    return [run.builder.constant(tensor('int64', []), [isUnknown(items) ? items : items.length])];
  },
  SplitToSequence: split,
  SequenceMap: map,
  ConcatFromSequence: (run, node, scope, place) => {
    const items = itemsOf(run, node, scope, place);
    const attrs = attributesOf(node, place.context);
    if (!isUnknown(items) && items.length > 0)
      return [run.core(attrs['new_axis'] === 1 ? 'stack' : 'cat', items, { dim: attrs['axis'] }, node, place)];
    const because = isUnknown(items) ? items.unknown : text('the sequence is empty');
    run.gap('unknown-shape', because, place.path);
    return run.unknowns(node, [], place, because);
  },
  Optional: (run, node, scope, place) => [
    (node.inputs[0] ?? '') === '' ? { kind: 'absent' } : run.boundOf(node.inputs[0] ?? '', scope, place),
  ],
  OptionalHasElement: (run, node, scope, place) => {
    const bound = (node.inputs[0] ?? '') === '' ? undefined : run.boundOf(node.inputs[0] ?? '', scope, place);
    const has = bound !== undefined && (typeof bound === 'number' || bound.kind !== 'absent');
    const open = typeof bound === 'number' && run.optional.has(bound);
    const data = open ? unknown(text('whether "{0}" is given is not known', node.inputs[0] ?? '')) : Number(has);
    return [run.builder.constant(tensor('bool', []), [data])];
  },
  OptionalGetElement: (run, node, scope, place) => [run.boundOf(node.inputs[0] ?? '', scope, place)],
};

const UNKNOWN_INDEX = text('the index into the sequence is not known');

/** Parts of `split` size each (the last may be smaller), or of the sizes that are listed; without it single slices. */
function split(run: Interpreter, node: OnnxNodeProto, scope: Scope, place: Place): readonly Bound[] {
  const input = run.tensorOf(node.inputs[0] ?? '', scope, place);
  const attrs = attributesOf(node, place.context);
  if (input === undefined) return [lostSequence(text('input {0} is missing', 0))];
  const { shape } = run.builder.type(input);
  const axis = typeof attrs['axis'] === 'number' ? attrs['axis'] : 0;
  const size = isUnknown(shape) ? shape : (shape.at(axis) ?? unknown(text('the axis {0} does not exist', axis)));
  if (isUnknown(size)) return [lostSequence(size.unknown)];
  const sizes = partSizes(run, node, scope, place, size);
  if (sizes === undefined || sizes.length > MOST_PARTS)
    return [lostSequence(text('the sizes of the parts are not known'))];
  const drop = (node.inputs[1] ?? '') === '' && attrs['keepdims'] === 0;
  let start = 0;
  return [
    sequence(
      sizes.map(length => {
        const bounds = { axes: [axis], starts: [start], ends: [start + length], steps: [1], copies: true };
        const single = { dim: axis, index: start };
        start += length;
        return run.core(drop ? 'select' : 'slice', [input], drop ? single : bounds, node, place);
      }),
    ),
  ];
}

const MOST_PARTS = 10_000;

/** The body runs once for each item of the first sequence; further inputs are sequences of the same length, or tensors. */
function map(run: Interpreter, node: OnnxNodeProto, scope: Scope, place: Place): readonly Bound[] {
  const inputs = node.inputs.map(name => run.boundOf(name, scope, place));
  const items = itemsOf(run, node, scope, place);
  if (isUnknown(items)) {
    run.gap('unknown-trip-count', items.unknown, place.path);
    return node.outputs.map(() => lostSequence(items.unknown));
  }
  const itemAt = (bound: Bound, index: number): Bound => {
    if (typeof bound === 'number' || bound.kind === 'absent') return bound;
    return (isUnknown(bound.items) ? undefined : bound.items[index]) ?? run.lost(UNKNOWN_INDEX);
  };
  const rows = items.map((_, index) => {
    const given = inputs.map(bound => itemAt(bound, index));
    return runBody(run, node, 'body', new Scope(scope), place, given).outputs;
  });
  return node.outputs.map((_, output) =>
    sequence(rows.map(row => (typeof row[output] === 'number' ? row[output] : run.lost(UNKNOWN_INDEX)))),
  );
}

function partSizes(
  run: Interpreter,
  node: OnnxNodeProto,
  scope: Scope,
  place: Place,
  size: number,
): readonly number[] | undefined {
  const name = node.inputs[1] ?? '';
  if (name === '') return size > MOST_PARTS ? undefined : Array<number>(size).fill(1);
  const id = run.tensorOf(name, scope, place);
  if (id === undefined) return undefined;
  const { data, type } = run.builder.value(id);
  const parts = data?.filter(part => typeof part === 'number');
  if (parts === undefined || parts.length !== data?.length || isUnknown(type.shape)) return undefined;
  const [each = 0] = parts;
  if (type.shape.length > 0) return parts;
  if (each <= 0 || size / each > MOST_PARTS) return undefined;
  return Array.from({ length: Math.ceil(size / each) }, (_, index) => Math.min(each, size - index * each));
}
