/** "Export to ONNX": saves a model from source with generated weights where the user says. Nothing is run. */
import { commands, l10n, Uri, window } from 'vscode';
import { exportModel } from '../services/exporting';
import { views } from './ids';
import {
  modelToRun,
  portsOf,
  type ProfilingFeature,
  requestOf,
  sizesToRun,
  tellOutcome,
  withProgress,
} from './profile';

export async function exportCommand(feature: ProfilingFeature, file: Uri, name?: string): Promise<void> {
  if (file.scheme !== 'file' || file.path.endsWith('.onnx')) {
    void window.showWarningMessage(l10n.t('Only models from Python files on this machine can be exported.'));
    return;
  }
  feature.documents.of(file);
  await feature.documents.reports.settled(file.toString());
  const model = await modelToRun(feature, file, name);
  const specs = model && (await sizesToRun(feature, file, model));
  if (model === undefined || specs === undefined) return;
  const target = await window.showSaveDialog({
    defaultUri: Uri.joinPath(file, '..', `${model.name}.onnx`),
    filters: { ONNX: ['onnx'] },
    title: l10n.t('Export to ONNX'),
  });
  if (target === undefined) return;
  const title = l10n.t('Exporting {0}', model.name);
  const outcome = await withProgress(title, feature, options =>
    exportModel({ ...requestOf(feature, file, specs), model: model.name }, target.fsPath, portsOf(feature), options),
  );
  if (outcome.kind !== 'finished') {
    tellOutcome(feature, outcome);
    return;
  }
  const open = l10n.t('Show Costs');
  const message = l10n.t('{0} is exported with generated weights, not trained ones.', model.name);
  if ((await window.showInformationMessage(message, open)) === open)
    await commands.executeCommand('vscode.openWith', target, views.onnx);
}
