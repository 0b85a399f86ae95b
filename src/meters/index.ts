/** Every sensor there is, in the order in which equals are preferred. A new one is added here and nowhere else. */
import type { Sensor } from './meter';
import { createModel } from './model';
import { createNvidia } from './nvidia';
import { createRapl } from './rapl';
import type { World } from './world';

export const createSensors = (world: World): readonly Sensor[] => [
  createRapl(world),
  createNvidia(world),
  createModel(world),
];
