/**
 * The kernel's hardware monitors: a folder per chip with a name, and files per channel in fixed units (microwatts,
 * microjoules, millivolts, milliamperes: Documentation/hwmon/sysfs-interface.rst of the kernel).
 */
import type { Watts } from '../base/units';
import { watts } from '../base/units';
import { parseCounter } from './counter';
import type { SysFiles } from './world';

export interface Chip {
  readonly folder: string;
  readonly name: string;
}

export const wordOf = (files: SysFiles, path: string): string => {
  const answer = files.read(path);
  return answer.ok ? answer.text.trim() : '';
};

const byNumber = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });

export const chipsIn = (files: SysFiles, folder: string): readonly Chip[] =>
  [...files.list(folder)]
    .filter(entry => /^hwmon\d+$/.test(entry))
    .sort(byNumber)
    .map(entry => ({ folder: `${folder}/${entry}`, name: wordOf(files, `${folder}/${entry}/name`) }));

export const allChips = (files: SysFiles): readonly Chip[] => chipsIn(files, '/sys/class/hwmon');

/** A natural or negative number as these files hold it. */
export function numberIn(files: SysFiles, path: string): number | undefined {
  const word = wordOf(files, path);
  return /^-?\d{1,18}$/.test(word) ? Number(word) : undefined;
}

export const counterIn = (files: SysFiles, path: string): bigint | undefined => parseCounter(wordOf(files, path));

export function microwattsIn(files: SysFiles, path: string): Watts | undefined {
  const value = numberIn(files, path);
  return value === undefined ? undefined : watts(value / 1e6);
}

/** Graphics cards of a vendor: their folders with the monitors that belong to them, in the order of the kernel. */
export interface Card {
  readonly device: string;
  readonly chips: readonly Chip[];
}

export function cardsOf(files: SysFiles, vendor: string): readonly Card[] {
  const drm = '/sys/class/drm';
  return [...files.list(drm)]
    .filter(entry => /^card\d+$/.test(entry))
    .sort(byNumber)
    .map(entry => `${drm}/${entry}/device`)
    .filter(device => wordOf(files, `${device}/vendor`) === vendor)
    .map(device => ({ device, chips: chipsIn(files, `${device}/hwmon`) }));
}
