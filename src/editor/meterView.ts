/** What the meter knows, as a list to look through: domains with their energy, sensors with their reasons. */
import { env, l10n, QuickPickItemKind, type QuickPickItem, window } from 'vscode';
import type { Formatter } from '../report/format';
import { meterReport, type MeterSnapshot } from '../report/meter';
import { basisText } from '../report/words';
import type { Meter } from './meter';
import { domainName, sensorName } from './meterText';
import { say } from './say';

interface Item extends QuickPickItem {
  readonly run?: () => void;
}

export async function showMeter(meter: Meter, format: Formatter): Promise<void> {
  meter.start();
  const { state } = meter;
  if (!state) {
    void window.showInformationMessage(l10n.t('The energy meter is starting; its watts are there in a second.'));
    return;
  }
  const energy = state.sessionJ === null ? l10n.t('unknown') : format.energy(state.sessionJ.value);
  const session = [energy, ...(state.sessionG ? [format.carbon(state.sessionG.value)] : [])].join(' · ');
  const actions: Item[] = [
    { label: `$(debug-restart) ${l10n.t('New session')}`, description: session, run: () => meter.resetSession() },
    {
      label: `$(copy) ${l10n.t('Copy readings as JSON')}`,
      run: () => void env.clipboard.writeText(JSON.stringify(meterReport(state.snapshot, say), null, 2)),
    },
  ];
  const picked = await window.showQuickPick<Item>(
    [...actions, heading(l10n.t('Covered')), ...domains(state.snapshot, format), heading(l10n.t('Sensors')), ...sensors(state.snapshot)], // prettier-ignore
    { title: l10n.t('Energy Meter'), placeHolder: l10n.t('Which sensor tells what, and why others do not'), matchOnDetail: true }, // prettier-ignore
  );
  picked?.run?.();
}

const heading = (label: string): Item => ({ label, kind: QuickPickItemKind.Separator });

const domains = ({ domains: all }: MeterSnapshot, format: Formatter): Item[] =>
  all.map(({ domain, sensor, powerW, energyJ, counted }) => ({
    label: domainName(domain, say),
    description: [
      powerW && `${format.power(powerW.value)} ${say(basisText(powerW.basis))}`,
      energyJ && format.energy(energyJ.value),
      counted ? null : l10n.t('part of another'),
    ]
      .filter(Boolean)
      .join(' · '),
    detail: sensorName(sensor, say),
  }));

const sensors = ({ sensors: all }: MeterSnapshot): Item[] =>
  all.map(({ id, status, reasons, remedy }) => ({
    label: `$(${status === 'ok' ? 'pass' : 'circle-slash'}) ${sensorName(id, say)}`,
    detail: [...reasons.map(say), ...(remedy ? [`→ ${say(remedy)}`] : [])].join('; '),
  }));
