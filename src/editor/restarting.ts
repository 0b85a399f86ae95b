/**
 * A program of ours that answers calls: started when it is first asked, started again after it died, and left alone for
 * a while when it dies again and again. Knows neither threads nor processes.
 */
import { InputError } from '../base/findings';
import type { Log } from '../base/ports';
import type { Disposable } from '../base/store';
import { text, type Text } from '../base/text';
import { type CallMap, type Channel, type Client, createClient } from '../protocol/rpc';

export interface Program {
  readonly channel: Channel;
  end(): void;
}

export interface RestartingOptions {
  /** For the log. */
  readonly name: string;
  /** For the user, when it has ended too often. */
  readonly failing: Text;
  readonly start: () => Program;
  readonly log: Log;
  /** Told when it died, not when it was ended. */
  readonly died?: () => void;
  /** Milliseconds; the default is the clock of the machine. */
  readonly now?: () => number;
}

/** So many deaths within the window, and it rests until the oldest has left the window. */
const DEATHS = 3;
const WINDOW_MS = 60_000;

export function createRestarting<Calls extends CallMap<Calls>, Events = unknown>(
  options: RestartingOptions,
): Client<Calls, Events> {
  return new Restarting<Calls, Events>(options);
}

interface Running<Calls extends CallMap<Calls>, Events> {
  readonly client: Client<Calls, Events>;
  readonly program: Program;
}

interface Subscription {
  readonly attach: (client: unknown) => Disposable;
  attached?: Disposable | undefined;
}

class Restarting<Calls extends CallMap<Calls>, Events> implements Client<Calls, Events> {
  #running: Running<Calls, Events> | undefined;
  readonly #subscriptions = new Set<Subscription>();
  #deaths: number[] = [];
  #disposed = false;

  constructor(readonly options: RestartingOptions) {}

  readonly call: Client<Calls, Events>['call'] = (name, params, options) => {
    try {
      return this.#client().call(name, params, options);
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
  };

  on<K extends keyof Events & string>(name: K, handler: (payload: Events[K]) => void): Disposable {
    const subscription: Subscription = { attach: client => (client as Client<Calls, Events>).on(name, handler) };
    this.#subscriptions.add(subscription);
    if (this.#running) subscription.attached = subscription.attach(this.#running.client);
    return {
      dispose: () => {
        this.#subscriptions.delete(subscription);
        subscription.attached?.dispose();
      },
    };
  }

  dispose(): void {
    this.#disposed = true;
    const running = this.#running;
    this.#running = undefined;
    running?.client.dispose();
    running?.program.end();
  }

  #client(): Client<Calls, Events> {
    if (this.#running) return this.#running.client;
    this.#refuseIfDying();
    const program = this.options.start();
    const running = { program, client: createClient<Calls, Events>(program.channel) };
    this.#running = running;
    program.channel.onClose(() => this.#ended(running));
    for (const subscription of this.#subscriptions) subscription.attached = subscription.attach(running.client);
    return running.client;
  }

  #ended(running: Running<Calls, Events>): void {
    if (this.#running !== running) return;
    this.#running = undefined;
    this.#deaths.push(this.#now());
    this.options.log.warn(`${this.options.name} has ended; it is started again when it is needed`);
    running.client.dispose();
    this.options.died?.();
  }

  #refuseIfDying(): void {
    if (this.#disposed) throw new InputError('ended', text('ModelWatt is being shut down'));
    this.#deaths = this.#deaths.filter(time => this.#now() - time < WINDOW_MS);
    if (this.#deaths.length < DEATHS) return;
    throw new InputError('keeps-ending', this.options.failing, text('the log says why; it is tried again in a minute'));
  }

  #now(): number {
    return this.options.now?.() ?? performance.now();
  }
}
