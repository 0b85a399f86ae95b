/** Constants of estimates that are not hardware: each with its source, so that an assumption can be shown and changed. */
import type { Basis, Figure } from '../base/figure';
import { figure } from '../base/figure';
import type { GramsCO2e, Watts } from '../base/units';
import { gramsCO2e, watts } from '../base/units';

export interface Sourced<Q extends number = number> extends Figure<Q> {
  readonly read: string;
}

const READ = '2026-11-23';

const sourced = <Q extends number>(
  value: Q,
  low: Q,
  high: Q,
  source: string,
  basis: Basis = 'assumed',
): Sourced<Q> => ({
  ...figure(value, low, high, basis, source),
  read: READ,
});

/** Power usage effectiveness: everything a site draws over what its computers draw. 1 for a machine in a room. */
export const PUE = {
  ownMachine: sourced(1, 1, 1.1, 'no cooling of its own'),
  averageSite: sourced(1.54, 1.1, 2, 'Uptime Institute, Global Data Center Survey 2025'),
  googleCloud: sourced(1.12, 1.05, 1.25, 'Green Algorithms v3, provider table'),
  aws: sourced(1.2, 1.05, 1.4, 'Green Algorithms v3, provider table'),
  azure: sourced(1.12, 1.05, 1.4, 'Green Algorithms v3, provider table'),
} as const;

/** Watts per gigabyte (10⁹ bytes) of installed memory, whatever the load. Cloud Carbon Footprint has 0.392. */
export const MEMORY_POWER_PER_GB: Sourced<Watts> = sourced(
  watts(0.3725),
  watts(0.1),
  watts(0.6),
  '0.3725 W/GB of Green Algorithms (Lannelongue et al. 2021)',
  'modelled',
);

/** Watts per memory module in a desktop or server. */
export const MEMORY_POWER_PER_MODULE: Sourced<Watts> = sourced(
  watts(5),
  watts(1.5),
  watts(8),
  '5 W per module, CodeCarbon methodology',
  'modelled',
);

/** Share of a processor's rated power that it draws when idle; linear in between. */
export const IDLE_SHARE: Sourced = sourced(
  0.15,
  0.05,
  0.4,
  'SPECpower results by way of Cloud Carbon Footprint: 0.74 of 3.5 W for servers; less on laptops',
);

/** For scale only, never for arithmetic. */
export const CAR_PER_KM: Sourced<GramsCO2e> = sourced(
  gramsCO2e(107.5),
  gramsCO2e(95),
  gramsCO2e(251),
  'Carbontracker: average new car in the EU; upper end Green Algorithms: average US car',
);
