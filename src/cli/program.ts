/** Finds the command and runs it; turns refusals into one clear line, an error object where JSON was asked for, and exit code 2. */
import { InputError } from '../base/findings';
import type { Text } from '../base/text';
import { text } from '../base/text';
import { help, parse } from './args';
import type { Command, Console, ExitCode } from './command';
import { advise } from './commands/advise';
import { blame } from './commands/blame';
import { compare } from './commands/compare';
import { diff } from './commands/diff';
import { exportRuns } from './commands/export';
import { history } from './commands/history';
import { analyze } from './commands/analyze';
import { meter } from './commands/meter';
import { profile } from './commands/profile';
import { run } from './commands/run';
import { errorObject, lineOf } from './refusal';

const commands: readonly Command[] = [analyze, profile, advise, diff, blame, meter, run, history, compare, exportRuns];

/** Rejects for our own faults, and where the user cancelled. */
export async function runProgram(argv: readonly string[], console: Console): Promise<number> {
  try {
    return await dispatch(argv, console);
  } catch (error) {
    if (error instanceof InputError) return refuse(error, argv, console);
    throw error;
  }
}

async function dispatch([name, ...rest]: readonly string[], console: Console): Promise<number> {
  if (name === undefined)
    throw new InputError('missing-command', text('the command is missing'), text('see "modelwatt --help"'));
  if (['--help', '-h', 'help'].includes(name)) {
    console.out(overview(message => console.say(message)));
    return 0;
  }
  if (name === '--version' || name === '-V') {
    console.out(`${console.version()}\n`);
    return 0;
  }
  const command = commands.find(candidate => candidate.name === name);
  if (command === undefined)
    throw new InputError('unknown-command', text('"{0}" is no command', name), text('see "modelwatt --help"'));
  const args = parse(command, rest);
  if (args.flag('help')) {
    console.out(help(command, message => console.say(message)));
    return 0;
  }
  return command.run(args, console);
}

/** Its one line is for people; the `error` object stays English. */
function refuse(error: InputError, argv: readonly string[], console: Console): ExitCode {
  console.message(lineOf(error, message => console.say(message)));
  const wantsJson = argv.some(
    (arg, index) => arg === '--format=json' || (arg === 'json' && argv[index - 1] === '--format'),
  );
  if (wantsJson) console.out(`${JSON.stringify({ error: errorObject(error) })}\n`);
  return 2;
}

function overview(say: (message: Text) => string): string {
  const rows = commands.map(
    command =>
      `  modelwatt ${[command.name, ...command.positionals, ...(command.rest === undefined ? [] : [command.rest])].join(' ').padEnd(16)}${say(command.summary)}`,
  );
  const title = say(text('what deep-learning models cost, from source and measured'));
  return `modelwatt: ${title}\n\n${rows.join('\n')}\n\n${say(text('"modelwatt COMMAND --help" explains each.'))}\n`;
}
