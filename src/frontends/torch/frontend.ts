/** The front end for Python files with PyTorch models. Loads files as the interpreter asks for them. */
import type { Gap } from '../../base/findings';
import { InputError } from '../../base/findings';
import { text } from '../../base/text';
import { MAX_CARRIED_ELEMENTS } from '../../ops/apply';
import type { FileRead, Frontend, ModelRead, ReadRequest, World } from '../frontend';
import { loadValue } from '../input';
import { NeedsFiles } from '../python/interpreter';
import { ancestorsOf, Loader, parseCached } from '../python/loader';
import { spanIn } from '../python/places';
import { importedFiles } from '../python/prefetch';
import { isStandard } from '../python/stdlib/index';
import type { GivenInput } from './inputs';
import type { FoundModel } from './models';
import { libraryModule } from './library/index';
import { findModel, findModels } from './models';
import type { Place } from './read';
import { makesModel, readModel } from './read';
import { Session } from './session';

export const pythonFrontend: Frontend = {
  id: 'python',
  sniff: path => /\.pyi?$/i.test(path),
  read,
};

/** Rounds of loading; each file is asked for once, so this ends only endless chains of imports. */
const MOST_ROUNDS = 500;

async function read(request: ReadRequest, world: World): Promise<FileRead> {
  const path = request.path.replaceAll('\\', '/');
  const source = await world.readText(request.path);
  if (source === undefined)
    throw new InputError('missing-file', text('there is no file "{0}"', request.path), text('check the path'));
  const files = new Map<string, string | null>([[path, source]]);
  const inputs = await Promise.all(request.inputs.map(spec => given(spec, world)));
  const roots = [...new Set([...ancestorsOf(path), ...(request.searchPath ?? []).map(folder => folder.replaceAll('\\', '/').replace(/(.)\/$/, '$1'))])]; // prettier-ignore
  const work = new Reading({ files, path, roots }, request, inputs);
  let fresh: readonly string[] = [path];
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const needs = work.go();
    if (needs.length === 0) break;
    // What the files that came last import will be needed next: an evaluation begins anew for what is missing.
    const ahead = files.size > MOST_AHEAD ? [] : fresh.flatMap(file => [...importedFiles(file, files.get(file) ?? '', roots, isGiven)]); // prettier-ignore
    fresh = [...new Set([...needs, ...ahead])].filter(file => !files.has(file));
    await Promise.all(fresh.map(async file => files.set(file, (await world.readText(file)) ?? null)));
  }
  return { models: work.models(), gaps: syntaxGaps(path, source) };
}

/** Files, those that are not there counted too. */
const MOST_AHEAD = 5000;

const isGiven = (module: string): boolean =>
  /^torch(?:\.|$)/.test(module) || isStandard(module) || libraryModule(module)?.fallback === false;

async function given(spec: GivenInput['spec'], world: World): Promise<GivenInput> {
  const data = await loadValue(spec, world.readText, MAX_CARRIED_ELEMENTS);
  return { spec, ...(data && { data }) };
}

/** What is done is kept from round to round. */
class Reading {
  readonly #done = new Map<string, ModelRead>();
  #found: readonly FoundModel[] | undefined = undefined;

  constructor(
    private readonly place: Place,
    private readonly request: ReadRequest,
    private readonly inputs: readonly GivenInput[],
  ) {}

  /** Goes on as far as the loaded files allow. Returns the files that are needed next; none when all is done. */
  go(): readonly string[] {
    try {
      this.#found ??= this.#find();
    } catch (error) {
      if (error instanceof NeedsFiles) return error.paths;
      throw error;
    }
    const needs = new Set<string>();
    for (const found of this.#found) {
      if (this.#done.has(found.name)) continue;
      try {
        this.#done.set(found.name, readModel(this.place, found, { args: this.request.args, inputs: this.inputs }));
      } catch (error) {
        if (!(error instanceof NeedsFiles)) throw error;
        error.paths.forEach(file => needs.add(file));
      }
    }
    return [...needs];
  }

  models(): ModelRead[] {
    return (this.#found ?? []).flatMap(({ name }) => this.#done.get(name) ?? []);
  }

  #find(): readonly FoundModel[] {
    const loader = new Loader(this.place.files, this.place.roots);
    const session = new Session(loader);
    const main = loader.main(session.interp, this.place.path);
    const { model } = this.request;
    const wanted = model === undefined ? undefined : findModel(session, main, model);
    if (wanted !== undefined) return [wanted];
    const found = findModels(session, main, name => makesModel(this.place, name));
    if (model === undefined) return found;
    throw new InputError(
      'unknown-model',
      text('there is no model "{0}" in "{1}"', model, this.request.path),
      found.length === 0
        ? text('the file has no model')
        : text('the file has: {0}', found.map(({ name }) => name).join(', ')),
    );
  }
}

function syntaxGaps(path: string, source: string): Gap[] {
  return parseCached(source).module.errors.map(({ start, end }) => ({
    code: 'syntax-error',
    message: text('the text could not be parsed here'),
    at: spanIn(path, source, start, end),
  }));
}
