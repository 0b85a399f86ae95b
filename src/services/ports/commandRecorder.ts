/** Records one run on this machine: the meter, its processes, git, the ledger and the announcement, around `Recording`. */
import os from 'node:os';
import { dirname, join } from 'node:path';
import { figure } from '../../base/figure';
import { InputError } from '../../base/findings';
import { text } from '../../base/text';
import { seconds } from '../../base/units';
import type { FromRecorder, RunStart, ToRecorder } from '../../protocol/recorder';
import type { CommitState, RunRecord } from '../../report/run';
import { gridOf } from '../grid';
import type { Metering } from '../metering';
import type { Usage } from '../runs/recording';
import { Recording } from '../runs/recording';
import type { Announcement } from './announce';
import { announce, announcementFolder, announcements, beganOf } from './announce';
import { nodeWait } from './clock';
import { appendEmissions } from './emissions';
import { commitState } from './git';
import { IdlePowers } from './idlePowers';
import { appendEntry, ledgerFile } from './ledger';
import { procSource } from './processes';
import { RunOutput } from './runOutput';
import { nodeSysFiles } from './sysfs';
import { RunProcesses } from './usage';

const EVERY_MS = 1000;
/** What a recorder that is killed loses at most of a long run. */
const SAVE_EVERY_MS = 300_000;
const HEAD_START_MS = 25;
/** What a run leaves behind and sleeps for so long is a service, and no work of the run. */
const IDLE_MS = 60_000;
/** Of CPU time in that while. */
const IDLE_S = 0.5;

export class CommandRecorder {
  readonly #folder: string;
  readonly #grid: ReturnType<typeof gridOf>;
  readonly #recording: Recording;
  readonly #processes: RunProcesses;
  readonly #idle: IdlePowers;
  readonly #commit: Promise<CommitState | null>;
  readonly #pids = procSource();
  #meter: Metering | undefined;
  #timer: NodeJS.Timeout | undefined;
  #beganMs = Date.now();
  #root: number | undefined;
  #exit: { readonly exitCode: number; readonly atMs: number } | undefined;
  readonly #output = new RunOutput();
  #treeS = 0;
  #active = { atMs: 0, treeS: 0 };
  #told = false;
  #savedMs = Date.now();
  #endMs: number | undefined;
  #over = false;

  constructor(
    readonly start: RunStart,
    readonly tell: (message: FromRecorder) => void,
  ) {
    this.#folder = announcementFolder(start.data);
    this.#grid = gridOf(start.region ?? undefined, Intl.DateTimeFormat().resolvedOptions().timeZone);
    this.#idle = new IdlePowers(join(dirname(this.#folder), `idle-${os.hostname().replace(/[^\w.-]/g, '_')}.json`));
    this.#recording = new Recording({
      exclusive: start.exclusive,
      visible: visibleIn(start.visibleGpus),
      ownIds: hasOwnIds(),
      exists: pid => nodeSysFiles.read(`/proc/${pid}/stat`).ok,
      pue: start.pue === null ? null : figure(start.pue, start.pue, start.pue, 'assumed', 'PUE as given'),
      intensity: this.#grid.intensity,
      idleOf: (domain, sensor) => this.#idle.of(domain, sensor),
    });
    this.#processes = new RunProcesses(start.id, start.starter, () => announcements(this.#folder), this.#pids);
    this.#commit = commitState(start.folder).catch(() => null);
    // Loading the meter takes a while in which nothing is heard: a command that is over by then needs none.
    setTimeout(() => {
      if (this.#exit === undefined && !this.#over) void this.#startMeter();
    }, HEAD_START_MS);
  }

  take(message: Exclude<ToRecorder, { kind: 'begin' }>): void {
    if (message.kind === 'output') this.#output.feed(message.stream, message.chunk);
    else if (message.kind === 'file') this.#output.follow(message.stream, message.path, message.size);
    else if (message.kind === 'root') {
      this.#beganMs = message.atMs;
      this.#root = message.pid;
      this.#processes.begin(message.pid);
      this.#look();
    } else {
      this.#exit = message;
      this.#look();
      void this.#ended();
    }
  }

  /** The starter is gone: nobody will tell the exit code. */
  abandoned(): void {
    if (this.#root === undefined) this.#stop();
    else if (!this.#told) this.#told = true;
  }

  /** The machine goes down, or somebody wants this to end. */
  async lose(): Promise<void> {
    if (this.#over || this.#root === undefined) return;
    this.#look();
    await this.#write(this.#exit === undefined ? 'lost' : 'finished');
    this.#stop();
  }

  async #startMeter(): Promise<void> {
    if (this.start.elsewhere === null) {
      const { startMeter } = await import('../../metering/worker');
      const meter = await startMeter();
      if (this.#over) {
        meter.dispose();
        return;
      }
      this.#meter = meter;
      await this.#measureIdle(meter);
    }
    this.tell({ kind: 'ready' });
    this.#look();
    this.#timer = setInterval(() => this.#tick(), EVERY_MS);
    if (this.#root !== undefined && this.#exit === undefined) await this.#write('running');
  }

  async #measureIdle(meter: Metering): Promise<void> {
    if (this.start.idleS <= 0) return;
    const before = meter.read();
    await nodeWait(seconds(this.start.idleS));
    this.#idle.note(before, meter.read());
  }

  #tick(): void {
    if (this.#over) return;
    this.#look();
    if (this.#treeS - this.#active.treeS > IDLE_S) this.#active = { atMs: Date.now(), treeS: this.#treeS };
    if (Date.now() - this.#savedMs > SAVE_EVERY_MS) void this.#write('running');
    if (!this.#told) return;
    // Its starter has been answered or has gone; the last process that does anything ends the run.
    const isIdle = this.#exit !== undefined && Date.now() - Math.max(this.#active.atMs, this.#exit.atMs) > IDLE_MS;
    if (this.#processes.living > 0 && !isIdle) return;
    this.#endMs = this.#processes.living > 0 ? Math.max(this.#active.atMs, this.#exit?.atMs ?? 0) : Date.now();
    void this.#write('finished').then(() => this.#stop());
  }

  #look(): void {
    if (this.#root === undefined || this.start.elsewhere !== null) return;
    const usage = this.#usage();
    this.#announce(false);
    const meter = this.#meter;
    if (meter === undefined) return;
    const progress = this.#output.look();
    if (progress !== undefined) this.#recording.progressed(progress);
    const hasEnded = this.#exit !== undefined && this.#processes.living === 0;
    const endedAtS = hasEnded && !this.#told ? this.#sinceStart(this.#exit?.atMs ?? 0) : Infinity;
    const snapshot = meter.read();
    this.#recording.look({ atS: this.#sinceStart(Date.now()), snapshot, usage }, endedAtS);
  }

  #usage(): Usage {
    const used = this.#processes.look();
    if (used !== null) this.#treeS = used.treeS;
    return {
      cpuS: used?.ownS ?? null,
      busyS: this.#pids.busyS() ?? null,
      pids: this.#processes.ownPids,
    };
  }

  #announce(ended: boolean): void {
    const announcement: Announcement = {
      id: this.start.id,
      parent: this.start.parent,
      pid: process.pid,
      began: beganOf(process.pid),
      starter: this.start.starter,
      cpuS: this.#treeS,
      pids: this.#processes.pids.slice(0, 1000),
      ended,
    };
    announce(this.#folder, announcement);
  }

  async #ended(): Promise<void> {
    const going = this.#processes.living;
    const { record, refusals } = await this.#write(going > 0 ? 'running' : 'finished');
    this.tell({ kind: 'done', record, going, refusals });
    if (going === 0) this.#stop();
    else {
      this.#told = true;
      if (this.#timer === undefined) void this.#startMeter();
    }
  }

  async #write(
    state: RunRecord['state'],
  ): Promise<{ record: RunRecord; refusals: { text: InputError['text']; remedy: InputError['text'] | null }[] }> {
    if (state !== 'running') this.#over = true;
    this.#savedMs = Date.now();
    const record = await this.#record(state);
    const refusals: { text: InputError['text']; remedy: InputError['text'] | null }[] = [];
    const attempt = (write: () => void): void => {
      try {
        write();
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        refusals.push({ text: error.text, remedy: error.remedy ?? null });
      }
    };
    attempt(() => appendEntry(ledgerFile(this.start.data, this.start.job), { run: record }));
    if (state !== 'running') attempt(() => appendEmissions(this.start.emissions, record));
    if (state !== 'running') this.#announce(true);
    return { record, refusals };
  }

  async #record(state: RunRecord['state']): Promise<RunRecord> {
    const { start } = this;
    const endMs = state === 'running' ? null : (this.#endMs ?? this.#exit?.atMs ?? Date.now());
    const durationS = endMs === null ? null : this.#sinceStart(endMs);
    return {
      id: start.id,
      kind: 'run',
      startedAt: new Date(this.#beganMs).toISOString(),
      endedAt: endMs === null ? null : new Date(endMs).toISOString(),
      durationS,
      state,
      command: start.command,
      folder: start.folder,
      exitCode: this.#exit?.exitCode ?? null,
      commit: await this.#commit,
      model: null,
      device: os.cpus()[0]?.model.trim() ?? null,
      host: os.hostname(),
      coverage: this.#recording.coverage,
      energy: this.#energy(),
      latencyS: null,
      region: this.#grid.region,
      intensityGPerKWh: this.#grid.intensity,
      carbonG: this.#recording.carbon(),
      progress: this.#recording.progress(durationS ?? this.#sinceStart(Date.now())),
      job: start.job,
      tool: start.tool,
      notes: start.elsewhere === null ? start.notes : [start.elsewhere, ...start.notes],
    };
  }

  /** A run that was over before the meter had started is one that the sensors could not resolve. */
  #energy(): RunRecord['energy'] {
    const energy = this.#recording.energy();
    if (this.start.elsewhere !== null || this.#recording.coverage.length > 0) return energy;
    return {
      ...energy,
      status: 'unresolved',
      unattributed: [
        {
          domain: 'machine',
          seconds: this.#sinceStart(Date.now()),
          atMostJ: null,
          reason: text('the meter had not begun, or had to begin again'),
        },
      ],
    };
  }

  #sinceStart(ms: number): number {
    return Math.max(0, (ms - this.#beganMs) / 1000);
  }

  #stop(): void {
    this.#over = true;
    clearInterval(this.#timer);
    this.#idle.save();
    this.#meter?.dispose();
    // What else holds the program, such as a probe that hangs, is of no use any more.
    setTimeout(() => process.exit(), 200).unref();
    process.stdin.destroy();
  }
}

/** CUDA's choice where it is one of indices; ids name GPUs that the meter knows by index only. */
const visibleIn = (variable: string | null): readonly string[] | undefined =>
  variable !== null && /^[\d,\s]*$/.test(variable)
    ? variable.split(',').map(index => `gpu:${index.trim()}`)
    : undefined;

/** The first process of a container is the container's program; a machine's is its system's. */
function hasOwnIds(): boolean {
  const first = nodeSysFiles.read('/proc/1/comm');
  return !first.ok || !/^(systemd|init|launchd|runit|openrc.*)$/.test(first.text.trim());
}
