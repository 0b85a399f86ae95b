/** The owner of what must be disposed. Late arrivals are disposed at once, order is reversed, and every failure is reported. */
export interface Disposable {
  dispose(): unknown;
}

export class Store implements Disposable {
  #items: Disposable[] = [];
  #disposed = false;

  get isDisposed(): boolean {
    return this.#disposed;
  }

  add<T extends Disposable>(item: T): T {
    if (this.#disposed) item.dispose();
    else this.#items.push(item);
    return item;
  }

  /** Registers a plain function to run at disposal. */
  defer(dispose: () => unknown): void {
    this.add({ dispose });
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    const failures: unknown[] = [];
    for (const item of this.#items.reverse()) {
      try {
        item.dispose();
      } catch (error) {
        failures.push(error);
      }
    }
    this.#items = [];
    if (failures.length > 0) throw new AggregateError(failures, 'disposal failed');
  }
}
