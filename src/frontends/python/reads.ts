/**
 * What an evaluation read of one module's text, so that its result can be used again for another version of that text:
 * names, the statements that make them, and whatever else the program around asks to be noted.
 */
import type { PyModule } from './module';
import type { Module, Statement } from './ast';
import type { CodeLines } from './codeLines';
import { codeLines } from './codeLines';
import { lineAt } from './places';
import { involvedIn, outlineOf } from './plan';
import type { Parsed } from './syntax';

/** Attached to a module, it notes what is asked of it. */
export class Reads {
  readonly #top = new Set<string>();
  readonly #inStep = new Map<number, Set<string>>();
  #current = this.#top;
  readonly notes = new Set<string>();
  /** Something depends on the whole text. */
  everything = false;
  /** Other modules hold what this one made: from then on all of it counts. */
  isShared = false;

  name(name: string): void {
    this.#current.add(name);
  }

  inStep(place: number, work: () => void): void {
    const outer = this.#current;
    this.#inStep.set(place, (this.#current = new Set()));
    try {
      work();
    } finally {
      this.#current = outer;
    }
  }

  /** Begins with nothing read; what statements read when they ran is kept, since they do not run again. */
  restart(): void {
    this.#top.clear();
    this.notes.clear();
    this.everything = false;
  }

  /** With what the statements that made the names have read themselves. */
  names(module: Module): ReadonlySet<string> {
    const all = new Set<string>();
    const pending = [...this.#top];
    const seen = new Set<number>();
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      if (all.has(name)) continue;
      all.add(name);
      for (const place of involvedIn(module, name)) {
        if (seen.has(place)) continue;
        seen.add(place);
        pending.push(...(this.#inStep.get(place) ?? []));
      }
    }
    return all;
  }
}

export const watch = (module: PyModule): Reads => (module.reads ??= new Reads());

/** A top-level statement where it stands. */
export interface Unit {
  /** With its decorators, without comments and blank lines; undefined where the parser could not make sense of it. */
  readonly text: string | undefined;
  /** As it is written. */
  readonly written: string;
  readonly lines: CodeLines;
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly column: number;
}

const unitsOf = new WeakMap<Parsed, (Unit | undefined)[]>();

export function unitAt(parsed: Parsed, place: number): Unit {
  let units = unitsOf.get(parsed);
  if (units === undefined) unitsOf.set(parsed, (units = []));
  return (units[place] ??= makeUnit(parsed, parsed.module.statements[place]));
}

function makeUnit(parsed: Parsed, statement: Statement | undefined): Unit {
  const {
    text,
    module: { errors },
  } = parsed;
  if (statement === undefined) return NONE;
  const { end } = statement;
  const decorators = statement.kind === 'def' || statement.kind === 'class' ? statement.decorators : [];
  const start = Math.min(statement.start, ...decorators.map(decorator => decorator.start));
  const broken = statement.kind === 'error' || errors.some(error => error.start <= end && error.end >= start);
  const lines = codeLines(parsed, start, end);
  const written = text.slice(start, end);
  return { text: broken ? undefined : lines.code, written, lines, start, end, ...lineAt(text, start) };
}

const NONE: Unit = {
  text: undefined,
  written: '',
  lines: { code: '', starts: [], rows: [] },
  start: 0,
  end: 0,
  line: 1,
  column: 0,
};

/** The statements that take part, in order, and which of them make each name. */
export interface Footprint {
  readonly names: ReadonlyMap<string, readonly (string | undefined)[]>;
  readonly units: readonly Unit[];
  readonly notes: ReadonlyMap<string, string>;
  /** The whole text, where everything counts. */
  readonly whole: string | undefined;
}

/** Says what a note stands for in a text. */
export type Explain = (parsed: Parsed, note: string) => string;

export function footprint(parsed: Parsed, all: readonly Reads[], explain: Explain): Footprint {
  const { module } = parsed;
  const places = new Set(starsOf(module));
  const names = new Map<string, readonly (string | undefined)[]>();
  for (const name of new Set(all.flatMap(reads => [...reads.names(module)]))) {
    const involved = involvedIn(module, name);
    names.set(
      name,
      involved.map(place => unitAt(parsed, place).text),
    );
    for (const place of involved) places.add(place);
  }
  const units = [...places].sort((a, b) => a - b).map(place => unitAt(parsed, place));
  const notes = new Map(all.flatMap(reads => [...reads.notes]).map(note => [note, explain(parsed, note)]));
  const everything = all.some(reads => reads.everything || reads.isShared);
  const whole = everything || units.some(({ text }) => text === undefined) ? parsed.text : undefined;
  return { names, units, notes, whole };
}

/** The statements of another text that are the same in the same roles; undefined where anything differs. */
export function unitsIn(
  parsed: Parsed,
  { names, units, notes, whole }: Footprint,
  explain: Explain,
): readonly Unit[] | undefined {
  if (whole !== undefined) return whole === parsed.text ? units : undefined;
  const { module } = parsed;
  const places = new Set(starsOf(module));
  for (const [name, texts] of names) {
    const involved = involvedIn(module, name);
    if (involved.length !== texts.length) return undefined;
    for (const [index, place] of involved.entries()) {
      if (unitAt(parsed, place).text !== texts[index]) return undefined;
      places.add(place);
    }
  }
  if (places.size !== units.length) return undefined;
  const found = [...places].sort((a, b) => a - b).map(place => unitAt(parsed, place));
  const same = found.every((unit, index) => unit.text === units[index]?.text && unit.column === units[index]?.column);
  if (!same) return undefined;
  for (const [note, was] of notes) if (explain(parsed, note) !== was) return undefined;
  return found;
}

function starsOf(module: Module): readonly number[] {
  const { stars, statements, places } = outlineOf(module);
  return stars.map(star => places[statements.indexOf(star)] ?? -1);
}
