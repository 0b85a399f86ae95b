/** One measurement at a time: two at once would measure each other. */

interface Cancelled {
  readonly kind: 'cancelled';
}

export class Queue {
  #last: Promise<unknown> = Promise.resolve();

  /** Waits for those before; a signal takes a waiting job out at once. `work` sees to its own cancelling. */
  add<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T | Cancelled> {
    const before = this.#last;
    const result = (async (): Promise<T | Cancelled> => {
      await (signal === undefined ? before : Promise.race([before, aborted(signal)]));
      return signal?.aborted === true ? { kind: 'cancelled' } : work();
    })();
    // A job that left early must not let the next one start before those ahead of it are done.
    this.#last = Promise.allSettled([before, result]);
    return result;
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
