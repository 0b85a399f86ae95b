/** The log channel. Its level is the user's ("Developer: Set Log Level…"), so nothing is filtered here. */
import { window } from 'vscode';
import type { Log } from '../base/ports';
import type { Store } from '../base/store';

export interface EditorLog extends Log {
  show(): void;
}

export function createLog(store: Store): EditorLog {
  const channel = store.add(window.createOutputChannel('ModelWatt', { log: true }));
  return {
    debug: message => channel.debug(message),
    info: message => channel.info(message),
    warn: message => channel.warn(message),
    error: message => channel.error(message),
    show: () => channel.show(true),
  };
}
