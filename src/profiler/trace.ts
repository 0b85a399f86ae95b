/**
 * Reads the runtime's own trace of a profiled session: time per node of one run, as the median over the runs.
 * Only proportions are meant to be used: profiling adds microseconds to every node.
 */
import type { Trace, TracedNode } from '../protocol/profiler';
import { median } from './stats';

/** `text` is the trace file; the first `coldRuns` runs in it are left out. */
export function readTrace(text: string, coldRuns: number, level: string): Trace {
  const events = parse(text);
  const runs = events.filter(event => event.name === 'model_run').sort((a, b) => a.ts - b.ts);
  const warm = runs.slice(Math.min(coldRuns, runs.length - 1));
  const times = new NodeTimes(warm);
  for (const [event, selfUs] of selfTimes(events.filter(isKernel))) times.add(event, selfUs);
  for (const event of events) if (event.cat === 'Api') times.addDevice(event);
  return {
    runs: warm.length,
    level,
    runS: warm.length === 0 ? 0 : median(warm.map(run => run.dur)) * 1e-6,
    nodes: times.medians(),
    threads: countThreads(events),
  };
}

/** What is used of an event; `ts` and `dur` in microseconds. */
interface TraceEvent {
  readonly cat: string;
  readonly name: string;
  readonly ts: number;
  readonly dur: number;
  readonly tid: number;
  readonly args: Readonly<Record<string, unknown>>;
}

function parse(text: string): TraceEvent[] {
  const events: unknown = JSON.parse(text);
  if (!Array.isArray(events)) throw new TypeError('the trace is no list of events');
  return events.flatMap((event: Partial<TraceEvent> | null) => {
    if (typeof event?.ts !== 'number' || typeof event.dur !== 'number') return [];
    const { cat = '', name = '', ts, dur, tid = 0, args = {} } = event;
    return [{ cat, name, ts, dur, tid, args }];
  });
}

const KERNEL = '_kernel_time';
const isKernel = (event: TraceEvent): boolean => event.cat === 'Node' && event.name.endsWith(KERNEL);

/**
 * The event of an `If` or a `Loop` lasts as long as its subgraph's, which have events of their own: each event's time
 * less that of the events directly inside it, thread by thread.
 */
function selfTimes(events: readonly TraceEvent[]): Map<TraceEvent, number> {
  const self = new Map<TraceEvent, number>();
  const stacks = new Map<number, TraceEvent[]>();
  for (const event of [...events].sort((a, b) => a.ts - b.ts || b.dur - a.dur)) {
    const stack = stacks.get(event.tid) ?? [];
    stacks.set(event.tid, stack);
    let outer = stack.at(-1);
    while (outer !== undefined && event.ts >= outer.ts + outer.dur) {
      stack.pop();
      outer = stack.at(-1);
    }
    if (outer !== undefined && event.ts + event.dur <= outer.ts + outer.dur)
      self.set(outer, Math.max(0, (self.get(outer) ?? 0) - event.dur));
    self.set(event, event.dur);
    stack.push(event);
  }
  return self;
}

/** On these providers a node's event only covers handing the work over; the device's own times are `Api` events. */
const ASYNCHRONOUS: ReadonlySet<unknown> = new Set(['WebGpuExecutionProvider']);

interface Entry {
  readonly node: Omit<TracedNode, 'selfS'>;
  /** Microseconds per run. */
  readonly perRun: number[];
}

class NodeTimes {
  readonly #entries = new Map<string, Entry>();
  readonly #byName = new Map<string, Entry>();
  readonly #runs: readonly TraceEvent[];

  constructor(runs: readonly TraceEvent[]) {
    this.#runs = runs;
  }

  add(event: TraceEvent, selfUs: number): void {
    const run = this.#runOf(event);
    if (run < 0) return;
    const name = nodeName(event.name.slice(0, -KERNEL.length));
    const { op_name: op, node_index: index, provider } = event.args;
    const entry = this.#entry({
      name,
      op: typeof op === 'string' ? op : '',
      index: Number(index ?? -1),
      provider: typeof provider === 'string' ? provider : '',
    });
    if (!ASYNCHRONOUS.has(provider)) entry.perRun[run] = (entry.perRun[run] ?? 0) + selfUs;
  }

  /** `node&op&kernel` */
  addDevice(event: TraceEvent): void {
    const run = this.#runOf(event);
    if (run < 0) return;
    const parts = event.name.split('&');
    const [op = ''] = parts.splice(-2);
    const name = nodeName(parts.join('&'));
    const entry = this.#byName.get(name) ?? this.#entry({ name, op, index: -1, provider: 'WebGpuExecutionProvider' });
    entry.perRun[run] = (entry.perRun[run] ?? 0) + event.dur;
  }

  medians(): TracedNode[] {
    return [...this.#entries.values()].map(({ node, perRun }) => ({ ...node, selfS: median(perRun) * 1e-6 }));
  }

  #entry(node: Entry['node']): Entry {
    const key = JSON.stringify([node.name, node.op, node.index, node.provider]);
    const found = this.#entries.get(key);
    if (found !== undefined) return found;
    const entry = { node, perRun: this.#runs.map(() => 0) };
    this.#entries.set(key, entry);
    if (node.name !== '' && !this.#byName.has(node.name)) this.#byName.set(node.name, entry);
    return entry;
  }

  /** Runs follow one another: an event belongs to the last that began before it. */
  #runOf(event: TraceEvent): number {
    let [low, high] = [0, this.#runs.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#runs[middle]?.ts ?? 0) <= event.ts) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

/** Layout changes rename a node by a counter at its end. */
const nodeName = (name: string): string => name.replace(/_token_\d+$/, '');

/** The calling thread and all that ever helped it; a session of one thread has no statistics. Of the processor alone. */
function countThreads(events: readonly TraceEvent[]): number | null {
  const ours = events.filter(event => isKernel(event) && event.args['provider'] === 'CPUExecutionProvider');
  if (ours.length === 0) return null;
  const helpers = ours
    .flatMap(({ args }) => entriesOf(args['thread_scheduling_stats']))
    .flatMap(([name, value]) => (name === 'sub_threads' ? entriesOf(value) : []));
  return 1 + new Set(helpers.map(([id]) => id)).size;
}

const entriesOf = (value: unknown): [string, unknown][] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : [];
