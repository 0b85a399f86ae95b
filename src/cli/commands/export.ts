/** `modelwatt export`: the history for other programs, papers and model cards. */
import { writeFile } from 'node:fs/promises';
import { InputError } from '../../base/findings';
import { text } from '../../base/text';
import { emissionsFile } from '../../report/emissions';
import { historyCsv, historyReport } from '../../report/history';
import type { RunRecord } from '../../report/run';
import { modelCard, statement } from '../../report/statement';
import { dataFolder } from '../../services/ports/dataFolder';
import { loadHistory } from '../../services/ports/history';
import { chosen } from '../../services/selection';
import { choice } from '../args';
import type { Command } from '../command';
import { toldDamage } from '../damage';
import { refused } from '../operand';
import { plainJson } from '../reading';

const FORMATS = ['csv', 'json', 'codecarbon', 'model-card', 'markdown', 'latex'] as const;

export const exportRuns: Command = {
  name: 'export',
  summary: text(
    'the history as CSV, JSON, CodeCarbon’s emissions.csv, a model card’s front matter or a carbon statement',
  ),
  positionals: [],
  options: {
    format: { value: FORMATS.join('|'), help: text('without it as CSV') },
    run: { value: 'ID', multiple: true, help: text('only these: an id, its beginning or end, "last", "last~1"; without it all') }, // prettier-ignore
    output: { value: 'FILE', help: text('write to this file; without it to the standard output') },
  },
  run: async (args, console) => {
    const form = choice(args, 'format', FORMATS, 'csv');
    const { runs, damage } = loadHistory(dataFolder());
    toldDamage(damage, console);
    const content = contentOf(form, chosen(runs, args.list('run')), damage);
    const path = args.text('output');
    if (path === undefined) console.out(content);
    else
      await writeFile(path, content).catch((error: unknown) => {
        throw refused(path, error);
      });
    return 0;
  },
};

function contentOf(
  form: (typeof FORMATS)[number],
  runs: readonly RunRecord[],
  damage: ReturnType<typeof loadHistory>['damage'],
): string {
  switch (form) {
    case 'csv':
      return historyCsv(runs);
    case 'json':
      return plainJson(historyReport(runs, damage));
    case 'codecarbon':
      // A row is a run that is over; a profile tells of one inference.
      return emissionsFile(runs.filter(({ kind, state }) => kind !== 'profile' && state !== 'running'));
    case 'model-card': {
      const card = modelCard(runs);
      if (card !== undefined) return card;
      throw new InputError('no-carbon', text('of none of these runs the carbon is known'), text('choose other runs with --run')); // prettier-ignore
    }
    case 'markdown':
    case 'latex':
      return statement(runs, form);
  }
}
