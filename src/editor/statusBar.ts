/** The energy meter in the status bar: watts now, energy of the session. Its click opens what the meter knows. */
import { l10n, MarkdownString, StatusBarAlignment, type StatusBarItem, ThemeColor, window } from 'vscode';
import type { Store } from '../base/store';
import type { Formatter } from '../report/format';
import type { MeterSnapshot } from '../report/meter';
import { commands, STATUS_ITEM } from './ids';
import type { Meter, MeterState } from './meter';
import { isBeyond, meterLabel, meterSpoken, meterTooltip } from './meterText';
import { say } from './say';
import type { Settings } from './settings';

const PRIORITY = 10;
const NOTHING_YET = '$(pulse) … W';
/** The window has better things to do in its first second. */
const PATIENCE_MS = 1500;

export function registerStatusBar(meter: Meter, settings: Settings, format: Formatter, store: Store): void {
  const words = { say, format };
  let item: StatusBarItem | undefined;
  let shown = { text: '', coverage: '', beyond: false };
  const show = (state: MeterState | undefined): void => {
    if (!item) return;
    if (state === undefined) {
      item.text = NOTHING_YET;
      item.accessibilityInformation = { label: l10n.t('ModelWatt Energy Meter'), role: 'button' };
      shown = { ...shown, text: '' };
      return;
    }
    const text = `$(pulse) ${meterLabel(state, words)}`;
    const coverage = coverageKey(state.snapshot);
    // Writing what stands there already would redraw the bar, and close an open tooltip.
    if (text !== shown.text) {
      item.text = text;
      item.accessibilityInformation = { label: meterSpoken(state, words), role: 'button' };
    }
    if (coverage !== shown.coverage) item.tooltip = tooltip(state.snapshot, format);
    const beyond = isBeyond(state.snapshot.powerW?.value, settings.warnAboveWatts(), shown.beyond);
    if (beyond !== shown.beyond)
      item.backgroundColor = beyond ? new ThemeColor('statusBarItem.warningBackground') : undefined;
    shown = { text, coverage, beyond };
  };
  const update = (): void => {
    if (settings.isOn('statusBar') && !item) {
      item = createItem();
      shown = { text: '', coverage: '', beyond: false };
      meter.start();
      void meter.useRegion(settings.region());
    } else if (!settings.isOn('statusBar') && item) {
      item.dispose();
      item = undefined;
      meter.stop();
    }
  };
  const timer = setTimeout(update, PATIENCE_MS);
  store.defer(() => {
    clearTimeout(timer);
    item?.dispose();
  });
  store.add(meter.onChange(show));
  settings.onChange(['statusBar'], update);
  settings.onChange(['region'], () => {
    if (item) void meter.useRegion(settings.region());
  });
}

function createItem(): StatusBarItem {
  const item = window.createStatusBarItem(STATUS_ITEM, StatusBarAlignment.Right, PRIORITY);
  item.name = l10n.t('ModelWatt Energy Meter');
  item.text = NOTHING_YET;
  item.command = commands.showMeter;
  item.show();
  return item;
}

function tooltip(snapshot: MeterSnapshot, format: Formatter): MarkdownString {
  const links = [
    `[${l10n.t('Details')}](command:${commands.showMeter})`,
    `[${l10n.t('New session')}](command:${commands.resetSession})`,
  ];
  const markdown = new MarkdownString(meterTooltip(snapshot, { say, format }, links));
  markdown.isTrusted = { enabledCommands: [commands.showMeter, commands.resetSession] };
  return markdown;
}

/** Of everything that the tooltip says. */
const coverageKey = ({ domains, sensors }: MeterSnapshot): string =>
  JSON.stringify([
    domains.map(({ domain, sensor, method, counted }) => [domain, sensor, method, counted]),
    sensors.map(({ id, status, reasons }) => [id, status, reasons]),
  ]);
