/** Which file and which model a command means, wherever it was called from. */
import { l10n, TabInputCustom, TabInputNotebook, TabInputText, Uri, ViewColumn, window } from 'vscode';
import type { ModelReport } from '../report/view';

/** The argument of a menu or lens, else what is in front of the user; undefined when that is neither Python nor ONNX. */
export function fileMeant(argument: unknown): Uri | undefined {
  if (argument instanceof Uri) return argument;
  const input = window.tabGroups.activeTabGroup.activeTab?.input;
  const isFile = input instanceof TabInputText || input instanceof TabInputCustom || input instanceof TabInputNotebook;
  const shown = isFile ? input.uri : undefined;
  const file = window.activeTextEditor?.document.uri ?? shown;
  return [shown, file].find(uri => uri && /\.(py|ipynb|onnx)$/i.test(uri.path));
}

/** Asks for a file, for whoever calls from the palette with nothing open. */
export async function askForFile(): Promise<Uri | undefined> {
  const filters = { [l10n.t('Models')]: ['onnx', 'py', 'ipynb'] };
  const picked = await window.showOpenDialog({ filters, canSelectMany: false, openLabel: l10n.t('Choose Model') });
  return picked?.[0];
}

/** The model to run: the only one that can be, else asked for. Undefined when there is none or the user went away. */
export async function askForModel(models: readonly ModelReport[]): Promise<ModelReport | undefined> {
  const ready = models.filter(model => model.status !== 'needs-arguments' || canBeAsked(model));
  if (ready.length <= 1) return ready[0];
  const items = ready.map(model => ({ label: model.name, description: l10n.t('line {0}', model.line), model }));
  const picked = await window.showQuickPick(items, {
    title: l10n.t('Profile Model'),
    placeHolder: l10n.t('Which model?'),
  });
  return picked?.model;
}

/** Sizes can be asked for in a word; arguments of Python code cannot. */
export const canBeAsked = ({ needs }: ModelReport): boolean =>
  needs.length > 0 && needs.every(need => need.of === 'dim');

/** The group in which a file is open already, else the first: never over the panel. */
export function columnOf(file: Uri): ViewColumn {
  const group = window.tabGroups.all.find(({ tabs }) =>
    tabs.some(({ input }) => input instanceof TabInputText && input.uri.toString() === file.toString()),
  );
  return group?.viewColumn ?? ViewColumn.One;
}
