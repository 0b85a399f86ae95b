/**
 * The ledger on disk, append-only. One write at the file's end per entry, which the system does not mix with another
 * process's, and no lock that a killed writer could leave behind. Every machine and every rank of a job has a file of
 * its own: over NFS appends of several machines do mix.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, readdirSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../../base/findings';
import { text } from '../../base/text';
import { encode } from '../../ledger/line';
import type { Entry, Ledger } from '../../ledger/read';
import { SCHEMA, readLedger } from '../../ledger/read';
import type { JobState } from '../../report/run';

export const ledgerFolder = (data: string): string => join(data, 'ledger');

export function ledgerFile(data: string, job: JobState | null, host = hostname()): string {
  const parts = job === null ? [host] : [host, `job-${job.id}`, ...(job.rank === null ? [] : [`rank-${job.rank}`])];
  return join(ledgerFolder(data), `${parts.join('.').replace(/[^\w.-]/g, '_')}.jsonl`);
}

/** Returns once the entry is on the disk. Throws `InputError` where it is not; then nothing that was there is lost. */
export function appendEntry(file: string, entry: Entry): void {
  const folder = join(file, '..');
  try {
    mkdirSync(folder, { recursive: true });
    const handle = openSync(file, 'a', 0o600);
    try {
      const bytes = Buffer.from(encode(entry, SCHEMA));
      // A short write leaves a piece without an end, which a reader passes over; the rest would not join it for sure.
      if (writeSync(handle, bytes) < bytes.length) throw Object.assign(new Error('short write'), { code: 'ENOSPC' });
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    flushFolder(folder);
  } catch (error) {
    throw refusal(file, error);
  }
}

/** The name of a new file is on the disk only with its folder. Windows has no such call. */
function flushFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function refusal(file: string, error: unknown): InputError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  if (['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code))
    return new InputError(
      'disk-full',
      text('the disk is full: the history "{0}" could not be added to; what it held is kept', file),
      text('make room and try again'),
    );
  return new InputError(
    'ledger-unwritable',
    text('the history "{0}" could not be added to: {1}', file, code),
    text('name another folder in MODELWATT_DATA'),
  );
}

/** Everything recorded in the folder. A ledger that is not there is an empty one. */
export function loadLedger(data: string): Ledger {
  const folder = ledgerFolder(data);
  return readLedger(names(folder).map(name => ({ name, content: readFileSync(join(folder, name), 'utf8') })));
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter(name => name.endsWith('.jsonl'))
      .sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw refusal(folder, error);
  }
}
