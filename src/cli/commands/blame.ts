/** `modelwatt blame`: which commits changed the cost of a model, and by how much. */
import { InputError } from '../../base/findings';
import { text } from '../../base/text';
import { blameMarkdown, blameTable } from '../../report/changeTable';
import { ANALYSIS_OPTIONS, choice } from '../args';
import type { Command } from '../command';
import { plainJson, requestOf } from '../reading';

const FORMATS = ['table', 'json', 'markdown'] as const;

export const blame: Command = {
  name: 'blame',
  summary: text('which commits changed the cost of a model, and by how much'),
  positionals: ['FILE'],
  options: {
    ...ANALYSIS_OPTIONS,
    format: {
      value: FORMATS.join('|'),
      help: text('how to print the report; without it as a table'),
    },
  },
  run: async (args, console) => {
    const format = choice(args, 'format', FORMATS, 'table');
    const request = requestOf(args);
    const { model } = request;
    if (model === undefined)
      throw new InputError('missing-model', text('which model is not said'), text('name it with --model NAME'));
    const { createAnalysis } = await import('../../analysis/worker');
    const context = { signal: console.signal, progress: () => undefined };
    const report = await createAnalysis().blame({ ...request, model }, context);
    const say = console.say.bind(console);
    console.out(format === 'json' ? plainJson(report) : format === 'markdown' ? blameMarkdown(report, say) : blameTable(report, say)); // prettier-ignore
    return report.changes.every(({ complete }) => complete) ? 0 : 3;
  },
};
