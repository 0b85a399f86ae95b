/** `modelwatt history`: recorded runs and profiles, to be listed, deleted, and taken over from other trackers. */
import { InputError } from '../../base/findings';
import { text } from '../../base/text';
import { historyReport, historyTable } from '../../report/history';
import { dataFolder } from '../../services/ports/dataFolder';
import { loadHistory, removeRun, takeOver } from '../../services/ports/history';
import { chosen, chosenOne } from '../../services/selection';
import { choice } from '../args';
import type { Command } from '../command';
import { plainJson } from '../reading';
import { toldDamage } from '../damage';

const FORMATS = ['table', 'json'] as const;

export const history: Command = {
  name: 'history',
  summary: text('recorded runs and profiles with their energy and carbon'),
  positionals: [],
  options: {
    run: { value: 'ID', multiple: true, help: text('only these: an id, its beginning or end, "last", "last~1"; without it all') }, // prettier-ignore
    commit: { value: 'ID', help: text('only those that ran at this commit') },
    job: { value: 'ID', help: text('only those of this batch job, of all its ranks') },
    delete: { value: 'ID', multiple: true, help: text('take this run out of the history') },
    import: { value: 'FILE', multiple: true, help: text('take over the runs in CodeCarbon’s emissions.csv or a log of Carbontracker') }, // prettier-ignore
    format: { value: FORMATS.join('|'), help: text('how to print the report; without it as a table') },
  },
  run: (args, console) => {
    const form = choice(args, 'format', FORMATS, 'table');
    const data = dataFolder();
    for (const file of args.list('import')) {
      const { added, known } = takeOver(data, file);
      console.message(`modelwatt: ${console.say(text('{0}: {1} runs taken over, {2} known already', file, added, known))}`); // prettier-ignore
    }
    for (const name of args.list('delete')) {
      const { id } = chosenOne(loadHistory(data).runs, name);
      removeRun(data, id);
      console.message(`modelwatt: ${console.say(text('{0} is deleted', id))}`);
    }
    const { runs, damage } = loadHistory(data);
    const [commit, job] = [args.text('commit'), args.text('job')];
    if (commit !== undefined && !/^[0-9a-f]{4,64}$/i.test(commit))
      throw new InputError('bad-option', text('"--{0}" cannot be "{1}"', 'commit', commit), text('give at least four digits of its id')); // prettier-ignore
    const shown = chosen(runs, args.list('run')).filter(run => commit === undefined || run.commit?.id.startsWith(commit.toLowerCase())).filter(run => job === undefined || run.job?.id === job); // prettier-ignore
    console.out(
      form === 'json' ? plainJson(historyReport(shown, damage)) : historyTable(shown, message => console.say(message)),
    );
    toldDamage(damage, console);
    return Promise.resolve(0);
  },
};
