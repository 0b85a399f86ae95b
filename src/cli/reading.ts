/** What the commands that read a file share: the request, its refusals, the JSON form and the exit code. */
import { resolve } from 'node:path';
import { InputError } from '../base/findings';
import { render, text } from '../base/text';
import type { Text } from '../base/text';
import type { AnalyzeRequest } from '../protocol/analysis';
import type { DiagnosticReport, ModelReport } from '../report/view';
import type { Arguments } from './args';
import type { Console, ExitCode } from './command';
import type { ErrorObject } from './refusal';
import { errorObject, lineOf } from './refusal';

interface Read {
  readonly file: string;
  readonly models: readonly Pick<ModelReport, 'name' | 'status' | 'generation'>[];
  readonly diagnostics: readonly DiagnosticReport[];
}

/** The request that the shared options describe. The file stays as it was named, since the report repeats it. */
export function requestOf(args: Arguments): AnalyzeRequest {
  const optional = {
    model: args.text('model'),
    args: args.text('args'),
    device: args.text('device-name'),
    region: args.text('region'),
  };
  return {
    path: args.positionals[0] ?? '',
    inputs: args.list('input'),
    searchPath: args.list('search-path').map(folder => resolve(folder)),
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  };
}

export function checkModel(report: Read, wanted: string | undefined): void {
  if (wanted === undefined || report.models.some(model => model.name === wanted)) return;
  const names = report.models.map(model => model.name).join(', ');
  throw new InputError(
    'unknown-model',
    text('there is no model named "{0}"', wanted),
    names === '' ? text('the file defines no model') : text('it has {0}', names),
  );
}

/**
 * A file that Python itself would refuse is bad input, although what stands outside the error was read: the report is
 * printed, and says so.
 */
export function checkSyntax(report: Read, console: Console): { readonly error?: ErrorObject } {
  const error = syntaxError(report);
  if (error === undefined) return {};
  console.message(lineOf(error, message => console.say(message)));
  return { error: errorObject(error) };
}

function syntaxError({ diagnostics }: Read): InputError | undefined {
  const found = diagnostics.find(({ code }) => code === 'syntax-error');
  return (
    found &&
    new InputError(
      'syntax-error',
      text('"{0}" has a syntax error in line {1}', found.file, found.line),
      text('mend it; what stands elsewhere in the file was read'),
    )
  );
}

/** Without `--model` a block that merely needs arguments is no failure. */
export function exitCode(report: Read, named: boolean): ExitCode {
  if (syntaxError(report) !== undefined) return 2;
  const failing = named ? ['incomplete', 'needs-arguments'] : ['incomplete'];
  return report.models.some(model => failing.includes(model.status) || model.generation?.complete === false) ? 3 : 0;
}

/** In English: translatable texts stand beside the English ones where those are public, and are written out elsewhere. */
export function plainJson(report: unknown): string {
  const plain = (key: string, value: unknown): unknown =>
    !isText(value) ? value : key === 'text' || key.endsWith('Text') ? undefined : render(value);
  return `${JSON.stringify(report, plain, 2)}\n`;
}

const isText = (value: unknown): value is Text =>
  typeof value === 'object' && value !== null && 'template' in value && 'args' in value;
