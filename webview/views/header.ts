/** Which file, which model, how complete, and what can be done with it. */
import type { ModelReport } from '../../src/report/view';
import { badge, button, dropdown, progressRing } from '../controls';
import { h } from '../dom';
import type { Context, Shown, View } from '../state';

export function createHeader({ words: { l10n, say }, actions }: Context): View {
  const title = h('h1');
  const status = h('div', { class: 'status', attributes: { role: 'status' } });
  const controls = h('div', { class: 'actions' });
  const notice = h('div', { class: 'notices' });
  const element = h('header', {}, h('div', { class: 'heading' }, title, status, controls), notice);
  let drawn = '';
  let told = '';
  const update = ({ state, model }: Shown): void => {
    title.replaceChildren(state.name);
    const models = state.report?.models ?? [];
    const standing = JSON.stringify([state.busy, model?.status]);
    if (standing !== told) {
      told = standing;
      status.replaceChildren(
        ...(state.busy ? [progressRing(l10n.t('Reading'))] : []),
        ...(model ? [badge(statusOf(model.status))] : []),
      );
    }
    // Controls are replaced only when they change: focus stays where it is while numbers come and go.
    const key = JSON.stringify([
      models.map(({ name }) => name),
      model?.name,
      model !== undefined && waitsForCode(model),
    ]);
    if (key !== drawn) {
      drawn = key;
      controls.replaceChildren(
        ...(models.length > 1 ? [modelChoice(models.map(({ name }) => name), model?.name ?? '')] : []), // prettier-ignore
        button({
          id: 'profile',
          label: l10n.t('Profile Model'),
          icon: 'dashboard',
          appearance: 'primary',
          title: l10n.t('Run it on this machine and measure time and energy.'),
          disabled: model === undefined || waitsForCode(model),
          onClick: actions.profile,
        }),
        button({ label: l10n.t('Read Again'), icon: 'refresh', appearance: 'icon', onClick: actions.analyze }),
      );
    }
    notice.replaceChildren(...notices());

    function statusOf(found: string): string {
      if (found === 'ok') return l10n.t('complete');
      return found === 'incomplete' ? l10n.t('incomplete') : l10n.t('waiting');
    }
    function modelChoice(names: readonly string[], value: string): HTMLElement {
      return dropdown({
        id: 'model',
        label: l10n.t('Model'),
        options: names.map(name => ({ value: name, label: name })),
        value,
        onChange: name => actions.choose({ model: name, zoom: { path: '', first: 0 }, scroll: 0 }),
      });
    }
    function notices(): HTMLElement[] {
      const { problem } = state;
      const said = problem && [say(problem.text), problem.remedy && say(problem.remedy)].filter(Boolean).join(': ');
      return [
        said === null ? null : note('warning', said),
        state.stale && problem === null
          ? note('info', l10n.t('The file has a syntax error: these are the costs before it.'))
          : null,
        model?.status === 'incomplete'
          ? note('info', l10n.t('Totals are lower bounds: {0} places could not be read.', model.gaps.length))
          : null,
        model !== undefined && waitsForCode(model)
          ? note('info', l10n.t('This block needs {0}. It is counted where it is used.', needed(model)))
          : null,
        model?.status === 'needs-arguments' && !waitsForCode(model)
          ? note('info', l10n.t('These sizes are not known: {0}. Give them under Inputs, or profile the model to be asked.', needed(model))) // prettier-ignore
          : null,
        state.report?.models.length === 0 && problem === null
          ? note('info', l10n.t('No model was found in this file.'))
          : null,
      ].filter(found => found !== null);
    }
  };
  return { element, update };
}

/** Arguments stand in code; sizes can be asked for. */
const waitsForCode = ({ status, needs }: ModelReport): boolean =>
  status === 'needs-arguments' && !needs.every(need => need.of === 'dim');

const needed = ({ needs }: ModelReport): string =>
  needs.map(({ name, input, axis }) => (name === '' ? `${input ?? ''}[${axis ?? ''}]` : name)).join(', ');

function note(kind: 'info' | 'warning', text: string): HTMLElement {
  return h(
    'p',
    { class: `notice ${kind}` },
    h('span', { class: `codicon codicon-${kind}`, attributes: { 'aria-hidden': 'true' } }),
    text,
  );
}
