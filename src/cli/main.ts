/**
 * Entry of the command line: connects the program with the process. JSON goes to stdout alone; messages go to stderr.
 * The exit code is set and not forced, so that nothing is cut off on its way through a pipe.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { render, text } from '../base/text';
import { isCancelled } from '../protocol/rpc';
import type { Console } from './command';
import { translator } from './language';
import { runProgram } from './program';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const say = translator(process.env, __dirname);
let cancel: AbortController | undefined;
let received: (typeof SIGNALS)[number] = 'SIGINT';

const console: Console = {
  out: line => void process.stdout.write(line),
  message: line => void process.stderr.write(`${line}\n`),
  say: message => render(message, say),
  version,
  get signal() {
    if (cancel !== undefined) return cancel.signal;
    const controller = new AbortController();
    cancel = controller;
    for (const name of SIGNALS)
      process.once(name, () => {
        received = name;
        controller.abort();
      });
    return controller.signal;
  },
};

/** Whoever reads may stop early, as `head` does: that is no fault. */
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });

runProgram(process.argv.slice(2), console).then(
  code => {
    process.exitCode = code;
  },
  (error: unknown) => {
    if (cancel?.signal.aborted === true || isCancelled(error)) endBySignal();
    else report(error);
  },
);

/** A shell's loop ends too when a program in it ends by the signal, and not merely with some exit code. */
function endBySignal(): void {
  console.message(`modelwatt: ${console.say(text('cancelled'))}`);
  for (const name of SIGNALS) process.removeAllListeners(name);
  process.kill(process.pid, received);
}

function report(error: unknown): void {
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  console.message(`modelwatt: ${console.say(text('an error of its own; please report it'))}: ${detail}`);
  process.exitCode = 2;
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '';
}
