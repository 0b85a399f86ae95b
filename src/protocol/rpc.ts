/**
 * Typed calls over any message channel: host and webview, host and worker thread, parent and forked child. Knows no
 * transport; adapters to `Channel` live where they are used. Both ends of a channel may ask and answer at once.
 */
import { InputError } from '../base/findings';
import type { Disposable } from '../base/store';
import type { Text } from '../base/text';
import { text } from '../base/text';
import type { Seconds } from '../base/units';

/** Two-way transport of plain data. */
export interface Channel {
  /** Throws when the message cannot be sent: a closed channel, data that cannot be cloned. */
  send(message: unknown): void;
  onMessage(handler: (message: unknown) => void): Disposable;
  /** Calls at once when the channel is closed already. */
  onClose(handler: () => void): Disposable;
}

/**
 * A call map is an interface `{ name: { params: P; result: R; progress?: G } }`, an event map `{ name: payload }`.
 * All types in them are plain data.
 */
export type CallMap<Calls> = { readonly [K in keyof Calls]: CallShape };

interface CallShape {
  readonly params: unknown;
  readonly result: unknown;
  readonly progress?: unknown;
}

type Params<Calls extends CallMap<Calls>, K extends keyof Calls> = Calls[K]['params'];
type Result<Calls extends CallMap<Calls>, K extends keyof Calls> = Calls[K]['result'];
type Progress<Calls extends CallMap<Calls>, K extends keyof Calls> = Calls[K] extends { readonly progress: infer G }
  ? G
  : never;

type Name<Map> = keyof Map & string;

export interface CallOptions<G> {
  /** Aborting rejects with code `cancelled` and tells the other side. */
  readonly signal?: AbortSignal;
  readonly timeout?: Seconds;
  readonly onProgress?: (progress: G) => void;
}

export interface Client<Calls extends CallMap<Calls>, Events = unknown> extends Disposable {
  /** Rejects with `InputError` where the other side refused, with `RpcError` for everything else. */
  call<K extends Name<Calls>>(
    name: K,
    params: Params<Calls, K>,
    options?: CallOptions<Progress<Calls, K>>,
  ): Promise<Result<Calls, K>>;
  on<K extends Name<Events>>(name: K, handler: (payload: Events[K]) => void): Disposable;
}

export interface CallContext<G> {
  /** Aborted when the caller cancels, the channel closes or the server is disposed. */
  readonly signal: AbortSignal;
  readonly progress: (progress: G) => void;
}

export type Handlers<Calls extends CallMap<Calls>> = {
  readonly [K in Name<Calls>]: (
    params: Params<Calls, K>,
    context: CallContext<Progress<Calls, K>>,
  ) => Promise<Result<Calls, K>> | Result<Calls, K>;
};

export interface Server<Events = unknown> extends Disposable {
  /** Dropped without complaint when the channel is closed: nobody listens any more. */
  emit<K extends Name<Events>>(name: K, payload: Events[K]): void;
}

export type RpcErrorCode = 'cancelled' | 'closed' | 'timeout' | 'unknown-method' | 'unsendable' | 'internal';

/** A call that did not come to an answer, for a reason that is not the request's. */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  constructor(
    readonly code: RpcErrorCode,
    readonly text: Text,
    /** The other side's words and stack, for the log. */
    readonly detail?: string,
  ) {
    super(detail ?? text.template);
  }
}

/** Whether something was thrown because somebody cancelled: here, on the other side, or by an AbortSignal. */
export const isCancelled = (error: unknown): boolean =>
  error instanceof RpcError ? error.code === 'cancelled' : error instanceof Error && error.name === 'AbortError';

/** Plain form of an error. Only `InputError` keeps its text: other errors are our own faults, and are for the log. */
interface ErrorData {
  readonly code: string;
  readonly input: boolean;
  readonly text: Text;
  readonly remedy?: Text;
  readonly detail?: string;
}

type Message =
  | { readonly rpc: 'request'; readonly id: number; readonly method: string; readonly params: unknown }
  | { readonly rpc: 'cancel'; readonly id: number }
  | { readonly rpc: 'ok'; readonly id: number; readonly result: unknown }
  | { readonly rpc: 'error'; readonly id: number; readonly error: ErrorData }
  | { readonly rpc: 'progress'; readonly id: number; readonly progress: unknown }
  | { readonly rpc: 'event'; readonly name: string; readonly payload: unknown };

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly progress: (progress: unknown) => void;
  /** Lets go of timer and signal. */
  readonly release: () => void;
}

/** The asking end. Several clients on one channel would mix their ids up: one per channel. */
export function createClient<Calls extends CallMap<Calls>, Events = unknown>(channel: Channel): Client<Calls, Events> {
  const caller = new Caller(channel);
  const listeners = new Map<string, Set<(payload: unknown) => void>>();
  const subscriptions = [
    channel.onMessage(received => {
      if (!isMessage(received)) return;
      if (received.rpc === 'event')
        for (const listener of [...(listeners.get(received.name) ?? [])]) listener(received.payload);
      else caller.receive(received);
    }),
    channel.onClose(() => caller.close()),
  ];
  return {
    call: (name, params, options = {}) => caller.call(name, params, options),
    on: (name, handler) => {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set);
      const listener = (payload: unknown): void => handler(payload as never);
      set.add(listener);
      return { dispose: () => set.delete(listener) };
    },
    dispose: () => {
      for (const subscription of subscriptions) subscription.dispose();
      listeners.clear();
      caller.close();
    },
  };
}

/** Calls on their way. */
class Caller {
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  #open = true;

  constructor(readonly channel: Channel) {}

  call<G>(method: string, params: unknown, { signal, timeout, onProgress }: CallOptions<G>): Promise<unknown> {
    if (signal?.aborted === true) return Promise.reject(cancelledError());
    if (!this.#open) return Promise.reject(closedError());
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const abort = (): void => this.#giveUp(id, cancelledError());
      const expire = (): void =>
        this.#giveUp(id, new RpcError('timeout', text('no answer within {0} s', timeout ?? 0)));
      const timer = timeout === undefined ? undefined : setTimeout(expire, 1000 * timeout);
      signal?.addEventListener('abort', abort);
      this.#pending.set(id, {
        resolve,
        reject,
        progress: progress => onProgress?.(progress as G),
        release: () => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', abort);
        },
      });
      try {
        this.channel.send({ rpc: 'request', id, method, params } satisfies Message);
      } catch (error) {
        this.#take(id)?.reject(unsendable(error));
      }
    });
  }

  receive(message: Message): void {
    if (message.rpc === 'progress') this.#pending.get(message.id)?.progress(message.progress);
    else if (message.rpc === 'ok') this.#take(message.id)?.resolve(message.result);
    else if (message.rpc === 'error') this.#take(message.id)?.reject(errorOf(message.error));
  }

  close(): void {
    this.#open = false;
    for (const id of [...this.#pending.keys()]) this.#take(id)?.reject(closedError());
  }

  #giveUp(id: number, error: Error): void {
    this.#take(id)?.reject(error);
    ignoreFailure(() => this.channel.send({ rpc: 'cancel', id } satisfies Message));
  }

  /** Whoever takes a call settles it: nothing settles twice. */
  #take(id: number): Pending | undefined {
    const call = this.#pending.get(id);
    this.#pending.delete(id);
    call?.release();
    return call;
  }
}

export interface ServeOptions {
  /** Told of handlers that failed for a reason of their own. */
  readonly onFault?: (error: unknown, method: string) => void;
}

/** The answering end. Handlers run side by side; order and exclusion are theirs to keep. */
export function serve<Calls extends CallMap<Calls>, Events = unknown>(
  channel: Channel,
  handlers: Handlers<Calls>,
  { onFault }: ServeOptions = {},
): Server<Events> {
  const running = new Map<number, AbortController>();
  const post = (message: Message): void => {
    channel.send(message);
  };

  const answer = async (id: number, method: string, params: unknown): Promise<void> => {
    const controller = new AbortController();
    running.set(id, controller);
    const context: CallContext<unknown> = {
      signal: controller.signal,
      progress: progress => {
        if (!controller.signal.aborted) ignoreFailure(() => post({ rpc: 'progress', id, progress }));
      },
    };
    try {
      const handler = Object.hasOwn(handlers, method) ? (handlers as Record<string, unknown>)[method] : undefined;
      if (typeof handler !== 'function')
        throw new RpcError('unknown-method', text('nothing here is called {0}', method));
      const result: unknown = await (handler as (p: unknown, c: typeof context) => unknown)(params, context);
      post({ rpc: 'ok', id, result });
    } catch (error) {
      const data = dataOf(error, controller.signal.aborted);
      if (data.code === 'internal') onFault?.(error, method);
      ignoreFailure(() => post({ rpc: 'error', id, error: data }));
    } finally {
      running.delete(id);
    }
  };

  const abortAll = (): void => {
    for (const controller of [...running.values()]) controller.abort();
  };

  const subscriptions = [
    channel.onMessage(received => {
      if (!isMessage(received)) return;
      if (received.rpc === 'request') void answer(received.id, received.method, received.params);
      else if (received.rpc === 'cancel') running.get(received.id)?.abort();
    }),
    channel.onClose(abortAll),
  ];
  return {
    emit: (name, payload) => ignoreFailure(() => post({ rpc: 'event', name, payload })),
    dispose: () => {
      for (const subscription of subscriptions) subscription.dispose();
      abortAll();
    },
  };
}

const cancelledError = (): RpcError => new RpcError('cancelled', text('cancelled'));
const closedError = (): RpcError => new RpcError('closed', text('the process that was asked has ended'));
const unsendable = (error: unknown): RpcError =>
  new RpcError('unsendable', text('the request could not be sent'), wordsOf(error));

function dataOf(error: unknown, aborted: boolean): ErrorData {
  if (error instanceof InputError)
    return { code: error.code, input: true, text: error.text, ...(error.remedy && { remedy: error.remedy }) };
  if (isCancelled(error) || aborted) return { code: 'cancelled', input: false, text: text('cancelled') };
  if (error instanceof RpcError) return { code: error.code, input: false, text: error.text };
  return {
    code: 'internal',
    input: false,
    text: text('something went wrong inside ModelWatt'),
    detail: wordsOf(error),
  };
}

function errorOf(data: ErrorData): Error {
  return data.input
    ? new InputError(data.code, data.text, data.remedy)
    : new RpcError(data.code as RpcErrorCode, data.text, data.detail);
}

const wordsOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));

/** Other traffic on the channel is not ours to judge, and is passed over. */
function isMessage(received: unknown): received is Message {
  if (typeof received !== 'object' || received === null || !('rpc' in received)) return false;
  const { rpc, id } = received as { rpc: unknown; id?: unknown };
  return rpc === 'event' || (typeof rpc === 'string' && typeof id === 'number');
}

/** For messages whose loss is no loss: the receiver is gone. */
function ignoreFailure(send: () => void): void {
  try {
    send();
  } catch {
    // The close handler has told, or will tell, whoever waits.
  }
}
