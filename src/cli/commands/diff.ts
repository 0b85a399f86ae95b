/** `modelwatt diff`: what changed in cost since a commit. */
import { text } from '../../base/text';
import type { ChangeReport } from '../../report/change';
import { changeMarkdown, changeTable } from '../../report/changeTable';
import { ANALYSIS_OPTIONS, choice } from '../args';
import type { Command } from '../command';
import { checkPaths } from '../operand';
import { plainJson, requestOf } from '../reading';

const FORMATS = ['table', 'json', 'markdown'] as const;

export const diff: Command = {
  name: 'diff',
  summary: text('what changed in the cost of the models in a file since a commit, or with A..B between two; no checkout, no environment'), // prettier-ignore
  positionals: ['REV', 'FILE'],
  options: {
    ...ANALYSIS_OPTIONS,
    format: {
      value: FORMATS.join('|'),
      help: text('how to print the report; without it as a table'),
    },
  },
  run: async (args, console) => {
    const format = choice(args, 'format', FORMATS, 'table');
    const [revision = '', file = ''] = args.positionals;
    const request = requestOf({ ...args, positionals: [file] });
    // A file that is gone can still be compared between commits.
    if (!revision.includes('..')) await checkPaths(request);
    const { createAnalysis } = await import('../../analysis/worker');
    const context = {
      signal: new AbortController().signal,
      progress: () => undefined,
    };
    const report = await createAnalysis().diff({ ...request, revision }, context);
    const say = console.say.bind(console);
    console.out(format === 'json' ? plainJson(report) : format === 'markdown' ? changeMarkdown(report, say) : changeTable(report, say)); // prettier-ignore
    return isWhole(report, request.model !== undefined) ? 0 : 3;
  },
};

/** Blocks that only need arguments have no cost to compare, which is no failure unless they were named. */
const isWhole = ({ models }: ChangeReport, named: boolean): boolean =>
  models.every(({ complete, before, after }) => complete || (!named && [before, after].every(totals => totals === null || totals.macs === null))); // prettier-ignore
