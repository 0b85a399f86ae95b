/** `modelwatt diff`: what changed in cost since a commit. */
import { text } from '../../base/text';
import type { ChangeReport } from '../../report/change';
import { changeMarkdown, changeTable } from '../../report/changeTable';
import { CHANGE_OPTIONS, printChanges } from '../changes';
import type { Command } from '../command';
import { checkPaths } from '../operand';
import { checkSyntax, requestOf } from '../reading';

export const diff: Command = {
  name: 'diff',
  summary: text('what changed in the cost of the models in a file since a commit, or with A..B between two; no checkout, no environment'), // prettier-ignore
  positionals: ['REV', 'FILE'],
  options: CHANGE_OPTIONS,
  run: async (args, console) => {
    const [revision = '', file = ''] = args.positionals;
    const request = requestOf({ ...args, positionals: [file] });
    // A file that is gone can still be compared between commits.
    if (!revision.includes('..')) await checkPaths(request);
    const context = { signal: new AbortController().signal, progress: () => undefined };
    const forms = { table: changeTable, markdown: changeMarkdown };
    const report = await printChanges(args, console, forms, async calls => {
      const found = await calls.diff({ ...request, revision }, context);
      return { ...found, ...checkSyntax({ ...found, models: [] }, console) };
    });
    if (report.error !== undefined) return 2;
    return isWhole(report, request.model !== undefined) ? 0 : 3;
  },
};

/** Blocks that only need arguments have no cost to compare, which is no failure unless they were named. */
const isWhole = ({ models }: ChangeReport, named: boolean): boolean =>
  models.every(({ complete, before, after }) => complete || (!named && [before, after].every(totals => totals === null || totals.macs === null))); // prettier-ignore
