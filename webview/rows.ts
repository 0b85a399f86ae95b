/** The layers as rows of a table: what each column holds, which rows a filter keeps, in what order. */
import type { LayerReport, ModelReport } from '../src/report/view';

export type Column = 'order' | 'path' | 'op' | 'output' | 'parameters' | 'macs' | 'flops' | 'bytes' | 'share' | 'modelled' | 'measured'; // prettier-ignore

/** What heat bars, the picture and shares are of. */
export type Measure = 'macs' | 'parameters' | 'bytes' | 'modelled' | 'measured';

export interface Row {
  /** Into the model's layers: the order of execution. */
  readonly index: number;
  readonly layer: LayerReport;
  /** Of the chosen measure, 0 to 1; null where unknown. */
  readonly share: number | null;
  readonly measuredS: number | null;
}

export interface Sort {
  readonly column: Column;
  readonly descending: boolean;
}

/** Seconds of each layer, where it was measured. */
export type Measured = readonly (number | null)[] | undefined;

export function costsOf(model: ModelReport, measure: Measure, measured: Measured): readonly (number | null)[] {
  switch (measure) {
    case 'macs':
      return model.layers.map(({ macs }) => macs);
    case 'parameters':
      return model.layers.map(({ parameters }) => parameters);
    case 'bytes':
      return model.layers.map(({ bytes }) => bytes);
    case 'modelled':
      return model.layers.map(({ latencyS }) => latencyS);
    case 'measured':
      return model.layers.map((_, index) => measured?.[index] ?? null);
  }
}

export function rowsOf(model: ModelReport, measure: Measure, measured: Measured): readonly Row[] {
  const costs = costsOf(model, measure, measured);
  const total = costs.reduce<number>((sum, cost) => sum + (cost ?? 0), 0);
  return model.layers.map((layer, index) => {
    const cost = costs[index] ?? null;
    return {
      index,
      layer,
      share: cost === null || total === 0 ? null : cost / total,
      measuredS: measured?.[index] ?? null,
    };
  });
}

/** Rows whose path, op or output contains every word. */
export function filterRows(rows: readonly Row[], filter: string): readonly Row[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter(({ layer }) => {
    const text = `${layer.path} ${layer.op} ${layer.outputs.join(' ')}`.toLowerCase();
    return words.every(word => text.includes(word));
  });
}

/** Unknown comes last in either direction: nobody looks for it at the top. Equal rows keep the order of execution. */
export function sortRows(rows: readonly Row[], { column, descending }: Sort): readonly Row[] {
  const direction = descending ? -1 : 1;
  const collator = new Intl.Collator('en', { numeric: true });
  const compare = (a: Row, b: Row): number => {
    const [left, right] = [keyOf(a, column), keyOf(b, column)];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    if (typeof left === 'string' || typeof right === 'string')
      return direction * collator.compare(String(left), String(right));
    return direction * (left - right);
  };
  return [...rows].sort((a, b) => compare(a, b) || a.index - b.index);
}

function keyOf({ index, layer, share, measuredS }: Row, column: Column): number | string | null {
  switch (column) {
    case 'order':
      return index;
    case 'path':
      return layer.path;
    case 'op':
      return layer.op;
    case 'output':
      return layer.outputs.join(' ');
    case 'parameters':
    case 'macs':
    case 'flops':
    case 'bytes':
      return layer[column];
    case 'share':
      return share;
    case 'modelled':
      return layer.latencyS;
    case 'measured':
      return measuredS;
  }
}

/** The rows to draw so that a window of the list is filled, a few more on either side. */
export function windowOf(
  count: number,
  rowHeight: number,
  scrollTop: number,
  height: number,
): { readonly first: number; readonly end: number } {
  const margin = 8;
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - margin);
  return { first: Math.min(first, count), end: Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + margin) };
}
