/** "Profile Model with PyTorch": runs the user's own Python, in a trusted workspace, after asking once. */
import { commands, l10n, type Memento, type Uri, window, workspace } from 'vscode';
import { nodeEvery, nodeWait } from '../services/ports/clock';
import { machineBusyS, nodeCondition, nodeGpuSlowdown } from '../services/ports/condition';
import { memoryLimit, nodePython, nodeTimer } from '../services/ports/python';
import { providerDevice } from '../services/ports/profiler';
import { meterPower } from '../services/power';
import { profileInPyTorch, type TorchOutcome } from '../services/pytorch/profile';
import type { TorchStage } from '../services/pytorch/run';
import { openDocument, textKey } from './documents';
import { explainTrust, modelToRun, portsOf, type ProfilingFeature, requestOf, sizesToRun, tellFinished, tellOutcome, withCancel } from './profile'; // prettier-ignore
import { interpreterFor } from './interpreter';
import { say } from './say';

const ASKED = 'pytorch.allowed';

export async function torchProfileCommand(
  feature: ProfilingFeature,
  memento: Memento,
  file: Uri,
  name?: string,
): Promise<void> {
  if (!workspace.isTrusted) return explainTrust();
  if (file.scheme !== 'file' || !file.path.endsWith('.py')) {
    void window.showWarningMessage(l10n.t('Only models from Python files on this machine can be run in PyTorch.'));
    return;
  }
  const key = file.toString();
  feature.documents.of(file);
  await feature.documents.reports.settled(key);
  const model = await modelToRun(feature, file, name);
  const specs = model && (await sizesToRun(feature, file, model));
  if (model === undefined || specs === undefined) return;
  const interpreter = await interpreterFor(file);
  if (!(await isAllowed(memento, interpreter))) return;
  const document = openDocument(key);
  // Python reads the disk.
  if (document?.isDirty === true && !(await document.save())) return;
  const measured = textKey(file);
  const outcome = await run(feature, file, { model: model.name, specs, interpreter });
  if (outcome.kind === 'finished') tellFinished(feature, file, outcome.value, measured);
  else if (outcome.kind === 'refused') await tellFault(outcome);
  else tellOutcome(feature, outcome);
}

interface Chosen {
  readonly model: string;
  readonly specs: readonly string[];
  readonly interpreter: string;
}

function run(feature: ProfilingFeature, file: Uri, { model, specs, interpreter }: Chosen): Thenable<TorchOutcome> {
  const { meter, format, settings: preferences } = feature;
  const title = l10n.t('Profiling {0} in PyTorch', model);
  const { text: _, ...request } = requestOf(feature, file, specs);
  const { reader, readText } = portsOf(feature);
  return withCancel(title, feature, (signal, report) =>
    feature.queue.add(signal, () =>
      profileInPyTorch(
        { ...request, model, interpreter, target: 'auto', seconds: preferences.profileSeconds(), backward: preferences.torchBackward() }, // prettier-ignore
        {
          ...{ reader, readText, start: nodePython, startTimer: nodeTimer, memoryLimitBytes: memoryLimit },
          power: meterPower({ read: meter.reader(), wait: nodeWait, every: nodeEvery }),
          condition: nodeCondition,
          gpuSlowdown: nodeGpuSlowdown,
          busyS: machineBusyS,
          processor: providerDevice('cpu'),
        },
        {
          signal,
          onStage: (stage, fraction, latencyS) => {
            const part = fraction === undefined ? '' : ` ${format.percent(fraction)}`;
            const time = latencyS === undefined ? '' : `, ${format.duration(latencyS)}`;
            report(stageText(stage) + part + time);
          },
        },
      ),
    ),
  );
}

function stageText(stage: TorchStage): string {
  switch (stage) {
    case 'importing':
      return l10n.t('importing the file');
    case 'building':
      return l10n.t('building the model');
    case 'firstRun':
      return l10n.t('first run');
    case 'warmingUp':
      return l10n.t('warming up');
    case 'measuring':
      return l10n.t('measuring');
    case 'tracing':
      return l10n.t('timing the layers');
    case 'backward':
      return l10n.t('timing forward and backward');
  }
}

/** Asked once in a workspace for each interpreter. */
async function isAllowed(memento: Memento, interpreter: string): Promise<boolean> {
  const allowed = memento.get<readonly string[]>(ASKED) ?? [];
  if (allowed.includes(interpreter)) return true;
  const go = l10n.t('Run It');
  const answer = await window.showWarningMessage(
    l10n.t('Profiling with PyTorch imports this file and runs its code.'),
    { modal: true, detail: l10n.t('It runs in {0}. You are asked once in this workspace.', interpreter) },
    go,
  );
  if (answer !== go) return false;
  await memento.update(ASKED, [...allowed, interpreter]);
  return true;
}

async function tellFault(outcome: Extract<TorchOutcome, { kind: 'refused' }>): Promise<void> {
  const message = outcome.remedy === undefined ? say(outcome.text) : `${say(outcome.text)}: ${say(outcome.remedy)}`;
  const show = l10n.t('Show Traceback');
  const { traceback = '' } = outcome;
  if ((await window.showWarningMessage(message, ...(traceback === '' ? [] : [show]))) !== show) return;
  const document = await workspace.openTextDocument({ content: traceback, language: 'plaintext' });
  await window.showTextDocument(document);
  await commands.executeCommand('cursorBottom');
}
