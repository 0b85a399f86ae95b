/**
 * The layers as a table that sorts, filters and stays fluid with thousands of rows: only those in sight exist. One stop
 * for the Tab key; arrows move within, Enter opens the source.
 */
import { dropdown, textField } from '../controls';
import { h } from '../dom';
import { filterRows, type Measure, type Row, rowsOf, type Sort, sortRows, windowOf } from '../rows';
import type { Context, Shown, View } from '../state';
import { type ColumnShown, columnsOf, layoutOf, measureOptions } from './columns';

const ROW_HEIGHT = 24;

export function createLayers(context: Context): View {
  const { words, actions } = context;
  const { l10n } = words;
  const table = new LayerTable(context);
  const count = h('span', { class: 'count', attributes: { role: 'status' } });
  let filterTimer = 0;
  const filter = textField({
    id: 'filter',
    label: l10n.t('Filter layers'),
    value: '',
    placeholder: l10n.t('Filter layers'),
    onInput: value => {
      clearTimeout(filterTimer);
      filterTimer = window.setTimeout(() => actions.choose({ filter: value, scroll: 0 }), 80);
    },
  });
  const measures = h('span');
  const element = h('section', { class: 'layers' }, h('div', { class: 'toolbar' }, filter.element, measures, count), table.element); // prettier-ignore
  let drawn = '';
  let restored = false;
  const update = (shown: Shown): void => {
    const { choices, model } = shown;
    if (!restored) {
      restored = true;
      (filter.element as HTMLElement & { value: string }).value = choices.filter;
    }
    const options = measureOptions(shown, words);
    const key = JSON.stringify([options, choices.measure]);
    if (key !== drawn) {
      drawn = key;
      measures.replaceChildren(
        dropdown({
          id: 'measure',
          label: l10n.t('Share of'),
          options: options.map(({ measure, label }) => ({ value: measure, label: l10n.t('Share of {0}', label) })),
          value: choices.measure,
          onChange: value => actions.choose({ measure: value as Measure }),
        }),
      );
    }
    const shownRows = table.show(shown);
    const all = model?.layers.length ?? 0;
    count.replaceChildren(
      shownRows === all
        ? l10n.t('{0} layers', words.format.exact(all))
        : l10n.t('{0} of {1} layers', words.format.exact(shownRows), words.format.exact(all)),
    );
  };
  return { element, update };
}

class LayerTable {
  readonly element: HTMLElement;
  readonly #head = h('div', { class: 'row head', attributes: { role: 'row', 'aria-rowindex': '1' } });
  readonly #body = h('div', { class: 'body', attributes: { role: 'rowgroup' } });
  #columns: readonly ColumnShown[] = [];
  #rows: readonly Row[] = [];
  /** Position in `#rows` of the row that the keys act on. */
  #active = 0;
  #drawn = { first: -1, end: -1 };
  #key: readonly unknown[] = [];
  #scrolled = 0;

  constructor(readonly context: Context) {
    this.element = h(
      'div',
      {
        class: 'grid',
        attributes: { role: 'grid', tabindex: '0', 'aria-label': context.words.l10n.t('Layers') },
        on: {
          scroll: () => this.#onScroll(),
          keydown: event => this.#onKey(event),
          focus: () => this.#draw(true),
        },
      },
      h('div', { class: 'head-group', attributes: { role: 'rowgroup' } }, this.#head),
      this.#body,
    );
    new ResizeObserver(() => this.#draw()).observe(this.element);
  }

  /** Returns how many rows pass the filter. */
  show({ model, choices, measured }: Shown): number {
    const key = [model, measured, choices.sort, choices.filter, choices.measure];
    if (key.every((part, index) => part === this.#key[index]) && this.#key.length > 0) return this.#rows.length;
    const first = this.#key.length === 0;
    const before = this.#rows[this.#active]?.index;
    this.#key = key;
    this.#columns = columnsOf(measured !== undefined, choices.measure, this.context.words);
    const rows = model ? rowsOf(model, choices.measure, measured) : [];
    this.#rows = sortRows(filterRows(rows, choices.filter), choices.sort);
    this.#active = Math.max(0, this.#rows.findIndex(({ index }) => index === before)); // prettier-ignore
    this.#drawHead(choices.sort);
    this.element.setAttribute('aria-rowcount', String(this.#rows.length + 1));
    this.element.setAttribute('aria-colcount', String(this.#columns.length));
    const { tracks, least } = layoutOf(this.#columns);
    this.element.style.setProperty('--columns', tracks);
    this.element.style.setProperty('--least', `${least}px`);
    this.#body.style.setProperty('--height', `${this.#rows.length * ROW_HEIGHT}px`);
    if (first) this.element.scrollTop = choices.scroll;
    this.#draw(true);
    return this.#rows.length;
  }

  #drawHead(sort: Sort): void {
    const focused = document.activeElement?.getAttribute('data-column');
    this.#head.replaceChildren(
      ...this.#columns.map(({ column, label, number, title }, index) => {
        const active = sort.column === column;
        const direction = active ? (sort.descending ? 'descending' : 'ascending') : 'none';
        const sign = active ? `codicon codicon-${sort.descending ? 'arrow-down' : 'arrow-up'}` : 'codicon';
        return h(
          'div',
          {
            class: number ? 'cell number' : 'cell',
            attributes: { role: 'columnheader', 'aria-sort': direction, 'aria-colindex': index + 1 },
          },
          h(
            'button',
            {
              title,
              attributes: { type: 'button', 'data-column': column },
              // Numbers are looked at from the largest down, names from A.
              on: { click: () => this.#sortBy({ column, descending: active ? !sort.descending : number }) },
            },
            label,
            h('span', { class: sign, attributes: { 'aria-hidden': 'true' } }),
          ),
        );
      }),
    );
    if (focused !== null && focused !== undefined)
      this.#head.querySelector<HTMLElement>(`[data-column="${focused}"]`)?.focus();
  }

  #sortBy(sort: Sort): void {
    this.context.actions.choose({ sort });
  }

  #draw(force = false): void {
    const { first, end } = windowOf(this.#rows.length, ROW_HEIGHT, this.element.scrollTop, this.element.clientHeight);
    if (!force && first === this.#drawn.first && end === this.#drawn.end) return;
    this.#drawn = { first, end };
    this.#body.style.setProperty('--offset', `${first * ROW_HEIGHT}px`);
    this.#body.replaceChildren(...this.#rows.slice(first, end).map((row, index) => this.#row(row, first + index)));
    this.#mark();
  }

  #row(row: Row, position: number): HTMLElement {
    const { words, actions } = this.context;
    const { layer } = row;
    const open = (): void => {
      this.#active = position;
      this.#mark();
      const place = layer.callSite ?? (layer.line === null ? null : { file: layer.file, line: layer.line, column: 0 });
      if (place) actions.reveal(place);
    };
    return h(
      'div',
      {
        class: 'row',
        attributes: { role: 'row', id: `layer-${row.index}`, 'aria-rowindex': position + 2 },
        on: {
          click: () => {
            this.#active = position;
            this.#mark();
          },
          dblclick: open,
        },
      },
      ...this.#columns.map((column, index) => {
        const cell = h('div', {
          class: column.number ? 'cell number' : 'cell',
          attributes: { role: 'gridcell', 'aria-colindex': index + 1 },
        });
        column.fill(cell, row, words, open);
        return cell;
      }),
    );
  }

  #mark(): void {
    for (const marked of this.#body.querySelectorAll('[aria-selected]')) marked.removeAttribute('aria-selected');
    const active = this.#rows[this.#active];
    const element = active && this.#body.querySelector(`#layer-${active.index}`);
    element?.setAttribute('aria-selected', 'true');
    if (element) this.element.setAttribute('aria-activedescendant', element.id);
    else this.element.removeAttribute('aria-activedescendant');
  }

  #onScroll(): void {
    this.#draw();
    clearTimeout(this.#scrolled);
    this.#scrolled = window.setTimeout(() => this.context.actions.choose({ scroll: this.element.scrollTop }), 200);
  }

  #onKey(event: KeyboardEvent): void {
    // Buttons in the head have keys of their own.
    if (event.target !== this.element) return;
    const page = Math.max(1, Math.floor(this.element.clientHeight / ROW_HEIGHT) - 2);
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: this.#active + 1,
      ArrowUp: this.#active - 1,
      PageDown: this.#active + page,
      PageUp: this.#active - page,
      Home: 0,
      End: this.#rows.length - 1,
    };
    const target = moves[event.key];
    if (target !== undefined) this.#moveTo(target);
    else if (event.key === 'Enter') this.#body.querySelector('[aria-selected]')?.dispatchEvent(new Event('dblclick'));
    else return;
    event.preventDefault();
  }

  #moveTo(target: number): void {
    this.#active = Math.min(Math.max(0, target), Math.max(0, this.#rows.length - 1));
    const [top, height] = [this.#active * ROW_HEIGHT, this.element.clientHeight - ROW_HEIGHT];
    const { scrollTop } = this.element;
    // The head sticks to the top and covers one row.
    if (top < scrollTop) this.element.scrollTop = top;
    else if (top + ROW_HEIGHT > scrollTop + height) this.element.scrollTop = top + ROW_HEIGHT - height;
    this.#draw(true);
  }
}
