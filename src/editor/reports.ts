/**
 * The latest report of every file that somebody looks at: asked for again when the text changes, late answers dropped,
 * and the last good one kept, marked stale, while the file has a syntax error. Knows nothing of the editor.
 */
import { InputError } from '../base/findings';
import type { Log } from '../base/ports';
import type { Disposable } from '../base/store';
import { text as words, type Text } from '../base/text';
import type { AnalysisCalls, AnalyzeRequest } from '../protocol/analysis';
import { type Client, isCancelled, RpcError } from '../protocol/rpc';
import type { AdviceReport } from '../report/advice';
import type { FileReport, ModelReport } from '../report/view';

/** What is known of a file. */
export interface FileState {
  /** Of the text that the report describes. */
  readonly version: number;
  readonly report: FileReport | null;
  readonly advice: AdviceReport | null;
  /** Of the text that the advice was found in: its edits fit no other. */
  readonly adviceVersion: number;
  readonly problem: Problem | null;
  /** The report describes an earlier text than the one on the screen. */
  readonly stale: boolean;
  readonly busy: boolean;
  /** The file in the last commit, where it could be read; else why not. */
  readonly baseline?: BaselineState;
}

export interface BaselineState {
  readonly commit: string | null;
  readonly models: ReadonlyMap<string, ModelReport>;
  readonly reason: Text | null;
}

export interface Problem {
  readonly text: Text;
  readonly remedy: Text | null;
}

/** A file as it is now. `text` is left out where the worker is to read the disk. */
export interface Source {
  readonly path: string;
  readonly text?: string;
  readonly version: number;
}

/** Inputs that the user gave for a model; the empty name stands for the only model of an `.onnx` file. */
export interface GivenInputs {
  readonly model: string;
  readonly specs: readonly string[];
}

export interface ReportPorts {
  readonly analysis: Pick<Client<AnalysisCalls>, 'call'>;
  readonly source: (key: string) => Source | undefined;
  readonly options: (key: string) => Pick<AnalyzeRequest, 'searchPath' | 'device' | 'region'>;
  readonly inputs: (key: string) => readonly GivenInputs[];
  /** Where the cursor is in the file, from 1; undefined where it is elsewhere. */
  readonly line?: (key: string) => number | undefined;
  /** Why files are not compared with the last commit; null where they are. */
  readonly aloof?: () => Text | null;
  readonly log: Log;
}

/** Keys that come together are one edit. */
const TYPING_PAUSE_MS = 30;
/** Suggestions take longer to find, and nobody reads them while typing. */
const ADVICE_PAUSE_MS = 500;

interface Entry {
  state: FileState;
  readonly running: AbortController;
  /** The user's inputs with which the baseline was read: at others nothing is comparable. */
  baselineInputs?: string;
  timer?: ReturnType<typeof setTimeout>;
}

const EMPTY: FileState = {
  version: -1,
  report: null,
  advice: null,
  adviceVersion: -1,
  problem: null,
  stale: false,
  busy: true,
};

export class Reports implements Disposable {
  readonly #entries = new Map<string, Entry>();
  readonly #listeners = new Set<(key: string) => void>();

  constructor(readonly ports: ReportPorts) {}

  /** What is known now, at once. Asking for a file that nothing is known of yet starts its analysis. */
  of(key: string): FileState {
    return this.#entries.get(key)?.state ?? this.#begin(key, 0);
  }

  peek(key: string): FileState | undefined {
    return this.#entries.get(key)?.state;
  }

  /** The text is another one: analysed again when the typing pauses. Files that nobody asked for stay unread. */
  changed(key: string): void {
    if (this.#entries.has(key)) this.#begin(key, TYPING_PAUSE_MS);
  }

  refresh(key: string): void {
    this.#begin(key, 0);
  }

  /** For what concerns all files: a setting, a file that others import. */
  refreshAll(concerned: (key: string) => boolean = () => true): void {
    for (const key of [...this.#entries.keys()]) if (concerned(key)) this.#begin(key, 0);
  }

  forget(key: string): void {
    const entry = this.#entries.get(key);
    if (entry) stop(entry);
    if (this.#entries.delete(key)) this.#tell(key);
  }

  onChange(listener: (key: string) => void): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  /** Resolves when nothing is under way for the file any more. */
  async settled(key: string): Promise<FileState> {
    const state = this.of(key);
    if (!state.busy) return state;
    return new Promise(resolve => {
      const subscription = this.onChange(changed => {
        const now = this.#entries.get(key)?.state ?? { ...EMPTY, busy: false };
        if (changed !== key || now.busy) return;
        subscription.dispose();
        resolve(now);
      });
    });
  }

  dispose(): void {
    for (const entry of this.#entries.values()) stop(entry);
    this.#entries.clear();
    this.#listeners.clear();
  }

  #begin(key: string, delay: number): FileState {
    const before = this.#entries.get(key);
    if (before) stop(before);
    const state = before ? { ...before.state, busy: true } : EMPTY;
    const entry: Entry = { ...before, state, running: new AbortController() };
    this.#entries.set(key, entry);
    // Not at once: whoever asks is often in the middle of drawing, and would be told of a change meanwhile.
    entry.timer = setTimeout(() => void this.#run(key, entry), delay);
    if (before) this.#tell(key);
    return state;
  }

  async #run(key: string, entry: Entry): Promise<void> {
    const source = this.ports.source(key);
    if (source === undefined) {
      this.forget(key);
      return;
    }
    const { signal } = entry.running;
    const inputs = this.ports.inputs(key);
    // The only model of its file.
    const only = inputs.find(({ model }) => model === '');
    const asked: Asked = {
      request: { ...this.ports.options(key), path: source.path, inputs: only?.specs ?? [], ...textOf(source) },
      given: inputs.filter(one => one !== only),
      signal,
    };
    try {
      const report = await this.#analyze(asked, key);
      const found = accept(comparable(entry, inputs), report, source.version);
      this.#set(key, entry, { ...found, busy: !found.stale });
      if (found.stale) return;
      // Comparing asks git, and suggestions take longer: both wait until the typing is over.
      if (entry.state.advice !== null) await pause(ADVICE_PAUSE_MS, signal);
      const baseline = await this.#baseline(asked, entry);
      if (baseline !== undefined) this.#set(key, entry, { ...entry.state, baseline });
      const advice = await this.#advise(asked);
      this.#set(key, entry, { ...entry.state, advice, adviceVersion: source.version, busy: false });
    } catch (error) {
      if (isCancelled(error)) return;
      const problem = problemOf(error);
      if (!(error instanceof InputError)) this.ports.log.error(`${source.path}: ${detail(error)}`);
      const { report, version } = entry.state;
      const stale = report !== null;
      this.#set(key, entry, { ...entry.state, version: stale ? version : source.version, problem, stale, busy: false });
    }
  }

  /** Every model of the file, those whose inputs the user gave with these inputs. */
  async #analyze({ request, given, signal }: Asked, key: string): Promise<FileReport> {
    if (request.inputs.length > 0) return this.ports.analysis.call('analyze', request, { signal });
    let report = await this.#follow(request, key, given, signal);
    for (const { model, specs } of given) {
      if (!report.models.some(({ name }) => name === model)) continue;
      const special = await this.ports.analysis.call('analyze', { ...request, model, inputs: specs }, { signal });
      const found = special.models.find(({ name }) => name === model);
      // With a model of other inputs it is no revision of the worker's any more.
      if (found)
        report = { ...withoutLive(report), models: report.models.map(old => (old.name === model ? found : old)) };
    }
    return report;
  }

  /** The report of an edited file comes in pieces: the model at the cursor at once, and only what is new. */
  async #follow(
    request: AnalyzeRequest,
    key: string,
    given: readonly GivenInputs[],
    signal: AbortSignal,
  ): Promise<FileReport> {
    const had = this.#entries.get(key)?.state.report ?? null;
    const line = this.ports.line?.(key);
    const known = had?.live?.revision;
    const models = new Map(had?.models.map(model => [model.name, model]));
    const fresh = new Map<string, ModelReport>();
    const live = { ...(line !== undefined && { line }), ...(known !== undefined && { known }) };
    const report = await this.ports.analysis.call(
      'analyze',
      { ...request, live },
      {
        signal,
        onProgress: model => {
          models.set(model.name, model);
          // At inputs that are not the user's: its numbers come later.
          if (given.some(one => one.model === model.name)) return;
          fresh.set(model.name, model);
          const entry = this.#entries.get(key);
          if (had === null || entry?.running.signal !== signal) return;
          // Others keep their numbers until theirs come.
          const shown = had.models.map(old => fresh.get(old.name) ?? old);
          this.#set(key, entry, { ...entry.state, report: { ...had, models: shown } });
        },
      },
    );
    if (report.live === undefined) return report;
    return { ...report, models: report.live.names.flatMap(name => models.get(name) ?? []) };
  }

  /** Undefined where what is known stays. */
  async #baseline({ request, given, signal }: Asked, entry: Entry): Promise<BaselineState | undefined> {
    const { aloof, analysis } = this.ports;
    if (aloof === undefined) return undefined;
    const none = (reason: Text | null): BaselineState => ({ commit: null, models: new Map(), reason });
    const why = aloof();
    if (why !== null) return none(why);
    try {
      const known = entry.state.baseline?.commit ?? undefined;
      const { commit, report, reason } = await analysis.call('baseline', { ...request, ...(known !== undefined && { known }) }, { signal }); // prettier-ignore
      if (report === null) return reason === null ? undefined : none(reason);
      const models = new Map(report.models.map(model => [model.name, model]));
      for (const one of given.filter(({ model }) => models.has(model))) {
        const special = await this.#baselineAt(one, commit, request, signal);
        if (special) models.set(one.model, special);
        else models.delete(one.model);
      }
      return { commit, models, reason };
    } catch (error) {
      if (isCancelled(error)) throw error;
      this.ports.log.warn(`no comparison for ${request.path}: ${detail(error)}`);
      return undefined;
    }
  }

  /** A model at the commit with the user's inputs; undefined where they do not fit what it was. */
  async #baselineAt(
    { model, specs }: GivenInputs,
    commit: string | null,
    request: AnalyzeRequest,
    signal: AbortSignal,
  ): Promise<ModelReport | undefined> {
    try {
      const special = await this.ports.analysis.call('baseline', { ...request, model, inputs: specs }, { signal });
      return special.commit === commit ? special.report?.models.find(({ name }) => name === model) : undefined;
    } catch (error) {
      if (error instanceof InputError) return undefined;
      throw error;
    }
  }

  /** Suggestions are an extra: when they fail, the costs stay. */
  async #advise({ request, given, signal }: Asked): Promise<AdviceReport | null> {
    try {
      let advice = await this.ports.analysis.call('advise', request, { signal });
      for (const { model, specs } of given) {
        if (!advice.models.some(({ name }) => name === model)) continue;
        const special = await this.ports.analysis.call('advise', { ...request, model, inputs: specs }, { signal });
        const found = special.models.find(({ name }) => name === model);
        if (found) advice = { ...advice, models: advice.models.map(old => (old.name === model ? found : old)) };
      }
      return advice;
    } catch (error) {
      if (isCancelled(error)) throw error;
      this.ports.log.warn(`no suggestions for ${request.path}: ${detail(error)}`);
      return null;
    }
  }

  #set(key: string, entry: Entry, state: FileState): void {
    if (this.#entries.get(key) !== entry) return;
    entry.state = state;
    this.#tell(key);
  }

  #tell(key: string): void {
    for (const listener of [...this.#listeners]) listener(key);
  }
}

/** What is asked of a file, and of those of its models for which the user gave inputs. */
interface Asked {
  readonly request: AnalyzeRequest;
  readonly given: readonly GivenInputs[];
  readonly signal: AbortSignal;
}

/** The state without a baseline of other inputs than those that are asked about now. */
function comparable(entry: Entry, inputs: readonly GivenInputs[]): FileState {
  const now = JSON.stringify(inputs);
  const fits = entry.baselineInputs === now;
  entry.baselineInputs = now;
  const { baseline, ...rest } = entry.state;
  return baseline === undefined || fits ? entry.state : rest;
}

const withoutLive = ({ live: _, ...report }: FileReport): FileReport => report;

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });

const textOf = ({ text }: Source): { text?: string } => (text === undefined ? {} : { text });

/** While a file cannot be parsed, what was true before is worth more than what is left of it. */
function accept(before: FileState, report: FileReport, version: number): FileState {
  const broken = report.diagnostics.some(({ code }) => code === 'syntax-error');
  if (broken && before.report !== null && before.report.models.length > 0)
    return { ...before, report: { ...before.report, diagnostics: report.diagnostics }, stale: true, busy: false };
  // The old advice stays for the eye until the new one comes, so that nothing flickers while somebody types.
  return { ...before, version, report, problem: null, stale: false };
}

/** What to tell the user. Faults of our own are for the log. */
export function problemOf(error: unknown): Problem {
  if (error instanceof InputError) return { text: error.text, remedy: error.remedy ?? null };
  if (error instanceof RpcError && error.code === 'closed')
    return {
      text: words('reading this file took more memory than it may'),
      remedy: words('the log says more'),
    };
  return { text: words('something went wrong inside ModelWatt'), remedy: words('the log says more') };
}

const detail = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));

function stop(entry: Entry): void {
  clearTimeout(entry.timer);
  entry.running.abort();
}
