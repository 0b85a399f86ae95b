/** Speaks with the script that runs a model in the user's PyTorch, and turns every way it may end into words. */
import { InputError } from '../../base/findings';
import type { Text } from '../../base/text';
import { text } from '../../base/text';
import type { Disposable } from '../../base/store';
import script from './profile.py';

/** What the script is asked; the keys are Python's. */
export interface TorchJob {
  readonly file: string;
  readonly model: string;
  /** What stands in the call's parentheses. */
  readonly args: string;
  readonly search: readonly string[];
  readonly inputs: readonly TorchInput[];
  readonly device: 'auto' | 'cpu' | 'cuda' | 'mps';
  readonly seconds: number;
  /** Times forward and backward together as well. */
  readonly backward: boolean;
  readonly memoryLimitBytes: number;
}

export interface TorchInput {
  readonly name: string;
  readonly dtype: string;
  readonly dims: readonly number[];
  readonly value?: number | readonly number[];
}

export interface TorchResult {
  readonly torch: string;
  readonly device: string;
  readonly deviceName: string | null;
  readonly threads: number | null;
  readonly parameters: number;
  /** By PyTorch's own counter, two per multiply-add; null where this PyTorch has none. */
  readonly flops: number | null;
  readonly outputs: readonly string[];
  readonly steady: boolean;
  readonly peakBytes: number | null;
  readonly backward: {
    readonly runs: number;
    readonly medianS: number;
    readonly low: number;
    readonly high: number;
  } | null;
  /** Own time of one run, by module path. */
  readonly modules: readonly { readonly path: string; readonly selfS: number }[];
  readonly windows: readonly { readonly seconds: number; readonly runs: number; readonly medianS: number }[];
  readonly runs: number;
  readonly seconds: number;
  /** Processor time of the process meanwhile, all its threads. */
  readonly cpuS?: number;
  readonly fastestS: number;
  readonly slowestS: number;
  readonly p95S: number;
}

export interface PythonHandlers {
  readonly onLine: (line: string) => void;
  /** Once. `said` is the end of what it wrote to stderr. */
  readonly onEnd: (ending: PythonEnding) => void;
}

export interface PythonEnding {
  readonly code: number | null;
  readonly signal: string | null;
  readonly said: string;
  /** Why it could not be started. */
  readonly problem?: string;
}

export interface PythonProcess extends Disposable {
  send(text: string): void;
}

/** Starts an interpreter; disposing of it ends it and all that it started. */
export type StartPython = (interpreter: string, args: readonly string[], handlers: PythonHandlers) => PythonProcess;

export type TorchStage = 'importing' | 'building' | 'firstRun' | 'warmingUp' | 'measuring' | 'tracing' | 'backward';

export interface TorchSurroundings {
  readonly signal?: AbortSignal;
  readonly onStage?: (stage: TorchStage, fraction?: number, latencyS?: number) => void;
  /** Around the measuring alone: until `work` is called, the model is loaded, warm and idle. */
  readonly around?: (work: () => Promise<void>) => Promise<void>;
  readonly timeLimitS: number;
  readonly startTimer: (seconds: number, run: () => void) => Disposable;
}

/** What stood in the way, with Python's own traceback where there is one. */
export class TorchFault extends InputError {
  constructor(
    code: string,
    message: Text,
    remedy: Text | undefined,
    readonly traceback: string,
  ) {
    super(code, message, remedy);
  }
}

/** Reads the script, which is plain ASCII, from its input, so that no file is written; what follows it there is the job. */
const BOOT = "import sys; exec(compile(sys.stdin.read(int(sys.argv[1])), 'modelwatt', 'exec'))";

export async function runInPython(
  start: StartPython,
  interpreter: string,
  job: TorchJob,
  { signal, onStage, around = work => work(), timeLimitS, startTimer }: TorchSurroundings,
): Promise<TorchResult> {
  const events = new Events();
  const python = start(interpreter, ['-B', '-u', '-c', BOOT, String(script.length)], {
    onLine: line => events.take(line),
    onEnd: ending => events.end(ending, interpreter),
  });
  const stop = (): void => events.fail(new Cancelled());
  signal?.addEventListener('abort', stop, { once: true });
  const limit = startTimer(timeLimitS, () => events.fail(tooSlow(timeLimitS)));
  events.onStage = (stage, seconds, latencyS) =>
    onStage?.(stage, seconds === undefined ? undefined : Math.min(1, seconds / job.seconds), latencyS);
  try {
    if (signal?.aborted === true) throw new Cancelled();
    python.send(script);
    python.send(`${JSON.stringify(job)}\n`);
    await events.wait('ready');
    await around(async () => {
      onStage?.('measuring', 0);
      python.send('go\n');
      await events.wait('measured');
    });
    return (await events.wait('result')) as unknown as TorchResult;
  } finally {
    limit.dispose();
    signal?.removeEventListener('abort', stop);
    python.dispose();
  }
}

export class Cancelled extends Error {}

interface Event {
  readonly event: string;
  readonly [more: string]: unknown;
}

/** What the script has told, waited for by name. */
class Events {
  onStage: (stage: TorchStage, seconds?: number, latencyS?: number) => void = () => undefined;
  readonly #told = new Map<string, Event>();
  readonly #waiting = new Map<string, { resolve: (event: Event) => void; reject: (error: Error) => void }>();
  #failure: Error | undefined;

  wait(name: string): Promise<Event> {
    const told = this.#told.get(name);
    if (told !== undefined) return Promise.resolve(told);
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => this.#waiting.set(name, { resolve, reject }));
  }

  take(line: string): void {
    const event = parse(line);
    if (event === undefined) return;
    if (event.event === 'stage') this.onStage(event['stage'] as TorchStage);
    else if (event.event === 'window') this.onStage('measuring', Number(event['seconds']), Number(event['latencyS']));
    else if (event.event === 'error') this.fail(faultOf(event));
    this.#told.set(event.event, event);
    this.#waiting.get(event.event)?.resolve(event);
    this.#waiting.delete(event.event);
  }

  end(ending: PythonEnding, interpreter: string): void {
    this.fail(endingFault(ending, interpreter));
  }

  /** The first reason stands. */
  fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#failure);
    this.#waiting.clear();
  }
}

function parse(line: string): Event | undefined {
  try {
    const event: unknown = JSON.parse(line);
    return typeof event === 'object' && event !== null && 'event' in event ? (event as Event) : undefined;
  } catch {
    // Not the script's: something below Python wrote to its output.
    return undefined;
  }
}

const tooSlow = (seconds: number): TorchFault =>
  new TorchFault('time-limit', text('the model was still not measured after {0} s', seconds), text('give smaller input sizes'), ''); // prettier-ignore

const outOfMemory = (traceback: string): TorchFault =>
  new TorchFault(
    'out-of-memory',
    text('the model needs more memory than there is'),
    text('give smaller input sizes or a smaller batch'),
    traceback,
  );

function faultOf(event: Event): TorchFault {
  const words = String(event['message']).split('\n')[0] ?? '';
  const traceback = String(event['traceback']);
  const fault = (code: string, message: Text, remedy?: Text): TorchFault =>
    new TorchFault(code, message, remedy, traceback);
  switch (event['code']) {
    case 'no-torch':
      return fault('no-torch', text('this Python has no PyTorch: {0}', words), text('select an environment that has it, or set modelwatt.python')); // prettier-ignore
    case 'import':
      return fault('import', text('the file could not be imported: {0}', words));
    case 'arguments':
      return fault('arguments', text('the model does not take these arguments: {0}', words));
    case 'out-of-memory':
      return outOfMemory(traceback);
    case 'no-model':
      return fault('no-model', text('there is no such model: {0}', words));
    case 'build':
      return fault('build', text('the model could not be built: {0}', words));
    default:
      return fault('forward', text('the model failed while it ran: {0}', words));
  }
}

/** The script's own exit code for a process that took too much memory. */
const OUT_OF_MEMORY = 77;

function endingFault({ code, signal, said, problem }: PythonEnding, interpreter: string): TorchFault {
  if (problem !== undefined)
    return new TorchFault('no-python', text('"{0}" could not be started: {1}', interpreter, problem), text('select a Python interpreter, or set modelwatt.python'), said); // prettier-ignore
  if (code === OUT_OF_MEMORY || signal === 'SIGKILL') return outOfMemory(said);
  return new TorchFault('crashed', text('Python ended unexpectedly ({0})', signal ?? `exit code ${code ?? 'unknown'}`), undefined, said); // prettier-ignore
}
