/** Starts and ends the child process; what happens in between is the client's. */
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import type { ProfilerCalls } from '../protocol/profiler';
import type { Client } from '../protocol/rpc';
import { createClient } from '../protocol/rpc';
import { childChannel } from './channel';

export interface ChildSettings {
  /** The bundled worker, dist/profiler.js. */
  readonly childPath: string;
  /** Node, or an Electron that can act as Node; by default what runs this. */
  readonly execPath?: string;
  readonly environment?: NodeJS.ProcessEnv;
}

export interface Ending {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The end of what it wrote to stderr, and why it could not be started. */
  readonly said: string;
}

export class Child {
  readonly calls: Client<ProfilerCalls>;
  readonly ended: Promise<Ending>;
  readonly pid: number | undefined;
  readonly #process: ChildProcess;

  constructor({ childPath, execPath, environment = process.env }: ChildSettings, folder: string) {
    this.#process = fork(childPath, [String(process.pid)], {
      cwd: folder,
      env: cleanEnvironment(environment),
      execArgv: [],
      ...(execPath !== undefined && { execPath }),
      // Models cross as typed arrays.
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.pid = this.#process.pid;
    this.ended = ending(this.#process);
    this.calls = createClient<ProfilerCalls>(childChannel(this.#process));
  }

  /** Resolves when the process is gone. A native call in progress does not notice SIGTERM's handler, but has none. */
  async stop(): Promise<void> {
    const child = this.#process;
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
    await this.ended;
    clearTimeout(timer);
  }
}

/** Cancelling promises to be done within a second. */
const PATIENCE_MS = 400;

/** An editor's debugger would otherwise follow into the child, and a measurement under it is none. */
function cleanEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, VSCODE_INSPECTOR_OPTIONS: _inspector, NODE_V8_COVERAGE: _, ...rest } = environment;
  return { ...rest, ELECTRON_RUN_AS_NODE: '1' };
}

const KEPT = 4000;

function ending(child: ChildProcess): Promise<Ending> {
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    said = (said + chunk).slice(-KEPT);
  });
  return new Promise(resolve => {
    child.once('exit', (exitCode, signal) => resolve({ exitCode, signal, said: said.trim() }));
    child.once('error', error => {
      // Also told for messages that could not be written; only a child that never was has no exit.
      if (child.pid === undefined) resolve({ exitCode: null, signal: null, said: error.message });
    });
  });
}
