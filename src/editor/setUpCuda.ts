/** "Set Up CUDA": fetches what the runtime needs to use NVIDIA GPUs, when the user has said so; and takes it away again. */
import { l10n, ProgressLocation, window } from 'vscode';
import type { Formatter } from '../report/format';
import type { Outcome } from '../services/ports/providerSetUp';
import {
  canHaveCuda,
  CUDA_PACKAGE,
  holdsProvider,
  removeProvider,
  setUpProvider,
} from '../services/ports/providerSetUp';
import type { Profiler } from '../services/ports/profiler';
import { say } from './say';

export interface CudaOptions {
  /** Where the libraries are put. */
  readonly folder: string;
  readonly profiler: Profiler;
  readonly format: Formatter;
  /** Another address of the same file, for those whose network has a mirror of the index. */
  readonly url: string | undefined;
}

export async function setUpCuda({ folder, profiler, format, url }: CudaOptions): Promise<void> {
  if (!canHaveCuda(process.platform, process.arch)) {
    void window.showWarningMessage(
      l10n.t(
        'The inference runtime can use CUDA on Linux with an x64 processor only. Other GPUs are used without setting up.',
      ),
    );
    return;
  }
  if (holdsProvider(folder) && !(await wantsAgain())) return;
  const wanted = { ...CUDA_PACKAGE, ...(url !== undefined && { url }) };
  const go = l10n.t('Download');
  const answer = await window.showInformationMessage(
    l10n.t('Download {0} ({1}) from {2}?', wanted.title, format.bytes(wanted.bytes), new URL(wanted.url).host),
    {
      modal: true,
      detail: l10n.t(
        'It is checked and kept until you remove it. The GPU driver, {0} must be installed as well.',
        wanted.needs,
      ),
    },
    go,
  );
  if (answer !== go) return;
  const outcome = await withDownload(wanted.title, (signal, report) =>
    setUpProvider(wanted, folder, {
      signal,
      onProgress: ({ stage, fraction }) =>
        report(`${stage === 'downloading' ? l10n.t('downloading') : l10n.t('unpacking')} ${format.percent(fraction)}`),
    }),
  );
  if (outcome.kind === 'finished') await tellWorks(profiler);
  else if (outcome.kind !== 'cancelled')
    void window.showWarningMessage(
      outcome.remedy === undefined ? say(outcome.text) : `${say(outcome.text)}: ${say(outcome.remedy)}`,
    );
}

export async function removeCuda(folder: string): Promise<void> {
  void window.showInformationMessage(
    (await removeProvider(folder))
      ? l10n.t('The CUDA libraries are removed.')
      : l10n.t('No CUDA libraries were set up.'),
  );
}

async function wantsAgain(): Promise<boolean> {
  const again = l10n.t('Download Again');
  return (await window.showInformationMessage(l10n.t('The CUDA libraries are set up.'), again)) === again;
}

/** By running something on it: that the files are there says little. */
async function tellWorks(profiler: Profiler): Promise<void> {
  const probed = await profiler.probe();
  const cuda = probed.kind === 'finished' ? probed.value.find(({ provider }) => provider === 'cuda') : undefined;
  if (cuda?.works === true)
    void window.showInformationMessage(l10n.t('CUDA works: models can be profiled on the GPU.'));
  else
    void window.showWarningMessage(
      cuda === undefined
        ? l10n.t('The CUDA libraries are set up.')
        : l10n.t('The CUDA libraries are set up, but: {0}', say(cuda.why)),
    );
}

async function withDownload(
  title: string,
  run: (signal: AbortSignal, report: (message: string) => void) => Promise<Outcome<null>>,
): Promise<Outcome<null>> {
  const place = { location: ProgressLocation.Notification, title: l10n.t('Setting up {0}', title), cancellable: true };
  return window.withProgress(place, async (progress, token) => {
    const cancel = new AbortController();
    const subscription = token.onCancellationRequested(() => cancel.abort());
    try {
      return await run(cancel.signal, message => progress.report({ message }));
    } finally {
      subscription.dispose();
    }
  });
}
