/** Choosing what costs are estimated for: the country of the power grid, and the device. */
import { ConfigurationTarget, env, l10n, type QuickPickItem, window, workspace } from 'vscode';
import type { Analysis } from './analysisClient';
import { settings } from './ids';
import type { Settings } from './settings';

interface Item extends QuickPickItem {
  /** What the setting becomes; undefined: as if never set. */
  readonly choice: string | undefined;
}

export async function chooseRegion(analysis: Analysis, current: Settings): Promise<void> {
  const { regions, guessedRegion } = await analysis.call('choices', {});
  const name = countryNames();
  const items = regions.map(code => ({ label: name(code), description: code, choice: code }));
  items.sort((a, b) => a.label.localeCompare(b.label, env.language));
  const guess: Item = {
    label: l10n.t('Guess from the time zone'),
    description: guessedRegion === null ? l10n.t('the world’s average') : name(guessedRegion),
    choice: undefined,
  };
  const picked = await window.showQuickPick<Item>([guess, ...items], {
    title: l10n.t('Region of the Power Grid'),
    placeHolder: current.region() ?? l10n.t('Where does the computer stand that runs the model?'),
    matchOnDescription: true,
  });
  if (picked) await set(settings.region, picked.choice);
}

export async function chooseDevice(analysis: Analysis, current: Settings): Promise<void> {
  const { devices } = await analysis.call('choices', {});
  const own: Item = { label: l10n.t('This machine'), choice: undefined };
  const picked = await window.showQuickPick<Item>(
    [own, ...devices.map(device => ({ label: device, choice: device }))],
    {
      title: l10n.t('Device to Estimate For'),
      placeHolder: current.device() ?? l10n.t('Which device will run the model?'),
    },
  );
  if (picked) await set(settings.device, picked.choice);
}

/** Where the user has set it already, else for all windows. */
async function set(name: string, value: string | undefined): Promise<void> {
  const configuration = workspace.getConfiguration();
  const isWorkspace = configuration.inspect(name)?.workspaceValue !== undefined;
  await configuration.update(name, value, isWorkspace ? ConfigurationTarget.Workspace : ConfigurationTarget.Global);
}

function countryNames(): (code: string) => string {
  try {
    const names = new Intl.DisplayNames([env.language, 'en'], { type: 'region' });
    return code => names.of(code) ?? code;
  } catch {
    return code => code;
  }
}
