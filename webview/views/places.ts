/** Links to the source. */
import type { Place } from '../../src/report/view';
import { h } from '../dom';
import type { Actions } from '../state';

export function placeLink({ file, line, column }: Place, actions: Actions): HTMLElement {
  const name = file.split(/[/\\]/).at(-1) ?? file;
  const label = line > 0 ? `${name}:${line}` : name;
  return h(
    'button',
    {
      class: 'link',
      title: `${file}:${line}`,
      attributes: { type: 'button' },
      on: { click: () => actions.reveal({ file, line, column }) },
    },
    label,
  );
}
