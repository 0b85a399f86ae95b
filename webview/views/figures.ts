/** Figures in the panel's tables: value, range, basis as a word, source. */
import type { Basis, Figure } from '../../src/base/figure';
import type { Quantity } from '../../src/report/format';
import type { Words } from '../words';

export function basisWord(basis: Basis, { l10n }: Words): string {
  if (basis === 'measured') return l10n.t('measured');
  return basis === 'modelled' ? l10n.t('modelled') : l10n.t('assumed');
}

export function figureText(figure: Figure | null, quantity: Quantity, { l10n, format }: Words): string {
  return figure === null ? l10n.t('unknown') : writer(quantity, format)(figure.value);
}

export function writer(quantity: Quantity, format: Words['format']): (value: number) => string {
  switch (quantity) {
    case 'count':
    case 'macs':
    case 'flops':
    case 'bytes':
    case 'duration':
    case 'power':
    case 'energy':
    case 'carbon':
      return format[quantity];
  }
}
