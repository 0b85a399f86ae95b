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
      const remarks = [text('modelled, not measured: {0}', models.processor.words)];
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
  /** What it rests on. */
  readonly words: string;
}

/** From an exact row of the table, a family, or nothing but the number of cores. A virtual machine owns a share. */
export function processorModel(identity: Identity): ProcessorModel {
  const name = identity.processor ?? '';
  const row = findProcessor(name);
  if (identity.virtual) {
    // Two hardware threads a core, as servers have them.
    if (row !== undefined)
      return fromRated(packagePowerOf(row), identity.threads / (2 * row.cores), `a share of ${row.name}`);
    const scale = (power: number): Watts => watts(power * identity.threads);
    return {
      idle: mapFigure(CLOUD_THREAD_POWER.idle, scale),
      full: mapFigure(CLOUD_THREAD_POWER.full, scale),
      words: `${identity.threads} × average cloud hardware thread`,
    };
  }
  const sockets = Math.max(1, identity.sockets ?? 1);
  if (row !== undefined) return fromRated(packagePowerOf(row), sockets, row.name);
  const family = findProcessorClass(name);
  if (family !== undefined) return fromRated(family.power, sockets, family.name);
  const cores = identity.cores ?? Math.max(1, identity.threads / 2);
  return fromRated(genericPackagePower(cores, identity.laptop), 1, `unknown processor of ${Math.round(cores)} cores`);
}

function fromRated(rated: Figure<Watts>, count: number, name: string): ProcessorModel {
  const full = mapFigure(rated, power => watts(power * count));
  return {
    full,
    idle: {
      value: watts(full.value * IDLE_SHARE.value),
      low: watts(full.low * IDLE_SHARE.low),
      high: watts(full.high * IDLE_SHARE.high),
      basis: full.basis,
      source: full.source,
    },
    words: `${name}, ${full.value.toPrecision(3)} W at full load`,
  };
}

/** Power of the memory, whatever its load; undefined where its size is not known. */
export function memoryModel({ memory, modules, laptop }: Identity): Figure<Watts> | undefined {
  if (modules !== undefined && modules > 0 && !laptop) {
    const total = mapFigure(MEMORY_POWER_PER_MODULE, power => watts(power * modules));
    return { ...total, source: `model: ${modules} memory modules, ${MEMORY_POWER_PER_MODULE.source}` };
  }
  if (memory === undefined) return undefined;
  const gigabytes = memory / 1e9;
  const total = mapFigure(MEMORY_POWER_PER_GB, power => watts(power * gigabytes));
  return { ...total, source: `model: ${gigabytes.toFixed(1)} GB of memory, ${MEMORY_POWER_PER_GB.source}` };
}

/** Power at a load between 0 and 1; at an unknown load anything between rest and full load. */
export function powerAt({ idle, full, words }: ProcessorModel, load: number | undefined): Figure<Watts> {
  const basis = weaker(idle.basis, full.basis);
  const source = `model: ${words}`;
  if (load === undefined)
    return { ...figure(watts((idle.value + full.value) / 2), idle.low, full.high, 'assumed', source) };
  const between = (low: Watts, high: Watts): Watts => watts(low + (high - low) * load);
  return figure(
    between(idle.value, full.value),
    between(idle.low, full.low),
    between(idle.high, full.high),
    basis,
    source,
  );
}

class ModelRunning implements Running {
  #last: CpuTimes | undefined;

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

  /** Busy share of all hardware threads since the last call. */
  #load(): number | undefined {
    const now = this.world.cpuTimes();
    const before = this.#last;
    this.#last = now;
    if (now === undefined || before === undefined) return undefined;
    const total = now.total - before.total;
    // Too short a span has no ticks, and the kernel's idle times are known to step back a little.
    return total > 0 ? Math.min(1, Math.max(0, (now.busy - before.busy) / total)) : undefined;
  }
}

const over = (power: Figure<Watts>, time: Seconds): Figure<Joules> =>
  mapFigure(power, value => joules(energyOf(value, time)));
