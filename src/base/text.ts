/**
 * Interface text that can still be translated: an English template and what fills it.
 * The core makes texts, the outermost layer renders them: through `vscode.l10n.t` in the editor,
 * through media/l10n in the command line. A test checks that every template has its translation.
 */
export interface Text {
  readonly template: string;
  readonly args: readonly (string | number)[];
}

/** `{0}`, `{1}` in the template stand for the arguments. The template must be a literal, so that the test can find it. */
export const text = (template: string, ...args: readonly (string | number)[]): Text => ({ template, args });

/** Fills a template; `lookup` may replace it by a translation first. */
export function render(message: Text, lookup: (template: string) => string = template => template): string {
  return lookup(message.template).replace(/\{(\d+)\}/g, (whole, index: string) => {
    const arg = message.args[Number(index)];
    return arg === undefined ? whole : String(arg);
  });
}
