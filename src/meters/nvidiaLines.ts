/** What `nvidia-smi --query-gpu` writes, one line per GPU and moment. Values that a GPU does not tell stay undefined. */
import type { Seconds, Watts } from '../base/units';
import { seconds, watts } from '../base/units';
import type { Board } from './boardLine';

/** Fields that every driver since 2013 knows; an unknown one makes the tool refuse the whole query. */
export const FIELDS = ['index', 'uuid', 'power.draw', 'utilization.gpu', 'name'] as const;

export const queryArguments = (every?: Seconds): readonly string[] => [
  `--query-gpu=${FIELDS.join(',')}`,
  '--format=csv,noheader,nounits',
  ...(every === undefined ? [] : ['-lms', String(Math.round(1000 * every))]),
];

export interface GpuLine {
  readonly index: string;
  readonly name: string;
  /** Undefined for `[N/A]`, `[Not Supported]`, `[Unknown Error]` and the like. */
  readonly power: Watts | undefined;
  /** 0 to 1. */
  readonly load: number | undefined;
  /** Counted since some start, in millijoules. */
  readonly energy?: bigint;
  /** Processes on it, where they are told. */
  readonly processes?: readonly number[];
}

/** Undefined for a line that is not of this form: warnings, half lines, other tools' output. */
export function parseGpuLine(line: string): GpuLine | undefined {
  const [index, uuid, power, load, ...name] = line.split(',').map(part => part.trim());
  if (index === undefined || !/^\d+$/.test(index) || uuid === undefined || !/^(GPU|MIG)-/.test(uuid)) return undefined;
  const drawn = numberOf(power);
  const percent = numberOf(load);
  return {
    index,
    name: name.join(','),
    power: drawn !== undefined && drawn > 0 && drawn < MOST_WATTS ? watts(drawn) : undefined,
    load: percent !== undefined && percent <= 100 ? percent / 100 : undefined,
  };
}

/** The same from the library's reader. A superchip's counter may hold the whole module, so its power is taken. */
export function gpuOfBoard({ index, name, milliwatts, load, energy, processes }: Board): GpuLine {
  const drawn = milliwatts === undefined ? undefined : milliwatts / 1000;
  const counts = energy !== undefined && energy > 0n && !SUPERCHIP.test(name);
  return {
    index: String(index),
    name,
    power: drawn !== undefined && drawn > 0 && drawn < MOST_WATTS ? watts(drawn) : undefined,
    load: load !== undefined && load <= 100 ? load / 100 : undefined,
    ...(counts && { energy }),
    ...(processes && { processes }),
  };
}

const SUPERCHIP = /\bG[HB]\d{3}\b/;

/** No board draws that much; drivers have been seen to report values of a million. */
export const MOST_WATTS = 3000;

function numberOf(field: string | undefined): number | undefined {
  return field !== undefined && /^\d+(\.\d+)?$/.test(field) ? Number(field) : undefined;
}

/** How old a value may be before it says nothing of the present. */
export const freshness = (interval: Seconds): Seconds => seconds(Math.max(3 * interval, 3));
