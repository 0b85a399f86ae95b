/** Channels between a parent and the child that it forked, seen from either end. */
import type { ChildProcess } from 'node:child_process';
import type { Disposable } from '../base/store';
import type { Channel } from '../protocol/rpc';

/** The parent's end. Closed when the child has gone or has hung up. */
export const childChannel = (child: ChildProcess): Channel => channelOf(child, ['disconnect', 'exit', 'error']);

/** The child's end. Closed when the parent has gone or has hung up. */
export const parentChannel = (self: NodeJS.Process): Channel => channelOf(self, ['disconnect']);

interface Peer {
  readonly connected: boolean;
  send?(message: unknown, callback: (error: Error | null) => void): boolean;
  on(event: string, listener: (value: unknown) => void): unknown;
  off(event: string, listener: (value: unknown) => void): unknown;
}

function channelOf(peer: Peer, endings: readonly string[]): Channel {
  return {
    send: message => {
      if (!peer.connected || peer.send === undefined) throw new Error('the channel is closed');
      // A failure to write is followed by the close event, which is what callers listen to.
      peer.send(message, () => undefined);
    },
    onMessage: handler => subscribe(peer, ['message'], handler),
    onClose: handler => {
      if (peer.connected) return subscribe(peer, endings, once(handler));
      handler();
      return { dispose: () => undefined };
    },
  };
}

function subscribe(peer: Peer, events: readonly string[], handler: (value: unknown) => void): Disposable {
  for (const event of events) peer.on(event, handler);
  return {
    dispose: () => {
      for (const event of events) peer.off(event, handler);
    },
  };
}

function once(handler: () => void): () => void {
  let called = false;
  return () => {
    if (!called) handler();
    called = true;
  };
}
