/** Debug sessions as runs: the process and the output as the debugger tells them, else the process that has just begun. */
import { debug, type DebugConfiguration, type DebugSession } from 'vscode';
import type { Store } from '../../base/store';
import { youngProcess } from '../../services/ports/findProcess';
import type { RunHandle } from './runs';
import { quoted } from './tasks';
import type { RunWatch } from './watch';

interface Session {
  readonly run: RunHandle;
  exitCode: number | null;
  followed: boolean;
}

export function followDebugging(watch: RunWatch, store: Store): void {
  const on = new Map<string, Session>();
  /** A debugger may make a session per process: all of them are the outermost one's run. */
  const sessionOf = (session: DebugSession): Session | undefined => {
    for (let at: DebugSession | undefined = session; at !== undefined; at = at.parentSession) {
      const known = on.get(at.id);
      if (known !== undefined) return known;
    }
    return undefined;
  };
  store.add(
    debug.onDidStartDebugSession(session => {
      if (session.parentSession !== undefined || on.has(session.id)) return;
      begin(session);
    }),
  );
  const begin = (session: DebugSession): void => {
    const { configuration } = session;
    if (configuration.request !== 'launch') return;
    const words = wordsOf(configuration);
    if (words === undefined) return;
    const folder = textOf(configuration['cwd']) ?? session.workspaceFolder?.uri.fsPath ?? null;
    const start = { trigger: 'debug', label: session.name, command: words, folder, root: null } as const;
    const run = watch.command(words.map(quoted).join(' '), start, [session.name]);
    if (run === undefined) return;
    const known: Session = { run, exitCode: null, followed: false };
    on.set(session.id, known);
    lookFor(known, textOf(configuration['program']) ?? textOf(configuration['module']));
  };
  const heard = (session: DebugSession, message: unknown): void => {
    const known = sessionOf(session);
    if (known !== undefined) listen(known, message);
  };
  store.add(
    debug.registerDebugAdapterTrackerFactory('*', {
      createDebugAdapterTracker: session => ({
        onDidSendMessage: message => heard(session, message),
        onWillReceiveMessage: message => heard(session, message),
      }),
    }),
  );
  store.add(
    debug.onDidTerminateDebugSession(session => {
      const known = on.get(session.id);
      on.delete(session.id);
      void known?.run.end(known.exitCode);
    }),
  );
}

/** As a command line would be. Debuggers of Python name the interpreter themselves. */
function wordsOf(configuration: DebugConfiguration): readonly string[] | undefined {
  const args: unknown = configuration['args'];
  const rest = Array.isArray(args) ? args.map(String) : typeof args === 'string' && args !== '' ? [args] : [];
  const program = textOf(configuration['program']);
  const module = textOf(configuration['module']);
  const isPython = /^(debugpy|python)$/.test(configuration.type);
  if (module !== undefined && isPython) return ['python', '-m', module, ...rest];
  if (program === undefined) return undefined;
  const runner = isPython ? 'python' : /node/.test(configuration.type) ? 'node' : undefined;
  return runner === undefined ? [program, ...rest] : [runner, program, ...rest];
}

/** Events of the Debug Adapter Protocol, and the editor's answer where it started the program in a terminal. */
function listen(session: Session, message: unknown): void {
  const { type, event, command, body } = fieldsOf(message);
  const said = fieldsOf(body);
  if (type === 'event' && event === 'output' && (said['category'] === 'stdout' || said['category'] === 'stderr')) {
    const output = said['output'];
    if (typeof output === 'string') session.run.output(output);
  } else if (type === 'event' && event === 'exited' && typeof said['exitCode'] === 'number') {
    session.exitCode = said['exitCode'];
  } else if (type === 'event' && event === 'process') follow(session, said['systemProcessId']);
  else if (type === 'response' && command === 'runInTerminal') follow(session, said['processId']);
}

function follow(session: Session, pid: unknown): void {
  if (session.followed || typeof pid !== 'number' || pid <= 0) return;
  session.followed = true;
  session.run.follow({ pid, kind: 'process' });
}

/** Debuggers that do not tell: the process that has just begun and has the program in its command line. */
function lookFor(session: Session, program: string | undefined): void {
  const name = program?.split(/[\\/]/).at(-1);
  if (name === undefined || name === '') return;
  const isIt = (words: readonly string[]): boolean => words.slice(1).some(word => word.split(/[\\/]/).at(-1) === name);
  let tries = 0;
  const look = (): void => {
    if (session.followed) return;
    const root = youngProcess(LOOK_BACK_S, isIt);
    if (root !== undefined) follow(session, root.pid);
    else if (++tries < TRIES) setTimeout(look, AGAIN_MS);
  };
  setTimeout(look, FIRST_MS);
}

/** A debugger that tells does so at once. */
const FIRST_MS = 150;
const AGAIN_MS = 400;
const TRIES = 12;
const LOOK_BACK_S = 10;

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
