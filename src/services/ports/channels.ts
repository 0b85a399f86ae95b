/** Channels over Node's worker threads; those between a parent and its forked child are the profiler's, passed on. */
import type { MessagePort, Worker } from 'node:worker_threads';
import type { Disposable } from '../../base/store';
import type { Channel } from '../../protocol/rpc';

export { childChannel, parentChannel } from '../../profiler/channel';

/** The end of whoever started the worker. Closed when the worker has ended, for whatever reason. */
export function workerChannel(worker: Worker): Channel {
  let ended = false;
  worker.once('exit', () => (ended = true));
  return channelOf(worker, 'exit', () => ended);
}

/** The worker's end: pass `parentPort`. Closed when the starter closes its port. */
export function portChannel(port: MessagePort): Channel {
  let closed = false;
  port.once('close', () => (closed = true));
  return channelOf(port, 'close', () => closed);
}

interface Peer {
  postMessage(message: unknown): void;
  on(event: string, listener: (value: unknown) => void): unknown;
  off(event: string, listener: (value: unknown) => void): unknown;
}

function channelOf(peer: Peer, ending: string, isClosed: () => boolean): Channel {
  const subscribe = (event: string, handler: (value: unknown) => void): Disposable => {
    peer.on(event, handler);
    return { dispose: () => peer.off(event, handler) };
  };
  return {
    send: message => {
      // Posting to a worker that has ended is silently dropped by Node.
      if (isClosed()) throw new Error('the channel is closed');
      peer.postMessage(message);
    },
    onMessage: handler => subscribe('message', handler),
    onClose: handler => {
      if (!isClosed()) return subscribe(ending, () => handler());
      handler();
      return { dispose: () => undefined };
    },
  };
}
