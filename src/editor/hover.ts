/** Hovers on the lines of layers. */
import { Hover, languages, MarkdownString } from 'vscode';
import type { Store } from '../base/store';
import type { Formatter } from '../report/format';
import { type Documents, PYTHON } from './documents';
import { hoverText } from './hoverText';
import { say } from './say';
import type { Settings } from './settings';

export function registerHover(documents: Documents, settings: Settings, format: Formatter, store: Store): void {
  store.add(
    languages.registerHoverProvider(PYTHON, {
      provideHover: (document, { line }) => {
        if (!settings.isOn('hover')) return undefined;
        // A file whose models nobody asked for yet is not read because a mouse passed by.
        const state = documents.reports.peek(document.uri.toString());
        if (!state?.report || state.version !== document.version) return undefined;
        const markdown = hoverText(state.report, documents.pathOf(document.uri), line + 1, { say, format });
        return markdown === undefined ? undefined : new Hover(new MarkdownString(markdown));
      },
    }),
  );
}
