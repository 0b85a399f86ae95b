/** The panel's end of the channel to the extension host. */
import type { PanelCalls, PanelEvents } from '../src/protocol/panel';
import { type Channel, type Client, createClient } from '../src/protocol/rpc';

/** What VS Code gives to a webview's script. */
interface Host {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): Host;

export interface Connection {
  readonly client: Client<PanelCalls, PanelEvents>;
  /** Survives hiding, and a restart of the window. */
  readonly load: () => unknown;
  readonly save: (state: unknown) => void;
}

export function connect(): Connection {
  const host = acquireVsCodeApi();
  return {
    client: createClient<PanelCalls, PanelEvents>(channelTo(host)),
    load: () => host.getState(),
    save: state => host.setState(state),
  };
}

/** Never closes: the document goes before its host does. */
const channelTo = (host: Host): Channel => ({
  send: message => host.postMessage(message),
  onMessage: handler => {
    const listener = (event: MessageEvent<unknown>): void => handler(event.data);
    window.addEventListener('message', listener);
    return { dispose: () => window.removeEventListener('message', listener) };
  },
  onClose: () => ({ dispose: () => undefined }),
});
