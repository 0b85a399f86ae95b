/** What `nvidia-smi --query-gpu` writes, one line per GPU and moment. Values that a GPU does not tell stay undefined. */
import type { Seconds, Watts } from '../base/units';
import { seconds, watts } from '../base/units';

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

/** No board draws that much; drivers have been seen to report values of a million. */
const MOST_WATTS = 3000;

function numberOf(field: string | undefined): number | undefined {
  return field !== undefined && /^\d+(\.\d+)?$/.test(field) ? Number(field) : undefined;
}

/** How old a value may be before it says nothing of the present. */
export const freshness = (interval: Seconds): Seconds => seconds(Math.max(3 * interval, 3));
