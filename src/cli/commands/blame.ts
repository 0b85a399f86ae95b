/** `modelwatt blame`: which commits changed the cost of a model, and by how much. */
import { InputError } from '../../base/findings';
import { text } from '../../base/text';
import { blameMarkdown, blameTable } from '../../report/changeTable';
import { CHANGE_OPTIONS, printChanges } from '../changes';
import type { Command } from '../command';
import { requestOf } from '../reading';

export const blame: Command = {
  name: 'blame',
  summary: text('which commits changed the cost of a model, and by how much'),
  positionals: ['FILE'],
  options: CHANGE_OPTIONS,
  run: async (args, console) => {
    const request = requestOf(args);
    const { model } = request;
    if (model === undefined)
      throw new InputError('missing-model', text('which model is not said'), text('name it with --model NAME'));
    const context = { signal: console.signal, progress: () => undefined };
    const forms = { table: blameTable, markdown: blameMarkdown };
    const report = await printChanges(args, console, forms, async calls => calls.blame({ ...request, model }, context));
    return report.changes.every(({ complete }) => complete) ? 0 : 3;
  },
};
