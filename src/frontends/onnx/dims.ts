/**
 * Sizes by name. ONNX files name the sizes that vary (`batch_size`, `past_sequence_length + sequence_length`); they
 * are bound to numbers before anything is inferred: from the inputs the user gave, then from names whose meaning is
 * well known. What stays unknown is asked for.
 */
import type { OnnxDim } from './model';

export type Bindings = Map<string, number>;

/** Value of a dim, or undefined while a name in it is not bound. */
export function resolveDim(dim: OnnxDim, bindings: ReadonlyMap<string, number>): number | undefined {
  if (typeof dim !== 'string') return dim;
  const bound = bindings.get(dim);
  return bound ?? (OPERATORS.test(dim) ? evaluate(dim, bindings) : undefined);
}

/** Learns names from a size that is known: `batch` = 4, and `n / 2` = 8 gives n = 16. */
export function bindDim(dim: OnnxDim, size: number, bindings: Bindings): void {
  if (typeof dim !== 'string' || bindings.has(dim)) return;
  bindings.set(dim, size);
  const [, name, operator, number] = /^\s*([A-Za-z_][\w.]*)\s*([*/+-])\s*(\d+)\s*$/.exec(dim) ?? [];
  if (name === undefined || bindings.has(name)) return;
  const by = Number(number);
  const solved = { '*': size / by, '/': size * by, '+': size - by, '-': size + by }[operator ?? ''];
  if (solved !== undefined && Number.isSafeInteger(solved) && solved >= 0) bindings.set(name, solved);
}

/** A name in an expression is not a name of its own: these are the names that would have to be bound. */
export function namesIn(dim: string): readonly string[] {
  return OPERATORS.test(dim) ? (dim.match(/[A-Za-z_][\w.]*/g) ?? []) : [dim];
}

/** Sizes that names suggest. The first match counts; sources: the exporters of Hugging Face Optimum, PyTorch, Paddle. */
const WELL_KNOWN: readonly (readonly [RegExp, number])[] = [
  [/^(n|b|bs|batch|batch_?size|num_?batch(es)?|dynamic_batch|batch_axis|batch_dim|nbatch|decoder_batch(_size)?)$/i, 1],
  [/^num_(beams|return_sequences)$/i, 1],
  [/^past_.*(length|len|seq.*)$/i, 0],
  [
    /^(.*_)?(sequence(_?(length|len))?|seq(_?(length|len))?|text_?(length|len)|max_?len(gth)?|num_?tokens|tokens|time_?steps?)$/i,
    128,
  ],
  [/^(.*_)?(height|width|h|w|image_size|img_size)$/i, 224],
  [/^(.*_)?(num_?)?(samples|audio_(length|len)|audio_samples)$/i, 16_000],
  [/^(num_?)?(channels?|c)$/i, 3],
  [/^(feature_size|num_mel_bins|n_mels)$/i, 80],
];

export const wellKnownSize = (name: string): number | undefined => WELL_KNOWN.find(([known]) => known.test(name))?.[1];

/** What to suggest for a dim without a telling name, from its place among the input's dims. */
export function suggestSize(dims: readonly OnnxDim[], axis: number): number {
  if (axis === 0 && dims.length > 1) return 1;
  if (dims.length === 4) return axis === 1 ? 3 : dims[3] === 3 && axis === 3 ? 3 : 224;
  return dims.length === 2 ? 128 : 64;
}

const OPERATORS = /[+*/()-]|\b(floor|ceil|min|max|Min|Max)\b/;

/** Integer arithmetic over names: + - * / // ( ) floor ceil min max. Undefined where a name is unbound or it is no such thing. */
function evaluate(expression: string, bindings: ReadonlyMap<string, number>): number | undefined {
  const tokens = expression.length > 1000 ? [] : (expression.match(/\d+|[A-Za-z_][\w.]*|\/\/|[-+*/(),]|\S/g) ?? []);
  let at = 0;
  let depth = 0;
  const take = (token: string): boolean => tokens[at] === token && ++at > 0;
  const sum = (): number => {
    let value = product();
    for (;;) {
      if (take('+')) value += product();
      else if (take('-')) value -= product();
      else return value;
    }
  };
  const product = (): number => {
    let value = atom();
    for (;;) {
      if (take('*')) value *= atom();
      else if (take('//')) value = Math.floor(value / atom());
      else if (take('/')) value /= atom();
      else return value;
    }
  };
  const atom = (): number => {
    const token = tokens[at++];
    if (token === undefined || ++depth > 100) return NaN;
    if (token === '-') return -atom();
    if (token === '(') {
      const value = sum();
      return take(')') ? value : NaN;
    }
    if (/^\d/.test(token)) return Number(token);
    const apply = FUNCTIONS[token];
    if (apply === undefined || !take('(')) return bindings.get(token) ?? NaN;
    const args = [sum()];
    while (take(',')) args.push(sum());
    return take(')') ? apply(args) : NaN;
  };
  const value = Math.floor(sum());
  return at === tokens.length && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

const FUNCTIONS: Readonly<Record<string, ((args: readonly number[]) => number) | undefined>> = {
  floor: ([x = NaN]) => Math.floor(x),
  ceil: ([x = NaN]) => Math.ceil(x),
  ceiling: ([x = NaN]) => Math.ceil(x),
  min: args => Math.min(...args),
  max: args => Math.max(...args),
  Min: args => Math.min(...args),
  Max: args => Math.max(...args),
};
