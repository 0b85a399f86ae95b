/**
 * Entry of the command line: finds the command, runs it, turns refusals into one clear line and exit code 2.
 * JSON goes to stdout alone; messages go to stderr.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../base/findings';
import { render, text } from '../base/text';
import { help, parse } from './args';
import type { Command, Console, ExitCode } from './command';
import { advise } from './commands/advise';
import { analyze } from './commands/analyze';
import { meter } from './commands/meter';
import { profile } from './commands/profile';
import { translator } from './language';

const commands: readonly Command[] = [analyze, profile, advise, meter];

async function main(argv: readonly string[]): Promise<ExitCode> {
  const cancel = new AbortController();
  process.once('SIGINT', () => cancel.abort());
  process.once('SIGTERM', () => cancel.abort());
  const say = translator(process.env, __dirname);
  const console: Console = {
    out: line => void process.stdout.write(line),
    message: line => void process.stderr.write(`${line}\n`),
    say: message => render(message, say),
    signal: cancel.signal,
  };
  try {
    return await dispatch(argv, console);
  } catch (error) {
    if (cancel.signal.aborted) return refuse(new InputError('cancelled', text('cancelled')), argv, console);
    if (error instanceof InputError) return refuse(error, argv, console);
    throw error;
  }
}

async function dispatch([name, ...rest]: readonly string[], console: Console): Promise<ExitCode> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    console.out(overview());
    return name === undefined ? 2 : 0;
  }
  if (name === '--version') {
    console.out(`${version()}\n`);
    return 0;
  }
  const command = commands.find(candidate => candidate.name === name);
  if (command === undefined)
    throw new InputError('unknown-command', text('"{0}" is no command', name), text('see "modelwatt --help"'));
  const args = parse(command, rest);
  if (args.flag('help')) {
    console.out(help(command));
    return 0;
  }
  return command.run(args, console);
}

/** One line for people; an `error` object besides where JSON was asked for. */
function refuse(error: InputError, argv: readonly string[], console: Console): ExitCode {
  const remedy = error.remedy === undefined ? undefined : console.say(error.remedy);
  const message = console.say(error.text);
  console.message(`modelwatt: ${message}${remedy === undefined ? '' : `; ${remedy}`}`);
  const wantsJson = argv.some(
    (arg, index) => arg === '--format=json' || (arg === 'json' && argv[index - 1] === '--format'),
  );
  if (wantsJson)
    console.out(
      `${JSON.stringify({ error: { code: error.code, message: render(error.text), remedy: error.remedy === undefined ? null : render(error.remedy) } })}\n`,
    );
  return 2;
}

const overview = (): string =>
  `modelwatt: what deep-learning models cost, from source and measured\n\n${commands
    .map(command => `  modelwatt ${[command.name, ...command.positionals].join(' ').padEnd(16)}${command.summary}`)
    .join('\n')}\n\nmodelwatt <command> --help explains each.\n`;

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '';
}

main(process.argv.slice(2)).then(
  code => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(
      `modelwatt: an error of its own, please report it: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exitCode = 2;
  },
);
