/** Batch size and sequence length for one profile, asked for with what the inputs have now. */
import { l10n, window } from 'vscode';
import type { ModelReport } from '../report/view';
import { sizesOf, specsAtSizes } from '../report/sizes';

/** SPECs, or undefined when the user went away. */
export async function askForOtherSizes(model: ModelReport): Promise<readonly string[] | undefined> {
  const now = sizesOf(model.inputs);
  if (now.batch === undefined && now.sequence === undefined) {
    void window.showWarningMessage(l10n.t('The sizes of the inputs of {0} are not known.', model.name));
    return undefined;
  }
  const batch = now.batch === undefined ? undefined : await ask(l10n.t('Batch size'), model.name, now.batch);
  if (now.batch !== undefined && batch === undefined) return undefined;
  const sequence = now.sequence === undefined ? undefined : await ask(l10n.t('Length of the sequences'), model.name, now.sequence); // prettier-ignore
  if (now.sequence !== undefined && sequence === undefined) return undefined;
  return specsAtSizes(model.inputs, {
    ...(batch !== undefined && { batch }),
    ...(sequence !== undefined && { sequence }),
  });
}

async function ask(prompt: string, title: string, now: number): Promise<number | undefined> {
  const answer = await window.showInputBox({
    title,
    prompt,
    value: String(now),
    ignoreFocusOut: true,
    validateInput: value =>
      /^\s*[1-9]\d{0,6}\s*$/.test(value) ? undefined : l10n.t('A whole number, please, such as {0}.', String(now)),
  });
  return answer === undefined ? undefined : Number(answer);
}
