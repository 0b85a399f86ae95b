/**
 * One reading of a file: which models it has and what they are. What an earlier reading found is used again where
 * nothing that it read has changed; the model where the user is writing comes first.
 */
import { InputError } from '../../base/findings';
import { text } from '../../base/text';
import type { Live, ModelRead, ReadRequest, World } from '../frontend';
import type { Definition } from '../python/ast';
import { GraphBuilder } from '../../ir/build';
import { NeedsFiles } from '../python/interpreter';
import { Loader, parseCached } from '../python/loader';
import type { PyModule } from '../python/module';
import { lineAt } from '../python/places';
import { outlineOf } from '../python/plan';
import { importedFiles } from '../python/prefetch';
import type { Reads } from '../python/reads';
import { footprint, unitAt, watch } from '../python/reads';
import type { Parsed } from '../python/syntax';
import { isStandard } from '../python/stdlib/index';
import type { GivenInput } from './inputs';
import { libraryModule } from './library/index';
import type { Memory } from './memory';
import type { FoundModel } from './models';
import { findModel, findModels, modelOf } from './models';
import { definitions, explain } from './notes';
import type { Place } from './read';
import { makesModel, readModel } from './read';
import { Session } from './session';

/** Rounds of loading; each file is asked for once, so this ends only endless chains of imports. */
const MOST_ROUNDS = 500;

/** Files, those that are not there counted too. */
const MOST_AHEAD = 5000;

const isGiven = (module: string): boolean =>
  /^torch(?:\.|$)/.test(module) || isStandard(module) || libraryModule(module)?.fallback === false;

export interface Task {
  readonly request: ReadRequest;
  readonly path: string;
  readonly roots: readonly string[];
  readonly inputs: readonly GivenInput[];
  readonly parsed: Parsed;
  readonly memory: Memory;
  readonly world: World;
  readonly live: Live | undefined;
}

export class Reading {
  readonly #place: Place;
  readonly #read = new Map<FoundModel, ModelRead>();
  /** Results stand for the same wish only. */
  readonly #wish: string;
  #finder: Finder | undefined = undefined;
  #opened: Reads[] = [];
  #fresh: readonly string[];

  constructor(private readonly task: Task) {
    const { path, roots, parsed, memory, request, inputs } = task;
    this.#place = {
      path,
      roots,
      files: { get: file => (file === path ? parsed.text : memory.files.get(file)) },
      parse: content => (content === parsed.text ? parsed : parseCached(content)),
      opened: main => void this.#opened.push(watch(main)),
    };
    this.#fresh = [path];
    this.#wish = JSON.stringify([request.args, inputs, request.past]);
  }

  async models(): Promise<ModelRead[]> {
    const { model } = this.task.request;
    if (model !== undefined) {
      const found = await this.#loading(() => this.#named(model));
      if (found !== undefined) await this.#model(found);
      return [...this.#read.values()];
    }
    const first = await this.#first();
    const all = await this.#all();
    for (const found of all) if (!first.has(found.name)) await this.#model(found);
    return all.flatMap(found => [...this.#read].find(([{ node }]) => node === found.node)?.[1] ?? []);
  }

  /** The model at the cursor, or those that what stands there is a part of. */
  async #first(): Promise<ReadonlySet<string>> {
    const { live, parsed } = this.task;
    const names = live?.line === undefined ? [] : namesAt(parsed, live.line);
    const nodes = [...definitions(parsed.module.statements)];
    const done = new Set<string>();
    const take = async (name: string, ready: boolean): Promise<void> => {
      const same = nodes.filter(node => node.name === name);
      const [node] = same;
      // Of several definitions the last that makes a model counts: that is seen when all are looked at.
      if (node === undefined || same.length > 1 || done.has(name)) return;
      const found = await this.#loading(() => this.#look(node));
      if (found === undefined || (ready && found.required.length > 0)) return;
      done.add(name);
      await this.#model(found);
    };
    for (const name of names) await take(name, false);
    const { models } = this.task.memory;
    for (const name of names) for (const key of models.readers(name)) await take(key.slice(0, key.indexOf(' ')), true);
    return done;
  }

  async #all(): Promise<readonly FoundModel[]> {
    const found = new Map<string, FoundModel>();
    for (const node of definitions(this.task.parsed.module.statements)) {
      const model = await this.#loading(() => this.#look(node));
      if (model === undefined) continue;
      // A later definition of the same name replaces the earlier one.
      found.delete(node.name);
      found.set(node.name, model);
    }
    return [...found.values()];
  }

  /** Reads one model unless it is known, and tells. */
  async #model(found: FoundModel): Promise<void> {
    const { memory, parsed, live, request } = this.task;
    await live?.pause?.();
    const key = `${found.name} ${found.kind} ${found.required.join()} ${this.#wish}`;
    let read = memory.remembered(parsed, key, explain);
    if (read === undefined) {
      read = await this.#loading(() =>
        readModel(this.#place, found, { args: request.args, inputs: this.task.inputs, past: request.past }),
      );
      read ??= endless(found, parsed);
      // Where arguments are missing nothing was evaluated, and yet the definition is what the result is of.
      for (const reads of this.#opened) reads.name(found.name);
      memory.remember(parsed, key, read, this.#opened, explain);
    }
    this.#read.set(found, read);
    live?.found?.(read);
  }

  /** Whether a definition is one of a model. */
  #look(node: Definition): FoundModel | undefined {
    const { memory, parsed } = this.task;
    const key = `${node.kind} ${node.name} ${node.start === lastOf(parsed, node) ? '' : node.start}`;
    const known = memory.found.find(key, parsed, explain);
    if (known !== undefined) return known.value && { name: node.name, node, ...known.value };
    const finder = (this.#finder ??= new Finder(this.#place));
    this.#opened = [];
    const found = finder.look(node);
    // The definition itself is looked at although no name led to it.
    finder.reads.name(node.name);
    memory.found.keep(key, found && { kind: found.kind, required: found.required }, footprint(parsed, [finder.reads, ...this.#opened], explain)); // prettier-ignore
    return found;
  }

  #named(name: string): FoundModel | undefined {
    const known = [...definitions(this.task.parsed.module.statements)].findLast(node => node.name === name);
    const looked = known?.kind === 'class' ? this.#look(known) : undefined;
    if (looked !== undefined) return looked;
    const loader = new Loader(this.#place.files, this.#place.roots, this.#place.parse);
    const session = new Session(loader);
    const main = loader.main(session.interp, this.#place.path);
    const wanted = findModel(session, main, name);
    if (wanted !== undefined) return wanted;
    const found = findModels(session, main, called => makesModel(this.#place, called));
    throw new InputError(
      'unknown-model',
      text('there is no model "{0}" in "{1}"', name, this.task.request.path),
      found.length === 0
        ? text('the file has no model')
        : text('the file has: {0}', found.map(one => one.name).join(', ')),
    );
  }

  /** Does the work, again with each file that it asks for. */
  async #loading<T>(work: () => T): Promise<T | undefined> {
    for (let round = 0; round < MOST_ROUNDS; round++) {
      this.#opened = [];
      try {
        return work();
      } catch (error) {
        if (!(error instanceof NeedsFiles)) throw error;
        // What was evaluated without the files is not worth keeping.
        this.#finder = undefined;
        await this.#load(error.paths);
      }
    }
    return undefined;
  }

  /** With what the files that came last import: that is needed next, and an evaluation begins anew for what is missing. */
  async #load(needed: readonly string[]): Promise<void> {
    const { memory, world, roots } = this.task;
    const { files } = this.#place;
    const ahead = memory.files.size > MOST_AHEAD ? [] : this.#fresh.flatMap(file => [...importedFiles(file, files.get(file) ?? '', roots, isGiven)]); // prettier-ignore
    this.#fresh = [...new Set([...needed, ...ahead])].filter(file => files.get(file) === undefined);
    await memory.load(world, this.#fresh);
  }
}

/** A model for which ever more files are asked for. */
function endless({ name, kind, node }: FoundModel, parsed: Parsed): ModelRead {
  const builder = new GraphBuilder();
  builder.gap({ code: 'budget-exhausted', message: text('files were asked for more than {0} times', MOST_ROUNDS) });
  const { line } = lineAt(parsed.text, node.nameStart);
  return { name, kind, line, status: 'incomplete', graph: builder.finish(name, []), inputs: [] };
}

/** Looks at definitions one after the other in one evaluation of the file. */
class Finder {
  readonly reads: Reads;
  readonly #session: Session;
  readonly #main: PyModule;

  constructor(private readonly place: Place) {
    const loader = new Loader(place.files, place.roots, place.parse);
    this.#session = new Session(loader);
    this.#main = loader.main(this.#session.interp, place.path);
    this.reads = watch(this.#main);
  }

  look(node: Definition): FoundModel | undefined {
    this.reads.restart();
    return modelOf(this.#session, this.#main, node, name => makesModel(this.place, name));
  }
}

/** Names that the statement in a line makes. */
function namesAt(parsed: Parsed, line: number): readonly string[] {
  const place = parsed.module.statements.findLastIndex((_, index) => unitAt(parsed, index).line <= line);
  const { steps, places } = outlineOf(parsed.module);
  return [...steps].flatMap(([name, own]) => (own.some(step => places[step] === place) ? [name] : []));
}

const lastOf = (parsed: Parsed, { name }: Definition): number | undefined =>
  [...definitions(parsed.module.statements)].findLast(node => node.name === name)?.start;
