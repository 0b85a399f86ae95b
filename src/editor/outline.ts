/**
 * Where models are defined in a Python file, found in under a millisecond, so that lenses stand there before anything
 * was understood. A guess by looks alone: the analysis worker has the last word on what a model is.
 */
export interface Definition {
  readonly name: string;
  readonly kind: 'class' | 'function';
  /** From 1: the line of `class` or `def`. */
  readonly line: number;
}

export function outline(source: string): readonly Definition[] {
  const code = withoutLongStrings(source);
  const found = definitions(code);
  const models = modelClasses(found);
  return found
    .filter(({ kind, name, head, body }) => (kind === 'class' ? models.has(name) : returnsModel(head, body, models)))
    .map(({ name, kind, line }) => ({ name, kind, line }));
}

interface Found extends Definition {
  /** Bases of a class; what stands after `->` of a function. */
  readonly head: string;
  readonly body: string;
}

/** Blank, but as long and with the same lines: docstrings love to show examples. */
function withoutLongStrings(source: string): string {
  return source.replace(/("""|''')(?:\\[^]|(?!\1)[^\\])*\1/g, found => found.replace(/[^\r\n]/g, ' '));
}

// Heads may run over several lines; a bound keeps an unclosed parenthesis from swallowing the file.
const CLASS = /^class[ \t]+(\w+)[ \t]*(?:\[[^\]]{0,200}\])?(?:\(([^)]{0,800})\))?[ \t]*:/gmu;
const FUNCTION = /^(?:async[ \t]+)?def[ \t]+(\w+)[^(\n]{0,200}\(/gmu;

function definitions(code: string): readonly Found[] {
  const starts = lineStarts(code);
  const classes = [...code.matchAll(CLASS)].map(match => found('class', match, match[2] ?? '', code, starts));
  const functions = [...code.matchAll(FUNCTION)].map(match => {
    const after = code.slice(match.index, match.index + 4000);
    const head = /\)[ \t]*->[ \t]*([^:\n]{1,200}):/u.exec(after.slice(0, bodyStart(after)))?.[1] ?? '';
    return found('function', match, head, code, starts);
  });
  return [...classes, ...functions].sort((a, b) => a.line - b.line);
}

/** Index behind the colon that ends a `def` head: the first line end after a colon outside parentheses. */
function bodyStart(text: string): number {
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? '';
    if ('([{'.includes(character)) depth++;
    else if (')]}'.includes(character)) depth--;
    else if (character === ':' && depth === 0) return index + 1;
  }
  return text.length;
}

function found(
  kind: 'class' | 'function',
  match: RegExpExecArray,
  head: string,
  code: string,
  starts: readonly number[],
): Found {
  return { name: match[1] ?? '', kind, line: lineAt(starts, match.index), head, body: block(code, match.index) };
}

/** From a definition to the next thing that stands at the margin. */
function block(code: string, start: number): string {
  const margin = /\n(?=[^\s#)\]}])/gu;
  margin.lastIndex = start;
  return code.slice(start, margin.exec(code)?.index);
}

function lineStarts(code: string): readonly number[] {
  const starts = [0];
  for (let index = code.indexOf('\n'); index >= 0; index = code.indexOf('\n', index + 1)) starts.push(index + 1);
  return starts;
}

function lineAt(starts: readonly number[], offset: number): number {
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? Infinity) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Base classes that make a model, by the last part of their name. */
const MODEL_BASE = /(?:Module|Model|Sequential|ForCausalLM|ForConditionalGeneration)$/u;
/** Bases that end so and make none. */
const NO_MODEL = /^(?:BaseModel|RootModel|SQLModel|ScriptModule|DataModule|LightningDataModule|ModelMixin)$/u;

const lastPart = (name: string): string => name.trim().split('.').at(-1)?.replace(/\[.*$/u, '').trim() ?? '';

function modelClasses(found: readonly Found[]): ReadonlySet<string> {
  const models = new Set<string>();
  for (const { kind, name, head } of found) {
    if (kind !== 'class') continue;
    const bases = head.replace(/#.*$/gmu, '').split(',').filter(base => !base.includes('=')).map(lastPart); // prettier-ignore
    if (bases.some(base => models.has(base) || (MODEL_BASE.test(base) && !NO_MODEL.test(base)))) models.add(name);
  }
  return models;
}

function returnsModel(annotation: string, body: string, models: ReadonlySet<string>): boolean {
  const names = annotation.match(/[\w.]+/gu)?.map(lastPart) ?? [];
  if (names.some(name => models.has(name) || name === 'Module')) return true;
  if (annotation !== '') return false;
  for (const [, result = ''] of body.matchAll(/^[ \t]+return[ \t]+([\w.]+)[ \t]*(?:\(|$)/gmu)) {
    if (models.has(result)) return true;
    const made = new RegExp(`^[ \\t]+${result.replaceAll('.', '\\.')}[ \\t]*(?::[^=\\n]+)?=[ \\t]*([\\w.]+)\\(`, 'mu').exec(body); // prettier-ignore
    if (made?.[1] !== undefined && models.has(made[1])) return true;
  }
  return false;
}
