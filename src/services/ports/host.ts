/** What Node can tell of this machine without starting anything: for the estimate's default device. */
import { readFileSync } from 'node:fs';
import os from 'node:os';
import type { Host } from '../../estimate/device';

export function readHost(): Host {
  const cpus = os.cpus();
  const threads = Math.max(1, os.availableParallelism());
  const info = attempt('/proc/cpuinfo');
  return {
    processor: cpus[0]?.model.trim() ?? '',
    threads,
    cores: Math.max(1, Math.min(threads, physicalCores(info) ?? threads)),
    virtual: / hypervisor( |$)/m.test(info),
    laptop: attempt('/sys/class/power_supply/BAT0/type') !== '' || attempt('/sys/class/power_supply/BAT1/type') !== '',
  };
}

/** Distinct (package, core) pairs of /proc/cpuinfo; undefined on systems without it. */
export function physicalCores(cpuinfo: string): number | undefined {
  const pairs = new Set<string>();
  let socket = '0';
  for (const line of cpuinfo.split('\n')) {
    const [key, value] = line.split(':').map(part => part.trim());
    if (key === 'physical id') socket = value ?? '0';
    else if (key === 'core id') pairs.add(`${socket}/${value ?? ''}`);
  }
  return pairs.size > 0 ? pairs.size : undefined;
}

function attempt(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
