/** Entry for VS Code: builds the services, registers the features, and nothing else. Programs start when first needed. */
import { env, type ExtensionContext, type Uri } from 'vscode';
import { Store } from './base/store';
import { createAnalysis } from './editor/analysisClient';
import { chooseDevice, chooseRegion } from './editor/choices';
import { registerCodeActions } from './editor/codeActions';
import { registerCodeLens } from './editor/codeLens';
import { registerCommands } from './editor/commands';
import { registerDiagnostics } from './editor/diagnostics';
import { createDocuments } from './editor/documents';
import { registerHover } from './editor/hover';
import { createInputs } from './editor/inputs';
import { createLog } from './editor/log';
import { createMeter } from './editor/meteringClient';
import { registerOnnxEditor } from './editor/onnxEditor';
import { createPanels } from './editor/panel';
import { createSettings } from './editor/settings';
import { registerStatusBar } from './editor/statusBar';
import { createFormatter } from './report/format';

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
  const profile = (_file: Uri, _model?: string): Promise<void> => Promise.resolve();
  const panels = createPanels({
    extension: context.extensionUri,
    documents,
    inputs,
    log,
    profile,
    chooseRegion: () => chooseRegion(analysis, settings),
    chooseDevice: () => chooseDevice(analysis, settings),
    store,
  });
  registerCodeLens({ documents, settings, format, measured: () => undefined, store });
  registerHover(documents, settings, format, store);
  registerDiagnostics(documents, settings, store);
  registerCodeActions(documents, settings, log, store);
  registerStatusBar(meter, settings, format, store);
  registerOnnxEditor(panels, store);
  registerCommands({ analysis, documents, format, inputs, log, meter, panels, profile, settings, store });
}
