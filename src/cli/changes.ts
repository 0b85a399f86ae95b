/** What the commands that compare commits have in common: which forms there are, and how a report is printed. */
import type { Text } from '../base/text';
import { text } from '../base/text';
import type { Arguments } from './args';
import { ANALYSIS_OPTIONS, choice } from './args';
import type { AnalysisCalls } from '../protocol/analysis';
import type { Handlers } from '../protocol/rpc';
import type { Console } from './command';
import { plainJson } from './reading';

const FORMATS = ['table', 'json', 'markdown'] as const;

export const CHANGE_OPTIONS = {
  ...ANALYSIS_OPTIONS,
  format: { value: FORMATS.join('|'), help: text('how to print the report; without it as a table') },
};

type Say = (message: Text) => string;
type Form<T> = (report: T, say: Say) => string;

/** Asks for the report and prints it in the form that was asked for. */
export async function printChanges<T extends object>(
  args: Arguments,
  console: Console,
  forms: { readonly table: Form<T>; readonly markdown: Form<T> },
  ask: (calls: Handlers<AnalysisCalls>) => Promise<T>,
): Promise<T> {
  const format = choice(args, 'format', FORMATS, 'table');
  const { createAnalysis } = await import('../analysis/worker');
  const report = await ask(createAnalysis());
  console.out(format === 'json' ? plainJson(report) : forms[format](report, message => console.say(message)));
  return report;
}
