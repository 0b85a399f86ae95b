/**
 * NVIDIA GPUs: the driver's energy counter through a child that reads the driver's library, or else power from one
 * long-lived `nvidia-smi`, which does not show the counter. A sleeping GPU is never asked, and an idle one that could
 * sleep is left alone after a while: then the program is ended.
 */
import type { Figure } from '../base/figure';
import { figure } from '../base/figure';
import type { RunOutcome } from '../base/ports';
import type { Disposable } from '../base/store';
import type { Text } from '../base/text';
import { text } from '../base/text';
import type { Joules, Seconds, Watts } from '../base/units';
import { energyOf, joules, seconds } from '../base/units';
import { BoardEnergy } from './boardEnergy';
import { parseBoardLine } from './boardLine';
import { environmentOf } from './environment';
import { gpuFolders, gpuSleep } from './gpuSleep';
import type { Domain, NotFound, Probe, Reading, Running, Sensor } from './meter';
import { found, notFound } from './meter';
import type { GpuLine } from './nvidiaLines';
import { freshness, gpuOfBoard, MOST_WATTS, parseGpuLine, queryArguments } from './nvidiaLines';
import type { World } from './world';

export type NvidiaWorld = Pick<World, 'platform' | 'files' | 'clocks' | 'run' | 'stream' | 'boardReader'>;

export function createNvidia(world: NvidiaWorld): Sensor {
  let seen: readonly GpuLine[] = [];
  let source = smiSource;
  let slept = false;
  return {
    id: 'nvidia',
    probe: async () => {
      const refusal = beforeAsking(world);
      slept = refusal?.reason === 'asleep';
      if (refusal !== undefined) return refusal;
      const counted = await countingBoards(world);
      if (counted !== undefined && 'gpus' in counted) {
        seen = counted.gpus;
        source = () => counted.source;
        return found(seen.map(domainOf), 'counter');
      }
      source = smiSource;
      const outcome = await world.run(TOOL, queryArguments(), seconds(5));
      const answer = judge(outcome, counted && 'problem' in counted ? counted.problem : undefined);
      seen = linesOf(outcome.stdout);
      return answer;
    },
    stirred: () => {
      if (!slept) return false;
      const { devices, asleep } = gpuSleep(world.files, gpuFolders(world.files, VENDOR));
      return devices > 0 && !asleep;
    },
    start: interval => new NvidiaRunning(world, interval, seen, source(interval)),
  };
}

const TOOL = 'nvidia-smi';
const VENDOR = '0x10de';

/** A program that writes a line per board, and how its lines are read. */
interface Source {
  readonly command: string;
  readonly args: readonly string[];
  readonly parse: (line: string) => GpuLine | undefined;
}

const smiSource = (interval: Seconds): Source => ({
  command: TOOL,
  args: queryArguments(interval),
  parse: parseGpuLine,
});

const boardOf = (line: string): GpuLine | undefined => {
  const board = parseBoardLine(line);
  return board && gpuOfBoard(board);
};

/** Between two lines of the library's reader: often enough that each span of the meter has one. */
const READ_EVERY = seconds(0.5);

type Counted = { readonly gpus: readonly GpuLine[]; readonly source: Source } | { readonly problem: Text };

/** All boards, where every one counts its energy and its counter moves; else why the tool is asked instead. */
async function countingBoards(world: NvidiaWorld): Promise<Counted | undefined> {
  const once = world.boardReader?.(READ_EVERY, 2);
  const always = world.boardReader?.(READ_EVERY);
  if (once === undefined || always === undefined) return undefined;
  const { status, stdout, stderr } = await world.run(once.command, once.args, seconds(5));
  if (status !== 'ok') {
    const words = status === 'timeout' ? text('it does not answer') : firstLine(stderr);
    return { problem: text('the driver’s energy counter cannot be read, so power is sampled: {0}', words) };
  }
  const lines = stdout.split('\n').flatMap(line => boardOf(line) ?? []);
  const second = lines.slice(lines.length / 2);
  if (lines.length === 0 || !second.every((line, place) => moves(lines[place], line)))
    return { problem: text('not every GPU here counts its energy, so power is sampled') };
  return { gpus: second, source: { ...always, parse: boardOf } };
}

function moves(before: GpuLine | undefined, after: GpuLine): boolean {
  if (before?.index !== after.index || before.energy === undefined || after.energy === undefined) return false;
  const moved = Number(after.energy - before.energy) / 1000;
  return moved > 0 && moved <= MOST_WATTS;
}

/** What the system's own files say, so that the tool, which would wake the GPU, need not be asked. */
function beforeAsking(world: NvidiaWorld): NotFound | undefined {
  if (world.platform === 'darwin') return notFound('absent', text('macOS has no driver for NVIDIA GPUs'));
  if (world.platform !== 'linux') return undefined;
  const { devices, asleep } = gpuSleep(world.files, gpuFolders(world.files, VENDOR));
  if (asleep)
    return notFound(
      'asleep',
      text('the NVIDIA GPU sleeps, and asking it for its power would wake it'),
      text('nothing to do: it is metered as soon as a program uses it'),
    );
  // WSL has no PCI device for the GPU, but a tool that reaches it through Windows.
  if (devices === 0 && environmentOf(world) !== 'wsl')
    return notFound('absent', text('there is no NVIDIA GPU on the PCI bus'));
  return undefined;
}

function judge({ status, stdout, stderr }: RunOutcome, uncounted: Text | undefined): Probe {
  if (status === 'missing')
    return notFound(
      'absent',
      text('there is no {0}', TOOL),
      text('install the NVIDIA driver; for a container, start it with --gpus all'),
    );
  if (status === 'timeout')
    return notFound(
      'unreliable',
      text('{0} does not answer within {1} s', TOOL, 5),
      text('look for a stuck GPU or driver in {0}', 'dmesg'),
    );
  const words = firstLine(`${stderr}\n${stdout}`);
  if (/insufficient permissions|permission denied/i.test(words))
    return notFound(
      'denied',
      text('{0} may not ask the GPU: {1}', TOOL, words),
      text('ask for access to {0}', '/dev/nvidia*'),
    );
  const gpus = linesOf(stdout);
  if (gpus.length === 0)
    return status === 'failed' || /NVIDIA-SMI has failed|No devices were found/i.test(words)
      ? notFound('absent', text('{0} finds no GPU: {1}', TOOL, words), text('load or update the NVIDIA driver'))
      : notFound('unreliable', text('{0} writes something that is not understood: {1}', TOOL, words));
  const telling = gpus.filter(gpu => gpu.power !== undefined);
  const silent = gpus.filter(gpu => gpu.power === undefined);
  const remarks = silent.map(({ index, name }) => text('GPU {0} ({1}) does not tell its power', index, name));
  if (uncounted !== undefined) remarks.push(uncounted);
  return telling.length > 0
    ? found(telling.map(domainOf), 'sampled', remarks)
    : notFound('absent', text('no GPU here tells its power ({0})', silent.map(gpu => gpu.name).join(', ')));
}

const linesOf = (stdout: string): readonly GpuLine[] =>
  stdout.split('\n').flatMap(line => {
    const gpu = parseGpuLine(line);
    return gpu === undefined ? [] : [gpu];
  });

const firstLine = (words: string): string =>
  (words.split('\n').find(line => line.trim() !== '') ?? '').trim().slice(0, 160);

const domainOf = ({ index }: GpuLine): Domain => `gpu:${index}`;

/** Idle for so long, a GPU that may sleep is left alone. */
const IDLE_BEFORE_PAUSE = 30;
/** Left alone and still awake for so long, somebody else uses it: look again. */
const AWAKE_BEFORE_RESUME = 60;
const RESTART_AFTER = 10;

type State =
  | { readonly kind: 'streaming'; readonly child: Disposable }
  | { readonly kind: 'paused'; readonly since: number; readonly slept: boolean }
  | { readonly kind: 'failed'; readonly since: number; readonly problem: string }
  | { readonly kind: 'ended' };

class NvidiaRunning implements Running {
  readonly #latest = new Map<string, { gpu: GpuLine; at: Seconds; readonly counter: BoardEnergy | undefined }>();
  #state: State = { kind: 'ended' };
  readonly #folders: readonly string[];
  #busyAt: Seconds;
  /** Doubles while the GPU turns out not to go to sleep when left alone. */
  #patience = IDLE_BEFORE_PAUSE;

  constructor(
    readonly world: NvidiaWorld,
    readonly interval: Seconds,
    seen: readonly GpuLine[],
    readonly source: Source,
  ) {
    this.#busyAt = world.clocks.now();
    this.#folders = world.platform === 'linux' ? gpuFolders(world.files, VENDOR) : [];
    for (const gpu of seen) this.#hear(gpu);
    this.#stream();
  }

  sample(elapsed: Seconds): readonly Reading[] {
    this.#step();
    if (this.#state.kind !== 'streaming') return [];
    const now = this.world.clocks.now();
    const fresh = freshness(this.interval);
    return [...this.#latest.values()]
      .filter(({ at }) => now - at <= fresh)
      .flatMap(({ gpu, counter }) => {
        const energy = counter ? counter.take(elapsed) : gpu.power && sampled(gpu.power, elapsed, gpu.name);
        return energy ? [{ domain: domainOf(gpu), energy }] : [];
      });
  }

  users(domain: Domain): readonly number[] | null {
    const index = domain.replace(/^gpu:/, '');
    return this.#state.kind === 'streaming' ? (this.#latest.get(index)?.gpu.processes ?? null) : null;
  }

  trouble(): Text | undefined {
    switch (this.#state.kind) {
      case 'streaming':
        return text('{0} has not written for a while', TOOL);
      case 'paused':
        return this.#state.slept
          ? text('the NVIDIA GPU sleeps, and asking it for its power would wake it')
          : text('the NVIDIA GPU is idle and is left alone so that it can sleep');
      case 'failed':
        return text('{0} ended: {1}', TOOL, this.#state.problem);
      case 'ended':
        return undefined;
    }
  }

  dispose(): void {
    this.#stop({ kind: 'ended' });
  }

  #hear(gpu: GpuLine): void {
    const at = this.world.clocks.now();
    const known = this.#latest.get(gpu.index);
    known?.counter?.hear(gpu, at);
    const counter = known ? known.counter : gpu.energy === undefined ? undefined : new BoardEnergy(gpu, at);
    this.#latest.set(gpu.index, { gpu, at, counter });
    // A GPU that does not tell its load may be busy.
    if (gpu.load !== 0) this.#busyAt = at;
  }

  #stream(): void {
    const { command, args, parse } = this.source;
    const child = this.world.stream(command, args, {
      onLine: line => {
        const gpu = parse(line);
        if (gpu !== undefined) this.#hear(gpu);
      },
      onEnd: problem => {
        if (this.#state.kind !== 'ended') this.#state = { kind: 'failed', since: this.world.clocks.now(), problem };
      },
    });
    this.#state = { kind: 'streaming', child };
  }

  #stop(next: State): void {
    const state = this.#state;
    this.#state = next;
    if (state.kind === 'streaming') state.child.dispose();
  }

  /** Lets a GPU sleep, sees it wake, and starts a broken stream again. Reads files only, and at most a few. */
  #step(): void {
    const now = this.world.clocks.now();
    const state = this.#state;
    if (state.kind === 'streaming') {
      const idle = now - this.#busyAt >= this.#patience;
      if (idle && gpuSleep(this.world.files, this.#folders).maySleep)
        this.#stop({ kind: 'paused', since: now, slept: false });
    } else if (state.kind === 'paused') {
      const { asleep } = gpuSleep(this.world.files, this.#folders);
      if (asleep && !state.slept) this.#state = { ...state, slept: true };
      else if (!asleep && (state.slept || now - state.since >= AWAKE_BEFORE_RESUME)) this.#resume(state.slept);
    } else if (state.kind === 'failed' && now - state.since >= RESTART_AFTER) {
      if (!gpuSleep(this.world.files, this.#folders).asleep) this.#resume(true);
    }
  }

  #resume(slept: boolean): void {
    this.#patience = slept ? IDLE_BEFORE_PAUSE : Math.min(2 * this.#patience, 600);
    this.#busyAt = this.world.clocks.now();
    this.#latest.clear();
    this.#stream();
  }
}

/*
 * The vendor states 5 % for old boards (NVML reference, nvmlDeviceGetPowerUsage); since Ampere the value is an average
 * over a second, and on some boards only a part of that second is looked at, so bursts are missed.
 */
function sampled(power: Watts, time: Seconds, name: string): Figure<Joules> {
  const energy = energyOf(power, time);
  const [part, source] = SAMPLED_IN_PART.test(name)
    ? [0.2, 'nvidia-smi, power sampled for a part of the time']
    : [0.1, 'nvidia-smi, sampled power'];
  return figure(energy, joules(energy * (1 - part)), joules(energy * (1 + part)), 'measured', source);
}

/** Boards of which only a quarter of the time is looked at (Yang, Adamek, Armour, arXiv:2312.02741). */
const SAMPLED_IN_PART = /\b(A100|H100)\b/;
