/**
 * Runs that are being recorded on this machine, each announced by a small file that its recorder renews. From them a
 * recorder knows the runs within its own run, whose CPU time it leaves out of its account, and a later program finds
 * runs that go on. A file whose recorder has gone is removed by whoever finds it.
 */
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { procSource } from './processes';

export interface Announcement {
  readonly id: string;
  /** The run that it was started in, if that is recorded too. */
  readonly parent: string | null;
  /** The recorder. */
  readonly pid: number;
  readonly began: number | null;
  /** The process that started the run's first one. */
  readonly starter: number | null;
  /** CPU seconds of its whole tree up to now, runs within it included. */
  readonly cpuS: number;
  readonly pids: readonly number[];
  /** The account is closed; the file stays for a while, so that the last seconds are not missed. */
  readonly ended: boolean;
}

export const announcementFolder = (data: string): string => join(data, 'running', hostname().replace(/[^\w.-]/g, '_'));

/** Losing one costs accuracy and not the run, so that a full disk is no reason to stop. */
export function announce(folder: string, announcement: Announcement): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, `${announcement.id}.json`);
    writeFileSync(`${path}.new`, JSON.stringify(announcement), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  } catch {
    // Told by its absence.
  }
}

export const withdraw = (folder: string, id: string): void => rmSync(join(folder, `${id}.json`), { force: true });

/** With those that ended within the last minutes. */
export function announcements(folder: string): readonly Announcement[] {
  return names(folder).flatMap(name => {
    const path = join(folder, name);
    const found = read(path);
    if (found === undefined) return [];
    if (found.ended || !isLive(found)) {
      if (Date.now() - modified(path) > KEPT_MS) rmSync(path, { force: true });
      return [{ ...found, ended: true }];
    }
    return [found];
  });
}

const KEPT_MS = 120_000;

/** Whether its recorder still runs. Where processes cannot be told apart, by the file's age. */
export function isLive({ pid, began }: Announcement): boolean {
  if (began !== null) return beganOf(pid) === began;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** When a process began, in the system's own unit; null where that is not told. */
export const beganOf = (pid: number): number | null => procSource().some([pid]).get(pid)?.began ?? null;

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter(name => name.endsWith('.json'));
  } catch {
    return [];
  }
}

function read(path: string): Announcement | undefined {
  try {
    const found: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const isOurs = typeof found === 'object' && found !== null && 'id' in found && 'pid' in found && 'cpuS' in found;
    return isOurs ? (found as Announcement) : undefined;
  } catch {
    return undefined;
  }
}

function modified(path: string): number {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return Date.now();
  }
}
