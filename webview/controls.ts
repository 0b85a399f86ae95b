/**
 * Buttons, fields and tabs: the only file that knows the component library, so that its successor replaces it in a day.
 * Everything else asks for a control by what it does.
 */
import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeDropdown,
  vsCodeOption,
  vsCodePanels,
  vsCodePanelTab,
  vsCodePanelView,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import { custom, h, icon } from './dom';

export function registerControls(): void {
  provideVSCodeDesignSystem().register(
    vsCodeButton(),
    vsCodeDropdown(),
    vsCodeOption(),
    vsCodePanels(),
    vsCodePanelTab(),
    vsCodePanelView(),
    vsCodeTextField(),
  );
}

export interface ButtonOptions {
  readonly label: string;
  readonly icon?: string;
  readonly appearance?: 'primary' | 'secondary' | 'icon';
  readonly title?: string;
  readonly disabled?: boolean;
  readonly id?: string;
  readonly onClick: () => void;
}

export function button(options: ButtonOptions): HTMLElement {
  const { label, appearance = 'secondary', title, disabled = false, id, onClick } = options;
  const sign = options.icon === undefined ? null : icon(options.icon);
  // The library moves a child with slot="start" before the label.
  if (appearance !== 'icon') sign?.setAttribute('slot', 'start');
  return custom(
    'vscode-button',
    {
      ...(title !== undefined && { title }),
      attributes: {
        appearance,
        disabled,
        id: id ?? null,
        'aria-label': appearance === 'icon' ? label : null,
        title: title ?? (appearance === 'icon' ? label : null),
      },
      on: { click: onClick },
    },
    sign,
    appearance === 'icon' ? null : label,
  );
}

export interface DropdownOptions {
  readonly label: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly value: string;
  readonly id?: string;
  readonly onChange: (value: string) => void;
}

export function dropdown({ label, options, value, id, onChange }: DropdownOptions): HTMLElement {
  const element = custom(
    'vscode-dropdown',
    { attributes: { 'aria-label': label, id: id ?? null } },
    ...options.map(option =>
      custom('vscode-option', { attributes: { value: option.value, selected: option.value === value } }, option.label),
    ),
  );
  element.addEventListener('change', () => onChange((element as HTMLElement & { value: string }).value));
  return element;
}

export interface TextFieldOptions {
  readonly label: string;
  readonly value: string;
  readonly placeholder?: string;
  readonly id?: string;
  /** On every key. */
  readonly onInput?: (value: string) => void;
  /** On Enter, or when the field is left. */
  readonly onChange?: (value: string) => void;
}

export interface TextField {
  readonly element: HTMLElement;
  readonly value: () => string;
}

export function textField({ label, value, placeholder, id, onInput, onChange }: TextFieldOptions): TextField {
  const element = custom('vscode-text-field', {
    attributes: { 'aria-label': label, placeholder: placeholder ?? null, id: id ?? null, value },
  }) as HTMLElement & { value: string };
  // The library calls every field "Text field" when it enters the page.
  const naming = new MutationObserver(() => {
    if (element.getAttribute('aria-label') !== label) element.setAttribute('aria-label', label);
  });
  naming.observe(element, { attributeFilter: ['aria-label'] });
  element.addEventListener('input', () => onInput?.(element.value));
  element.addEventListener('change', () => onChange?.(element.value));
  return { element, value: () => element.value };
}

export interface TabsOptions<Id extends string> {
  readonly label: string;
  readonly tabs: readonly { readonly id: Id; readonly label: string; readonly content: HTMLElement }[];
  readonly active: Id;
  readonly onChange: (id: Id) => void;
}

export interface Tabs<Id extends string> {
  readonly element: HTMLElement;
  readonly select: (id: Id) => void;
  /** The number behind a tab's name; none for 0. */
  readonly count: (id: Id, count: number) => void;
}

export function tabs<Id extends string>({ label, tabs: all, active, onChange }: TabsOptions<Id>): Tabs<Id> {
  const badges = new Map<Id, HTMLElement>();
  const heads = all.map(tab => {
    const badge = h('span', { class: 'tab-count' });
    badges.set(tab.id, badge);
    return custom('vscode-panel-tab', { attributes: { id: `tab-${tab.id}` } }, tab.label, badge);
  });
  const views = all.map(tab => custom('vscode-panel-view', { attributes: { id: `view-${tab.id}` } }, tab.content));
  const element = custom(
    'vscode-panels',
    { attributes: { activeid: `tab-${active}`, 'aria-label': label } },
    ...heads,
    ...views,
  ) as HTMLElement & { activeid: string };
  element.addEventListener('change', event => {
    const id = (event as CustomEvent<HTMLElement | undefined>).detail?.id.replace(/^tab-/, '');
    const tab = all.find(candidate => candidate.id === id);
    if (tab && event.target === element) onChange(tab.id);
  });
  return {
    element,
    select: id => (element.activeid = `tab-${id}`),
    count: (id, count) => badges.get(id)?.replaceChildren(count > 0 ? String(count) : ''),
  };
}

/** Something is under way. The library's own ring and badge set style attributes, which the content policy forbids. */
export const progressRing = (label: string): HTMLElement =>
  h('span', {
    class: 'codicon codicon-loading codicon-modifier-spin',
    title: label,
    attributes: { role: 'img', 'aria-label': label },
  });

export const badge = (label: string): HTMLElement => h('span', { class: 'badge' }, label);
