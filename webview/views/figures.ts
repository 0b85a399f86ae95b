/** How far a figure is to be trusted, in a word: never by colour alone. */
import type { Basis } from '../../src/base/figure';
import type { Words } from '../words';

export function basisWord(basis: Basis, { l10n }: Words): string {
  if (basis === 'measured') return l10n.t('measured');
  return basis === 'modelled' ? l10n.t('modelled') : l10n.t('assumed');
}
