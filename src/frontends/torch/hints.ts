/**
 * What a model says of its inputs beside its code: an example that it keeps, and sizes in docstrings and comments. Sizes
 * that stand there as letters are taken where the model itself, or what such letters always mean, tells them.
 */
import { text } from '../../base/text';
import type { TensorType } from '../../ir/tensor';
import { tensor } from '../../ir/tensor';
import type { Statement } from '../python/ast';
import type { PyFunction } from '../python/functions';
import type { PyModule } from '../python/module';
import { spanIn } from '../python/places';
import type { PyObject, Value } from '../python/values';
import { PyDict } from '../python/values';
import { firstDemand } from './demands';
import { typesOf } from './examples';
import type { ChosenInput } from './inputs';
import type { Tensor } from './tensor';

type Hint = Partial<ChosenInput> & { readonly type: TensorType };

/** What Lightning's modules keep for tracing. */
export function fromExampleArray(model: PyObject, isTensor: (value: Value) => value is Tensor): readonly Hint[] {
  const value = model.dict?.get('example_input_array') ?? model.cls.lookup('example_input_array');
  const shared = { basis: 'declared', source: text('its "{0}"', 'example_input_array') } as const;
  if (value instanceof PyDict)
    return [...value.entries()].flatMap(([name, item]) => (typeof name === 'string' && isTensor(item) ? [{ name, keyword: true, type: item.type, ...shared }] : [])); // prettier-ignore
  return (typesOf(value) ?? []).map(type => ({ type, ...shared }));
}

/** Sizes written down for each of the required parameters; none where one is missing. */
export function fromSizes(
  model: PyObject,
  main: PyModule,
  forward: PyFunction | undefined,
  required: readonly string[],
): readonly Hint[] {
  const { source } = main;
  if (forward === undefined || source === undefined || forward.module !== main || required.length === 0) return [];
  const said = sayings(main, forward, model);
  const found = required.map(name => {
    for (const { content, start, isDoc } of said) {
      const written = sizesIn(content, name);
      const type = written && typeOf(written, model);
      if (type === undefined) continue;
      const { line } = spanIn(source.file, source.parsed.text, start, start);
      return { name, type, basis: 'comment', source: isDoc ? text('the docstring in line {0}', line) : text('the comment in line {0}', line) } as const; // prettier-ignore
    }
    return undefined;
  });
  return found.every(one => one !== undefined) ? found : [];
}

interface Saying {
  readonly content: string;
  readonly start: number;
  readonly isDoc: boolean;
}

/** Of the function: its docstring, comments in its head and before its second statement; then the class's docstring. */
function sayings(main: PyModule, { code: { node, body } }: PyFunction, model: PyObject): readonly Saying[] {
  const statements = 'statements' in body ? body.statements : [];
  const until = statements[1]?.start ?? node.end;
  const comments = (main.source?.parsed.comments ?? [])
    .filter(({ start }) => start >= node.start && start < until)
    .map(({ start, text: content }) => ({ content, start, isDoc: false }));
  const cls = main.source?.parsed.module.statements.find(one => one.kind === 'class' && one.name === model.cls.name);
  const ofClass = cls?.kind === 'class' ? docOf(cls.body.statements) : [];
  return [...docOf(statements), ...comments, ...ofClass];
}

function docOf([first]: readonly Statement[]): readonly Saying[] {
  if (first?.kind !== 'expression' || first.value.kind !== 'string') return [];
  return [{ content: first.value.value, start: first.start, isDoc: true }];
}

/** `x: (B, 3, 224, 224)`, `x (Tensor): image of shape [N, C, H, W]`, `x: float32 tensor, shape = (1, 10)`. */
function sizesIn(
  content: string,
  name: string,
): { readonly dims: readonly string[]; readonly words: string } | undefined {
  // prettier-ignore
  const found = new RegExp(`(?<![\\w.])${name}\\b\`*((?:[^\\n()\\[\\]]|\\([^\\d,()]*\\)){0,80}?)[(\\[]\\s*(\\w+(?:\\s*[,x×]\\s*\\w+)+)\\s*,?\\s*[)\\]]`).exec(content); // prettier-ignore
  const [, words = '', sizes] = found ?? [];
  return sizes === undefined ? undefined : { dims: sizes.split(/\s*[,×]\s*|\s+x\s+/), words };
}

const WORDS: readonly [pattern: RegExp, size: number][] = [
  [/^(?:b|n|bs|bsz|batch(?:_?size)?|nbatch|num_batch(?:es)?)$/i, 1],
  [/^(?:h|w|height|width)$/i, 224],
  [/^(?:t|l|s|seq|seq_?len(?:gth)?|length|time|tokens|num_tokens)$/i, 128],
];

/** The model's own attribute of that name, what the first layer demands there, or what the letter always means. */
function typeOf(
  { dims, words }: { readonly dims: readonly string[]; readonly words: string },
  model: PyObject,
): TensorType | undefined {
  // prettier-ignore
  const demand = firstDemand(model);
  const usual = demand?.shapes.find(shape => shape.length === dims.length);
  const sizes = dims.map((dim, axis) => {
    if (/^\d+$/.test(dim)) return Number(dim);
    const own = model.dict?.get(dim) ?? model.dict?.get(dim.toLowerCase());
    if (typeof own === 'number' && own > 0) return own;
    return usual?.[axis] ?? WORDS.find(([pattern]) => pattern.test(dim))?.[1];
  });
  if (!sizes.every(size => size !== undefined) || !dims.some(dim => /^\d+$/.test(dim) || usual !== undefined)) return undefined; // prettier-ignore
  const isWhole = /\b(?:long|int(?:64)?|ids|indices|tokens?)\b/i.test(words);
  return tensor(isWhole ? 'int64' : (demand?.dtype ?? 'float32'), sizes);
}
