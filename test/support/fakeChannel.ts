/** Two ends of a channel in memory: messages are cloned as a real boundary does, and arrive later, in order. */
import type { Channel } from '../../src/protocol/rpc';

export interface ChannelPair {
  readonly a: Channel;
  readonly b: Channel;
  /** Both ends see the close. */
  readonly close: () => void;
}

export function channelPair(): ChannelPair {
  const ends = [new End(), new End()] as const;
  ends[0].other = ends[1];
  ends[1].other = ends[0];
  return {
    a: ends[0],
    b: ends[1],
    close: () => {
      for (const end of ends) end.close();
    },
  };
}

class End implements Channel {
  other: End | undefined;
  #open = true;
  readonly #onMessage = new Set<(message: unknown) => void>();
  readonly #onClose = new Set<() => void>();

  send(message: unknown): void {
    if (!this.#open) throw new Error('closed');
    const copy: unknown = structuredClone(message);
    queueMicrotask(() => this.other?.receive(copy));
  }

  receive(message: unknown): void {
    if (this.#open) for (const handler of this.#onMessage) handler(message);
  }

  close(): void {
    this.#open = false;
    for (const handler of this.#onClose) handler();
  }

  onMessage(handler: (message: unknown) => void): { dispose(): void } {
    this.#onMessage.add(handler);
    return { dispose: () => this.#onMessage.delete(handler) };
  }

  onClose(handler: () => void): { dispose(): void } {
    if (!this.#open) handler();
    else this.#onClose.add(handler);
    return { dispose: () => this.#onClose.delete(handler) };
  }
}
