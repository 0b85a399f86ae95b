/**
 * What is left where no sensor covers processor or memory: rated power and the share of time that the processor was
 * busy; watts per gigabyte or module for memory. Knows nothing of clocks or instructions, so its ranges are wide.
 */
import type { Figure } from '../base/figure';
import { figure, mapFigure, weaker } from '../base/figure';
import type { Text } from '../base/text';
import { text } from '../base/text';
import type { Joules, Seconds, Watts } from '../base/units';
import { energyOf, joules, watts } from '../base/units';
import { IDLE_SHARE, MEMORY_POWER_PER_GB, MEMORY_POWER_PER_MODULE } from '../data/constants';
import {
  CLOUD_THREAD_POWER,
  findProcessor,
  findProcessorClass,
  genericPackagePower,
  packagePowerOf,
} from '../data/processors';
import { environmentOf } from './environment';
import type { Domain, Reading, Running, Sensor } from './meter';
import { found } from './meter';
import type { CpuTimes, Identity, World } from './world';

export type ModelWorld = Pick<World, 'platform' | 'files' | 'identify' | 'cpuTimes'>;

export function createModel(world: ModelWorld): Sensor {
  let models: Models | undefined;
  return {
    id: 'model',
    probe: async () => {
      const identity = await world.identify();
      // WSL sees the laptop's whole processor, although it runs in a virtual machine.
      const virtual = identity.virtual && environmentOf(world) !== 'wsl';
      models = { processor: processorModel({ ...identity, virtual }), memory: memoryModel(identity) };
      const covers: Domain[] = models.memory === undefined ? ['cpu-package'] : ['cpu-package', 'dram'];
      const remarks = [models.processor.remark];
      if (models.memory === undefined) remarks.push(text('the size of the memory is not known'));
      return found(covers, 'model', remarks);
    },
    start: () => new ModelRunning(world, models),
  };
}

interface Models {
  readonly processor: ProcessorModel;
  readonly memory: Figure<Watts> | undefined;
}

/** Power of all processors at rest and under full load; linear in between. */
export interface ProcessorModel {
  readonly idle: Figure<Watts>;
  readonly full: Figure<Watts>;
  readonly source: string;
  /** That it is modelled, and on what it rests. */
  readonly remark: Text;
}

/** From an exact row of the table, a family, or nothing but the number of cores. A virtual machine owns a share. */
export function processorModel(identity: Identity): ProcessorModel {
  const name = identity.processor ?? '';
  const row = findProcessor(name);
  if (identity.virtual) {
    // Two hardware threads a core, as servers have them.
    if (row !== undefined) return shareOf(row.name, packagePowerOf(row), identity.threads / (2 * row.cores));
    return cloudThreads(identity.threads);
  }
  const sockets = Math.max(1, identity.sockets ?? 1);
  if (row !== undefined) return packagesOf(row.name, packagePowerOf(row), sockets);
  const family = findProcessorClass(name);
  if (family !== undefined) return packagesOf(family.name, family.power, sockets);
  const cores = Math.round(identity.cores ?? Math.max(1, identity.threads / 2));
  const rated = genericPackagePower(cores, identity.laptop);
  const remark = text('modelled, not measured: an unknown processor of {0} cores', cores);
  return fromRated(rated, `model: unknown processor of ${cores} cores, ${rated.source}`, remark);
}

function packagesOf(name: string, power: Figure<Watts>, count: number): ProcessorModel {
  const rated = times(power, count);
  const remark = text('modelled, not measured: {0} × {1}, {2} W at full load', count, name, rated.value.toPrecision(3));
  return fromRated(rated, `model: ${count} × ${name}, ${power.source}`, remark);
}

function shareOf(name: string, power: Figure<Watts>, share: number): ProcessorModel {
  const rated = times(power, share);
  const remark = text('modelled, not measured: a share of {0}, {1} W at full load', name, rated.value.toPrecision(3));
  return fromRated(rated, `model: ${share.toPrecision(2)} of ${name}, ${power.source}`, remark);
}

function cloudThreads(threads: number): ProcessorModel {
  return {
    idle: times(CLOUD_THREAD_POWER.idle, threads),
    full: times(CLOUD_THREAD_POWER.full, threads),
    source: `model: ${threads} hardware threads, ${CLOUD_THREAD_POWER.full.source}`,
    remark: text('modelled, not measured: {0} hardware threads of an average cloud server', threads),
  };
}

function fromRated(full: Figure<Watts>, source: string, remark: Text): ProcessorModel {
  const idle = {
    ...full,
    value: watts(full.value * IDLE_SHARE.value),
    low: watts(full.low * IDLE_SHARE.low),
    high: watts(full.high * IDLE_SHARE.high),
  };
  return { full, idle, source, remark };
}

const times = (power: Figure<Watts>, count: number): Figure<Watts> => mapFigure(power, value => watts(value * count));

/** Power of the memory, whatever its load; undefined where its size is not known. */
export function memoryModel({ memory, modules, laptop }: Identity): Figure<Watts> | undefined {
  if (modules !== undefined && modules > 0 && !laptop) {
    return {
      ...times(MEMORY_POWER_PER_MODULE, modules),
      source: `model: ${modules} memory modules, ${MEMORY_POWER_PER_MODULE.source}`,
    };
  }
  if (memory === undefined) return undefined;
  const gigabytes = memory / 1e9;
  return {
    ...times(MEMORY_POWER_PER_GB, gigabytes),
    source: `model: ${gigabytes.toFixed(1)} GB of memory, ${MEMORY_POWER_PER_GB.source}`,
  };
}

/** Power at a load between 0 and 1; at an unknown load anything between rest and full load. */
export function powerAt({ idle, full, source }: ProcessorModel, load: number | undefined): Figure<Watts> {
  if (load === undefined) return figure(watts((idle.value + full.value) / 2), idle.low, full.high, 'assumed', source);
  const at = (end: 'value' | 'low' | 'high'): Watts => watts(idle[end] + (full[end] - idle[end]) * load);
  return figure(at('value'), at('low'), at('high'), weaker(idle.basis, full.basis), source);
}

class ModelRunning implements Running {
  #last: CpuTimes | undefined;
  #busy: number | undefined;

  constructor(
    readonly world: ModelWorld,
    readonly models: Models | undefined,
  ) {
    this.#last = world.cpuTimes();
  }

  sample(elapsed: Seconds): readonly Reading[] {
    if (this.models === undefined) return [];
    const { processor, memory } = this.models;
    const readings: Reading[] = [{ domain: 'cpu-package', energy: over(powerAt(processor, this.#load()), elapsed) }];
    if (memory !== undefined) readings.push({ domain: 'dram', energy: over(memory, elapsed) });
    return readings;
  }

  trouble(): Text | undefined {
    return undefined;
  }

  dispose(): void {
    // Nothing is held.
  }

  /** Busy share of all hardware threads since the last call; the last known one where the span was too short for a tick. */
  #load(): number | undefined {
    const now = this.world.cpuTimes();
    const before = this.#last;
    if (now === undefined || before === undefined) {
      this.#last = now;
      return undefined;
    }
    const total = now.total - before.total;
    if (total <= 0) return this.#busy;
    this.#last = now;
    // The kernel's idle times are known to step back a little.
    this.#busy = Math.min(1, Math.max(0, (now.busy - before.busy) / total));
    return this.#busy;
  }
}

const over = (power: Figure<Watts>, time: Seconds): Figure<Joules> =>
  mapFigure(power, value => joules(energyOf(value, time)));
