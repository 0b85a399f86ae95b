/** The totals of a model. Beside each number stands the word that says how far to trust it. */
import type { Figure } from '../../src/base/figure';
import type { Quantity } from '../../src/report/format';
import { perInferences } from '../../src/report/format';
import type { ProfileResult } from '../../src/report/profile';
import type { ModelReport } from '../../src/report/view';
import { h } from '../dom';
import type { Context, View } from '../state';
import type { Words } from '../words';
import { basisWord } from './figures';

export function createSummary({ words }: Context): View {
  const element = h('dl', { class: 'summary', attributes: { 'aria-label': words.l10n.t('Totals') } });
  const update: View['update'] = ({ model, profile }) => {
    element.hidden = model === undefined || model.status === 'needs-arguments';
    element.replaceChildren(...(model ? [...counts(model, words), ...figures(model, profile, words)] : []));
  };
  return { element, update };
}

function counts(model: ModelReport, words: Words): HTMLElement[] {
  const { l10n, format } = words;
  const bound = model.complete ? '' : '≥ ';
  const count = (value: number | null, write: (value: number) => string): string =>
    value === null ? l10n.t('unknown') : `${bound}${write(value)}`;
  const { parameters, trainableParameters, macs, flops, weightBytes, peakActivationBytes, trafficBytes } = model;
  const frozen = parameters !== null && trainableParameters !== null && trainableParameters !== parameters;
  return [
    card(l10n.t('Parameters'), count(parameters, format.count), [
      count(parameters, format.exact),
      frozen ? l10n.t('{0} trainable', format.count(trainableParameters)) : '',
    ]),
    card(l10n.t('Work'), count(macs, format.macs), [count(flops, format.flops)]),
    card(l10n.t('Memory'), count(weightBytes, format.bytes), [
      l10n.t('activations {0}', count(peakActivationBytes, format.bytes)),
      l10n.t('moved in all: {0}', count(trafficBytes, format.bytes)),
    ]),
  ];
}

/** What was measured takes the place of what was modelled, which stays beside it for comparison. */
function figures(model: ModelReport, profile: ProfileResult | undefined, words: Words): HTMLElement[] {
  const { l10n, format } = words;
  const { estimate, complete } = model;
  const sign = complete ? '≈' : '≥';
  const range = (quantity: Quantity, { low, high, basis }: Figure): string =>
    `${format.range(quantity, low, high)} · ${basisWord(basis, words)}`;
  const modelled = (name: string, quantity: Quantity, value: Figure): HTMLElement =>
    card(name, `${sign} ${format.rough(quantity, value.value)}`, [range(quantity, value)]);
  const beside = (quantity: Quantity, value: Figure | undefined): string =>
    value === undefined ? '' : l10n.t('{0} was modelled', `${sign} ${format.rough(quantity, value.value)}`);
  const time = profile
    ? card(l10n.t('Measured time'), format.duration(profile.latencyS.value), [range('duration', profile.latencyS), beside('duration', estimate?.latencyS)]) // prettier-ignore
    : estimate && modelled(l10n.t('Time of an inference'), 'duration', estimate.latencyS);
  const energy = profile?.energyJ
    ? card(l10n.t('Energy of an inference'), measuredText(profile.energyJ, words), [range('energy', profile.energyJ), beside('energy', estimate?.energyJ)]) // prettier-ignore
    : estimate && modelled(l10n.t('Energy of an inference'), 'energy', estimate.energyJ);
  const carbonG = profile?.carbonG ?? estimate?.carbonG;
  const carbon = carbonG
    ? carbonCard(carbonG, profile?.carbonG ? estimate?.carbonG : undefined, words, complete)
    : null;
  return [time, energy, carbon].filter(made => made !== null);
}

const measuredText = ({ value, basis }: Figure, { format }: Words): string =>
  basis === 'measured' ? format.energy(value) : `≈ ${format.rough('energy', value)}`;

/** Of a profile's energy where there is one, with what was modelled beside it; for as many inferences as it takes. */
function carbonCard(carbonG: Figure, modelled: Figure | undefined, words: Words, complete: boolean): HTMLElement {
  const { l10n, format } = words;
  const { inferences, grams } = perInferences(carbonG);
  const name = inferences === 1 ? l10n.t('Carbon of an inference') : l10n.t('Carbon of {0} inferences', format.exact(inferences)); // prettier-ignore
  const sign = complete ? '≈' : '≥';
  return card(name, `${modelled ? '≈' : sign} ${format.rough('carbon', grams.value)}`, [
    `${format.range('carbon', grams.low, grams.high)} · ${basisWord(grams.basis, words)}`,
    modelled ? l10n.t('{0} was modelled', `${sign} ${format.rough('carbon', modelled.value * inferences)}`) : '',
  ]);
}

const card = (name: string, value: string, notes: readonly string[]): HTMLElement =>
  h(
    'div',
    { class: 'card' },
    h('dt', {}, name),
    h('dd', { class: 'value' }, value),
    ...notes.filter(note => note !== '').map(note => h('dd', { class: 'note' }, note)),
  );
