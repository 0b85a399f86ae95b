/**
 * Use case: the energy of runs that begin and end while a meter runs. Reads processes in the moment in which the meter is
 * read, gives every joule to one run at most, and says what it could not attribute. Lives beside the meter.
 */
import type { Figure } from '../../base/figure';
import type { Clock } from '../../base/ports';
import { text } from '../../base/text';
import type { GramsPerKWh } from '../../base/units';
import type { LiveRun, Root } from '../../report/liveRun';
import type { MeterSnapshot } from '../../report/meter';
import { Attribution } from '../../runs/attribution';
import { type Presence, presenceOn } from '../../runs/gpuUsers';
import { IdleWatch } from '../../runs/idle';
import type { ProcessTable } from '../../runs/processes';
import { ProcessTimes } from '../../runs/processes';
import type { RunSpan } from '../../runs/shares';
import type { Metering } from '../metering';
import { OpenRun } from './openRun';
import { domainsBetween, powersBetween, untold } from './spans';

/** Where processes and their times are told. */
export interface ProcessSource {
  /** Every process; undefined where the system does not tell. */
  all(): ProcessTable | undefined;
  some(pids: readonly number[]): ProcessTable;
  /** Those that they have started from their first thread, which costs little to ask. */
  children?(pids: readonly number[]): readonly number[];
  /** CPU seconds of all programs since the system's start; undefined where it is not told. */
  busyS(): number | undefined;
}

export interface RunGrid {
  readonly region: string;
  readonly intensity: Figure<GramsPerKWh>;
}

export interface RunRequest {
  readonly id: string;
  /** Null where it is not known which process it is. */
  readonly root: Root | null;
  /** Of the power grid that it draws from. */
  readonly grid: RunGrid | null;
  readonly pue: Figure | null;
}

export interface RecorderPorts {
  readonly processes: ProcessSource;
  readonly clock: Clock;
  readonly threads: number;
  /** Whether processes bear other ids here than the driver of a GPU tells, as in a container. */
  readonly ownIds?: boolean;
}

export class RunRecorder {
  readonly #runs = new Map<string, OpenRun>();
  readonly #times = new ProcessTimes();
  readonly #attribution = new Attribution();
  readonly #idle: IdleWatch;
  #metering: Pick<Metering, 'read'> | undefined;
  #before: { readonly snapshot: MeterSnapshot; readonly at: number; readonly busyS: number | undefined } | undefined;
  /** A whole table of processes costs its time: so it is not made again before. */
  #scanAt = 0;
  #scanS = Infinity;

  constructor(readonly ports: RecorderPorts) {
    this.#idle = new IdleWatch(ports.threads);
  }

  get size(): number {
    return this.#runs.size;
  }

  /** The meter that is read; undefined once it has ended, and what is drawn meanwhile is not told. */
  use(metering: Pick<Metering, 'read'> | undefined): void {
    this.#metering = metering;
    this.#before = undefined;
    if (metering !== undefined) this.take(metering.read());
  }

  begin(request: RunRequest): void {
    if (this.#runs.has(request.id)) return;
    this.#read();
    const table = request.root === null ? undefined : this.#scan();
    const followed = request.root !== null && table !== undefined && this.#times.begin(request.id, request.root, table);
    this.#runs.set(request.id, new OpenRun(request, this.ports.clock.now(), followed));
  }

  /** A process that became known later, such as that of a debugged program. */
  follow(id: string, root: Root): void {
    const run = this.#runs.get(id);
    if (run === undefined || run.followed) return;
    this.#read();
    const table = this.#scan();
    if (table !== undefined && this.#times.begin(id, root, table)) run.followed = true;
  }

  output(id: string, chunk: string): void {
    const run = this.#runs.get(id);
    run?.feed(chunk, this.ports.clock.now(), this.#attribution.of(id, run.request.pue));
  }

  /** The account of a run that is over; undefined of no run. */
  end(id: string): LiveRun | undefined {
    const run = this.#runs.get(id);
    if (run === undefined) return undefined;
    this.#read();
    run.close();
    const account = this.#account(run);
    this.#runs.delete(id);
    this.#times.end(id);
    this.#attribution.forget(id);
    return account;
  }

  live(): readonly LiveRun[] {
    return [...this.#runs.values()].map(run => this.#account(run));
  }

  /** What the meter says now: everything since the last time is shared out. */
  take(snapshot: MeterSnapshot): void {
    const now = this.ports.clock.now();
    const busyS = this.ports.processes.busyS();
    const before = this.#before;
    if (before !== undefined && snapshot.seconds <= before.snapshot.seconds) return;
    this.#before = { snapshot, at: now, busyS };
    this.#lookAtProcesses(now);
    const presence = this.#presence(snapshot);
    const known = {
      idleW: (domain: string) => this.#idle.of(domain),
      others: (domain: string) => presence.others.get(domain) ?? null,
    };
    if (before === undefined) {
      const began = text('the meter had not begun, or had to begin again');
      this.#share(now, null, now, untold(snapshot, began, known), presence, true);
      return;
    }
    const used = busyS === undefined || before.busyS === undefined ? null : Math.max(0, busyS - before.busyS);
    const seconds = snapshot.seconds - before.snapshot.seconds;
    const powers = [...powersBetween(before.snapshot, snapshot)];
    // Processors that rest do not make a GPU rest that somebody is on.
    this.#idle.note(seconds, used, new Map(powers.filter(([domain]) => (presence.others.get(domain) ?? 0) === 0)));
    this.#share(now, used, seconds, domainsBetween(before.snapshot, snapshot, known), presence, false);
  }

  #read(): void {
    if (this.#metering !== undefined) this.take(this.#metering.read());
  }

  /** `whole`: as long as any of the runs lived. */
  #share(
    now: number,
    busyS: number | null,
    seconds: number,
    domains: Parameters<Attribution['add']>[0]['domains'],
    presence: Presence,
    whole: boolean,
  ): void {
    if (this.#runs.size === 0) return;
    const runs = [...this.#runs.values()].map((run): RunSpan => {
      const livedS = Math.max(0, whole ? now - run.since : Math.min(seconds, now - run.since));
      const cpuS = run.followed ? run.used(this.#times.of(run.request.id) ?? 0) : null;
      run.since = now;
      return { id: run.request.id, livedS, cpuS, gpus: presence.runs.get(run.request.id) ?? null };
    });
    const longest = Math.max(...runs.map(({ livedS }) => livedS));
    this.#attribution.add({ seconds: whole ? longest : seconds, busyS, runs, domains });
    for (const run of this.#runs.values()) run.note(now, this.#attribution.of(run.request.id, run.request.pue));
  }

  /** Which runs are on which GPUs. One whose processes are not known may be on any of them. */
  #presence({ domains }: MeterSnapshot): Presence {
    const gpus = domains.filter(({ domain, counted }) => counted && domain.startsWith('gpu:'));
    const runs = [...this.#runs.values()];
    const presence = presenceOn(
      new Map(gpus.map(({ domain, users }) => [domain, users ?? null])),
      runs.map(({ request: { id } }) => ({ id, pids: new Set(this.#times.pidsOf(id)) })),
      { ownIds: this.ports.ownIds ?? false, exists: pid => this.ports.processes.some([pid]).has(pid) },
    );
    const unknown = gpus.length === 0 ? [] : runs.filter(({ followed }) => !followed);
    return {
      ...presence,
      runs: new Map([...presence.runs, ...unknown.map(({ request }) => [request.id, null] as const)]),
    };
  }

  #lookAtProcesses(now: number): void {
    if (this.#runs.size === 0) return;
    if (now >= this.#scanAt) {
      this.#scan();
      return;
    }
    const known = this.#times.pids();
    const fresh = this.ports.processes.children?.(known) ?? [];
    this.#times.take(this.ports.processes.some([...known, ...fresh]), true);
  }

  #scan(): ProcessTable | undefined {
    const began = this.ports.clock.now();
    const table = this.ports.processes.all();
    const ended = this.ports.clock.now();
    // On a busy machine a table takes longer than it costs: the least that was seen is nearer to the truth.
    this.#scanS = Math.min(this.#scanS, ended - began);
    this.#scanAt = ended + Math.min(SCAN_LEAST_OFTEN_S, Math.max(SCAN_EVERY_S, SCAN_COST * this.#scanS));
    if (table !== undefined) this.#times.take(table, true);
    return table;
  }

  #account(run: OpenRun): LiveRun {
    const { id, pue } = run.request;
    return run.account(this.ports.clock.now(), this.#attribution.of(id, pue), coverage(this.#before?.snapshot));
  }
}

const SCAN_EVERY_S = 0.9;
/** Processes that nobody's first thread has started are found with a whole table only. */
const SCAN_LEAST_OFTEN_S = 10;
/** A table takes at most one part of so many of a core's time. */
const SCAN_COST = 300;

const coverage = (snapshot: MeterSnapshot | undefined): LiveRun['coverage'] =>
  (snapshot?.domains ?? [])
    .filter(({ counted, energyJ }) => counted && energyJ !== null)
    .map(({ domain, sensor, method }) => ({ domain, sensor, method }));
