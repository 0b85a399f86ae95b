/** `modelwatt run -- COMMAND...`: energy of a command and of all that it starts, into the history. */
import { availableParallelism, hostname } from 'node:os';
import { join, resolve } from 'node:path';
import type { Text } from '../../base/text';
import { text } from '../../base/text';
import { InputError } from '../../base/findings';
import type { FromRecorder, RunStart } from '../../protocol/recorder';
import { runLine } from '../../report/runLine';
import { dataFolder } from '../../services/ports/dataFolder';
import { newRunId } from '../../services/ports/runId';
import { jobHere, launches } from '../../services/jobs';
import { MARK, marksOf } from '../../services/marks';
import { gridOf } from '../../services/grid';
import type { Arguments } from '../args';
import { seconds } from '../args';
import type { Command, Console } from '../command';
import { lineOf } from '../refusal';
import { RecorderLink } from '../recorderLink';
import type { Wrapped } from '../wrapped';
import { startWrapped } from '../wrapped';

export const run: Command = {
  name: 'run',
  summary: text('energy of a command and of all that it starts, recorded in the history'),
  positionals: [],
  rest: '-- COMMAND...',
  options: {
    region: { value: 'COUNTRY', help: text('ISO country code of the electricity grid; without it guessed from the time zone') }, // prettier-ignore
    pue: { value: 'N', help: text('what the data centre draws in all per unit that its machines draw: 1.0 and more') },
    exclusive: { help: text('nobody else works on this machine: all that it draws meanwhile is this run’s') },
    idle: { value: 'N', help: text('look at the idle machine for so many seconds first, for the energy above idle') },
    emissions: {
      value: 'FILE',
      help: text('file for the row in CodeCarbon’s columns; without it one beside the history'),
    },
    'no-progress': { help: text('leave pipes to the command alone; without it output into a pipe passes through here, so that progress can be read') }, // prettier-ignore
    quiet: { help: text('no line at the end') },
  },
  run: async (args, console) => {
    const command = args.rest;
    if (command.length === 0)
      throw new InputError('missing-operand', text('the command is missing'), text('write it behind two dashes: modelwatt run -- python train.py')); // prettier-ignore
    const start = startOf(args, command, console.version());
    // A region that is not known is refused before anything runs.
    gridOf(start.region ?? undefined, '');
    const link = new RecorderLink(join(__dirname, 'recorder.js'), start);
    if (start.idleS > 0) await link.ready;
    const wrapped = await begun(command, start, link, args.flag('no-progress'));
    if (typeof wrapped === 'number') {
      link.close();
      console.message(`modelwatt: ${console.say(text('"{0}" could not be started', command[0] ?? ''))}`);
      return wrapped;
    }
    const code = await wrapped.ended;
    finish(await link.exited(code), args, console);
    link.close();
    return code;
  },
};

function startOf(args: Arguments, command: readonly string[], version: string): RunStart {
  const { job, here, exclusive } = jobHere(process.env, hostname(), availableParallelism());
  const data = dataFolder();
  const outer = marksOf(process.env[MARK]);
  return {
    id: newRunId(),
    parent: outer.at(-1) ?? null,
    data,
    command,
    folder: process.cwd(),
    starter: process.pid,
    region: args.text('region') ?? null,
    pue: pueOf(args),
    exclusive: args.flag('exclusive') || exclusive,
    visibleGpus: process.env['CUDA_VISIBLE_DEVICES'] ?? null,
    idleS: args.flag('idle') ? (seconds(args, 'idle') ?? 0) : 0,
    job,
    elsewhere: elsewhere(here, command[0] ?? ''),
    tool: `modelwatt ${version}`,
    emissions: resolve(args.text('emissions') ?? join(data, 'emissions.csv')),
    notes: exclusive && !args.flag('exclusive') ? [text('the whole node is this job’s')] : [],
  };
}

/** Where the work is done on another machine, what this one draws is not its energy. */
function elsewhere(here: boolean, program: string): Text | null {
  if (!here) return text('this machine is not one of the job’s: nothing was measured here');
  return launches(program)
    ? text('"{0}" has the work done by other processes: nothing was measured here; put modelwatt run behind it', program) // prettier-ignore
    : null;
}

function pueOf(args: Arguments): number | null {
  const value = args.text('pue');
  if (value === undefined) return null;
  const number = /^\d+(\.\d+)?$/.test(value) ? Number(value) : NaN;
  if (number >= 1 && number <= 5) return number;
  throw new InputError('bad-option', text('"--{0}" cannot be "{1}"', 'pue', value), text('give a number from 1 to 5'));
}

/** The running command, or the exit code that shells give for one that cannot be started. */
async function begun(
  command: readonly string[],
  start: RunStart,
  link: RecorderLink,
  alone: boolean,
): Promise<Wrapped | number> {
  // prettier-ignore
  const env = { ...process.env, [MARK]: [...marksOf(process.env[MARK]), start.id].join(',') };
  try {
    const wrapped = await startWrapped(command, env, alone ? undefined : link);
    link.began(wrapped.pid);
    return wrapped;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 127 : 126;
  }
}

function finish(answer: Extract<FromRecorder, { kind: 'done' }> | undefined, args: Arguments, console: Console): void {
  const say = (message: Text): string => console.say(message);
  const line = (message: string): void => console.message(`modelwatt: ${message}`);
  if (answer === undefined) {
    line(say(text('the recorder of this run has ended by itself; its record breaks off')));
    return;
  }
  for (const { text: message, remedy } of answer.refusals)
    console.message(lineOf(new InputError('unrecorded', message, remedy ?? undefined), say));
  // Better in the terminal's memory than nowhere.
  if (answer.refusals.length > 0) console.message(JSON.stringify(answer.record));
  if (args.flag('quiet')) return;
  line(runLine(answer.record, say));
  if (answer.going > 0) line(say(text('{0} processes of it go on and are recorded until they end', answer.going)));
}
