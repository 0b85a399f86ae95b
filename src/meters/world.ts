/** What the meters ask of the world, beside the ports of base. Fakes are plain objects. */
import type { Clock, RunProgram } from '../base/ports';
import type { Disposable } from '../base/store';
import type { Bytes, Seconds } from '../base/units';

/** `denied` and `missing` call for different remedies, so they are told apart; `failed` is any other error. */
export type FileAnswer =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly why: 'missing' | 'denied' | 'failed' };

/** Files under /proc and /sys, which never block. */
export interface SysFiles {
  read(path: string): FileAnswer;
  /** Names in a folder; none where there is no such folder. */
  list(path: string): readonly string[];
  /** A file that holds no text; undefined where it cannot be read. */
  bytes?(path: string): Uint8Array | undefined;
}

/** `now` is monotonic and stands still while the machine sleeps; `wall` goes on. */
export interface Clocks extends Clock {
  wall(): Seconds;
}

export interface StreamHandlers {
  readonly onLine: (line: string) => void;
  /** Once, when the program has ended or could not start; not after disposal. */
  readonly onEnd: (problem: string) => void;
}

/** Starts a program that writes lines until it is disposed of. */
export type StreamProgram = (command: string, args: readonly string[], handlers: StreamHandlers) => Disposable;

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
}

/** Ticks of all hardware threads since some start, in any unit. */
export interface CpuTimes {
  readonly busy: number;
  readonly total: number;
}

/** What is known of the hardware; absent what the system does not tell. */
export interface Identity {
  /** Vendor and model as the system names them. */
  readonly processor?: string;
  readonly sockets?: number;
  /** Physical cores of all sockets. */
  readonly cores?: number;
  /** Hardware threads that this system sees. */
  readonly threads: number;
  readonly memory?: Bytes;
  /** Memory modules in their slots. */
  readonly modules?: number;
  readonly laptop: boolean;
  readonly virtual: boolean;
}

export interface World {
  readonly platform: 'linux' | 'darwin' | 'win32' | 'other';
  readonly files: SysFiles;
  readonly clocks: Clocks;
  readonly wait: (time: Seconds) => Promise<void>;
  readonly run: RunProgram;
  readonly stream: StreamProgram;
  /** The program that reads NVIDIA's library, `count` times or for ever; undefined where it is not there. */
  readonly boardReader?: (every: Seconds, count?: number) => Command | undefined;
  /** Slow the first time; never throws. */
  readonly identify: () => Promise<Identity>;
  /** Undefined where the system does not tell its load. */
  readonly cpuTimes: () => CpuTimes | undefined;
}
