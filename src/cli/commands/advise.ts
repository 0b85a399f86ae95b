/** `modelwatt advise`: replacements with what they would change, as edits; `--apply` makes one in the source. */
import { InputError } from '../../base/findings';
import { text } from '../../base/text';
import type { AdviceReport, SuggestionReport } from '../../report/advice';
import { adviceTable } from '../../report/adviceTable';
import { ANALYSIS_OPTIONS, choice } from '../args';
import type { Command } from '../command';
import { makeEdit } from '../edits';
import { checkPaths } from '../operand';
import { checkModel, checkSyntax, exitCode, plainJson, requestOf } from '../reading';

const FORMATS = ['table', 'json'] as const;

export const advise: Command = {
  name: 'advise',
  summary: text('efficient replacements, each estimated by rewriting the model, with the edit that makes it'),
  positionals: ['FILE'],
  options: {
    ...ANALYSIS_OPTIONS,
    apply: { value: 'ID', help: text('makes the edit of this suggestion in the source') },
    format: { value: FORMATS.join('|'), help: text('how to print the report; without it as a table') },
  },
  run: async (args, console) => {
    const format = choice(args, 'format', FORMATS, 'table');
    const request = requestOf(args);
    await checkPaths(request);
    const { createAnalysis } = await import('../../analysis/worker');
    const analysis = createAnalysis();
    const context = { signal: new AbortController().signal, progress: () => undefined };
    const report = await analysis.analyze(request, context);
    checkModel(report, request.model);
    const advice = await analysis.advise(request, context);
    const error = checkSyntax(report, console);
    const id = args.text('apply');
    if (id !== undefined) {
      const files = await makeEdit(request, suggestionOf(advice, id), report, analysis);
      console.message(console.say(text('changed {0}', files.join(', '))));
    }
    // Both come from the same reading, in the same order.
    const models = report.models.map((model, index) => ({
      ...model,
      suggestions: advice.models[index]?.suggestions ?? [],
    }));
    console.out(
      format === 'json'
        ? plainJson({ ...report, ...error, models })
        : adviceTable(advice, message => console.say(message)),
    );
    return exitCode(report, request.model !== undefined);
  },
};

function suggestionOf(advice: AdviceReport, id: string): SuggestionReport {
  const all = advice.models.flatMap(model => model.suggestions);
  const found = all.find(candidate => candidate.id === id);
  if (found !== undefined) return found;
  throw new InputError(
    'unknown-suggestion',
    text('there is no suggestion "{0}"', id),
    text('see the ids that "modelwatt advise" prints'),
  );
}
