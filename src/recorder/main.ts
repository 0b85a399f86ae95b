/**
 * The recorder of one run, as a program of its own: it is told of the run through its standard input, measures until
 * the run's last process has ended, and writes the record. It has no terminal, so that a closed one does not end it,
 * and it goes on where its starter is killed.
 */
import { createInterface } from 'node:readline';
import type { FromRecorder, RunStart, ToRecorder } from '../protocol/recorder';
import { CommandRecorder } from '../services/ports/commandRecorder';

let recorder: CommandRecorder | undefined;

function tell(message: FromRecorder): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

/** Its starter may be gone, and then nobody listens. */
process.stdout.on('error', () => undefined);
for (const name of ['SIGHUP', 'SIGINT'] as const) process.on(name, () => undefined);

function begin(start: RunStart): void {
  recorder = new CommandRecorder(start, tell);
  // A shutdown: what is known by now is kept.
  process.once('SIGTERM', () => void recorder?.lose().finally(() => process.exit()));
}

const lines = createInterface({ input: process.stdin });
lines.on('line', line => {
  const message = JSON.parse(line) as ToRecorder;
  if (message.kind === 'begin') begin(message.start);
  else recorder?.take(message);
});
lines.once('close', () => recorder?.abandoned());
