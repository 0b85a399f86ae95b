/** Hovers on the lines of layers. */
import { Hover, languages, MarkdownString } from 'vscode';
import type { Store } from '../base/store';
import type { Formatter } from '../report/format';
import { type Documents, PYTHON, versionOf } from './documents';
import type { ProfileResult } from '../report/profile';
import type { ModelReport } from '../report/view';
import { hoverText } from './hoverText';
import { type Profiles, standing } from './profiles';
import { say } from './say';
import type { Settings } from './settings';

export interface HoverOptions {
  readonly documents: Documents;
  readonly profiles: Profiles;
  readonly settings: Settings;
  readonly format: Formatter;
  readonly store: Store;
}

export function registerHover({ documents, profiles, settings, format, store }: HoverOptions): void {
  store.add(
    languages.registerHoverProvider(PYTHON, {
      provideHover: (document, { line }) => {
        if (!settings.isOn('hover')) return undefined;
        // A file whose models nobody asked for yet is not read because a mouse passed by.
        const key = documents.fileOf(document).toString();
        const state = documents.reports.peek(key);
        if (!state?.report || state.version !== versionOf(document)) return undefined;
        const measured = (model: string): ProfileResult | undefined => {
          const kept = profiles.of(key).get(model);
          const now = state.report?.models.find(({ name }) => name === model);
          return kept && standing(kept, now) === 'current' ? kept.result : undefined;
        };
        const before = (model: string): ModelReport | undefined => state.baseline?.models.get(model);
        const words = { say, format, measured, before };
        const markdown = hoverText(state.report, documents.pathIn(document), line + 1, words);
        return markdown === undefined ? undefined : new Hover(new MarkdownString(markdown));
      },
    }),
  );
}
