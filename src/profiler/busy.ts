/** How much the whole machine has worked, to tell how much of it others were. */
import { cpus } from 'node:os';

/** Processor time that the whole machine has spent on anything; undefined where the system does not tell. */
export function machineBusyS(): number | undefined {
  const times = cpus().map(({ times: { user, nice, sys, irq } }) => user + nice + sys + irq);
  const total = times.reduce((a, b) => a + b, 0) * 1e-3;
  return total > 0 ? total : undefined;
}
