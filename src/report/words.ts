/** Words that stand beside figures, and figures with them, as the text forms of reports print them. */
import type { Basis, Figure } from '../base/figure';
import type { Text } from '../base/text';
import { text } from '../base/text';
import type { Formatter } from './format';
import { createFormatter } from './format';

/** Renders a text in the reader's language. */
export type Say = (message: Text) => string;

/** Terminals, logs and pull requests: numbers are written the same everywhere. */
export const format: Formatter = createFormatter('en');

const BASES: Readonly<Record<Basis, Text>> = {
  measured: text('measured'),
  modelled: text('modelled'),
  assumed: text('assumed'),
};

export const basisText = (basis: Basis): Text => BASES[basis];

/** `≈ 12 ms (3–40 ms, modelled)` */
export function figureText(value: Figure, quantity: 'duration' | 'energy' | 'carbon' | 'power', say: Say): string {
  const sign = value.basis === 'measured' ? '' : '≈ ';
  return `${sign}${format[quantity](value.value)} (${format.range(quantity, value.low, value.high)}, ${say(basisText(value.basis))})`;
}

export const words = (say: Say, ...messages: readonly Text[]): string[] => messages.map(message => say(message));

export const unknownWord = (say: Say): string => say(text('unknown'));
