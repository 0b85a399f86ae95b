/** `modelwatt analyze`: the cost of every model in a file. */
import { resolve } from 'node:path';
import { InputError } from '../../base/findings';
import { text } from '../../base/text';
import type { AnalyzeRequest } from '../../protocol/analysis';
import type { FileReport } from '../../report/view';
import { markdownReport, sarifReport, tableReport } from '../../report/print';
import type { Arguments } from '../args';
import { ANALYSIS_OPTIONS, choice } from '../args';
import type { Command, ExitCode } from '../command';

export const FORMATS = ['table', 'json', 'markdown', 'sarif'] as const;

export const analyze: Command = {
  name: 'analyze',
  summary: 'Parameters, MACs, FLOPs, memory, and modelled time, energy and carbon of the models in a file.',
  positionals: ['FILE'],
  options: {
    ...ANALYSIS_OPTIONS,
    format: { value: FORMATS.join('|'), help: 'how to print the report (default: table)' },
  },
  run: async (args, console) => {
    const format = choice(args, 'format', FORMATS, 'table');
    const { createAnalysis } = await import('../../analysis/worker');
    const report = await createAnalysis().analyze(requestOf(args), {
      signal: console.signal,
      progress: () => undefined,
    });
    checkModel(report, args.text('model'));
    console.out(printed(report, format));
    return exitCode(report, args.text('model') !== undefined);
  },
};

/** The request that the shared options describe. Relative paths are made absolute only for looking up imports. */
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

export function checkModel(
  report: { readonly models: readonly { readonly name: string }[] },
  wanted: string | undefined,
): void {
  if (wanted === undefined || report.models.some(model => model.name === wanted)) return;
  const names = report.models.map(model => model.name).join(', ');
  throw new InputError(
    'unknown-model',
    text('there is no model named "{0}"', wanted),
    names === '' ? text('the file defines no model') : text('it has {0}', names),
  );
}

function printed(report: FileReport, format: (typeof FORMATS)[number]): string {
  switch (format) {
    case 'json':
      return plainJson(report);
    case 'markdown':
      return markdownReport(report);
    case 'sarif':
      return `${JSON.stringify(sarifReport(report), undefined, 2)}\n`;
    case 'table':
      return tableReport(report);
  }
}

/** The contract has no translatable texts; where it has a message, that stands beside them. */
export function plainJson(report: unknown): string {
  const isText = (value: unknown): boolean =>
    typeof value === 'object' && value !== null && 'template' in value && 'args' in value;
  return `${JSON.stringify(report, (_, value: unknown) => (isText(value) ? undefined : value), 2)}\n`;
}

/** Without `--model` a block that merely needs arguments is no failure. */
export function exitCode(report: FileReport, named: boolean): ExitCode {
  const failing = named ? ['incomplete', 'needs-arguments'] : ['incomplete'];
  return report.models.some(model => failing.includes(model.status)) ? 3 : 0;
}
