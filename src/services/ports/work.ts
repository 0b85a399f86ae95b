/** What a command or a cell is for, with the scripts that a command names read from the disk. */
import { readFileSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { RunPatterns, Work } from '../../runs/matching';
import { workOfCell, workOfCommand } from '../../runs/matching';

export type { RunPatterns, Work } from '../../runs/matching';

/** Longer scripts are not written by people. */
const MOST_BYTES = 1_000_000;

const reader =
  (folder: string | null) =>
  (path: string): string | undefined => {
    const full = isAbsolute(path) ? path : folder === null ? undefined : join(folder, path);
    try {
      if (full === undefined || statSync(full).size > MOST_BYTES) return undefined;
      return readFileSync(full, 'utf8');
    } catch {
      return undefined;
    }
  };

/** `names`: what else the user calls it. */
export const commandWork = (
  line: string,
  folder: string | null,
  patterns: RunPatterns,
  names: readonly string[] = [],
): Work | undefined => workOfCommand(line, patterns, reader(folder), names);

export const cellWork = (source: string, folder: string | null, patterns: RunPatterns): Work | undefined =>
  workOfCell(source, patterns, reader(folder));
