/** Python signatures of PyTorch functions, as entries spell them: `input: Tensor, dim: int = -1, *, keepdim=False`. */
import type { Attr } from '../ir/graph';

export interface Parameter {
  readonly name: string;
  /** `variadic` takes `*sizes`; `keyword` stands after `*`. */
  readonly kind: 'plain' | 'variadic' | 'keyword';
  readonly annotation?: Annotation;
  readonly required: boolean;
  /** Absent for None. */
  readonly fallback?: Attr;
}

/** An `index` is an int that no 0-d tensor stands for: there the overload with a tensor is meant. */
export const ANNOTATIONS = ['Tensor', 'Tensor[]', 'int', 'index', 'float', 'str', 'bool', 'dtype', 'int[]'] as const;
export type Annotation = (typeof ANNOTATIONS)[number];

/** Undefined for what is no signature; entries are checked by a test. */
export function parseSignature(signature: string): readonly Parameter[] | undefined {
  const parameters: Parameter[] = [];
  let keyword = false;
  for (const part of split(signature)) {
    if (part === '*') keyword = true;
    else {
      const parameter = parseParameter(part, keyword);
      if (parameter === undefined) return undefined;
      parameters.push(parameter);
      keyword ||= parameter.kind === 'variadic';
    }
  }
  return parameters;
}

const PARAMETER = /^(\*?)([A-Za-z_]\w*)(?:\s*:\s*([A-Za-z]+(?:\[\])?))?(?:\s*=\s*(.+))?$/;

function parseParameter(part: string, keyword: boolean): Parameter | undefined {
  const [whole, star, name, annotation, literal] = PARAMETER.exec(part) ?? [];
  if (whole === undefined || name === undefined) return undefined;
  const known = ANNOTATIONS.find(candidate => candidate === annotation);
  if (annotation !== undefined && known === undefined) return undefined;
  const fallback = literal === undefined || literal === 'None' ? undefined : parseLiteral(literal);
  if (literal !== undefined && literal !== 'None' && fallback === undefined) return undefined;
  return {
    name,
    kind: star === '*' ? 'variadic' : keyword ? 'keyword' : 'plain',
    ...(known && { annotation: known }),
    required: literal === undefined && star !== '*',
    ...(fallback !== undefined && { fallback }),
  };
}

function parseLiteral(literal: string): Attr | undefined {
  if (literal === 'True' || literal === 'False') return literal === 'True';
  const quoted = /^'([^']*)'$/.exec(literal)?.[1];
  if (quoted !== undefined) return quoted;
  const items = /^[([](.*)[)\]]$/.exec(literal)?.[1];
  if (items === undefined) return readNumber(literal);
  const numbers = split(items).map(readNumber);
  return numbers.every(number => number !== undefined) ? numbers : undefined;
}

const readNumber = (literal: string): number | undefined =>
  literal.trim() === '' || Number.isNaN(Number(literal)) ? undefined : Number(literal);

/** At commas outside brackets. */
function split(list: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let current = '';
  for (const character of list) {
    if ('(['.includes(character)) depth++;
    if (')]'.includes(character)) depth--;
    if (character === ',' && depth === 0) {
      parts.push(current.trim());
      current = '';
    } else current += character;
  }
  return [...parts, current.trim()].filter(part => part !== '');
}
