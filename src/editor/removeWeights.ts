/** "Remove Generated Weights": empties the cache of models that were written to be run. */
import { l10n, window } from 'vscode';
import type { Formatter } from '../report/format';
import { clearCache } from '../services/ports/profiler';

export async function removeWeights(folder: string, format: Formatter): Promise<void> {
  const bytes = await clearCache(folder);
  void window.showInformationMessage(
    bytes === 0 ? l10n.t('No generated weights were kept.') : l10n.t('{0} of generated weights are removed.', format.bytes(bytes)), // prettier-ignore
  );
}
