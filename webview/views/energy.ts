/** Time, energy and carbon of an inference as modelled, and everything that was assumed on the way. */
import type { AssumptionReport, EstimateReport } from '../../src/report/view';
import { perInferences } from '../../src/report/format';
import { sourceText } from '../../src/report/sources';
import { button } from '../controls';
import { h } from '../dom';
import type { Context, View } from '../state';
import type { Words } from '../words';
import { basisWord } from './figures';
import { table } from './tables';

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
  const { inferences, grams } = perInferences(carbonG);
  const carbonName = inferences === 1 ? l10n.t('Carbon') : l10n.t('Carbon of {0}', format.exact(inferences));
  const rows = [
    { name: l10n.t('Time'), quantity: 'duration', figure: latencyS },
    { name: l10n.t('Energy'), quantity: 'energy', figure: energyJ },
    { name: carbonName, quantity: 'carbon', figure: grams },
  ] as const;
  return table(
    [l10n.t('Quantity'), l10n.t('Value'), l10n.t('Range'), l10n.t('Basis')],
    rows.map(({ name, quantity, figure }) => ({
      name,
      cells: [
        `≈ ${format.rough(quantity, figure.value)}`,
        format.range(quantity, figure.low, figure.high),
        basisWord(figure.basis, words),
      ],
      note: words.say(sourceText(figure.source)),
    })),
  );
}

function assumptions(
  list: readonly AssumptionReport[],
  words: Words,
  changes: Readonly<Record<string, () => HTMLElement>>,
): HTMLElement {
  const { l10n, format } = words;
  const number = (value: number): string =>
    Number.isInteger(value) ? format.exact(value) : format.exact(Number(value.toPrecision(3)));
  return table(
    [l10n.t('Assumption'), l10n.t('Value'), l10n.t('Basis'), ''],
    list.map(({ name, value, unit, basis, source }) => ({
      name: assumptionName(name, words),
      cells: [
        `${typeof value === 'number' ? number(value) : value} ${unit}`.trim(),
        basisWord(basis, words),
        changes[name]?.() ?? null,
      ],
      note: words.say(sourceText(source)),
    })),
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
