/** How much memory the child may take before it is ended, so that it is not the editor that suffers. */
import { readFileSync } from 'node:fs';
import { freemem, totalmem } from 'node:os';

/** Of what is available now. */
const SHARE = 0.8;

export function memoryLimit(): number {
  const limits = [availableMemory()];
  // The limit of a container, where there is one; without one it is 0, or more than the machine has.
  const constrained = process.constrainedMemory();
  if (constrained > 0) limits.push(constrained);
  return Math.floor(SHARE * Math.min(...limits));
}

function availableMemory(): number {
  switch (process.platform) {
    case 'linux':
      return memAvailable() ?? freemem();
    case 'darwin':
      // Its free memory leaves out what caches would give back at once.
      return totalmem() * 0.75;
    default:
      return freemem();
  }
}

function memAvailable(): number | undefined {
  try {
    const [, kilobytes] = /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8')) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}
