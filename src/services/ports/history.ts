/** The history on disk: runs that go on are told from those whose recorder has gone; other trackers' files are added. */
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { InputError } from '../../base/findings';
import { text } from '../../base/text';
import type { Ledger } from '../../ledger/read';
import { fromCarbontracker, fromEmissions } from '../../report/imports';
import type { RunRecord } from '../../report/run';
import { announcementFolder, announcements } from './announce';
import { appendEntry, ledgerFile, loadLedger } from './ledger';

export function loadHistory(data: string): Ledger {
  const { runs, ...rest } = loadLedger(data);
  if (!runs.some(({ state }) => state === 'running')) return { runs, ...rest };
  const live = new Set(announcements(announcementFolder(data)).flatMap(({ id, ended }) => (ended ? [] : [id])));
  // Of runs on other machines nobody here knows.
  const isGone = ({ id, state, host }: RunRecord): boolean =>
    state === 'running' && host === hostname() && !live.has(id);
  return { runs: runs.map(run => (isGone(run) ? { ...run, state: 'lost' } : run)), ...rest };
}

export const removeRun = (data: string, id: string): void =>
  appendEntry(ledgerFile(data, null), { deleted: id, at: new Date().toISOString() });

/** Throws `InputError` where the file is none of another tracker's. */
export function takeOver(data: string, path: string): { readonly added: number; readonly known: number } {
  const found = readOthers(path);
  if (found.length === 0)
    throw new InputError(
      'not-importable',
      text('"{0}" holds no runs of CodeCarbon or Carbontracker', path),
      text('name an emissions.csv, a …_carbontracker.log, or the folder of such logs'),
    );
  const { runs, deleted } = loadLedger(data);
  // What the user has deleted stays so.
  const there = new Set([...deleted, ...runs.map(({ id }) => id)]);
  const fresh = found.filter(({ id }) => !there.has(id));
  for (const run of fresh) appendEntry(ledgerFile(data, null), { run });
  return { added: fresh.length, known: found.length - fresh.length };
}

function readOthers(path: string): readonly RunRecord[] {
  try {
    if (statSync(path).isDirectory())
      return readdirSync(path)
        .filter(name => name.endsWith('_carbontracker.log'))
        .flatMap(name => readCarbontracker(join(path, name)));
    return /_carbontracker(_output)?\.log$/.test(path)
      ? readCarbontracker(path)
      : fromEmissions(readFileSync(path, 'utf8'));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new InputError('unreadable', text('"{0}" cannot be read: {1}', path, code));
  }
}

function readCarbontracker(path: string): readonly RunRecord[] {
  const log = path.replace(/_output\.log$/, '.log');
  const output = log.replace(/\.log$/, '_output.log');
  const read = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');
  const run = fromCarbontracker(basename(log), read(log), read(output));
  return run === undefined ? [] : [run];
}
