/** Time, energy and carbon of an inference, and everything that was assumed on the way. */
import type { AssumptionReport, EstimateReport } from '../../src/report/view';
import { perInferences } from '../../src/report/format';
import { button } from '../controls';
import { type Child, h } from '../dom';
import type { Context, View } from '../state';
import type { Words } from '../words';
import { basisWord, figureText } from './figures';

export function createEnergy({ words, actions }: Context): View {
  const element = h('section', { class: 'energy' });
  let drawn: EstimateReport | null | undefined;
  const update: View['update'] = ({ model }) => {
    const estimate = model?.estimate ?? null;
    if (estimate === drawn) return;
    drawn = estimate;
    const { l10n } = words;
    if (estimate === null) {
      element.replaceChildren(h('p', { class: 'empty' }, l10n.t('There is no estimate for this model.')));
      return;
    }
    element.replaceChildren(
      h('h2', {}, l10n.t('One inference on {0}', estimate.device)),
      figures(estimate, words),
      h('h2', {}, l10n.t('What this rests on')),
      assumptions(estimate.assumptions, words, {
        device: () => button({ id: 'choose-device', label: l10n.t('Change…'), onClick: actions.chooseDevice }),
        region: () => button({ id: 'choose-region', label: l10n.t('Change…'), onClick: actions.chooseRegion }),
      }),
    );
  };
  return { element, update };
}

function figures({ latencyS, energyJ, carbonG }: EstimateReport, words: Words): HTMLElement {
  const { l10n, format } = words;
  const carbon = perInferences(carbonG);
  const carbonName =
    carbon.inferences === 1 ? l10n.t('Carbon') : l10n.t('Carbon of {0}', format.exact(carbon.inferences));
  const rows = [
    { name: l10n.t('Time'), quantity: 'duration', figure: latencyS },
    { name: l10n.t('Energy'), quantity: 'energy', figure: energyJ },
    { name: carbonName, quantity: 'carbon', figure: carbon.grams },
  ] as const;
  return table(
    [l10n.t('Quantity'), l10n.t('Value'), l10n.t('Range'), l10n.t('Basis'), l10n.t('Source')],
    rows.map(({ name, quantity, figure }) => [
      name,
      figureText(figure, quantity, words),
      format.range(quantity, figure.low, figure.high),
      basisWord(figure.basis, words),
      figure.source,
    ]),
  );
}

function assumptions(
  list: readonly AssumptionReport[],
  words: Words,
  changes: Readonly<Record<string, () => HTMLElement>>,
): HTMLElement {
  const { l10n, format } = words;
  const number = new Intl.NumberFormat(document.documentElement.lang || 'en', { maximumSignificantDigits: 4 });
  return table(
    [l10n.t('Assumption'), l10n.t('Value'), l10n.t('Basis'), l10n.t('Source'), ''],
    list.map(({ name, value, unit, basis, source }) => [
      assumptionName(name, words),
      `${typeof value === 'number' ? (Number.isInteger(value) ? format.exact(value) : number.format(value)) : value} ${unit}`.trim(),
      basisWord(basis, words),
      source,
      changes[name]?.() ?? null,
    ]),
  );
}

/** Names are public data; what the reader sees is in the reader's language. */
function assumptionName(name: string, { l10n }: Words): string {
  const names: Readonly<Record<string, string>> = {
    device: l10n.t('Device'),
    power: l10n.t('Power under load'),
    region: l10n.t('Region of the grid'),
    intensity: l10n.t('Carbon intensity'),
    PUE: l10n.t('Power usage effectiveness (PUE)'),
  };
  return names[name] ?? name;
}

export const table = (heads: readonly string[], rows: readonly (readonly Child[])[]): HTMLElement =>
  h(
    'table',
    { class: 'plain' },
    h('thead', {}, h('tr', {}, ...heads.map(head => h('th', { attributes: { scope: 'col' } }, head)))),
    h(
      'tbody',
      {},
      ...rows.map(([first, ...cells]) =>
        h('tr', {}, h('th', { attributes: { scope: 'row' } }, first), ...cells.map(cell => h('td', {}, cell))),
      ),
    ),
  );
