/**
 * Interface text that can still be translated: an English template and what fills it.
 * The core makes texts, the outermost layer renders them: through `vscode.l10n.t` in the editor,
 * through media/l10n in the command line. A test checks that every template has its translation.
 */
export interface Text {
  readonly template: string;
  /** A text within a text is translated too. */
  readonly args: readonly TextArgument[];
}

export type TextArgument = string | number | Text;

/** `{0}`, `{1}` in the template stand for the arguments. The template must be a literal, so that the test can find it. */
export const text = (template: string, ...args: readonly TextArgument[]): Text => ({ template, args });

/** Fills a template; `lookup` may replace it by a translation first. */
export function render(message: Text, lookup: (template: string) => string = template => template): string {
  return lookup(message.template).replace(/\{(\d+)\}/g, (whole, index: string) => {
    const arg = message.args[Number(index)];
    if (arg === undefined) return whole;
    return typeof arg === 'object' ? render(arg, lookup) : String(arg);
  });
}
