/** A machine of a test: its time, its meter and its processes are moved by hand. */
import { figure } from '../../src/base/figure';
import { seconds } from '../../src/base/units';
import type { DomainSnapshot, MeterSnapshot } from '../../src/report/meter';
import type { Process } from '../../src/runs/processes';
import { RunRecorder, type ProcessSource } from '../../src/services/runs/recorder';

const exact = (value: number) => figure(value, value, value, 'measured', 'a sensor');

export class RunMachine {
  now = 100;
  busyS = 50;
  readonly processes = new Map<number, Process>();
  readonly energies = new Map<string, number>([['cpu-package', 0]]);
  method: DomainSnapshot['method'] = 'counter';
  sensor = 'rapl';
  /** Process ids on GPUs, where their driver tells them. */
  readonly users = new Map<string, readonly number[]>();
  readonly recorder: RunRecorder;

  constructor(source: Partial<ProcessSource> = {}, ownIds = false) {
    this.add(1, 0);
    this.recorder = new RunRecorder({
      processes: {
        all: () => new Map(this.processes),
        some: () => new Map(this.processes),
        busyS: () => this.busyS,
        ...source,
      },
      clock: { now: () => seconds(this.now) },
      threads: 4,
      ownIds,
    });
  }

  add(pid: number, parent: number): void {
    this.processes.set(pid, { pid, parent, began: this.now, ownS: 0, waitedS: 0 });
  }

  /** As a process that is waited for at once. */
  remove(pid: number): void {
    const gone = this.processes.get(pid);
    const parent = this.processes.get(gone?.parent ?? -1);
    if (gone && parent)
      this.processes.set(parent.pid, { ...parent, waitedS: parent.waitedS + gone.ownS + gone.waitedS });
    this.processes.delete(pid);
  }

  snapshot = (): MeterSnapshot => ({
    seconds: this.now,
    powerW: null,
    energyJ: null,
    domains: [...this.energies].map(([domain, joules]) => ({
      domain,
      sensor: this.sensor,
      method: this.method,
      counted: true,
      powerW: null,
      energyJ: exact(joules),
      seconds: this.now,
      users: this.users.get(domain) ?? null,
    })),
    sensors: [],
    gaps: [],
  });

  meter(): void {
    this.recorder.use({ read: this.snapshot });
  }

  /** Processes use CPU time by their number, others so much more, and each domain draws a power. */
  pass(time: number, used: Readonly<Record<number, number>>, watts: number, othersS = 0): void {
    this.now += time;
    this.busyS += othersS;
    for (const [pid, cpuS] of Object.entries(used)) {
      const process = this.processes.get(Number(pid));
      if (process) this.processes.set(process.pid, { ...process, ownS: process.ownS + cpuS });
      this.busyS += cpuS;
    }
    for (const [domain, joules] of this.energies) this.energies.set(domain, joules + watts * time);
  }

  tick(): void {
    this.recorder.take(this.snapshot());
  }

  begin(id: string, pid: number | null): void {
    const root = pid === null ? null : ({ pid, kind: 'process' } as const);
    this.recorder.begin({ id, root, grid: { region: 'DEU', intensity: exact(400) as never }, pue: null });
  }
}
