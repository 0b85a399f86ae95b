/** The panel's words and numbers. Templates are written in English, as in the extension host, and translated by its bundle. */
import { render, type Text } from '../src/base/text';
import { createFormatter, type Formatter } from '../src/report/format';

export interface Words {
  readonly l10n: { readonly t: (template: string, ...args: readonly (string | number)[]) => string };
  /** Texts of the core. */
  readonly say: (message: Text) => string;
  readonly format: Formatter;
}

export function createWords(language: string, bundle: Readonly<Record<string, string>>): Words {
  const say = (message: Text): string => render(message, template => bundle[template] ?? template);
  return {
    l10n: { t: (template, ...args) => say({ template, args }) },
    say,
    format: createFormatter(language),
  };
}
