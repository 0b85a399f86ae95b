/** What a profile measured, beside what was modelled; on what, with which sensors, and what to know of it. */
import { type Figure, mapFigure } from '../../src/base/figure';
import type { EarlierProfile, PanelProfile } from '../../src/protocol/panel';
import { perInferences, type Quantity } from '../../src/report/format';
import { type ProfileResult, sameSizes } from '../../src/report/profile';
import { sourceText } from '../../src/report/sources';
import type { EstimateReport } from '../../src/report/view';
import { button } from '../controls';
import { h } from '../dom';
import type { Context, Shown, View } from '../state';
import type { Words } from '../words';
import { basisWord } from './figures';
import { table, type TableRow } from './tables';

export function createMeasured({ words, actions }: Context): View {
  const { l10n } = words;
  const element = h('section', { class: 'measured' });
  let drawn: readonly unknown[] = [];
  /** Time of the earlier profile that stands beside this one; the one before it unless the user chose. */
  let chosen: number | undefined;
  const update = (shown: Shown): void => {
    const kept = shown.model && shown.state.profiles[shown.model.name];
    const earlier = kept?.earlier ?? NONE;
    // At the sizes that are shown the model's own stands for the device of now.
    const estimate = (kept?.standing === 'current' ? shown.model?.estimate : kept?.estimate) ?? null;
    const next = [
      kept?.when,
      kept?.standing,
      JSON.stringify(estimate),
      earlier.map(({ when }) => when).join(' '),
      chosen,
    ];
    if (drawn.length > 0 && next.every((part, index) => part === drawn[index])) return;
    drawn = next;
    if (kept && kept.standing !== 'outdated') {
      const compare = (when: number): void => {
        chosen = when;
        update(shown);
      };
      const other = earlier.find(({ when }) => when === chosen) ?? earlier[0];
      element.replaceChildren(
        ...result(kept, estimate, other?.result, words),
        ...beside(earlier, other, compare, words),
      );
      return;
    }
    const text = kept
      ? l10n.t('The model has changed since it was measured.')
      : l10n.t('Nothing was measured yet. A profile runs the model on this machine for some seconds.');
    element.replaceChildren(
      h('p', { class: 'empty' }, text),
      button({ label: l10n.t('Profile Model'), icon: 'dashboard', onClick: actions.profile }),
    );
  };
  return { element, update };
}

const NONE: readonly EarlierProfile[] = [];

/** Which earlier profile stands in the last column. */
function beside(
  earlier: readonly EarlierProfile[],
  shown: EarlierProfile | undefined,
  choose: (when: number) => void,
  { l10n, format }: Words,
): HTMLElement[] {
  if (shown === undefined) return [];
  const label = ({ result, when }: EarlierProfile): string =>
    [new Date(when).toLocaleTimeString(), result.device, sizesOf(result), format.duration(result.latencyS.value)].join(' · '); // prettier-ignore
  const select = h(
    'select',
    { attributes: { 'aria-label': l10n.t('Compare with') } },
    ...earlier.map(one =>
      h('option', { attributes: { value: one.when, ...(one === shown && { selected: '' }) } }, label(one)),
    ),
  );
  select.addEventListener('change', () => choose(Number(select.value)));
  return [h('h2', {}, l10n.t('Compare with')), h('p', {}, select)];
}

function result(
  { result: profile, standing }: PanelProfile,
  estimate: EstimateReport | null,
  earlier: ProfileResult | undefined,
  words: Words,
): HTMLElement[] {
  const { l10n, say } = words;
  return [
    h('h2', {}, l10n.t('One inference on {0}', profile.device)),
    ...(standing === 'other-sizes' ? [h('p', {}, l10n.t('At other sizes than the rest of this panel shows: {0}', sizesOf(profile)))] : []), // prettier-ignore
    comparison(estimate, profile, earlier, words),
    h('h2', {}, l10n.t('How it was measured')),
    circumstances(profile, words),
    h('ul', { class: 'list' }, ...profile.notes.map(note => h('li', {}, say(note)))),
  ];
}

const sizesOf = ({ inputs }: ProfileResult): string =>
  inputs.map(({ name, dtype, dims }) => `${name}: ${dtype}[${dims.join(',')}]`).join(' ');

function comparison(
  estimate: EstimateReport | null,
  profile: ProfileResult,
  earlier: ProfileResult | undefined,
  words: Words,
): HTMLElement {
  const { l10n, format } = words;
  const comparable = earlier !== undefined && sameSizes(earlier.inputs, profile.inputs);
  const value = (quantity: Quantity, figure: Figure | null): string => {
    if (figure === null) return l10n.t('unknown');
    const text =
      figure.basis === 'measured' ? format[quantity](figure.value) : `≈ ${format.rough(quantity, figure.value)}`;
    return `${text} ${basisWord(figure.basis, words)}`;
  };
  const before = (quantity: Quantity, figure: Figure | null, old: Figure | null): string => {
    const text = value(quantity, old);
    if (figure === null || old === null || old.value === 0 || !comparable) return text;
    // Intervals that overlap are no difference.
    const differs = figure.low > old.high || figure.high < old.low;
    return differs
      ? `${text} (${format.change(figure.value / old.value - 1)})`
      : `${text} (${l10n.t('no clear difference')})`;
  };
  const row = (name: string, quantity: Quantity, pick: Pick, modelled?: Figure): TableRow => {
    const figure = pick(profile);
    return {
      name,
      cells: [
        value(quantity, figure),
        figure === null ? '' : format.range(quantity, figure.low, figure.high),
        modelled ? `≈ ${format.rough(quantity, modelled.value)}` : '',
        ...(earlier ? [before(quantity, figure, pick(earlier))] : []),
      ],
      ...(figure && { note: words.say(sourceText(figure.source)) }),
    };
  };
  /** All for as many inferences as make the measured one readable. */
  const carbonRow = (): TableRow => {
    const inferences = profile.carbonG === null ? 1 : perInferences(profile.carbonG).inferences;
    const scaled = (figure: Figure): Figure => mapFigure(figure, value => value * inferences);
    const name = inferences === 1 ? l10n.t('Carbon') : l10n.t('Carbon of {0}', format.exact(inferences));
    return row(
      name,
      'carbon',
      ({ carbonG }) => carbonG && scaled(carbonG),
      estimate ? scaled(estimate.carbonG) : undefined,
    );
  };
  return table(
    [l10n.t('Quantity'), l10n.t('Value'), l10n.t('Range'), l10n.t('Modelled'), ...(earlier ? [l10n.t('Earlier')] : [])],
    [
      row(l10n.t('Time'), 'duration', ({ latencyS }) => latencyS, estimate?.latencyS),
      row(l10n.t('Energy, idle included'), 'energy', ({ energyJ }) => energyJ, estimate?.energyJ),
      carbonRow(),
      row(l10n.t('Energy above idle'), 'energy', ({ marginalEnergyJ }) => marginalEnergyJ),
      row(l10n.t('Power when idle'), 'power', ({ idleW }) => idleW),
    ],
  );
}

type Pick = (profile: ProfileResult) => Figure | null;

function circumstances(profile: ProfileResult, words: Words): HTMLElement {
  const { l10n, format } = words;
  const { fastestS, meanS, p95S, slowestS } = profile.runTimes;
  const times = [fastestS, meanS, p95S, slowestS].map(format.duration);
  const threads = profile.threads === null ? '' : ` · ${l10n.t('{0} threads', profile.threads)}`;
  const rows: (readonly [string, string])[] = [
    [l10n.t('Runtime'), `${profile.runtime} · ${profile.provider}${threads}`],
    [l10n.t('Runs'), l10n.t('{0} in {1}', format.exact(profile.runs), format.duration(profile.seconds))],
    [l10n.t('Fastest, mean, 95 %, slowest'), times.join(' · ')],
    [l10n.t('Sensors'), profile.coverage.map(({ domain, sensor }) => `${domain} (${sensor})`).join(', ')],
    [l10n.t('Memory of the process'), profile.peakMemoryBytes === null ? '' : format.bytes(profile.peakMemoryBytes)],
    [l10n.t('Inputs'), sizesOf(profile)],
    [l10n.t('Weights'), profile.generatedWeights ? l10n.t('made up: this architecture, not your trained model') : l10n.t('from the file')], // prettier-ignore
    [
      l10n.t('Ran on'),
      profile.providers.map(({ provider, share }) => `${provider} ${format.percent(share)}`).join(', '),
    ],
  ];
  const known = rows.filter(([, value]) => value !== '');
  return table([l10n.t('Circumstance'), l10n.t('Value')], known.map(([name, value]) => ({ name, cells: [value] }))); // prettier-ignore
}
