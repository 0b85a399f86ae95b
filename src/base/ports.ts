/** What the core asks of the world. Adapters are made in the entry points and handed down; fakes are plain objects. */
import type { Seconds } from './units';

/** The text of a file (decoded as UTF-8), or undefined where there is none. Never throws for a missing file. */
export type ReadText = (path: string) => Promise<string | undefined>;

/** Random access to a file that may be larger than memory. Short reads mean the end of the file. */
export interface RangeReader {
  readonly size: number;
  read(offset: number, length: number): Promise<Uint8Array>;
}

export type OpenRange = (path: string) => Promise<RangeReader | undefined>;

/** Monotonic time. */
export interface Clock {
  now(): Seconds;
}

export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

export interface RunOutcome {
  readonly status: 'ok' | 'missing' | 'failed' | 'timeout';
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a short program without a shell. */
export type RunProgram = (command: string, args: readonly string[], timeout: Seconds) => Promise<RunOutcome>;
