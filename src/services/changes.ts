/** Use cases: what a model cost at another commit, and which commits changed it. Reads from git, never from a checkout. */
import type { Repository } from '../base/git';
import { InputError } from '../base/findings';
import type { RangeReader } from '../base/ports';
import type { Text } from '../base/text';
import { text } from '../base/text';
import type { World } from '../frontends/frontend';
import { parsePython } from '../frontends/python/syntax';
import type { AnalyzeRequest, Baseline, BaselineRequest, DiffRequest } from '../protocol/analysis';
import type { BlamedCommit, BlameReport, ChangeReport, RevisionReport } from '../report/change';
import { isWhole, modelChange, modelChanges } from '../report/change';
import type { FileReport, ModelReport } from '../report/view';
import type { AnalysisPorts } from './analysis';
import { analyze, Kept, readFile, reportModel, settingFor } from './analysis';

export class Changes {
  /** Reports at a commit, by what was asked; a commit never changes. */
  readonly #known = new Map<string, FileReport>();

  constructor(private readonly ports: AnalysisPorts) {}

  /** The file as it was in the last commit, unless the caller has that already; else why there is nothing to compare with. */
  async baseline({ known, ...request }: BaselineRequest): Promise<Baseline> {
    const repository = await this.#open(request.path);
    if (!isRepository(repository)) return { commit: null, report: null, reason: repository };
    try {
      const commit = await repository.resolve('HEAD');
      if (commit === undefined)
        return {
          commit: null,
          report: null,
          reason: text('there is no commit yet'),
        };
      if (commit === known) return { commit, report: null, reason: null };
      const report = await this.#at(request, repository, commit);
      return report === undefined ? { commit, report: null, reason: text('the last commit does not have this file') } : { commit, report, reason: null }; // prettier-ignore
    } finally {
      repository.dispose();
    }
  }

  /** `REV` against the files on the disk, or `A..B`. */
  async diff({ revision, ...request }: DiffRequest): Promise<ChangeReport> {
    const repository = await this.#required(request.path);
    try {
      const [from = '', to] = revision.split('..');
      const before = await resolved(repository, from);
      const after = to === undefined ? { revision: null, commit: null } : await resolved(repository, to);
      const [old, now] = [
        await this.#at(request, repository, before.commit ?? ''),
        after.commit === null ? await reportOf(request, this.ports) : await this.#at(request, repository, after.commit), // prettier-ignore
      ];
      const found = [...(old?.models ?? []), ...(now?.models ?? [])].length;
      if (old === undefined && now === undefined) throw absent(request);
      if (found === 0 && request.model !== undefined && isWhole(old) && isWhole(now)) throw absent(request);
      return {
        schemaVersion: 1,
        file: request.path,
        before,
        after,
        models: modelChanges(old, now),
        diagnostics: [...(old?.diagnostics ?? []), ...(now?.diagnostics ?? [])],
      };
    } finally {
      repository.dispose();
    }
  }

  async blame(request: AnalyzeRequest & { readonly model: string }, signal: AbortSignal): Promise<BlameReport> {
    const repository = await this.#required(request.path);
    try {
      const { commit: head } = await resolved(repository, 'HEAD');
      const walk = new Walk(request, repository, this.ports);
      const { changes, commits } = await walk.from(head ?? '', signal);
      if (changes.length === 0) throw absent(request);
      return {
        schemaVersion: 1,
        file: request.path,
        model: request.model,
        commits,
        changes,
      };
    } finally {
      repository.dispose();
    }
  }

  async #open(file: string): Promise<Repository | Text> {
    return this.ports.git?.open(folderOf(file)) ?? text('git is not at hand here');
  }

  async #required(file: string): Promise<Repository> {
    const repository = await this.#open(file);
    if (isRepository(repository)) return repository;
    throw new InputError('no-repository', text('"{0}" cannot be compared: {1}', file, repository), text('name a file in a git repository')); // prettier-ignore
  }

  /** Undefined where the commit does not have the file. */
  async #at(request: AnalyzeRequest, repository: Repository, commit: string): Promise<FileReport | undefined> {
    const { text: _, texts: __, live: ___, ...plain } = request;
    const key = JSON.stringify([commit, plain]);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const world = worldAt(request.path, repository, commit, this.ports.world);
    const report = await reportOf(plain, { ...this.ports, world, kept: new Kept() });
    if (report === undefined) return undefined;
    if (this.#known.size >= MOST_REPORTS) this.#known.clear();
    this.#known.set(key, report);
    return report;
  }
}

const MOST_REPORTS = 16;

const isRepository = (found: Repository | Text): found is Repository => 'resolve' in found;

const folderOf = (file: string): string => {
  const path = file.replaceAll('\\', '/');
  const at = path.lastIndexOf('/');
  return at < 0 ? '.' : at === 0 ? '/' : path.slice(0, at);
};

async function resolved(repository: Repository, revision: string): Promise<RevisionReport> {
  const name = revision === '' ? 'HEAD' : revision;
  const commit = await repository.resolve(name);
  if (commit !== undefined) return { revision: name, commit };
  throw new InputError('unknown-revision', text('there is no commit "{0}" here', name), text('name a commit, a branch or a tag, such as HEAD~1')); // prettier-ignore
}

const absent = ({ path, model }: AnalyzeRequest): InputError =>
  model === undefined
    ? new InputError('missing-file', text('there is no file "{0}"', path), text('check the path'))
    : new InputError('unknown-model', text('no commit has a model "{0}" in "{1}"', model, path), text('check the name')); // prettier-ignore

/** Of a file without the model that is asked for, what else is to be said of it; undefined where there is no file. */
async function reportOf(request: AnalyzeRequest, ports: AnalysisPorts): Promise<FileReport | undefined> {
  const report = await lenient(() => analyze(request, ports));
  if (report !== undefined || request.model === undefined) return report;
  const { model: _, ...all } = request;
  const rest = await lenient(() => analyze(all, ports));
  return rest && { ...rest, models: [] };
}

/** A file or a model that was not there is an answer here. */
async function lenient<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof InputError && (error.code === 'missing-file' || error.code === 'unknown-model')) return undefined; // prettier-ignore
    throw error;
  }
}

/**
 * Files as they were. What git does not know at all (an environment's packages, generated code) is read from the disk;
 * what it knows now and did not know then was not there.
 */
export function worldAt(
  own: string,
  repository: Repository,
  commit: string,
  world: World,
  seen?: (path: string) => void,
): World {
  /** Null where the disk has to answer. */
  const atCommit = async (file: string): Promise<Uint8Array | undefined | null> => {
    const path = repository.pathOf(file);
    if (path === undefined) return null;
    const found = await repository.read(commit, path);
    if (found !== undefined) seen?.(path);
    if (found !== undefined || file === own || (await repository.idOf('HEAD', path)) !== undefined) return found;
    return null;
  };
  return {
    stamp: () => undefined,
    readText: async file => {
      const found = await atCommit(file);
      return found === null
        ? world.readText(file)
        : found && new TextDecoder('utf-8', { ignoreBOM: true }).decode(found);
    },
    openRange: async file => {
      const found = await atCommit(file);
      return found === null ? world.openRange(file) : found && inMemory(found);
    },
  };
}

const inMemory = (content: Uint8Array): RangeReader => ({
  size: content.length,
  read: (offset, length) => Promise.resolve(content.subarray(offset, offset + length)),
});

/** A model at a commit. */
interface Version {
  readonly model?: ModelReport;
  /** Whether it is known not to be there where it is missing. */
  readonly whole: boolean;
}

/** The commits of the files that a model is made of; older versions may be made of others. */
class Walk {
  readonly #paths = new Set<string>();
  readonly #models = new Map<string, Promise<Version>>();
  readonly #kept = new Kept();
  /** Files that were asked for so far. */
  readonly #asked = new Set<string>();
  /** What stands on the disk does not change with the commits. */
  readonly #disk = new Map<string, Promise<string | undefined>>();

  constructor(
    private readonly request: AnalyzeRequest & { readonly model: string },
    private readonly repository: Repository,
    private readonly ports: AnalysisPorts,
  ) {
    const path = repository.pathOf(request.path);
    if (path !== undefined) this.#paths.add(path);
  }

  async from(
    head: string,
    signal: AbortSignal,
  ): Promise<{ readonly changes: BlamedCommit[]; readonly commits: number }> {
    await this.#modelAt(head);
    const found = new Map<string, BlamedCommit | undefined>();
    for (;;) {
      const known = this.#paths.size;
      const commits = await this.repository.history(head, [...this.#paths]);
      for (const commit of commits) {
        if (found.has(commit.id)) continue;
        signal.throwIfAborted();
        const [parent] = commit.parents;
        const before: Version = parent === undefined ? { whole: true } : await this.#modelAt(parent);
        const after = await this.#modelAt(commit.id);
        const certain = before.model === undefined ? before.whole : after.whole;
        const change = before.model === undefined && after.model === undefined ? undefined : modelChange(before.model, after.model, certain); // prettier-ignore
        const { id, date, author, subject } = commit;
        const blamed = change === undefined || isEqual(change) ? undefined : { commit: id, date, author, subject, change: change.change as BlamedCommit['change'], complete: change.complete, before: change.before, after: change.after, deltas: change.deltas }; // prettier-ignore
        found.set(id, blamed);
      }
      if (this.#paths.size === known) return { changes: commits.flatMap(({ id }) => found.get(id) ?? []), commits: commits.length }; // prettier-ignore
    }
  }

  #modelAt(commit: string): Promise<Version> {
    let model = this.#models.get(commit);
    if (model === undefined) this.#models.set(commit, (model = this.#read(commit)));
    return model;
  }

  /** What stayed the same since the commit that was read before is not worked out again. */
  async #read(commit: string): Promise<Version> {
    const { request, ports } = this;
    const world = await this.#worldAt(commit);
    const kept = this.#kept;
    const read = await lenient(() => readFile(request, { ...ports, world, kept }));
    const model = read?.models.find(({ name }) => name === request.model);
    const whole = model !== undefined || !(await isBroken(request.path, world));
    return { whole, ...(model && { model: reportModel(request.path, model, settingFor(request, ports), { kept }) }) };
  }

  /** Files that were asked for before are told apart by what git calls their content. */
  async #worldAt(commit: string): Promise<World> {
    const { request, repository, ports } = this;
    const disk: World = {
      ...ports.world,
      readText: file => {
        let read = this.#disk.get(file);
        if (read === undefined) this.#disk.set(file, (read = ports.world.readText(file)));
        return read;
      },
    };
    const world = worldAt(request.path, repository, commit, disk, path => this.#paths.add(path));
    const stamps = new Map<string, string>();
    for (const file of this.#asked) stamps.set(file, await this.#stampOf(file, commit));
    return {
      ...world,
      stamp: file => stamps.get(file),
      readText: file => {
        this.#asked.add(file);
        return world.readText(file);
      },
    };
  }

  async #stampOf(file: string, commit: string): Promise<string> {
    const { repository } = this;
    const path = repository.pathOf(file);
    if (path === undefined) return 'elsewhere';
    const id = await repository.idOf(commit, path);
    return id ?? ((await repository.idOf('HEAD', path)) === undefined ? 'elsewhere' : 'none');
  }
}

/** Whether a model may be missing because of a syntax error. */
async function isBroken(path: string, { readText }: World): Promise<boolean> {
  const source = path.endsWith('.py') ? await readText(path) : undefined;
  return source !== undefined && parsePython(source).module.errors.length > 0;
}

/** Layers may have been renamed; what the model costs is asked. */
const isEqual = ({ change, before, after }: ReturnType<typeof modelChange>): boolean =>
  change === 'same' || (before !== null && after !== null && JSON.stringify(before) === JSON.stringify(after));
