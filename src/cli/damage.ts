/** Says what of the history could not be read. */
import { text } from '../base/text';
import type { HistoryReport } from '../report/history';
import type { Console } from './command';

const MOST = 5;

export function toldDamage(damage: HistoryReport['damage'], console: Console): void {
  for (const { file, line, kind } of damage.slice(0, MOST)) {
    const message =
      kind === 'newer'
        ? text('{0}, line {1}, was written by a later version and is left out', file, line)
        : text('{0}, line {1}, is damaged and left out; everything else was read', file, line);
    console.message(`modelwatt: ${console.say(message)}`);
  }
  if (damage.length > MOST) console.message(`modelwatt: ${console.say(text('{0} more lines like that', damage.length - MOST))}`); // prettier-ignore
}
