/** Elements in one expression. Text is always text: nothing here takes markup. */
export type Child = Node | string | null | undefined | false;

type Listeners = { readonly [K in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[K]) => void };

export interface Properties {
  readonly class?: string;
  readonly title?: string;
  /** Attributes; `false` and `null` leave one out. */
  readonly attributes?: Readonly<Record<string, string | number | boolean | null>>;
  /** CSS custom properties, set through the object model: the content security policy allows no style attributes. */
  readonly style?: Readonly<Record<`--${string}`, string>>;
  readonly on?: Listeners;
}

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  return fill(document.createElement(tag), properties, children);
}

export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  properties: Properties = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[K] {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), properties, children);
}

/** An element of a component library. */
export function custom(tag: string, properties: Properties = {}, ...children: readonly Child[]): HTMLElement {
  return fill(document.createElement(tag), properties, children);
}

function fill<E extends HTMLElement | SVGElement>(element: E, properties: Properties, children: readonly Child[]): E {
  if (properties.class !== undefined) element.setAttribute('class', properties.class);
  if (properties.title !== undefined) element.setAttribute('title', properties.title);
  for (const [name, value] of Object.entries(properties.attributes ?? {}))
    if (value !== null && value !== false) element.setAttribute(name, value === true ? '' : String(value));
  for (const [name, value] of Object.entries(properties.style ?? {})) element.style.setProperty(name, value);
  for (const [name, listener] of Object.entries(properties.on ?? {}))
    element.addEventListener(name, listener as EventListener);
  element.append(...children.filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

/** A picture font's sign; decoration, so hidden from screen readers. */
export const icon = (name: string): HTMLElement =>
  h('span', { class: `codicon codicon-${name}`, attributes: { 'aria-hidden': 'true' } });
