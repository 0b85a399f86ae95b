/** The tree of recorded runs in the explorer, the newest first. */
import {
  env,
  EventEmitter,
  l10n,
  MarkdownString,
  ThemeIcon,
  TreeItem,
  TreeItemCollapsibleState,
  type TreeDataProvider,
  type TreeView,
  window,
  workspace,
} from 'vscode';
import type { Store } from '../../base/store';
import type { Formatter } from '../../report/format';
import type { RunRecord } from '../../report/run';
import { escape, runSummary, runTitle } from '../../report/runPage';
import type { RunStore } from '../../services/ports/runStore';
import { commands, views } from '../ids';
import { say } from '../say';
import type { Settings } from '../settings';

export interface HistoryView {
  readonly refresh: () => void;
  /** What is selected, if anything. */
  readonly selected: () => readonly RunRecord[];
}

/** Another window or the command line may add to the history. */
const LOOK_MS = 4000;
const MOST_SHOWN = 500;

export interface HistoryViewOptions {
  readonly history: RunStore;
  readonly settings: Settings;
  readonly format: Formatter;
  readonly store: Store;
}

export function createHistoryView({ history, settings, format, store }: HistoryViewOptions): HistoryView {
  const changed = store.add(new EventEmitter<void>());
  let stamp = '';
  const provider: TreeDataProvider<RunRecord> = {
    onDidChangeTreeData: changed.event,
    getChildren: parent => {
      if (parent !== undefined) return [];
      stamp = history.stamp();
      const { runs, damage } = history.list();
      tell(view, settings, damage.filter(({ kind }) => kind !== 'open').length);
      return [...runs].reverse().slice(0, MOST_SHOWN);
    },
    getTreeItem: run => itemOf(run, format),
  };
  const view = store.add(
    window.createTreeView(views.history, { treeDataProvider: provider, canSelectMany: true, showCollapseAll: false }),
  );
  const refresh = (): void => changed.fire();
  const look = setInterval(() => {
    if (view.visible && history.stamp() !== stamp) refresh();
  }, LOOK_MS);
  store.defer(() => clearInterval(look));
  store.add(workspace.onDidGrantWorkspaceTrust(refresh));
  settings.onChange(['runs'], refresh);
  return { refresh, selected: () => view.selection };
}

/** Why nothing new comes, and what cannot be read, are said in the view itself. */
function tell(view: TreeView<RunRecord>, settings: Settings, damaged: number): void {
  const parts = [
    workspace.isTrusted ? '' : l10n.t('Nothing is recorded in this workspace, since it is not trusted.'),
    settings.recordsRuns() ? '' : l10n.t('Recording of runs is switched off.'),
    damaged === 0 ? '' : l10n.t('{0} damaged entries cannot be read; all others are here.', damaged),
  ];
  const message = parts.filter(part => part !== '').join(' ');
  // Without a message the tree, or its welcome, has all the room.
  if (message !== (view.message ?? '')) view.message = message;
}

function itemOf(run: RunRecord, format: Formatter): TreeItem {
  const item = new TreeItem(runTitle(run, say), TreeItemCollapsibleState.None);
  const summary = runSummary(run, { say, format });
  const when = whenText(run.startedAt);
  item.id = run.id;
  item.description = `${summary} · ${when}`;
  item.iconPath = new ThemeIcon(iconOf(run));
  item.contextValue = run.kind;
  item.accessibilityInformation = { label: [runTitle(run, say), summary, ...run.notes.map(say), when].join(', ') };
  item.tooltip = new MarkdownString(
    [`**${escape(runTitle(run, say))}**`, run.notes.map(note => escape(say(note))).join(' · '), escape(summary), escape(when)].join('\n\n'), // prettier-ignore
  );
  item.command = { command: commands.showRun, title: l10n.t('Show Run'), arguments: [run] };
  return item;
}

function iconOf({ kind, state, exitCode }: RunRecord): string {
  if (kind === 'profile') return 'dashboard';
  if (state === 'running') return 'sync';
  if (state === 'lost') return 'question';
  return exitCode === null || exitCode === 0 ? 'pulse' : 'error';
}

export const whenText = (iso: string): string => {
  const moment = new Date(iso);
  if (Number.isNaN(moment.valueOf())) return iso;
  try {
    return moment.toLocaleString(env.language, { dateStyle: 'medium', timeStyle: 'short' });
  } catch {
    return moment.toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' });
  }
};
