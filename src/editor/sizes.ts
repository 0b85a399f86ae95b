/** Input sizes that a file leaves open, asked for by name, each with a suggestion. */
import { l10n, window } from 'vscode';
import type { ModelReport, NeedReport } from '../report/view';
import { answerKey, openNeeds, specsFor } from './specs';

/** A model whose sizes name each other in a ring would be asked about for ever. */
const ROUNDS = 20;

/**
 * SPECs that leave no size open; undefined when the user went away. `read` analyses the model with some SPECs: one
 * answer often settles sizes of the same name elsewhere.
 */
export async function askForSizes(
  first: ModelReport,
  read: (specs: readonly string[]) => Promise<ModelReport | undefined>,
): Promise<readonly string[] | undefined> {
  const answers = new Map<string, number>();
  let model = first;
  for (let round = 0; round < ROUNDS; round++) {
    const open = openNeeds(model, answers);
    if (open.length === 0) break;
    for (const [index, need] of open.entries()) {
      const size = await ask(model.name, need, index, open.length);
      if (size === undefined) return undefined;
      answers.set(answerKey(need), size);
    }
    model = (await read(specsFor(model.inputs, answers))) ?? model;
  }
  return specsFor(model.inputs, answers);
}

async function ask(model: string, need: NeedReport, index: number, count: number): Promise<number | undefined> {
  const suggestion = need.suggestion ?? '1';
  const answer = await window.showInputBox({
    title: count > 1 ? l10n.t('Input Sizes of {0} ({1} of {2})', model, index + 1, count) : l10n.t('Input Sizes of {0}', model), // prettier-ignore
    prompt: promptFor(need),
    value: suggestion,
    ignoreFocusOut: true,
    validateInput: value =>
      /^\s*\d{1,9}\s*$/.test(value) ? undefined : l10n.t('A whole number, please, such as {0}.', suggestion),
  });
  return answer === undefined ? undefined : Number(answer);
}

function promptFor({ name, input, axis }: NeedReport): string {
  const place = axis === undefined ? (input ?? '') : `${input ?? ''}[${axis}]`;
  return name === '' ? l10n.t('How large is {0}?', place) : l10n.t('How large is "{0}" (in {1})?', name, place);
}
