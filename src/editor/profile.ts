/** "Profile Model": asks what only the user can say, runs the model in a process of its own, shows what was measured. */
import { commands, l10n, ProgressLocation, Uri, window, workspace } from 'vscode';
import type { Log } from '../base/ports';
import type { Text } from '../base/text';
import { isCancelled } from '../protocol/rpc';
import type { AnalyzeRequest } from '../protocol/analysis';
import type { Provider } from '../protocol/profiler';
import type { Formatter } from '../report/format';
import type { ModelReport } from '../report/view';
import type { Profiler, Queue } from '../services/ports/profiler';
import { providerDevice } from '../services/ports/profiler';
import { nodeEvery, nodeWait } from '../services/ports/clock';
import { nodeCondition, nodeGpuSlowdown } from '../services/ports/condition';
import { meterPower } from '../services/power';
import type {
  Outcome,
  ProfiledReport,
  ProfilingOptions,
  ProfilingOutcome,
  ProfilingPorts,
} from '../services/profiling';
import { profileModel } from '../services/profiling';
import type { Analysis } from './analysisClient';
import { type Documents, sourceOf, textKey } from './documents';
import type { Inputs } from './inputs';
import type { EditorLog } from './log';
import type { Meter } from './meter';
import { inputKey, type Panels } from './panel';
import type { Profiles } from './profiles';
import { say } from './say';
import type { Settings } from './settings';
import { askForOtherSizes } from './otherSizes';
import { askForSizes } from './sizes';
import { askForModel, canBeAsked } from './targets';

export interface ProfilingFeature {
  readonly analysis: Analysis;
  readonly documents: Documents;
  readonly format: Formatter;
  readonly inputs: Inputs;
  readonly log: EditorLog;
  readonly meter: Meter;
  readonly panels: Pick<Panels, 'open'>;
  readonly profiler: Profiler;
  /** Shared by all that measure: two at once would measure each other. */
  readonly queue: Queue;
  readonly profiles: Profiles;
  readonly settings: Settings;
}

export interface ProfileChoices {
  readonly model?: string;
  /** Asks for a batch size and a sequence length, for this profile alone. */
  readonly otherSizes?: boolean;
}

export async function profileCommand(
  feature: ProfilingFeature,
  file: Uri,
  { model: name, otherSizes = false }: ProfileChoices = {},
): Promise<void> {
  if (!workspace.isTrusted) return explainTrust();
  if (file.scheme !== 'file') {
    void window.showWarningMessage(l10n.t('Save the file first: only files on this machine can be run.'));
    return;
  }
  const key = file.toString();
  feature.documents.of(file);
  await feature.documents.reports.settled(key);
  const model = await modelToRun(feature, file, name);
  if (model === undefined) return;
  const specs = otherSizes ? await askForOtherSizes(model) : await sizesToRun(feature, file, model);
  if (specs === undefined) return;
  const measured = textKey(file);
  const run = (without: boolean): Thenable<ProfilingOutcome> =>
    withProgress(l10n.t('Profiling {0}', model.name), feature, options =>
      profileModel(
        {
          ...requestOf(feature, file, specs),
          model: model.name,
          target: targetOf(feature.settings.profileDevice()),
          seconds: feature.settings.profileSeconds(),
          without,
        },
        portsOf(feature),
        options,
      ),
    );
  let outcome = await run(false);
  if (outcome.kind === 'refused' && outcome.code === 'cannot-emit') {
    if (!(await wantsTheRest(outcome.text))) return;
    outcome = await run(true);
  }
  tell(feature, file, model, outcome, measured);
}

/** What cannot be run is named; the rest may be worth measuring all the same. */
async function wantsTheRest(why: Text): Promise<boolean> {
  const go = l10n.t('Profile Without Them');
  return (await window.showWarningMessage(say(why), go)) === go;
}

export async function explainTrust(): Promise<void> {
  const manage = l10n.t('Manage Workspace Trust');
  const message = l10n.t('Models are run in trusted workspaces only. Reading their costs works here as well.');
  if ((await window.showWarningMessage(message, manage)) === manage)
    await commands.executeCommand('workbench.trust.manage');
}

export async function modelToRun(
  { documents }: ProfilingFeature,
  file: Uri,
  name?: string,
): Promise<ModelReport | undefined> {
  const { report, problem } = documents.of(file);
  const models = report?.models ?? [];
  const named = models.find(model => model.name === name);
  if (named?.status === 'needs-arguments' && !canBeAsked(named)) {
    const needs = named.needs.map(need => need.name).join(', ');
    void window.showWarningMessage(l10n.t('{0} needs {1}: profile a model that builds it.', named.name, needs));
    return undefined;
  }
  if (named !== undefined) return named;
  if (models.length === 0) {
    void window.showWarningMessage(problem === null ? l10n.t('No model was found in this file.') : say(problem.text));
    return undefined;
  }
  return askForModel(models);
}

/** Remembered sizes, else the answers to what the file leaves open, which are remembered in turn. */
export async function sizesToRun(
  feature: ProfilingFeature,
  file: Uri,
  model: ModelReport,
): Promise<readonly string[] | undefined> {
  const { analysis, inputs } = feature;
  const key = file.toString();
  const name = inputKey(file, model.name);
  const known = inputs.of(key).find(given => given.model === name)?.specs ?? [];
  if (!canBeAsked(model)) return known;
  const read = async (specs: readonly string[]): Promise<ModelReport | undefined> => {
    const report = await analysis.call('analyze', { ...requestOf(feature, file, specs), model: model.name });
    return report.models.find(found => found.name === model.name);
  };
  const specs = await askForSizes(model, read);
  if (specs !== undefined) await inputs.remember(key, name, specs);
  return specs;
}

export function requestOf(
  { documents, settings }: Pick<ProfilingFeature, 'documents' | 'settings'>,
  file: Uri,
  specs: readonly string[],
): AnalyzeRequest {
  const { text } = sourceOf(file);
  const [device, region] = [settings.device(), settings.region()];
  return {
    path: documents.pathOf(file),
    ...(text !== undefined && { text }),
    inputs: specs,
    searchPath: settings.searchPath(file),
    ...(device !== undefined && { device }),
    ...(region !== undefined && { region }),
  };
}

const TARGETS = ['cpu', 'cuda', 'webgpu', 'dml', 'coreml'] as const;

const targetOf = (setting: string): 'auto' | Provider => TARGETS.find(target => target === setting) ?? 'auto';

export function portsOf({ analysis, log, meter, profiler }: ProfilingFeature): ProfilingPorts {
  const options = (signal: AbortSignal | undefined): { signal?: AbortSignal } =>
    signal === undefined ? {} : { signal };
  return {
    profiler,
    reader: {
      analyze: (request, signal) => analysis.call('analyze', request, options(signal)),
      emit: (request, signal) => analysis.call('emit', request, options(signal)),
    },
    readText: async path => {
      try {
        return new TextDecoder().decode(await workspace.fs.readFile(Uri.file(path)));
      } catch (error) {
        log.debug(`${path}: ${String(error)}`);
        return undefined;
      }
    },
    power: meterPower({ read: meter.reader(), wait: nodeWait, every: nodeEvery }),
    condition: nodeCondition,
    gpuSlowdown: nodeGpuSlowdown,
    deviceName: providerDevice,
  };
}

export const withProgress = <T>(
  title: string,
  feature: ProfilingFeature,
  run: (options: ProfilingOptions) => Promise<T>,
): Thenable<T | { kind: 'cancelled' }> =>
  withCancel(title, feature, (signal, report) =>
    run({ signal, onProgress: step => report(stageText(step, feature.format)) }),
  );

/** A notification with what is being done and a way out of it; the meter runs meanwhile. */
export function withCancel<T>(
  title: string,
  { meter }: Pick<ProfilingFeature, 'meter'>,
  run: (signal: AbortSignal, report: (message: string) => void) => Promise<T>,
): Thenable<T | { kind: 'cancelled' }> {
  const place = { location: ProgressLocation.Notification, title, cancellable: true };
  return window.withProgress(place, async (progress, token) => {
    const cancel = new AbortController();
    const subscription = token.onCancellationRequested(() => cancel.abort());
    const release = meter.hold();
    try {
      return await run(cancel.signal, message => progress.report({ message }));
    } catch (error) {
      if (isCancelled(error)) return { kind: 'cancelled' as const };
      throw error;
    } finally {
      release.dispose();
      subscription.dispose();
    }
  });
}

type Step = Parameters<NonNullable<ProfilingOptions['onProgress']>>[0];

function stageText({ stage, fraction, latencyS }: Step, format: Formatter): string {
  const part = fraction === undefined ? '' : ` ${format.percent(fraction)}`;
  switch (stage) {
    case 'waiting':
      return l10n.t('waiting for another profile');
    case 'probing':
      return l10n.t('looking for devices');
    case 'weights':
      return l10n.t('writing weights') + part;
    case 'loading':
      return l10n.t('loading the model');
    case 'firstRun':
      return l10n.t('first run');
    case 'warmingUp':
      return l10n.t('warming up');
    case 'measuring':
      return l10n.t('measuring') + part + (latencyS === undefined ? '' : `, ${format.duration(latencyS)}`);
    case 'tracing':
      return l10n.t('timing the layers');
  }
}

function tell(
  feature: ProfilingFeature,
  file: Uri,
  model: ModelReport,
  outcome: ProfilingOutcome,
  measured: string | null,
): void {
  switch (outcome.kind) {
    case 'finished':
      tellFinished(feature, file, outcome.value, measured);
      return;
    case 'needs':
      void window.showWarningMessage(
        l10n.t('{0} needs {1}.', model.name, outcome.needs.map(need => need.name).join(', ')),
      );
      return;
    default:
      tellOutcome(feature, outcome);
  }
}

/** Keeps what was measured and shows it. */
export function tellFinished(
  { format, panels, profiles }: ProfilingFeature,
  file: Uri,
  { report, profile }: ProfiledReport,
  measured: string | null,
): void {
  profiles.keep(file.toString(), { model: report, result: profile, text: measured, when: Date.now() });
  panels.open(file, { model: report.name, tab: 'measured' });
  const time = format.duration(profile.latencyS.value);
  void window.showInformationMessage(
    profile.leftOut === 0
      ? l10n.t('{0}: {1} an inference on {2}.', report.name, time, profile.device)
      : l10n.t(
          '{0} without {1} operations: {2} an inference on {3}.',
          report.name,
          profile.leftOut,
          time,
          profile.device,
        ),
  );
}

/** Why there is no result, where somebody is to know. */
export function tellOutcome({ log }: ProfilingFeature, outcome: Exclude<Outcome<never>, { kind: 'finished' }>): void {
  if (outcome.kind === 'cancelled') return;
  if (outcome.kind === 'crashed') logCrash(log, outcome.detail);
  void window.showWarningMessage(
    outcome.remedy === undefined ? say(outcome.text) : `${say(outcome.text)}: ${say(outcome.remedy)}`,
  );
}

const logCrash = (log: Log, detail: string): void => log.warn(`the measuring process: ${detail}`);
