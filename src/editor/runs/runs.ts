/**
 * Runs that the editor sees, from their begin to their record. The meter's worker keeps their accounts; should it end in
 * between, what it told last is kept and the rest is said to be missing. Knows nothing of the editor.
 */
import type { Log } from '../../base/ports';
import type { Disposable } from '../../base/store';
import type { Text } from '../../base/text';
import { text } from '../../base/text';
import type { LiveRun, Root } from '../../report/liveRun';
import type { RunEnd, SeenRun } from '../../services/runs/record';
import type { MeteringClient } from '../meter';

export interface RunStart extends Omit<SeenRun, 'id' | 'startedMs'> {
  readonly root: Root | null;
}

export interface RunHandle {
  readonly run: SeenRun;
  /** A piece of its output. */
  output(chunk: string): void;
  follow(root: Root): void;
  end(exitCode: number | null, notes?: readonly Text[]): Promise<void>;
}

export interface ActiveRun extends SeenRun {
  /** Undefined until the meter has told something. */
  readonly live: LiveRun | undefined;
}

export interface RunsOptions {
  readonly client: MeteringClient;
  /** Keeps the meter running meanwhile. */
  readonly hold: () => Disposable;
  readonly region: () => string | null;
  readonly keep: (run: SeenRun, end: RunEnd) => Promise<void> | void;
  readonly log: Log;
  readonly now: () => number;
  readonly newId: () => string;
}

interface Open {
  readonly run: SeenRun;
  readonly hold: Disposable;
  live: LiveRun | undefined;
  /** Output that has not been passed on. */
  pending: string;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** Output is passed on in pieces, the last of what came in between: progress is told again and again. */
const FLUSH_MS = 250;
const MOST_PENDING = 64_000;

export class Runs implements Disposable {
  readonly #open = new Map<string, Open>();
  readonly #listeners = new Set<() => void>();
  readonly #subscription: Disposable;

  constructor(readonly options: RunsOptions) {
    this.#subscription = options.client.on('runs', told => {
      for (const live of told) {
        const open = this.#open.get(live.id);
        if (open !== undefined) open.live = live;
      }
      this.#tell();
    });
  }

  get active(): readonly ActiveRun[] {
    return [...this.#open.values()].map(({ run, live }) => ({ ...run, live }));
  }

  begin({ root, ...start }: RunStart): RunHandle {
    const { client, hold, region, now, newId, log } = this.options;
    const run: SeenRun = { ...start, id: newId(), startedMs: now() };
    const open: Open = { run, hold: hold(), live: undefined, pending: '', timer: undefined };
    this.#open.set(run.id, open);
    const fault = (error: unknown): void => log.debug(`the run ${run.id}: ${String(error)}`);
    client.call('beginRun', { id: run.id, root, region: region() }).catch(fault);
    this.#tell();
    return {
      run,
      output: chunk => this.#buffer(open, chunk),
      follow: found => void client.call('followRun', { id: run.id, root: found }).catch(fault),
      end: (exitCode, notes = []) => this.#end(open, exitCode, notes),
    };
  }

  onChange(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  /** The window closes: runs that go on are recorded up to here. */
  dispose(): void {
    this.#subscription.dispose();
    this.#listeners.clear();
    for (const open of this.#open.values()) {
      clearTimeout(open.timer);
      const { live } = open;
      const account = live ?? null;
      const end: RunEnd = { endedMs: this.options.now(), exitCode: null, state: 'lost', account, notes: [CLOSED] };
      void this.#keep(open.run, end);
    }
    this.#open.clear();
  }

  async #end(open: Open, exitCode: number | null, notes: readonly Text[]): Promise<void> {
    const { run, hold } = open;
    if (!this.#open.delete(run.id)) return;
    const endedMs = this.options.now();
    await this.#flush(open);
    let account: LiveRun | null = null;
    try {
      account = await this.options.client.call('endRun', { id: run.id });
    } catch (error) {
      this.options.log.debug(`the run ${run.id}: ${String(error)}`);
    }
    hold.dispose();
    const lost = account === null;
    await this.#keep(run, {
      endedMs,
      exitCode,
      state: 'finished',
      account: account ?? open.live ?? null,
      notes: lost ? [...notes, BROKEN] : notes,
    });
    this.#tell();
  }

  async #keep(run: SeenRun, end: RunEnd): Promise<void> {
    try {
      await this.options.keep(run, end);
    } catch (error) {
      this.options.log.error(`a run could not be recorded: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #buffer(open: Open, chunk: string): void {
    open.pending = `${open.pending}${chunk}`.slice(-MOST_PENDING);
    open.timer ??= setTimeout(() => void this.#flush(open), FLUSH_MS);
  }

  async #flush(open: Open): Promise<void> {
    clearTimeout(open.timer);
    open.timer = undefined;
    const chunk = open.pending;
    open.pending = '';
    if (chunk === '') return;
    try {
      await this.options.client.call('runOutput', { id: open.run.id, chunk });
    } catch (error) {
      this.options.log.debug(`the output of ${open.run.id}: ${String(error)}`);
    }
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

const CLOSED = text('The window was closed while it went on: what came after is not in these figures.');
const BROKEN = text(
  'The energy meter ended during this run: what came after its last reading is not in these figures.',
);
