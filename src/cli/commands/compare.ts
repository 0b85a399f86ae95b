/** `modelwatt compare A B`: two recorded runs beside each other. */
import { text } from '../../base/text';
import { compareRuns, comparisonTable } from '../../report/comparison';
import { dataFolder } from '../../services/ports/dataFolder';
import { loadHistory } from '../../services/ports/history';
import { chosenOne } from '../../services/selection';
import { choice } from '../args';
import type { Command } from '../command';
import { plainJson } from '../reading';

const FORMATS = ['table', 'json'] as const;

export const compare: Command = {
  name: 'compare',
  summary: text('two recorded runs beside each other: what changed, and beyond what is not known'),
  positionals: ['A', 'B'],
  options: { format: { value: FORMATS.join('|'), help: text('how to print the report; without it as a table') } },
  run: (args, console) => {
    const form = choice(args, 'format', FORMATS, 'table');
    const { runs } = loadHistory(dataFolder());
    const [a, b] = [chosenOne(runs, args.positionals[0] ?? ''), chosenOne(runs, args.positionals[1] ?? '')];
    const report = compareRuns(a, b);
    console.out(form === 'json' ? plainJson(report) : comparisonTable(report, [a, b], message => console.say(message)));
    return Promise.resolve(0);
  },
};
