/**
 * A machine that is a text file: what its sysfs and proc files say, one a line, and a clock that only moves when told.
 *   PATH = TEXT               always this, `\n` and `\t` are escapes
 *   PATH ~ START uJ at P W    an energy counter that runs with the clock, modulo the range beside it
 *   PATH ! denied|failed      cannot be read
 *   PATH # 1.3 [~ START …]    a table of GPU metrics of this format, with its energy counter
 *   @ tool PROGRAM FILE [failed|timeout]    what a program writes, from test/fixtures/tools; `-` for nothing
 *   @ platform NAME
 */
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import type { RunOutcome } from '../../src/base/ports';
import type { Seconds } from '../../src/base/units';
import { bytes, seconds } from '../../src/base/units';
import { parseProcStat } from '../../src/meters/load';
import type { CpuTimes, FileAnswer, Identity, StreamHandlers, World } from '../../src/meters/world';

type Entry =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'counter'; readonly start: bigint; readonly watts: number }
  | { readonly kind: 'error'; readonly why: 'denied' | 'failed' }
  | { readonly kind: 'metrics'; readonly head: readonly [number, number]; readonly counter: Entry | undefined };

const MISSING: RunOutcome = { status: 'missing', stdout: '', stderr: '' };

export interface StreamedProgram {
  readonly command: string;
  readonly args: readonly string[];
  readonly handlers: StreamHandlers;
  ended: boolean;
}

export class Machine {
  readonly entries: Map<string, Entry>;
  /** Programs that were run, and those that were started and stream. */
  readonly ran: string[] = [];
  readonly streams: StreamedProgram[] = [];
  /** What each program writes, unless a test says what all answer; others are not there. */
  readonly tools: ReadonlyMap<string, RunOutcome>;
  outcome: RunOutcome | undefined;
  identity: Identity;
  /** Share of the hardware threads' time that is busy; undefined where the system tells no load. */
  load: number | undefined = 0;
  platform: World['platform'] = 'linux';
  #now = 1000;
  #wall = 1_700_000_000;
  #busy = 0;

  constructor(name: string) {
    const content = readFileSync(`test/fixtures/sysfs/${name}.txt`, 'utf8');
    this.entries = parse(content);
    this.tools = toolsIn(content);
    this.platform = (/^@ platform (\w+)$/m.exec(content)?.[1] ?? 'linux') as World['platform'];
    const processor = /model name\s*: (.*)/.exec(this.#text('/proc/cpuinfo'))?.[1];
    const virtual = /hypervisor/.test(this.#text('/proc/cpuinfo'));
    this.identity = {
      ...(processor && { processor }),
      threads: 4,
      cores: 2,
      sockets: 1,
      memory: bytes(16e9),
      laptop: false,
      virtual,
    };
  }

  /** Time passes; the machine may sleep through some of it. */
  advance(time: number, asleep = 0): void {
    this.#now += time;
    this.#wall += time + asleep;
    this.#busy += (this.load ?? 0) * time;
  }

  set(path: string, text: string): void {
    this.entries.set(path, { kind: 'text', text });
  }

  setCounter(path: string, start: bigint, watts: number): void {
    // As if it had stood at `start` now.
    const sinceStart = BigInt(Math.round((this.#now - 1000) * watts * 1e6));
    this.entries.set(path, { kind: 'counter', start: start - sinceStart, watts });
  }

  /** Lets the program that streams write. */
  write(output: string): void {
    for (const stream of this.streams.filter(({ ended }) => !ended))
      for (const line of output.split('\n')) stream.handlers.onLine(line);
  }

  /** Lets every program that streams write what it is known to write. */
  writeTools(): void {
    for (const { ended, command, handlers } of this.streams) {
      if (!ended) for (const line of (this.tools.get(command)?.stdout ?? '').split('\n')) handlers.onLine(line);
    }
  }

  get world(): World {
    return { ...this.#world, platform: this.platform };
  }

  readonly #world: Omit<World, 'platform'> = {
    files: {
      read: path => this.#read(path),
      bytes: path => this.#bytes(path),
      list: folder => [
        ...new Set(
          [...this.entries.keys()]
            .filter(path => path.startsWith(`${folder}/`))
            .map(path => path.slice(folder.length + 1).split('/')[0] ?? ''),
        ),
      ],
    },
    clocks: { now: () => seconds(this.#now), wall: () => seconds(this.#wall) },
    wait: (time: Seconds) => {
      this.advance(time);
      return Promise.resolve();
    },
    run: (command, args) => {
      this.ran.push([command, ...args].join(' '));
      return Promise.resolve(this.outcome ?? this.tools.get(command) ?? MISSING);
    },
    stream: (command, args, handlers) => {
      const program: StreamedProgram = { command, args, handlers, ended: false };
      this.streams.push(program);
      return { dispose: () => (program.ended = true) };
    },
    identify: () => Promise.resolve(this.identity),
    cpuTimes: () => this.#cpuTimes(),
  };

  #cpuTimes(): CpuTimes | undefined {
    if (this.load === undefined) return undefined;
    const busy = Math.round(this.#busy * 100);
    return parseProcStat(`cpu  ${busy} 0 0 ${Math.round(this.#now * 100) - busy} 0 0 0 0 0 0\n`);
  }

  #read(path: string): FileAnswer {
    const entry = this.entries.get(path);
    if (entry === undefined) return { ok: false, why: 'missing' };
    switch (entry.kind) {
      case 'text':
        return { ok: true, text: entry.text };
      case 'error':
        return { ok: false, why: entry.why };
      case 'counter':
        return { ok: true, text: `${this.#counted(entry, path)}\n` };
      case 'metrics':
        return { ok: true, text: '' };
    }
  }

  #counted({ start, watts }: { readonly start: bigint; readonly watts: number }, path: string): bigint {
    const moved = BigInt(Math.round((this.#now - 1000) * watts * 1e6));
    const range = this.#text(`${posix.dirname(path)}/max_energy_range_uj`);
    return (start + moved) % (range === '' ? 2n ** 64n : BigInt(range));
  }

  #bytes(path: string): Uint8Array | undefined {
    const entry = this.entries.get(path);
    if (entry?.kind !== 'metrics') return undefined;
    const table = Buffer.alloc(120, 0xff);
    table.writeUInt16LE(table.length, 0);
    table.set(entry.head, 2);
    // In units of 2^-16 J.
    if (entry.counter?.kind === 'counter')
      table.writeBigUInt64LE((this.#counted(entry.counter, path) * 65_536n) / 1_000_000n, 24);
    return table;
  }

  #text(path: string): string {
    const entry = this.entries.get(path);
    return entry?.kind === 'text' ? entry.text.trim() : '';
  }
}

/** What a tool wrote, without the notes on where the text comes from. */
export function toolOutput(name: string): string {
  return readFileSync(`test/fixtures/tools/${name}.txt`, 'utf8').replace(/^#.*\n/gm, '');
}

function toolsIn(content: string): ReadonlyMap<string, RunOutcome> {
  return new Map(
    [...content.matchAll(/^@ tool (\S+) (\S+)(?: (\w+))?$/gm)].map(([, program = '', file = '-', status = 'ok']) => [
      program,
      { status: status as RunOutcome['status'], stdout: file === '-' ? '' : toolOutput(file), stderr: '' },
    ]),
  );
}

function parse(content: string): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const line of content.split('\n')) {
    if (line === '' || line.startsWith('#') || line.startsWith('@')) continue;
    const [, path = '', kind, rest = ''] = /^(\S+) ([=~!#])(?: (.*))?$/.exec(line) ?? [];
    if (kind === '=') entries.set(path, { kind: 'text', text: rest.replaceAll('\\n', '\n').replaceAll('\\t', '\t') });
    else if (kind === '!') entries.set(path, { kind: 'error', why: rest as 'denied' | 'failed' });
    else if (kind === '~') entries.set(path, counter(rest));
    else {
      const [, format, version, counted] = /^(\d+)\.(\d+)(?: ~ (.*))?$/.exec(rest) ?? [];
      const head = [Number(format), Number(version)] as const;
      entries.set(path, { kind: 'metrics', head, counter: counted === undefined ? undefined : counter(counted) });
    }
  }
  return entries;
}

function counter(words: string): Entry {
  const [, start, watts] = /^(\d+) uJ at ([\d.]+) W$/.exec(words) ?? [];
  if (start === undefined || watts === undefined) throw new Error(`not understood: ${words}`);
  return { kind: 'counter', start: BigInt(start), watts: Number(watts) };
}
