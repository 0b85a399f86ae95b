/** Which provider to run on, from what the probes found. Nothing falls back silently. */
import { InputError } from '../base/findings';
import type { Text } from '../base/text';
import { text } from '../base/text';
import type { Provider, ProviderProbe } from '../protocol/profiler';

/** Best first: where several work, they are usually the same device behind slower interfaces. */
const PREFERENCE: readonly Provider[] = ['cuda', 'dml', 'coreml', 'webgpu'];

/** A graphics adapter emulated in software takes the probe tens of times as long as the processor itself. */
const SLOWER_THAN_CPU = 4;

/** The provider wanted, if it works; for `auto` the best accelerator that is one, else the processor. */
export function chooseProvider(device: 'auto' | Provider, probes: readonly ProviderProbe[]): Provider | undefined {
  const working = new Map(probes.flatMap(probe => (probe.works ? [[probe.provider, probe.runS] as const] : [])));
  if (device !== 'auto') return working.has(device) ? device : undefined;
  const cpuS = working.get('cpu') ?? Infinity;
  const accelerator = PREFERENCE.find(provider => (working.get(provider) ?? Infinity) < SLOWER_THAN_CPU * cpuS);
  return accelerator ?? (working.has('cpu') ? 'cpu' : undefined);
}

export function missingProvider(device: 'auto' | Provider, probes: readonly ProviderProbe[]): InputError {
  const working = probes.filter(probe => probe.works).map(probe => probe.provider);
  const probe = probes.find(one => one.provider === device);
  if (probe?.works === false) return new InputError('missing-provider', probe.why, available(working));
  return new InputError(
    'missing-provider',
    text('the inference runtime for this platform has no "{0}"', device),
    available(working),
  );
}

const available = (working: readonly Provider[]): Text => text('available here: {0}', working.join(', '));
