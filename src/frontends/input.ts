/**
 * The SPEC of a model input as users write it: `[name=]dtype[d,d,…][=VALUE]`, or `1x3x224x224` for float32.
 * VALUE is a number that fills the tensor, `true`, `false`, or `@file.json` with the elements. The parts of an argument
 * that is a tuple are named `state.0`, `state.1`.
 */
import { InputError } from '../base/findings';
import type { ReadText } from '../base/ports';
import { text } from '../base/text';
import type { ConstantData } from '../ir/graph';
import type { TensorType } from '../ir/tensor';
import { elements, isDType, tensor } from '../ir/tensor';

export interface InputSpec {
  /** Without a name specs are matched to inputs in order. */
  readonly name?: string;
  readonly type: TensorType;
  readonly value?: number | { readonly file: string };
}

const LONG = /^(?:(.+?)=)?([A-Za-z][A-Za-z0-9_]*)\[([^[\]]*)\](?:=(.*))?$/s;
const SHORT = /^(?:(.+?)=)?(\d+(?:x\d+)*)$/s;

/** Throws `InputError` with a remedy. */
export function parseInputSpec(spec: string): InputSpec {
  const trimmed = spec.trim();
  const [whole, name, dtype = '', sizes = '', value] = LONG.exec(trimmed) ?? [];
  if (whole === undefined) return parseShort(spec, trimmed);
  if (!isDType(dtype))
    throw new InputError(
      'bad-input-spec',
      text('"{0}" in the input "{1}" is no element type', dtype, spec),
      text('use a type such as float32, float16, int64, int32, uint8 or bool'),
    );
  const dims = sizes.trim() === '' ? [] : readSizes(spec, sizes.split(','));
  return {
    ...(name !== undefined && { name }),
    type: tensor(dtype, dims),
    ...(value !== undefined && { value: readValue(spec, value.trim()) }),
  };
}

/** Elements that the spec gives, at most `limit` of them; undefined where it gives none or more. */
export async function loadValue(spec: InputSpec, readText: ReadText, limit: number): Promise<ConstantData | undefined> {
  const count = elements(spec.type);
  if (spec.value === undefined || typeof count !== 'number' || count > limit) return undefined;
  if (typeof spec.value === 'number') return Array<number>(count).fill(spec.value);
  const { file } = spec.value;
  const content = await readText(file);
  if (content === undefined)
    throw new InputError('missing-file', text('there is no file "{0}"', file), text('check the path after the @'));
  const values = flatten(parseJson(file, content), file);
  if (values.length === 1) return Array<number>(count).fill(values[0] ?? 0);
  if (values.length !== count)
    throw new InputError(
      'bad-input-value',
      text('"{0}" holds {1} numbers, the input has {2}', file, values.length, count),
      text('write a JSON array with as many numbers as the input has elements, or a single number'),
    );
  return values;
}

function parseShort(spec: string, trimmed: string): InputSpec {
  const [whole, name, sizes = ''] = SHORT.exec(trimmed) ?? [];
  if (whole === undefined) throw refuse(spec);
  return { ...(name !== undefined && { name }), type: tensor('float32', readSizes(spec, sizes.split('x'))) };
}

function readSizes(spec: string, sizes: readonly string[]): number[] {
  return sizes.map(size => {
    const value = Number(size.trim());
    if (!/^\d+$/.test(size.trim()) || !Number.isSafeInteger(value)) throw refuse(spec);
    return value;
  });
}

function readValue(spec: string, value: string): number | { readonly file: string } {
  if (value.startsWith('@') && value.length > 1) return { file: value.slice(1) };
  if (/^true$/i.test(value)) return 1;
  if (/^false$/i.test(value)) return 0;
  const number = Number(value);
  if (value === '' || !Number.isFinite(number))
    throw new InputError(
      'bad-input-value',
      text('"{0}" in the input "{1}" is no value', value, spec),
      text('write a number, true, false or @file.json after the last ='),
    );
  return number;
}

function parseJson(file: string, content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    throw new InputError('bad-input-value', text('"{0}" is no JSON', file), text('write a JSON array of numbers'));
  }
}

function flatten(value: unknown, file: string): number[] {
  const found: number[] = [];
  const pending: unknown[] = [value];
  while (pending.length > 0) {
    const next = pending.pop();
    if (typeof next === 'number') found.push(next);
    else if (typeof next === 'boolean') found.push(Number(next));
    else if (Array.isArray(next)) for (let i = next.length - 1; i >= 0; i--) pending.push(next[i]);
    else
      throw new InputError(
        'bad-input-value',
        text('"{0}" holds something that is no number', file),
        text('write a JSON array of numbers'),
      );
  }
  return found;
}

const refuse = (spec: string): InputError =>
  new InputError(
    'bad-input-spec',
    text('"{0}" does not describe an input', spec),
    text('write name=dtype[size,size], for example x=float32[1,3,224,224], ids=int64[1,128] or sr=int64[]=16000'),
  );
