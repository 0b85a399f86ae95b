/** Entry for VS Code: builds the services, registers the features, and nothing else. Programs start when first needed. */
import { join } from 'node:path';
import { env, type ExtensionContext, l10n, type Uri } from 'vscode';
import { Store } from './base/store';
import { createAnalysis } from './editor/analysisClient';
import { chooseDevice, chooseRegion } from './editor/choices';
import { registerCodeActions } from './editor/codeActions';
import { registerCodeLens } from './editor/codeLens';
import { registerCommands } from './editor/commands';
import { registerDiagnostics } from './editor/diagnostics';
import { createDocuments } from './editor/documents';
import { exportCommand } from './editor/exportOnnx';
import { registerHover } from './editor/hover';
import { followModels } from './editor/hasModels';
import { createInputs } from './editor/inputs';
import { knownInterpreter } from './editor/interpreter';
import { registerLineHints } from './editor/lineHints';
import { createLog } from './editor/log';
import { createMeter } from './editor/meteringClient';
import { registerOnnxEditor } from './editor/onnxEditor';
import { createPanels } from './editor/panel';
import { type ProfileChoices, profileCommand, type ProfilingFeature } from './editor/profile';
import { Profiles, standing } from './editor/profiles';
import { registerRuns } from './editor/runs/index';
import { removeWeights } from './editor/removeWeights';
import { createSettings } from './editor/settings';
import { removeCuda, setUpCuda } from './editor/setUpCuda';
import { torchProfileCommand } from './editor/torchProfile';
import { registerStatusBar } from './editor/statusBar';
import { createFormatter } from './report/format';
import { nodeProfiler, Queue } from './services/ports/profiler';

export function activate(context: ExtensionContext): void {
  const store = new Store();
  context.subscriptions.push(store);
  const program = (name: string): string => context.asAbsolutePath(`dist/${name}.js`);
  const log = createLog(store);
  const settings = createSettings(store);
  const format = createFormatter(env.language);
  const inputs = createInputs(context.workspaceState);
  const analysis = createAnalysis(program('analysis'), log, store);
  const documents = createDocuments({ analysis, settings, inputs, log, store });
  const meter = createMeter(program('metering'), log, store);
  const profiles = new Profiles();
  const weights = join(context.globalStorageUri.fsPath, 'weights');
  const providers = join(context.globalStorageUri.fsPath, 'cuda');
  const queue = new Queue();
  const kept = () => ({ folder: weights, limitBytes: settings.weightCacheBytes() });
  const profiler = nodeProfiler(context.asAbsolutePath('dist'), {
    weights: kept,
    queue,
    providers,
    interpreter: knownInterpreter,
  });
  const profile = (file: Uri, choices?: ProfileChoices): Promise<void> => profileCommand(feature, file, choices);
  const panels = createPanels({
    extension: context.extensionUri,
    documents,
    inputs,
    log,
    profiles,
    profile: (file, model) => profile(file, { model }),
    chooseRegion: () => chooseRegion(analysis, settings),
    chooseDevice: () => chooseDevice(analysis, settings),
    store,
  });
  const feature: ProfilingFeature = { analysis, documents, format, inputs, log, meter, panels, profiler, queue, profiles, settings }; // prettier-ignore
  const measuredText = (file: Uri, model: string): string | undefined => {
    const kept = profiles.of(file.toString()).get(model);
    const now = documents.of(file).report?.models.find(({ name }) => name === model);
    const current = kept !== undefined && standing(kept, now) === 'current';
    if (!current) return undefined;
    const { latencyS, leftOut } = kept.result;
    const time = format.duration(latencyS.value);
    return leftOut === 0 ? l10n.t('{0} measured', time) : l10n.t('{0} measured without {1} operations', time, leftOut);
  };
  registerCodeLens({
    documents,
    profiles,
    settings,
    format,
    measured: (file, model) => measuredText(file, model),
    store,
  });
  registerHover({ documents, profiles, settings, format, store });
  registerLineHints({ documents, profiles, settings, format, store });
  registerDiagnostics(documents, settings, store);
  followModels(documents, store);
  registerCodeActions(documents, settings, log, store);
  registerStatusBar(meter, settings, format, store);
  registerOnnxEditor(panels, store);
  const { version } = context.extension.packageJSON as { readonly version: string };
  const recorded = registerRuns({ meter, settings, log, format, version, store });
  registerCommands({
    history: recorded.commands,
    analysis,
    documents,
    format,
    inputs,
    log,
    meter,
    panels,
    profile,
    settings,
    store,
    profileWithPyTorch: (file, model) => torchProfileCommand(feature, context.workspaceState, file, model),
    exportOnnx: (file, model) => exportCommand(feature, file, model),
    removeWeights: () => removeWeights(weights, format),
    setUpCuda: () => setUpCuda({ folder: providers, profiler, format, url: settings.cudaPackage() }),
    removeCuda: () => removeCuda(providers),
  });
}
