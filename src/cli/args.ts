/** Options of the command line: one table per command, from which parsing and `--help` both come. */
import { parseArgs } from 'node:util';
import { InputError } from '../base/findings';
import { text } from '../base/text';

export interface Option {
  readonly value?: string;
  readonly multiple?: boolean;
  readonly help: string;
}

export interface CommandSyntax {
  readonly name: string;
  readonly summary: string;
  readonly positionals: readonly string[];
  readonly options: Readonly<Record<string, Option>>;
}

export interface Arguments {
  readonly positionals: readonly string[];
  /** The last of several, where only one counts. */
  text(name: string): string | undefined;
  list(name: string): readonly string[];
  flag(name: string): boolean;
}

export const ANALYSIS_OPTIONS: Readonly<Record<string, Option>> = {
  model: { value: 'NAME', help: 'class or function to read; without it every model in the file' },
  args: { value: "'PYTHON ARGUMENTS'", help: "what stands in the call's parentheses: 'num_classes=10, width=0.5'" },
  input: {
    value: 'SPEC',
    multiple: true,
    help: 'input as [name=]dtype[d,d,…][=VALUE] or 1x3x224x224; without it inputs are inferred',
  },
  'search-path': { value: 'DIR', multiple: true, help: 'where absolute imports are looked up, like PYTHONPATH' },
  'device-name': { value: 'NAME', help: 'device to estimate for; without it the processor of this machine' },
  region: { value: 'COUNTRY', help: 'ISO country code of the grid; without it guessed from the time zone' },
};

/** Throws `InputError` for unknown options, missing values and missing operands. */
export function parse(syntax: CommandSyntax, argv: readonly string[]): Arguments {
  const options = Object.fromEntries(
    Object.entries(syntax.options).map(([name, option]) => [
      name,
      {
        type: option.value === undefined ? ('boolean' as const) : ('string' as const),
        multiple: option.multiple ?? false,
      },
    ]),
  );
  const parsed = attempt(syntax, () =>
    parseArgs({
      args: [...argv],
      options: { ...options, help: { type: 'boolean' } },
      allowPositionals: true,
      strict: true,
    }),
  );
  const values: Readonly<Record<string, unknown>> = parsed.values;
  const { positionals } = parsed;
  if (values['help'] !== true) checkPositionals(syntax, positionals);
  const list = (name: string): readonly string[] => {
    const value = values[name];
    return Array.isArray(value) ? value.map(String) : typeof value === 'string' ? [value] : [];
  };
  return { positionals, list, text: name => list(name).at(-1), flag: name => values[name] === true };
}

function attempt<T>(syntax: CommandSyntax, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const [message = ''] = error instanceof Error ? error.message.split('. ') : [];
    throw new InputError('bad-option', text('{0}', message), helpHint(syntax));
  }
}

const helpHint = (syntax: CommandSyntax) => text('see "modelwatt {0} --help"', syntax.name);

function checkPositionals(syntax: CommandSyntax, positionals: readonly string[]): void {
  const [missing] = syntax.positionals.slice(positionals.length);
  const [extra] = positionals.slice(syntax.positionals.length);
  if (missing !== undefined) throw new InputError('missing-operand', text('{0} is missing', missing), helpHint(syntax));
  if (extra !== undefined)
    throw new InputError('extra-operand', text('"{0}" is one operand too many', extra), helpHint(syntax));
}

/** A number above zero. */
export function positive(args: Arguments, name: string): number | undefined {
  const value = args.text(name);
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!Number.isFinite(number) || number <= 0)
    throw new InputError(
      'bad-option',
      text('"--{0}" takes a number above 0, not "{1}"', name, value),
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

export function help(syntax: CommandSyntax): string {
  const rows = Object.entries(syntax.options).map(([name, option]) => {
    const left = `  --${name}${option.value === undefined ? '' : ` ${option.value}`}`;
    return `${left.padEnd(28)}${left.length > 27 ? `\n${' '.repeat(28)}` : ''}${option.help}${option.multiple === true ? ' (repeatable)' : ''}`;
  });
  const operands = syntax.positionals.map(operand => ` ${operand}`).join('');
  return `modelwatt ${syntax.name}${operands} [options]\n\n${syntax.summary}\n\n${rows.join('\n')}\n`;
}
