/** Options of the command line: one table per command, from which parsing and `--help` both come. */
import { parseArgs } from 'node:util';
import { InputError } from '../base/findings';
import type { Text } from '../base/text';
import { text } from '../base/text';

export interface Option {
  /** What stands for the value in the help; a switch has none. */
  readonly value?: string;
  readonly multiple?: boolean;
  readonly help: Text;
}

export interface CommandSyntax {
  readonly name: string;
  readonly summary: Text;
  readonly positionals: readonly string[];
  readonly options: Readonly<Record<string, Option>>;
  /** Stands in the help for a command line of its own behind `--`, which is not looked into. */
  readonly rest?: string;
}

export interface Arguments {
  readonly positionals: readonly string[];
  /** What stands behind `--` where the command takes a command line. */
  readonly rest: readonly string[];
  /** The last of several, where only one counts. */
  text(name: string): string | undefined;
  list(name: string): readonly string[];
  flag(name: string): boolean;
}

export const ANALYSIS_OPTIONS: Readonly<Record<string, Option>> = {
  model: { value: 'NAME', help: text('class or function to read; without it every model in the file') },
  args: {
    value: "'PYTHON ARGUMENTS'",
    help: text("what stands in the parentheses of the model's call: 'num_classes=10, width=0.5'"),
  },
  input: {
    value: 'SPEC',
    multiple: true,
    help: text('input as [name=]dtype[d,d,…][=VALUE] or 1x3x224x224; without it inputs are inferred'),
  },
  'search-path': { value: 'DIR', multiple: true, help: text('where absolute imports are looked up, like PYTHONPATH') },
  'device-name': { value: 'NAME', help: text('device to estimate for; without it the processor of this machine') },
  region: {
    value: 'COUNTRY',
    help: text('ISO country code of the electricity grid; without it guessed from the time zone'),
  },
};

const HELP: Option = { help: text('explains the command') };

/** Throws `InputError` for unknown options, missing values and missing operands. */
export function parse(syntax: CommandSyntax, argv: readonly string[]): Arguments {
  const known: Readonly<Record<string, Option>> = { ...syntax.options, help: HELP };
  const own = syntax.rest === undefined ? argv : argv.slice(0, endOf(argv));
  const { tokens, positionals } = parseArgs({
    args: [...own],
    options: Object.fromEntries(
      Object.entries(known).map(([name, { value }]) => [name, { type: value === undefined ? 'boolean' : 'string' }]),
    ),
    allowPositionals: true,
    // Its own refusals are English, and several lines long.
    strict: false,
    tokens: true,
  });
  const given = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const name = token.rawName === '-h' ? 'help' : token.name;
    const option = Object.hasOwn(known, name) && token.rawName !== `-${name}` ? known[name] : undefined;
    if (option === undefined)
      throw new InputError('bad-option', text('there is no option "{0}"', token.rawName), helpHint(syntax));
    checkValue(syntax, token, option);
    given.set(name, [...(given.get(name) ?? []), token.value ?? '']);
  }
  if (!given.has('help')) checkPositionals(syntax, positionals);
  const list = (name: string): readonly string[] => given.get(name) ?? [];
  const rest = argv.slice(own.length + 1);
  return { positionals, rest, list, text: name => list(name).at(-1), flag: name => given.has(name) };
}

function endOf(argv: readonly string[]): number {
  const dashes = argv.indexOf('--');
  return dashes < 0 ? argv.length : dashes;
}

interface OptionToken {
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

function checkValue(syntax: CommandSyntax, { rawName, value, inlineValue }: OptionToken, option: Option): void {
  if (option.value === undefined) {
    if (value !== undefined)
      throw new InputError('bad-option', text('"{0}" takes no value', rawName), helpHint(syntax));
    return;
  }
  if (value === undefined)
    throw new InputError(
      'bad-option',
      text('"{0}" needs a value', rawName),
      text('write {0} {1}', rawName, option.value),
    );
  // Most likely the value was forgotten and the next option taken for it.
  if (inlineValue !== true && value.startsWith('-') && value !== '-')
    throw new InputError(
      'bad-option',
      text('"{0}" needs a value', rawName),
      text('for a value that begins with a dash write {0}={1}', rawName, value),
    );
}

const helpHint = (syntax: CommandSyntax): Text => text('see "modelwatt {0} --help"', syntax.name);

function checkPositionals(syntax: CommandSyntax, positionals: readonly string[]): void {
  const [missing] = syntax.positionals.slice(positionals.length);
  const [extra] = positionals.slice(syntax.positionals.length);
  if (missing !== undefined)
    throw new InputError('missing-operand', text('the operand {0} is missing', missing), helpHint(syntax));
  if (extra !== undefined)
    throw new InputError('extra-operand', text('"{0}" is one operand too many', extra), helpHint(syntax));
}

/** A timer of Node's takes no longer span. */
const MOST_SECONDS = 2_000_000;

/** A span of time above zero. */
export function seconds(args: Arguments, name: string): number | undefined {
  const value = args.text(name);
  if (value === undefined) return undefined;
  const number = /^[\d.]+(e\d+)?$/i.test(value) ? Number(value) : NaN;
  if (!(number > 0 && number <= MOST_SECONDS))
    throw new InputError(
      'bad-option',
      text('"--{0}" takes a number of seconds above 0, not "{1}"', name, value),
      text('for example --{0} 5', name),
    );
  return number;
}

export function choice<T extends string>(args: Arguments, name: string, allowed: readonly T[], fallback: T): T {
  const value = args.text(name) ?? fallback;
  const found = allowed.find(candidate => candidate === value);
  if (found !== undefined) return found;
  throw new InputError(
    'bad-option',
    text('"--{0}" cannot be "{1}"', name, value),
    text('choose one of {0}', allowed.join(', ')),
  );
}

const INDENT = 28;

export function help(syntax: CommandSyntax, say: (message: Text) => string): string {
  const rows = Object.entries({ ...syntax.options, help: HELP }).map(([name, option]) => {
    const left = `  --${name}${option.value === undefined ? '' : ` ${option.value}`}`;
    const gap = left.length < INDENT ? ' '.repeat(INDENT - left.length) : `\n${' '.repeat(INDENT)}`;
    return `${left}${gap}${say(option.help)}${option.multiple === true ? ` (${say(text('repeatable'))})` : ''}`;
  });
  const operands = syntax.positionals.map(operand => ` ${operand}`).join('');
  const rest = syntax.rest === undefined ? '' : ` ${syntax.rest}`;
  return `modelwatt ${syntax.name}${operands} [--option …]${rest}\n\n${say(syntax.summary)}\n\n${rows.join('\n')}\n`;
}
