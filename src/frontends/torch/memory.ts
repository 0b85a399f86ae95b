/**
 * What is kept of a file from one reading to the next, while it is edited: the files it imports, its syntax tree, and
 * the models that an edit did not touch. A result is used again only where everything that it read is the same.
 */
import type { Span } from '../../base/span';
import type { ModelRead, World } from '../frontend';
import { movedTo } from '../python/codeLines';
import type { Parsed } from '../python/syntax';
import { parsePython } from '../python/syntax';
import type { Explain, Footprint, Reads, Unit } from '../python/reads';
import { footprint, unitsIn } from '../python/reads';
import type { FoundModel } from './models';

export class Memory {
  /** By path: the text, or null where there is no file. The file itself is not among them. */
  readonly files = new Map<string, string | null>();
  readonly #stamps = new Map<string, string | undefined>();
  readonly found = new Shelf<Pick<FoundModel, 'kind' | 'required'> | undefined>();
  readonly models = new Shelf<ModelRead>();
  #parsed: Parsed | undefined = undefined;

  constructor(private readonly path: string) {}

  /** Parts without an edit are not parsed again. */
  parse(text: string): Parsed {
    const before = this.#parsed;
    if (before?.text === text) return before;
    const parsed = parsePython(text, before);
    // How errors are mended may depend on where the parser began.
    return (this.#parsed = parsed.module.errors.length > 0 && before !== undefined ? parsePython(text) : parsed);
  }

  async load(world: World, paths: readonly string[]): Promise<void> {
    await Promise.all(
      paths.map(async path => {
        this.#stamps.set(path, world.stamp?.(path));
        this.files.set(path, (await world.readText(path)) ?? null);
      }),
    );
  }

  /** Looks whether the files are still what they were. Another one changes everything. */
  async refresh(world: World): Promise<void> {
    const doubtful = [...this.files.keys()].filter(path => {
      const stamp = world.stamp?.(path);
      return stamp === undefined || stamp !== this.#stamps.get(path);
    });
    if (doubtful.length === 0) return;
    const before = new Map(doubtful.map(path => [path, this.files.get(path)]));
    await this.load(world, doubtful);
    if (doubtful.every(path => this.files.get(path) === before.get(path))) return;
    this.found.clear();
    this.models.clear();
  }

  /** The model as it was read before, its places moved to where they are now. */
  remembered(parsed: Parsed, key: string, explain: Explain): ModelRead | undefined {
    const kept = this.models.find(key, parsed, explain);
    if (kept === undefined) return undefined;
    const { value, footprint: print, units } = kept;
    if (
      units.some(
        (unit, index) => unit.start !== print.units[index]?.start || unit.written !== print.units[index].written,
      )
    ) {
      const moved = move(value, this.path, print.units, units);
      if (moved) kept.value = value.span === undefined ? { ...value } : { ...value, line: value.span.line };
      kept.footprint = { ...print, units };
    }
    return kept.value;
  }

  remember(parsed: Parsed, key: string, read: ModelRead, reads: readonly Reads[], explain: Explain): void {
    const print = footprint(parsed, reads, explain);
    const placed = spansOf(read, this.path).every(span => span.file === this.path && unitOf(print.units, span) >= 0);
    this.models.keep(key, read, placed ? print : { ...print, whole: parsed.text });
  }
}

interface Kept<T> {
  value: T;
  footprint: Footprint;
}

/** The last few results of each key, the newest first: what is undone is there again. */
const MOST_VERSIONS = 3;

class Shelf<T> {
  readonly #kept = new Map<string, Kept<T>[]>();

  find(key: string, parsed: Parsed, explain: Explain): (Kept<T> & { readonly units: readonly Unit[] }) | undefined {
    const versions = this.#kept.get(key) ?? [];
    for (const kept of versions) {
      const units = unitsIn(parsed, kept.footprint, explain);
      if (units !== undefined) return Object.assign(kept, { units });
    }
    return undefined;
  }

  keep(key: string, value: T, print: Footprint): void {
    const versions = this.#kept.get(key) ?? [];
    this.#kept.set(key, [{ value, footprint: print }, ...versions].slice(0, MOST_VERSIONS));
  }

  /** Keys whose newest result read the name. */
  readers(name: string): ReadonlySet<string> {
    return new Set(
      [...this.#kept].flatMap(([key, [newest]]) => (newest?.footprint.names.has(name) === true ? [key] : [])),
    );
  }

  clear(): void {
    this.#kept.clear();
  }
}

const unitOf = (units: readonly Unit[], { start }: Span): number =>
  units.findIndex(unit => unit.start <= start && start <= unit.end);

/** All places in the file that a result knows, each once. */
function spansOf({ span, graph }: ModelRead, path: string): readonly Span[] {
  const found = new Set<Span>();
  // Places in a notebook's cell name the cell.
  const add = (one: Span | undefined): void => void (one?.file.startsWith(path) === true && (one.file === path || one.file.startsWith(`${path}:`)) && found.add(one)); // prettier-ignore
  add(span);
  for (const { origin } of graph?.nodes ?? []) {
    add(origin.defined);
    add(origin.callSite);
    for (let call = origin.within; call !== undefined; call = call.within) add(call.at);
    for (const attr of Object.values(origin.attrs ?? {})) add(attr.span);
  }
  graph?.modules.forEach(({ defined }) => add(defined));
  graph?.values.forEach(({ stored }) => add(stored?.at));
  graph?.gaps.forEach(({ at }) => add(at));
  return [...found];
}

/** In place: costs and suggestions hang on the graph, and are the same wherever its text stands. False where no line did: offsets are in no report. */
function move(read: ModelRead, path: string, from: readonly Unit[], to: readonly Unit[]): boolean {
  let any = false;
  for (const span of spansOf(read, path)) {
    const index = unitOf(from, span);
    const [before, after] = [from[index], to[index]];
    if (before === undefined || after === undefined) continue;
    const moved = span as { -readonly [K in keyof Span]: Span[K] };
    const start = movedTo(before.lines, after.lines, span.start - before.start);
    const end = movedTo(before.lines, after.lines, span.end - before.start);
    const { line } = span;
    moved.start = after.start + (start?.offset ?? span.start - before.start);
    moved.end = after.start + (end?.offset ?? span.end - before.start);
    moved.line += after.line - before.line + (start?.rows ?? 0);
    any ||= line !== span.line;
  }
  return any;
}
