/**
 * How much CPU time each run's processes have used, from tables of processes as they are at moments. A process belongs
 * to one run, the innermost one; it stays that run's when its parent ends. Time of processes that ended is found in what
 * their parents waited for, as Linux keeps it, and is not counted twice.
 */

import type { Root } from '../report/liveRun';

/** One process at a moment. Times in CPU seconds. */
export interface Process {
  readonly pid: number;
  readonly parent: number;
  /** Since the system's start, in whatever unit: with the number it tells processes apart when numbers are used again. */
  readonly began: number;
  readonly ownS: number;
  /** Of children that have ended and were waited for, and of theirs. */
  readonly waitedS: number;
  /** Its job, as a shell tells them apart; and the job that has the terminal. */
  readonly group?: number;
  readonly foreground?: number;
}

export type ProcessTable = ReadonlyMap<number, Process>;

/** Ticks per second in everything that Linux tells programs, on all its machines (USER_HZ). */
export const TICKS_PER_S = 100;

/** One `/proc/<pid>/stat`. The name stands in parentheses and may hold any character, spaces and parentheses too. */
export function readStat(text: string): Process | undefined {
  const pid = Number.parseInt(text, 10);
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const field = (number: number): number => Number(fields[number - 3]);
  const [parent, began] = [field(4), field(22)];
  const ownS = (field(14) + field(15)) / TICKS_PER_S;
  const waitedS = (field(16) + field(17)) / TICKS_PER_S;
  const whole = [pid, parent, began, ownS, waitedS].every(value => Number.isFinite(value) && value >= 0);
  return whole ? { pid, parent, began, ownS, waitedS, group: field(5), foreground: field(8) } : undefined;
}

interface Followed {
  process: Process;
  /** Undefined: not of a run, but its account matters to one. */
  run: string | undefined;
}

export class ProcessTimes {
  readonly #followed = new Map<number, Followed>();
  readonly #runs = new Map<string, { readonly root: number; cpuS: number; alive: boolean }>();

  /** `marked` knows processes by another sign than their ancestors: their run's name in their environment. */
  constructor(readonly marked: (process: Process) => string | undefined = () => undefined) {}

  /** False where there is no such process (any more). The table must be a whole one. */
  begin(run: string, { pid, kind }: Root, table: ProcessTable): boolean {
    const root = table.get(pid);
    if (root === undefined) return false;
    // Up to now all of it belongs to whoever had it.
    this.take(table, true);
    this.#runs.set(run, { root: pid, cpuS: 0, alive: true });
    // What the root used before this run is not its; a process that has just been started had nothing before.
    const parent = table.get(root.parent);
    if (parent !== undefined && !this.#followed.has(parent.pid))
      this.#followed.set(parent.pid, { process: parent, run: undefined });
    for (const process of table.values()) {
      if (process.pid === pid) this.#followed.set(pid, { process, run });
      else if (isBelow(process, pid, table))
        this.#join(process, kind === 'shell' && !hasTerminal(process, root) ? undefined : run, kind);
    }
    return true;
  }

  /**
   * Every table holds each process of `pids()` that still lives. In one that is not complete others are not looked for;
   * one that is may hold but some of them, with their parents.
   */
  take(table: ProcessTable, complete: boolean): void {
    const lost = new Map<number, Followed>();
    const waited = new Map<number, number>();
    for (const [pid, followed] of this.#followed) {
      const now = table.get(pid);
      if (now?.began !== followed.process.began) {
        lost.set(pid, followed);
        continue;
      }
      this.#book(followed.run, now.ownS - followed.process.ownS);
      waited.set(pid, now.waitedS - followed.process.waitedS);
      followed.process = now;
    }
    for (const pid of lost.keys()) this.#followed.delete(pid);
    this.#settle(lost, waited);
    if (complete) this.#discover(table);
    for (const [run, { root }] of this.#runs) if (!this.#isFollowed(root, run)) this.#markOver(run);
  }

  /** A command may have been started before it was told of; then all that it has used is its. */
  #join(process: Process, run: string | undefined, kind: Root['kind']): void {
    this.#followed.set(process.pid, { process, run });
    if (kind === 'shell') this.#book(run, process.ownS + process.waitedS);
  }

  /** CPU seconds since the run's begin, as of the last table; undefined of no run. */
  of(run: string): number | undefined {
    return this.#runs.get(run)?.cpuS;
  }

  /** Whether its first process still lives. */
  isAlive(run: string): boolean {
    return this.#runs.get(run)?.alive ?? false;
  }

  /** What a table must hold for the next `take`. */
  pids(): readonly number[] {
    return [...this.#followed.keys()];
  }

  pidsOf(run: string): readonly number[] {
    return [...this.#followed].filter(([, followed]) => followed.run === run).map(([pid]) => pid);
  }

  /** What is left of it belongs to nobody. */
  end(run: string): void {
    this.#runs.delete(run);
    for (const followed of this.#followed.values()) if (followed.run === run) followed.run = undefined;
    if (this.#runs.size === 0) this.#followed.clear();
  }

  #isFollowed(pid: number, run: string): boolean {
    return this.#followed.get(pid)?.run === run;
  }

  #markOver(run: string): void {
    const known = this.#runs.get(run);
    if (known !== undefined) known.alive = false;
  }

  #book(run: string | undefined, cpuS: number): void {
    const known = run === undefined ? undefined : this.#runs.get(run);
    if (known !== undefined) known.cpuS += Math.max(0, cpuS);
  }

  /**
   * Whoever waited for processes that ended was told all of their time; what had been seen of it is booked already. The
   * rest, of their last moments and of short-lived children, is of the run that they belonged to.
   */
  #settle(lost: ReadonlyMap<number, Followed>, waited: ReadonlyMap<number, number>): void {
    const seen = new Map<number, { sum: number; runs: Set<string> }>();
    for (const { process, run } of lost.values()) {
      const heir = ancestorOf(process, lost, waited);
      if (heir === undefined) continue;
      const known = seen.get(heir) ?? { sum: 0, runs: new Set() };
      known.sum += process.ownS + process.waitedS;
      if (run !== undefined) known.runs.add(run);
      seen.set(heir, known);
    }
    for (const [pid, all] of waited) {
      const { sum = 0, runs = new Set<string>() } = seen.get(pid) ?? {};
      const [of, ...others] = runs;
      const own = this.#followed.get(pid)?.run;
      // Of several runs that ended at once under one parent nobody can tell whose last moments these were.
      this.#book(others.length === 0 ? (of ?? own) : own, all - sum);
    }
  }

  /** New processes belong to the run of the nearest ancestor that is followed, with all that they have used. */
  #discover(table: ProcessTable): void {
    const fresh: Followed[] = [];
    for (const process of table.values()) {
      if (this.#followed.has(process.pid)) continue;
      const owner = this.#ownerOf(process, table);
      if (owner !== undefined) fresh.push({ process, run: owner });
    }
    for (const followed of fresh) {
      this.#followed.set(followed.process.pid, followed);
      this.#book(followed.run, followed.process.ownS + followed.process.waitedS);
    }
  }

  #ownerOf(process: Process, table: ProcessTable): string | undefined {
    for (let at = table.get(process.parent), steps = 0; at !== undefined && steps < DEEPEST; steps++) {
      const known = this.#followed.get(at.pid);
      if (known !== undefined) return known.run;
      at = table.get(at.parent);
    }
    const run = this.marked(process);
    return run !== undefined && this.#runs.has(run) ? run : undefined;
  }
}

/** A loop in a table that was read while processes came and went must not be followed for ever. */
const DEEPEST = 1000;

/** Whether it is of the job that the shell has given the terminal to: the others are earlier ones. */
const hasTerminal = ({ group }: Process, shell: Process): boolean =>
  group !== undefined && group === shell.foreground && group !== shell.group;

function isBelow(process: Process, pid: number, table: ProcessTable): boolean {
  for (let at: Process | undefined = process, steps = 0; at !== undefined && steps < DEEPEST; steps++) {
    if (at.parent === pid) return true;
    at = table.get(at.parent);
  }
  return false;
}

/** The nearest one that still lives. */
function ancestorOf(
  { parent }: Process,
  lost: ReadonlyMap<number, Followed>,
  living: ReadonlyMap<number, unknown>,
): number | undefined {
  for (let at = parent, steps = 0; steps < DEEPEST; steps++) {
    if (living.has(at)) return at;
    const next = lost.get(at)?.process.parent;
    if (next === undefined) return undefined;
    at = next;
  }
  return undefined;
}
