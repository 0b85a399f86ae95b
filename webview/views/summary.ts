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
    element.replaceChildren(
      ...(model ? [...cards(model, words), ...(profile ? measuredCards(profile, words) : [])] : []),
    );
  };
  return { element, update };
}

function cards(model: ModelReport, words: Words): HTMLElement[] {
  const { l10n, format } = words;
  const bound = model.complete ? '' : '≥ ';
  const count = (value: number | null, write: (value: number) => string): string =>
    value === null ? l10n.t('unknown') : `${bound}${write(value)}`;
  const exact = (value: number | null): string => count(value, format.exact);
  const { parameters, trainableParameters, macs, flops, weightBytes, peakActivationBytes, trafficBytes } = model;
  const frozen = parameters !== null && trainableParameters !== null && trainableParameters !== parameters;
  return [
    card(l10n.t('Parameters'), count(parameters, format.count), [
      exact(parameters),
      frozen ? l10n.t('{0} trainable', format.count(trainableParameters)) : '',
    ]),
    card(l10n.t('Work'), count(macs, format.macs), [count(flops, format.flops)]),
    card(l10n.t('Weights'), count(weightBytes, format.bytes), [
      model.bufferBytes ? l10n.t('buffers {0}', format.bytes(model.bufferBytes)) : '',
    ]),
    card(l10n.t('Activations at most'), count(peakActivationBytes, format.bytes), [
      l10n.t('moved in all: {0}', count(trafficBytes, format.bytes)),
    ]),
    ...estimates(model, words),
  ];
}

function estimates({ estimate, complete }: ModelReport, words: Words): HTMLElement[] {
  if (estimate === null) return [];
  const { l10n, format } = words;
  const carbon = perInferences(estimate.carbonG);
  const sign = complete ? '≈' : '≥';
  const figure = (name: string, quantity: Quantity, value: Figure, write: (value: number) => string): HTMLElement =>
    card(name, `${sign} ${write(value.value)}`, [
      `${format.range(quantity, value.low, value.high)} · ${basisWord(value.basis, words)}`,
    ]);
  const per =
    carbon.inferences === 1
      ? l10n.t('Carbon of an inference')
      : l10n.t('Carbon of {0} inferences', format.exact(carbon.inferences));
  return [
    figure(l10n.t('Time of an inference'), 'duration', estimate.latencyS, format.duration),
    figure(l10n.t('Energy of an inference'), 'energy', estimate.energyJ, format.energy),
    figure(per, 'carbon', carbon.grams, format.carbon),
  ];
}

function measuredCards(profile: ProfileResult, words: Words): HTMLElement[] {
  const { l10n, format, say } = words;
  const figure = (
    name: string,
    quantity: Quantity,
    value: Figure | null,
    write: (value: number) => string,
  ): HTMLElement =>
    value === null
      ? card(name, l10n.t('unknown'), [])
      : card(name, write(value.value), [
          `${format.range(quantity, value.low, value.high)} · ${basisWord(value.basis, words)}`,
        ]);
  const coverage = profile.coverage.map(({ domain, sensor }) => `${domain} (${sensor})`).join(', ');
  return [
    figure(l10n.t('Measured time'), 'duration', profile.latencyS, format.duration),
    figure(l10n.t('Energy of the run'), 'energy', profile.energyJ, format.energy),
    figure(l10n.t('Energy above idle'), 'energy', profile.marginalEnergyJ, format.energy),
    h(
      'div',
      { class: 'card wide' },
      h('dt', {}, l10n.t('Measured on')),
      h('dd', { class: 'value' }, profile.device),
      h(
        'dd',
        { class: 'note' },
        `${profile.provider} · ${profile.runtime} · ${l10n.t('{0} runs', format.exact(profile.runs))}`,
      ),
      ...(coverage === '' ? [] : [h('dd', { class: 'note' }, l10n.t('Sensors: {0}', coverage))]),
      ...profile.notes.map(note => h('dd', { class: 'note' }, say(note))),
    ),
  ];
}

const card = (name: string, value: string, notes: readonly string[]): HTMLElement =>
  h(
    'div',
    { class: 'card' },
    h('dt', {}, name),
    h('dd', { class: 'value' }, value),
    ...notes.filter(note => note !== '').map(note => h('dd', { class: 'note' }, note)),
  );
