/** CPU time and GPUs of one run's processes, from /proc and the announcements of other recorders. */
import type { Announcement } from './announce';
import type { Process } from '../../runs/processes';
import { ProcessTimes } from '../../runs/processes';
import { nestedIn } from '../../runs/nesting';
import { MARK, marksOf } from '../marks';
import { nodeSysFiles } from './sysfs';
import { procSource } from './processes';
import type { ProcessSource } from '../runs/recorder';

export class RunProcesses {
  readonly #times: ProcessTimes;
  readonly #nested = new Map<string, number>();
  readonly #strangers = new Map<number, number>();
  #waitedBefore = 0;
  #waited = 0;
  #beforeS = 0;
  #innerPids: ReadonlySet<number> = new Set();
  #began = false;
  #allAt = -Infinity;
  #allCostMs = 0;

  /** `starter` does nothing but wait for the run. */
  constructor(
    readonly id: string,
    readonly starter: number,
    readonly others: () => readonly Announcement[],
    readonly source: ProcessSource = procSource(),
  ) {
    this.#times = new ProcessTimes(process => (this.#isMarked(process) ? id : undefined));
    this.#waitedBefore = source.some([starter]).get(starter)?.waitedS ?? 0;
  }

  begin(root: number): void {
    const table = this.source.all();
    if (table === undefined) return;
    this.#began = this.#times.begin(this.id, { pid: root, kind: 'process' }, table);
    // It was started for this run, so that what it has used by now is the run's as well.
    const used = this.#times.pidsOf(this.id).flatMap(pid => table.get(pid) ?? []);
    this.#beforeS = used.reduce((sum, { ownS, waitedS }) => sum + ownS + waitedS, 0);
  }

  /** CPU seconds up to now: with runs within this one, and without them. Null where nothing is told. */
  look(): { readonly treeS: number; readonly ownS: number } | null {
    const now = performance.now();
    // A whole table costs a read per process of the machine: a hundredth of the time at most.
    const whole = now - this.#allAt >= Math.max(500, 100 * this.#allCostMs);
    const table = whole ? this.source.all() : this.source.some(this.#times.pids());
    if (table === undefined) return null;
    this.#times.take(table, whole);
    if (whole) {
      this.#allAt = now;
      this.#allCostMs = performance.now() - now;
    }
    const starter = (table.get(this.starter) ?? this.source.some([this.starter]).get(this.starter))?.waitedS;
    this.#waited = Math.max(this.#waited, (starter ?? 0) - this.#waitedBefore);
    // Of a run that was over before anybody looked, its starter was told all.
    const treeS = Math.max(this.#beforeS + (this.#times.of(this.id) ?? 0), this.#waited);
    const inner = nestedIn(this.id, this.pids, this.others());
    for (const { id, cpuS } of inner) this.#nested.set(id, Math.max(this.#nested.get(id) ?? 0, cpuS));
    this.#innerPids = new Set(inner.flatMap(({ pids }) => pids));
    const within = [...this.#nested.values()].reduce((sum, seconds) => sum + seconds, 0);
    return { treeS, ownS: Math.max(0, treeS - within) };
  }

  /** Its processes that live, as of the last look. */
  get pids(): readonly number[] {
    return this.#began ? this.#times.pidsOf(this.id) : [];
  }

  get ownPids(): ReadonlySet<number> {
    return new Set(this.pids.filter(pid => !this.#innerPids.has(pid)));
  }

  /** Those of them that have not merely been left by a parent that does not ask for them. */
  get living(): number {
    return this.pids.filter(pid => {
      const answer = nodeSysFiles.read(`/proc/${pid}/stat`);
      return answer.ok && !/^[ZX]/.test(answer.text.slice(answer.text.lastIndexOf(')') + 2));
    }).length;
  }

  /** Once for each process: what the environment was at its start stays. */
  #isMarked({ pid, began }: Process): boolean {
    if (this.#strangers.get(pid) === began) return false;
    const environment = nodeSysFiles.read(`/proc/${pid}/environ`);
    const variable = environment.ok ? environment.text.split('\0').find(entry => entry.startsWith(`${MARK}=`)) : '';
    if (marksOf(variable?.slice(MARK.length + 1)).includes(this.id)) return true;
    if (this.#strangers.size > MOST_STRANGERS) this.#strangers.clear();
    this.#strangers.set(pid, began);
    return false;
  }
}

const MOST_STRANGERS = 20_000;
