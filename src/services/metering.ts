/**
 * Use case: ask every sensor what it covers, read the chosen ones at an interval, and tell a snapshot each time. One
 * meter serves every listener. Runs in a worker thread for the editor (sensors may block), in-process for commands.
 */
import type { Disposable } from '../base/store';
import { Store } from '../base/store';
import { text } from '../base/text';
import type { Seconds } from '../base/units';
import { seconds } from '../base/units';
import { choose } from '../meters/choose';
import { createSensors } from '../meters/index';
import { notFound, type Probe, type Sensor } from '../meters/meter';
import { Session } from '../meters/session';
import type { World } from '../meters/world';
import type { MeterSnapshot, SensorSnapshot } from '../report/meter';

export type MeterListener = (snapshot: MeterSnapshot) => void;

export interface Metering extends Disposable {
  /** The present state, read now: for the energy between two moments. */
  read(): MeterSnapshot;
  /** Called after each interval. */
  onSnapshot(listener: MeterListener): Disposable;
}

export interface MeteringOptions {
  readonly interval?: Seconds;
  /** How the interval is kept; a test passes its own. */
  readonly every?: (interval: Seconds, call: () => void) => Disposable;
  readonly sensors?: readonly Sensor[];
}

/** Begins to measure. The caller owns the meter; disposing of it ends every program that it started. */
export async function startMetering(
  world: World,
  { interval = seconds(1), every = ticking, sensors = createSensors(world) }: MeteringOptions = {},
): Promise<Metering> {
  const answers = await Promise.all(
    sensors.map(async (sensor): Promise<[string, Probe]> => [sensor.id, await probed(sensor)]),
  );
  const meter = new Meter(new Session(world.clocks, interval), sensors, new Map(answers));
  meter.keep(every(interval, () => meter.tick()));
  return meter;
}

/** A sensor that fails where it should answer is one sensor less, and no end of the others. */
async function probed(sensor: Sensor): Promise<Probe> {
  try {
    return await sensor.probe();
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return notFound('unreliable', text('asking it failed: {0}', detail), text('please report it'));
  }
}

class Meter implements Metering {
  readonly #store = new Store();
  readonly #listeners = new Set<MeterListener>();
  /** Sensors that are being asked again. */
  readonly #asked = new Set<string>();

  constructor(
    readonly session: Session,
    readonly sensors: readonly Sensor[],
    readonly probes: Map<string, Probe>,
  ) {
    this.#store.add(session);
    this.#choose();
  }

  keep(timer: Disposable): void {
    this.#store.add(timer);
  }

  read(): MeterSnapshot {
    this.session.sample();
    return this.#snapshot();
  }

  onSnapshot(listener: MeterListener): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  tick(): void {
    for (const sensor of this.sensors) void this.#askAgain(sensor);
    const snapshot = this.read();
    for (const listener of [...this.#listeners]) listener(snapshot);
  }

  dispose(): void {
    this.#listeners.clear();
    this.#store.dispose();
  }

  /** A GPU that slept is asked again once something has woken it, a battery when its charger comes or goes. */
  async #askAgain(sensor: Sensor): Promise<void> {
    if (this.#asked.has(sensor.id) || sensor.stirred?.() !== true) return;
    this.#asked.add(sensor.id);
    const answer = await probed(sensor);
    this.#asked.delete(sensor.id);
    if (this.#store.isDisposed) return;
    this.probes.set(sensor.id, answer);
    this.#choose();
  }

  #choose(): void {
    const answers = this.sensors.flatMap(({ id }) => {
      const probe = this.probes.get(id);
      return probe === undefined ? [] : [{ id, probe }];
    });
    this.session.adopt(choose(answers), this.sensors);
  }

  #snapshot(): MeterSnapshot {
    const { seconds: time, power, energy, parts, gaps } = this.session.state();
    return {
      seconds: time,
      powerW: power ?? null,
      energyJ: energy ?? null,
      domains: parts.map(
        ({ domain, sensor, method, counted, power: partPower, energy: partEnergy, seconds: told, users }) => ({
          domain,
          sensor,
          method,
          counted,
          powerW: partPower ?? null,
          energyJ: partEnergy ?? null,
          seconds: told,
          users,
        }),
      ),
      sensors: [...this.probes].map(sensorSnapshot),
      gaps,
    };
  }
}

function sensorSnapshot([id, probe]: readonly [string, Probe]): SensorSnapshot {
  return probe.ok
    ? { id, status: 'ok', covers: probe.covers, method: probe.method, reasons: probe.remarks, remedy: null }
    : {
        id,
        status: probe.reason,
        covers: [],
        method: 'none',
        reasons: [probe.explanation],
        remedy: probe.remedy ?? null,
      };
}

function ticking(interval: Seconds, call: () => void): Disposable {
  const timer = setInterval(call, 1000 * interval);
  return { dispose: () => clearInterval(timer) };
}
