/** Everything that could not be read, each place with its reason. */
import { h } from '../dom';
import type { Context, View } from '../state';
import { placeLink } from './places';

/** More are no longer read by anybody. */
const SHOWN = 500;

export function createGaps({ words: { l10n, say, format }, actions }: Context): View {
  const element = h('section', { class: 'gaps' });
  let drawn = '';
  const update: View['update'] = ({ model, state }) => {
    const found = [...(model?.gaps ?? []), ...(state.report?.diagnostics ?? [])];
    // Links that somebody walks through stay while nothing changes.
    const key = JSON.stringify(found);
    if (key === drawn) return;
    drawn = key;
    if (found.length === 0) {
      element.replaceChildren(h('p', { class: 'empty' }, l10n.t('Everything was read.')));
      return;
    }
    const items = found
      .slice(0, SHOWN)
      .map(gap =>
        h(
          'li',
          {},
          h('span', { class: 'what' }, say(gap.text)),
          h('span', { class: 'where' }, placeLink(gap, actions), h('code', {}, gap.code)),
        ),
      );
    const more = found.length - items.length;
    element.replaceChildren(
      h('ul', { class: 'list' }, ...items),
      more > 0 ? h('p', { class: 'empty' }, l10n.t('… and {0} more', format.exact(more))) : '',
    );
  };
  return { element, update };
}
