/** The columns of the layer table: name, width, what stands in a cell. */
import { h } from '../dom';
import type { Column, Measure, Row } from '../rows';
import type { Shown } from '../state';
import type { Words } from '../words';

export interface ColumnShown {
  readonly column: Column;
  readonly label: string;
  readonly title: string;
  /** In pixels at least, and its share of what is left over. */
  readonly width: readonly [least: number, share: number];
  readonly number: boolean;
  readonly fill: (cell: HTMLElement, row: Row, words: Words, open: () => void) => void;
}

export function columnsOf(hasMeasured: boolean, measure: Measure, words: Words): readonly ColumnShown[] {
  const { l10n, format } = words;
  const number = (
    column: Column,
    label: string,
    title: string,
    value: (row: Row) => number | null,
    write: (value: number) => string,
  ): ColumnShown => ({
    column,
    label,
    title,
    width: [Math.max(78, 26 + 9 * label.length), 0.7],
    number: true,
    fill: (cell, row) => numberCell(cell, value(row), write, words),
  });
  return [
    { column: 'order', label: '#', title: l10n.t('Order of execution'), width: [44, 0], number: true, fill: (cell, { index }) => cell.append(String(index + 1)) }, // prettier-ignore
    { column: 'path', label: l10n.t('Layer'), title: l10n.t('Layer'), width: [148, 2.2], number: false, fill: pathCell }, // prettier-ignore
    { column: 'op', label: l10n.t('Op'), title: l10n.t('Op'), width: [104, 1], number: false, fill: (cell, { layer }) => textCell(cell, layer.op) }, // prettier-ignore
    {
      column: 'share',
      label: l10n.t('Share'),
      title: l10n.t('Share of {0}', measureName(measure, words)),
      width: [84, 1],
      number: true,
      fill: shareCell,
    },
    number('macs', l10n.t('MACs'), l10n.t('Multiply-accumulates; one is two FLOPs'), ({ layer }) => layer.macs, format.count), // prettier-ignore
    number('parameters', l10n.t('Parameters'), l10n.t('Elements of parameters'), ({ layer }) => layer.parameters, format.count), // prettier-ignore
    ...(hasMeasured
      ? [number('measured', l10n.t('Measured'), l10n.t('Measured time'), row => row.measuredS, format.duration)]
      : []),
    number('modelled', l10n.t('Modelled'), l10n.t('Modelled time'), ({ layer }) => layer.latencyS, value => format.rough('duration', value)), // prettier-ignore
    { column: 'output', label: l10n.t('Output'), title: l10n.t('Element type and sizes of the output'), width: [150, 1.5], number: false, fill: (cell, { layer }) => textCell(cell, layer.outputs.join(' ')) }, // prettier-ignore
    number('flops', l10n.t('FLOPs'), l10n.t('Floating-point operations'), ({ layer }) => layer.flops, format.count),
    number('bytes', l10n.t('Bytes'), l10n.t('Inputs and parameters read, outputs written'), ({ layer }) => layer.bytes, format.bytes), // prettier-ignore
  ];
}

/** For CSS grid, and the width below which the table scrolls sideways. */
export function layoutOf(columns: readonly ColumnShown[]): { readonly tracks: string; readonly least: number } {
  const track = ([least, share]: ColumnShown['width']): string =>
    share === 0 ? `${least}px` : `minmax(${least}px, ${share}fr)`;
  return {
    tracks: columns.map(({ width }) => track(width)).join(' '),
    least: columns.reduce((sum, { width: [least] }) => sum + least, 0),
  };
}

export function measureName(measure: Measure, { l10n }: Words): string {
  switch (measure) {
    case 'macs':
      return l10n.t('MACs');
    case 'parameters':
      return l10n.t('parameters');
    case 'bytes':
      return l10n.t('bytes moved');
    case 'modelled':
      return l10n.t('modelled time');
    case 'measured':
      return l10n.t('measured time');
  }
}

export function measureOptions(
  { measured }: Shown,
  words: Words,
): readonly { readonly measure: Measure; readonly label: string }[] {
  const all: readonly Measure[] = ['macs', 'parameters', 'bytes', 'modelled', ...(measured ? ['measured' as const] : [])]; // prettier-ignore
  return all.map(measure => ({ measure, label: measureName(measure, words) }));
}

function pathCell(cell: HTMLElement, { layer }: Row, { l10n, format }: Words, open: () => void): void {
  const again = layer.call > 0 ? ` ${l10n.t('(call {0})', format.exact(layer.call + 1))}` : '';
  const place = layer.callSite ?? layer;
  const hasSource = layer.callSite !== null || layer.line !== null;
  const title = hasSource ? `${layer.path}${again}\n${place.file}:${place.line ?? ''}` : `${layer.path}${again}`;
  cell.append(
    hasSource
      ? // Not a stop for the Tab key: Enter on the row does the same.
        h(
          'button',
          { class: 'link', title, attributes: { type: 'button', tabindex: -1 }, on: { click: open } },
          layer.path,
        )
      : h('span', { title }, layer.path),
    again,
  );
}

function textCell(cell: HTMLElement, text: string): void {
  cell.append(text);
  cell.title = text;
}

function numberCell(cell: HTMLElement, value: number | null, write: (value: number) => string, words: Words): void {
  if (value === null) {
    cell.append(h('span', { class: 'unknown', title: words.l10n.t('unknown') }, '?'));
    return;
  }
  cell.append(write(value));
  if (Number.isInteger(value)) cell.title = words.format.exact(value);
}

function shareCell(cell: HTMLElement, { share }: Row, { format }: Words): void {
  if (share === null) return;
  cell.append(
    h('span', { class: 'bar', attributes: { 'aria-hidden': 'true' }, style: { '--share': String(share) } }),
    h('span', {}, share === 0 ? '' : format.percent(share)),
  );
}
