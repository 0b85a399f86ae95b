/**
 * From a model's signature, and what the user gave, to what each input is fed with. Sizes that nobody said are asked
 * for; only a batch of one is assumed. Every choice is told with its reason.
 */
import { InputError } from '../base/findings';
import type { Text } from '../base/text';
import { text } from '../base/text';
import type { DimNeed, FedInput, GivenInput, TensorSignature, WeightFill } from '../protocol/profiler';
import type { Elements } from './elements';
import { Source, store } from './elements';

export interface BoundInput extends FedInput {
  readonly fill: InputFill;
}

export type InputFill =
  | WeightFill
  | { readonly kind: 'values'; readonly values: readonly number[] }
  /** 0, 1, 2 … along the last axis. */
  | { readonly kind: 'positions' };

export interface Binding {
  readonly inputs: readonly BoundInput[];
  /** With needs, the inputs that have them are left out. */
  readonly needs: readonly DimNeed[];
}

/** Throws `InputError` where what was given cannot fit the model. */
export function bindInputs(
  signature: readonly TensorSignature[],
  given: readonly GivenInput[],
  dims: Readonly<Record<string, number>>,
): Binding {
  const givenFor = matchGiven(signature, given);
  const sizes = new Map<string, number>(Object.entries(dims));
  for (const input of signature) bindGiven(input, givenFor.get(input.name), sizes);
  const inputs: BoundInput[] = [];
  const needs = new Map<string, DimNeed>();
  for (const input of signature) {
    const own = givenFor.get(input.name);
    const bound = own === undefined ? sizesOf(input, sizes) : { dims: own.dims, missing: [], assumed: false };
    for (const need of bound.missing) if (!needs.has(need.key)) needs.set(need.key, need);
    if (bound.missing.length === 0) inputs.push(feed(input, own, bound.dims, bound.assumed));
  }
  return { inputs, needs: [...needs.values()] };
}

/** The elements, or their strings where the model wants those. */
export function makeElements(input: BoundInput, seed: number): Elements | readonly string[] {
  const count = input.dims.reduce((a, b) => a * b, 1);
  if (input.dtype === 'string') return Array<string>(count).fill('text');
  const { fill } = input;
  if (fill.kind === 'positions') {
    const length = Math.max(1, input.dims.at(-1) ?? 1);
    return store(
      input.dtype,
      Array.from({ length: count }, (_, i) => i % length),
    );
  }
  return store(input.dtype, fill.kind === 'values' ? fill.values : new Source(seed).take(fill, count));
}

function matchGiven(
  signature: readonly TensorSignature[],
  given: readonly GivenInput[],
): ReadonlyMap<string, GivenInput> {
  const matched = new Map<string, GivenInput>();
  const names = signature.map(input => input.name);
  for (const one of given.filter(({ name }) => name !== undefined)) {
    const name = one.name ?? '';
    if (!names.includes(name))
      throw new InputError(
        'unknown-input',
        text('the model has no input "{0}"', name),
        text('its inputs are: {0}', names.join(', ')),
      );
    matched.set(name, one);
  }
  const left = names.filter(name => !matched.has(name));
  for (const one of given.filter(({ name }) => name === undefined)) {
    const name = left.shift();
    if (name === undefined)
      throw new InputError(
        'too-many-inputs',
        text('{0} inputs were given, the model has {1}', given.length, names.length),
        text('its inputs are: {0}', names.join(', ')),
      );
    matched.set(name, one);
  }
  return matched;
}

/** Checks one given input against the signature and remembers what it says about named dims. */
function bindGiven(input: TensorSignature, given: GivenInput | undefined, sizes: Map<string, number>): void {
  if (given === undefined) return;
  const wanted = printSignature(input);
  if (given.dtype !== undefined && given.dtype !== input.dtype)
    throw new InputError(
      'wrong-dtype',
      text('the input "{0}" is {1}, but {2} was given', input.name, wanted, given.dtype),
      text('give it as {0}', wanted),
    );
  // The runtime says an open rank as no dims: then a scalar and any other tensor are allowed.
  if (input.dims.length === 0) return;
  const fits =
    given.dims.length === input.dims.length &&
    input.dims.every((dim, axis) => typeof dim === 'string' || dim === given.dims[axis]);
  if (!fits)
    throw new InputError(
      'wrong-dims',
      text('the input "{0}" is {1}, but the sizes [{2}] were given', input.name, wanted, given.dims.join(',')),
      text('give it as {0}', wanted),
    );
  input.dims.forEach((dim, axis) => {
    if (typeof dim === 'string' && dim !== '') sizes.set(dim, given.dims[axis] ?? 0);
  });
}

/** `float32[batch,3,?,?]` */
const printSignature = ({ dtype, dims }: TensorSignature): string =>
  `${dtype}[${dims.map(dim => (dim === '' ? '?' : dim)).join(',')}]`;

interface Sized {
  readonly dims: readonly number[];
  readonly missing: readonly DimNeed[];
  readonly assumed: boolean;
}

function sizesOf(input: TensorSignature, sizes: ReadonlyMap<string, number>): Sized {
  const missing: DimNeed[] = [];
  let assumed = false;
  const dims = input.dims.map((dim, axis) => {
    if (typeof dim === 'number') return dim;
    const key = dim === '' ? `${input.name}.${axis}` : dim;
    const known = sizes.get(key) ?? sizes.get(`${input.name}.${axis}`);
    if (known !== undefined) return known;
    if (isBatch(dim, axis, input.dims.length)) {
      assumed = true;
      return 1;
    }
    missing.push({ input: input.name, axis, name: dim, key, suggestion: suggestSize(input, dim, axis) });
    return 0;
  });
  return { dims, missing, assumed };
}

/** Names that exporters give to a dim of which they know nothing. */
const ANONYMOUS =
  /^(|\?|-1|none|null|unk_*\d*|unk__\d+|dynamicdimension\.\d+|p2o\..*|dyn\w*_?\d*|dim_?0|\w*dim_?0|s\d+)$/i;
const BATCH = /^(n|b|bs|bsz|batch(_?size)?|\w*batch\w*|num_images|n_images)$/i;

/** The outermost axis of a tensor with more than one, unless it is named otherwise. */
const isBatch = (name: string, axis: number, rank: number): boolean =>
  BATCH.test(name) || (axis === 0 && rank > 1 && ANONYMOUS.test(name));

const SUGGESTIONS: readonly (readonly [name: RegExp, size: number])[] = [
  [/past|cache/i, 0],
  [/seq|len|token|time|frame|word|^[tls]$/i, 128],
  [/height|width|size|^[hw]$/i, 224],
  [/channel|^c$/i, 3],
  [/sample|audio|wave/i, 16_000],
];

function suggestSize({ dtype, dims }: TensorSignature, name: string, axis: number): number {
  const named = SUGGESTIONS.find(([pattern]) => pattern.test(name));
  if (named !== undefined) return named[1];
  if (dims.length === 4) return axis === 1 && dims[3] !== 3 ? 3 : 224;
  if (dtype === 'int64' || dtype === 'int32') return 128;
  return dims.length === 2 ? 16_000 : 128;
}

function feed(
  input: TensorSignature,
  given: GivenInput | undefined,
  dims: readonly number[],
  assumed: boolean,
): BoundInput {
  const open = input.dims.some(dim => typeof dim === 'string');
  const value = given?.value;
  const chosen = value === undefined ? chooseFill(input.name, input.dtype, dims) : givenFill(input, value, dims);
  const basis = given !== undefined ? 'given' : assumed ? 'assumed' : open ? 'given' : 'declared';
  return { name: input.name, dtype: input.dtype, dims, basis, source: chosen.because, fill: chosen.fill };
}

interface Choice {
  readonly fill: InputFill;
  readonly because: Text;
}

function givenFill(input: TensorSignature, value: number | readonly number[], dims: readonly number[]): Choice {
  if (typeof value === 'number')
    return { fill: { kind: 'constant', value }, because: text('filled with {0}, as given', value) };
  const count = dims.reduce((a, b) => a * b, 1);
  if (value.length !== count)
    throw new InputError(
      'bad-input-value',
      text('{0} values were given for the input "{1}", which has {2} elements', value.length, input.name, count),
      text('give as many values as the input has elements, or a single number'),
    );
  return { fill: { kind: 'values', values: value }, because: text('filled with the values given') };
}

/** What an integer or a flag means can only be told from its name. */
const NAMED_FILLS: readonly (readonly [name: RegExp, fill: InputFill, because: Text])[] = [
  [/use_cache|is_training|training_mode/i, { kind: 'constant', value: 0 }, text('false, judging by its name')],
  [/mask/i, { kind: 'constant', value: 1 }, text('ones: nothing is masked')],
  [/token_type|segment|type_ids/i, { kind: 'constant', value: 0 }, text('zeros: a single segment')],
  [/position/i, { kind: 'positions' }, text('positions 0, 1, 2 …')],
  [/^sr$|sampl\w*_?rate/i, { kind: 'constant', value: 16_000 }, text('a sampling rate of 16 kHz, judging by its name')],
];

function chooseFill(name: string, dtype: string, dims: readonly number[]): Choice {
  const count = dims.reduce((a, b) => a * b, 1);
  if (dtype === 'string') return { fill: { kind: 'values', values: [] }, because: text('short texts') };
  const isFloat = dtype.includes('float');
  if (!isFloat) {
    const named = NAMED_FILLS.find(([pattern]) => pattern.test(name));
    if (named !== undefined) return { fill: named[1], because: named[2] };
  }
  if (dtype === 'bool') return { fill: { kind: 'constant', value: 1 }, because: text('true everywhere') };
  if (dtype === 'uint8' || dtype === 'int8') {
    const low = dtype === 'int8' ? -128 : 0;
    return { fill: { kind: 'integers', low, high: low + 256 }, because: text('random bytes') };
  }
  if (count <= 1) return { fill: { kind: 'constant', value: 1 }, because: text('one') };
  if (isFloat) return { fill: { kind: 'normal', mean: 0, std: 1 }, because: text('normal random values') };
  // Valid as an index into almost any table; 0 often means padding.
  return { fill: { kind: 'integers', low: 1, high: 10 }, because: text('random indices from 1 to 9') };
}
