/**
 * The model as a picture: modules from left to right as they nest, layers from top to bottom as they run, as high as
 * their share of what was chosen. A click goes into a module; arrows walk, Enter goes in or opens the source.
 */
import { button, dropdown } from '../controls';
import { h } from '../dom';
import type { Measure } from '../rows';
import type { Context, Shown, View } from '../state';
import { type Block, blocksOf, findBlock } from '../tree';
import { measureOptions } from './columns';
import { Drawing, zoomTo } from './drawing';

export function createPicture(context: Context): View {
  const { words, actions } = context;
  const { l10n } = words;
  const canvas = h('div', { class: 'canvas' });
  const crumbs = h('nav', { class: 'crumbs', attributes: { 'aria-label': l10n.t('Shown module') } });
  const measures = h('span');
  const element = h(
    'section',
    { class: 'picture' },
    h('div', { class: 'toolbar' }, measures, crumbs, zoomButtons()),
    canvas,
    h('p', { class: 'legend' }, l10n.t('From top to bottom as it runs, from left to right as modules nest. The height is the share; each layer gets a little, so that none disappears.')), // prettier-ignore
  );
  let shown: Shown | undefined;
  let key: readonly unknown[] = [];

  const draw = (): void => {
    if (!shown?.model || canvas.clientWidth === 0) return;
    const { model, choices, measured } = shown;
    const next = [model, measured, choices.measure, choices.zoom.path, choices.zoom.first, choices.scale, canvas.clientWidth]; // prettier-ignore
    if (next.every((part, index) => part === key[index]) && key.length > 0) return;
    key = next;
    const root = blocksOf(model.layers, model.name);
    const focus = findBlock(root, choices.zoom.path, choices.zoom.first) ?? root;
    crumbs.replaceChildren(...trail(root, focus, context));
    const hadFocus = canvas.contains(document.activeElement);
    const drawing = new Drawing(context, model, measured, choices.measure, focus, choices.scale);
    canvas.replaceChildren(drawing.draw(canvas.clientWidth));
    if (hadFocus) drawing.focusFirst();
  };
  new ResizeObserver(draw).observe(canvas);

  function zoomButtons(): HTMLElement {
    const scaleBy = (factor: number) => (): void => {
      const scale = Math.min(32, Math.max(1, (shown?.choices.scale ?? 1) * factor));
      actions.choose({ scale });
    };
    return h(
      'span',
      { class: 'actions' },
      button({ label: l10n.t('Zoom in'), icon: 'zoom-in', appearance: 'icon', onClick: scaleBy(1.5) }),
      button({ label: l10n.t('Zoom out'), icon: 'zoom-out', appearance: 'icon', onClick: scaleBy(1 / 1.5) }),
    );
  }

  let options = '';
  return {
    element,
    update: next => {
      shown = next;
      const list = measureOptions(next, words);
      const wanted = JSON.stringify([list, next.choices.measure]);
      if (wanted !== options) {
        options = wanted;
        measures.replaceChildren(
          dropdown({
            id: 'picture-measure',
            label: l10n.t('Height'),
            options: list.map(({ measure, label }) => ({ value: measure, label: l10n.t('Height: {0}', label) })),
            value: next.choices.measure,
            onChange: value => actions.choose({ measure: value as Measure }),
          }),
        );
      }
      draw();
    },
  };
}

/** From the whole model down to the block in focus. */
function trail(root: Block, focus: Block, context: Context): HTMLElement[] {
  const chain: Block[] = [root];
  for (let at: Block | undefined = root; at && at !== focus;) {
    at = at.children.find(child => focus.first >= child.first && focus.end <= child.end);
    if (at) chain.push(at);
  }
  return chain.map((block, index) =>
    index === chain.length - 1
      ? h('span', { attributes: { 'aria-current': 'true' } }, block.name)
      : h(
          'button',
          { class: 'link', attributes: { type: 'button' }, on: { click: () => zoomTo(context, block) } },
          block.name,
        ),
  );
}
