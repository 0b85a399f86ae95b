/** The commands of the palette and the menus. Each says in words why it cannot do what it was asked. */
import { commands as registry, l10n, type Uri, window } from 'vscode';
import { InputError } from '../base/findings';
import type { Store } from '../base/store';
import { isCancelled } from '../protocol/rpc';
import type { PanelTab } from '../protocol/panel';
import type { Analysis } from './analysisClient';
import { chooseDevice, chooseRegion } from './choices';
import type { Documents } from './documents';
import { giveArguments } from './giveArguments';
import { commands } from './ids';
import type { Inputs } from './inputs';
import type { EditorLog } from './log';
import type { Meter } from './meter';
import { showMeter } from './meterView';
import type { Panels } from './panel';
import type { ProfileChoices } from './profile';
import { problemOf } from './reports';
import type { HistoryCommands } from './runs/historyCommands';
import { say } from './say';
import type { Settings } from './settings';
import { applySuggestion, pickSuggestion } from './suggestions';
import { askForFile, fileMeant } from './targets';
import type { Formatter } from '../report/format';

export interface CommandOptions {
  readonly analysis: Analysis;
  readonly documents: Documents;
  readonly format: Formatter;
  readonly inputs: Inputs;
  readonly log: EditorLog;
  readonly meter: Meter;
  readonly panels: Panels;
  readonly profile: (file: Uri, choices?: ProfileChoices) => Promise<void>;
  readonly profileWithPyTorch: (file: Uri, model?: string) => Promise<void>;
  readonly exportOnnx: (file: Uri, model?: string) => Promise<void>;
  readonly removeWeights: () => Promise<void>;
  readonly setUpCuda: () => Promise<void>;
  readonly removeCuda: () => Promise<void>;
  readonly settings: Settings;
  readonly history: HistoryCommands;
  readonly store: Store;
}

type Command = (...args: readonly unknown[]) => Promise<void> | void;

export function registerCommands(options: CommandOptions): void {
  const { analysis, documents, format, inputs, log, meter, panels, profile, settings, store } = options;
  const withFile = async (argument: unknown, run: (file: Uri) => Promise<void> | void): Promise<void> => {
    const file = fileMeant(argument) ?? panels.active() ?? (await askForFile());
    if (!file) return;
    // A file that no editor shows is followed only as long as something needs it.
    const held = documents.retain(file);
    try {
      await run(file);
    } finally {
      held.dispose();
    }
  };
  const all: Readonly<Record<keyof typeof commands, Command>> = {
    profileModel: (file, model) => withFile(file, uri => profile(uri, modelOf(model))),
    profileWithSizes: (file, model) => withFile(file, uri => profile(uri, { ...modelOf(model), otherSizes: true })),
    profileWithPyTorch: (file, model) => withFile(file, uri => options.profileWithPyTorch(uri, nameOf(model))),
    giveArguments: (file, model) => withFile(file, uri => giveArguments(options, uri, nameOf(model))),
    exportOnnx: (file, model) => withFile(file, uri => options.exportOnnx(uri, nameOf(model))),
    removeWeights: () => options.removeWeights(),
    setUpCuda: () => options.setUpCuda(),
    removeCuda: () => options.removeCuda(),
    showReport: (file, model, part) =>
      withFile(file, uri => panels.open(uri, { model: nameOf(model) ?? null, tab: tabOf(part) })),
    analyzeFile: file => withFile(file, uri => documents.reports.refresh(uri.toString())),
    applySuggestion: (file, id) =>
      withFile(file, async uri => {
        await documents.reports.settled(uri.toString());
        const chosen = nameOf(id) ?? (await pickSuggestion(documents, uri));
        if (chosen !== undefined) await applySuggestion(documents, uri, chosen);
      }),
    chooseRegion: () => chooseRegion(analysis, settings),
    chooseDevice: () => chooseDevice(analysis, settings),
    forgetDims: async file => {
      const count = await inputs.forget(fileMeant(file)?.toString());
      void window.showInformationMessage(
        count === 0 ? l10n.t('No input sizes were remembered.') : l10n.t('Input sizes are forgotten.'),
      );
    },
    resetSession: () => meter.resetSession(),
    showMeter: () => showMeter(meter, format),
    showLog: () => log.show(),
    ...options.history,
  };
  for (const [name, run] of Object.entries(all) as [keyof typeof commands, Command][])
    store.add(registry.registerCommand(commands[name], (...args: unknown[]) => tellFailure(log, () => run(...args))));
}

/** One boundary for all commands: what is the user's to mend is said, what is ours is logged. */
async function tellFailure(log: EditorLog, run: () => Promise<void> | void): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (isCancelled(error)) return;
    const { text, remedy } = problemOf(error);
    if (!(error instanceof InputError))
      log.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    const message = remedy === null ? say(text) : `${say(text)}: ${say(remedy)}`;
    const showLog = l10n.t('Show Log');
    const answer = await window.showWarningMessage(message, ...(error instanceof InputError ? [] : [showLog]));
    if (answer === showLog) log.show();
  }
}

const modelOf = (argument: unknown): ProfileChoices => (typeof argument === 'string' ? { model: argument } : {});
const nameOf = (argument: unknown): string | undefined => (typeof argument === 'string' ? argument : undefined);

/** What a lens opens. */
const tabOf = (part: unknown): PanelTab | null =>
  part === 'suggestions' ? 'suggestions' : part === 'costs' ? 'layers' : null;
