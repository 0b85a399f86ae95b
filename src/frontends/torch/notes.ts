/** What a reading of a model takes from its file beyond names: comments at definitions, and calls of the model. */
import type { Definition, Statement } from '../python/ast';
import type { Explain } from '../python/reads';
import type { PyModule } from '../python/module';
import { unitAt } from '../python/reads';
import { blocksOf } from '../python/scope';
import type { Parsed } from '../python/syntax';

/** At the top level, also inside `if` and `try`. */
export function* definitions(statements: readonly Statement[]): Generator<Definition> {
  for (const statement of statements) {
    if (statement.kind === 'def' || statement.kind === 'class') yield statement;
    else if (statement.kind === 'if' || statement.kind === 'try')
      for (const block of blocksOf(statement)) yield* definitions(block);
  }
}

/** From the line above the definition to the line that ends its head. */
export function headOf(text: string, node: Definition): { readonly from: number; readonly to: number } {
  const first = Math.min(node.start, ...node.decorators.map(({ start }) => start));
  const line = text.lastIndexOf('\n', first - 1);
  const above = line <= 0 ? 0 : text.lastIndexOf('\n', line - 1) + 1;
  const body = node.body.statements[0]?.start ?? node.end;
  return { from: above, to: Math.max(body, node.nameStart) };
}

type Kind = 'comment' | 'comment-line' | 'calls' | 'calls-lines';

export function noted({ reads }: PyModule, kind: Kind, names: readonly string[]): void {
  for (const name of names) reads?.notes.add(`${kind} ${name}`);
}

export const explain: Explain = (parsed, said) => {
  const [kind = '', name = ''] = said.split(' ');
  return kind.startsWith('comment') ? heads(parsed, name, kind !== 'comment') : callers(parsed, name, kind !== 'calls');
};

function heads({ text, module }: Parsed, name: string, withPlace: boolean): string {
  const found = [...definitions(module.statements)].filter(node => node.name === name);
  return found
    .map(node => headOf(text, node))
    .map(({ from, to }) => `${withPlace ? linesBefore(text, from) : ''}\n${text.slice(from, to)}`)
    .join('\n');
}

/** Statements that may call what the name makes. What stands outside of functions shares its variables. */
function callers(parsed: Parsed, name: string, withPlace: boolean): string {
  // A word's end is known of plain letters alone.
  const calls = /^\w+$/.test(name)
    ? new RegExp(`\\b${name}\\s*[(\\\\#)]`)
    : { test: (content: string) => content.includes(name) };
  const [inside, outside]: [string[], string[]] = [[], []];
  let isOutside = false;
  parsed.module.statements.forEach((statement, place) => {
    if (statement.kind === 'class') return;
    const unit = unitAt(parsed, place);
    const content = unit.text ?? unit.written;
    const isCalling = calls.test(content);
    const said = withPlace ? `${unit.line} ${unit.written}` : content;
    if (statement.kind !== 'def') outside.push(said);
    else if (isCalling) inside.push(said);
    isOutside ||= isCalling && statement.kind !== 'def';
  });
  return [...inside, ...(isOutside ? outside : [])].join('\n');
}

function linesBefore(text: string, end: number): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}
