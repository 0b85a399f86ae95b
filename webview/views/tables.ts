/** Tables that fit a narrow panel: the source of a number stands below it, not in a column of its own. */
import { type Child, h } from '../dom';

export interface TableRow {
  readonly name: string;
  readonly cells: readonly Child[];
  /** In small print below. */
  readonly note?: string;
}

export const table = (heads: readonly string[], rows: readonly TableRow[]): HTMLElement =>
  h(
    'table',
    { class: 'plain' },
    h('thead', {}, h('tr', {}, ...heads.map(head => h('th', { attributes: { scope: 'col' } }, head)))),
    h('tbody', {}, ...rows.flatMap(({ name, cells, note }) => lines(name, cells, note ?? ''))),
  );

function lines(name: string, cells: readonly Child[], note: string): HTMLElement[] {
  const noted = note !== '';
  const first = h(
    'tr',
    { class: noted ? 'noted' : '' },
    h('th', { attributes: { scope: 'row', rowspan: noted ? 2 : 1 } }, name),
    ...cells.map(cell => h('td', {}, cell)),
  );
  return noted
    ? [first, h('tr', {}, h('td', { class: 'note', attributes: { colspan: cells.length } }, note))]
    : [first];
}
