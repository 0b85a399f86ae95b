/**
 * Use case: record one run. At each look the meter's reading and the CPU time of the run's processes become a span of
 * the attribution; runs within this run keep their own time. The account can be asked for at any moment.
 */
import type { Figure } from '../../base/figure';
import { combine } from '../../base/figure';
import { text } from '../../base/text';
import type { GramsPerKWh } from '../../base/units';
import { carbonOf, gramsPerKWh, joules } from '../../base/units';
import type { MeterSnapshot } from '../../report/meter';
import type { CoverageReport } from '../../report/profile';
import type { RecordedEnergy, RecordedProgress } from '../../report/run';
import type { RunEnergy, Span } from '../../runs/attribution';
import { Attribution } from '../../runs/attribution';
import { Forecaster } from '../../runs/forecast';
import type { Presence } from '../../runs/gpuUsers';
import { presenceOn } from '../../runs/gpuUsers';
import type { Progress } from '../../runs/progress';
import { domainsBetween, untold } from './spans';

/** What is known of the run's processes at a moment. */
export interface Usage {
  /** CPU seconds since its begin, those of runs within it left out; null where they cannot be told. */
  readonly cpuS: number | null;
  /** CPU seconds of all programs since some moment; null where the system does not tell. */
  readonly busyS: number | null;
  /** Its processes, those of runs within it left out. */
  readonly pids: ReadonlySet<number>;
}

export interface RecordingOptions {
  /** The machine, or what of it was reserved, is this run's alone. */
  readonly exclusive: boolean;
  /** GPU domains that it may use; undefined: all. */
  readonly visible: readonly string[] | undefined;
  /** Whether process ids here may differ from those that a driver tells. */
  readonly ownIds: boolean;
  readonly exists: (pid: number) => boolean;
  readonly pue: Figure | null;
  readonly intensity: Figure<GramsPerKWh>;
  /** Least power that was seen of a domain when nothing ran; null where it was never seen idle. */
  readonly idleOf: (domain: string, sensor: string) => Figure | null;
}

export interface Look {
  /** Seconds since the run's begin. */
  readonly atS: number;
  readonly snapshot: MeterSnapshot;
  readonly usage: Usage;
}

const RUN = 'run';

export class Recording {
  readonly #attribution = new Attribution();
  readonly #forecaster = new Forecaster();
  readonly #forecasts: RecordedProgress['forecasts'][number][] = [];
  #progress: Progress | undefined;
  #last: Look | undefined;
  #coverage: readonly CoverageReport[] = [];

  constructor(readonly options: RecordingOptions) {}

  /** `endedAtS`: when the run ended, if it did since the last look. */
  look(look: Look, endedAtS = Infinity): void {
    const last = this.#last;
    this.#last = look;
    if (last === undefined) this.#missBeginning(look, endedAtS);
    else this.#addSpan(last, look, endedAtS);
    this.#coverage = coverageOf(look.snapshot, this.#coverage);
    this.#note(look.atS);
  }

  /** Takes what the output told. */
  progressed(progress: Progress): void {
    this.#progress = progress;
  }

  energy(): RecordedEnergy {
    const { seconds: _seconds, ...energy }: RunEnergy = this.#attribution.of(RUN, this.options.pue);
    return energy;
  }

  carbon(): Figure | null {
    const { attributedJ } = this.energy();
    return attributedJ && combine(attributedJ, this.options.intensity, (energy, grid) => carbonOf(joules(energy), gramsPerKWh(grid))); // prettier-ignore
  }

  get coverage(): readonly CoverageReport[] {
    return this.#coverage;
  }

  progress(atS: number): RecordedProgress | null {
    if (this.#progress === undefined) return null;
    const { joulesPerEpoch, joulesPerStep } = this.#forecast(atS);
    const epochs = this.#progress.epochs?.done.low ?? null;
    return { epochs, joulesPerEpoch, joulesPerStep, forecasts: this.#forecasts };
  }

  /** What was drawn before the meter had started cannot be told any more. */
  #missBeginning({ atS, snapshot }: Look, endedAtS: number): void {
    const livedS = Math.max(0, Math.min(atS, endedAtS));
    if (livedS <= 0) return;
    const domains = untold(snapshot, text('the meter had not begun, or had to begin again'), { idleW: () => null, others: () => null }); // prettier-ignore
    this.#attribution.add({ seconds: atS, busyS: null, runs: [{ id: RUN, livedS, cpuS: null, gpus: null }], domains });
  }

  #addSpan(last: Look, look: Look, endedAtS: number): void {
    const seconds = look.snapshot.seconds - last.snapshot.seconds;
    if (seconds <= 0) return;
    const livedS = Math.min(seconds, Math.max(0, endedAtS - last.atS));
    const presence = this.#presence(look);
    const { idleOf, exclusive } = this.options;
    const domains = domainsBetween(last.snapshot, look.snapshot, {
      idleW: domain => idleOf(domain, look.snapshot.domains.find(other => other.domain === domain)?.sensor ?? ''),
      others: domain => (exclusive ? 0 : (presence.others.get(domain) ?? null)),
    });
    const gpus = presence.runs.get(RUN) ?? null;
    this.#attribution.add({ seconds, ...this.#load(last.usage, look.usage, livedS, gpus), domains });
  }

  #presence({ snapshot, usage }: Look): Presence {
    const { exclusive, visible, ownIds, exists } = this.options;
    const gpus = snapshot.domains.filter(({ domain, counted }) => counted && domain.startsWith('gpu:'));
    if (!exclusive)
      return presenceOn(new Map(gpus.map(({ domain, users }) => [domain, users ?? null])), [{ id: RUN, pids: usage.pids }], { ownIds, exists }); // prettier-ignore
    const own = gpus.map(({ domain }) => domain).filter(domain => visible?.includes(domain) ?? true);
    return { runs: new Map([[RUN, own]]), others: new Map() };
  }

  #load(
    before: Usage,
    { cpuS, busyS }: Usage,
    livedS: number,
    gpus: readonly string[] | null,
  ): Pick<Span, 'busyS' | 'runs'> {
    // prettier-ignore
    const usedS = cpuS === null || before.cpuS === null ? null : Math.max(0, cpuS - before.cpuS);
    const allS = busyS === null || before.busyS === null ? null : Math.max(0, busyS - before.busyS);
    if (!this.options.exclusive) return { busyS: allS, runs: [{ id: RUN, livedS, cpuS: usedS, gpus }] };
    // Nobody else may work here, and what the system does meanwhile it does for this run.
    return { busyS: 0, runs: [{ id: RUN, livedS, cpuS: Math.max(usedS ?? 0, LEAST), gpus }] };
  }

  #note(atS: number): void {
    const progress = this.#progress;
    if (progress === undefined) return;
    const { attributedJ } = this.energy();
    this.#forecaster.note(atS, attributedJ, progress);
    const done = progress.fraction;
    const next = MILESTONES[this.#forecasts.length];
    if (done === null || next === undefined || done.low < next) return;
    const { durationS, energyJ, carbonG, reason } = this.#forecast(atS);
    if (reason === null) this.#forecasts.push({ atS, durationS, energyJ, carbonG });
  }

  #forecast(atS: number): ReturnType<Forecaster['forecast']> {
    return this.#forecaster.forecast(atS, this.energy().attributedJ, this.options.intensity);
  }
}

/** Parts of the whole at which a forecast is kept, to be held against what came. */
const MILESTONES = [0.1, 0.25, 0.5];

/** Too little to change a sum, and more than nothing, which would have no share. */
const LEAST = 1e-9;

function coverageOf({ domains }: MeterSnapshot, known: readonly CoverageReport[]): readonly CoverageReport[] {
  const now = domains.filter(({ counted, energyJ }) => counted && energyJ !== null);
  const fresh = now.filter(({ domain, sensor }) => !known.some(old => old.domain === domain && old.sensor === sensor));
  return [...known, ...fresh.map(({ domain, sensor, method }) => ({ domain, sensor, method }))];
}
