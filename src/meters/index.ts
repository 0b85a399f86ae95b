/** Every sensor there is, in the order in which equals are preferred. A new one is added here and nowhere else. */
import { createAmdGpu } from './amdgpu';
import { createAppleSystem, createMacmon } from './apple';
import { createBattery } from './battery';
import { createBoard } from './board';
import { createIntelGpu } from './intelgpu';
import type { Sensor } from './meter';
import { createModel } from './model';
import { createNvidia } from './nvidia';
import { createRapl } from './rapl';
import { createEnergyMeter, createWindowsBattery } from './windows';
import type { World } from './world';

/** Those of other systems are left out: that a Mac's sensor is absent on Linux helps nobody. */
export const createSensors = (world: World): readonly Sensor[] => [
  ...(SYSTEMS[world.platform] ?? []).map(create => create(world)),
  createNvidia(world),
  ...(world.platform === 'linux' ? [createAmdGpu(world), createIntelGpu(world), createBattery(world)] : []),
  createModel(world),
];

const SYSTEMS: Readonly<Partial<Record<World['platform'], readonly ((world: World) => Sensor)[]>>> = {
  linux: [createRapl, createBoard],
  darwin: [createMacmon, createAppleSystem],
  win32: [createEnergyMeter, createWindowsBattery],
};
