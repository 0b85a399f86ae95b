/** What the profiler asks of an inference runtime; `worker.ts` adapts the native one, tests bring their own. */
import type { Provider, TensorSignature } from '../protocol/profiler';
import type { Elements } from './elements';

export interface Runtime {
  readonly version: string;
  readonly providers: readonly Provider[];
  /** Blocks the thread, for minutes with some models. */
  create(model: string | Uint8Array, options: SessionOptions): Promise<Session>;
  tensor(dtype: string, elements: Elements | readonly string[], dims: readonly number[]): Tensor;
}

/** The runtime's own tensor, opaque here. */
export interface Tensor {
  readonly dims: readonly number[];
}

export type Feeds = Readonly<Record<string, Tensor>>;

export interface SessionOptions {
  readonly provider: Provider;
  /** `all` for the speed that users get, `basic` where node names must survive. */
  readonly level: 'disabled' | 'basic' | 'all';
  readonly threads?: number;
  /** Path and beginning of the name of the trace file. */
  readonly tracePrefix?: string;
}

export interface Session {
  readonly inputs: readonly TensorSignature[];
  readonly outputs: readonly TensorSignature[];
  /** Blocks the thread. */
  run(feeds: Feeds): Promise<Readonly<Record<string, unknown>>>;
  endProfiling(): void;
  release(): Promise<void>;
}
