/** CodeCarbon's file on disk: a header where it is new, then a row per run. */
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import { dirname } from 'node:path';
import { InputError } from '../../base/findings';
import { text } from '../../base/text';
import type { Machine } from '../../report/emissions';
import { EMISSIONS_HEADER, emissionsRow } from '../../report/emissions';
import type { RunRecord } from '../../report/run';

export function thisMachine(): Machine {
  const cpus = os.cpus();
  return {
    os: `${os.type()}-${os.release()}-${os.arch()}`,
    threads: cpus.length,
    processor: cpus[0]?.model.trim() ?? null,
    memoryBytes: os.totalmem(),
  };
}

/** Refuses a file of other columns: rows of two forms in one file would be read wrong in silence. */
export function appendEmissions(path: string, run: RunRecord): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    const first = firstLine(path);
    if (first !== undefined && first !== EMISSIONS_HEADER.trim())
      throw new InputError(
        'other-columns',
        text('"{0}" has other columns than CodeCarbon 3.3 writes, so nothing was added', path),
        text('name another file with --emissions'),
      );
    appendFileSync(path, (first === undefined ? EMISSIONS_HEADER : '') + emissionsRow(run, thisMachine()));
  } catch (error) {
    if (error instanceof InputError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new InputError('emissions-unwritable', text('"{0}" could not be added to: {1}', path, code), text('name another file with --emissions')); // prettier-ignore
  }
}

function firstLine(path: string): string | undefined {
  try {
    const content = readFileSync(path, 'utf8');
    return content === '' ? undefined : (content.split(/\r?\n/, 1)[0] ?? '');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
