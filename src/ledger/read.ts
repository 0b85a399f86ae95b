/**
 * Ledger files as records: the last entry of an id counts, a deletion takes it away, and whatever cannot be read is
 * told with its place while reading goes on. Several files are one ledger: each machine and each rank has its own.
 */
import { type RunRecord, UNTOLD } from '../report/run';
import type { Migrations } from './line';
import { decode } from './line';

/** The version of `RunRecord` that is written. Version 1 had no state: its runs were written at their end only. */
export const SCHEMA = 2;

export const MIGRATIONS: Migrations = {
  1: entry => (isObject(entry) && isObject(entry['run']) ? { run: { state: 'finished', ...entry['run'] } } : entry),
};

export type Entry = { readonly run: RunRecord } | { readonly deleted: string; readonly at: string };

export interface LedgerFile {
  readonly name: string;
  readonly content: string;
}

export interface Damage {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** `damaged`: of a crash or a broken disk. `newer`: written by a later version. `open`: a writer is about it, or was. */
  readonly kind: 'damaged' | 'newer' | 'open';
}

export interface Ledger {
  /** The earliest first. */
  readonly runs: readonly RunRecord[];
  readonly damage: readonly Damage[];
  /** Ids of runs that were deleted, for ever. */
  readonly deleted: readonly string[];
}

export function readLedger(files: readonly LedgerFile[]): Ledger {
  const runs = new Map<string, RunRecord>();
  const deleted = new Set<string>();
  const damage: Damage[] = [];
  for (const { name, content } of files) {
    const lines = content.split('\n');
    for (const [index, line] of lines.entries()) {
      if (line.trim() === '') continue;
      const decoded = decode(line, SCHEMA, MIGRATIONS);
      const entry = decoded.kind === 'entry' ? entryOf(decoded.value) : undefined;
      if (entry === undefined) {
        const last = index === lines.length - 1;
        const kind = decoded.kind === 'newer' ? 'newer' : last && decoded.kind === 'damaged' ? 'open' : 'damaged';
        damage.push({ file: name, line: index + 1, kind });
      } else if ('deleted' in entry) deleted.add(entry.deleted);
      else runs.set(entry.run.id, laterOf(runs.get(entry.run.id), entry.run));
    }
  }
  const kept = [...runs.values()].filter(({ id }) => !deleted.has(id));
  return {
    runs: kept.sort((a, b) => (a.startedAt < b.startedAt ? -1 : a.startedAt > b.startedAt ? 1 : 0)),
    damage,
    deleted: [...deleted],
  };
}

/** Whichever file it stands in, what is known of the end counts. */
const laterOf = (known: RunRecord | undefined, next: RunRecord): RunRecord =>
  known !== undefined && known.state !== 'running' && next.state === 'running' ? known : next;

function entryOf(value: unknown): Entry | undefined {
  if (!isObject(value)) return undefined;
  if (typeof value['deleted'] === 'string') return { deleted: value['deleted'], at: String(value['at']) };
  const run = value['run'];
  if (!isObject(run) || typeof run['id'] !== 'string' || typeof run['startedAt'] !== 'string') return undefined;
  return { run: { ...UNTOLD, ...run } as RunRecord };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
