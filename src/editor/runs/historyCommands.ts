/** What can be done with recorded runs: look at one, compare two, delete, export, and copy for a model card or a paper. */
import { commands as registry, env, EventEmitter, l10n, type QuickPickItem, Uri, window, workspace } from 'vscode';
import { InputError } from '../../base/findings';
import type { Store } from '../../base/store';
import { text } from '../../base/text';
import type { Formatter } from '../../report/format';
import { emissionsFile } from '../../report/emissions';
import { historyReport } from '../../report/history';
import type { RunRecord } from '../../report/run';
import { comparePage, runPage, runSummary, runTitle } from '../../report/runPage';
import { modelCard, statement } from '../../report/statement';
import type { RunStore } from '../../services/ports/runStore';
import { views } from '../ids';
import { say } from '../say';
import { type HistoryView, whenText } from './historyView';

export interface HistoryCommands {
  readonly showHistory: () => Promise<void>;
  readonly refreshHistory: () => void;
  readonly showRun: (run: unknown) => Promise<void>;
  readonly compareRuns: (run: unknown, runs: unknown) => Promise<void>;
  readonly deleteRuns: (run: unknown, runs: unknown) => Promise<void>;
  readonly exportRuns: (run: unknown, runs: unknown) => Promise<void>;
  readonly copyModelCard: (run: unknown, runs: unknown) => Promise<void>;
  readonly copyStatement: (run: unknown, runs: unknown) => Promise<void>;
}

export interface HistoryCommandOptions {
  readonly history: RunStore;
  readonly view: HistoryView;
  readonly format: Formatter;
  readonly store: Store;
}

/** Pages are read-only texts of this scheme; the query names the runs. */
const SCHEME = 'modelwatt-run';

export function createHistoryCommands({ history, view, format, store }: HistoryCommandOptions): HistoryCommands {
  const words = { say, format, when: whenText };
  const changed = store.add(new EventEmitter<Uri>());
  const find = (id: string): RunRecord | undefined => history.list().runs.find(run => run.id === id);
  store.add(
    workspace.registerTextDocumentContentProvider(SCHEME, {
      onDidChange: changed.event,
      provideTextDocumentContent: ({ query }) => {
        const [first, second] = query.split(',').map(find);
        if (first === undefined) return l10n.t('This run is not in the history any more.');
        return second === undefined ? runPage(first, words) : comparePage(first, second, words);
      },
    }),
  );
  const open = async (name: string, ids: readonly string[]): Promise<void> => {
    const path = `/${
      name
        .replace(/[\\/:*?"<>|#%\s]+/g, ' ')
        .trim()
        .slice(0, 60) || 'run'
    }.md`;
    const uri = Uri.from({ scheme: SCHEME, path, query: ids.join(',') });
    changed.fire(uri);
    await registry.executeCommand('markdown.showPreview', uri);
  };
  const pick = async (title: string, many: boolean): Promise<readonly RunRecord[]> => {
    const runs = [...history.list().runs].reverse();
    if (runs.length === 0) throw new InputError('no-runs', text('no run has been recorded yet'));
    const items = runs.map(run => ({ run, label: runTitle(run, say), description: runSummary(run, words), detail: whenText(run.startedAt) })); // prettier-ignore
    return picked(items, title, many);
  };
  /** Those that a menu names, else the selected ones, else those that the user picks. */
  const meant = async (run: unknown, runs: unknown, title: string, many = true): Promise<readonly RunRecord[]> => {
    const given = Array.isArray(runs) && runs.length > 0 ? runs.filter(isRun) : isRun(run) ? [run] : [];
    return given.length > 0 ? given : pick(title, many);
  };
  return {
    showHistory: async () => {
      await registry.executeCommand(`${views.history}.focus`);
    },
    refreshHistory: () => view.refresh(),
    showRun: async run => {
      const [one] = await meant(run, undefined, l10n.t('Show Run'), false);
      if (one !== undefined) await open(runTitle(one, say), [one.id]);
    },
    compareRuns: async (_run, runs) => {
      const title = l10n.t('Compare two runs');
      const given = Array.isArray(runs) && runs.length > 1 ? runs.filter(isRun) : view.selected();
      const both = given.length === 2 ? given : await pick(title, true);
      const [first, second, ...others] = [...both].sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1));
      if (first === undefined) return;
      if (second === undefined || others.length > 0)
        throw new InputError('two-runs', text('choose two runs to compare'));
      await open(l10n.t('Two runs compared'), [first.id, second.id]);
    },
    deleteRuns: async (run, runs) => {
      const chosen = await meant(run, runs, l10n.t('Delete runs'));
      if (chosen.length === 0) return;
      const yes = l10n.t('Delete');
      const question = l10n.t('Delete {0} runs from the history?', chosen.length);
      if ((await window.showWarningMessage(question, { modal: true }, yes)) !== yes) return;
      for (const { id } of chosen) history.remove(id);
      view.refresh();
    },
    ...sharing(meant),
  };
}

type Meant = (run: unknown, runs: unknown, title: string) => Promise<readonly RunRecord[]>;

/** Out of the editor. */
function sharing(meant: Meant): Pick<HistoryCommands, 'exportRuns' | 'copyModelCard' | 'copyStatement'> {
  return {
    exportRuns: async (run, runs) => {
      const chosen = await meant(run, runs, l10n.t('Export runs'));
      if (chosen.length === 0) return;
      const filters = { JSON: ['json'], 'CodeCarbon CSV': ['csv'] };
      const uri = await window.showSaveDialog({ filters, saveLabel: l10n.t('Export') });
      if (uri !== undefined) await workspace.fs.writeFile(uri, new TextEncoder().encode(exported(uri, chosen)));
    },
    copyModelCard: async (run, runs) => {
      const chosen = await meant(run, runs, l10n.t('Copy Model-Card Snippet'));
      if (chosen.length === 0) return;
      const snippet = modelCard(chosen);
      if (snippet === undefined) throw new InputError('no-carbon', text('the carbon of these runs is not known'));
      await copied(snippet);
    },
    copyStatement: async (run, runs) => {
      const chosen = await meant(run, runs, l10n.t('Copy Carbon Statement'));
      if (chosen.length === 0) return;
      const forms = [
        { label: 'Markdown', form: 'markdown' },
        { label: 'LaTeX', form: 'latex' },
      ] as const;
      const picked = await window.showQuickPick(forms, { title: l10n.t('Copy Carbon Statement') });
      if (picked !== undefined) await copied(statement(chosen, picked.form));
    },
  };
}

async function picked(
  items: readonly (QuickPickItem & { readonly run: RunRecord })[],
  title: string,
  many: boolean,
): Promise<readonly RunRecord[]> {
  const options = { title, matchOnDescription: true, matchOnDetail: true };
  if (many) return ((await window.showQuickPick(items, { ...options, canPickMany: true })) ?? []).map(({ run }) => run);
  const one = await window.showQuickPick(items, options);
  return one === undefined ? [] : [one.run];
}

/** What `modelwatt history` prints; or rows for CodeCarbon's readers, which know no profiles. */
const exported = (uri: Uri, runs: readonly RunRecord[]): string =>
  uri.path.endsWith('.csv')
    ? emissionsFile(runs.filter(({ kind }) => kind !== 'profile'))
    : `${JSON.stringify(historyReport(runs), null, 2)}\n`;

async function copied(content: string): Promise<void> {
  await env.clipboard.writeText(content);
  window.setStatusBarMessage(l10n.t('Copied.'), COPIED_MS);
}

const COPIED_MS = 3000;

const isRun = (value: unknown): value is RunRecord =>
  typeof value === 'object' && value !== null && 'id' in value && 'startedAt' in value && 'energy' in value;
