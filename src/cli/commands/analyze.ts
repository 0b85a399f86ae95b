/** `modelwatt analyze`: the cost of every model in a file. */
import { text } from '../../base/text';
import { markdownReport, tableReport } from '../../report/print';
import { sarifReport } from '../../report/sarif';
import type { FileReport } from '../../report/view';
import { ANALYSIS_OPTIONS, choice } from '../args';
import type { Command, Console } from '../command';
import { checkPaths } from '../operand';
import { checkModel, checkSyntax, exitCode, plainJson, requestOf } from '../reading';

const FORMATS = ['table', 'json', 'markdown', 'sarif'] as const;
type Format = (typeof FORMATS)[number];

export const analyze: Command = {
  name: 'analyze',
  summary: text('parameters, MACs, FLOPs, memory, and modelled time, energy and carbon of the models in a file'),
  positionals: ['FILE'],
  options: {
    ...ANALYSIS_OPTIONS,
    growth: { help: text('adds how the costs grow with batch, length and resolution, by reading at several sizes') },
    generate: {
      value: 'prefill=N,decode=M',
      help: text('adds what it costs to make text: N tokens that are given, and M after them one by one'),
    },
    layers: { help: text('lists every layer in the table') },
    format: { value: FORMATS.join('|'), help: text('how to print the report; without it as a table') },
  },
  run: async (args, console) => {
    const format = choice(args, 'format', FORMATS, 'table');
    const generate = args.text('generate');
    const request = { ...requestOf(args), growth: args.flag('growth'), ...(generate !== undefined && { generate }) };
    await checkPaths(request);
    const { createAnalysis } = await import('../../analysis/worker');
    // Nothing has to be cleaned up: Ctrl+C may end the process in the middle.
    const report = await createAnalysis().analyze(request, {
      signal: new AbortController().signal,
      progress: () => undefined,
    });
    checkModel(report, request.model);
    const error = checkSyntax(report, console);
    console.out(printed({ ...report, ...error }, format, args.flag('layers'), console));
    return exitCode(report, request.model !== undefined);
  },
};

function printed(report: FileReport, format: Format, withLayers: boolean, console: Console): string {
  const say = console.say.bind(console);
  switch (format) {
    case 'json':
      return plainJson(report);
    case 'markdown':
      return markdownReport(report, say);
    case 'sarif':
      return `${JSON.stringify(sarifReport(report), undefined, 2)}\n`;
    case 'table':
      return tableReport(report, say, withLayers);
  }
}
