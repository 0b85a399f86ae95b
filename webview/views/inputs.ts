/** The inputs that the numbers are for, where each comes from, and fields to say otherwise. */
import type { InputBasis, InputReport, ModelReport } from '../../src/report/view';
import { button, textField, type TextField } from '../controls';
import { h } from '../dom';
import type { Context, View } from '../state';
import type { Words } from '../words';
import { table } from './tables';

export function createInputs({ words, actions }: Context): View {
  const element = h('section', { class: 'inputs' });
  let drawn = '';
  const update: View['update'] = ({ model, state }) => {
    const given = model !== undefined && state.givenInputs.some(name => name === model.name || name === '');
    const key = JSON.stringify([model?.name, model?.inputs, given]);
    if (key === drawn) return;
    drawn = key;
    element.replaceChildren(...(model && model.inputs.length > 0 ? form(model, given) : [empty()]));
  };
  const empty = (): HTMLElement => h('p', { class: 'empty' }, words.l10n.t('No inputs are known.'));
  const form = ({ inputs }: ModelReport, given: boolean): HTMLElement[] => {
    const { l10n } = words;
    const fields = inputs.map(input => shapeField(input, words));
    const apply = (): void =>
      actions.setInputs(inputs.map((input, index) => specOf(input, fields[index]?.value() ?? '')));
    for (const { element: field } of fields)
      field.addEventListener('keydown', event => {
        if (event.key === 'Enter') apply();
      });
    return [
      table(
        [l10n.t('Input'), l10n.t('Type'), l10n.t('Sizes'), l10n.t('Basis')],
        inputs.map((input, index) => ({
          name: input.name,
          cells: [input.dtype ?? l10n.t('unknown'), fields[index]?.element, basisOf(input.basis, words)],
          note: words.say(input.text),
        })),
      ),
      h(
        'div',
        { class: 'actions' },
        button({ id: 'apply-inputs', label: l10n.t('Count with These'), icon: 'check', onClick: apply }),
        given ? button({ label: l10n.t('Forget'), onClick: () => actions.setInputs([]) }) : null,
      ),
    ];
  };
  return { element, update };
}

function shapeField({ name, shape }: InputReport, { l10n }: Words): TextField {
  const value = shape?.map(size => size ?? '?').join(' × ') ?? '';
  return textField({ label: l10n.t('Sizes of {0}', name), value, placeholder: '1 × 3 × 224 × 224' });
}

/** `1 × 3 × 224` or `1,3,224` → `x=float32[1,3,224]` */
export function specOf({ name, dtype }: Pick<InputReport, 'name' | 'dtype'>, sizes: string): string {
  const numbers = sizes.split(/[^\d?]+/).filter(size => size !== '');
  return `${name}=${dtype ?? 'float32'}[${numbers.join(',')}]`;
}

function basisOf(basis: InputBasis, { l10n }: Words): string {
  switch (basis) {
    case 'given':
      return l10n.t('given');
    case 'declared':
      return l10n.t('declared');
    case 'comment':
      return l10n.t('from a comment');
    case 'call':
      return l10n.t('from a call');
    case 'assumed':
      return l10n.t('assumed');
  }
}
