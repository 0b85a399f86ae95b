/** Replacements that cost less: what changes, what it asks of the weights, who says so, and the edit. */
import type { SuggestionReport } from '../../src/report/advice';
import { perInferences, type Quantity } from '../../src/report/format';
import { safetyText } from '../../src/report/safety';
import { badge, button } from '../controls';
import { type Child, h } from '../dom';
import type { Actions, Context, View } from '../state';
import type { Words } from '../words';
import { basisWord } from './figures';
import { placeLink } from './places';

const LAYERS = 4;

export function createSuggestions({ words, actions }: Context): View {
  const element = h('section', { class: 'suggestions' });
  let drawn = '';
  const update: View['update'] = ({ suggestions, state }) => {
    const key = JSON.stringify([suggestions, state.editable, state.advice === null]);
    if (key === drawn) return;
    drawn = key;
    const { l10n } = words;
    const none =
      state.advice === null ? l10n.t('Suggestions are not there yet.') : l10n.t('No greener options were found.');
    element.replaceChildren(
      ...(suggestions.length > 0
        ? suggestions.map(suggestion => article(suggestion, state.editable, words, actions))
        : [h('p', { class: 'empty' }, none)]),
    );
  };
  return { element, update };
}

function article(suggestion: SuggestionReport, editable: boolean, words: Words, actions: Actions): HTMLElement {
  const { l10n, say } = words;
  const { titleText, why, layers, safety, place, edits, editReason, evidence } = suggestion;
  const more = layers.length - LAYERS;
  const shown = layers.slice(0, LAYERS).map(path => h('code', {}, path));
  return h(
    'article',
    { attributes: { 'aria-label': say(titleText) } },
    h('h2', {}, say(titleText), ' ', badge(safetyWord(safety, words))),
    h('p', {}, say(why), ' ', say(safetyText(safety))),
    deltas(suggestion, words),
    h(
      'p',
      { class: 'layers-named' },
      l10n.t('Replaces'),
      ' ',
      ...shown.flatMap((code): Child[] => [code, ' ']),
      more > 0 ? `${l10n.t('and {0} more', more)} ` : null,
      place ? placeLink(place, actions) : null,
    ),
    evidence.length > 0
      ? h(
          'ul',
          { class: 'evidence' },
          ...evidence.map(({ paper, says }) => h('li', {}, says, ' ', h('cite', {}, paper))),
        )
      : null,
    edits.length > 0
      ? button({
          label: l10n.t('Apply…'),
          icon: 'wand',
          disabled: !editable,
          title: l10n.t('Opens a preview of the edit.'),
          onClick: () => actions.apply(suggestion.id),
        })
      : h('p', { class: 'empty' }, editReason ? say(editReason) : l10n.t('This cannot be edited automatically.')),
  );
}

function safetyWord(safety: SuggestionReport['safety'], { l10n }: Words): string {
  switch (safety) {
    case 'exact':
      return l10n.t('exact');
    case 'approximate':
      return l10n.t('approximate');
    case 'fine-tune':
      return l10n.t('fine-tune');
    case 'retrain':
      return l10n.t('retrain');
  }
}

/** Savings are negative, and say so with a word as well: colour alone tells nothing. */
function deltas({ deltas: found }: SuggestionReport, words: Words): HTMLElement {
  const { l10n, format } = words;
  const plain = (name: string, quantity: Quantity, value: number | null): HTMLElement | null =>
    value === null || value === 0 ? null : delta(name, format.signed(value, format[quantity]), value, '');
  const figure = (
    name: string,
    quantity: Quantity,
    value: SuggestionReport['deltas']['energyJ'],
  ): HTMLElement | null =>
    value === null
      ? null
      : delta(
          name,
          format.signed(value.value, size => format.rough(quantity, size)),
          value.value,
          basisWord(value.basis, words),
        );
  const carbon = (value: SuggestionReport['deltas']['carbonG']): HTMLElement | null => {
    if (value === null) return null;
    const { inferences, grams } = perInferences(value);
    const name = inferences === 1 ? l10n.t('Carbon') : l10n.t('Carbon of {0}', format.exact(inferences));
    return figure(name, 'carbon', grams);
  };
  return h(
    'dl',
    { class: 'deltas' },
    plain(l10n.t('Parameters'), 'count', found.parameters),
    plain(l10n.t('MACs'), 'macs', found.macs),
    plain(l10n.t('Bytes moved'), 'bytes', found.bytes),
    figure(l10n.t('Energy'), 'energy', found.energyJ),
    carbon(found.carbonG),
  );
}

const delta = (name: string, text: string, value: number, note: string): HTMLElement =>
  h(
    'div',
    { class: value < 0 ? 'delta saving' : 'delta' },
    h('dt', {}, name),
    h('dd', {}, text, note === '' ? null : h('small', {}, ` ${note}`)),
  );
